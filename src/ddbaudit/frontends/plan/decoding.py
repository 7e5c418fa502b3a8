"""Values out of JSON text, with nothing taken on trust: no key twice, no NaN, no number or nesting beyond measure."""

from __future__ import annotations

import json
import re
import sys
from decimal import Decimal
from typing import Any, NoReturn

MOST_DIGITS = 4_000
"""Digits of a number; Terraform writes numbers of 155 significant digits at most, without an exponent."""
_HALF_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")


class DecodingError(ValueError):
    """Text that is no JSON. `at` is the offset of the character at which it fails."""

    def __init__(self, message: str, at: int = 0) -> None:
        super().__init__(message)
        self.at = at


class DuplicateKeyError(DecodingError):
    """A key that stands twice in an object."""


class MagnitudeError(DecodingError):
    """A number of too many digits, or nesting that is too deep."""


def decode(raw: bytes) -> Any:
    """A value of JSON: None, bool, int, Decimal, str, list or dict. `raw` is valid UTF-8; DecodingError otherwise."""
    try:
        value = _DECODER.decode(raw.decode())
    except json.JSONDecodeError as error:
        raise DecodingError(error.msg[:1].lower() + error.msg[1:], error.pos) from None
    except (RecursionError, MemoryError):
        raise MagnitudeError("a value is too large or nested too deeply") from None
    if _HALF_PAIR.search(raw):
        _refuse_half_pairs(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = {sys.intern(name): value for name, value in pairs}
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise DuplicateKeyError(next(name for at, name in enumerate(names) if name in names[:at]))
    return found


def _constant(name: str) -> NoReturn:
    raise DecodingError(f"{name} is no JSON number")


def _integer(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise MagnitudeError(f"a number has more than {MOST_DIGITS} digits")
    return int(text)


def _fraction(text: str) -> int | Decimal:
    """A number with a point or an exponent; whole ones are integers, as Terraform writes them."""
    try:
        value = Decimal(text if len(text) <= MOST_DIGITS else "NaN")
    except ArithmeticError:
        value = Decimal("NaN")
    if value.is_nan() or (not value.is_zero() and abs(value.adjusted()) > MOST_DIGITS):
        raise MagnitudeError(f"a number has more than {MOST_DIGITS} digits")
    whole = value.is_zero() or value == value.to_integral_value()
    return int(value) if whole else value


def _refuse_half_pairs(value: Any) -> None:
    """Half of a surrogate pair is no character, and cannot be written to a report."""
    stack = [value]
    while stack:
        here = stack.pop()
        if isinstance(here, str):
            if any("\ud800" <= char <= "\udfff" for char in here):
                raise DecodingError("a string holds half of a surrogate pair")
        elif isinstance(here, list):
            stack.extend(here)
        elif isinstance(here, dict):
            stack.extend(here)
            stack.extend(here.values())


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_fraction
)
