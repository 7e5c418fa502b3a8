"""Matching strings of which only parts are known, in linear time.

A pattern becomes a non-deterministic automaton; an unknown part of a string leads to every state that some text could
lead to. So a match is certain, impossible (and from which character on), or neither. Python's `re` can say none of
that, and backtracks on hostile patterns.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias, Union

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Part, part_width

MAX_STATES: Final = 20_000


@dataclass(frozen=True, slots=True)
class Chars:
    """One character within (or, `negated`, outside of) the ranges."""

    ranges: tuple[tuple[str, str], ...]
    negated: bool = False

    def __contains__(self, char: str) -> bool:
        return any(low <= char <= high for low, high in self.ranges) != self.negated


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """`least` to `most` times; None is no limit."""

    item: Node
    least: int
    most: int | None


Node: TypeAlias = Union[Chars, Sequence, Choice, Repeat]  # noqa: UP007

ANY: Final = Chars((), negated=True)
ANYTHING: Final = Repeat(ANY, 0, None)


def literal(text: str) -> Node:
    """Exactly that text."""
    return Sequence(tuple(Chars(((char, char),)) for char in text))


class Automaton:
    """Built of a node once, run any number of times. ValueError when it would be larger than `MAX_STATES`."""

    def __init__(self, node: Node) -> None:
        self._free: list[list[int]] = []
        self._steps: list[list[tuple[Chars, int]]] = []
        self._start = self._state()
        self._end = self._build(node, self._start)

    def run(self, parts: Iterable[Part]) -> tuple[Verdict, int]:
        """PASS or UNKNOWN when the string can match, FAIL when it cannot whatever the unknown parts are; then with
        the first character at fault, counted over the known text (the last one when the string ends too early)."""
        states = self._closure({self._start})
        verdict, offset = Verdict.PASS, 0
        for part in parts:
            if not isinstance(part, str):
                states, verdict = self._flood(states), Verdict.UNKNOWN
                offset += part_width(part)
                continue
            for char in part:
                states = self._closure({to for s in states for chars, to in self._steps[s] if char in chars})
                if not states:
                    return Verdict.FAIL, offset
                offset += 1
        return (verdict, 0) if self._end in states else (Verdict.FAIL, max(offset - 1, 0))

    def _state(self) -> int:
        if len(self._free) >= MAX_STATES:
            raise ValueError("the pattern is too large")
        self._free.append([])
        self._steps.append([])
        return len(self._free) - 1

    def _build(self, node: Node, at: int) -> int:
        """Adds the node behind a state and returns the state behind it."""
        match node:
            case Chars():
                end = self._state()
                self._steps[at].append((node, end))
            case Sequence():
                end = at
                for item in node.items:
                    end = self._build(item, end)
            case Choice():
                ends = [self._build(item, self._behind(at)) for item in node.items]
                end = self._state()
                for inner in ends:
                    self._free[inner].append(end)
            case _:
                end = self._repeat(node, at)
        return end

    def _behind(self, at: int) -> int:
        state = self._state()
        self._free[at].append(state)
        return state

    def _repeat(self, node: Repeat, at: int) -> int:
        for _ in range(node.least):
            at = self._build(node.item, at)
        if node.most is None:
            loop = self._behind(at)
            self._free[self._build(node.item, loop)].append(loop)
            return self._behind(loop)
        end = self._state()
        for _ in range(node.most - node.least):
            self._free[at].append(end)
            at = self._build(node.item, self._behind(at))
        self._free[at].append(end)
        return end

    def _closure(self, states: set[int]) -> set[int]:
        return self._reach(states, follow=False)

    def _flood(self, states: set[int]) -> set[int]:
        return self._reach(states, follow=True)

    def _reach(self, states: set[int], *, follow: bool) -> set[int]:
        """All states that can be reached without a character or, `follow`, with any."""
        seen, stack = set(states), list(states)
        while stack:
            here = stack.pop()
            onward = [*self._free[here], *(to for _, to in self._steps[here])] if follow else self._free[here]
            for state in onward:
                if state not in seen:
                    seen.add(state)
                    stack.append(state)
        return seen
