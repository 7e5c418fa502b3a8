"""Terraform's operators, and how values appear in templates.

Source: hashicorp/hcl, hclsyntax (expression_ops.go, expression_template.go) and zclconf/go-cty (value_ops.go).
Operands are converted, null is refused except by `==` and `!=`, unknown operands give unknown results.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from ddbaudit.frontends.hcl.convert import ConversionError, convert
from ddbaudit.frontends.hcl.equality import equals
from ddbaudit.frontends.hcl.numbers import NumberError, add, divide, modulo, multiply, negate, subtract
from ddbaudit.ir.types import BOOL, NUMBER, STRING, Primitive, Type
from ddbaudit.ir.value import Absent, Known, Part, Unknown, Value, boolean, parts_of


class OperationError(Exception):
    """The operation is invalid, in Terraform's words. `summary` is the title of Terraform's message, `operand` the
    index of the operand at fault, if one is."""

    def __init__(self, message: str, summary: str = "Operation failed", operand: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.summary = summary
        self.operand = operand


_ARITHMETIC: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "%": modulo,
}
_COMPARISONS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def binary(op: str, a: Value, b: Value) -> Value:
    """`a op b` for one of Terraform's binary operators."""
    if op in ("==", "!="):
        result = equals(a, b)
        return result if op == "==" else _negated(result)
    wanted = BOOL if op in ("&&", "||") else NUMBER
    left, right = _operand(a, wanted, 0, "left"), _operand(b, wanted, 1, "right")
    for index, value in enumerate((left, right)):
        if isinstance(value, Absent):
            raise OperationError("Error during operation: argument must not be null.", operand=index)
    result = _logical(op, left, right) if wanted == BOOL else _numeric(op, left, right)
    return result.with_sensitive(left.sensitive or right.sensitive)


def unary(op: str, a: Value) -> Value:
    """`!a` or `-a`."""
    value = _operand(a, BOOL if op == "!" else NUMBER, 0, "unary")
    if isinstance(value, Absent):
        raise OperationError("Error during operation: argument must not be null.", operand=0)
    if isinstance(value, Unknown):
        return _unknown(BOOL if op == "!" else NUMBER, value).with_sensitive(value.sensitive)
    assert isinstance(value, Known)
    if op == "!":
        return boolean(not value.data).with_sensitive(value.sensitive)
    return Known("number", negate(value.number), None, None, value.sensitive)


def template_parts(value: Value) -> tuple[Part, ...]:
    """What an interpolated value contributes to a string; OperationError for what has no place in one."""
    if isinstance(value, Absent):
        raise OperationError(
            "The expression result is null. Cannot include a null value in a string template.",
            "Invalid template interpolation value",
        )
    if isinstance(value, Unknown) and (value.type == STRING or not isinstance(value.type, Primitive)):
        # An unknown collection has no place in a string either, but Terraform only says so once it is known.
        return parts_of(value)
    try:
        return parts_of(convert(value, STRING))
    except ConversionError as error:
        raise OperationError(
            f"Cannot include the given value in a string template: {error.message}.",
            "Invalid template interpolation value",
        ) from None


def _operand(value: Value, wanted: Type, index: int, side: str) -> Value:
    try:
        return convert(value, wanted)
    except ConversionError as error:
        message = f"Unsuitable value for {side} operand: {error.message}."
        raise OperationError(message, "Invalid operand", index) from None


def _unknown(type: Type, *operands: Value) -> Unknown:
    blocking = next(v for v in operands if isinstance(v, Unknown))
    return Unknown(type, blocking.cause, not_null=True)


def _negated(value: Value) -> Value:
    if isinstance(value, Known):
        return boolean(not value.data).with_sensitive(value.sensitive)
    return value


def _logical(op: str, left: Value, right: Value) -> Value:
    # A known operand can decide alone (see sharper.py).
    deciding = op == "||"
    for value in (left, right):
        if isinstance(value, Known) and value.data is deciding:
            return boolean(deciding)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return _unknown(BOOL, left, right)
    return boolean(not deciding)


def _numeric(op: str, left: Value, right: Value) -> Value:
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return _unknown(BOOL if op in _COMPARISONS else NUMBER, left, right)
    assert isinstance(left, Known)
    assert isinstance(right, Known)
    compare = _COMPARISONS.get(op)
    if compare is not None:
        return boolean(compare(left.number, right.number))
    try:
        return Known("number", _ARITHMETIC[op](left.number, right.number))
    except NumberError as error:
        raise OperationError(f"Error during operation: {error}.") from None
