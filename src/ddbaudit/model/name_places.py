"""Names of tables of which nothing is known but where they are written: a reference to one is the same name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ddbaudit.foundation.source import Span
from ddbaudit.ir.value import Hole, Part
from ddbaudit.model.estate import Estate
from ddbaudit.model.join import name_parts, resolve_names
from ddbaudit.model.table import Table

_REFERENCE = re.compile(r"[A-Za-z_][\w-]*(\.[\w-]+|\[[^\[\]]*\])*")


def with_table_names(parts: Iterable[Part], estate: Estate) -> tuple[Part, ...]:
    """Parts in which what refers to the name of a table is what is known of that name."""
    return resolve_names(_known_names(parts, estate.once(_names_by_place)), estate.tables_by_address)


def _names_by_place(estate: Estate) -> dict[Span, Table]:
    """The tables of which nothing is known but where their name is written, each alone at its place."""
    found: dict[Span, list[Table]] = {}
    for table in estate.tables:
        if table.name.is_unknown:
            found.setdefault(table.name.span, []).append(table)
    return {span: here[0] for span, here in found.items() if len(here) == 1}


def _known_names(parts: Iterable[Part], names: dict[Span, Table]) -> Iterator[Part]:
    """Parts in which an unknown text that is `<table>.name`, by nothing but references, is the name of that table."""
    for part in parts:
        table = _referred(part, names) if isinstance(part, Hole) and names else None
        if table is not None:
            yield from name_parts(table)
        else:
            yield part


def _referred(hole: Hole, names: dict[Span, Table]) -> Table | None:
    origin = hole.value.origin
    for step in origin.chain() if origin is not None else ():
        if step.span in names:
            return names[step.span]
        if step.span is None or not _REFERENCE.fullmatch(step.span.text):
            break
    return None
