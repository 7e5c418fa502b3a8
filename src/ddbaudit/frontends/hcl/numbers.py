"""Numbers as Terraform has them: binary floats with a mantissa of 512 bits (cty on Go's math/big), held as decimals.

Every such float is held as the *shortest decimal that names it*, which is what Terraform prints and what its equality
compares, so that literals stay what they are (`0.1` is `Decimal("0.1")`) and integers are exact. Only arithmetic on
fractions goes through the binary form: operands to exact fractions, one rounding to the mantissa, back to the shortest
decimal. Division by zero gives an infinity, as in Terraform.

Go's integer and float64 conversions give shorter mantissas (`length(x) / length(y)` has 64 bits); such numbers are
`ShortNumber`, a Decimal that knows its precision.
"""

from __future__ import annotations

import re
from decimal import Decimal, localcontext

PRECISION = 512
_SAFE_DIGITS = 154
"""A decimal of no more digits names its 512-bit float uniquely: 2**512 has 155."""
_MAX_EXPONENT = 20_000
"""Numbers with more digits than this are refused: nobody means them and they would only burn time."""

_NUMBER = re.compile(r"([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:([eEpP])([+-]?\d+))?", re.ASCII)
_INFINITIES = {
    sign + word: Decimal("-Infinity") if sign == "-" else Decimal("Infinity")
    for sign in ("", "+", "-")
    for word in ("inf", "Inf")
}


class NumberError(ValueError):
    """The operation has no number as its result; the text is Terraform's where Terraform refuses."""


class ShortNumber(Decimal):
    """A number whose mantissa has fewer than 512 bits."""

    __slots__ = ("precision",)

    precision: int


def short(value: Decimal | int, precision: int = 64) -> Decimal:
    """`value` with a mantissa of `precision` bits: 64 for Go's integers, 53 for its floats."""
    if precision >= PRECISION:
        return Decimal(value)
    result = ShortNumber(value)
    result.precision = precision
    return result


def precision_of(value: Decimal) -> int:
    return value.precision if isinstance(value, ShortNumber) else PRECISION


def from_float(value: float) -> Decimal:
    """A Go float64 (`pow`, `log`) as a number."""
    return short(Decimal(repr(value)), 53)


def parse_number(text: str) -> Decimal | None:
    """The number that Terraform reads from a literal or a string; None when it is none."""
    if text.isdigit() and text.isascii() and len(text) <= _SAFE_DIGITS:
        return Decimal(text)
    match = _NUMBER.fullmatch(text)
    if match is None:
        return _INFINITIES.get(text)
    sign, whole, fraction, bare, marker, exponent = match.groups()
    fraction = bare or fraction or ""
    digits = (whole or "") + fraction
    power = _bounded(exponent) if exponent else 0
    if marker in ("p", "P"):
        return _from_binary_exponent(sign, digits, len(fraction), power)
    value = Decimal(f"{sign}{digits}E{power - len(fraction)}")
    if len(digits.strip("0")) <= _SAFE_DIGITS:
        return _bounded_number(value)
    return rounded(_bounded_number(value))


def _bounded(exponent: str) -> int:
    if len(exponent) > 7:
        raise NumberError("the number is too large or too small to evaluate")
    return int(exponent)


def _bounded_number(value: Decimal) -> Decimal:
    if value and abs(value.adjusted()) > _MAX_EXPONENT:
        raise NumberError("the number is too large or too small to evaluate")
    return value


def _from_binary_exponent(sign: str, digits: str, fraction: int, power: int) -> Decimal:
    if abs(power) > 3 * _MAX_EXPONENT or len(digits) > _MAX_EXPONENT:
        raise NumberError("the number is too large or too small to evaluate")
    numerator = int(Decimal(digits)) << max(power, 0)
    denominator = 10**fraction << max(-power, 0)
    return _from_ratio(-numerator if sign == "-" else numerator, denominator, PRECISION)


def canonical(value: Decimal) -> Decimal:
    """A literal, which may have any number of digits, as Terraform holds it."""
    if len(value.as_tuple().digits) <= _SAFE_DIGITS:
        return _bounded_number(value)
    return rounded(_bounded_number(value))


def format_number(value: Decimal) -> str:
    """The number as Terraform writes it in a string: plain digits, no exponent, no trailing zeros."""
    if value.is_infinite():
        return "-Inf" if value < 0 else "+Inf"
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text


def is_integer(value: Decimal) -> bool:
    if not value.is_finite():
        return False
    exponent = value.as_tuple().exponent
    return (isinstance(exponent, int) and exponent >= 0) or value == value.to_integral_value()


def rounded(value: Decimal, precision: int = PRECISION) -> Decimal:
    """The decimal that names the float nearest to `value`."""
    numerator, denominator = value.as_integer_ratio()
    if not numerator:
        return value
    return _from_ratio(numerator, denominator, precision)


def add(a: Decimal, b: Decimal) -> Decimal:
    if not (a.is_finite() and b.is_finite()):
        if a.is_infinite() and b.is_infinite() and (a > 0) != (b > 0):
            raise NumberError("can't compute sum of opposing infinities")
        return a if a.is_infinite() else b
    precision = max(precision_of(a), precision_of(b))
    if not a and not b:
        return short(Decimal("-0") if a.is_signed() and b.is_signed() else Decimal(0), precision)
    p, q = _exact(a)
    r, s = _exact(b)
    return _from_ratio(p * s + r * q, q * s, precision)


def subtract(a: Decimal, b: Decimal) -> Decimal:
    if a.is_infinite() and a == b:
        raise NumberError("can't subtract infinity from itself")
    return add(a, negate(b))


def negate(a: Decimal) -> Decimal:
    return short(a.copy_negate(), precision_of(a))


def multiply(a: Decimal, b: Decimal) -> Decimal:
    negative = a.is_signed() != b.is_signed()
    if not (a.is_finite() and b.is_finite()):
        if not a or not b:
            raise NumberError("can't multiply zero by infinity")
        return Decimal("-Infinity" if negative else "Infinity")
    precision = max(precision_of(a), precision_of(b))
    if not a or not b:
        return short(Decimal("-0" if negative else "0"), precision)
    p, q = _exact(a)
    r, s = _exact(b)
    mantissa, _ = _mantissa(p * r, q * s, PRECISION)
    # The product keeps all its bits up to 512, then has as many as it needs.
    needed = (mantissa & -mantissa).bit_length() - 1
    return _from_ratio(p * r, q * s, max(precision, PRECISION - needed))


def divide(a: Decimal, b: Decimal) -> Decimal:
    if (not a and not b) or (a.is_infinite() and b.is_infinite()):
        raise NumberError("can't divide zero by zero or infinity by infinity")
    negative = a.is_signed() != b.is_signed()
    if not b or a.is_infinite():
        return Decimal("-Infinity" if negative else "Infinity")
    precision = max(precision_of(a), precision_of(b))
    if not a or b.is_infinite():
        return short(Decimal("-0" if negative else "0"), precision)
    p, q = _exact(a)
    r, s = _exact(b)
    return _from_ratio(p * s, q * r, precision) if r > 0 else _from_ratio(-p * s, -q * r, precision)


def modulo(a: Decimal, b: Decimal) -> Decimal:
    """The remainder of a truncated division; `x % 0` is x."""
    if not (a.is_finite() and b.is_finite()):
        raise NumberError("can't use modulo with zero and infinity")
    if not b:
        return a
    if is_integer(a) and is_integer(b) and max(a.adjusted(), b.adjusted()) < _SAFE_DIGITS // 2:
        return short(_remainder(int(a), int(b)), precision_of(a))
    quotient = divide(a, b)
    p, q = _exact(quotient)
    whole = abs(p) // q * (-1 if p < 0 else 1)
    # Go computes all of this in floats with the precision of `a`.
    precision = precision_of(a)
    product = _multiply_at(b, _from_ratio(whole, 1, precision), precision)
    return _add_at(a, negate(product), precision)


def _remainder(a: int, b: int) -> int:
    """With the sign of `a`."""
    rest = abs(a) % abs(b)
    return -rest if a < 0 else rest


def _multiply_at(a: Decimal, b: Decimal, precision: int) -> Decimal:
    if not a or not b:
        return short(Decimal(0), precision)
    p, q = _exact(a)
    r, s = _exact(b)
    return _from_ratio(p * r, q * s, precision)


def _add_at(a: Decimal, b: Decimal, precision: int) -> Decimal:
    p, q = _exact(a)
    r, s = _exact(b)
    if p * s + r * q == 0:
        return short(Decimal(0), precision)
    return _from_ratio(p * s + r * q, q * s, precision)


def _exact(value: Decimal) -> tuple[int, int]:
    """The float that `value` names, as numerator and denominator."""
    if is_integer(value) and value.adjusted() < _SAFE_DIGITS:
        return int(value), 1
    numerator, denominator = value.as_integer_ratio()
    if not numerator:
        return 0, 1
    mantissa, exponent = _mantissa(numerator, denominator, precision_of(value))
    return (mantissa << exponent, 1) if exponent >= 0 else (mantissa, 1 << -exponent)


def _mantissa(numerator: int, denominator: int, precision: int) -> tuple[int, int]:
    """The nearest `m * 2**e` with m of exactly `precision` bits, ties to even. The numerator is not zero."""
    negative = numerator < 0
    numerator = abs(numerator)
    shift = precision - (numerator.bit_length() - denominator.bit_length())
    while True:
        if shift >= 0:
            mantissa, rest = divmod(numerator << shift, denominator)
            divisor = denominator
        else:
            divisor = denominator << -shift
            mantissa, rest = divmod(numerator, divisor)
        size = mantissa.bit_length()
        if size == precision:
            break
        shift += precision - size
    if 2 * rest > divisor or (2 * rest == divisor and mantissa & 1):
        mantissa += 1
        if mantissa.bit_length() > precision:
            mantissa >>= 1
            shift -= 1
    return (-mantissa if negative else mantissa), -shift


def _from_ratio(numerator: int, denominator: int, precision: int) -> Decimal:
    """The shortest decimal naming the float nearest to a fraction."""
    if not numerator:
        return short(Decimal(0), precision)
    whole, rest = divmod(numerator, denominator)
    if not rest and whole.bit_length() <= precision:
        return short(_bounded_number(Decimal(whole)), precision)
    mantissa, exponent = _mantissa(numerator, denominator, precision)
    negative = mantissa < 0
    digits, point = _shortest(abs(mantissa), exponent)
    value = Decimal((1 if negative else 0, tuple(map(int, digits)), point - len(digits)))
    return short(_bounded_number(value), precision)


def _digits(mantissa: int, exponent: int) -> tuple[str, int]:
    """`mantissa * 2**exponent` as decimal digits without trailing zeros, and the position of the point."""
    with localcontext() as context:
        context.prec = 999_999
        context.Emax, context.Emin = 999_999, -999_999
        if exponent >= 0:
            value = Decimal(mantissa << exponent)
        else:
            value = (Decimal(mantissa) * Decimal(5) ** -exponent).scaleb(exponent)
        _, digits, power = value.as_tuple()
    assert isinstance(power, int)
    text = "".join(map(str, digits))
    return text.rstrip("0"), len(text) + power


def _shortest(mantissa: int, exponent: int) -> tuple[str, int]:
    """The shortest digits between the neighbours of a float, as Go's big.Float.Text(…, -1) finds them."""
    digits, point = _digits(mantissa, exponent)
    lower, _ = _digits(2 * mantissa - 1, exponent - 1)
    upper, _ = _digits(2 * mantissa + 1, exponent - 1)
    inclusive = mantissa & 1 == 0
    for i, digit in enumerate(digits):
        low = lower[i] if i < len(lower) else "0"
        high = upper[i] if i < len(upper) else "0"
        down = low != digit or (inclusive and i + 1 == len(lower))
        up = digit != high and (inclusive or ord(digit) + 1 < ord(high) or i + 1 < len(upper))
        if down and up:
            up = _rounds_up(digits, i + 1)
        elif not (down or up):
            continue
        return _cut(digits, i + 1, point, up)
    return digits, point


def _rounds_up(digits: str, n: int) -> bool:
    if n >= len(digits):
        return False
    if digits[n] == "5" and n + 1 == len(digits):
        return int(digits[n - 1]) % 2 == 1
    return digits[n] >= "5"


def _cut(digits: str, n: int, point: int, up: bool) -> tuple[str, int]:
    """The first `n` digits, rounded up or down."""
    kept = digits[:n]
    if up and n < len(digits):
        raised = str(int(kept) + 1)
        point += len(raised) - len(kept)
        kept = raised
    return kept.rstrip("0"), point
