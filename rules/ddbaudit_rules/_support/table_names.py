"""Tables that may have the name of another in one account and region."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Unknown
from ddbaudit.model.estate import Estate
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.regions import region_of, unread_region
from ddbaudit.model.table import Table
from ddbaudit_rules._support.compare import equal, reason

UNNAMED = "default"
"""The environment of root modules that do not say what theirs is."""


@dataclass(frozen=True, slots=True)
class Namesake:
    """A table that has (PASS) or may have (UNKNOWN) the name of another, in its account and region. `because` and `why`
    tell what is not known."""

    table: Table
    label: str
    verdict: Verdict
    because: Unknown | None = None
    why: str = ""


def namesakes(table: Table, estate: Estate, estates: Sequence[Estate]) -> Iterator[Namesake]:
    """Those before it in its root module, then those of root modules of its environment that come before its own.

    Across root modules, only names that are known are compared: an unknown one may be anything in each of them.
    """
    expansion = table.instance.expansion
    if expansion is not None and table.name.text is not None and not _at_most_one(expansion):
        yield Namesake(table, table.address, Verdict.UNKNOWN, expansion)
    for other in estate.once(_Names).before(table):
        verdict = equal(table.name, other.name)
        if verdict is not Verdict.FAIL and (found := _namesake(table, other, verdict, estate)) is not None:
            yield found
    if table.name.text is not None and estate.environment != UNNAMED:
        yield from _elsewhere(table, estate, estates)


def _at_most_one(expansion: Unknown) -> bool:
    """Whether `count` is `condition ? 1 : 0`, by way of names or not: then there is one table or none."""
    chain = expansion.origin.chain() if expansion.origin is not None else ()
    texts = (link.span.text.strip("() ") if link.span is not None else "" for link in chain)
    return next((bool(_SWITCH.search(text)) for text in texts if not _NAME.fullmatch(text)), False)


_SWITCH = re.compile(r"\?\s*[01]\s*:\s*[01]$")
_NAME = re.compile(r"[\w.]+")


class _Names:
    """The tables of an estate by their names."""

    def __init__(self, estate: Estate) -> None:
        self.positions = {id(table): at for at, table in enumerate(estate.tables)}
        self.tables = estate.tables
        self.by_name: dict[str, list[Table]] = {}
        self.unknown: list[Table] = []
        for table in estate.tables:
            name = table.name.text
            if name is not None:
                self.by_name.setdefault(name, []).append(table)
            elif table.name.is_set:
                self.unknown.append(table)

    def before(self, table: Table) -> Iterator[Table]:
        """The tables before one that may have its name."""
        name, end = table.name.text, self.positions[id(table)]
        among = self.tables if name is None else (*self.by_name[name], *self.unknown)
        return (other for other in among if self.positions[id(other)] < end)


def _namesake(table: Table, other: Table, named: Verdict, estate: Estate) -> Namesake | None:
    unread = first_unknown(unread_region(table.instance, estate), unread_region(other.instance, estate))
    place = _is_one_place(table, other) if unread is None else Verdict.UNKNOWN
    if place is Verdict.FAIL:
        return None
    because = reason(table.name, other.name) if named is not Verdict.PASS else None
    if because is None and place is not Verdict.PASS:
        because = first_unknown(unread, reason(region_of(table.instance), region_of(other.instance)))
    providers = f"{other.instance.provider.name} and {table.instance.provider.name}"
    why = "" if because is not None else f"the providers {providers} may be of one account or of two"
    return Namesake(other, other.address, named & place, because, why)


def _is_one_place(one: Table, two: Table) -> Verdict:
    """Whether two tables of a root module are in one account and region."""
    here, there = one.instance.provider, two.instance.provider
    regions = region_of(one.instance), region_of(two.instance)
    shared = (here.name, here.span) == (there.name, there.span)
    if shared and regions[0].value is here.region and regions[1].value is there.region:
        return Verdict.PASS
    return equal(*regions) & (Verdict.PASS if shared else Verdict.UNKNOWN)


def _elsewhere(table: Table, estate: Estate, estates: Sequence[Estate]) -> Iterator[Namesake]:
    for other in estates:
        if other is estate:
            return
        if other.environment != estate.environment or other.root == estate.root:
            continue
        for found in other.once(_Names).by_name.get(str(table.name.text), ()):
            if found.address == table.address and (_is_lone_plan(estate) or _is_lone_plan(other)):
                continue
            one, two = region_of(table.instance), region_of(found.instance)
            unread = first_unknown(unread_region(table.instance, estate), unread_region(found.instance, other))
            verdict = equal(one, two) if unread is None else Verdict.UNKNOWN
            if verdict is not Verdict.FAIL:
                because = first_unknown(unread, reason(one, two))
                yield Namesake(found, f"{found.address} of {other.root}", verdict, because)


def _is_lone_plan(estate: Estate) -> bool:
    """Whether it is a plan without its source, which may be one of a root module that is judged as well."""
    plan = estate.evaluation.plan
    return plan is not None and plan.path == estate.root
