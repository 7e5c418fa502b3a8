"""Whether a Query or a GetItem can serve an access pattern, by the keys of a table and its indexes.

A Query takes one exact value of each hash key attribute and at most one condition on the range keys; it returns the
items in the order of the range keys, and an index returns what it projects. Source:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html and
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ddbaudit.datamodel.patterns import PLACEHOLDER
from ddbaudit.datamodel.shape import Entity, Index, Keys, Pattern, Table
from ddbaudit.foundation.text import join_names

_EXACT = frozenset({"equals", "each"})
_BY_KEY = frozenset({"GetItem", "BatchGetItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the keys of a table (`index` None) or of an index do not serve a pattern."""

    index: Index | None
    reason: str

    @property
    def where(self) -> str:
        return self.index.label if self.index is not None else "the table's key"


def refusals(pattern: Pattern, tables: Mapping[str, Table]) -> tuple[Refusal, ...]:
    """Why nothing serves the pattern: of each thing that might. Empty when something does."""
    table = tables[pattern.table]
    found: list[Refusal] = []
    for index in _candidates(pattern, table):
        reason = next(_Trial(pattern, table, index).reasons(), None)
        if reason is None:
            return ()
        found.append(Refusal(index, reason))
    return tuple(found)


def serving(pattern: Pattern, table: Table) -> tuple[Index | None, ...]:
    """What serves the pattern: the table (None) and indexes."""
    return tuple(i for i in _candidates(pattern, table) if not any(_Trial(pattern, table, i).reasons()))


def _candidates(pattern: Pattern, table: Table) -> tuple[Index | None, ...]:
    if pattern.index:
        return (table.indexes[pattern.index],)
    if pattern.operation == "Query":
        return (None, *table.indexes.values())
    return (None,)


class _Trial:
    """One pattern tried on the keys of a table or an index."""

    def __init__(self, pattern: Pattern, table: Table, index: Index | None) -> None:
        self.pattern = pattern
        self.table = table
        self.index = index
        self.entity = table.entities[pattern.entity] if pattern.entity else _only(table)
        self.hash = index.keys.hash if index is not None and index.kind == "global" else table.keys.hash
        self.range = index.keys.range if index is not None else table.keys.range
        self.used: set[str] = set()

    def reasons(self) -> Iterator[str]:
        operation = self.pattern.operation
        if operation == "Scan":
            if self.pattern.where or self.pattern.sort:
                yield "a Scan reads every item and drops those that are not asked for"
            return
        if operation in ("PutItem", "BatchWriteItem"):
            return
        if self.index is not None and operation in _BY_KEY:
            yield f"{operation} takes the key of the table, not an index"
        for key in (*self.hash, *self.range):
            if self._template(key) is None:
                yield f"items of {self.pattern.entity} have no {key}, so they are not in it"
        yield from self._whole(self.hash, "hash")
        if operation in _BY_KEY:
            yield from self._whole(self.range, "range")
            yield from self._left_over()
        else:
            yield from self._ranges()
            yield from self._left_over()
            yield from self._filters()
            yield from self._projected()

    def _template(self, key: str) -> str | None:
        return self.table.template(key, self.entity)

    def _whole(self, keys: tuple[str, ...], role: str) -> Iterator[str]:
        """Key attributes that have to be known to the last character."""
        for key in keys:
            for name in PLACEHOLDER.findall(self._template(key) or ""):
                asked = self.pattern.where.get(name)
                if asked is None:
                    yield f"its {role} key {self._shown(key)} needs an exact value, and {name} is not asked for"
                elif asked not in _EXACT:
                    yield f"{name} is asked for by {asked}, and the {role} key {self._shown(key)} takes one exact value"
                elif asked == "each" and self._choices(name) is None:
                    yield f"{name} is asked for value by value, and the model does not list its values"
                self.used.add(name)

    def _shown(self, key: str) -> str:
        """`GSI1PK (ORG#{organisationId})`, or just the name of an attribute that holds its own value."""
        template = self._template(key)
        return key if template == f"{{{key}}}" else f"{key} ({template})"

    def _choices(self, name: str) -> int | None:
        attribute = self.table.attributes.get(name)
        return attribute.choices if attribute is not None else None

    def _ranges(self) -> Iterator[str]:
        """The conditions that the range keys take: exact up to a point, there one more, and the order behind it."""
        order = [name for key in self.range for name in PLACEHOLDER.findall(self._template(key) or "")]
        rest = iter(order)
        ordered: list[str] = []
        for name in rest:
            asked = self.pattern.where.get(name)
            if asked in _EXACT:
                self.used.add(name)
                continue
            ordered = [name]
            if asked is not None:
                self.used.add(name)
                if asked == "begins_with" and self._is_number(name):
                    yield f"begins_with asks for text, and {name} is a number"
            break
        if self.pattern.sort and self.pattern.sort not in ordered and self.pattern.where.get(self.pattern.sort) is None:
            yield f"it does not return items in the order of {self.pattern.sort}"
        elif self.pattern.sort and self.pattern.sort not in order:
            yield f"{self.pattern.sort} is not in its range key, so it does not order items"

    def _is_number(self, name: str) -> bool:
        attribute = self.table.attributes.get(name)
        return attribute is not None and attribute.types[0] == "N"

    def _left_over(self) -> Iterator[str]:
        left = [name for name in self.pattern.where if name not in self.used]
        if left:
            verb = "is" if len(left) == 1 else "are"
            yield f"{join_names(left)} {verb} asked for, and its keys do not lead there"

    def _filters(self) -> Iterator[str]:
        for name in self.pattern.filter:
            if name in (*self.hash, *self.range):
                yield f"{name} is a key of it, and DynamoDB refuses to filter by keys"
            elif not self._has(name):
                yield f"it does not project {name}, by which the pattern filters"

    def _projected(self) -> Iterator[str]:
        if self.pattern.reads is None:
            if self.index is not None and self.index.kind == "global" and self.index.projection != "ALL":
                yield f"it projects {self.index.projection}, and the pattern reads whole items"
            return
        missing = [name for name in self.pattern.reads if not self._has(name)]
        if missing:
            yield f"it does not project {join_names(missing)}"

    def _has(self, attribute: str) -> bool:
        """Whether a query gets an attribute; of a local index DynamoDB fetches it from the table."""
        if self.index is None or self.index.kind == "local" or self.index.projection == "ALL":
            return True
        return attribute in (*self.table.keys, *self.index.keys, *self.index.include)


def _only(table: Table) -> Entity | None:
    """The entity of a pattern that names none: the table's only one."""
    return next(iter(table.entities.values())) if len(table.entities) == 1 else None


def keys_of(table: Table) -> Iterator[tuple[Index | None, Keys]]:
    """The keys of the table (None), then of its indexes."""
    yield None, table.keys
    for index in table.indexes.values():
        yield index, index.keys
