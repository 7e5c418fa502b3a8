"""Where a value came from: the expressions and definitions behind it."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ddbaudit.foundation.source import Span


class Origin:
    """Where a value came from.

    `span` is the expression (or tfvars entry) that gave the value; None for values from the command line or the process
    environment. `note` names what is defined there (`local.kms`, `var.kms`, `--var kms`), empty for plain expressions.
    `parents` are the origins of the ingredients, the weightiest first. For strings made by a template, `widths` gives
    the number of characters that each parent contributed, in order.
    """

    __slots__ = ("note", "parents", "span", "widths")

    def __init__(
        self,
        span: Span | None,
        note: str = "",
        parents: tuple[Origin, ...] = (),
        widths: tuple[int, ...] | None = None,
    ) -> None:
        self.span = span
        self.note = note
        self.parents = parents
        self.widths = widths

    def named(self, note: str) -> Origin:
        return Origin(self.span, note, self.parents, self.widths)

    def at(self, offset: int) -> Origin:
        """The origin of the part of a template string that holds the character at `offset`; itself if not a
        template."""
        here: Origin = self
        while True:
            if here.widths is None:
                if len(here.parents) == 1:
                    here = here.parents[0]
                    continue
                return here
            for parent, width in zip(here.parents, here.widths, strict=True):
                if offset < width:
                    here = parent
                    break
                offset -= width
            else:
                return here

    def chain(self, offset: int | None = None) -> list[Origin]:
        """The way back from the expression to the cause, this origin first.

        At a template the part that holds the character `offset` is followed, otherwise the first part that is not
        plain text; elsewhere the first parent. Never longer than 64 links.
        """
        links: list[Origin] = []
        here: Origin | None = self
        while here is not None and len(links) < 64:
            links.append(here)
            here, offset = _next(here, offset)
        return links

    def hide_literals(self) -> None:
        """No report may quote what is written at the end of the way, which a secret came by."""
        end = self.chain()[-1]
        if end.span is not None:
            end.span.hide_literals()

    def toward(self, places: Sequence[Span]) -> list[Origin]:
        """The way to the smallest expression that holds the most of these places; the plain chain when none holds any.

        At most 4,096 origins are looked at; what lies beyond is not found.
        """
        best: list[Origin] = []
        score = (0, -sys.maxsize)
        stack: list[tuple[Origin, tuple[Origin, ...]]] = [(self, ())]
        looked = 0
        while stack and looked < 4096:
            here, trail = stack.pop()
            looked += 1
            if here in trail:
                continue
            trail = (*trail, here)
            held = _held(here.span, places)
            if held and (held, -_length(here.span)) > score:
                score, best = (held, -_length(here.span)), list(trail)
            stack.extend((parent, trail) for parent in reversed(here.parents))
        return best or self.chain()


def _held(span: Span | None, places: Sequence[Span]) -> int:
    if span is None:
        return 0
    return sum(1 for p in places if p.source is span.source and span.start <= p.start and p.end <= span.end)


def _length(span: Span | None) -> int:
    return span.end - span.start if span is not None else 0


def _next(here: Origin, offset: int | None) -> tuple[Origin | None, int | None]:
    if not here.parents:
        return None, None
    if here.widths is None:
        return here.parents[0], offset if len(here.parents) == 1 else None
    if offset is not None:
        for parent, width in zip(here.parents, here.widths, strict=True):
            if offset < width:
                return parent, offset
            offset -= width
        return None, None
    for parent in here.parents:
        if parent.note or parent.parents:
            return parent, None
    return None, None
