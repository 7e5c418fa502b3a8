"""Operators and conditionals."""

from __future__ import annotations

from ddbaudit.foundation.source import Span
from ddbaudit.frontends.hcl import ast, operators
from ddbaudit.frontends.hcl.convert import ConversionError, convert, equals, unify
from ddbaudit.frontends.hcl.core import attempt, evaluate, evaluate_condition, origin_of
from ddbaudit.frontends.hcl.scope import EvalError, Scope
from ddbaudit.ir.types import DYNAMIC, STRING, Primitive, Type
from ddbaudit.ir.value import (
    Absent,
    Known,
    Origin,
    Symbol,
    Unknown,
    Value,
)

# ----------------------------------------------------------------------------------------


def unary(expr: ast.Unary, scope: Scope) -> Value:
    operand = evaluate(expr.operand, scope)
    try:
        result = operators.unary(expr.op, operand)
    except operators.OperationError as error:
        raise EvalError(error.message, scope.span(expr.operand)) from None
    return _with(result, origin_of(expr, scope, operand), operand)


def binary(expr: ast.Binary, scope: Scope) -> Value:
    left = evaluate(expr.left, scope)
    right = evaluate(expr.right, scope)
    try:
        result = operators.binary(expr.op, left, right)
    except operators.OperationError as error:
        raise EvalError(error.message, scope.span(expr)) from None
    return _with(result, origin_of(expr, scope, left, right), left, right)


def _with(result: Value, origin: Origin, *inputs: Value) -> Value:
    result = result.with_origin(origin)
    return result.with_sensitive() if any(v.sensitive for v in inputs) else result


def conditional(expr: ast.Conditional, scope: Scope) -> Value:
    then, otherwise = attempt(expr.then, scope), attempt(expr.otherwise, scope)
    condition = evaluate_condition(expr.condition, scope)
    type_ = _common_type(expr, then, otherwise)
    if type_ is None:
        raise EvalError(
            "the true and false results of the conditional have types that do not go together", scope.span(expr)
        )
    if isinstance(condition, Unknown):
        return _either(expr, scope, condition, type_, then, otherwise)
    assert isinstance(condition, Known)
    chosen, node = (then, expr.then) if condition.data is True else (otherwise, expr.otherwise)
    if isinstance(chosen, EvalError):
        raise chosen
    return _chosen(expr, scope, condition, _converted(chosen, type_, scope.span(node)))


def _chosen(expr: ast.Conditional, scope: Scope, condition: Value, value: Value) -> Value:
    """The value of the arm taken; when that arm is a plain literal, the condition is the cause."""
    literal = value.origin is None or not (value.origin.parents or value.origin.note)
    parents = (condition, value) if literal else (value, condition)
    origin = Origin(scope.span(expr), "", tuple(v.origin for v in parents if v.origin is not None))
    value = value.with_origin(origin)
    return value.with_sensitive() if condition.sensitive else value


def _converted(value: Value, type_: Type, span: Span) -> Value:
    if type_ is DYNAMIC:
        return value
    try:
        return convert(value, type_)
    except ConversionError as error:
        raise EvalError(error.message, span) from None


def _common_type(expr: ast.Conditional, then: Value | EvalError, otherwise: Value | EvalError) -> Type | None:
    first, second = _arm_type(expr.then, then), _arm_type(expr.otherwise, otherwise)
    if _is_failed_structure(expr.then, then) and isinstance(second, Primitive) and second is not DYNAMIC:
        return None
    if _is_failed_structure(expr.otherwise, otherwise) and isinstance(first, Primitive) and first is not DYNAMIC:
        return None
    if isinstance(then, Absent) and first is DYNAMIC:
        return second
    if isinstance(otherwise, Absent) and second is DYNAMIC:
        return first
    if DYNAMIC in (first, second):
        return DYNAMIC
    return first if first == second else unify([first, second])


def _arm_type(node: ast.Expr, value: Value | EvalError) -> Type:
    """The type of an arm. An invalid one has none, but a template is a string whatever is wrong inside."""
    if not isinstance(value, EvalError):
        return value.type
    return STRING if isinstance(_bare(node), ast.Template) else DYNAMIC


def _is_failed_structure(node: ast.Expr, value: Value | EvalError) -> bool:
    """An invalid arm that would be a tuple or object, and so never goes with a primitive type."""
    return isinstance(value, EvalError) and isinstance(_bare(node), ast.TupleExpr | ast.ObjectExpr)


def _bare(node: ast.Expr) -> ast.Expr:
    while isinstance(node, ast.Parens):
        node = node.inner
    return node


def _either(
    expr: ast.Conditional,
    scope: Scope,
    condition: Unknown,
    type_: Type,
    then: Value | EvalError,
    otherwise: Value | EvalError,
) -> Value:
    """Under an unknown condition: the arms' value when they agree, unknown otherwise (sharper than Terraform,
    sound)."""
    origin = origin_of(expr, scope, condition)
    sensitive = condition.sensitive
    if not isinstance(then, EvalError) and not isinstance(otherwise, EvalError):
        span = scope.span(expr)
        first, second = _converted(then, type_, span), _converted(otherwise, type_, span)
        if _same(first, second):
            return first.with_origin(origin).with_sensitive(sensitive or first.sensitive)
        sensitive = sensitive or first.sensitive or second.sensitive
        not_null = _never_null(first) and _never_null(second)
        return Unknown(type_, condition.cause, None, origin, sensitive, not_null)
    return Unknown(type_, condition.cause, None, origin, sensitive)


def _never_null(value: Value) -> bool:
    return isinstance(value, Known) or (isinstance(value, Unknown) and value.not_null)


def _same(first: Value, second: Value) -> bool:
    if isinstance(first, Absent) and isinstance(second, Absent):
        return True
    if isinstance(first, Unknown) and isinstance(second, Unknown):
        return first.parts is not None and first.parts == second.parts and _all_symbols(first)
    if isinstance(first, Known) and isinstance(second, Known):
        answer = equals(first, second)
        return isinstance(answer, Known) and answer.data is True
    return False


def _all_symbols(value: Unknown) -> bool:
    return all(isinstance(p, str | Symbol) for p in value.parts or ())
