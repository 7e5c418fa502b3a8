"""Values of a binary plan: msgpack of cty values, typed by the provider's schema.

Source: https://github.com/zclconf/go-cty/blob/main/cty/msgpack/marshal.go . Unknown values are extensions (0, or 12
with refinements, which plan JSON does not tell and which therefore say nothing here either); numbers that neither an
integer nor a double holds are strings; a value of dynamic type is a pair of its type, as JSON, and itself. Objects name
their attributes, so a schema of another version than the plan's still types what both know.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

import msgspec

from ddbaudit.foundation.source import Span
from ddbaudit.ir.schema import AttributeSchema, BlockSchema, NestedBlock, schema_type
from ddbaudit.ir.types import BOOL, DYNAMIC, NUMBER, STRING, CollectionType, ObjectType, TupleType, Type, from_schema
from ddbaudit.ir.value import Absent, Cause, Known, Unknown, Value, is_sensitive

Path: TypeAlias = tuple[str | int, ...]

MOST_BYTES = 16 * 1024 * 1024
"""Larger encoded values are not read: no resource comes near."""
MOST_VALUES = 2_000_000
"""More values than this are not read from one plan."""

_NUMBER = re.compile(r"-?[0-9]{1,20000}(?:\.[0-9]{1,20000})?", re.ASCII)
_PLAIN_NAME = re.compile(r"[^\W\d][\w-]*")


class MisfitError(ValueError):
    """Bytes that are no value."""


class TooManyError(ValueError):
    """A value of more bytes, or a plan of more values, than is read."""


class _UnknownMark(msgspec.Struct):
    """The type of `UNKNOWN`."""


UNKNOWN = _UnknownMark()
"""What stands for an unknown value in decoded data."""


def decode(data: bytes) -> Any:
    """Encoded data as None, bool, int, float, str, bytes, list, dict and `UNKNOWN`; MisfitError, TooManyError."""
    if len(data) > MOST_BYTES:
        raise TooManyError(f"a value has more than {MOST_BYTES} bytes")
    try:
        return msgspec.msgpack.decode(data, ext_hook=lambda code, payload: UNKNOWN)
    except (msgspec.MsgspecError, ValueError, TypeError, RecursionError, OverflowError) as error:
        raise MisfitError(f"a value is no msgpack ({type(error).__name__})") from None


class Marks:
    """Which parts of a value are marked: all of it, or parts by attribute name, key or index."""

    __slots__ = ("inner", "whole")

    def __init__(self, whole: bool = False) -> None:
        self.whole = whole
        self.inner: dict[str | int, Marks] = {}

    @classmethod
    def of(cls, paths: Iterable[Path]) -> Marks:
        marks = cls()
        for path in paths:
            here = marks
            for step in path:
                here = here.inner.setdefault(step, cls())
            here.whole = True
        return marks

    def at(self, step: str | int) -> Marks:
        return self if self.whole else self.inner.get(step, NO_MARKS)


NO_MARKS = Marks()
MARKED = Marks(whole=True)


def block_type(schema: BlockSchema) -> Type:
    """The type of the object that a block of a schema makes. Source: ImpliedType in internal/configs/configschema."""
    attributes = {name: schema_type(attribute.type) for name, attribute in schema.attributes.items()}
    blocks = {name: nested_type(nested) for name, nested in schema.blocks.items()}
    return ObjectType(tuple(sorted({**attributes, **blocks}.items())))


def nested_type(nested: NestedBlock) -> Type:
    """The type of all nested blocks of one name. Where the blocks of a list or map may have attributes of differing
    types it is dynamic."""
    found = _TYPES.get(id(nested))
    if found is None:
        inner = block_type(nested.block)
        type_: Type = inner if nested.nesting in ("single", "group") else CollectionType(nested.nesting, inner)
        if type_.kind in ("list", "map") and inner.has_dynamic():
            type_ = DYNAMIC
        found = _TYPES[id(nested)] = (nested, type_)
    return found[1]


_TYPES: dict[int, tuple[NestedBlock, Type]] = {}
"""The types of the blocks of the shipped schema, which lives as long as the process; the block keeps its id its own."""


def label(address: str, path: Path) -> str:
    """The place of a value, such as `aws_dynamodb_table.t.ttl[0].enabled`."""
    return address + "".join(_step(step) for step in path)


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _PLAIN_NAME.fullmatch(step) else f'["{step}"]'


@dataclass(slots=True)
class ValueReader:
    """Makes Values of decoded data. `place` gives the place of an unknown value; `misfits` collects the paths at which
    the data has another type than the schema says, which are then typed by their shape."""

    place: Callable[[Path], Span]
    budget: list[int]
    misfits: list[Path] = field(default_factory=list)

    def resource(self, raw: Any, schema: BlockSchema | None, kept: frozenset[str] | None, marks: Marks) -> Value:
        """A resource; with `kept` only the attributes of these names."""
        if kept is not None and isinstance(raw, dict):
            raw = {name: value for name, value in raw.items() if name in kept}
            schema = schema and BlockSchema({n: a for n, a in schema.attributes.items() if n in kept}, {})
        return self._block(raw, schema, (), marks) if schema is not None else self._shaped(raw, (), marks)

    def dynamic(self, raw: Any, path: Path, marks: Marks) -> Value:
        """A value that brings its type along."""
        if raw is None or raw is UNKNOWN:
            return self._empty(raw, DYNAMIC, path, marks)
        pair = (raw.get("type"), raw.get("value")) if isinstance(raw, dict) and set(raw) == {"type", "value"} else raw
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            return self._misfit(raw, path, marks)
        try:
            type_ = from_schema(msgspec.json.decode(pair[0]) if isinstance(pair[0], (bytes, str)) else pair[0])
        except (msgspec.MsgspecError, ValueError, TypeError) as error:
            raise MisfitError(f"the type of a value cannot be read ({type(error).__name__})") from None
        return self._typed(pair[1], type_, path, marks)

    def _block(self, raw: Any, schema: BlockSchema, path: Path, marks: Marks) -> Value:
        if raw is None or raw is UNKNOWN:
            return self._empty(raw, block_type(schema), path, marks)
        if not isinstance(raw, dict):
            return self._misfit(raw, path, marks)
        items: dict[str, Value] = {}
        for name in sorted({*_texts(raw), *schema.attributes, *schema.blocks}):
            data, inner = raw.get(name), (*path, name)
            if (attribute := schema.attributes.get(name)) is not None:
                items[name] = self._attribute(data, attribute, inner, marks.at(name))
            elif (nested := schema.blocks.get(name)) is not None:
                items[name] = self._nested(data, nested.block, nested_type(nested), inner, marks.at(name))
            else:
                items[name] = self._shaped(data, inner, marks.at(name))
        return self._known("object", items, None, marks)

    def _attribute(self, raw: Any, attribute: AttributeSchema, path: Path, marks: Marks) -> Value:
        if attribute.sensitive:
            return self._typed(raw, schema_type(attribute.type), path, MARKED)
        if attribute.nested is None:
            return self._typed(raw, schema_type(attribute.type), path, marks)
        inner = BlockSchema(attribute.nested.attributes, {})
        return self._nested(raw, inner, schema_type(attribute.type), path, marks)

    def _nested(self, raw: Any, block: BlockSchema, type_: Type, path: Path, marks: Marks) -> Value:
        """All nested blocks of one name, of which `block` is the schema and `type_` the type."""
        if raw is None or raw is UNKNOWN:
            return self._empty(raw, type_, path, marks)
        if isinstance(type_, ObjectType):
            return self._block(raw, block, path, marks)
        if not isinstance(type_, CollectionType):
            return self.dynamic(raw, path, marks)
        return self._collection(raw, type_, path, marks, lambda d, p, m: self._block(d, block, p, m))

    def _typed(self, raw: Any, type_: Type, path: Path, marks: Marks) -> Value:
        if type_ is DYNAMIC:
            return self.dynamic(raw, path, marks)
        if raw is None or raw is UNKNOWN:
            return self._empty(raw, type_, path, marks)
        if isinstance(type_, CollectionType):
            element = type_.element
            return self._collection(raw, type_, path, marks, lambda d, p, m: self._typed(d, element, p, m))
        if isinstance(type_, TupleType) and isinstance(raw, list) and len(raw) == len(type_.elements):
            pairs = enumerate(zip(raw, type_.elements, strict=True))
            items = tuple(self._typed(d, t, (*path, i), marks.at(i)) for i, (d, t) in pairs)
            return self._known("tuple", items, None, marks)
        if isinstance(type_, ObjectType) and isinstance(raw, dict):
            types = dict(type_.attributes)
            members = {n: self._typed(raw.get(n), t, (*path, n), marks.at(n)) for n, t in types.items()}
            others = {n: self._shaped(d, (*path, n), marks.at(n)) for n, d in _texts(raw).items() if n not in types}
            return self._known("object", dict(sorted({**members, **others}.items())), None, marks)
        data = _primitive(raw, type_)
        return self._misfit(raw, path, marks) if data is None else self._known(type_.kind, data, None, marks)

    def _collection(
        self, raw: Any, type_: CollectionType, path: Path, marks: Marks, make: Callable[[Any, Path, Marks], Value]
    ) -> Value:
        if type_.kind == "map" and isinstance(raw, dict):
            pairs = sorted(_texts(raw).items())
            items = {name: make(data, (*path, name), marks.at(name)) for name, data in pairs}
            return self._known("map", items, type_.element, marks)
        if type_.kind == "map" or not isinstance(raw, list):
            return self._misfit(raw, path, marks)
        if type_.kind == "set" and marks.inner:
            marks = MARKED
        elements = tuple(make(data, (*path, i), marks.at(i)) for i, data in enumerate(raw))
        if type_.kind == "set" and not marks.whole and any(is_sensitive(element) for element in elements):
            # An element of a set is found by what it is, so a mark on a part is a mark on the set.
            marks = MARKED
            elements = tuple(make(data, (*path, i), marks) for i, data in enumerate(raw))
        return self._known(type_.kind, elements, type_.element, marks)

    def _misfit(self, raw: Any, path: Path, marks: Marks) -> Value:
        self.misfits.append(path)
        return self._shaped(raw, path, marks)

    def _shaped(self, raw: Any, path: Path, marks: Marks) -> Value:
        """A value of which no schema tells the type."""
        if raw is None or raw is UNKNOWN:
            return self._empty(raw, DYNAMIC, path, marks)
        if isinstance(raw, dict):
            pairs = sorted(_texts(raw).items())
            items = {name: self._shaped(data, (*path, name), marks.at(name)) for name, data in pairs}
            return self._known("object", items, None, marks)
        if isinstance(raw, list):
            elements = tuple(self._shaped(data, (*path, i), marks.at(i)) for i, data in enumerate(raw))
            return self._known("tuple", elements, None, marks)
        kind = STRING if isinstance(raw, str) else BOOL if isinstance(raw, bool) else NUMBER
        data = _primitive(raw, kind)
        if data is None:
            raise MisfitError(f"a value holds what no Terraform value is ({type(raw).__name__})")
        return self._known(kind.kind, data, None, marks)

    def _known(self, kind: str, data: Any, element: Type | None, marks: Marks) -> Value:
        self._count()
        return Known(kind, data, element, None, marks.whole)

    def _empty(self, raw: Any, type_: Type, path: Path, marks: Marks) -> Value:
        self._count()
        if raw is None:
            return Absent(type_, None, marks.whole)
        cause = Cause("computed", "known after apply", self.place(path))
        return Unknown(type_, cause, None, None, marks.whole)

    def _count(self) -> None:
        self.budget[0] -= 1
        if self.budget[0] < 0:
            raise TooManyError(f"the plan has more than {MOST_VALUES} values")


def _texts(raw: Mapping[Any, Any]) -> Mapping[str, Any]:
    if not all(isinstance(key, str) for key in raw):
        raise MisfitError("a map has keys that are no strings")
    return raw


def _primitive(raw: Any, type_: Type) -> str | bool | Decimal | None:
    """The data of a string, bool or number; None when it is none."""
    if type_ is STRING:
        if not isinstance(raw, str):
            return None
        return raw if raw.isascii() else unicodedata.normalize("NFC", raw)
    if type_ is BOOL:
        return raw if isinstance(raw, bool) else None
    if isinstance(raw, bool) or type_ is not NUMBER:
        return None
    if isinstance(raw, (int, Decimal)):
        return Decimal(raw)
    if isinstance(raw, float):
        return None if math.isnan(raw) else Decimal(repr(raw))
    return Decimal(raw) if isinstance(raw, str) and _NUMBER.fullmatch(raw) else None
