"""Data models of other tools as ours: what NoSQL Workbench exports, and the `dynamodb_data_model.json` of AWS's own
modelling server.

Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/workbench.Modeler.ExportModel.html and
https://github.com/awslabs/mcp/tree/main/src/dynamodb-mcp-server. Neither knows environments, TTL, streams or owners;
sample data is not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

from ddbaudit.datamodel.commands import Asked, asked_of
from ddbaudit.datamodel.reader import read_model
from ddbaudit.datamodel.shape import OPERATIONS
from ddbaudit.datamodel.writing import listed, one_or_list, quoted
from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.text import safe_text


class _Typed(msgspec.Struct, rename="pascal", frozen=True):
    attribute_name: str
    attribute_type: str


class _KeyAttributes(msgspec.Struct, rename="pascal", frozen=True):
    partition_key: _Typed
    sort_key: _Typed | None = None


class _Projection(msgspec.Struct, rename="pascal", frozen=True):
    projection_type: str = "ALL"
    non_key_attributes: list[str] = []


class _WorkbenchIndex(msgspec.Struct, rename="pascal", frozen=True):
    index_name: str
    key_attributes: _KeyAttributes
    projection: _Projection = _Projection()


class _WorkbenchTable(msgspec.Struct, rename="pascal", frozen=True):
    table_name: str
    key_attributes: _KeyAttributes
    non_key_attributes: list[_Typed] = []
    global_secondary_indexes: list[_WorkbenchIndex] = []


class _Workbench(msgspec.Struct, rename="pascal", frozen=True):
    model_name: str
    data_model: list[_WorkbenchTable]


class _Key(msgspec.Struct, rename="pascal", frozen=True):
    attribute_name: str
    key_type: str


class _Index(msgspec.Struct, rename="pascal", frozen=True):
    index_name: str
    key_schema: list[_Key]
    projection: _Projection = _Projection()


class _Stream(msgspec.Struct, rename="pascal", frozen=True):
    stream_enabled: bool = False
    stream_view_type: str = ""


class _Table(msgspec.Struct, rename="pascal", frozen=True):
    table_name: str
    key_schema: list[_Key]
    attribute_definitions: list[_Typed]
    global_secondary_indexes: list[_Index] = []
    local_secondary_indexes: list[_Index] = []
    stream_specification: _Stream = _Stream()


class _Pattern(msgspec.Struct, frozen=True):
    pattern: str
    description: str = ""
    table: str | None = None
    index: str | None = None
    dynamodb_operation: str | None = None
    implementation: str | None = None


class _Modelled(msgspec.Struct, frozen=True):
    tables: list[_Table]
    access_patterns: list[_Pattern] = []


@dataclass(frozen=True, slots=True)
class Imported:
    """The text of a model, and what could not be taken over."""

    text: str
    left_out: tuple[str, ...]


def import_model(content: str, path: str, system: str, name: str = "{table}") -> Imported:
    """The model of a JSON file. `name` is the pattern of tables' names, in which `{table}` is the name in the file;
    UsageError when the file is none of the two."""
    shown = safe_text(path)
    left_out: list[str] = []
    try:
        kind = msgspec.json.decode(content, type=dict[str, msgspec.Raw]).keys()
        if "DataModel" in kind:
            workbench = msgspec.json.decode(content, type=_Workbench)
            lines, source = _of_workbench(workbench, name), workbench.model_name
        elif "tables" in kind:
            lines, source = _of_modelled(msgspec.json.decode(content, type=_Modelled), name, left_out), ""
        else:
            raise UsageError(
                f"{shown}: this is no data model of NoSQL Workbench and no dynamodb_data_model.json",
                help='the one has "DataModel", the other "tables"',
            )
    except (msgspec.DecodeError, RecursionError) as error:
        raise UsageError(f"{shown}: the data model cannot be read: {safe_text(str(error))}") from None
    if not any(lines):
        raise UsageError(f"{shown}: the data model has no table")
    head = ["format: 1", f"system: {quoted(system)}", f"source: {quoted(source or path, always=True)}", "", "tables:"]
    text = "\n".join((*head, *lines)) + "\n"
    read_model(text, f"{shown} as a model")
    return Imported(text, tuple(left_out))


def _table_head(table: str, name: str, hashes: list[str], ranges: list[str]) -> Iterator[str]:
    yield f"  {quoted(table)}:"
    yield f"    name: {quoted(name.replace('{table}', table), always=True)}"
    yield f"    hash: {one_or_list(hashes)}"
    if ranges:
        yield f"    range: {one_or_list(ranges)}"


def _attributes(types: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield "    attributes:"
    for name, type_ in dict(types).items():
        yield f"      {quoted(name)}: {quoted(type_)}"


def _index(name: str, hashes: list[str], ranges: list[str], projection: _Projection, *, local: bool = False) -> str:
    parts = ["kind: local"] if local else [f"hash: {one_or_list(hashes)}"]
    if ranges:
        parts.append(f"range: {one_or_list(ranges)}")
    parts.append(f"projection: {quoted(projection.projection_type)}")
    if projection.projection_type == "INCLUDE":
        parts.append(f"include: {listed(projection.non_key_attributes)}")
    return f"      {quoted(name)}: {{{', '.join(parts)}}}"


# -- NoSQL Workbench ---------------------------------------------------------------------------------------------------


def _of_workbench(found: _Workbench, name: str) -> list[str]:
    return [line for table in found.data_model for line in (*_workbench_table(table, name), "")][:-1]


def _workbench_table(table: _WorkbenchTable, name: str) -> Iterator[str]:
    yield from _table_head(table.table_name, name, *_names(table.key_attributes))
    indexes = table.global_secondary_indexes
    schemas = (table.key_attributes, *(index.key_attributes for index in indexes))
    keys = [key for schema in schemas for key in _keys(schema)]
    yield from _attributes((a.attribute_name, a.attribute_type) for a in (*table.non_key_attributes, *keys))
    if indexes:
        yield "    indexes:"
        yield from (_index(i.index_name, *_names(i.key_attributes), i.projection) for i in indexes)


def _keys(keys: _KeyAttributes) -> list[_Typed]:
    return [keys.partition_key, *([keys.sort_key] if keys.sort_key is not None else [])]


def _names(keys: _KeyAttributes) -> tuple[list[str], list[str]]:
    return [keys.partition_key.attribute_name], [keys.sort_key.attribute_name] if keys.sort_key is not None else []


# -- dynamodb_data_model.json ------------------------------------------------------------------------------------------


def _of_modelled(found: _Modelled, name: str, left_out: list[str]) -> list[str]:
    lines = [line for table in found.tables for line in (*_modelled_table(table, name), "")]
    patterns = [line for pattern in found.access_patterns for line in _pattern(pattern, found, left_out)]
    return [*lines, "patterns:", *patterns] if patterns else lines[:-1]


def _modelled_table(table: _Table, name: str) -> Iterator[str]:
    yield from _table_head(table.table_name, name, *_roles(table.key_schema))
    if table.stream_specification.stream_enabled:
        yield f"    stream: {quoted(table.stream_specification.stream_view_type)}"
    yield from _attributes((a.attribute_name, a.attribute_type) for a in table.attribute_definitions)
    if table.global_secondary_indexes or table.local_secondary_indexes:
        yield "    indexes:"
    for index in table.global_secondary_indexes:
        yield _index(index.index_name, *_roles(index.key_schema), index.projection)
    for index in table.local_secondary_indexes:
        yield _index(index.index_name, *_roles(index.key_schema), index.projection, local=True)


def _roles(keys: list[_Key]) -> tuple[list[str], list[str]]:
    """The hash keys and the range keys."""
    ranges = [key.attribute_name for key in keys if key.key_type == "RANGE"]
    return [key.attribute_name for key in keys if key.attribute_name not in ranges], ranges


def _pattern(pattern: _Pattern, found: _Modelled, left_out: list[str]) -> Iterator[str]:
    """A pattern whose command tells what it asks for; others are left out, and said so."""
    label = f"{pattern.pattern} {pattern.description}".strip()
    operation = pattern.dynamodb_operation or ""
    table = next((t for t in found.tables if t.table_name == pattern.table), None)
    asked = asked_of(pattern.implementation or "", operation)
    declared = {a.attribute_name for a in table.attribute_definitions} if table is not None else set()
    if table is None:
        left_out.append(f'"{label}": it names no table of the model')
    elif operation not in OPERATIONS:
        left_out.append(f'"{label}": it is no single operation, but {operation or "none"}')
    elif asked is None or not asked.where.keys() <= declared:
        left_out.append(f'"{label}": its command does not tell by which keys it asks')
    else:
        yield f"  {quoted(label, always=True)}: {{{', '.join(_parts(pattern, operation, asked))}}}"


def _parts(pattern: _Pattern, operation: str, asked: Asked) -> Iterator[str]:
    yield f"table: {quoted(pattern.table or '')}"
    if pattern.index and pattern.index != "null":
        yield f"index: {quoted(pattern.index)}"
    yield f"operation: {operation}"
    if asked.where:
        conditions = (f"{quoted(name)}: {operator}" for name, operator in asked.where.items())
        yield f"where: {{{', '.join(conditions)}}}"
    if asked.descending:
        yield "descending: true"
