"""What a reference to a resource instance sees: the object of all its attributes.

Arguments that are set have their value; omitted ones the provider's default, a symbol when the provider computes them,
or null. Nested blocks are lists, sets or maps of objects, as the schema nests them.
"""

from __future__ import annotations

from ddbaudit.frontends.hcl import planned
from ddbaudit.frontends.hcl.later import LATER
from ddbaudit.frontends.hcl.versions import Doubt
from ddbaudit.ir.instance import BlockGroup, BlockInstance, ResourceInstance
from ddbaudit.ir.schema import AttributeSchema, BlockSchema, NestedBlock, resource_schema, schema_type
from ddbaudit.ir.types import DYNAMIC, STRING, Type
from ddbaudit.ir.value import (
    Absent,
    Cause,
    Known,
    Origin,
    Symbol,
    Unknown,
    Value,
    map_value,
    object_value,
    tuple_value,
)

Path = tuple[str | int, ...]


def instance_object(instance: ResourceInstance, doubt: Doubt | None = None) -> Value:
    """The object that stands for an instance in expressions. With a `doubt` about the schema it may have further
    attributes."""
    schema = resource_schema(instance.mode, instance.type)
    if schema is None:
        return _without_schema(instance)
    legacy = instance.mode == "managed" and planned.is_legacy(schema)
    known = _Builder(instance, legacy=legacy).block(instance.body, schema, ())
    if doubt is None:
        return known
    if doubt.also:
        return _with_later(known, instance)
    symbol = Symbol(instance.address, ())
    return Unknown(DYNAMIC, doubt.cause, (symbol,), known.origin, not_null=True, structure=known)


def _with_later(known: Known, instance: ResourceInstance) -> Known:
    """With the attributes that every type has in later versions of the provider."""
    missing = sorted(LATER - set(known.mapping))
    builder, given = _Builder(instance, legacy=False), instance.body.arguments
    made = {n: given[n].value if n in given else builder.symbol((n,), STRING, instance.body) for n in missing}
    return object_value({**known.mapping, **made}, known.origin)


def _without_schema(instance: ResourceInstance) -> Value:
    """A type whose schema does not ship: what is set is known, anything else may be computed, also within an argument
    that is an object (nested attributes may be computed)."""
    cause = Cause("computed", f"attributes of {instance.address} are known after apply", instance.body.header)
    known = {name: _may_have_more(argument.value, cause) for name, argument in instance.body.arguments.items()}
    symbol = Symbol(instance.address, ())
    structure = object_value(known, Origin(instance.body.header))
    return Unknown(DYNAMIC, cause, (symbol,), Origin(instance.body.header), not_null=True, structure=structure)


def _may_have_more(value: Value, cause: Cause) -> Value:
    if not isinstance(value, Known) or value.kind not in ("object", "tuple"):
        return value
    if value.kind == "tuple":
        return tuple_value(tuple(_may_have_more(item, cause) for item in value.items), value.origin)
    structure = object_value({n: _may_have_more(v, cause) for n, v in value.mapping.items()}, value.origin)
    return Unknown(DYNAMIC, cause, None, value.origin, value.sensitive, not_null=True, structure=structure)


class _Builder:
    def __init__(self, instance: ResourceInstance, *, legacy: bool) -> None:
        self.instance = instance
        self.legacy = legacy

    def block(self, body: BlockInstance, schema: BlockSchema, path: Path) -> Known:
        items: dict[str, Value] = {}
        for name, attribute in schema.attributes.items():
            items[name] = self._attribute(body, attribute, path)
        for name, nested in schema.blocks.items():
            items[name] = self._nested(body, nested, (*path, name))
        return object_value(items, Origin(body.header))

    def _attribute(self, body: BlockInstance, schema: AttributeSchema, path: Path) -> Value:
        type_ = schema_type(schema.type)
        names = (*(p for p in path if isinstance(p, str)), schema.name)
        argument = body.arguments.get(schema.name)
        if argument is not None and not isinstance(argument.value, Absent):
            value = argument.value
            if self.legacy:
                value = planned.planned(self.instance, names, body, value, type_)
            return value.with_sensitive() if schema.sensitive else value
        if body.broken:
            cause = Cause("broken", f"{self.instance.address} could not be parsed completely", body.header)
            return Unknown(type_, cause, None, Origin(body.header))
        if names == ("tags_all",):
            return self._tags_all(body, type_)
        default = planned.default(self.instance, names, type_, body)
        if default is not None:
            return default
        if schema.computed and not self._never_computed(names, body):
            return self.symbol((*path, schema.name), type_, body, sensitive=schema.sensitive)
        return Absent(type_, argument.value.origin if argument is not None else None)

    def _never_computed(self, names: tuple[str, ...], body: BlockInstance) -> bool:
        """The output of a `terraform_data` is its input: null when that is null."""
        is_output = self.instance.type == "terraform_data" and names == ("output",)
        return is_output and isinstance(body.value("input"), Absent)

    def symbol(self, path: Path, type_: Type, body: BlockInstance, *, sensitive: bool = False) -> Unknown:
        symbol = Symbol(self.instance.address, path)
        kind = "data" if self.instance.mode == "data" else "computed"
        when = "is read from the provider" if kind == "data" else "is known after apply"
        cause = Cause(kind, f"{symbol} {when}", self.instance.body.header)
        not_null = self.instance.type == "terraform_data" and path == ("id",)
        return Unknown(type_, cause, (symbol,), Origin(body.header, str(symbol)), sensitive, not_null)

    def _tags_all(self, body: BlockInstance, type_: Type) -> Value:
        defaults = self.instance.provider.default_tags
        own = body.value("tags")
        for value in (defaults, own):
            if isinstance(value, Unknown):
                return Unknown(type_, value.cause, None, value.origin, defaults.sensitive or own.sensitive)
        merged: dict[str, Value] = {}
        for value in (defaults, own):
            if isinstance(value, Known):
                merged.update(value.mapping)
        if not merged and self.instance.mode == "data":
            return Absent(type_)
        return map_value(STRING, merged, Origin(body.header)).with_sensitive(defaults.sensitive or own.sensitive)

    def _nested(self, body: BlockInstance, nested: NestedBlock, path: Path) -> Value:
        group = body.group(nested.name)
        if nested.nesting in ("single", "group"):
            if group.items:
                return self.block(group.items[0], nested.block, path)
            return Absent(DYNAMIC) if group.unknown is None else _unknown_group(group)
        if group.unknown is not None:
            return _unknown_group(group)
        if not group.items and (nested.computed or body.broken):
            return self.symbol(path, DYNAMIC, body)
        if not group.items and nested.nesting == "list" and self.instance.mode == "data":
            return Absent(DYNAMIC)
        items = tuple(self.block(b, nested.block, (*path, i)) for i, b in enumerate(group.items))
        return _collection(nested.nesting, items, body)


def _unknown_group(group: BlockGroup) -> Unknown:
    assert group.unknown is not None
    return Unknown(DYNAMIC, group.unknown.cause, None, group.unknown.origin)


def _collection(nesting: str, items: tuple[Value, ...], body: BlockInstance) -> Value:
    """Lists and sets of blocks. Sets keep the source's order here: nothing may index them."""
    origin = Origin(body.header)
    if nesting == "list":
        types = {i.type for i in items}
        if len(types) == 1:
            return Known("list", items, types.pop(), origin)
        return tuple_value(items, origin)
    return Known("set", items, items[0].type if items else DYNAMIC, origin)
