"""Expressions: operator precedence with an explicit stack, so that only brackets and templates recurse."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from ddbaudit.frontends.hcl.ast import (
    BadExpr,
    Binary,
    Call,
    Conditional,
    Expr,
    ForExpr,
    Literal,
    ObjectExpr,
    ObjectItem,
    Parens,
    TupleExpr,
    Unary,
    Variable,
)
from ddbaudit.frontends.hcl.native.lexer import (
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
from ddbaudit.frontends.hcl.native.steps import StepParser

_CONSTANTS = {"true": True, "false": False, "null": None}

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


class ExpressionParser(StepParser):
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
                operand = self.steps(operand)
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
            self.chain(height + operators)
            self.advance()
        if operators:
            self.chain(height + operators)
            operand = _fold(waiting, operand, _ELSE)
            if waiting:
                self.unexpected('":" and the value for the other case', "Write: condition ? value : other.")
        self.height = max(outer_height, height + operators)
        return operand

    # Terms: what stands between operators.

    def _string(self) -> Expr:
        self.count()
        start, end = self.start, self.end
        self.advance()
        return Literal(start, end, self.text[start + 1 : end - 1])

    def _number(self) -> Expr:
        self.count()
        start, end = self.start, self.end
        value = self.decimal(start, end)
        self.advance()
        return BadExpr(start, end) if value is None else Literal(start, end, value)

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
        outer = self.scan
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
        return Call(start, self.close_bracket(")", after, outer), name, name_end, args, expand)

    def _prefixes(self) -> list[tuple[int, str]]:
        """All `-` and `!` in front of a term."""
        prefixes: list[tuple[int, str]] = []
        while self.kind in ("-", "!"):
            self.count()
            prefixes.append((self.start, self.kind))
            self.chain(len(prefixes))
            self.advance()
        return prefixes

    def _prefixed(self, prefixes: list[tuple[int, str]], operand: Expr) -> Expr:
        """The term with its prefixes, which bind tighter than every operator and looser than `.` and `[`."""
        self.height += len(prefixes)
        self.chain(self.height)
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
        end = self.close_bracket(")", '")" or an operator', outer)
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
        return TupleExpr(start, self.close_bracket("]", '"," or "]" behind a list element', outer), items)

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
                self.unexpected('"=" or ":" behind an object key')
            self.advance()
            value = self.expression()
            items.append(ObjectItem(key.start, value.end, key, value))
            if self.kind != "," and self.kind is not NEWLINE:
                break
            self.advance()
            while self.kind is NEWLINE:
                self.advance()
        expected = '",", a line break or "}" behind an object item'
        return ObjectExpr(start, self.close_bracket("}", expected, outer), items)

    def _for(self, start: int, outer: Scan, bracket: str) -> Expr:
        """The rest of `[for …]` or `{for …}`; line breaks mean nothing in it."""
        self.advance()
        key, value = self.loop_names()
        collection = self.expression()
        if self.kind != ":":
            self.unexpected('":" behind the collection of a for expression')
        self.advance()
        result_key, result = None, self.expression()
        if self.kind == "=>":
            if bracket == "]":
                self.unexpected('"if" or "]"', "key => value builds an object: write { for … }.")
            self.advance()
            result_key, result = result, self.expression()
        elif bracket == "}":
            self.unexpected('"=>" and the value')
        group = self.kind == "..."
        if group:
            if bracket == "]":
                self.unexpected('"if" or "]"', "Grouping with ... is for objects: write { for … }.")
            self.advance()
        condition = None
        if self.kind is WORD and self.word == "if":
            self.advance()
            condition = self.expression()
        end = self.close_bracket(bracket, f'"if" or "{bracket}" at the end of a for expression', outer)
        return ForExpr(start, end, key, value, collection, result_key, result, condition, group)


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
