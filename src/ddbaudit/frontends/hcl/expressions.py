"""Expressions to values, as Terraform evaluates them (HCL native syntax specification, expressions).

Every handler takes the node and the scope and gives a value whose origin is the node. Invalid expressions raise
EvalError.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from ddbaudit.foundation.source import Span
from ddbaudit.foundation.text import suggestion
from ddbaudit.frontends.hcl import access, ast, operators
from ddbaudit.frontends.hcl.convert import ConversionError, convert, equals, unify
from ddbaudit.frontends.hcl.functions import BUILTINS, lookup_function
from ddbaudit.frontends.hcl.functions.registry import FunctionError, call
from ddbaudit.frontends.hcl.scope import EvalError, Scope
from ddbaudit.ir.types import BOOL, DYNAMIC, STRING, Type
from ddbaudit.ir.value import (
    Absent,
    Cause,
    Known,
    Origin,
    Part,
    Symbol,
    Unknown,
    Value,
    is_sensitive,
    join_parts,
    object_value,
    tuple_value,
    unknowns,
)

_SPLAT_ITEM = " splat item"


def evaluate(expr: ast.Expr, scope: Scope) -> Value:
    """The value of an expression; EvalError when it is invalid."""
    return _HANDLERS[type(expr)](expr, scope)


def _origin(node: ast.Node, scope: Scope, *parents: Value) -> Origin:
    return Origin(Span(scope.source, node.start, node.end), "", _parents(parents))


def _parents(values: Sequence[Value]) -> tuple[Origin, ...]:
    """The origins of ingredients: those that come from elsewhere before plain literals."""
    origins = [v.origin for v in values if v.origin is not None]
    if len(origins) > 1:
        origins.sort(key=lambda o: not (o.parents or o.note))
    return tuple(origins)


def _literal(expr: ast.Literal, scope: Scope) -> Value:
    origin = Origin(Span(scope.source, expr.start, expr.end))
    value = expr.value
    if isinstance(value, str):
        return Known("string", value if value.isascii() else unicodedata.normalize("NFC", value), None, origin)
    if value is None:
        return Absent(DYNAMIC, origin)
    if isinstance(value, bool):
        return Known("bool", value, None, origin)
    return Known("number", value, None, origin)


def _bad(expr: ast.BadExpr, scope: Scope) -> Value:
    span = scope.span(expr)
    return Unknown(DYNAMIC, Cause("broken", "the expression could not be parsed", span), None, Origin(span))


def _parens(expr: ast.Parens, scope: Scope) -> Value:
    return evaluate(expr.inner, scope)


# --- templates
# ---------------------------------------------------------------------------------------------------------


def _template_wrap(expr: ast.TemplateWrap, scope: Scope) -> Value:
    inner = evaluate(expr.inner, scope)
    return inner.with_origin(_origin(expr, scope, inner))


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
        self.widths.append(sum(len(p) if isinstance(p, str) else len(str(p)) for p in parts))
        self.sensitive = self.sensitive or value.sensitive
        if isinstance(value, Unknown) and self.unknown is None:
            self.unknown = value
        if isinstance(value, Known | Unknown) and value.structure is not None:
            self.structure = value.structure


def _template(expr: ast.Template, scope: Scope) -> Value:
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
    condition = _condition(part.condition, scope)
    if isinstance(condition, Unknown):
        span = Span(scope.source, part.start, part.end)
        pieces.value(Unknown(STRING, condition.cause, None, _origin(part, scope, condition)), Origin(span))
        return
    assert isinstance(condition, Known)
    _add_parts(part.then if condition.data is True else part.otherwise, scope, pieces)


def _add_for(part: ast.TemplateFor, scope: Scope, pieces: _Pieces) -> None:
    collection = evaluate(part.collection, scope)
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


# --- traversals
# --------------------------------------------------------------------------------------------------------


def _variable(expr: ast.Variable, scope: Scope) -> Value:
    return _traverse(expr, [], expr, scope)


def _get_attr(expr: ast.GetAttr, scope: Scope) -> Value:
    return _chain(expr, scope)


def _index(expr: ast.Index, scope: Scope) -> Value:
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
    return value.with_origin(_origin(expr, scope, value))


def _splat_item(expr: ast.SplatItem, scope: Scope) -> Value:
    return scope.names[_SPLAT_ITEM]


def _splat(expr: ast.Splat, scope: Scope) -> Value:
    source = evaluate(expr.source, scope)
    origin = _origin(expr, scope, source)
    if isinstance(source, Absent):
        return tuple_value((), origin)
    if isinstance(source, Unknown):
        return Unknown(DYNAMIC, source.cause, None, origin, source.sensitive)
    assert isinstance(source, Known)
    elements = source.items if source.kind in ("list", "set", "tuple") else (source,)
    results = tuple(evaluate(expr.each, scope.bind({_SPLAT_ITEM: element})) for element in elements)
    if source.kind in ("list", "set") and source.element is not None and source.element is not DYNAMIC:
        return _splat_list(source, results, origin)
    return Known("tuple", results, None, origin, source.sensitive)


def _splat_list(source: Known, results: tuple[Value, ...], origin: Origin) -> Value:
    """A splat over a list or set gives a list: its elements have one type."""
    kinds = {r.type for r in results}
    if len(kinds) == 1 or not results:
        element = kinds.pop() if kinds else DYNAMIC
        return Known("list", results, element, origin, source.sensitive)
    return Known("tuple", results, None, origin, source.sensitive)


# --- operators and conditionals
# ----------------------------------------------------------------------------------------


def _unary(expr: ast.Unary, scope: Scope) -> Value:
    operand = evaluate(expr.operand, scope)
    try:
        result = operators.unary(expr.op, operand)
    except operators.OperationError as error:
        raise EvalError(error.message, scope.span(expr.operand)) from None
    return _with(result, _origin(expr, scope, operand), operand)


def _binary(expr: ast.Binary, scope: Scope) -> Value:
    left = evaluate(expr.left, scope)
    right = evaluate(expr.right, scope)
    try:
        result = operators.binary(expr.op, left, right)
    except operators.OperationError as error:
        raise EvalError(error.message, scope.span(expr)) from None
    return _with(result, _origin(expr, scope, left, right), left, right)


def _with(result: Value, origin: Origin, *inputs: Value) -> Value:
    result = result.with_origin(origin)
    return result.with_sensitive() if any(v.sensitive for v in inputs) else result


def _condition(expr: ast.Expr, scope: Scope) -> Value:
    value = evaluate(expr, scope)
    if isinstance(value, Absent):
        raise EvalError("the condition is null; it must be true or false", scope.span(expr))
    try:
        return convert(value, BOOL)
    except ConversionError as error:
        raise EvalError(f"the condition must be true or false: {error.message}", scope.span(expr)) from None


def _attempt(expr: ast.Expr, scope: Scope) -> Value | EvalError:
    try:
        return evaluate(expr, scope)
    except EvalError as error:
        return error


def _conditional(expr: ast.Conditional, scope: Scope) -> Value:
    then, otherwise = _attempt(expr.then, scope), _attempt(expr.otherwise, scope)
    condition = _condition(expr.condition, scope)
    type_ = _common_type(then, otherwise)
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


def _common_type(then: Value | EvalError, otherwise: Value | EvalError) -> Type | None:
    first = DYNAMIC if isinstance(then, EvalError) else then.type
    second = DYNAMIC if isinstance(otherwise, EvalError) else otherwise.type
    if isinstance(then, Absent) and first is DYNAMIC:
        return second
    if isinstance(otherwise, Absent) and second is DYNAMIC:
        return first
    return first if first == second else unify([first, second])


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
    origin = _origin(expr, scope, condition)
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


# --- collections
# -------------------------------------------------------------------------------------------------------


def _tuple(expr: ast.TupleExpr, scope: Scope) -> Value:
    return tuple_value(tuple(evaluate(item, scope) for item in expr.items), _origin(expr, scope))


def _object(expr: ast.ObjectExpr, scope: Scope) -> Value:
    items: dict[str, Value] = {}
    unknown_key: Unknown | None = None
    for item in expr.items:
        key = _object_key(evaluate(item.key, scope), scope.span(item.key))
        value = evaluate(item.value, scope)
        if isinstance(key, Unknown):
            unknown_key = unknown_key or key
        else:
            items[key] = value
    origin = _origin(expr, scope)
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


def _for(expr: ast.ForExpr, scope: Scope) -> Value:
    collection = evaluate(expr.collection, scope)
    origin = _origin(expr, scope, collection)
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
            condition = _condition(expr.condition, inner)
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
            blocked = blocked or inner
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
            blocked = blocked or key
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


# --- calls
# -------------------------------------------------------------------------------------------------------------


def _call(expr: ast.Call, scope: Scope) -> Value:
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
    origin = _origin(expr, scope, *args)
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
    result = result.with_origin(origin)
    if name in ("nonsensitive", "issensitive") or result.sensitive:
        return result
    return result.with_sensitive() if any(map(is_sensitive, args)) and name not in _STRUCTURAL else result


_STRUCTURAL = frozenset({"merge", "concat", "tolist", "tomap", "zipmap", "flatten", "coalesce", "lookup", "element"})
"""Functions that keep sensitive elements apart: their result as a whole is not sensitive for one sensitive element."""


def _unknown_function(expr: ast.Call, scope: Scope, span: Span) -> Value:
    if expr.name.startswith("provider::"):
        cause = Cause("unsupported", f"the provider function {expr.name} is not evaluated", span)
        return Unknown(DYNAMIC, cause, None, _origin(expr, scope))
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
        value = _attempt(arg, scope)
        if isinstance(value, EvalError):
            failure = value
            continue
        origin = _origin(expr, scope, value)
        if not _settled(value):
            first = next(iter(unknowns(value)))
            return Unknown(DYNAMIC, first.cause, None, origin, is_sensitive(value))
        return value.with_origin(origin)
    assert failure is not None
    raise EvalError("no argument of try succeeded: " + failure.message, failure.span)


def _can(expr: ast.Call, scope: Scope) -> Value:
    if len(expr.args) != 1:
        raise EvalError("can takes exactly one argument", scope.span(expr))
    value = _attempt(expr.args[0], scope)
    origin = _origin(expr, scope) if isinstance(value, EvalError) else _origin(expr, scope, value)
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


_HANDLERS: dict[type, Callable[[Any, Scope], Value]] = {
    ast.Literal: _literal,
    ast.BadExpr: _bad,
    ast.Parens: _parens,
    ast.Template: _template,
    ast.TemplateWrap: _template_wrap,
    ast.Variable: _variable,
    ast.GetAttr: _get_attr,
    ast.Index: _index,
    ast.Splat: _splat,
    ast.SplatItem: _splat_item,
    ast.Unary: _unary,
    ast.Binary: _binary,
    ast.Conditional: _conditional,
    ast.TupleExpr: _tuple,
    ast.ObjectExpr: _object,
    ast.ForExpr: _for,
    ast.Call: _call,
}
