"""The operators of declarative rules, with what they mean for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ddbaudit.foundation.text import join_names
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.policy.answers import (
    Scalar,
    Subject,
    any_of,
    contains,
    equals,
    exists,
    full_match,
    known,
    length,
    number_test,
    text_test,
    value_of,
)
from ddbaudit.policy.texts import ends_with, starts_with


@dataclass(frozen=True, slots=True)
class Operator:
    """`types` are the kinds of values it is for: string, number, bool, list, set, map, object, blocks. `operand` is
    the form of what stands behind it. `ask` gives the answer; `phrase` what is asked, as an infinitive. The other texts
    are for people: `meaning`, and what it says of an absent value and of one that is not known."""

    name: str
    types: frozenset[str]
    operand: str
    ask: Callable[[Subject, Any], Verdict]
    phrase: Callable[[Any], str]
    meaning: str
    absent: str
    unknown: str


def quoted(operand: object) -> str:
    """An operand for people."""
    if isinstance(operand, bool):
        return "true" if operand else "false"
    return f'"{operand}"' if isinstance(operand, str) else str(operand)


def _one_of(operand: Sequence[Scalar]) -> str:
    return join_names([quoted(item) for item in operand], "or")


_SCALARS: Final = frozenset({"string", "number", "bool"})
_TEXTS: Final = frozenset({"string"})
_NUMBERS: Final = frozenset({"number"})
_VALUES: Final = _SCALARS | {"list", "set", "map", "object", "tuple"}
_SIZED: Final = frozenset({"string", "list", "set", "map", "blocks"})

_NO: Final = "no"
_YES: Final = "yes"
_DEPENDS: Final = "unknown"
_PARTS: Final = "unknown, unless what is known of the text decides"

_TABLE: Final = (
    Operator(
        "equals",
        _SCALARS,
        "value",
        lambda s, o: equals(value_of(s), o),
        lambda o: f"equal {quoted(o)}",
        "is this text, number, `true` or `false`",
        _NO,
        _PARTS,
    ),
    Operator(
        "not-equals",
        _SCALARS,
        "value",
        lambda s, o: ~equals(value_of(s), o),
        lambda o: f"not equal {quoted(o)}",
        "is anything else",
        _YES,
        _PARTS,
    ),
    Operator(
        "in",
        _SCALARS,
        "values",
        lambda s, o: any_of(value_of(s), o),
        lambda o: f"be {_one_of(o)}",
        "is one of these",
        _NO,
        _PARTS,
    ),
    Operator(
        "not-in",
        _SCALARS,
        "values",
        lambda s, o: ~any_of(value_of(s), o),
        lambda o: f"not be {_one_of(o)}",
        "is none of these",
        _YES,
        _PARTS,
    ),
    Operator(
        "matches",
        _TEXTS,
        "pattern",
        text_test(full_match, lambda v, o: Verdict.UNKNOWN),
        lambda o: f"match {o}",
        "the whole text matches this regular expression of RE2",
        _NO,
        _DEPENDS,
    ),
    Operator(
        "starts-with",
        _TEXTS,
        "text",
        text_test(str.startswith, starts_with),
        lambda o: f"start with {quoted(o)}",
        "the text begins with this",
        _NO,
        _PARTS,
    ),
    Operator(
        "ends-with",
        _TEXTS,
        "text",
        text_test(str.endswith, ends_with),
        lambda o: f"end with {quoted(o)}",
        "the text ends with this",
        _NO,
        _PARTS,
    ),
    Operator(
        "contains",
        _TEXTS | {"list", "set", "tuple"},
        "value",
        contains,
        lambda o: f"contain {quoted(o)}",
        "the text has this in it; a list or set has this element",
        _NO,
        _PARTS,
    ),
    Operator(
        "at-least",
        _NUMBERS,
        "number",
        number_test(lambda value, limit: value >= limit),
        lambda o: f"be at least {o}",
        "is this number or a greater one",
        _NO,
        _DEPENDS,
    ),
    Operator(
        "at-most",
        _NUMBERS,
        "number",
        number_test(lambda value, limit: value <= limit),
        lambda o: f"be at most {o}",
        "is this number or a smaller one",
        _NO,
        _DEPENDS,
    ),
    Operator(
        "length",
        _SIZED,
        "size",
        length,
        lambda o: f"have a length of {o}",
        "so many characters, elements or blocks: a number, or `{at-least: 1, at-most: 5}`",
        "has length 0",
        "unknown, unless what is known is enough or too much",
    ),
    Operator(
        "exists",
        _VALUES | {"blocks"},
        "flag",
        exists,
        lambda o: "be set" if o else "not be set",
        "`true`: is set, or there is such a block; `false`: is not, or there is none",
        "as it says",
        "unknown, unless it cannot be null",
    ),
    Operator(
        "known",
        _VALUES,
        "known",
        known,
        lambda o: "be known before apply",
        "`true`: all of the value is known before apply; in `require` only",
        _YES,
        _NO,
    ),
)

OPERATORS: Final[Mapping[str, Operator]] = {operator.name: operator for operator in _TABLE}

MEANT: Final[Mapping[str, str]] = {
    "equal": "equals",
    "eq": "equals",
    "is": "equals",
    "==": "equals",
    "ne": "not-equals",
    "not_equals": "not-equals",
    "!=": "not-equals",
    "one-of": "in",
    "one_of": "in",
    "any-of": "in",
    "not_in": "not-in",
    "regex": "matches",
    "regex_match": "matches",
    "regexp": "matches",
    "match": "matches",
    "prefix": "starts-with",
    "startswith": "starts-with",
    "suffix": "ends-with",
    "includes": "contains",
    "gte": "at-least",
    "gt": "at-least",
    ">=": "at-least",
    "greater": "at-least",
    "greater-than": "at-least",
    "min": "at-least",
    "lte": "at-most",
    "lt": "at-most",
    "<=": "at-most",
    "less": "at-most",
    "less-than": "at-most",
    "max": "at-most",
    "size": "length",
    "count": "length",
    "absent": "exists: false",
    "not-exists": "exists: false",
    "present": "exists: true",
}
"""What other tools call them."""
