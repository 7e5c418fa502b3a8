"""From the flat pieces of a template to its tree, in Terraform's order: dedent, join texts, nest the directives."""

from __future__ import annotations

from collections.abc import Sequence

from ddbaudit.frontends.hcl.ast import (
    BadExpr,
    Expr,
    Literal,
    Node,
    Template,
    TemplateFor,
    TemplateIf,
    TemplatePart,
    TemplateWrap,
    TextPart,
)
from ddbaudit.frontends.hcl.native.heredocs import indentation


class Directive(Node):
    """One `%{…}`; `expr` is the condition or the collection."""

    __slots__ = ("expr", "key", "keyword", "value")

    def __init__(self, start: int, end: int, keyword: str, key: str | None = None, value: str = "") -> None:
        super().__init__(start, end)
        self.keyword = keyword
        self.key = key
        self.value = value
        self.expr: Expr = BadExpr(start, end)


Piece = TextPart | Directive | Expr
"""A text piece is what Terraform's scanner takes at once (of heredocs: a line), so that `~` trims no more than that."""


class TemplateNesting(Exception):  # noqa: N818 - turned into a diagnostic by the one caller
    """The directives do not nest: the one at fault and what is wrong with it."""

    def __init__(self, where: Node, problem: str) -> None:
        super().__init__(problem)
        self.where = where
        self.problem = problem


def dedent_pieces(pieces: Sequence[Piece]) -> None:
    """Take the smallest indentation off all lines of a `<<-` heredoc; a line that begins with a sequence has none."""
    least: int | None = None
    firsts: list[TextPart] = []
    at_line_start = True
    for piece in pieces:
        is_text = isinstance(piece, TextPart)
        if at_line_start:
            width = indentation(piece.text) if isinstance(piece, TextPart) else 0
            if width is not None:
                least = width if least is None else min(least, width)
                if isinstance(piece, TextPart):
                    firsts.append(piece)
        at_line_start = is_text and isinstance(piece, TextPart) and piece.text.endswith("\n")
    for text in firsts:
        text.text = text.text[least or 0 :]


def join_texts(pieces: Sequence[Piece]) -> list[Piece]:
    """Neighbouring texts as one."""
    joined: list[Piece] = []
    run: list[TextPart] = []
    for piece in pieces:
        if isinstance(piece, TextPart):
            run.append(piece)
            continue
        _close_run(run, joined)
        joined.append(piece)
    _close_run(run, joined)
    return joined


def _close_run(run: list[TextPart], joined: list[Piece]) -> None:
    if run:
        joined.append(TextPart(run[0].start, run[-1].end, "".join(part.text for part in run)))
        run.clear()


class _Level:
    """An open directive with what it holds so far."""

    __slots__ = ("directive", "else_at", "otherwise", "parts")

    def __init__(self, directive: Directive | None) -> None:
        self.directive = directive
        self.parts: list[TemplatePart] = []
        self.otherwise: list[TemplatePart] | None = None

    def current(self) -> list[TemplatePart]:
        return self.parts if self.otherwise is None else self.otherwise

    def close(self, end: int) -> TemplateIf | TemplateFor:
        head = self.directive
        assert head is not None
        if head.keyword == "if":
            return TemplateIf(head.start, end, head.expr, self.parts, self.otherwise or [])
        return TemplateFor(head.start, end, head.key, head.value, head.expr, self.parts)


def nest(pieces: Sequence[Piece], max_depth: int) -> list[TemplatePart]:
    """The parts of the template with `if` and `for` directives closed; empty texts are dropped."""
    levels = [_Level(None)]
    for piece in pieces:
        if isinstance(piece, Directive):
            _directive(levels, piece)
            if len(levels) > max_depth:
                raise TemplateNesting(piece, "")
        elif not isinstance(piece, TextPart) or piece.text:
            levels[-1].current().append(piece)
    unclosed = levels[-1].directive
    if unclosed is not None:
        raise TemplateNesting(unclosed, f"%{{ {unclosed.keyword} }} has no %{{ end{unclosed.keyword} }}")
    return levels[0].parts


def _directive(levels: list[_Level], piece: Directive) -> None:
    if piece.keyword in ("if", "for"):
        levels.append(_Level(piece))
        return
    top = levels[-1]
    opener = top.directive.keyword if top.directive is not None else ""
    if piece.keyword == "else":
        if opener != "if" or top.otherwise is not None:
            raise TemplateNesting(piece, "%{ else } belongs to no open %{ if }")
        top.otherwise = []
        return
    if piece.keyword != f"end{opener}":
        raise TemplateNesting(piece, f"%{{ {piece.keyword} }} closes no open %{{ {piece.keyword[3:]} }}")
    levels.pop()
    levels[-1].current().append(top.close(piece.end))


def assemble(start: int, end: int, pieces: list[Piece], heredoc: bool, max_depth: int) -> Expr:
    """The expression that a template is: a plain string, one passed-through interpolation, or a template."""
    if not pieces:
        return Literal(start, end, "")
    pieces = join_texts(pieces)
    if len(pieces) == 1:
        only = pieces[0]
        if isinstance(only, TextPart):
            return Literal(start, end, only.text)
        if isinstance(only, Expr):
            return TemplateWrap(start, end, only)
    return Template(start, end, nest(pieces, max_depth), heredoc)
