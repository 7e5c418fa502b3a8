"""Functions on numbers.

Source: go-cty, function/stdlib/number.go, and Terraform's lang/funcs/number.go.
"""

from __future__ import annotations

import math
from decimal import Decimal

from ddbaudit.frontends.hcl.functions import gomath
from ddbaudit.frontends.hcl.functions.plain import NotEvaluatedError, plain, whole
from ddbaudit.frontends.hcl.functions.registry import Context, Function, FunctionError, Param
from ddbaudit.frontends.hcl.functions.support import argument_error, unknown_of
from ddbaudit.frontends.hcl.numbers import PRECISION, is_integer, precision_of, rounded, short
from ddbaudit.ir.types import DYNAMIC, NUMBER, STRING, friendly
from ddbaudit.ir.value import Known, Value

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MOST_DIGITS = 600


def _number(value: Decimal) -> Known:
    return Known("number", value)


def _abs(value: Decimal) -> Value:
    return _number(short(value.copy_abs(), precision_of(value)))


def _ceil(value: Decimal) -> Value:
    return _rounded(value, up=True)


def _floor(value: Decimal) -> Value:
    return _rounded(value, up=False)


def _rounded(value: Decimal, up: bool) -> Value:
    if not value.is_finite() or (value and is_integer(value)):
        return _number(value)
    return _number(short(math.ceil(value) if up else math.floor(value), precision_of(value)))


def _max(*values: Decimal) -> Value:
    return _number(max(_some(values)))


def _min(*values: Decimal) -> Value:
    return _number(min(_some(values)))


def _some(values: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
    if not values:
        raise FunctionError("must pass at least one number")
    return values


def _signum(value: Decimal) -> int:
    number = whole(value)
    return (number > 0) - (number < 0)


# --- floating point ------------------------------------------------------------------------------------------------


def _float(value: Decimal) -> float:
    """The nearest float64; FunctionError where only an infinity is near."""
    nearest = float(value)
    if math.isinf(nearest) and value.is_finite():
        raise FunctionError("the number is too large for a 64-bit float")
    return nearest


def _from_float(value: float) -> Value:
    if math.isnan(value):
        raise FunctionError("the result is not a number")
    if math.isinf(value):
        return _number(Decimal("Infinity") if value > 0 else Decimal("-Infinity"))
    # Shortest as Go's big floats print it, which for powers of two is shorter than `repr` is.
    return _number(rounded(Decimal(value), 53) if value else short(Decimal(value), 53))


def _log(value: Decimal, base: Decimal) -> Value:
    return _from_float(gomath.divide(gomath.log(_float(value)), gomath.log(_float(base))))


def _pow(value: Decimal, power: Decimal) -> Value:
    result = gomath.power(_float(value), _float(power))
    if result is None:
        raise NotEvaluatedError("a power that is no whole number depends on the machine", "unsupported")
    return _from_float(result)


# --- parseint ------------------------------------------------------------------------------------------------------


def _parseint(context: Context, args: list[Value]) -> Value:
    source, base = args
    if source.type is not STRING and source.type is not DYNAMIC:
        raise argument_error("number", 0, f"first argument must be a string, not {friendly(source.type)}")
    if not isinstance(source, Known) or not isinstance(base, Known):
        return unknown_of(NUMBER, source, base)
    radix = whole(base.number)
    if not 2 <= radix <= 62:
        raise argument_error("base", 1, "base must be a whole number between 2 and 62 inclusive")
    number = _integer(source.text, radix)
    if number is None:
        raise argument_error("number", 0, f'cannot parse "{source.text}" as a base {radix} integer')
    if number.bit_length() > PRECISION:
        return NotEvaluatedError("the number is too large").unknown("parseint", NUMBER)
    return _number(short(number, max(64, number.bit_length())))


def _integer(text: str, base: int) -> int | None:
    sign = -1 if text.startswith("-") else 1
    digits = text[1:] if text[:1] in ("-", "+") else text
    if base <= 36:
        digits = digits.lower()
    if not digits or any(digit not in _DIGITS[:base] for digit in digits):
        return None
    digits = digits.lstrip("0")
    if len(digits) > _MOST_DIGITS:
        return 1 << (PRECISION + 1)
    result = 0
    for digit in digits:
        result = result * base + _DIGITS.index(digit)
    return sign * result


FUNCTIONS: tuple[Function, ...] = (
    plain("abs", "#num", _abs, NUMBER),
    plain("ceil", "#num", _ceil, NUMBER),
    plain("floor", "#num", _floor, NUMBER),
    plain("log", "#num #base", _log, NUMBER),
    plain("max", "", _max, NUMBER, rest=("numbers", NUMBER)),
    plain("min", "", _min, NUMBER, rest=("numbers", NUMBER)),
    Function("parseint", (Param("number", unknown=True), Param("base", NUMBER, unknown=True)), _parseint, NUMBER),
    plain("pow", "#num #power", _pow, NUMBER),
    plain("signum", "#num", _signum, NUMBER),
)
