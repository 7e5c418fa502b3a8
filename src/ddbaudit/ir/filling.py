"""Values of the source, with what a plan knows beyond them.

What the source says stays as it is, with its origin and place. Only what is unknown takes the plan's value, and not
even that where the unknown part is an attribute of a managed AWS resource: rules follow such symbols, and their verdict
is to be the same before and after apply.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal

from ddbaudit.ir.origin import Origin
from ddbaudit.ir.types import BOOL, DYNAMIC, NUMBER, STRING, CollectionType, Type
from ddbaudit.ir.value import Absent, Cause, Known, Symbol, Unknown, Value, unknowns

_MANAGED_AWS = re.compile(r'(?:module\.[^.\[]+(?:\[(?:\d+|"(?:[^"\\]|\\.)*"|\?)\])?\.)*aws_')


def is_symbolic(value: Unknown) -> bool:
    """Whether all that is unknown in a value are attributes of managed AWS resources."""
    if value.type is STRING and value.structure is not None and (inner := list(unknowns(value.structure))):
        return all(is_symbolic(u) for u in inner)
    parts = [part for part in value.parts or () if not isinstance(part, str)]
    return bool(parts) and all(isinstance(p, Symbol) and _MANAGED_AWS.match(p.address) is not None for p in parts)


def fill(ours: Value, planned: Value) -> Value:
    """`ours` with `planned` in place of what is unknown in it, and marked sensitive where the plan marks it."""
    if isinstance(ours, Unknown):
        result = _fill_unknown(ours, planned)
    elif isinstance(ours, Known) and isinstance(planned, Known):
        result = _fill_known(ours, planned)
    else:
        result = ours
    return result.with_sensitive() if planned.sensitive and not result.sensitive else result


def _fill_unknown(ours: Unknown, planned: Value) -> Value:
    if isinstance(planned, Unknown) or is_symbolic(ours) or (isinstance(planned, Absent) and ours.not_null):
        return ours
    adopted = adopt(planned, ours.origin, ours.cause, ours.type).with_sensitive(ours.sensitive or planned.sensitive)
    if ours.structure is None or not isinstance(adopted, Known):
        return adopted
    if isinstance(adopted.data, str):
        return _fill_document(ours, ours.structure, adopted)
    return _graft(ours.structure, adopted)


def _fill_document(ours: Unknown, structure: Value, planned: Known) -> Value:
    """A JSON document of which some is unknown: what its structure knows stays, the rest is read off the text."""
    document = parse_json(planned.text, ours.origin)
    if document is None:
        return planned
    merged = _graft(structure, document)
    if next(unknowns(merged), None) is None:
        return Known("string", planned.text, None, ours.origin, planned.sensitive, merged)
    return Unknown(ours.type, ours.cause, ours.parts, ours.origin, planned.sensitive, ours.not_null, merged)


def _graft(ours: Value, planned: Value) -> Value:
    """Like `fill`, where `ours` may be the part that is seen of a larger whole."""
    if isinstance(ours, Unknown) and ours.structure is not None and not is_symbolic(ours):
        return _graft(ours.structure, planned)
    if not isinstance(ours, Known) or not isinstance(planned, Known):
        return fill(ours, planned)
    if isinstance(ours.data, dict) and isinstance(planned.data, dict):
        items = {k: _graft(ours.data[k], v) if k in ours.data else v for k, v in planned.mapping.items()}
        return Known(ours.kind, items, ours.element, ours.origin, ours.sensitive)
    if isinstance(ours.data, tuple) and isinstance(planned.data, tuple):
        if len(ours.data) == len(planned.data):
            pairs = zip(ours.data, planned.data, strict=True)
            return Known(ours.kind, tuple(_graft(a, b) for a, b in pairs), ours.element, ours.origin, ours.sensitive)
        return planned
    return ours


def _fill_known(ours: Known, planned: Known) -> Value:
    data, other = ours.data, planned.data
    if isinstance(data, dict) and isinstance(other, dict):
        items = {k: fill(v, other[k]) if k in other else v for k, v in data.items()}
        return ours if all(items[k] is v for k, v in data.items()) else _with_data(ours, items)
    if not isinstance(data, tuple) or not isinstance(other, tuple):
        return ours
    if ours.kind == "set":
        return _fill_set(ours, other)
    if len(data) != len(other):
        return ours
    filled = tuple(fill(a, b) for a, b in zip(data, other, strict=True))
    return ours if all(a is b for a, b in zip(data, filled, strict=True)) else _with_data(ours, filled)


def _fill_set(ours: Known, planned: tuple[Value, ...]) -> Value:
    """The elements that are known stay; the unknown ones are those of the plan that are left."""
    unknown = [item for item in ours.items if isinstance(item, Unknown)]
    if not unknown or any(is_symbolic(item) for item in unknown):
        return ours
    known = [item for item in ours.items if not isinstance(item, Unknown)]
    left = [item for item in planned if not any(same(item, k) for k in known)]
    if len(left) != len(planned) - len(known):
        return ours
    first = unknown[0]
    added = [adopt(item, first.origin, first.cause, ours.element or DYNAMIC) for item in left]
    return _with_data(ours, (*known, *added))


def _with_data(value: Known, data: tuple[Value, ...] | dict[str, Value]) -> Known:
    return Known(value.kind, data, value.element, value.origin, value.sensitive)


def adopt(planned: Value, origin: Origin | None, cause: Cause | None, type_: Type = DYNAMIC) -> Value:
    """A value of a plan with another origin, also inside; what is unknown in it is so for `cause`, if one is given.

    A collection takes the kind that `type_` has: JSON does not tell lists from sets, or maps from objects.
    """
    if isinstance(planned, Unknown):
        why = cause if cause is not None else planned.cause
        return Unknown(planned.type, why, planned.parts, origin, planned.sensitive, planned.not_null)
    if isinstance(planned, Absent):
        return Absent(planned.type if type_ is DYNAMIC else type_, origin, planned.sensitive)
    assert isinstance(planned, Known)
    kind, element, data = planned.kind, planned.element, planned.data
    if isinstance(type_, CollectionType) and (type_.kind == "map") == isinstance(data, dict):
        kind, element = type_.kind, type_.element
    inner = element or DYNAMIC
    if isinstance(data, tuple):
        data = tuple(adopt(item, origin, cause, inner) for item in data)
    elif isinstance(data, dict):
        data = {key: adopt(item, origin, cause, inner) for key, item in data.items()}
    return Known(kind, data, element, origin, planned.sensitive)


def same(a: Value, b: Value) -> bool:
    """Whether two values hold the same data, whatever the kinds of their collections; unknown parts never do."""
    if isinstance(a, Absent) or isinstance(b, Absent):
        return isinstance(a, Absent) and isinstance(b, Absent)
    if not isinstance(a, Known) or not isinstance(b, Known):
        return False
    x, y = a.data, b.data
    if isinstance(x, dict) and isinstance(y, dict):
        return x.keys() == y.keys() and all(same(v, y[k]) for k, v in x.items())
    if isinstance(x, tuple) and isinstance(y, tuple):
        if len(x) != len(y):
            return False
        if "set" in (a.kind, b.kind):
            return all(any(same(v, w) for w in y) for v in x)
        return all(same(v, w) for v, w in zip(x, y, strict=True))
    return type(x) is type(y) and x == y


def parse_json(text: str, origin: Origin | None) -> Value | None:
    """A JSON text as a value, every part of it with the one origin; None when it is none."""
    try:
        return _of_json(json.loads(text, parse_float=Decimal, parse_int=Decimal), origin)
    except (ValueError, KeyError, RecursionError):
        return None


def _of_json(data: object, origin: Origin | None) -> Value:
    if data is None:
        return Absent(DYNAMIC, origin)
    if isinstance(data, dict):
        return Known("object", {str(k): _of_json(v, origin) for k, v in sorted(data.items())}, None, origin)
    if isinstance(data, list):
        return Known("tuple", tuple(_of_json(v, origin) for v in data), None, origin)
    kind = {bool: BOOL, Decimal: NUMBER, str: STRING}[type(data)].kind
    assert isinstance(data, bool | Decimal | str)
    return Known(kind, data, None, origin)
