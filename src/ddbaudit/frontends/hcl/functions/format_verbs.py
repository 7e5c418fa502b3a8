"""The verbs of `format`: what a format string asks for, and how one value is written.

Source: go-cty, function/stdlib/format_fsm.rl and format.go.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ddbaudit.frontends.hcl.convert import ConversionError, convert
from ddbaudit.frontends.hcl.functions import graphemes
from ddbaudit.frontends.hcl.functions.format_numbers import Layout, format_float, format_integer, general
from ddbaudit.frontends.hcl.functions.json_encoding import encode_parts
from ddbaudit.frontends.hcl.functions.plain import NotEvaluatedError
from ddbaudit.frontends.hcl.functions.registry import FunctionError
from ddbaudit.ir.types import BOOL, NUMBER, STRING, Type
from ddbaudit.ir.value import Absent, Known, Value, string

_VERB = re.compile(r"%(?:%|([0#\-+ ]*)([1-9][0-9]*)?(?:\.([0-9]*))?(?:\[([1-9][0-9]*)\])?([a-zA-Z]))", re.ASCII)
_WIDEST = 100_000
_INTEGERS = "bdoxX"
_FLOATS = "eEfgG"


@dataclass(frozen=True, slots=True)
class Verb:
    """One `%…` of a format string; `argument` is the index of the value it writes."""

    raw: str
    letter: str
    layout: Layout
    argument: int

    def refuse(self, reason: str) -> FunctionError:
        return FunctionError(f'unsupported value for "{self.raw}": {reason}', self.argument + 1)


def parse_format(text: str, count: int) -> list[str | Verb]:
    """The texts and verbs of a format string that is given `count` values, each of which some verb must use."""
    pieces: list[str | Verb] = []
    end = following = used = 0
    while (start := text.find("%", end)) >= 0:
        match = _VERB.match(text, start)
        if match is None:
            raise FunctionError(f"invalid format string starting at offset {len(text[:start].encode())}", 0)
        pieces.append(text[end:start])
        end = match.end()
        if match[5] is None:
            pieces.append("%")
            continue
        verb = _verb(match, following)
        if verb.argument >= count:
            raise FunctionError(
                f'not enough arguments for "{verb.raw}": need index {verb.argument + 1} but have {count} total', 0
            )
        pieces.append(verb)
        following = verb.argument + 1
        used = max(used, following)
    if used < count:
        raise FunctionError(f"too many arguments; only {used} used by format string", used + 1)
    return [*pieces, text[end:]]


def _verb(match: re.Match[str], following: int) -> Verb:
    flags, width, precision, index, letter = match.groups()
    layout = Layout(flags, _bounded(width), None if precision is None else _bounded(precision or "0"))
    return Verb(match[0], letter, layout, _bounded(index) - 1 if index else following)


def _bounded(digits: str | None) -> int:
    if digits is None:
        return 0
    if len(digits.lstrip("0")) > 6 or int(digits) > _WIDEST:
        raise NotEvaluatedError("the width or precision is too large")
    return int(digits)


def write(verb: Verb, value: Value) -> str:
    """A known value as the verb writes it."""
    letter, layout = verb.letter, verb.layout
    if letter == "v":
        return pad(layout, _as_is(verb, value))
    if isinstance(value, Absent):
        raise verb.refuse("null value cannot be formatted")
    if letter == "t":
        return "true" if _converted(verb, value, BOOL).data else "false"
    if letter in _INTEGERS:
        written = format_integer(letter, layout, _converted(verb, value, NUMBER).number)
        if written is None:
            raise verb.refuse("an integer is required")
        return written
    if letter in _FLOATS:
        return format_float(letter, layout, _converted(verb, value, NUMBER).number)
    if letter in "sq":
        text = _cut(layout, _converted(verb, value, STRING).text)
        return pad(layout, text if letter == "s" else _json(string(text)))
    raise FunctionError(f'unsupported format verb "{letter}" in "{verb.raw}"', 0)


def _as_is(verb: Verb, value: Value) -> str:
    if isinstance(value, Known) and "#" not in verb.layout.flags:
        if value.kind == "string":
            return value.text
        if value.kind == "number":
            return general(value.number)
    return _json(value)


def _json(value: Value) -> str:
    return "".join(part for part in encode_parts(value) if isinstance(part, str))


def _converted(verb: Verb, value: Value, type: Type) -> Known:
    try:
        result = convert(value, type)
    except ConversionError as error:
        raise verb.refuse(error.message) from None
    assert isinstance(result, Known)
    return result


def _cut(layout: Layout, text: str) -> str:
    """The first characters, as many as the precision says; none at all means no limit."""
    return "".join(graphemes.clusters(text)[: layout.precision]) if layout.precision else text


def pad(layout: Layout, text: str) -> str:
    """Filled up to the width, by default on the left."""
    missing = (layout.width or 0) - graphemes.count(text) if layout.width else 0
    padding = ("0" if "0" in layout.flags else " ") * missing
    return text + padding if "-" in layout.flags else padding + text
