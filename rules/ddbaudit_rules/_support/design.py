"""Tables of a configuration held against those of a data model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.source import Span
from ddbaudit.foundation.text import join_names
from ddbaudit.model.attr import Attr
from ddbaudit.model.design import BuiltTable
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.table import KeySchema, Table
from ddbaudit.model.tables import restored_from
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import NotApplicable

if TYPE_CHECKING:
    from ddbaudit.datamodel.shape import DataModel, Keys
    from ddbaudit.datamodel.shape import Table as Design

NOTE = "the data model"


def design_of(subject: BuiltTable) -> tuple[DataModel, Design] | None:
    """The table of a model that this one is; None when that is not known. NotApplicable when there is none."""
    if not subject.designs:
        raise NotApplicable("no data model has this table (MOD802 says so)")
    if subject.design is None:
        return None
    return next((model, design) for model, design, _ in subject.designs if design is subject.design)


def undecided(subject: BuiltTable, what: str) -> Problem:
    """It is not known which table of the model this is."""
    table = subject.table
    message = f"whether {table.label} has {what} of the data model is not known"
    return unknown(message, table.name, label="which table of the model this is, is not known")


def keys_differ(
    table: Table,
    actual: KeySchema,
    wanted: Keys,
    owner: str,
    places: tuple[Attr | Span, Attr | Span],
    detail: str,
) -> Iterator[Problem]:
    """What is different in the hash and range keys of a table or index; `places` are where missing ones are missed."""
    pairs = (("hash", actual.hash, wanted.hash, places[0]), ("range", actual.range, wanted.range, places[1]))
    for role, have, want, place in pairs:
        names = [key.text for key in have]
        if names == list(want):
            continue
        at = _first_difference(have, want, place)
        if any(name is None for name in names):
            because = first_unknown(*(key.unknown for key in have))
            message = f"whether the {role} key of {owner} is {_named(want)}, as in the data model, is not known"
            yield unknown(message, at, because=because, detail=f"{detail}{role}")
        elif not have and restored_from(table).is_set:
            message = f"whether the {role} key of {owner} is {_named(want)} is not known: it comes with the backup"
            yield unknown(message, at, detail=f"{detail}{role}")
        else:
            yield fail(
                f"the {role} key of {owner} is {_named([key.shown for key in have])}, "
                f"and {_named(want)} in the data model",
                at,
                label=f"{_named(want)} in the data model",
                help="another key takes another table or index: change the model if it is the one in error",
                related=(Related(wanted.range_span if role == "range" else wanted.span, NOTE),),
                detail=f"{detail}{role}",
            )


def _named(names: Sequence[str]) -> str:
    return join_names([f'"{name}"' for name in names]) if names else "none"


def _first_difference(have: Sequence[Attr], want: Sequence[str], otherwise: Attr | Span) -> Attr | Span:
    for at, key in enumerate(have):
        if at >= len(want) or key.text != want[at]:
            return key
    return otherwise


def types_differ(table: Table, design: Design, keys: Keys, owner: str, detail: str) -> Iterator[Problem]:
    """Key attributes whose declared type is not the model's."""
    for name in keys:
        want = design.attributes[name]
        for definition in table.attributes:
            if definition.name.text != name or definition.type.text in want.types:
                continue
            key = f"{detail}type:{name}"
            if definition.type.is_unknown:
                message = f'whether "{name}", a key of {owner}, is of type {want.types[0]} is not known'
                yield unknown(message, definition.type, detail=key)
            elif definition.type.is_set:
                yield fail(
                    f'"{name}", a key of {owner}, is of type {definition.type.shown}, and {want.types[0]} in the '
                    "data model",
                    definition.type,
                    label=f"{want.types[0]} in the data model",
                    help=f'set type = "{want.types[0]}", or change the model; what exists has to be made anew for it',
                    related=(Related(want.span, NOTE),),
                    detail=key,
                )
        yield from _may_be_declared(table, name, owner, detail)


def _may_be_declared(table: Table, name: str, owner: str, detail: str) -> Iterator[Problem]:
    """Without a declaration that can be seen (DDB201 is about those that are certainly missing)."""
    if any(definition.name.text == name for definition in table.attributes):
        return
    message = f'the type of "{name}", a key of {owner}, is not known'
    unnamed = next((d.name for d in table.attributes if d.name.is_unknown), None)
    if unnamed is not None:
        yield unknown(message, unnamed, because=unnamed.unknown, detail=f"{detail}type:{name}")
    elif table.attributes_unknown is not None:
        yield unknown(message, table.header, because=table.attributes_unknown, detail=f"{detail}type:{name}")
