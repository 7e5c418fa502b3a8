"""Numbers as the verbs of `format` write them.

Source: Go's math/big, (*Float).Format and (*Int).Format, which go-cty leans on. What is rounded is the binary number
that a decimal names, not the decimal.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ddbaudit.frontends.hcl.numbers import is_integer, precision_of

_PREFIXES = {"b": "0b", "o": "0", "x": "0x", "X": "0X"}


@dataclass(frozen=True, slots=True)
class Layout:
    """The flags, width and precision of a verb."""

    flags: str = ""
    width: int | None = None
    precision: int | None = None

    def sign(self, negative: bool) -> str:
        return "-" if negative else "+" if "+" in self.flags else " " if " " in self.flags else ""


def exact(value: Decimal) -> Fraction:
    """The binary number that a decimal names."""
    ratio = Fraction(value)
    numerator, denominator = abs(ratio.numerator), ratio.denominator
    if denominator == 1 and numerator.bit_length() <= precision_of(value):
        return ratio
    shift = precision_of(value) - (numerator.bit_length() - denominator.bit_length())
    mantissa = round(ratio * Fraction(2) ** shift)
    if abs(mantissa).bit_length() > precision_of(value):
        shift -= 1
        mantissa = round(ratio * Fraction(2) ** shift)
    return mantissa / Fraction(2) ** shift


def general(value: Decimal) -> str:
    """The shortest `%g`, which is also what `%v` writes."""
    return format_float("g", Layout(), value)


def format_float(verb: str, layout: Layout, value: Decimal) -> str:
    """`%e %E %f %g %G`."""
    finite = value.is_finite()
    sign = layout.sign(value.is_signed())
    if not finite and sign != "-":
        sign = " " if " " in layout.flags else "+"
    body = _body(verb.lower(), layout.precision, value) if finite else "Inf"
    if verb in "EG" and finite:
        body = body.upper()
    padding = max(0, (layout.width or 0) - len(sign) - len(body))
    if "0" in layout.flags and finite:
        return sign + "0" * padding + body
    return sign + body + " " * padding if "-" in layout.flags else " " * padding + sign + body


def format_integer(verb: str, layout: Layout, value: Decimal) -> str | None:
    """`%b %d %o %x %X`; None when the value is no integer."""
    if not is_integer(value):
        return None
    number = int(exact(value))
    sign = layout.sign(number < 0) + (_PREFIXES.get(verb, "") if "#" in layout.flags else "")
    digits = _decimal(abs(number)) if verb == "d" else format(abs(number), verb)
    if layout.precision is not None:
        if layout.precision == number == 0:
            return ""
        digits = digits.rjust(layout.precision, "0")
    padding = max(0, (layout.width or 0) - len(sign) - len(digits))
    if "-" in layout.flags:
        return sign + digits + " " * padding
    if "0" in layout.flags and layout.precision is None:
        return sign + "0" * padding + digits
    return " " * padding + sign + digits


def _decimal(number: int) -> str:
    # Decimal writes integers of any length; int itself stops at some thousand digits.
    return format(Decimal(number), "f")


def _body(verb: str, precision: int | None, value: Decimal) -> str:
    """The number without its sign."""
    if verb == "g":
        return _general(value, precision)
    places = 6 if precision is None else precision
    if verb == "f":
        return _point(_decimal(round(abs(exact(value)) * 10**places)), places)
    digits, exponent = _rounded(value, places + 1)
    return _scientific(digits.ljust(places + 1, "0"), exponent)


def _point(digits: str, places: int) -> str:
    """Puts the decimal point before the last `places` digits."""
    if not places:
        return digits
    digits = digits.rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}"


def _rounded(value: Decimal, count: int) -> tuple[str, int]:
    """The first `count` significant digits without trailing zeros, and the exponent of the first one."""
    number = abs(exact(value))
    if not number:
        return "", 0
    exponent = value.adjusted()
    if number < Fraction(10) ** exponent:
        # The decimal is a power of ten that its binary number does not quite reach.
        exponent -= 1
    digits = _decimal(round(number / Fraction(10) ** (exponent - count + 1)))
    return digits.rstrip("0"), exponent + len(digits) - count


def _scientific(digits: str, exponent: int) -> str:
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _general(value: Decimal, precision: int | None) -> str:
    if not value:
        return "0"
    if precision is None:
        digits, exponent = "".join(map(str, value.as_tuple().digits)).strip("0"), value.adjusted()
        limit = 6
    else:
        limit = max(1, precision)
        digits, exponent = _rounded(value, limit)
    if exponent < -4 or exponent >= limit:
        return _scientific(digits, exponent)
    if len(digits) <= exponent:
        return digits.ljust(exponent + 1, "0")
    return _point(digits, len(digits) - exponent - 1)
