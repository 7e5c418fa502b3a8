"""Function calls, `try` and `can`."""

from __future__ import annotations

from ddbaudit.foundation.source import Span
from ddbaudit.foundation.text import suggestion
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.core import attempt, evaluate, origin_of
from ddbaudit.frontends.hcl.functions import BUILTINS, lookup_function
from ddbaudit.frontends.hcl.functions.registry import FunctionError, call
from ddbaudit.frontends.hcl.functions.support import KEEPS_MARKS
from ddbaudit.frontends.hcl.scope import EvalError, Scope
from ddbaudit.ir.types import BOOL, DYNAMIC
from ddbaudit.ir.value import Absent, Cause, Known, Origin, Symbol, Unknown, Value, is_sensitive, unknowns

# -------------------------------------------------------------------------------------------------------------


def call_expr(expr: ast.Call, scope: Scope) -> Value:
    name = expr.name.removeprefix("core::")
    if name == "try":
        return _try(expr, scope)
    if name == "can":
        return _can(expr, scope)
    function = lookup_function(expr.name)
    name_span = Span(scope.source, expr.start, expr.name_end)
    if function is None:
        return _unknown_function(expr, scope, name_span)
    args = [evaluate(arg, scope) for arg in expr.args]
    origin = origin_of(expr, scope, *args)
    if expr.expand:
        spread = _spread(args, scope.span(expr.args[-1]))
        if isinstance(spread, Unknown):
            return Unknown(DYNAMIC, spread.cause, None, origin, spread.sensitive)
        args = spread
    try:
        result = call(function, args, scope.module.functions)
    except FunctionError as error:
        at = error.argument
        span = scope.span(expr.args[at]) if at is not None and at < len(expr.args) else scope.span(expr)
        raise EvalError(f"{function.name}: {error.message}", span) from None
    result = result.with_origin(_by_way_of(origin, result))
    return result.with_sensitive() if _is_marked(name, args) else result


def _by_way_of(call: Origin, result: Value) -> Origin:
    """The call's origin; where the result is an element that the function picked, its own origin comes first."""
    picked = result.origin
    if picked is None:
        return call
    return Origin(call.span, "", (picked, *(parent for parent in call.parents if parent is not picked)))


_CLEARS_MARKS = frozenset({"nonsensitive", "issensitive"})


def _is_marked(name: str, args: list[Value]) -> bool:
    """Whether a call's result is sensitive for its arguments."""
    if name in _CLEARS_MARKS:
        return False
    if name in KEEPS_MARKS:
        return any(arg.sensitive for arg in args)
    return any(map(is_sensitive, args))


def _unknown_function(expr: ast.Call, scope: Scope, span: Span) -> Value:
    if expr.name.startswith("provider::"):
        cause = Cause("unsupported", f"the provider function {expr.name} is not evaluated", span)
        return Unknown(DYNAMIC, cause, None, origin_of(expr, scope))
    raise EvalError(f'there is no function named "{expr.name}"{suggestion(expr.name, BUILTINS)}', span)


def _spread(args: list[Value], span: Span) -> list[Value] | Unknown:
    last = args[-1]
    if isinstance(last, Unknown):
        return last
    if isinstance(last, Absent) or not isinstance(last, Known) or last.kind not in ("list", "set", "tuple"):
        raise EvalError("only a list, set or tuple can be expanded with `...`", span)
    return [*args[:-1], *last.items]


def _try(expr: ast.Call, scope: Scope) -> Value:
    if not expr.args:
        raise EvalError("try needs at least one argument", scope.span(expr))
    failure: EvalError | None = None
    for arg in expr.args:
        value = attempt(arg, scope)
        if isinstance(value, EvalError):
            failure = value
            continue
        origin = origin_of(expr, scope, value)
        if not _settled(value):
            first = next(iter(unknowns(value)))
            return Unknown(DYNAMIC, first.cause, None, origin, is_sensitive(value))
        return value.with_origin(origin)
    assert failure is not None
    raise EvalError("no argument of try succeeded: " + failure.message, failure.span)


def _can(expr: ast.Call, scope: Scope) -> Value:
    if len(expr.args) != 1:
        raise EvalError("can takes exactly one argument", scope.span(expr))
    value = attempt(expr.args[0], scope)
    origin = origin_of(expr, scope) if isinstance(value, EvalError) else origin_of(expr, scope, value)
    if isinstance(value, EvalError):
        return Known("bool", False, None, origin)
    if not _settled(value):
        return Unknown(BOOL, next(iter(unknowns(value))).cause, None, origin, False, True)
    return Known("bool", True, None, origin)


def _settled(value: Value) -> bool:
    """True when no later knowledge can make the expression fail: it is wholly known, or what is unknown are attributes
    that the resource's schema promises (sharper than Terraform, which gives up on any unknown)."""
    return all(_promised(u) for u in unknowns(value))


def _promised(value: Unknown) -> bool:
    if value.type is DYNAMIC or value.parts is None:
        return False
    return all(isinstance(p, str) or (isinstance(p, Symbol) and len(p.path) == 1) for p in value.parts)
