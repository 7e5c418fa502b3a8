"""Names, attributes, indexes and splats."""

from __future__ import annotations

from collections.abc import Sequence

from ddbaudit.foundation.source import Span
from ddbaudit.frontends.hcl import access, ast
from ddbaudit.frontends.hcl.core import evaluate, origin_of
from ddbaudit.frontends.hcl.scope import Scope
from ddbaudit.ir.types import DYNAMIC, CollectionType, TupleType, Type
from ddbaudit.ir.value import (
    Absent,
    Known,
    Origin,
    Unknown,
    Value,
    tuple_value,
)

# --------------------------------------------------------------------------------------------------------


_SPLAT_ITEM = " splat item"


def variable(expr: ast.Variable, scope: Scope) -> Value:
    return _traverse(expr, [], expr, scope)


def get_attr(expr: ast.GetAttr, scope: Scope) -> Value:
    return _chain(expr, scope)


def index(expr: ast.Index, scope: Scope) -> Value:
    return _chain(expr, scope)


def _chain(expr: ast.Expr, scope: Scope) -> Value:
    """A chain of attribute accesses and indexes, however long, without recursion along it."""
    steps: list[ast.Expr] = []
    here: ast.Expr = expr
    while isinstance(here, ast.GetAttr | ast.Index):
        steps.append(here)
        here = here.source
    steps.reverse()
    if isinstance(here, ast.Variable):
        return _traverse(here, steps, expr, scope)
    return _walk(evaluate(here, scope), steps, expr, scope)


def _traverse(root: ast.Variable, steps: Sequence[ast.Expr], expr: ast.Expr, scope: Scope) -> Value:
    local = scope.names.get(root.name)
    if local is not None:
        return _walk(local, steps, expr, scope)
    value, used = scope.module.resolve(root, steps, scope)
    return _walk(value, steps[used:], expr, scope)


def _walk(value: Value, steps: Sequence[ast.Expr], expr: ast.Expr, scope: Scope) -> Value:
    for step in steps:
        if isinstance(step, ast.GetAttr):
            value = access.get_attr(value, step.name, Span(scope.source, step.name_start, step.end))
        else:
            assert isinstance(step, ast.Index)
            value = access.index(value, evaluate(step.key, scope), scope.span(step.key))
    return value.with_origin(origin_of(expr, scope, value))


def splat_item(expr: ast.SplatItem, scope: Scope) -> Value:
    return scope.names[_SPLAT_ITEM]


def splat(expr: ast.Splat, scope: Scope) -> Value:
    source = evaluate(expr.source, scope)
    origin = origin_of(expr, scope, source)
    if isinstance(source, Absent):
        return tuple_value((), origin)
    if isinstance(source, Unknown):
        return _splat_unknown(expr, scope, source).with_origin(origin)
    assert isinstance(source, Known)
    elements = source.items if source.kind in ("list", "set", "tuple") else (source,)
    results = tuple(evaluate(expr.each, scope.bind({_SPLAT_ITEM: element})) for element in elements)
    if source.kind in ("list", "set") and source.element is not None and source.element is not DYNAMIC:
        return _splat_list(source, results, origin)
    return Known("tuple", results, None, origin, source.sensitive)


def _splat_unknown(expr: ast.Splat, scope: Scope, source: Unknown) -> Value:
    """Unknown, yet of the type that the elements' types say; one element where the value is certainly there and is no
    list or set."""
    type_ = source.type

    def each(item: Value) -> Value:
        return evaluate(expr.each, scope.bind({_SPLAT_ITEM: item}))

    def inside(element: Type) -> Type:
        return each(Unknown(element, source.cause, None, source.origin, source.sensitive)).type

    if isinstance(type_, TupleType):
        type_ = TupleType(tuple(inside(element) for element in type_.elements))
    elif isinstance(type_, CollectionType) and type_.kind in ("list", "set"):
        type_ = CollectionType("list", inside(type_.element))
    elif source.not_null and type_ is not DYNAMIC:
        return tuple_value((each(source),))
    else:
        type_ = DYNAMIC
    return Unknown(type_, source.cause, None, None, source.sensitive)


def _splat_list(source: Known, results: tuple[Value, ...], origin: Origin) -> Value:
    """A splat over a list or set gives a list: its elements have one type."""
    kinds = {r.type for r in results}
    if len(kinds) == 1 or not results:
        element = kinds.pop() if kinds else DYNAMIC
        return Known("list", results, element, origin, source.sensitive)
    return Known("tuple", results, None, origin, source.sensitive)
