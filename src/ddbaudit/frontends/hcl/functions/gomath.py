"""Logarithms and powers as Go computes them in 64-bit floats, to the last bit.

Source: Go's math package. `log` is FreeBSD's algorithm (e_log.c), as Go has it in Go and in assembly for amd64;
machines that fuse multiplication and addition may differ in the last bit.
"""

from __future__ import annotations

import math

_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_COEFFICIENTS = (
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860511658591e-01,
)
_LARGEST_EXPONENT = 1 << 12


def log(x: float) -> float:
    """The natural logarithm."""
    if math.isnan(x) or x == math.inf:
        return x
    if x < 0:
        return math.nan
    if x == 0:
        return -math.inf
    f1, ki = math.frexp(x)
    if f1 < math.sqrt(2) / 2:
        f1 *= 2
        ki -= 1
    f = f1 - 1
    k = float(ki)
    s = f / (2 + f)
    s2 = s * s
    s4 = s2 * s2
    l1, l2, l3, l4, l5, l6, l7 = _COEFFICIENTS
    t1 = s2 * (l1 + s4 * (l3 + s4 * (l5 + s4 * l7)))
    t2 = s4 * (l2 + s4 * (l4 + s4 * l6))
    r = t1 + t2
    half = 0.5 * f * f
    return k * _LN2_HIGH - ((half - (s * (half + r) + k * _LN2_LOW)) - f)


def divide(x: float, y: float) -> float:
    """IEEE 754's division, which knows zero and infinity."""
    if y:
        return x / y
    if not x or math.isnan(x) or math.isnan(y):
        return math.nan
    return math.copysign(math.inf, x) * math.copysign(1.0, y)


def power(x: float, y: float) -> float | None:
    """`x ** y`; None for a `y` that is no whole number, where Go needs its own exponential function."""
    special = _special_power(x, y)
    if special is not None:
        return special
    if not y.is_integer():
        return math.nan if x < 0 else None
    if abs(y) >= 2.0**63:
        return 1.0 if x == -1 else 0.0 if (abs(x) < 1) == (y > 0) else math.inf
    mantissa, exponent = _repeated_squares(x, int(abs(y)))
    if y < 0:
        mantissa, exponent = divide(1.0, mantissa), -exponent
    try:
        return math.ldexp(mantissa, exponent)
    except OverflowError:
        return math.copysign(math.inf, mantissa)


def _special_power(x: float, y: float) -> float | None:
    if y == 0 or x == 1:
        return 1.0
    if y == 1:
        return x
    if x == 0:
        odd = y % 2 == 1
        size = math.inf if y < 0 else 0.0
        return math.copysign(size, x) if odd else size
    if math.isinf(y):
        return 1.0 if x == -1 else 0.0 if (abs(x) < 1) == (y > 0) else math.inf
    if math.isinf(x):
        return _infinite_power(x, y)
    if abs(y) == 0.5 and x > 0:
        return math.sqrt(x) if y > 0 else 1 / math.sqrt(x)
    return None


def _infinite_power(x: float, y: float) -> float:
    size = math.inf if y > 0 else 0.0
    return math.copysign(size, -1.0) if x < 0 and y % 2 == 1 else size


def _repeated_squares(x: float, count: int) -> tuple[float, int]:
    """`x ** count` as mantissa and binary exponent."""
    result, total = 1.0, 0
    mantissa, exponent = math.frexp(x)
    while count:
        if abs(exponent) > _LARGEST_EXPONENT:
            total += exponent
            break
        if count & 1:
            result *= mantissa
            total += exponent
        mantissa *= mantissa
        exponent *= 2
        if mantissa < 0.5:
            mantissa += mantissa
            exponent -= 1
        count >>= 1
    return result, total
