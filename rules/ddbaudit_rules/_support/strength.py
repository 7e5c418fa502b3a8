"""How strongly tables are protected, one against the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.model.attr import Attr
from ddbaudit.model.encryption import LEVELS, encryption_of
from ddbaudit.model.estate import Estate
from ddbaudit.model.table import Table

_WHOLE_PERIOD = 35  # days, where recovery_period_in_days is not set


@dataclass(frozen=True, slots=True)
class Aspect:
    """One setting of two tables; `weaker` tells whether the first is weaker, `contrast` how they differ."""

    name: str
    mine: Attr
    theirs: Attr
    weaker: Verdict
    contrast: str


def aspects(mine: Table, estate: Estate, theirs: Table, other: Estate) -> Iterator[Aspect]:
    """What is compared of two tables."""
    yield _switch("point-in-time recovery", mine.pitr.enabled, theirs.pitr.enabled)
    yield _switch("deletion protection", mine.deletion_protection, theirs.deletion_protection)
    yield _encryption(mine, estate, theirs, other)
    yield _period(mine, theirs)


def _switch(name: str, mine: Attr, theirs: Attr) -> Aspect:
    return Aspect(name, mine, theirs, theirs.is_true() & ~mine.is_true(), "off here, on there")


def _encryption(mine: Table, estate: Estate, theirs: Table, other: Estate) -> Aspect:
    ours, other_ones = encryption_of(mine, estate), encryption_of(theirs, other)
    here = [LEVELS.index(level) for level in ours.levels]
    there = [LEVELS.index(level) for level in other_ones.levels]
    certain = Verdict.PASS if max(here) < min(there) else Verdict.UNKNOWN
    weaker = certain if min(here) < max(there) else Verdict.FAIL
    return Aspect("encryption", ours.at, other_ones.at, weaker, f"{ours.levels[-1]} here, {other_ones.levels[0]} there")


def _period(mine: Table, theirs: Table) -> Aspect:
    here, there = (table.pitr.extra["recovery_period_in_days"] for table in (mine, theirs))
    on = mine.pitr.enabled.is_true() & theirs.pitr.enabled.is_true()
    days, more = _days(here), _days(there)
    if days is None or more is None:
        shorter = Verdict.UNKNOWN if days is None or days < _WHOLE_PERIOD else Verdict.FAIL
    else:
        shorter = Verdict.PASS if days < more else Verdict.FAIL
    return Aspect("the recovery period", here, there, on & shorter, f"{days} days here, {more} there")


def _days(attr: Attr) -> int | None:
    """None where it is not known."""
    if not attr.is_set:
        return _WHOLE_PERIOD
    return int(attr.number) if attr.number is not None else None
