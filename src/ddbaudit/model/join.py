"""Which table a separate aws_dynamodb_global_secondary_index belongs to, and the index it makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.value import Part, Symbol, Unknown
from ddbaudit.model.attr import Attr
from ddbaudit.model.globs import literal, same
from ddbaudit.model.keys import key_schema, nested_attr, own_types
from ddbaudit.model.reading import first_unknown, text_attr
from ddbaudit.model.table import Index, Table

SEPARATE_INDEX = "aws_dynamodb_global_secondary_index"
_NAMES = ("name", "id")


def name_parts(table: Table) -> tuple[Part, ...]:
    """The table's name as parts; the symbol of its name when nothing else is known of it."""
    return table.name.parts or (Symbol(table.address, ("name",)),)


def resolve_names(parts: Iterable[Part], tables: Mapping[str, Table]) -> tuple[Part, ...]:
    """Parts in which `name` and `id` of a table are replaced by what is known of its name."""
    resolved: list[Part] = []
    for part in parts:
        table = tables.get(part.address) if isinstance(part, Symbol) and _names_table(part) else None
        resolved.extend(name_parts(table) if table is not None else (part,))
    return tuple(resolved)


def _names_table(symbol: Symbol) -> bool:
    return len(symbol.path) == 1 and symbol.path[0] in _NAMES


def join_indexes(tables: Sequence[Table], resources: Sequence[ResourceInstance]) -> tuple[Table, ...]:
    """The tables with the indexes that are resources of their own.

    An index whose table cannot be told makes the indexes of every table that it may belong to unknown.
    """
    by_address = {table.address: table for table in tables}
    for instance in resources:
        if instance.mode == "managed" and instance.type == SEPARATE_INDEX:
            _join(instance, by_address)
    return tuple(by_address.values())


def _join(instance: ResourceInstance, by_address: dict[str, Table]) -> None:
    found = text_attr(instance.body, "table_name")
    for table, verdict in _owners(instance, found, by_address):
        if verdict is Verdict.PASS:
            index = separate_index(instance)
            unknown = first_unknown(table.indexes_unknown, instance.expansion)
            by_address[table.address] = replace(table, indexes=(*table.indexes, index), indexes_unknown=unknown)
        elif table.indexes_unknown is None:
            unknown = first_unknown(found.unknown, table.name.unknown)
            by_address[table.address] = replace(table, indexes_unknown=unknown)


def _owners(
    instance: ResourceInstance, found: Attr, by_address: Mapping[str, Table]
) -> Sequence[tuple[Table, Verdict]]:
    """The tables that certainly (PASS) or possibly (UNKNOWN) have the index."""
    if isinstance(found.value, Unknown) and (symbol := found.value.symbol) is not None and _names_table(symbol):
        table = by_address.get(symbol.address)
        if table is not None:
            return ((table, Verdict.PASS),)
    name = literal(resolve_names(found.parts, by_address))
    judged = [(table, same(name, literal(name_parts(table)))) for table in by_address.values()]
    certain = [(table, verdict) for table, verdict in judged if verdict is Verdict.PASS]
    if certain:
        near = [c for c in certain if c[0].instance.provider.name == instance.provider.name]
        return near or certain
    return [(table, verdict) for table, verdict in judged if verdict is Verdict.UNKNOWN]


def separate_index(instance: ResourceInstance) -> Index:
    body = instance.body
    return Index(
        kind="global",
        name=text_attr(body, "index_name"),
        keys=key_schema(body),
        projection=nested_attr(body, "projection", "projection_type"),
        non_key_attributes=nested_attr(body, "projection", "non_key_attributes"),
        header=body.header,
        span=body.span,
        read_capacity=nested_attr(body, "provisioned_throughput", "read_capacity_units"),
        write_capacity=nested_attr(body, "provisioned_throughput", "write_capacity_units"),
        certain=instance.expansion is None,
        address=instance.address,
        own_types=own_types(body),
    )
