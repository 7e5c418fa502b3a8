"""Expressions: operator precedence with an explicit stack, so that only brackets and templates recurse."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import NoReturn

from ddbaudit.frontends.hcl.ast import (
    BadExpr,
    Binary,
    Call,
    Conditional,
    Expr,
    ForExpr,
    GetAttr,
    Index,
    Literal,
    ObjectExpr,
    ObjectItem,
    Parens,
    Splat,
    SplatItem,
    TupleExpr,
    Unary,
    Variable,
)
from ddbaudit.frontends.hcl.native.lexer import (
    END,
    FREE,
    HEREDOC,
    LINE,
    NEWLINE,
    NUMBER,
    QUOTE,
    STRING,
    WORD,
    Scan,
)
from ddbaudit.frontends.hcl.native.problems import Problem
from ddbaudit.frontends.hcl.native.templates import TemplateParser

_CONSTANTS = {"true": True, "false": False, "null": None}
_DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]*)?(?:[eE]([+-]?[0-9]+))?").fullmatch

# How tightly an operator binds; `?` and `:` take part so that conditionals need no recursion.
_OPEN, _ELSE, _LOOSEST = 0, 1, 2
_POWERS = {
    "?": _OPEN,
    ":": _ELSE,
    "||": 2,
    "&&": 3,
    "==": 4,
    "!=": 4,
    "<": 5,
    ">": 5,
    "<=": 5,
    ">=": 5,
    "+": 6,
    "-": 6,
    "*": 7,
    "/": 7,
    "%": 7,
}

# An operator that waits for its right side: its power, its text, its left side, and for `:` also the middle.
_Waiting = tuple[int, str, Expr, Expr | None]


def _fold(waiting: list[_Waiting], right: Expr, power: int) -> Expr:
    """Complete the waiting operators that bind at least as tightly as `power`, the innermost first."""
    while waiting and waiting[-1][0] >= power:
        _, op, left, middle = waiting.pop()
        if middle is None:
            right = Binary(left.start, right.end, op, left, right)
        else:
            right = Conditional(left.start, right.end, left, middle, right)
    return right


class ExpressionParser(TemplateParser):
    """Expressions of all kinds. Each method leaves the token behind its construct current."""

    def expression(self) -> Expr:
        outer_height = self.height
        waiting: list[_Waiting] = []
        height = operators = 0
        while True:
            self.height = 0
            prefixes = self._prefixes() if self.kind in ("-", "!") else None
            operand = (_TERMS.get(self.kind) or _no_term)(self)
            if self.kind in (".", "["):
                operand = self._steps(operand)
            if prefixes is not None:
                operand = self._prefixed(prefixes, operand)
            height = max(height, self.height)
            power = _POWERS.get(self.kind)
            if power is None:
                break
            if power == _ELSE:
                operand = _fold(waiting, operand, _ELSE)
                if not waiting:
                    break  # the colon of an object item or a `for`
                condition = waiting.pop()[2]
                waiting.append((_ELSE, ":", condition, operand))
            else:
                operand = _fold(waiting, operand, max(power, _LOOSEST))
                waiting.append((power, self.kind, operand, None))
            operators += 1
            self._chain(height + operators)
            self.advance()
        if operators:
            self._chain(height + operators)
            operand = _fold(waiting, operand, _ELSE)
            if waiting:
                self.unexpected('":" and the value for the other case', "Write: condition ? value : other.")
        self.height = max(outer_height, height + operators)
        return operand

    def _chain(self, length: int) -> None:
        """Check how many operators and steps lie on one path."""
        if length > self.limits.max_chain:
            self.exceed(f"more than {self.limits.max_chain} operators or steps on one another")

    def count(self) -> None:
        """One more node in the tree."""
        self.nodes += 1
        if self.nodes > self.limits.max_nodes:
            self.exceed(f"more than {self.limits.max_nodes} expressions")

    def _close(self, bracket: str, expected: str, opening: int, outer: Scan) -> int:
        """Check for a closing bracket and step over it; the offset behind it."""
        if self.kind != bracket:
            self.not_closed(bracket, expected, opening)
        end = self.end
        self.scan = outer
        self.depth -= 1
        self.advance()
        return end

    def not_closed(self, bracket: str, expected: str, opening: int) -> NoReturn:
        """Give up where something else stands in place of a closing bracket."""
        if self.kind is END:
            self.fail(
                Problem.UNCLOSED,
                opening,
                opening + 1,
                f'Expected "{bracket}" for this bracket, found the end of the file.',
                f"Close it with {bracket}.",
            )
        self.unexpected(expected)

    # Terms: what stands between operators.

    def _string(self) -> Expr:
        self.count()
        start, end = self.start, self.end
        self.advance()
        return Literal(start, end, self.text[start + 1 : end - 1])

    def _number(self) -> Expr:
        self.count()
        start, end = self.start, self.end
        value = self._decimal(start, end)
        self.advance()
        return BadExpr(start, end) if value is None else Literal(start, end, value)

    def _decimal(self, start: int, end: int) -> Decimal | None:
        """The value of a number; None, and a diagnostic, when it has none."""
        text = self.text[start:end]
        match = _DECIMAL(text)
        if match is None:
            self.note(
                Problem.NUMBER,
                start,
                end,
                f"{self.found()} is malformed.",
                "A number has digits, at most one point and at most one exponent, such as 1.5 or 1e3.",
            )
            return None
        most = self.limits.max_digits
        if len(text) > most or len(match[1] or "") > 9 or abs(int(match[1] or 0)) > most:
            self.note(Problem.LIMIT, start, end, f"{self.found()} has more than {most} digits or decimal places.")
            return None
        return Decimal(text)

    def _name(self) -> Expr:
        """A variable, `true`, `false`, `null` or a function call."""
        self.count()
        start, end, name = self.start, self.end, self.word
        self.advance()
        if self.kind in ("(", "::"):
            return self._call(start, end, name)
        if name in _CONSTANTS:
            return Literal(start, end, _CONSTANTS[name])
        return Variable(start, end, name)

    def _call(self, start: int, name_end: int, name: str) -> Expr:
        while self.kind == "::":
            self.advance()
            if self.kind is not WORD:
                self.unexpected('a function name behind "::"')
            name, name_end = f"{name}::{self.word}", self.end
            self.advance()
        if self.kind != "(":
            self.unexpected(f'"(" and the arguments of {name}')
        opening, outer = self.start, self.scan
        self.enter()
        self.scan = FREE
        self.advance()
        args: list[Expr] = []
        expand = False
        while self.kind != ")":
            args.append(self.expression())
            if self.kind == ",":
                self.advance()
                continue
            if self.kind == "...":
                expand = True
                self.advance()
            break
        after = '")" behind "..."' if expand else f'"," or ")" behind an argument of {name}'
        return Call(start, self._close(")", after, opening, outer), name, name_end, args, expand)

    def _prefixes(self) -> list[tuple[int, str]]:
        """All `-` and `!` in front of a term."""
        prefixes: list[tuple[int, str]] = []
        while self.kind in ("-", "!"):
            self.count()
            prefixes.append((self.start, self.kind))
            self._chain(len(prefixes))
            self.advance()
        return prefixes

    def _prefixed(self, prefixes: list[tuple[int, str]], operand: Expr) -> Expr:
        """The term with its prefixes, which bind tighter than every operator and looser than `.` and `[`."""
        self.height += len(prefixes)
        self._chain(self.height)
        for start, op in reversed(prefixes):
            operand = Unary(start, operand.end, op, operand)
        return operand

    def _parens(self) -> Expr:
        self.count()
        start, outer = self.start, self.scan
        self.enter()
        self.scan = FREE
        self.advance()
        inner = self.expression()
        end = self._close(")", '")" or an operator', start, outer)
        return Parens(start, end, inner)

    def _tuple(self) -> Expr:
        self.count()
        start, outer = self.start, self.scan
        self.enter()
        self.scan = FREE
        self.advance()
        if self.kind is WORD and self.word == "for":
            return self._for(start, outer, "]")
        items: list[Expr] = []
        while self.kind != "]":
            items.append(self.expression())
            if self.kind != ",":
                break
            self.advance()
        return TupleExpr(start, self._close("]", '"," or "]" behind a list element', start, outer), items)

    def _object(self) -> Expr:
        self.count()
        start, outer = self.start, self.scan
        self.enter()
        self.scan = FREE
        self.advance()
        if self.kind is WORD and self.word == "for":
            return self._for(start, outer, "}")
        self.scan = LINE
        items: list[ObjectItem] = []
        while self.kind != "}":
            key = _as_key(self.expression())
            if self.kind not in ("=", ":"):
                self.not_closed("}", '"=" or ":" behind an object key', start)
            self.advance()
            value = self.expression()
            items.append(ObjectItem(key.start, value.end, key, value))
            if self.kind != "," and self.kind is not NEWLINE:
                break
            self.advance()
            while self.kind is NEWLINE:
                self.advance()
        expected = '",", a line break or "}" behind an object item'
        return ObjectExpr(start, self._close("}", expected, start, outer), items)

    def _for(self, start: int, outer: Scan, bracket: str) -> Expr:
        """The rest of `[for …]` or `{for …}`; line breaks mean nothing in it."""
        self.advance()
        key, value = self.loop_names()
        collection = self.expression()
        if self.kind != ":":
            self.not_closed(bracket, '":" behind the collection of a for expression', start)
        self.advance()
        result_key, result = None, self.expression()
        if self.kind == "=>":
            if bracket == "]":
                self.unexpected('"if" or "]"', "key => value builds an object: write { for … }.")
            self.advance()
            result_key, result = result, self.expression()
        elif bracket == "}":
            self.not_closed("}", '"=>" and the value', start)
        group = self.kind == "..."
        if group:
            if bracket == "]":
                self.unexpected('"if" or "]"', "Grouping with ... is for objects: write { for … }.")
            self.advance()
        condition = None
        if self.kind is WORD and self.word == "if":
            self.advance()
            condition = self.expression()
        end = self._close(bracket, f'"if" or "{bracket}" at the end of a for expression', start, outer)
        return ForExpr(start, end, key, value, collection, result_key, result, condition, group)

    # Steps: what follows a term.

    def _steps(self, source: Expr) -> Expr:
        """`.name`, `.0`, `[key]`, `.*` and `[*]` behind a term."""
        sources: list[Expr] = []  # of the full splats, which take all steps behind them
        steps = 0
        while True:
            if self.kind == ".":
                self.advance()
                source = self._attribute_splat(source) if self.kind == "*" else self._dot(source)
            elif self.kind == "[":
                step = self._index(source)
                if step is None:
                    sources.append(source)
                    step = SplatItem(self.splat_start, self.splat_end)
                source = step
            else:
                break
            steps += 1
            self.count()
            self._chain(self.height + steps)
        self.height += steps
        for outer in reversed(sources):
            source = Splat(outer.start, source.end, outer, source, full=True)
        return source

    splat_start = splat_end = 0

    def _dot(self, source: Expr) -> Expr:
        """`.name` or the old `.0`, with the token behind the dot current."""
        start, end = self.start, self.end
        if self.kind is WORD:
            name = self.word
            self.advance()
            return GetAttr(source.start, end, source, name, start)
        if self.kind is not NUMBER:
            self.unexpected('a name behind "."')
        if "." in self.text[start:end]:
            first, _, second = self.text[start:end].partition(".")
            self.fail(
                Problem.SYNTAX,
                start,
                end,
                "Two indexes in a row cannot be written with dots.",
                f"Write [{first}][{second}].",
            )
        value = self._decimal(start, end)
        self.advance()
        key = BadExpr(start, end) if value is None else Literal(start, end, value)
        return Index(source.start, end, source, key)

    def _attribute_splat(self, source: Expr) -> Expr:
        """`.*` with the names and numbers behind it, which are taken from each element."""
        each: Expr = SplatItem(self.start - 1, self.end)
        self.advance()
        steps = 0
        while self.kind == ".":
            self.advance()
            if self.kind == "*":
                self.unexpected("a name behind “.”", "A splat within .* cannot be: write [*] for both.")
            each = self._dot(each)
            steps += 1
            self.count()
            self._chain(self.height + steps)
        self.height += steps
        return Splat(source.start, each.end, source, each, full=False)

    def _index(self, source: Expr) -> Expr | None:
        """`[key]`; None for the full splat `[*]`, whose place is left in `splat_start` and `splat_end`."""
        opening, outer = self.start, self.scan
        self.enter()
        self.advance()
        if self.kind == "*":
            self.advance()
            self.splat_start = opening
            self.splat_end = self._close("]", '"]" behind "*"', opening, outer)
            return None
        # Only here do line breaks lose their meaning: HCL allows none in front of a star.
        self.scan = FREE
        if self.kind is NEWLINE:
            self.advance()
        key = self.expression()
        end = self._close("]", '"]" behind the index', opening, outer)
        return Index(source.start, end, source, key)


def _no_term(parser: ExpressionParser) -> NoReturn:
    parser.unexpected("a value", "Write a string, a number, a reference, a call, [ … ], { … } or ( … ).")


def _as_key(key: Expr) -> Expr:
    """An object key: a bare name is a string, even `true`, `false` and `null`."""
    if isinstance(key, Variable):
        return Literal(key.start, key.end, key.name)
    if isinstance(key, Literal) and (key.value is None or isinstance(key.value, bool)):
        return Literal(key.start, key.end, "null" if key.value is None else str(key.value).lower())
    return key


_TERMS: dict[str, Callable[[ExpressionParser], Expr]] = {
    WORD: ExpressionParser._name,
    STRING: ExpressionParser._string,
    NUMBER: ExpressionParser._number,
    QUOTE: ExpressionParser.quoted,
    HEREDOC: ExpressionParser.heredoc,
    "(": ExpressionParser._parens,
    "[": ExpressionParser._tuple,
    "{": ExpressionParser._object,
}
