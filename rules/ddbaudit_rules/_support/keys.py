"""The key attributes of a table and its indexes, each once, with the words for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ddbaudit.model.attr import Attr
from ddbaudit.model.table import Index, KeySchema, Table


@dataclass(frozen=True, slots=True)
class KeyUse:
    """A key attribute where a table (`index` is None) or an index names it. `role` is `hash key` or `range key`."""

    attribute: Attr
    role: str
    index: Index | None

    @property
    def certain(self) -> bool:
        return self.index is None or self.index.certain

    def owner(self, table: Table) -> str:
        """`table "orders"` or `GSI "email-index" of table "orders"`."""
        return f"{self.index.label} of {table.label}" if self.index is not None else table.label

    @property
    def detail(self) -> str:
        return f"{self.index.name.shown if self.index is not None else ''}:{self.role}:{self.attribute.shown}"


def key_uses(table: Table) -> Iterator[KeyUse]:
    """The table's keys, then each index's own: the hash key of a local index is the table's."""
    for index, schema in table.key_schemas():
        own = KeySchema((), schema.range) if index is not None and index.kind == "local" else schema
        yield from (KeyUse(key, "hash key", index) for key in own.hash)
        yield from (KeyUse(key, "range key", index) for key in own.range)
