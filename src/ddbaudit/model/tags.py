"""The effective tags of a resource: the provider's `default_tags` under its own `tags`.

Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/resource-tagging. A tag of the resource
replaces the provider's of the same key; a null value is as if the key were not there.
"""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.source import Span
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.schema import resource_schema
from ddbaudit.ir.types import STRING
from ddbaudit.ir.value import Absent, Unknown, Value
from ddbaudit.model.attr import Attr
from ddbaudit.model.reading import attr, first_unknown, members, own_place
from ddbaudit.model.table import Tag, Tags

_MAP_OF_STRING = ("map", "string")


def takes_tags(instance: ResourceInstance) -> bool:
    """Whether the type has a `tags` argument; where its schema is not known, whether one is written."""
    schema = resource_schema(instance.mode, instance.type)
    if schema is None:
        return "tags" in instance.body.arguments
    tags = schema.attributes.get("tags")
    return tags is not None and tags.configurable and tags.type == _MAP_OF_STRING


def takes_default_tags(instance: ResourceInstance) -> bool:
    """The provider's default tags reach exactly the types that have `tags_all`."""
    schema = resource_schema(instance.mode, instance.type)
    return schema is None or "tags_all" in schema.attributes


def tags_of(instance: ResourceInstance) -> Tags:
    own = attr(instance.body, "tags")
    defaults = instance.provider.default_tags if takes_default_tags(instance) else Absent()
    own_members, own_unknown = members(own.value)
    entries = dict(_default_entries(instance, defaults, own_unknown))
    for key, value in own_members.items():
        if not isinstance(value, Absent):
            entries[key] = Tag(key, Attr(value, own_place(value, own.span)), from_provider=False)
    unknown = first_unknown(own_unknown, members(defaults)[1])
    return Tags(dict(sorted(entries.items())), unknown, own.span, own.value if own.is_set else None)


def _default_entries(
    instance: ResourceInstance, defaults: Value, own_unknown: Unknown | None
) -> Iterator[tuple[str, Tag]]:
    """The provider's tags. When the resource's own are not all known, each of them may have another value there."""
    place = instance.provider.span or instance.body.header
    for key, value in members(defaults)[0].items():
        if isinstance(value, Absent):
            continue
        if own_unknown is not None:
            value = Unknown(STRING, own_unknown.cause, None, own_unknown.origin, not_null=True)
        yield key, Tag(key, Attr(value, _provider_place(value, place)), from_provider=True)


def _provider_place(value: Value, header: Span) -> Span:
    span = value.origin.span if value.origin is not None else None
    return span if span is not None and span.source is header.source else header
