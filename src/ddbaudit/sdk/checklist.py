"""The success criteria of design documents, each with its mark and what the mark rests on."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from ddbaudit.foundation.source import Span


class Mark(enum.Enum):
    """MET: every proof holds. UNMET: one is refuted. OPEN: one cannot be told, so that it is no tick. BY_HAND: what
    the criterion asks for is not in Terraform; somebody else must say."""

    MET = "met"
    UNMET = "unmet"
    OPEN = "open"
    BY_HAND = "by-hand"


@dataclass(frozen=True, slots=True)
class Reference:
    """A finding that a mark rests on: rule, address, environments, the message, its place and its fingerprint."""

    rule: str
    address: str
    environments: tuple[str, ...]
    message: str
    place: Span
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One proof of a criterion: what it says for itself, and the findings behind it."""

    mark: Mark
    text: str
    findings: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """A criterion in our words; `place` is where it stands in the document."""

    id: str
    says: str
    place: str
    evidence: tuple[Evidence, ...]

    @property
    def mark(self) -> Mark:
        """The worst of its proofs; by hand only where nothing else is asked."""
        marks = {evidence.mark for evidence in self.evidence}
        return next((m for m in (Mark.UNMET, Mark.OPEN, Mark.BY_HAND) if m in marks), Mark.MET)


@dataclass(frozen=True, slots=True)
class Checklist:
    """The criteria of one document, over the environments in which they are asked for."""

    name: str
    document: str
    environments: tuple[str, ...]
    items: tuple[Item, ...]

    def count(self, mark: Mark) -> int:
        return sum(item.mark is mark for item in self.items)


def exit_code(checklists: Sequence[Checklist]) -> int:
    """1 when a criterion is not met, else 3 when one cannot be told, else 0. What is left to somebody's hand counts for
    nothing: the list is there to be signed."""
    marks = {item.mark for checklist in checklists for item in checklist.items}
    if Mark.UNMET in marks:
        return 1
    return 3 if Mark.OPEN in marks else 0
