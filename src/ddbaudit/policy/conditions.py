"""Conditions of declarative rules, ready to be asked of a resource."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, Protocol, TypeAlias

from ddbaudit.foundation.source import SourceFile
from ddbaudit.foundation.text import plural
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.instance import BlockInstance
from ddbaudit.ir.value import Absent, Known, Unknown, Value, unknowns
from ddbaudit.model.attr import Attr
from ddbaudit.model.reading import Nested
from ddbaudit.policy.find import Blocks, Found, Place, blocks_at, find, settled
from ddbaudit.policy.operators import Operator, quoted
from ddbaudit.policy.outcome import Outcome, Spot, doubted, every, leaf, negated, some
from ddbaudit.policy.paths import Path, Step

Quantifier: TypeAlias = Literal["all", "any", "none"]

ENVIRONMENT: Final = "{env}"
_ELEMENTS: Final = 3
"""Elements of a collection that a message shows."""
_NOWHERE: Final = SourceFile("", "").span(0, 0)


@dataclass(frozen=True, slots=True)
class Scope:
    """What operands may refer to."""

    environment: str
    params: Any


@dataclass(frozen=True, slots=True)
class Operand:
    """A constant, or the name of a parameter of the rule. `{env}` in a text is the environment's name; in a `pattern`
    it stands for that very text."""

    constant: Any = None
    param: str | None = None
    pattern: bool = False

    def value(self, scope: Scope) -> Any:
        found = self.constant if self.param is None else getattr(scope.params, self.param)
        return self._filled(found, scope.environment)

    def _filled(self, found: Any, environment: str) -> Any:
        if isinstance(found, str):
            return found.replace(ENVIRONMENT, re.escape(environment) if self.pattern else environment)
        if isinstance(found, tuple):
            return tuple(self._filled(item, environment) for item in found)
        return found


class Condition(Protocol):
    """Something that holds of a place, does not, or cannot be said to."""

    def ask(self, place: Place, scope: Scope) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Condition, ...]

    def ask(self, place: Place, scope: Scope) -> Outcome:
        return every([part.ask(place, scope) for part in self.parts])


@dataclass(frozen=True, slots=True)
class Some:
    parts: tuple[Condition, ...]

    def ask(self, place: Place, scope: Scope) -> Outcome:
        return some([part.ask(place, scope) for part in self.parts])


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition

    def ask(self, place: Place, scope: Scope) -> Outcome:
        return negated(self.part.ask(place, scope))


@dataclass(frozen=True, slots=True)
class Test:
    """One operator with its operand, asked of the value at a place."""

    __test__ = False  # not one of pytest's

    operator: Operator
    operand: Operand

    def ask(self, place: Place, scope: Scope) -> Outcome:
        operand = self.operand.value(scope)
        if not isinstance(place.at, Attr):
            # Only where the schema is not known: a block where a value was meant.
            there = self.operator.name == "exists" and operand is True
            held = Verdict.PASS if there else Verdict.FAIL
            return leaf(Spot(place.path, place.at.header, "a block", self.operator.phrase(operand), held))
        held = self.operator.ask(place.at, operand)
        because = unknown_in(place.at) if held is Verdict.UNKNOWN else None
        return leaf(Spot(place.path, place.at, shown(place.at), self.operator.phrase(operand), held, because))

    def ask_blocks(self, found: Blocks, scope: Scope) -> Outcome:
        """Likewise of all blocks of a type."""
        operand = self.operand.value(scope)
        held = self.operator.ask(found.blocks, operand)
        blocks = found.blocks
        count = len(blocks.items)
        counted = bool(count) and self.operator.name != "exists"
        value = plural(count, "block") if counted else "set" if count else "not set"
        at = found.span if blocks.items or blocks.possible else found.header
        because = blocks.unknown if blocks.unknown is not None else blocks.merged
        return leaf(Spot(found.path, at, value, self.operator.phrase(operand), held, because, counted=counted))


@dataclass(frozen=True, slots=True)
class At:
    """A condition on what is at the end of a path: `inner` is asked of each place there, and `quantifier` says how many
    of them must satisfy it. `present` counts what is there alone; otherwise, where there is nothing, its absence is
    asked."""

    path: Path
    quantifier: Quantifier
    inner: Condition
    present: bool = False
    steps: tuple[Step, ...] = ()

    def ask(self, place: Place, scope: Scope) -> Outcome:
        found = settled(find(place, (*self.path.steps, *self.steps)), keep_missing=not self.present)
        return _quantified(self.quantifier, found, lambda here: self.inner.ask(here, scope), self._nothing(place))

    def _nothing(self, place: Place) -> Spot:
        """What to point at where not one is there."""
        found = find(place, self.path.steps)
        at = next((p.at for p in found.certain), place.at)
        where = at if isinstance(at, Attr) else at.header
        path = next((p.path for p in found.certain), self.path.text)
        which = "one that is" if self.quantifier == "any" else "none but those that are"
        return Spot(path, where, "not set", f"have {which} as the rule says", Verdict.FAIL)


@dataclass(frozen=True, slots=True)
class Count:
    """A test of all blocks of a type at once: whether there are any, and how many. `outer` leads to where they stand,
    perhaps to several places."""

    outer: tuple[Step, ...]
    block: Step
    test: Test
    quantifier: Quantifier

    def ask(self, place: Place, scope: Scope) -> Outcome:
        found = find(place, self.outer)
        return _quantified(self.quantifier, found, lambda here: self._at(here, scope), None)

    def _at(self, here: Place, scope: Scope) -> Outcome:
        if self.block.kind == "block" and isinstance(here.at, Attr):
            # There is nothing in which the blocks could stand.
            blocks = Blocks(
                f"{here.path}.{self.block.name}", Nested((), (), here.at.unknown), here.at.span, here.at.span
            )
            return self.test.ask_blocks(blocks, scope)
        if isinstance(here.at, BlockInstance) and (self.block.kind == "block" or self.block.name in here.at.blocks):
            return self.test.ask_blocks(blocks_at(here, self.block), scope)
        found = find(here, (self.block,))
        return _quantified(self.quantifier, found, lambda place: self.test.ask(place, scope), None)


def _quantified(quantifier: Quantifier, found: Found, ask: Callable[[Place], Outcome], nothing: Spot | None) -> Outcome:
    """What may not be there cannot decide; what there may be beside it leaves in doubt what it could change."""
    decisive = Verdict.FAIL if quantifier == "all" else Verdict.PASS
    parts = [ask(place) for place in found.certain]
    asked = [(ask(place), why) for place, why in found.possible]
    if not _whatever_is_there(found, [outcome for outcome, _ in asked], decisive):
        asked = [(doubted(outcome, decisive, why), why) for outcome, why in asked]
    parts += [outcome for outcome, _ in asked]
    parts += [_gap(place) for place in found.gaps]
    outcome = every(parts) if quantifier == "all" else some(parts)
    if not outcome.groups and nothing is not None:
        outcome = leaf(replace(nothing, held=outcome.verdict))
    return negated(outcome) if quantifier == "none" else outcome


def _whatever_is_there(found: Found, outcomes: Sequence[Outcome], decisive: Verdict) -> bool:
    """Whether all that may be there, and its absence too, comes to the same."""
    complete = not found.certain and not found.gaps and any(place.missing for place, _ in found.possible)
    return complete and all(outcome.verdict is decisive for outcome in outcomes)


def _gap(place: Place) -> Outcome:
    assert isinstance(place.at, Attr)
    return leaf(Spot(place.path, place.at, shown(place.at), "be as the rule says", Verdict.UNKNOWN, place.at.unknown))


def shown(attribute: Attr) -> str:
    """A value for messages; secrets are never told."""
    return _shown(attribute.value)


def _shown(value: Value) -> str:
    if value.sensitive:
        return "(sensitive)"
    if isinstance(value, Absent):
        return "not set"
    if isinstance(value, Known) and isinstance(value.data, tuple):
        items = [_shown(item) for item in value.data[:_ELEMENTS]]
        return f"[{', '.join(items)}{', …' if len(value.data) > _ELEMENTS else ''}]"
    if isinstance(value, Known) and isinstance(value.data, dict):
        return f"{{{', '.join(list(value.data)[:_ELEMENTS])}{', …' if len(value.data) > _ELEMENTS else ''}}}"
    text = Attr(value, _NOWHERE).shown
    return quoted(text) if isinstance(value, Known) and isinstance(value.data, str) else text


def unknown_in(attribute: Attr) -> Unknown | None:
    """Why a value, or something in it, is not known."""
    return next(unknowns(attribute.value), None)


def conjunction(parts: Sequence[Condition]) -> Condition:
    return parts[0] if len(parts) == 1 else All(tuple(parts))
