"""The heart of expression evaluation: one entry, a table of handlers by node type, and origins.

Every handler takes the node and the scope and gives a value whose origin is the node; invalid expressions raise
EvalError. The handlers stand in the modules beside this one and are put into the table by `expressions`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ddbaudit.foundation.source import Span
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.convert import ConversionError, convert
from ddbaudit.frontends.hcl.scope import EvalError, Scope
from ddbaudit.ir.types import BOOL
from ddbaudit.ir.value import Absent, Origin, Value

HANDLERS: dict[type, Callable[[Any, Scope], Value]] = {}


def evaluate(expr: ast.Expr, scope: Scope) -> Value:
    """The value of an expression; EvalError when it is invalid."""
    return HANDLERS[type(expr)](expr, scope)


def attempt(expr: ast.Expr, scope: Scope) -> Value | EvalError:
    """The value, or the error as a value: for what Terraform evaluates without needing it."""
    try:
        return evaluate(expr, scope)
    except EvalError as error:
        return error


def origin_of(node: ast.Node, scope: Scope, *ingredients: Value) -> Origin:
    """The origin of a value made by `node` from ingredients."""
    return Origin(Span(scope.source, node.start, node.end), "", _parents(ingredients))


def _parents(values: Sequence[Value]) -> tuple[Origin, ...]:
    """The origins of ingredients: those that come from elsewhere before plain literals."""
    origins = [v.origin for v in values if v.origin is not None]
    if len(origins) > 1:
        origins.sort(key=lambda o: not (o.parents or o.note))
    return tuple(origins)


def evaluate_condition(expr: ast.Expr, scope: Scope) -> Value:
    """The value of a condition: a bool, known or unknown."""
    value = evaluate(expr, scope)
    if isinstance(value, Absent):
        raise EvalError("the condition is null; it must be true or false", scope.span(expr))
    try:
        return convert(value, BOOL)
    except ConversionError as error:
        raise EvalError(f"the condition must be true or false: {error.message}", scope.span(expr)) from None
