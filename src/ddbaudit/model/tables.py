"""From instances of aws_dynamodb_table to `Table`.

Source of names and shapes: the schema of hashicorp/aws 5.100, and of 6.x for `key_schema` blocks (multi-attribute keys)
and the separate aws_dynamodb_global_secondary_index.
"""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.source import Span
from ddbaudit.ir.instance import BlockInstance, ResourceInstance
from ddbaudit.ir.types import BOOL
from ddbaudit.model.attr import Attr
from ddbaudit.model.keys import key_schema
from ddbaudit.model.reading import absent, attr, first_unknown, nested, text_attr, unknown_attr
from ddbaudit.model.table import AttributeDefinition, Index, IndexKind, KeySchema, Replica, Table, Toggle
from ddbaudit.model.tags import tags_of

TABLE = "aws_dynamodb_table"

_RESTORED_FROM = ("restore_source_name", "restore_source_table_arn", "restore_backup_arn")

_INDEX_BLOCKS: tuple[tuple[IndexKind, str], ...] = (
    ("global", "global_secondary_index"),
    ("local", "local_secondary_index"),
)


def table_of(instance: ResourceInstance) -> Table:
    """The table of one resource instance, without indexes that are resources of their own."""
    body = instance.body
    keys = key_schema(body)
    attributes = nested(body, "attribute")
    replicas = nested(body, "replica")
    return Table(
        instance=instance,
        name=text_attr(body, "name"),
        billing_mode=text_attr(body, "billing_mode"),
        keys=keys,
        attributes=tuple(_attribute(b) for b in attributes.items),
        attributes_unknown=attributes.unknown,
        indexes=tuple(_indexes(body, keys)),
        indexes_unknown=first_unknown(*(nested(body, block).unknown for _, block in _INDEX_BLOCKS)),
        pitr=_toggle(body, "point_in_time_recovery", ("recovery_period_in_days",)),
        ttl=_toggle(body, "ttl", ("attribute_name",)),
        sse=_toggle(body, "server_side_encryption", ("kms_key_arn",)),
        stream_enabled=attr(body, "stream_enabled"),
        stream_view_type=text_attr(body, "stream_view_type"),
        deletion_protection=attr(body, "deletion_protection_enabled"),
        read_capacity=attr(body, "read_capacity"),
        write_capacity=attr(body, "write_capacity"),
        table_class=text_attr(body, "table_class"),
        replicas=tuple(_replica(b, certain) for b, certain in replicas.all),
        replicas_unknown=replicas.unknown,
        tags=tags_of(instance),
        attributes_merged=attributes.merged,
        indexes_merged=first_unknown(*(nested(body, block).merged for _, block in _INDEX_BLOCKS)),
    )


def restored_from(table: Table) -> Attr:
    """The table of whose backup one is made, which then gives it its keys and attributes; Absent for most tables."""
    body = table.instance.body
    found = (text_attr(body, name) for name in _RESTORED_FROM)
    return next((attribute for attribute in found if attribute.is_set), absent(body.header))


def _attribute(block: BlockInstance) -> AttributeDefinition:
    return AttributeDefinition(text_attr(block, "name"), text_attr(block, "type"), block.header, block.generated)


def _indexes(body: BlockInstance, table_keys: KeySchema) -> Iterator[Index]:
    for kind, type_ in _INDEX_BLOCKS:
        for block, certain in nested(body, type_).all:
            keys = key_schema(block)
            if kind == "local":
                keys = KeySchema(table_keys.hash, keys.range)
            yield Index(
                kind=kind,
                name=text_attr(block, "name"),
                keys=keys,
                projection=text_attr(block, "projection_type"),
                non_key_attributes=attr(block, "non_key_attributes"),
                header=block.header,
                span=block.span,
                read_capacity=attr(block, "read_capacity"),
                write_capacity=attr(block, "write_capacity"),
                certain=certain,
            )


def _replica(block: BlockInstance, certain: bool) -> Replica:
    return Replica(
        region=text_attr(block, "region_name"),
        pitr=attr(block, "point_in_time_recovery"),
        kms_key_arn=text_attr(block, "kms_key_arn"),
        propagate_tags=attr(block, "propagate_tags"),
        header=block.header,
        certain=certain,
    )


def _toggle(body: BlockInstance, type_: str, extra: tuple[str, ...]) -> Toggle:
    found = nested(body, type_)
    if found.items:
        block = found.items[0]
        return Toggle(True, attr(block, "enabled"), block.header, {name: text_attr(block, name) for name in extra})
    if found.unknown is None:
        return Toggle(False, *_missing(body.header, extra))
    place = found.place(body.header)
    nowhere = {name: unknown_attr(found.unknown, place) for name in extra}
    return Toggle(found.unknown, unknown_attr(found.unknown, place, BOOL), place, nowhere)


def _missing(header: Span, extra: tuple[str, ...]) -> tuple[Attr, Span, dict[str, Attr]]:
    return absent(header), header, {name: absent(header) for name in extra}
