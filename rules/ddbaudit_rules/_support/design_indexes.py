"""Indexes of a table held against those of a data model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Unknown
from ddbaudit.model.design import matches, name_atoms
from ddbaudit.model.reading import elements, first_unknown
from ddbaudit.model.table import Index, KeySchema, Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit_rules._support.design import NOTE, keys_differ, types_differ

if TYPE_CHECKING:
    from ddbaudit.datamodel.shape import DataModel
    from ddbaudit.datamodel.shape import Index as IndexDesign
    from ddbaudit.datamodel.shape import Table as Design


@dataclass(frozen=True, slots=True)
class Comparison:
    """A table and what the model says of it."""

    table: Table
    model: DataModel
    design: Design
    environment: str

    def problems(self) -> Iterator[Problem]:
        known: set[int] = set()
        for design in self.design.indexes.values():
            found = [(index, self._is(design, index)) for index in self.table.indexes]
            known.update(id(index) for index, verdict in found if verdict is not Verdict.FAIL)
            certain = next((index for index, verdict in found if verdict is Verdict.PASS), None)
            if certain is not None:
                yield from self._differences(design, certain)
            else:
                yield self._missing(design, [index for index, verdict in found if verdict is Verdict.UNKNOWN])
        for index in self.table.indexes:
            if id(index) not in known:
                yield self._extra(index)

    def _is(self, design: IndexDesign, index: Index) -> Verdict:
        return matches(name_atoms(design.name, self.environment, self.model, self.table.name.text or "*"), index.name)

    def _missing(self, design: IndexDesign, possible: list[Index]) -> Problem:
        names = (index.name.unknown for index in possible)
        reason = first_unknown(*names, self.table.indexes_unknown)
        if reason is not None:
            message = f"whether {self.table.label} has the {design.label} of the data model is not known"
            place = possible[0].name if possible else self.table.header
            return unknown(message, place, because=reason, detail=f"{design.key}:missing")
        return fail(
            f"{self.table.label} has no {design.label}, which the data model has",
            self.table.header,
            label=f'no "{design.key}" by {design.keys}',
            help="add the index, or take it out of the model",
            related=(Related(design.span, NOTE),),
            detail=f"{design.key}:missing",
        )

    def _extra(self, index: Index) -> Problem:
        return fail(
            f"the data model has no {index.label} of {self.table.label}",
            index.header,
            label="not in the model",
            help="add the index to the model, or remove it; each index costs a write for every write to the table",
            related=(Related(self.design.place("indexes"), NOTE),),
            detail=f"{index.name.shown}:extra",
        )

    def _differences(self, design: IndexDesign, index: Index) -> Iterator[Problem]:
        detail, owner = f"{design.key}:", f"{index.label} of {self.table.label}"
        if not index.certain:
            message = f"whether {self.table.label} has {index.label} is not known"
            yield unknown(message, index.header, because=self.table.indexes_unknown, detail=f"{detail}missing")
            return
        if index.kind != design.kind:
            yield fail(
                f"{owner} is a {index.kind} index, and a {design.kind} one in the data model",
                index.header,
                label=f"{design.kind} in the data model",
                related=(Related(design.span, NOTE),),
                detail=f"{detail}kind",
            )
            return
        own = index.keys if design.kind == "global" else KeySchema((), index.keys.range)
        yield from keys_differ(self.table, own, design.keys, owner, (index.header, index.header), detail)
        yield from self._types(design, index, owner)
        yield from self._projection(design, index, owner)

    def _types(self, design: IndexDesign, index: Index, owner: str) -> Iterator[Problem]:
        """Of keys that the table does not have itself (MOD803 judges those)."""
        own = tuple(key for key in design.keys if key not in tuple(self.design.keys))
        for name in own:
            have = index.own_types.get(name)
            want = self.design.attributes[name]
            if have is not None and have.text is not None and have.text not in want.types:
                message = f'"{name}", a key of {owner}, is of type {have.shown}, and {want.types[0]} in the data model'
                related = (Related(want.span, NOTE),)
                yield fail(message, have, related=related, detail=f"{design.key}:type:{name}")
        if index.address is None:
            for problem in types_differ(self.table, self.design, design.keys, owner, f"{design.key}:"):
                if any(problem.detail == f"{design.key}:type:{name}" for name in own):
                    yield problem

    def _projection(self, design: IndexDesign, index: Index, owner: str) -> Iterator[Problem]:
        actual, detail = index.projection, f"{design.key}:projection"
        if actual.is_unknown:
            message = f"whether {owner} projects {design.projection}, as in the data model, is not known"
            yield unknown(message, actual, detail=detail)
        elif actual.is_set and actual.text != design.projection:
            yield fail(
                f"{owner} projects {actual.shown}, and {design.projection} in the data model",
                actual,
                label=f"{design.projection} in the data model",
                help=f'set projection_type = "{design.projection}", or change the model',
                related=(Related(design.span, NOTE),),
                detail=detail,
            )
        elif design.projection == "INCLUDE":
            yield from self._included(design, index, owner)

    def _included(self, design: IndexDesign, index: Index, owner: str) -> Iterator[Problem]:
        values, reason = elements(index.non_key_attributes.value)
        names = [getattr(value, "data", None) for value in values]
        gap = first_unknown(reason, *(value for value in values if isinstance(value, Unknown)))
        detail = f"{design.key}:include"
        if gap is not None:
            message = f"whether {owner} projects the attributes of the data model is not known"
            yield unknown(message, index.non_key_attributes, because=gap, detail=detail)
        elif set(names) != set(design.include):
            wanted = ", ".join(design.include)
            yield fail(
                f"{owner} projects other attributes than the data model: {', '.join(map(str, names)) or 'none'}",
                index.non_key_attributes,
                label=f"{wanted} in the data model",
                help="give the index the attributes of the model, or change the model",
                related=(Related(design.span, NOTE),),
                detail=detail,
            )
