"""Templates to strings: interpolation, directives, and what becomes of unknown parts."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from ddbaudit.foundation.source import Span
from ddbaudit.frontends.hcl import access, ast, operators
from ddbaudit.frontends.hcl.core import evaluate, evaluate_condition, origin_of
from ddbaudit.frontends.hcl.scope import EvalError, Scope
from ddbaudit.ir.types import STRING
from ddbaudit.ir.value import (
    Absent,
    Known,
    Origin,
    Part,
    Unknown,
    Value,
    join_parts,
    part_width,
)

# ---------------------------------------------------------------------------------------------------------


def template_wrap(expr: ast.TemplateWrap, scope: Scope) -> Value:
    inner = evaluate(expr.inner, scope)
    return inner.with_origin(origin_of(expr, scope, inner))


class _Pieces:
    """A template under construction: its parts with the origin and sensitivity of each."""

    __slots__ = ("origins", "parts", "sensitive", "structure", "unknown", "widths")

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.origins: list[Origin] = []
        self.widths: list[int] = []
        self.sensitive = False
        self.unknown: Unknown | None = None
        self.structure: Value | None = None

    def text(self, text: str, origin: Origin) -> None:
        self.parts.append(text)
        self.origins.append(origin)
        self.widths.append(len(text))

    def value(self, value: Value, origin: Origin) -> None:
        parts = operators.template_parts(value)
        self.parts.extend(parts)
        self.origins.append(origin)
        self.widths.append(sum(map(part_width, parts)))
        self.sensitive = self.sensitive or value.sensitive
        if isinstance(value, Unknown) and self.unknown is None:
            self.unknown = value
        if isinstance(value, Known | Unknown) and value.structure is not None:
            self.structure = value.structure


def template(expr: ast.Template, scope: Scope) -> Value:
    pieces = _Pieces()
    _add_parts(expr.parts, scope, pieces)
    span = Span(scope.source, expr.start, expr.end)
    origin = Origin(span, "", tuple(pieces.origins), tuple(pieces.widths))
    parts = join_parts(pieces.parts)
    blank = all(not isinstance(p, str) or not p.strip() for p in parts[1:])
    structure = pieces.structure if pieces.structure is not None and blank else None
    if pieces.unknown is None:
        text = "".join(p for p in parts if isinstance(p, str))
        text = text if text.isascii() else unicodedata.normalize("NFC", text)
        return Known("string", text, None, origin, pieces.sensitive, structure)
    return Unknown(STRING, pieces.unknown.cause, parts, origin, pieces.sensitive, True, structure)


def _add_parts(parts: Sequence[ast.TemplatePart], scope: Scope, pieces: _Pieces) -> None:
    for part in parts:
        if isinstance(part, ast.TextPart):
            pieces.text(part.text, Origin(Span(scope.source, part.start, part.end)))
        elif isinstance(part, ast.TemplateIf):
            _add_if(part, scope, pieces)
        elif isinstance(part, ast.TemplateFor):
            _add_for(part, scope, pieces)
        else:
            value = evaluate(part, scope)
            span = Span(scope.source, part.start, part.end)
            try:
                pieces.value(value, value.origin or Origin(span))
            except operators.OperationError as error:
                raise EvalError(error.message, span) from None


def _add_if(part: ast.TemplateIf, scope: Scope, pieces: _Pieces) -> None:
    condition = evaluate_condition(part.condition, scope)
    pieces.sensitive = pieces.sensitive or condition.sensitive
    if isinstance(condition, Unknown):
        span = Span(scope.source, part.start, part.end)
        pieces.value(Unknown(STRING, condition.cause, None, origin_of(part, scope, condition)), Origin(span))
        return
    assert isinstance(condition, Known)
    _add_parts(part.then if condition.data is True else part.otherwise, scope, pieces)


def _add_for(part: ast.TemplateFor, scope: Scope, pieces: _Pieces) -> None:
    collection = evaluate(part.collection, scope)
    pieces.sensitive = pieces.sensitive or collection.sensitive
    span = Span(scope.source, part.collection.start, part.collection.end)
    if isinstance(collection, Unknown):
        pieces.value(Unknown(STRING, collection.cause, None, collection.origin), Origin(span))
        return
    if isinstance(collection, Absent) or not access.is_iterable(collection):  # type: ignore[arg-type]
        raise EvalError("only a list, set, tuple, map or object can be iterated over", span)
    assert isinstance(collection, Known)
    for key, value in access.iterate(collection):
        names = {part.value: value} if part.key is None else {part.key: key, part.value: value}
        _add_parts(part.body, scope.bind(names), pieces)
