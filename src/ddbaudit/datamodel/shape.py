"""What a data model says of a system: tables, indexes, access patterns, who uses them, and what the document claims.

A model is what was decided. Where the document itself has something else, that stands beside it as `written`, with the
number of the decision; `as_written` gives the model as the document has it. Every part knows its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from ddbaudit.foundation.source import Span

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
ATTRIBUTE_TYPES: Final = ("S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS")
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeDefinition.html
KEY_TYPES: Final = ("S", "N", "B")
PROJECTIONS: Final = ("ALL", "KEYS_ONLY", "INCLUDE")
STREAM_VIEWS: Final = ("KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES")
GROWTHS: Final = ("document", "appended")
READS: Final = ("GetItem", "BatchGetItem", "Query", "Scan")
WRITES: Final = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "ConditionCheckItem")
OPERATIONS: Final = (*READS, *WRITES)
OPERATORS: Final = (
    "equals",
    "each",
    "begins_with",
    "between",
    "less",
    "less_or_equal",
    "greater",
    "greater_or_equal",
)
TOPICS: Final = ("tables", "indexes", "ttl", "pitr", "stream", "replicas")


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a table's items. `types` has more than one where items differ; `values` are all that it may have,
    empty where the model does not say; `growth` is `document` (a whole text) or `appended` (it only grows)."""

    name: str
    types: tuple[str, ...]
    span: Span
    values: tuple[str, ...] = ()
    growth: str = ""
    decision: str = ""
    written: Attribute | None = None

    @property
    def choices(self) -> int | None:
        """How many values there are; None when there is no telling."""
        if self.types == ("BOOL",):
            return 2
        return len(self.values) or None


@dataclass(frozen=True, slots=True)
class Entity:
    """One kind of item of a table: the patterns of its key attributes (`ORG#{organisationId}`)."""

    name: str
    keys: Mapping[str, str]
    span: Span


@dataclass(frozen=True, slots=True)
class Keys:
    """The key attributes of a table or index: hash keys, then range keys, each with the place of their field."""

    hash: tuple[str, ...]
    range: tuple[str, ...]
    span: Span
    range_span: Span

    def __iter__(self) -> Iterator[str]:
        yield from self.hash
        yield from self.range

    def __str__(self) -> str:
        return ", ".join(self)


@dataclass(frozen=True, slots=True)
class Index:
    """A secondary index. `name` may hold `{table}` and `{env}`; `kind` is `global` or `local`."""

    key: str
    name: str
    kind: str
    keys: Keys
    projection: str
    include: tuple[str, ...]
    span: Span
    purpose: str = ""
    decision: str = ""
    written: Index | None = None

    @property
    def label(self) -> str:
        return f'index "{self.key}"'


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `names` are patterns by environment ("" for all others); `environments` those in which it exists (none
    listed: all). `ttl` and `stream` are empty where they are off; `pitr` is None where nothing is said."""

    key: str
    names: Mapping[str, str]
    keys: Keys
    attributes: Mapping[str, Attribute]
    span: Span
    entities: Mapping[str, Entity] = field(default_factory=dict)
    indexes: Mapping[str, Index] = field(default_factory=dict)
    ttl: str = ""
    stream: str = ""
    pitr: bool | None = None
    replicas: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    owners: tuple[str, ...] = ()
    group: str = ""
    environments: tuple[str, ...] = ()
    places: Mapping[str, Span] = field(default_factory=dict)
    decision: str = ""
    written: Table | None = None

    @property
    def label(self) -> str:
        return f'table "{self.key}"'

    def place(self, field: str) -> Span:
        """The key of a field, or the table where the field is not there."""
        return self.places.get(field, self.span)

    def type_of(self, attribute: str) -> str:
        """The type of a key attribute: its first."""
        return self.attributes[attribute].types[0]

    def template(self, attribute: str, entity: Entity | None) -> str | None:
        """What an entity writes into a key attribute; None when it does not have it.

        An attribute for which no entity of the table has a pattern holds its own value: `{email}`.
        """
        if entity is not None and attribute in entity.keys:
            return entity.keys[attribute]
        if any(attribute in other.keys for other in self.entities.values()):
            return None
        return f"{{{attribute}}}"

    def exists_in(self, environment: str) -> bool:
        return not self.environments or environment in self.environments


@dataclass(frozen=True, slots=True)
class Pattern:
    """An access pattern. `where` says by attribute how it is asked for; `reads` is None for the whole item."""

    name: str
    table: str
    operation: str
    span: Span
    index: str = ""
    entity: str = ""
    where: Mapping[str, str] = field(default_factory=dict)
    filter: tuple[str, ...] = ()
    sort: str = ""
    descending: bool = False
    reads: tuple[str, ...] | None = None
    principals: tuple[str, ...] = ()
    places: Mapping[str, Span] = field(default_factory=dict)
    decision: str = ""
    written: Pattern | None = None

    def place(self, field: str) -> Span:
        return self.places.get(field, self.span)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who uses tables: the name of a role, a user or a policy in each environment (`{env}`)."""

    name: str
    kind: str
    pattern: str
    span: Span


@dataclass(frozen=True, slots=True)
class Claim:
    """What the document states of several tables. `tables` are those that it lists, None where it lists none; `every`
    says that it speaks of all. `decision` settles it where the tables are otherwise."""

    about: str
    span: Span
    states: str
    group: str = ""
    count: int | None = None
    at_least: int | None = None
    tables: tuple[str, ...] | None = None
    every: bool = False
    decision: str = ""


@dataclass(frozen=True, slots=True)
class DataModel:
    """A data model. `system` names it; `sources` are the documents; `literal` says that decisions settle nothing in it:
    this is what they say themselves."""

    system: str
    sources: tuple[str, ...]
    span: Span
    tables: Mapping[str, Table]
    patterns: Mapping[str, Pattern] = field(default_factory=dict)
    principals: Mapping[str, Principal] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    environments: tuple[str, ...] = ()
    literal: bool = False

    @property
    def path(self) -> str:
        return self.span.path

    def as_written(self) -> DataModel:
        """The model as the document has it, before any decision."""
        return replace(
            self,
            tables={key: _written_table(table) for key, table in self.tables.items()},
            patterns={key: pattern.written or pattern for key, pattern in self.patterns.items()},
            literal=True,
        )


def _written_table(table: Table) -> Table:
    found = table.written or table
    return replace(
        found,
        attributes={key: attribute.written or attribute for key, attribute in found.attributes.items()},
        indexes={key: index.written or index for key, index in found.indexes.items()},
    )
