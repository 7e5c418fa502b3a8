"""What follows a term: `.name`, `.0`, `[key]`, `.*` and `[*]`; and the checks that all expressions share."""

from __future__ import annotations

import re
from decimal import Decimal

from ddbaudit.frontends.hcl.ast import BadExpr, Expr, GetAttr, Index, Literal, Splat, SplatItem
from ddbaudit.frontends.hcl.native.lexer import FREE, NEWLINE, NUMBER, WORD, Scan
from ddbaudit.frontends.hcl.native.problems import Problem
from ddbaudit.frontends.hcl.native.templates import TemplateParser

_DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]*)?(?:[eE]([+-]?[0-9]+))?").fullmatch


class StepParser(TemplateParser):
    """Steps behind terms, bracket by bracket and name by name."""

    splat_start = splat_end = 0  # the `[*]` that `_index` met last

    def chain(self, length: int) -> None:
        """Check how many operators and steps lie on one path."""
        if length > self.limits.max_chain:
            self.exceed(f"more than {self.limits.max_chain} operators or steps on one another")

    def count(self) -> None:
        """One more node in the tree."""
        self.nodes += 1
        if self.nodes > self.limits.max_nodes:
            self.exceed(f"more than {self.limits.max_nodes} expressions")

    def close_bracket(self, bracket: str, expected: str, outer: Scan) -> int:
        """Check for a closing bracket and step over it, back to the way of reading in use outside; its end."""
        if self.kind != bracket:
            self.unexpected(expected)
        end = self.end
        self.scan = outer
        self.brackets.pop()
        self.advance()
        return end

    def decimal(self, start: int, end: int) -> Decimal | None:
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

    def steps(self, source: Expr) -> Expr:
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
            self.chain(self.height + steps)
        self.height += steps
        for outer in reversed(sources):
            source = Splat(outer.start, source.end, outer, source, full=True)
        return source

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
        value = self.decimal(start, end)
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
            self.chain(self.height + steps)
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
            self.splat_end = self.close_bracket("]", '"]" behind "*"', outer)
            return None
        # Only here do line breaks lose their meaning: HCL allows none in front of a star.
        self.scan = FREE
        if self.kind is NEWLINE:
            self.advance()
        key = self.expression()
        end = self.close_bracket("]", '"]" behind the index', outer)
        return Index(source.start, end, source, key)
