"""The same system in other environments: which root modules belong together, and which of their tables are one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ddbaudit.foundation.diagnostic import Level
from ddbaudit.model.estate import Estate
from ddbaudit.model.table import Table

UNNAMED = "default"
"""The environment of root modules that do not say what theirs is."""
_TABLE = "aws_dynamodb_table"
_UNREAD = ("HCL", "IO", "MOD", "PLAN", "EVAL002")
"""The codes of diagnostics of what could not be read: other errors leave the declarations there."""


@dataclass(frozen=True, slots=True)
class Counterpart:
    """A table of another environment that is the same one, and (`doubt`) why it may not be there; without `table`, none
    is there, or why one may be."""

    estate: Estate
    table: Table | None
    doubt: str = ""


def siblings(estate: Estate, estates: Sequence[Estate]) -> tuple[Estate, ...]:
    """The root modules of the same system in other environments, one for each environment.

    They are those whose directories differ by the environment's name only, which one directory in several environments
    does too; else, where no two root modules of the run are of one environment, those that declare a table in common.
    """
    if estate.environment == UNNAMED:
        return ()
    others = [other for other in estates if other.environment not in (estate.environment, UNNAMED)]
    family = _family(estate)
    found = [other for other in others if _family(other) == family]
    if not found and max(Counter(e.environment for e in estates).values(), default=0) <= 1:
        found = [other for other in others if _tables_of(estate) & _tables_of(other)]
    return tuple({other.environment: other for other in reversed(found)}.values())[::-1]


def _tables_of(estate: Estate) -> set[str]:
    """The addresses of its tables as they are declared, with or without instances."""
    made = {table.instance.declaration for table in estate.tables}
    return made | {d.address for d in estate.declarations if d.mode == "managed" and d.type == _TABLE}


def _family(estate: Estate) -> str:
    return neutral(estate.root, estate.environment)


def neutral(text: str, environment: str) -> str:
    """A text without the name of its environment."""
    return re.sub(rf"(?<![A-Za-z0-9]){re.escape(environment)}(?![A-Za-z0-9])", "{env}", text)


def counterpart(table: Table, estate: Estate, other: Estate) -> Counterpart:
    """The same table elsewhere: by its address, else by its name without the environment's."""
    found = other.tables_by_address.get(table.address)
    if found is not None:
        return _there(other, found)
    name = table.name.text
    if name is not None:
        wanted = neutral(name, estate.environment)
        for candidate in other.tables:
            text = candidate.name.text
            if text is not None and neutral(text, other.environment) == wanted:
                return _there(other, candidate)
    return Counterpart(other, None, next(_doubts(table, estate, other), ""))


def _there(other: Estate, table: Table) -> Counterpart:
    expansion = table.instance.expansion
    return Counterpart(other, table, expansion.cause.text if expansion is not None else "")


def _doubts(table: Table, estate: Estate, other: Estate) -> Iterator[str]:
    """Why a table that is not to be seen in another environment may be there."""
    own = table.instance
    if own.expansion is not None:
        yield own.expansion.cause.text
    for cause in other.evaluation.missing:
        yield cause.text
    for diagnostic in other.evaluation.diagnostics:
        if diagnostic.level is Level.ERROR and diagnostic.code.startswith(_UNREAD):
            yield f"in {other.environment}, {diagnostic.detail}"
    for declaration in other.declarations:
        if declaration.instances is None and declaration.type in (_TABLE, "module"):
            yield f"how many instances {declaration.address} has in {other.environment} is not known"
    unmatched = [t for t in other.tables if t.address not in estate.tables_by_address]
    if any(t.name.text is None for t in unmatched) or (table.name.text is None and unmatched):
        yield "names that are not known may be the same"
