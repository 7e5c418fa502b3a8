"""Quoted strings of python-hcl2's tree: escapes, interpolations, and the flat directives put into their nesting."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.native.heredocs import SPACE

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.)|$)", re.DOTALL)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}

Problem = Callable[[int, int, str], None]
"""Reports what is wrong between two offsets."""


@dataclass(slots=True)
class _Frame:
    """An open `%{ if }` or `%{ for }`, or the string itself."""

    start: int
    parts: list[ast.TemplatePart] = field(default_factory=list)
    condition: ast.Expr | None = None
    then: list[ast.TemplatePart] | None = None
    names: tuple[str, ...] = ()


def _unescape(text: str, start: int, problem: Problem) -> str:
    """Resolve backslash escapes; Terraform refuses unknown ones, which python-hcl2 lets through."""

    def one(match: re.Match[str]) -> str:
        short, long, char = match.groups()
        if short or long:
            code = int(short or long, 16)
            if code < 0x110000 and not 0xD800 <= code < 0xE000:
                return chr(code)
        elif char in _SIMPLE:
            return _SIMPLE[char]
        problem(start + match.start(), start + match.end(), f"{match.group()!r} is no escape sequence of HCL.")
        return ""

    return _ESCAPE.sub(one, text) if "\\" in text else text


class StringConverter:
    """Turns one `string` tree into an expression; `expr` converts the expressions inside."""

    def __init__(self, expr: Callable[[Any], ast.Expr], problem: Problem) -> None:
        self._expr = expr
        self._problem = problem
        self._frames: list[_Frame] = []
        self._trim_next = False

    def convert(self, tree: Any) -> ast.Expr:
        opening, closing = tree.children[0], tree.children[-1]
        start, end = int(opening.start_pos), int(closing.end_pos)
        self._frames = [_Frame(start)]
        for part in tree.children[1:-1]:
            self._part(part.children[0])
        while len(self._frames) > 1:
            frame = self._frames.pop()
            self._problem(frame.start, frame.start + 2, "This template directive is never closed.")
        return _string_expr(start, end, self._frames[0].parts)

    # -- text ------------------------------------------------------------------------------------------------------

    def _part(self, child: Any) -> None:
        kind = child.type if hasattr(child, "type") else child.data
        if kind == "STRING_CHARS":
            self._text(child.start_pos, child.end_pos, _unescape(str(child), child.start_pos, self._problem))
            if "\n" in child:
                at = child.start_pos + child.index("\n")
                self._problem(at, at, "A quoted string must end on the line that it starts on.")
        elif kind in {"ESCAPED_INTERPOLATION", "ESCAPED_DIRECTIVE"}:
            self._escaped(child)
        elif kind == "interpolation":
            self._trim_next = False
            self._frames[-1].parts.append(self._expr(child.children[1]))
        else:
            self._directive(kind, child)

    def _escaped(self, token: Any) -> None:
        """`$${` means `${`; the library's token runs to the next `}` and may have swallowed more than text."""
        body = str(token)[3:]
        if re.search(r'(?<!\\)(?:\\\\)*"|\$\{|%\{|\n', body):
            detail = "python-hcl2 cannot tell where this escaped template sequence ends."
            self._problem(token.start_pos, token.end_pos, detail)
        text = str(token)[1:3] + _unescape(body, token.start_pos + 3, self._problem)
        self._text(token.start_pos, token.end_pos, text)

    def _text(self, start: int, end: int, text: str) -> None:
        if self._trim_next:
            text = text.lstrip(SPACE)
            self._trim_next = not text
        parts = self._frames[-1].parts
        if parts and isinstance(parts[-1], ast.TextPart):
            parts[-1].text += text
            parts[-1].end = end
        else:
            parts.append(ast.TextPart(start, end, text))

    # -- directives ------------------------------------------------------------------------------------------------

    def _directive(self, kind: str, tree: Any) -> None:
        tokens = [child for child in tree.children if hasattr(child, "type")]
        start, end = int(tokens[0].start_pos), int(tokens[-1].end_pos)
        if tokens[1].type == "STRIP_MARKER":
            self._trim_previous()
        self._trim_next = tokens[-2].type == "STRIP_MARKER"
        trees = [child for child in tree.children if not hasattr(child, "type")]
        if kind == "template_if_start":
            self._frames.append(_Frame(start, condition=self._expr(trees[0])))
        elif kind == "template_for_start":
            names = tuple(str(child.children[0]) for child in trees[:-1])
            self._frames.append(_Frame(start, condition=self._expr(trees[-1]), names=names))
        else:
            self._continue(kind, start, end)

    def _trim_previous(self) -> None:
        parts = self._frames[-1].parts
        if parts and isinstance(parts[-1], ast.TextPart):
            parts[-1].text = parts[-1].text.rstrip(SPACE)

    def _continue(self, kind: str, start: int, end: int) -> None:
        frame = self._frames[-1]
        is_for = bool(frame.names)
        if frame.condition is None or is_for != (kind == "template_endfor"):
            self._problem(start, end, "This template directive closes nothing that is open here.")
        elif kind == "template_else":
            if frame.then is not None:
                self._problem(start, end, "This template directive has a second else.")
            frame.then, frame.parts = frame.parts, []
        else:
            self._frames.pop()
            self._frames[-1].parts.append(_close(frame, end))


def _close(frame: _Frame, end: int) -> ast.TemplateIf | ast.TemplateFor:
    assert frame.condition is not None
    if frame.names:
        key = frame.names[0] if len(frame.names) == 2 else None
        return ast.TemplateFor(frame.start, end, key, frame.names[-1], frame.condition, _kept(frame.parts))
    then, otherwise = (frame.parts, []) if frame.then is None else (frame.then, frame.parts)
    return ast.TemplateIf(frame.start, end, frame.condition, _kept(then), _kept(otherwise))


def _kept(parts: list[ast.TemplatePart]) -> list[ast.TemplatePart]:
    """Without the text that strip markers have emptied."""
    return [part for part in parts if not isinstance(part, ast.TextPart) or part.text]


def _string_expr(start: int, end: int, parts: list[ast.TemplatePart]) -> ast.Expr:
    if len(parts) == 1 and isinstance(parts[0], ast.Expr):
        return ast.TemplateWrap(start, end, parts[0])
    if all(isinstance(part, ast.TextPart) for part in parts):
        text = "".join(part.text for part in parts if isinstance(part, ast.TextPart))
        return ast.Literal(start, end, text)
    return ast.Template(start, end, _kept(parts))
