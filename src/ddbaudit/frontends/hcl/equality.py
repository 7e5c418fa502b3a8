"""When two values are equal, and how sets keep their elements.

Source: zclconf/go-cty, `Value.Equals` (value_ops.go) and the rules of sets (set_internals.go). What is known of a
partly unknown string decides where it can; see sharper.py.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from decimal import Context, Decimal
from functools import cmp_to_key

from ddbaudit.frontends.hcl.sharper import same_parts, unequal_parts
from ddbaudit.ir.types import BOOL, DYNAMIC, CollectionType, ObjectType, TupleType, Type
from ddbaudit.ir.value import (
    Absent,
    Known,
    Unknown,
    Value,
    boolean,
    is_sensitive,
    is_wholly_known,
    set_value,
    unknowns,
)

_TEN_DIGITS = Context(prec=10)


def equals(a: Value, b: Value) -> Value:
    """Whether `a == b`: a known bool, or an unknown one where that depends on what is not known. Values of different
    types are unequal, nulls of all types equal."""
    answer = _equal(a, b)
    sensitive = is_sensitive(a) or is_sensitive(b)
    if answer is None:
        cause = next(u for value in (a, b) for u in unknowns(value)).cause
        return Unknown(BOOL, cause, sensitive=sensitive, not_null=True)
    return boolean(answer).with_sensitive(sensitive)


def raw_equal(a: Value, b: Value) -> bool:
    """Whether two values without unknown parts have one type and are the same."""
    return a.type == b.type and _equal(a, b) is True


def _equal(a: Value, b: Value) -> bool | None:
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        return _equal_unknown(a, b)
    if isinstance(a, Absent) or isinstance(b, Absent):
        return isinstance(a, Absent) and isinstance(b, Absent)
    assert isinstance(a, Known)
    assert isinstance(b, Known)
    if isinstance(a.data, (str, Decimal, bool)) or isinstance(b.data, (str, Decimal, bool)):
        return a.kind == b.kind and a.data == b.data
    a_type, b_type = a.type, b.type
    if _has_unknown_type(a) or _has_unknown_type(b):
        return None if conforms(a_type, b_type) or conforms(b_type, a_type) else False
    if a_type != b_type:
        return False
    if a.kind == "set":
        return _equal_sets(a, b)
    if isinstance(a.data, dict):
        return _equal_all(((v, b.mapping.get(k)) for k, v in a.data.items()), len(a.data) == len(b.mapping))
    return _equal_all(zip(a.items, b.items, strict=False), len(a.items) == len(b.items))


def _equal_all(pairs: Iterable[tuple[Value, Value | None]], same_size: bool) -> bool | None:
    """Stops at the first pair that is unknown or differs, as Terraform does; a later pair that certainly differs
    still decides (sharper)."""
    if not same_size:
        return False
    result: bool | None = True
    for left, right in pairs:
        answer = False if right is None else _equal(left, right)
        if answer is False:
            return False
        if answer is None:
            result = None
    return result


def _equal_sets(a: Known, b: Known) -> bool | None:
    if any(isinstance(v, Unknown) for v in a.items + b.items):
        return None
    return {identity(v) for v in a.items} == {identity(v) for v in b.items}


def _equal_unknown(a: Value, b: Value) -> bool | None:
    if isinstance(a, Unknown) and isinstance(b, Unknown):
        if a.parts is None or b.parts is None:
            return None
        if a.type == b.type and same_parts(a.parts, b.parts):
            return True
        return False if a.not_null and b.not_null and unequal_parts(a.parts, b.parts) else None
    unknown, known = (a, b) if isinstance(a, Unknown) else (b, a)
    assert isinstance(unknown, Unknown)
    if isinstance(known, Absent):
        return False if unknown.not_null else None
    if not conforms(known.type, unknown.type):
        return False
    if isinstance(known, Known) and isinstance(known.data, str) and unknown.parts is not None:
        return False if unequal_parts(unknown.parts, (known.data,)) else None
    return None


def conforms(given: Type, wanted: Type) -> bool:
    """Whether a value of type `given` may be what is now described as `wanted`, in which `any` may stand for all."""
    if wanted == DYNAMIC or given in (wanted, DYNAMIC):
        return True
    if isinstance(given, CollectionType) and isinstance(wanted, CollectionType):
        return given.kind == wanted.kind and conforms(given.element, wanted.element)
    if isinstance(given, TupleType) and isinstance(wanted, TupleType):
        return len(given.elements) == len(wanted.elements) and all(map(conforms, given.elements, wanted.elements))
    if isinstance(given, ObjectType) and isinstance(wanted, ObjectType):
        if [k for k, _ in given.attributes] != [k for k, _ in wanted.attributes]:
            return False
        return all(conforms(g, w) for (_, g), (_, w) in zip(given.attributes, wanted.attributes, strict=True))
    return False


def _has_unknown_type(value: Value) -> bool:
    return any(u.type.has_dynamic() for u in unknowns(value))


def identity(value: Value) -> Hashable:
    """A key that equal values of one type share. Whatever holds an unknown value is like nothing else: it may turn out
    to be anything."""
    if isinstance(value, Absent):
        return None
    if not isinstance(value, Known) or not is_wholly_known(value):
        return object()
    data = value.data
    if isinstance(data, Decimal):
        # Inside sets, and only there, -0 is another number than 0.
        return (value.kind, data, data.is_signed())
    if isinstance(data, tuple):
        keys = (identity(v) for v in data)
        return (value.kind, frozenset(keys) if value.kind == "set" else tuple(keys))
    if isinstance(data, dict):
        return (value.kind, tuple((k, identity(v)) for k, v in sorted(data.items())))
    return (value.kind, data)


def make_set(element: Type, values: Iterable[Value]) -> Known:
    """A set of values that all have the type `element`: duplicates dropped, in Terraform's order. Unknown elements
    all stay. What is sensitive inside makes the whole set so, instead of itself."""
    distinct: dict[Hashable, Value] = {}
    sensitive = False
    for value in values:
        if is_sensitive(value):
            sensitive = True
            value = exposed(value)
        distinct.setdefault(identity(value), value)
    items = sorted(distinct.values(), key=_ORDER) if len(distinct) > 1 else list(distinct.values())
    result = set_value(element, tuple(items))
    return result.with_sensitive(True) if sensitive else result


def has_known_length(value: Known) -> bool:
    """False for a set of several elements not all known: they may turn out to be the same."""
    return value.kind != "set" or len(value.items) < 2 or is_wholly_known(value)


def exposed(value: Value) -> Value:
    """The value without sensitive marks, inside neither."""
    if isinstance(value, Known) and isinstance(value.data, tuple):
        items = tuple(map(exposed, value.data))
        return Known(value.kind, items, value.element, value.origin, False, value.structure)
    if isinstance(value, Known) and isinstance(value.data, dict):
        mapping = {key: exposed(item) for key, item in value.data.items()}
        return Known(value.kind, mapping, value.element, value.origin, False, value.structure)
    return value.with_sensitive(False)


def _compare(a: Value, b: Value) -> int:
    """Known before unknown before null; strings by their bytes, numbers by size, false before true, all else by the
    text that cty hashes."""
    rank = _rank(a) - _rank(b)
    if rank or not isinstance(a, Known) or not isinstance(b, Known):
        return rank
    x, y = a.data, b.data
    if isinstance(x, str) and isinstance(y, str):
        # Code point order is byte order in UTF-8.
        return (x > y) - (x < y)
    if isinstance(x, (bool, Decimal)) and isinstance(y, (bool, Decimal)):
        return (x > y) - (x < y)
    left, right = hash_text(a), hash_text(b)
    return (left > right) - (left < right)


_ORDER = cmp_to_key(_compare)


def _rank(value: Value) -> int:
    return 0 if isinstance(value, Known) else 1 if isinstance(value, Unknown) else 2


def hash_text(value: Value) -> str:
    """The text by which cty orders the elements of sets of collections and objects."""
    if isinstance(value, Unknown):
        return "?"
    if not isinstance(value, Known):
        return "~"
    data = value.data
    if isinstance(data, bool):
        return "T" if data else "F"
    if isinstance(data, Decimal):
        return _ten_digits(data)
    if isinstance(data, str):
        return go_quote(data)
    if isinstance(data, tuple):
        inner = "".join(hash_text(v) + ";" for v in data)
        return f"<{inner}>" if value.kind == "tuple" else f"[{inner}]"
    assert isinstance(data, dict)
    if value.kind == "object":
        return "<" + "".join(hash_text(v) + ";" for _, v in sorted(data.items())) + ">"
    return "{" + "".join(f"{go_quote(k)}:{hash_text(v)};" for k, v in sorted(data.items())) + "}"


def _ten_digits(number: Decimal) -> str:
    """Go's `%.10g`."""
    if number.is_infinite():
        return "+Inf" if number > 0 else "-Inf"
    if not number:
        return "-0" if number.is_signed() else "0"
    short = _TEN_DIGITS.plus(number).normalize(_TEN_DIGITS)
    power = short.adjusted()
    if -4 <= power < 10:
        return format(short, "f")
    sign, digits, _ = short.as_tuple()
    text = "".join(map(str, digits))
    mantissa = text[0] + ("." + text[1:] if len(text) > 1 else "")
    return f"{'-' if sign else ''}{mantissa}e{'-' if power < 0 else '+'}{abs(power):02d}"


_GO_ESCAPES = {
    "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", "\\": "\\\\", '"': '\\"',
}  # fmt: skip


def go_quote(text: str) -> str:
    """Go's `%q`."""
    out: list[str] = []
    for char in text:
        code = ord(char)
        if char in _GO_ESCAPES:
            out.append(_GO_ESCAPES[char])
        elif char == " " or (char.isprintable() and code != 0x7F):
            out.append(char)
        elif code < 0x80:
            out.append(f"\\x{code:02x}")
        else:
            out.append(f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")
    return '"' + "".join(out) + '"'
