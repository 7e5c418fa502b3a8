"""From the text of a JSON policy to the value it stands for, keeping symbols, holes and places.

A partly known text is read with its unknown parts as private characters. Inside a JSON string such a part becomes a
part of the string again. Outside, nothing is known of what it holds: it stands for a value where one is expected, and
elsewhere for any number of elements, so that the array or object around it may hold more than is seen. Such a value is
Unknown and carries what is seen of it as its structure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NoReturn

from ddbaudit.ir.types import DYNAMIC, STRING
from ddbaudit.ir.value import (
    Absent,
    Cause,
    Hole,
    Known,
    Origin,
    Part,
    Unknown,
    Value,
    boolean,
    join_parts,
    number,
    object_value,
    parts_of,
    string,
    tuple_value,
)
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.text_places import TextPlaces

# IAM's own documents are a handful of levels deep; the limit keeps hostile ones from exhausting the stack.
_MAX_DEPTH = 64
_PRIVATE = ((0xE000, 0xF8FF), (0xF0000, 0xFFFFD), (0x100000, 0x10FFFD))

_BLANKS = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORDS = (("true", True), ("false", False), ("null", None))


class PolicyTextError(Exception):
    """The text is not JSON; the message says why."""


class _Unclear(Exception):  # noqa: N818 - not an error: the text cannot be read without its unknown parts
    def __init__(self, cause: Unknown) -> None:
        super().__init__()
        self.cause = cause


def value_of_text(value: Value) -> Value:
    """The value that a JSON string, wholly or partly known, stands for; Unknown when nothing of it can be seen.

    PolicyTextError when it is not JSON whatever its unknown parts are.
    """
    parts = parts_of(value)
    if isinstance(value, Unknown) and not any(isinstance(p, str) and p.strip() for p in parts):
        return value
    text, holes = with_placeholders(parts)
    if text is None:
        assert isinstance(value, Unknown)
        return value
    reader = _Reader(text, holes, TextPlaces(parts, value.origin), value)
    try:
        return reader.document()
    except _Unclear as unclear:
        return unclear.cause


def with_placeholders(parts: Sequence[Part]) -> tuple[str | None, dict[str, Part]]:
    """The parts as one text, each symbol and hole as one private character that occurs nowhere else in it; None when
    there are too many of them."""
    unknown = [part for part in parts if not isinstance(part, str)]
    used = {c for part in parts if isinstance(part, str) for c in part if c >= "\ue000"}
    for low, high in _PRIVATE:
        if high - low >= len(unknown) and not any(low <= ord(c) <= high for c in used):
            holes: dict[str, Part] = {chr(low + i): part for i, part in enumerate(unknown)}
            marks = iter(holes)
            return "".join(part if isinstance(part, str) else next(marks) for part in parts), holes
    return None, {}


def restored(text: str, holes: Mapping[str, Part]) -> tuple[Part, ...]:
    """The parts that a text with placeholders was made of."""
    return join_parts([holes.get(c, c) for c in text])


class _Reader:
    """A strict JSON reader that knows placeholders and remembers places."""

    def __init__(self, text: str, holes: Mapping[str, Part], places: TextPlaces, whole: Value) -> None:
        self.text = text
        self.holes = holes
        self.places = places
        self.whole = whole
        self.at = 0

    def document(self) -> Value:
        gap = self._skip(None)
        if gap is not None:
            raise _Unclear(gap)
        value = self._value(0)
        gap = self._skip(None)
        if gap is not None:
            raise _Unclear(gap)
        if self.at < len(self.text):
            self._fail("there is more behind the end of the document")
        return value

    # -- characters ------------------------------------------------------------------------------------------------

    def _peek(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else ""

    def _skip(self, gap: Unknown | None) -> Unknown | None:
        """Passes over blanks and placeholders; the first unknown seen so far."""
        while True:
            blanks = _BLANKS.match(self.text, self.at)
            self.at = blanks.end() if blanks else self.at
            part = self.holes.get(self._peek())
            if part is None:
                return gap
            gap = first_unknown(gap, self._unknown(part))
            self.at += 1

    def _unknown(self, part: Part) -> Unknown:
        """What an unknown part outside of a JSON string holds: any JSON."""
        if isinstance(part, Hole):
            return Unknown(DYNAMIC, part.value.cause, None, part.value.origin)
        cause = self.whole.cause if isinstance(self.whole, Unknown) else Cause("computed", f"{part} is not known")
        return Unknown(DYNAMIC, cause, None, self.whole.origin)

    def _fail(self, problem: str) -> NoReturn:
        line = self.text.count("\n", 0, self.at) + 1
        column = self.at - (self.text.rfind("\n", 0, self.at) + 1) + 1
        raise PolicyTextError(f"{problem} (line {line}, column {column} of the text)")

    def _origin(self, start: int) -> Origin | None:
        return self.places.origin(start, self.at)

    # -- values ----------------------------------------------------------------------------------------------------

    def _value(self, depth: int) -> Value:
        if depth > _MAX_DEPTH:
            self._fail("the document is nested too deeply")
        here = self._peek()
        if here == "{":
            return self._object(depth)
        if here == "[":
            return self._array(depth)
        if here == '"':
            return self._string()
        return self._scalar()

    def _member(self, depth: int) -> Value:
        """The value of an object's member, which may be a placeholder and nothing else."""
        gap = self._skip(None)
        if gap is None:
            return self._value(depth)
        if self._peek() not in (",", "}", ""):
            raise _Unclear(gap)
        return gap

    def _array(self, depth: int) -> Value:
        start = self.at
        items: list[Value] = []
        self.at += 1
        gap = self._between(None, "]", "open")
        while self._peek() != "]":
            items.append(self._value(depth + 1))
            gap = self._between(gap, "]", "element")
        self.at += 1
        return self._partly(tuple_value(tuple(items), self._origin(start)), gap)

    def _object(self, depth: int) -> Value:
        start = self.at
        entries: dict[str, Value] = {}
        self.at += 1
        gap = self._between(None, "}", "open")
        while self._peek() != "}":
            if self._peek() != '"':
                self._fail("a member's name in double quotes is expected")
            name = self._string()
            odd = self._skip(None)
            if odd is not None:
                raise _Unclear(odd)
            if self._peek() != ":":
                self._fail("':' is expected behind a member's name")
            self.at += 1
            value = self._member(depth + 1)
            if isinstance(name, Known):
                entries[name.text] = value
            else:
                gap = first_unknown(gap, _as_unknown(name))
            gap = self._between(gap, "}", "element")
        self.at += 1
        return self._partly(object_value(entries, self._origin(start)), gap)

    def _between(self, gap: Unknown | None, end: str, before: str) -> Unknown | None:
        """Passes over what stands between elements: a comma, and any placeholders, which may bring their own commas.

        `before` is what was read last: "element", or "open" for the opening bracket.
        """
        while True:
            blanks = _BLANKS.match(self.text, self.at)
            self.at = blanks.end() if blanks else self.at
            part = self.holes.get(self._peek())
            if part is not None:
                gap = first_unknown(gap, self._unknown(part))
            elif self._peek() != ",":
                break
            elif before in ("open", "comma"):
                self._fail("a value is expected before ','")
            before = "hole" if part is not None else "comma"
            self.at += 1
        if self._peek() == end and before == "comma":
            self._fail("a comma stands before the closing bracket")
        if self._peek() != end and before == "element":
            self._fail(f"',' or '{end}' is expected")
        return gap

    def _partly(self, seen: Known, gap: Unknown | None) -> Value:
        if gap is None:
            return seen
        return Unknown(DYNAMIC, gap.cause, None, seen.origin, not_null=True, structure=seen)

    def _string(self) -> Value:
        start = self.at
        found = _STRING.match(self.text, start)
        if found is None:
            self._fail("a string is not closed")
        self.at = found.end()
        parts = self._string_parts(found.group()[1:-1], start)
        origin = self.places.origin(start, self.at, quotes=1)
        first = next((part for part in parts if not isinstance(part, str)), None)
        if first is None:
            return string("".join(map(str, parts)), origin).with_sensitive(self.whole.sensitive)
        return Unknown(STRING, self._unknown(first).cause, parts, origin, self.whole.sensitive, not_null=True)

    def _string_parts(self, raw: str, start: int) -> tuple[Part, ...]:
        """Decodes the known pieces on their own, so that an escape never makes a placeholder."""
        parts: list[Part] = []
        for piece in restored(raw, self.holes):
            if not isinstance(piece, str):
                parts.append(piece)
                continue
            try:
                decoded: str = json.loads(f'"{piece}"')
                # A lone surrogate is no character; it must not leave in a report.
                parts.append(decoded.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
            except ValueError:
                self.at = start
                self._fail("a string has an invalid escape or a line break in it")
        return join_parts(parts)

    def _scalar(self) -> Value:
        start = self.at
        for word, meaning in _WORDS:
            if self.text.startswith(word, start):
                self.at += len(word)
                origin = self._origin(start)
                found_value = Absent(DYNAMIC, origin) if meaning is None else boolean(meaning, origin)
                return found_value.with_sensitive(self.whole.sensitive)
        found = _NUMBER.match(self.text, start)
        if found is None:
            self._fail("a value is expected" if self._peek() else "the document ends too early")
        self.at = found.end()
        return number(Decimal(found.group()), self._origin(start)).with_sensitive(self.whole.sensitive)


def _as_unknown(value: Value) -> Unknown:
    assert isinstance(value, Unknown)
    return Unknown(DYNAMIC, value.cause, None, value.origin)
