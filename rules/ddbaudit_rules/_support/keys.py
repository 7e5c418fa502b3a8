"""The key attributes of a table and its indexes, each once, with the words for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.model.attr import Attr
from ddbaudit.model.table import Index, KeySchema, Table
from ddbaudit_rules._support.compare import equal, may_be_unset


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


def same_keys(one: KeySchema, two: KeySchema) -> Verdict:
    """Whether two key schemas consist of the same attributes in the same order."""
    return _same(one.hash, two.hash) & _same(one.range, two.range)


def _same(one: tuple[Attr, ...], two: tuple[Attr, ...]) -> Verdict:
    """An attribute that may turn out not to be there leaves it open whether one list is longer."""
    if len(one) != len(two):
        surplus = max(one, two, key=len)[min(len(one), len(two)) :]
        return Verdict.UNKNOWN if all(may_be_unset(key) for key in surplus) else Verdict.FAIL
    verdict = Verdict.PASS
    for left, right in zip(one, two, strict=True):
        verdict &= equal(left, right)
    return verdict
