"""An estate beside its data models: which table of a model is which table of the configuration.

Tables are joined by name: a model's name is a pattern in which `{env}` is the environment and `*` any text. Without
data models there are none of these subjects, and nothing of `ddbaudit.datamodel` is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.types import DYNAMIC
from ddbaudit.ir.value import Unknown
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.globs import NAME_CHARACTERS, Atoms, Wild, literal, match
from ddbaudit.model.subjects import judged
from ddbaudit.model.table import Table

if TYPE_CHECKING:
    from ddbaudit.datamodel.shape import DataModel, Pattern
    from ddbaudit.datamodel.shape import Table as Design


@dataclass(frozen=True, slots=True)
class DesignedTable:
    """A table of a data model in an environment, and the tables of the root that are it (PASS) or may be it."""

    model: DataModel
    design: Design
    found: tuple[tuple[Table, Verdict], ...]

    @property
    def address(self) -> str:
        return f"model.{self.model.system}.{self.design.key}"

    @property
    def label(self) -> str:
        return f'{self.design.label} of the data model "{self.model.system}"'

    @property
    def built(self) -> tuple[Table, ...]:
        """The tables that certainly are it."""
        return tuple(table for table, verdict in self.found if verdict is Verdict.PASS)


@dataclass(frozen=True, slots=True)
class BuiltTable:
    """A table of a root that has data models: the tables of these that it is (PASS) or may be (UNKNOWN)."""

    table: Table
    designs: tuple[tuple[DataModel, Design, Verdict], ...]

    @property
    def instance(self) -> ResourceInstance:
        return self.table.instance

    @property
    def address(self) -> str:
        return self.table.address

    @property
    def design(self) -> Design | None:
        """The table of a model that it certainly is."""
        return next((design for _, design, verdict in self.designs if verdict is Verdict.PASS), None)


@dataclass(frozen=True, slots=True)
class DesignedPattern:
    """An access pattern of a data model."""

    model: DataModel
    pattern: Pattern

    @property
    def address(self) -> str:
        return f"model.{self.model.system}.patterns[{self.pattern.name!r}]"


@dataclass(frozen=True, slots=True)
class DesignedSystem:
    """A data model as a whole."""

    model: DataModel

    @property
    def address(self) -> str:
        return f"model.{self.model.system}"


class _Join:
    """Every table of the estate tried on every table of its models, once."""

    def __init__(self, estate: Estate) -> None:
        self.pairs: list[tuple[DataModel, Design, tuple[tuple[Table, Verdict], ...]]] = []
        for model in estate.models:
            for design in model.tables.values():
                if design.exists_in(estate.environment):
                    self.pairs.append((model, design, tuple(_found(design, model, estate))))


def _found(design: Design, model: DataModel, estate: Estate) -> Iterator[tuple[Table, Verdict]]:
    pattern = name_atoms(name_of(design, estate.environment), estate.environment, model)
    for table in estate.tables:
        verdict = matches(pattern, table.name)
        if verdict is not Verdict.FAIL:
            yield table, verdict


def name_of(design: Design, environment: str) -> str:
    """The pattern of a table's name in an environment; `*` where the model gives names for others only."""
    return design.names.get(environment, design.names.get("", "*"))


def name_atoms(template: str, environment: str, model: DataModel, table: str = "") -> Atoms:
    """A name's pattern as atoms. In an environment that the model does not know, `{env}` is any text."""
    known = not model.environments or environment in model.environments
    text = template.replace("{env}", environment if known and environment else "*").replace("{table}", table)
    return tuple(Wild.ANY if character == "*" else character for character in text)


def matches(pattern: Atoms, name: Attr) -> Verdict:
    """Whether a name is the pattern's. What is not set is no name."""
    return match(pattern, literal(name.parts, NAME_CHARACTERS)) if name.is_set else Verdict.FAIL


def designed_tables(estate: Estate) -> tuple[DesignedTable, ...]:
    if not estate.models:
        return ()
    return tuple(DesignedTable(model, design, found) for model, design, found in estate.once(_Join).pairs)


def built_tables(estate: Estate) -> tuple[BuiltTable, ...]:
    if not estate.models:
        return ()
    pairs = estate.once(_Join).pairs
    return tuple(BuiltTable(table, tuple(_designs(table, pairs))) for table in estate.tables)


def _designs(
    table: Table, pairs: Sequence[tuple[DataModel, Design, tuple[tuple[Table, Verdict], ...]]]
) -> Iterator[tuple[DataModel, Design, Verdict]]:
    for model, design, found in pairs:
        for other, verdict in found:
            if other is table:
                yield model, design, verdict


def unseen(estate: Estate) -> Unknown | None:
    """Why the root may create tables that cannot be seen: a module that is missing."""
    cause = next(iter(estate.evaluation.missing), None)
    return Unknown(DYNAMIC, cause) if cause is not None else None


judged(DesignedTable, "table of a data model", lambda estate: estate.once(designed_tables))
judged(BuiltTable, "table of a root module that has a data model", lambda estate: estate.once(built_tables))
judged(
    DesignedPattern,
    "access pattern of a data model",
    lambda estate: tuple(DesignedPattern(m, p) for m in estate.models for p in m.patterns.values()),
)
judged(DesignedSystem, "data model", lambda estate: tuple(DesignedSystem(model) for model in estate.models))
