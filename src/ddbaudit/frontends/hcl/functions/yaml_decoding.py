"""`yamldecode`: YAML 1.2 with go-cty-yaml's idea of scalars, read from PyYAML's events.

PyYAML only parses here; nothing is constructed, so tags cannot make objects.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from ddbaudit.frontends.hcl.convert import ConversionError, convert
from ddbaudit.frontends.hcl.functions.registry import Context, Function, FunctionError, Param
from ddbaudit.frontends.hcl.functions.support import normalized
from ddbaudit.frontends.hcl.numbers import NumberError, parse_number
from ddbaudit.ir.types import DYNAMIC, STRING, friendly
from ddbaudit.ir.value import Absent, Known, Value, boolean, object_value, string, tuple_value

if TYPE_CHECKING:
    from yaml.events import AliasEvent, Event, MappingStartEvent, ScalarEvent, SequenceStartEvent

_PREFIX = "tag:yaml.org,2002:"
_DEEPEST = 300
_MOST_NODES = 200_000
"""Aliases can make a small document huge."""

_WORDS: dict[str, bool | Decimal | None] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((s + w for s in ("", "+") for w in (".inf", ".Inf", ".INF")), Decimal("Infinity")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), Decimal("-Infinity")),
}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_CLOCK = r"(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?"
_TIMESTAMP = re.compile(
    rf"(\d{{4}})-(\d{{1,2}})-(\d{{1,2}})(?:[Tt]{_CLOCK}(Z|[+-]\d\d:\d\d)| {_CLOCK})?",
    re.ASCII,
)


class _MergeKey(Exception):  # noqa: N818 - a signal, not an error
    """The key `<<`."""


class _Reader:
    def __init__(self, events: Iterator[Event]) -> None:
        self.events = events
        self.pending: set[str] = set()
        self.anchors: dict[str, Value] = {}
        self.nodes = 0

    def node(self, event: Event, depth: int = 0) -> Value:
        self.nodes += 1
        if depth > _DEEPEST or self.nodes > _MOST_NODES:
            raise FunctionError("the document is too deep or too large to evaluate")
        kind = type(event).__name__
        if kind == "AliasEvent":
            return self.alias(cast("AliasEvent", event))
        anchor = getattr(event, "anchor", None)
        if anchor:
            self.pending.add(anchor)
        if kind == "ScalarEvent":
            value = self.scalar(cast("ScalarEvent", event))
        elif kind == "SequenceStartEvent":
            value = self.sequence(cast("SequenceStartEvent", event), depth)
        else:
            value = self.mapping(cast("MappingStartEvent", event), depth)
        if anchor:
            self.pending.discard(anchor)
            self.anchors[anchor] = value
        return value

    def alias(self, event: AliasEvent) -> Value:
        name = event.anchor or ""
        if name in self.pending:
            raise FunctionError(f'cannot refer to anchor "{name}" from inside its own definition')
        found = self.anchors.get(name)
        if found is None:
            raise FunctionError(f'reference to undefined anchor "{name}"')
        self.nodes += _size(found)
        return found

    def scalar(self, event: ScalarEvent) -> Value:
        try:
            return resolve(event.tag or "", event.value, event.style or "")
        except _MergeKey:
            return string("<<")

    def sequence(self, event: SequenceStartEvent, depth: int) -> Value:
        if event.tag and event.tag != _PREFIX + "seq":
            raise FunctionError(f"can't interpret sequence as {event.tag}")
        items: list[Value] = []
        for inner in self.events:
            if type(inner).__name__ == "SequenceEndEvent":
                break
            items.append(self.node(inner, depth + 1))
        return tuple_value(tuple(items))

    def mapping(self, event: MappingStartEvent, depth: int) -> Value:
        if event.tag and event.tag != _PREFIX + "map":
            raise FunctionError(f"can't interpret mapping as {event.tag}")
        result: dict[str, Value] = {}
        for inner in self.events:
            if type(inner).__name__ == "MappingEndEvent":
                break
            key = self.key(inner)
            value = self.node(next(self.events), depth + 1)
            if key is not None:
                result[key] = value
            elif isinstance(value, Known) and value.kind == "object":
                result.update(value.mapping)
            else:
                raise FunctionError(f"cannot merge {friendly(value.type)} into mapping")
        return object_value(result)

    def key(self, event: Event) -> str | None:
        """The key, or None for the merge key."""
        if type(event).__name__ != "ScalarEvent":
            raise FunctionError("only strings are allowed as mapping keys")
        scalar = cast("ScalarEvent", event)
        try:
            key = convert(resolve(scalar.tag or "", scalar.value, scalar.style or ""), STRING)
        except _MergeKey:
            return None
        except ConversionError:
            raise FunctionError("only strings are allowed as mapping keys") from None
        if not isinstance(key, Known):
            raise FunctionError("mapping key cannot be null")
        return key.text


def _size(value: Value) -> int:
    count, stack = 0, [value]
    while stack and count < _MOST_NODES:
        here = stack.pop()
        count += 1
        if isinstance(here, Known) and isinstance(here.data, (tuple, dict)):
            stack.extend(here.data if isinstance(here.data, tuple) else here.data.values())
    return count


def resolve(tag: str, source: str, style: str) -> Value:
    """The value of a scalar."""
    short = tag.removeprefix(_PREFIX)
    if tag and (tag == short or short not in ("str", "bool", "int", "float", "null", "timestamp", "binary")):
        raise FunctionError(f'unsupported tag "{tag}"')
    hint = source[:1]
    if short not in ("str", "binary") and (not hint or hint in "+-.~yYnNtTfFoO0123456789"):
        if style in ("'", '"'):
            return _text(source)
        if source in _WORDS:
            return _word(_WORDS[source])
        if not short:
            short = _implicit(source)
    if not short and source == "<<" and not tag:
        raise _MergeKey
    return _tagged(short, source)


def _implicit(source: str) -> str:
    """The tag that a plain scalar has by its looks."""
    if source in (".nan", ".NaN", ".NAN"):
        raise FunctionError("floating point NaN is not supported")
    first = source[0]
    if first == ".":
        return "float" if _parse(source) is not None else ""
    if first not in "+-0123456789":
        return ""
    if _timestamp(source) is not None:
        return "timestamp"
    return "float" if _INTEGER.fullmatch(source) or _FLOAT.fullmatch(source) else ""


def _tagged(tag: str, source: str) -> Value:
    if tag in ("int", "float"):
        number = _parse(source.replace("_", ""))
        if number is None:
            raise _cannot_parse(source, tag)
        return Known("number", number)
    if tag == "bool":
        answer = _WORDS.get(source)
        if not isinstance(answer, bool):
            raise _cannot_parse(source, tag)
        return boolean(answer)
    if tag == "timestamp":
        moment = _timestamp(source)
        if moment is None:
            raise _cannot_parse(source, tag)
        return _text(moment)
    if tag == "null":
        return Absent()
    if tag == "binary":
        _check_base64(source)
    return _text(source)


def _cannot_parse(source: str, tag: str) -> FunctionError:
    return FunctionError(f'cannot parse "{source}" as !!{tag}')


def _check_base64(source: str) -> None:
    try:
        base64.b64decode(re.sub(r"[\r\n]", "", source), validate=True)
    except (binascii.Error, ValueError):
        raise FunctionError(f'cannot parse "{source}" as !!binary: not valid base64') from None


def _text(source: str) -> Value:
    return string(normalized(source))


def _word(word: bool | Decimal | None) -> Value:
    if word is None:
        return Absent()
    return boolean(word) if isinstance(word, bool) else Known("number", word)


def _parse(source: str) -> Decimal | None:
    """A decimal number, or an integer with Go's prefixes."""
    try:
        number = parse_number(source)
    except NumberError as error:
        raise FunctionError(str(error)) from None
    if number is not None:
        return number
    body = source.lstrip("+-") if source[:1] in ("+", "-") else source
    for prefix, base in (("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2)):
        if body.startswith(prefix):
            try:
                value = int(body[2:], base)
            except ValueError:
                return None
            return Decimal(-value if source[0] == "-" else value)
    return None


def _timestamp(source: str) -> str | None:
    """A timestamp in RFC 3339, as Go formats it without fractions of seconds."""
    match = _TIMESTAMP.fullmatch(source)
    if match is None:
        return None
    year, month, day, *rest = match.groups()
    zone = rest[3]
    clock = rest[:3] if rest[0] is not None else rest[4:7]
    offset = timedelta(0)
    if zone and zone != "Z":
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6])) * (-1 if zone[0] == "-" else 1)
    try:
        hour, minute, second = (int(c or 0) for c in clock)
        moment = datetime(int(year), int(month), int(day), hour, minute, second, tzinfo=timezone(offset))
    except ValueError:
        return None
    text = moment.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    return text + ("Z" if moment.tzinfo == UTC else zone or "Z")


def decode(source: str) -> Value:
    """The value of a YAML document; FunctionError when it is none."""
    import yaml

    try:
        # One event at a time: PyYAML's work grows with the square of the depth, which is limited here.
        events = yaml.parse(source or "\n", Loader=yaml.SafeLoader)
        next(events)
        return _document(events)
    except yaml.YAMLError as error:
        problem = getattr(error, "problem", None) or str(error)
        raise FunctionError(f"on {_place(error)}: {problem}") from None
    except RecursionError:
        raise FunctionError("the document is too deep to evaluate") from None


def _place(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"line {mark.line + 1}, column {mark.column + 1}" if mark is not None else "line 1"


def _document(events: Iterator[Event]) -> Value:
    if type(next(events)).__name__ != "DocumentStartEvent":
        raise FunctionError("missing start of document")
    value = _Reader(events).node(next(events))
    next(events)
    if type(next(events)).__name__ != "StreamEndEvent":
        raise FunctionError("unexpected extra content after value")
    return value


def _yamldecode(context: Context, args: list[Value]) -> Value:
    assert isinstance(args[0], Known)
    return decode(args[0].text)


FUNCTIONS: tuple[Function, ...] = (Function("yamldecode", (Param("src", STRING),), _yamldecode, DYNAMIC),)
