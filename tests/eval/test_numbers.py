"""Numbers beyond what the recordings hold: extremes, and laws that hold for all."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbaudit.frontends.hcl.numbers import (
    NumberError,
    add,
    canonical,
    divide,
    format_number,
    from_float,
    modulo,
    multiply,
    negate,
    parse_number,
    precision_of,
    rounded,
    short,
    subtract,
)

integers = st.integers(-(10**60), 10**60).map(Decimal)
decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30)
numbers = st.one_of(integers, decimals)


def number(text: str) -> Decimal:
    value = parse_number(text)
    assert value is not None
    return value


@pytest.mark.parametrize(
    "text", ["", "-", "+", ".", "e1", "1e", "1e+", "0x1", "1_0", " 1", "1 ", "nan", "INF", "١", "1e1.5"]
)
def test_no_number(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1.500", "1.5"),
        ("007", "7"),
        ("5.", "5"),
        (".5", "0.5"),
        ("1e3", "1000"),
        ("1E-3", "0.001"),
        ("-0", "-0"),
        ("0.000", "0"),
        ("1p3", "8"),
        ("3p-1", "1.5"),
        ("Inf", "+Inf"),
        ("-inf", "-Inf"),
    ],
)
def test_formats(text: str, shown: str) -> None:
    assert format_number(number(text)) == shown


@pytest.mark.parametrize("text", ["1e99999999999", "1e30000", "1e-30000", "1p99999999", "9p-99999999"])
def test_absurd_sizes_are_refused(text: str) -> None:
    with pytest.raises(NumberError):
        parse_number(text)


def test_results_of_absurd_size_are_refused() -> None:
    huge = number("1e15000")
    with pytest.raises(NumberError):
        multiply(huge, huge)
    with pytest.raises(NumberError):
        divide(number("1e-15000"), huge)


def test_long_decimals_are_rounded_to_512_bits() -> None:
    text = "0." + "123456789" * 20
    assert len(format_number(number(text))) < 160
    assert canonical(Decimal(text)) == number(text)
    assert number(format_number(number(text))) == number(text)


def test_short_mantissas_travel() -> None:
    third = divide(short(1), short(3))
    assert precision_of(third) == 64
    assert format_number(third) == "0.33333333333333333334"
    assert precision_of(add(third, number("1"))) == 512
    assert format_number(from_float(0.1)) == "0.1"
    assert precision_of(from_float(0.1)) == 53


@given(numbers, numbers)
def test_addition_and_multiplication_commute(a: Decimal, b: Decimal) -> None:
    assert add(a, b) == add(b, a)
    assert multiply(a, b) == multiply(b, a)


@given(numbers)
def test_what_is_shown_is_what_is_meant(a: Decimal) -> None:
    assert number(format_number(canonical(a))) == canonical(a)


@given(numbers)
def test_rounding_settles(a: Decimal) -> None:
    assert rounded(rounded(a)) == rounded(a)


@given(integers, integers)
def test_integers_are_exact(a: Decimal, b: Decimal) -> None:
    assert int(add(a, b)) == int(a) + int(b)
    assert int(subtract(a, b)) == int(a) - int(b)
    assert int(multiply(a, b)) == int(a) * int(b)
    if b:
        assert (
            add(multiply(b, Decimal((abs(int(a)) // abs(int(b))) * (1 if (a < 0) == (b < 0) else -1))), modulo(a, b))
            == a
        )


@given(numbers)
def test_negation_undoes_itself(a: Decimal) -> None:
    assert negate(negate(a)) == a
    assert subtract(a, a) == 0


@given(numbers, numbers.filter(bool))
def test_division_has_the_sign_of_both(a: Decimal, b: Decimal) -> None:
    quotient = divide(a, b)
    assert (quotient > 0) == (a * b > 0) or not quotient
