"""Input variables of a module instance: declaration, conversion, defaults, null and validation.

Source: https://developer.hashicorp.com/terraform/language/values/variables
"""

from __future__ import annotations

from dataclasses import dataclass

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.source import Span
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.constraints import Defaults, parse_constraint
from ddbaudit.frontends.hcl.convert import ConversionError, convert
from ddbaudit.frontends.hcl.expressions import evaluate
from ddbaudit.frontends.hcl.inputs import Given
from ddbaudit.frontends.hcl.scope import EvalError, Scope
from ddbaudit.frontends.hcl.source import Decl
from ddbaudit.ir.filling import adopt
from ddbaudit.ir.types import BOOL, DYNAMIC, Primitive, Type
from ddbaudit.ir.value import Absent, Cause, Known, Origin, Unknown, Value, all_sensitive, string


@dataclass(frozen=True, slots=True)
class Variable:
    """A declared variable; `default` is None when it has none (then it is required)."""

    name: str
    type: Type
    defaults: Defaults
    default: ast.Expr | None
    nullable: bool
    sensitive: bool
    decl: Decl
    typed: bool

    @property
    def label(self) -> str:
        return f"var.{self.name}"


def declare(decl: Decl, constant: Scope) -> Variable:
    """Reads a `variable` block; `constant` is a scope without names. EvalError when the block is invalid."""
    body = decl.body
    type_: Type = DYNAMIC
    defaults = Defaults()
    found = body.attributes.get("type")
    if found is not None:
        attribute, source = found
        scope = Scope(constant.module, source)
        type_, defaults = parse_constraint(attribute.expr, source, lambda e: evaluate(e, scope))
    default = body.attributes.get("default")
    return Variable(
        decl.name,
        type_,
        defaults,
        default[0].expr if default is not None else None,
        _flag(decl, "nullable", constant, default=True),
        _flag(decl, "sensitive", constant, default=False),
        decl,
        found is not None,
    )


def _flag(decl: Decl, name: str, constant: Scope, *, default: bool) -> bool:
    found = decl.body.attributes.get(name)
    if found is None:
        return default
    value = evaluate(found[0].expr, Scope(constant.module, found[1]))
    return value.data is True if isinstance(value, Known) else default


def default_value(variable: Variable, constant: Scope) -> Value:
    """The default, converted; Unknown when there is none."""
    if variable.default is None:
        cause = Cause("no-value", f'variable "{variable.name}" has no value', variable.decl.header)
        return Unknown(variable.type, cause, None, Origin(variable.decl.header, variable.label))
    source = variable.decl.body.attributes["default"][1]
    if variable.sensitive:
        source.hide(variable.default.start, variable.default.end)
    value = evaluate(variable.default, Scope(constant.module, source))
    span = Span(source, variable.default.start, variable.default.end)
    return _finish(variable, value, span, f"{variable.label} default")


def given_value(variable: Variable, given: Given, constant: Scope) -> Value:
    """The value from a tfvars file, the command line or the environment; EvalError when it does not fit."""
    if given.expr is not None and given.source is not None:
        if variable.sensitive:
            given.source.hide(given.expr.start, given.expr.end)
        value = evaluate(given.expr, Scope(constant.module, given.source))
        return _finish_or_default(variable, value, given.span, f"{variable.label} in {given.note}", constant)
    value = _from_text(variable, given, constant)
    return _finish_or_default(variable, value, None, given.note, constant)


def planned_value(variable: Variable, value: Value, constant: Scope) -> Value:
    """The value that a plan has for it; EvalError when it does not fit the declaration."""
    note = f"{variable.label} in the plan"
    return _finish_or_default(variable, adopt(value, Origin(None, note), None), None, note, constant)


def argument_value(variable: Variable, value: Value, span: Span, call: str, constant: Scope) -> Value:
    """The value that a module call gives."""
    if variable.sensitive:
        span.hide_literals()
    return _finish_or_default(variable, value, span, f"{call} argument {variable.name}", constant)


def _finish_or_default(variable: Variable, value: Value, span: Span | None, note: str, constant: Scope) -> Value:
    if isinstance(value, Absent) and not variable.nullable:
        return default_value(variable, constant)
    return _finish(variable, value, span, note)


def _finish(variable: Variable, value: Value, span: Span | None, note: str) -> Value:
    try:
        result = convert(variable.defaults.apply(value), variable.type)
    except ConversionError as error:
        where = span if span is not None else variable.decl.header
        message = f'invalid value for variable "{variable.name}": {error.message}'
        raise EvalError(message, where, refused=True, detail=f"{variable.label}:type") from None
    origin = Origin(span, note) if value.origin is None else value.origin.named(note)
    result = result.with_origin(origin)
    return all_sensitive(result) if variable.sensitive else result


def _from_text(variable: Variable, given: Given, constant: Scope) -> Value:
    """Text is taken literally for primitive types and for variables without a type, else parsed as an expression."""
    if not variable.typed or (isinstance(variable.type, Primitive) and variable.type is not DYNAMIC):
        return string(given.text, Origin(None, given.note))
    from ddbaudit.frontends.hcl.parser import parse_expression

    expr, problems = parse_expression(given.text)
    if problems:
        raise EvalError(f"{given.note} is not a valid expression: {problems[0].detail}", variable.decl.header)
    value = evaluate(expr, Scope(constant.module, constant.source))
    return value.with_origin(Origin(None, given.note))


def validate(variable: Variable, scope: Scope, place: Span | None = None) -> list[EvalError]:
    """What the variable's `validation` blocks refuse, with `var.<name>` resolved by `scope`.

    Each error is at `place`, that of the value, or at the condition where there is none.
    """
    refused: list[EvalError] = []
    for number, (block, source) in enumerate(variable.decl.body.blocks_of("validation")):
        attributes = {a.name: a for a in block.body.attributes}
        condition, message = attributes.get("condition"), attributes.get("error_message")
        if condition is None:
            continue
        inner = Scope(scope.module, source)
        try:
            value = evaluate(condition.expr, inner)
            answer = convert(value, BOOL)
        except ConversionError as error:
            refused.append(EvalError(error.message, inner.span(condition.expr)))
            continue
        except EvalError as error:
            refused.append(error)
            continue
        if isinstance(answer, Known) and answer.data is False:
            refused.append(_refusal(variable, message, inner, inner.span(condition.expr), place, number))
    return refused


def _refusal(
    variable: Variable, message: ast.Attribute | None, scope: Scope, condition: Span, place: Span | None, number: int
) -> EvalError:
    text = "its validation refuses it"
    if message is not None:
        try:
            value = evaluate(message.expr, scope)
        except EvalError:
            value = Absent()
        if isinstance(value, Known) and isinstance(value.data, str) and not value.sensitive:
            text = value.data
    return EvalError(
        f'invalid value for variable "{variable.name}": {text}',
        place if place is not None else condition,
        help="give a value that the validation accepts, or correct the validation",
        refused=True,
        related=(Related(condition, "refused by this validation"),) if place is not None else (),
        detail=f"{variable.label}:validation:{number}",
    )
