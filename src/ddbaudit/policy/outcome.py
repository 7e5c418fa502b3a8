"""What a condition comes to: a verdict, and the places that it rests on.

PASS is "holds", FAIL "does not hold". The logic is Kleene's, as for `Verdict`; beside it, the places are kept that
decide: for a conjunction that fails those of each part that fails, for an alternative that fails those of all parts
together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ddbaudit.foundation.source import Span
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Unknown
from ddbaudit.model.attr import Attr


@dataclass(frozen=True, slots=True)
class Spot:
    """One place with what was asked there. `path` names it for people; `shown` is its value as it may be told;
    `asked` is what was asked, as an infinitive (`equal true`); `held` whether it does, `because` why that is not
    known, `must` whether it has to (or must not). `counted`: the value is a number of blocks."""

    path: str
    at: Attr | Span
    shown: str
    asked: str
    held: Verdict
    because: Unknown | None = None
    must: bool = True
    counted: bool = False

    @property
    def span(self) -> Span:
        return self.at.span if isinstance(self.at, Attr) else self.at


@dataclass(frozen=True, slots=True)
class Group:
    """Spots that decide together: one finding."""

    verdict: Verdict
    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    verdict: Verdict
    groups: tuple[Group, ...]


def leaf(spot: Spot) -> Outcome:
    return Outcome(spot.held, (Group(spot.held, (spot,)),))


def every(parts: Sequence[Outcome]) -> Outcome:
    """All of them hold. With no parts, they do."""
    return _combine(parts, Verdict.FAIL, Verdict.PASS)


def some(parts: Sequence[Outcome]) -> Outcome:
    """At least one holds. With no parts, none does."""
    return _combine(parts, Verdict.PASS, Verdict.FAIL)


def _combine(parts: Sequence[Outcome], decisive: Verdict, otherwise: Verdict) -> Outcome:
    """`decisive` is the verdict that one part alone can bring about; then each such part stands for itself, and what
    is not known beside it is said too. The other verdict takes all parts together."""
    verdicts = {part.verdict for part in parts}
    if decisive in verdicts:
        kept = (decisive, Verdict.UNKNOWN)
        groups = [g for part in parts if part.verdict in kept for g in part.groups if g.verdict in kept]
        return Outcome(decisive, tuple(groups))
    if Verdict.UNKNOWN in verdicts:
        groups = [g for part in parts for g in part.groups if g.verdict is Verdict.UNKNOWN]
        return Outcome(Verdict.UNKNOWN, tuple(groups))
    spots = tuple(spot for part in parts for g in part.groups if g.verdict is otherwise for spot in g.spots)
    return Outcome(otherwise, (Group(otherwise, spots),) if spots else ())


def negated(outcome: Outcome) -> Outcome:
    groups = tuple(
        Group(~group.verdict, tuple(replace(spot, must=not spot.must) for spot in group.spots))
        for group in outcome.groups
    )
    return Outcome(~outcome.verdict, groups)


def doubted(outcome: Outcome, verdict: Verdict, because: Unknown) -> Outcome:
    """The outcome of something that may not be there: where it comes to `verdict`, that is not known."""
    if outcome.verdict is not verdict:
        return outcome
    spots = [replace(s, held=Verdict.UNKNOWN, because=because) for g in outcome.groups for s in g.spots]
    return Outcome(Verdict.UNKNOWN, tuple(Group(Verdict.UNKNOWN, (spot,)) for spot in spots))
