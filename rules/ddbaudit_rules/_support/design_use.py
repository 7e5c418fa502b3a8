"""Indexes of a data model as its patterns use them, beside those that a table has."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.model.design import BuiltTable, matches, name_atoms
from ddbaudit.model.table import Index

if TYPE_CHECKING:
    from ddbaudit.datamodel.shape import DataModel, Entity
    from ddbaudit.datamodel.shape import Index as IndexDesign
    from ddbaudit.datamodel.shape import Table as Design


def designed_indexes(
    subject: BuiltTable, environment: str
) -> Iterator[tuple[DataModel, Design, IndexDesign, Index, Verdict]]:
    """Every index of the table that is (PASS) or may be (UNKNOWN) one of the model."""
    for model, design, same in subject.designs:
        for wanted in design.indexes.values():
            atoms = name_atoms(wanted.name, environment, model, subject.table.name.text or "*")
            for index in subject.table.indexes:
                verdict = same & matches(atoms, index.name)
                if verdict is not Verdict.FAIL:
                    yield model, design, wanted, index, verdict if index.certain else verdict & Verdict.UNKNOWN


def read_from(model: DataModel, design: Design, index: IndexDesign) -> frozenset[str] | None:
    """The attributes that the patterns on an index read of it; None when there are no patterns, or one reads whole
    items."""
    patterns = [p for p in model.patterns.values() if p.table == design.key and p.index == index.key]
    if not patterns or any(pattern.reads is None for pattern in patterns):
        return None
    return frozenset(name for p in patterns for name in (*(p.reads or ()), *p.filter))


def unread(model: DataModel, design: Design, index: IndexDesign) -> tuple[str, ...]:
    """The attributes that no pattern on an index reads; none when it is not said what they read."""
    read = read_from(model, design, index)
    if read is None:
        return ()
    keys = {*design.keys, *index.keys}
    return tuple(name for name in design.attributes if name not in read and name not in keys)


def values_of(design: Design, index: IndexDesign) -> Iterator[tuple[Entity | None, int]]:
    """How many values the hash key of an index has, for each entity of which the model says so."""
    from ddbaudit.datamodel.patterns import PLACEHOLDER

    for entity in (*design.entities.values(),) or (None,):
        templates = [design.template(key, entity) for key in index.keys.hash]
        if any(template is None for template in templates) or not templates:
            continue
        names = {name for template in templates for name in PLACEHOLDER.findall(template or "")}
        choices = [design.attributes[name].choices if name in design.attributes else None for name in sorted(names)]
        if None not in choices:
            yield entity, prod(choice for choice in choices if choice is not None)
