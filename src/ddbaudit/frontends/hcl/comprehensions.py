"""Tuples, objects and `for` expressions."""

from __future__ import annotations

from typing import Any

from ddbaudit.foundation.source import Span
from ddbaudit.frontends.hcl import access, ast
from ddbaudit.frontends.hcl.convert import ConversionError, convert
from ddbaudit.frontends.hcl.core import evaluate, evaluate_condition, origin_of
from ddbaudit.frontends.hcl.scope import EvalError, Scope
from ddbaudit.ir.types import DYNAMIC, STRING
from ddbaudit.ir.value import (
    Absent,
    Known,
    Unknown,
    Value,
    object_value,
    tuple_value,
)

# -------------------------------------------------------------------------------------------------------


def tuple_expr(expr: ast.TupleExpr, scope: Scope) -> Value:
    return tuple_value(tuple(evaluate(item, scope) for item in expr.items), origin_of(expr, scope))


def object_expr(expr: ast.ObjectExpr, scope: Scope) -> Value:
    items: dict[str, Value] = {}
    unknown_key: Unknown | None = None
    for item in expr.items:
        key = _object_key(evaluate(item.key, scope), scope.span(item.key))
        value = evaluate(item.value, scope)
        if isinstance(key, Unknown):
            unknown_key = unknown_key if unknown_key is not None else key
        else:
            items[key] = value
    origin = origin_of(expr, scope)
    if unknown_key is not None:
        return Unknown(DYNAMIC, unknown_key.cause, None, origin, unknown_key.sensitive, True)
    return object_value(items, origin)


def _object_key(key: Value, span: Span) -> str | Unknown:
    if isinstance(key, Absent):
        raise EvalError("the key is null; it must be a string", span)
    try:
        text = convert(key, STRING)
    except ConversionError as error:
        raise EvalError(f"the key must be a string: {error.message}", span) from None
    if isinstance(text, Unknown):
        return text
    assert isinstance(text, Known)
    return text.text


def for_expr(expr: ast.ForExpr, scope: Scope) -> Value:
    collection = evaluate(expr.collection, scope)
    origin = origin_of(expr, scope, collection)
    if isinstance(collection, Absent):
        raise EvalError("a null value cannot be iterated over", scope.span(expr.collection))
    if isinstance(collection, Unknown):
        return Unknown(DYNAMIC, collection.cause, None, origin, collection.sensitive, True)
    assert isinstance(collection, Known)
    if not access.is_iterable(collection):
        raise EvalError(f"a {collection.kind} cannot be iterated over", scope.span(expr.collection))
    result = (
        _for_object(expr, scope, collection) if expr.result_key is not None else _for_tuple(expr, scope, collection)
    )
    if isinstance(result, Unknown):
        return Unknown(DYNAMIC, result.cause, None, origin, result.sensitive, True)
    result = result.with_origin(origin)
    return result.with_sensitive() if collection.sensitive else result


def _for_scopes(expr: ast.ForExpr, scope: Scope, collection: Known) -> Any:
    """The scopes of the iterations that the condition lets through, or the Unknown of a condition."""
    for key, value in access.iterate(collection):
        inner = scope.bind({expr.value: value} if expr.key is None else {expr.key: key, expr.value: value})
        if expr.condition is not None:
            condition = evaluate_condition(expr.condition, inner)
            if isinstance(condition, Unknown):
                yield condition
                continue
            assert isinstance(condition, Known)
            if condition.data is False:
                continue
        yield inner


def _for_tuple(expr: ast.ForExpr, scope: Scope, collection: Known) -> Value:
    items: list[Value] = []
    blocked: Unknown | None = None
    for inner in _for_scopes(expr, scope, collection):
        if isinstance(inner, Unknown):
            blocked = blocked if blocked is not None else inner
        else:
            items.append(evaluate(expr.result_value, inner))
    return blocked if blocked is not None else tuple_value(tuple(items))


def _for_object(expr: ast.ForExpr, scope: Scope, collection: Known) -> Value:
    assert expr.result_key is not None
    single: dict[str, Value] = {}
    groups: dict[str, list[Value]] = {}
    blocked: Unknown | None = None
    span = scope.span(expr.result_key)
    for inner in _for_scopes(expr, scope, collection):
        key = inner if isinstance(inner, Unknown) else _object_key(evaluate(expr.result_key, inner), span)
        if isinstance(key, Unknown):
            blocked = blocked if blocked is not None else key
            continue
        value = evaluate(expr.result_value, inner)
        if expr.group:
            groups.setdefault(key, []).append(value)
        elif key in single:
            raise EvalError(f'two elements produced the key "{key}"', span, help="group with `...` after the value")
        else:
            single[key] = value
    if blocked is not None:
        return blocked
    return object_value({k: tuple_value(tuple(v)) for k, v in groups.items()} if expr.group else single)
