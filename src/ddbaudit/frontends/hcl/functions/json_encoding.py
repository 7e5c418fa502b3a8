"""`jsonencode` and `jsondecode`.

Source: go-cty, function/stdlib/json.go and cty/json. A structure that holds unknown values becomes a string of parts,
and every encoded string keeps the value it was made of as its `structure`.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from ddbaudit.frontends.hcl.convert import ConversionError, convert
from ddbaudit.frontends.hcl.equality import has_known_length
from ddbaudit.frontends.hcl.functions.registry import Context, Function, FunctionError, Param
from ddbaudit.frontends.hcl.functions.support import normalized, unknown_of
from ddbaudit.frontends.hcl.numbers import NumberError, format_number, parse_number
from ddbaudit.ir.types import DYNAMIC, STRING, Primitive, Type
from ddbaudit.ir.value import (
    Absent,
    Hole,
    Known,
    Part,
    Unknown,
    Value,
    boolean,
    is_wholly_known,
    join_parts,
    object_value,
    parts_of,
    string,
    tuple_value,
)

_ESCAPED = re.compile('["\\\\\x00-\x1f<>&\u2028\u2029]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SURROGATE = re.compile("[\ud800-\udfff]")
_DEEPEST = 400


def escape(text: str) -> str:
    """The inside of a JSON string as Go writes it, which also hides `<`, `>` and `&` from HTML."""
    return _ESCAPED.sub(lambda m: _SHORT.get(m[0]) or f"\\u{ord(m[0]):04x}", text)


def encode_parts(value: Value) -> tuple[Part, ...]:
    """The JSON text of a value, with symbols and holes where it is not known. FunctionError for infinities."""
    out: list[Part] = []
    _encode(value, out, 0)
    return join_parts(out)


def _encode(value: Value, out: list[Part], depth: int) -> None:
    if depth > _DEEPEST:
        raise FunctionError("the value is nested too deeply to evaluate")
    if isinstance(value, Absent):
        out.append("null")
    elif isinstance(value, Unknown):
        _encode_unknown(value, out)
    elif isinstance(value, Known):
        data = value.data
        if isinstance(data, tuple):
            _encode_sequence(value, out, depth)
        elif isinstance(data, dict):
            for position, (name, item) in enumerate(sorted(data.items())):
                out.append(f'{"," if position else "{"}"{escape(name)}":')
                _encode(item, out, depth + 1)
            out.append("}" if data else "{}")
        else:
            out.append(_scalar(value))


def _encode_sequence(value: Known, out: list[Part], depth: int) -> None:
    if not has_known_length(value):
        # Neither the order nor the number of the elements is certain.
        out.append(Hole(unknown_of(value.type, value)))
        return
    for position, item in enumerate(value.items):
        out.append("," if position else "[")
        _encode(item, out, depth + 1)
    out.append("]" if value.items else "[]")


def _encode_unknown(value: Unknown, out: list[Part]) -> None:
    if value.type != STRING:
        out.append(value.symbol or Hole(value))
        return
    out.append('"')
    out.extend(escape(part) if isinstance(part, str) else part for part in parts_of(value))
    out.append('"')


def _scalar(value: Known) -> str:
    if value.kind == "string":
        return f'"{escape(value.text)}"'
    if value.kind == "bool":
        return "true" if value.data else "false"
    if value.number.is_infinite():
        raise FunctionError("cannot serialize infinity as JSON")
    return format_number(value.number)


def _jsonencode(context: Context, args: list[Value]) -> Value:
    value = args[0]
    parts = encode_parts(value)
    if is_wholly_known(value):
        return Known("string", "".join(p for p in parts if isinstance(p, str)), structure=value)
    blocking = unknown_of(STRING, value)
    return Unknown(STRING, blocking.cause, parts, not_null=True, structure=value)


class _Pairs(list[tuple[str, Any]]):
    """The members of a JSON object in order, duplicates included."""


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"invalid character {name[0]!r} looking for beginning of value")


def _number(text: str) -> Known:
    number = parse_number(text)
    if number is None:
        raise ValueError(f"invalid number {text!r}")
    return Known("number", number)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_Pairs, parse_float=_number, parse_int=_number, parse_constant=_refuse_constant
)
_SPACE = re.compile(r"[ \t\r\n]*")


def decode(text: str) -> Value:
    """The value of a JSON document: objects, tuples and primitives. FunctionError when there is none."""
    start = _SPACE.match(text)
    assert start is not None
    if start.end() == len(text):
        raise FunctionError("EOF")
    try:
        raw, end = _DECODER.raw_decode(text, start.end())
        value = _value(raw)
    except NumberError as error:
        raise FunctionError(str(error)) from None
    except (ValueError, RecursionError) as error:
        message = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        raise FunctionError(f"invalid JSON: {message}") from None
    rest = text[end:].lstrip(" \t\r\n")
    # Go's decoder takes a closing bracket for the end of input.
    if rest and rest[0] not in "]}":
        raise FunctionError("extraneous data after JSON object")
    return value


def _value(raw: Any) -> Value:
    if raw is None:
        return Absent()
    if isinstance(raw, Known):
        return raw
    if isinstance(raw, bool):
        return boolean(raw)
    if isinstance(raw, str):
        return string(normalized(_SURROGATE.sub("\ufffd", raw)))
    if isinstance(raw, _Pairs):
        return _object(raw)
    return tuple_value(tuple(map(_value, raw)))


def _object(pairs: _Pairs) -> Value:
    result: dict[str, Value] = {}
    for name, raw in pairs:
        key = normalized(_SURROGATE.sub("\ufffd", name))
        value = _value(raw)
        earlier = result.get(key)
        if earlier is not None and earlier.type != value.type:
            _check_duplicate(earlier, value.type)
        result[key] = value
    return object_value(result)


def _check_duplicate(earlier: Value, wanted: Type) -> None:
    """Go reads each duplicate as what the last one is, so the earlier ones must be able to be that."""
    if isinstance(earlier, Absent):
        return
    try:
        if isinstance(wanted, Primitive) and wanted != DYNAMIC:
            convert(earlier, wanted)
            return
    except ConversionError as error:
        raise FunctionError(error.message) from None
    raise FunctionError("a property occurs twice, with values of different types")


def as_decoded(value: Value) -> Value:
    """What decoding the JSON text of `value` gives: tuples and objects instead of collections, null of no type."""
    if isinstance(value, Absent):
        return Absent(DYNAMIC, value.origin, value.sensitive)
    if isinstance(value, Unknown):
        # Of anything but a primitive only the decoded text would tell the type.
        primitive = isinstance(value.type, Primitive) and value.not_null
        return value if primitive else value.with_type(DYNAMIC)
    if not isinstance(value, Known):
        return value
    if isinstance(value.data, dict):
        items = {name: as_decoded(item) for name, item in value.data.items()}
        return Known("object", items, None, value.origin, value.sensitive)
    if isinstance(value.data, tuple):
        if not has_known_length(value):
            return unknown_of(DYNAMIC, value)
        return Known("tuple", tuple(map(as_decoded, value.data)), None, value.origin, value.sensitive)
    return value


def _jsondecode(context: Context, args: list[Value]) -> Value:
    source = args[0]
    if isinstance(source, Known):
        made_of = source.structure
        if made_of is not None and encode_parts(made_of) == (source.text,):
            # The same value as in the text, and every part knows where it came from.
            return as_decoded(made_of)
        return decode(source.text)
    assert isinstance(source, Unknown)
    if source.structure is not None and _same_text(encode_parts(source.structure), source.parts):
        # Encoded by jsonencode, so decoding gives it back (see sharper.py).
        return as_decoded(source.structure)
    return unknown_of(_decoded_type(source), source, not_null=False)


def _same_text(one: tuple[Part, ...], two: tuple[Part, ...] | None) -> bool:
    """Whether a structure encodes to this text, wherever the holes in it come from: policies are written otherwise."""
    if two is None or len(one) != len(two):
        return False
    return all(a == b or (isinstance(a, Hole) and isinstance(b, Hole)) for a, b in zip(one, two, strict=True))


def _decoded_type(source: Unknown) -> Type:
    """What the first character tells of the type, unless what follows could alter it (by a combining mark)."""
    first = source.parts[0] if source.parts else ""
    start = first[:-1].lstrip(" \t\r\n")[:1] if isinstance(first, str) else ""
    if start == '"':
        return STRING
    if start and start in "tf":
        return Primitive("bool")
    if start and start in "-0123456789.":
        return Primitive("number")
    if start and start not in "{[n":
        raise FunctionError(f"a JSON document cannot begin with the character {start!r}", 0)
    return DYNAMIC


FUNCTIONS: tuple[Function, ...] = (
    Function("jsondecode", (Param("str", STRING, unknown=True),), _jsondecode, DYNAMIC),
    Function("jsonencode", (Param("val", null=True, unknown=True),), _jsonencode, STRING),
)
