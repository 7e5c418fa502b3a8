"""The access patterns of a data model as they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from ddbaudit.datamodel.fields import PATTERN_FIELDS, as_written, choice, entries, flag, known, names, words
from ddbaudit.datamodel.shape import OPERATIONS, OPERATORS, Pattern, Table
from ddbaudit.foundation.source import Span
from ddbaudit.foundation.strict_yaml import Yaml, refuse
from ddbaudit.foundation.yaml_fields import fields, required, text

PLACEHOLDER: Final = re.compile(r"\{([^{}]+)\}")


def patterns_of(node: Yaml | None, tables: Mapping[str, Table], principals: tuple[str, ...]) -> dict[str, Pattern]:
    return {name: _pattern(name, value, place, tables, principals) for name, value, place in entries(node, "patterns")}


def _pattern(name: str, node: Yaml, place: Span, tables: Mapping[str, Table], principals: tuple[str, ...]) -> Pattern:
    other = as_written(node, "an access pattern")
    found = fields(node, PATTERN_FIELDS, "an access pattern")
    table_node = required(found, "table", "an access pattern", node)
    table = tables[known(text(table_node, "table"), tables, table_node.span, "the model has no table")]
    if len(table.entities) > 1 and "entity" not in found:
        refuse(place, f'the pattern needs "entity": {table.label} has {len(table.entities)} of them')
    askable = frozenset(_askable(table))
    users = words(found["principal"], "principal") if "principal" in found else ()
    sort = found.get("sort")
    return Pattern(
        name=name,
        table=table.key,
        operation=choice(required(found, "operation", "an access pattern", node), "operation", OPERATIONS),
        span=place,
        index=_named(found.get("index"), "index", table.indexes),
        entity=_named(found.get("entity"), "entity", table.entities),
        where=_where(found.get("where"), askable),
        filter=_of_table(found.get("filter"), "filter", table),
        sort=known(text(sort, "sort"), askable, sort.span, _NONE) if sort is not None else "",
        descending=flag(found["descending"], "descending") if "descending" in found else False,
        reads=_of_table(found["reads"], "reads", table) if "reads" in found else None,
        principals=tuple(known(word, principals, at, "the model has no principal") for word, at in users),
        places=node.keys,
        decision=text(found["decision"], "decision") if "decision" in found else "",
        written=_pattern(name, other, place, tables, principals) if other is not None else None,
    )


_NONE: Final = "neither the table nor a key pattern of it has"


def _askable(table: Table) -> Iterator[str]:
    """What one can ask for: the attributes, and what the key patterns of entities are made of."""
    yield from table.attributes
    for entity in table.entities.values():
        for template in entity.keys.values():
            yield from PLACEHOLDER.findall(template)


def _named(node: Yaml | None, field: str, among: Mapping[str, object]) -> str:
    return known(text(node, field), among, node.span, f"the table has no {field}") if node is not None else ""


def _of_table(node: Yaml | None, field: str, table: Table) -> tuple[str, ...]:
    if node is None or node.data == ():
        return ()
    for word, place in words(node, field):
        known(word, table.attributes, place, "the table has no attribute")
    return names(node, field)


def _where(node: Yaml | None, askable: frozenset[str]) -> dict[str, str]:
    return {
        known(name, askable, place, _NONE): choice(value, name, OPERATORS)
        for name, value, place in entries(node, "where")
    }
