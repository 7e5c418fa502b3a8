"""What the operators of declarative rules ask of values and blocks, with three answers.

PASS is "yes", FAIL "no", UNKNOWN "that depends on what is not known". Every operator says what absence means; none
takes a value that is not known for one that is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, TypeAlias

from ddbaudit.foundation.text import join_names
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Absent, Hole, Known, Unknown, Value, is_wholly_known
from ddbaudit.model.attr import Attr
from ddbaudit.model.reading import Nested, elements
from ddbaudit.policy.texts import contains_text, equal_text, text_length

Scalar: TypeAlias = str | int | float | bool
Subject: TypeAlias = Attr | Nested
"""What an operator is asked about: a value, or all blocks of a type."""

MAX_PATTERN: Final = 256


# --- texts, numbers and truth -------------------------------------------------------------------------------------


def _said(yes: bool) -> Verdict:
    return Verdict.PASS if yes else Verdict.FAIL


def value_of(subject: Subject) -> Value:
    assert isinstance(subject, Attr)
    return subject.value


def equals(value: Value, operand: Scalar) -> Verdict:
    """Whether a value is this text, number or truth value."""
    if isinstance(value, Absent):
        return Verdict.FAIL
    if isinstance(value, Unknown):
        if not isinstance(operand, str):
            return Verdict.UNKNOWN
        return equal_text(value, unicodedata.normalize("NFC", operand))
    assert isinstance(value, Known)
    return _said(_same(value.data, operand))


def _same(data: object, operand: Scalar) -> bool:
    """Of different kinds (where the schema is not known) they are compared as Terraform would write them."""
    if isinstance(data, bool) and isinstance(operand, bool):
        return data is operand
    if isinstance(data, Decimal) and isinstance(operand, int | float) and not isinstance(operand, bool):
        return data == _decimal(operand)
    if isinstance(data, tuple | Mapping):
        return False
    return unicodedata.normalize("NFC", _written(data)) == unicodedata.normalize("NFC", _written(operand))


def _written(data: object) -> str:
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, Decimal | int | float):
        number = data if isinstance(data, Decimal) else _decimal(data)
        return format(number.normalize() if number != number.to_integral_value() else number.to_integral_value(), "f")
    return str(data)


def _decimal(number: int | float) -> Decimal:
    return Decimal(str(number))


def any_of(value: Value, operand: Sequence[Scalar]) -> Verdict:
    verdict = Verdict.FAIL
    for item in operand:
        verdict = verdict | equals(value, item)
    return verdict


def text_test(
    test: Callable[[str, str], bool], unknown: Callable[[Unknown, str], Verdict]
) -> Callable[[Subject, str], Verdict]:
    """An operator on texts: `test` for a known one, `unknown` for one of which parts are known at most."""

    def ask(subject: Subject, operand: str) -> Verdict:
        value = value_of(subject)
        operand = unicodedata.normalize("NFC", operand)
        if isinstance(value, Absent):
            return Verdict.FAIL
        if isinstance(value, Unknown):
            return unknown(value, operand)
        assert isinstance(value, Known)
        if isinstance(value.data, tuple | Mapping):
            return Verdict.FAIL
        return _said(test(_written(value.data), operand))

    return ask


def contains(subject: Subject, operand: Scalar) -> Verdict:
    value = value_of(subject)
    if isinstance(value, Known) and not isinstance(value.data, tuple):
        return _has_text(subject, _written(operand))
    items, unknown = elements(value)
    verdict = Verdict.FAIL
    for item in items:
        verdict = verdict | equals(item, operand)
    if unknown is None or verdict is Verdict.PASS:
        return verdict
    if not items and isinstance(operand, str):
        return contains_text(unknown, operand)
    return Verdict.UNKNOWN


_has_text = text_test(lambda text, part: part in text, contains_text)


def number_test(test: Callable[[Decimal, Decimal], bool]) -> Callable[[Subject, int | float], Verdict]:
    def ask(subject: Subject, operand: int | float) -> Verdict:
        value = value_of(subject)
        if isinstance(value, Unknown):
            return Verdict.UNKNOWN
        if not isinstance(value, Known) or not isinstance(value.data, Decimal):
            return Verdict.FAIL
        return _said(test(value.number, _decimal(operand)))

    return ask


# --- regular expressions --------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def pattern(text: str) -> Any:
    """The compiled expression; ValueError when it is none. RE2 is linear in the text, whatever the expression."""
    import re2

    if len(text) > MAX_PATTERN:
        raise ValueError(f"the regular expression is longer than {MAX_PATTERN} characters")
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except (re2.error, UnicodeError) as error:
        raw = error.args[0] if error.args and not isinstance(error, UnicodeError) else "it is no text"
        reason = raw.decode(errors="replace") if isinstance(raw, bytes) else str(raw)
        raise ValueError(f'"{text}" is not a regular expression of RE2: {reason}') from None


def full_match(text: str, expression: str) -> bool:
    valid = text.encode("utf-8", "replace").decode()
    return pattern(expression).fullmatch(valid) is not None


# --- presence and size ----------------------------------------------------------------------------------------------


def exists(subject: Subject, operand: bool) -> Verdict:
    verdict = _present(subject)
    return verdict if operand else ~verdict


def _present(subject: Subject) -> Verdict:
    if isinstance(subject, Nested):
        low, high = _size(subject)
        return Verdict.PASS if low else Verdict.UNKNOWN if high is None or high else Verdict.FAIL
    value = subject.value
    if isinstance(value, Absent):
        return Verdict.FAIL
    if isinstance(value, Unknown) and not value.not_null and all(isinstance(part, Hole) for part in subject.parts):
        return Verdict.UNKNOWN
    return Verdict.PASS


def _size(subject: Subject) -> tuple[int, int | None]:
    """The least and the greatest number of blocks, elements or characters; None: no limit is known."""
    if isinstance(subject, Nested):
        more = subject.unknown is not None or subject.merged is not None
        return len(subject.items), None if more else len(subject.items)
    value = subject.value
    if isinstance(value, Absent):
        return 0, 0
    if isinstance(value, Known) and isinstance(value.data, tuple):
        unknown = sum(1 for item in value.data if isinstance(item, Unknown))
        least = len(value.data) - unknown if value.kind == "set" and unknown else len(value.data)
        return max(least, min(1, len(value.data))), len(value.data)
    if isinstance(value, Known) and isinstance(value.data, Mapping):
        return len(value.data), len(value.data)
    if isinstance(value, Known):
        size = text_length(_written(value.data))
        return size, size
    if value.type.kind in ("list", "set", "tuple"):
        return len(elements(value)[0]), None
    return sum(text_length(part) for part in subject.parts if isinstance(part, str)), None


@dataclass(frozen=True, slots=True)
class Size:
    """The operand of `length`: a range, None where it has no end."""

    least: int = 0
    most: int | None = None

    def __str__(self) -> str:
        if self.least == self.most:
            return str(self.least)
        limits = [f"at least {self.least}"] if self.least else []
        return join_names([*limits, *([f"at most {self.most}"] if self.most is not None else [])])


def length(subject: Subject, operand: Size) -> Verdict:
    low, high = _size(subject)
    if (high is not None and high < operand.least) or (operand.most is not None and low > operand.most):
        return Verdict.FAIL
    if low >= operand.least and (operand.most is None or (high is not None and high <= operand.most)):
        return Verdict.PASS
    return Verdict.UNKNOWN


def known(subject: Subject, operand: bool) -> Verdict:
    return _said(is_wholly_known(value_of(subject)))
