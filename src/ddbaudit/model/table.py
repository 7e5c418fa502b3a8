"""DynamoDB tables as AWS sees them, each part with its place in the source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ddbaudit.foundation.source import Span
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.value import Unknown, Value
from ddbaudit.model.attr import Attr

IndexKind = Literal["global", "local"]


@dataclass(frozen=True, slots=True)
class AttributeDefinition:
    """An `attribute` block (AWS: AttributeDefinitions). `generated` tells that a `dynamic` block makes it."""

    name: Attr
    type: Attr
    header: Span
    generated: bool


@dataclass(frozen=True, slots=True)
class KeySchema:
    """The key attributes of a table or index. Newer providers allow up to four of each (multi-attribute keys)."""

    hash: tuple[Attr, ...]
    range: tuple[Attr, ...]

    def attributes(self) -> tuple[Attr, ...]:
        """All key attributes, hash keys first."""
        return (*self.hash, *self.range)


@dataclass(frozen=True, slots=True)
class Index:
    """A secondary index. A local one shares the table's hash key. `address` is set for indexes that are resources of
    their own (aws_dynamodb_global_secondary_index); their key types stand with them in `own_types`. `certain` is False
    for an index from a `dynamic` block whose `for_each` is unknown."""

    kind: IndexKind
    name: Attr
    keys: KeySchema
    projection: Attr
    non_key_attributes: Attr
    header: Span
    span: Span
    read_capacity: Attr
    write_capacity: Attr
    certain: bool = True
    address: str | None = None
    own_types: Mapping[str, Attr] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """`GSI "email-index"`, for messages."""
        return f'{"GSI" if self.kind == "global" else "LSI"} "{self.name.shown}"'


@dataclass(frozen=True, slots=True)
class Toggle:
    """A nested block with `enabled`: `present` is True, False or the Unknown why it may be there.

    `enabled` and the other attributes are Absent with the table's header when the block is not there.
    """

    present: bool | Unknown
    enabled: Attr
    header: Span
    extra: Mapping[str, Attr] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Replica:
    region: Attr
    pitr: Attr
    kms_key_arn: Attr
    propagate_tags: Attr
    header: Span
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Tag:
    key: str
    value: Attr
    from_provider: bool


@dataclass(frozen=True, slots=True)
class Tags:
    """The effective tags of a resource: the provider's default_tags under its own.

    `unknown` is set when further keys may exist. `span` is the `tags` expression, or the header when there is none.
    """

    entries: Mapping[str, Tag]
    unknown: Unknown | None
    span: Span
    value: Value | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """`attributes_unknown`, `indexes_unknown` and `replicas_unknown` tell why there may be more of them than listed;
    `attributes_merged` and `indexes_merged` why one may stand for several that say the same."""

    instance: ResourceInstance
    name: Attr
    billing_mode: Attr
    keys: KeySchema
    attributes: tuple[AttributeDefinition, ...]
    attributes_unknown: Unknown | None
    indexes: tuple[Index, ...]
    indexes_unknown: Unknown | None
    pitr: Toggle
    ttl: Toggle
    sse: Toggle
    stream_enabled: Attr
    stream_view_type: Attr
    deletion_protection: Attr
    read_capacity: Attr
    write_capacity: Attr
    table_class: Attr
    replicas: tuple[Replica, ...]
    replicas_unknown: Unknown | None
    tags: Tags
    attributes_merged: Unknown | None = None
    indexes_merged: Unknown | None = None

    @property
    def address(self) -> str:
        return self.instance.address

    @property
    def header(self) -> Span:
        return self.instance.body.header

    @property
    def label(self) -> str:
        """`table "orders"` by its name, or by its address when the name is not known at all, or a secret."""
        name = self.name.public
        return f'table "{name}"' if name is not None else f"table {self.instance.address}"

    def key_schemas(self) -> Iterator[tuple[Index | None, KeySchema]]:
        """The table's own key schema (with None), then each index's."""
        yield None, self.keys
        for index in self.indexes:
            yield index, index.keys
