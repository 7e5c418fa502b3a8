"""What the provider's plan makes of arguments that are set, where that is not what the configuration says.

Each is seen in real plans (fixtures/evaluate). Most come from the provider's older SDK, which cannot tell "empty" from
"not set" everywhere: https://developer.hashicorp.com/terraform/plugin/sdkv2 . Rules see the configuration; this is what
references to the resource see.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ddbaudit.frontends.hcl.convert import ConversionError, convert
from ddbaudit.ir.instance import BlockInstance, ResourceInstance
from ddbaudit.ir.schema import MISSING, BlockSchema, default_collection, provider_default
from ddbaudit.ir.types import BOOL, NUMBER, STRING, CollectionType, ObjectType, Type
from ddbaudit.ir.value import Absent, Known, Origin, Unknown, Value, map_value, object_value, string, tuple_value


def is_legacy(schema: BlockSchema) -> bool:
    """Whether the older SDK makes a resource: only there `id` is both optional and computed."""
    found = schema.attributes.get("id")
    return found is not None and found.optional and found.computed


def planned(instance: ResourceInstance, path: tuple[str, ...], body: BlockInstance, value: Value, type_: Type) -> Value:
    """The value of an argument of a managed resource as plans show it; `path` names it below the resource."""
    if not isinstance(value, Known):
        return value
    if value.kind == "map" and not value.mapping:
        return Absent(type_, value.origin, value.sensitive)
    if isinstance(type_, CollectionType) and type_.kind == "set" and isinstance(type_.element, ObjectType):
        items = tuple(_zeros(item, type_.element) for item in value.items)
        return Known("set", items, type_.element, value.origin, value.sensitive)
    if (instance.type, path) == ("aws_dynamodb_table", ("ttl", "attribute_name")) and _is_off(body):
        return Absent(type_, value.origin, value.sensitive)
    return value


def _is_off(ttl: BlockInstance) -> bool:
    """A table's `ttl` that is not enabled: the provider then ignores the attribute's name."""
    enabled = ttl.value("enabled")
    return not isinstance(enabled, Unknown) and not (isinstance(enabled, Known) and enabled.data is True)


def _zeros(item: Value, type_: ObjectType) -> Value:
    """An element of a set of objects: nothing in there is null."""
    if not isinstance(item, Known):
        return item
    filled = {name: _zero(type_.get(name), v) if isinstance(v, Absent) else v for name, v in item.mapping.items()}
    return object_value(filled, item.origin)


def _zero(type_: Type | None, absent: Absent) -> Value:
    if type_ is STRING:
        return string("", absent.origin)
    if type_ is BOOL:
        return Known("bool", False, None, absent.origin)
    if type_ is NUMBER:
        return Known("number", Decimal(0), None, absent.origin)
    if isinstance(type_, CollectionType):
        data: Any = {} if type_.kind == "map" else ()
        return Known(type_.kind, data, type_.element, absent.origin)
    return absent


def default(instance: ResourceInstance, path: tuple[str, ...], type_: Type, body: BlockInstance) -> Value | None:
    """The constant that the provider puts in place of an omitted argument; None when there is none."""
    found = provider_default(instance.mode, instance.type, path)
    origin = Origin(body.header, f"the provider's default for {path[-1]}")
    if found is MISSING:
        collection = default_collection(instance.mode, instance.type, path)
        return None if collection is None else _converted(_value(collection, origin), type_)
    return Absent(type_, origin) if found is None else _value(found, origin)


def _converted(value: Value, type_: Type) -> Value | None:
    try:
        return convert(value, type_)
    except ConversionError:
        return None


def _value(found: Any, origin: Origin) -> Value:
    if found is None:
        return Absent()
    if isinstance(found, bool):
        return Known("bool", found, None, origin)
    if isinstance(found, str):
        return Known("string", found, None, origin)
    if isinstance(found, Mapping):
        items = {str(k): _value(v, origin) for k, v in found.items()}
        return object_value(items, origin) if items else map_value(STRING, {}, origin)
    if isinstance(found, list):
        return tuple_value(tuple(_value(v, origin) for v in found), origin)
    return Known("number", Decimal(str(found)), None, origin)
