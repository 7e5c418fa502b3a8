"""Wildcard patterns and partly known strings, compared with three answers.

Both sides are sequences of atoms. A pattern has characters, `*` and `?` as IAM reads them, and gaps; a subject has
characters and gaps. A gap is a part that is not known: two gaps with the same key are the same text. `match` says PASS
when the pattern matches whatever the gaps hold, FAIL when it cannot match, else UNKNOWN.
"""

from __future__ import annotations

import enum
import string
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Hole, Part, Symbol


class Wild(enum.Enum):
    """`*`: ANY matches everything, INNER stops at a colon. `?`: ONE."""

    ANY = enum.auto()
    INNER = enum.auto()
    ONE = enum.auto()


NAME_CHARACTERS = frozenset(string.ascii_letters + string.digits + "_.-")


@dataclass(frozen=True, slots=True)
class Gap:
    """Text that is not known. `characters` limits what can stand there (None: anything, wildcards too).

    `free` marks a gap that whatever the other side says is taken to be, such as the account id of one's own tables: in
    a subject it is matched by any text of its characters, in a pattern it matches any such text. `every` marks a gap of
    a subject that stands for every such text at once: only a wildcard matches that.
    """

    key: Hashable
    characters: frozenset[str] | None = None
    free: bool = False
    every: bool = False


Atom: TypeAlias = str | Wild | Gap
Atoms: TypeAlias = tuple[Atom, ...]

_ONE_MORE = "one-more"


EVERY = "\uffff"
"""In the text of `wild_match`: what only `*` matches. No Unicode text has it."""


def wild_match(pattern: str, text: str) -> bool:
    """Whether `*` (any text) and `?` (one character) make the pattern match the whole text. Never more than
    len(pattern) × len(text) steps."""
    at = here = 0
    star, resume = -1, 0
    while here < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, resume = at, here
            at += 1
        elif at < len(pattern) and (pattern[at] == text[here] or (pattern[at] == "?" and text[here] != EVERY)):
            at += 1
            here += 1
        elif star >= 0:
            resume += 1
            at, here = star + 1, resume
        else:
            return False
    return all(c == "*" for c in pattern[at:])


def gap_of(part: Symbol | Hole) -> Gap:
    """A gap with the identity of the part: a symbol's, or that of the unknown value in a hole."""
    return Gap(part if isinstance(part, Symbol) else id(part.value))


def literal(parts: Iterable[Part], characters: frozenset[str] | None = None) -> Atoms:
    """Parts as a subject: no wildcards, symbols and holes as gaps."""
    atoms: list[Atom] = []
    for part in parts:
        if isinstance(part, str):
            atoms.extend(part)
        else:
            atoms.append(Gap(gap_of(part).key, characters))
    return tuple(atoms)


def same(left: Atoms, right: Atoms) -> Verdict:
    """Whether two partly known strings are equal."""
    if left == right:
        return Verdict.PASS
    return Verdict.UNKNOWN if _reaches(left, right, _possible) else Verdict.FAIL


def match(pattern: Atoms, subject: Atoms) -> Verdict:
    if _reaches(pattern, subject, _certain):
        return Verdict.PASS
    return Verdict.UNKNOWN if _reaches(pattern, subject, _possible) else Verdict.FAIL


_Step: TypeAlias = Callable[[Atom, Atom], bool]


def _reaches(pattern: Atoms, subject: Atoms, agree: _Step) -> bool:
    """Searches the pairs of positions; an atom that repeats may stay while the other side moves on."""
    lenient = agree is _possible
    todo = [(0, 0)]
    seen = {(0, 0)}
    while todo:
        i, j = todo.pop()
        if i == len(pattern) and j == len(subject):
            return True
        for step in _moves(pattern, subject, i, j, agree, lenient):
            if step not in seen:
                seen.add(step)
                todo.append(step)
    return False


def _moves(pattern: Atoms, subject: Atoms, i: int, j: int, agree: _Step, lenient: bool) -> Iterable[tuple[int, int]]:
    p = pattern[i] if i < len(pattern) else None
    s = subject[j] if j < len(subject) else None
    if p is not None and _skippable(p, lenient):
        yield i + 1, j
    if s is not None and _skippable(s, lenient):
        yield i, j + 1
    if p is None or s is None or not agree(p, s):
        return
    yield i + 1, j + 1
    if _repeats(p, lenient):
        yield i, j + 1
    if _repeats(s, lenient):
        yield i + 1, j


def _skippable(atom: Atom, lenient: bool) -> bool:
    """Atoms that may stand for nothing. A free gap is never empty: an ARN without a region is not a table's."""
    if isinstance(atom, Gap):
        return lenient and not atom.free and not atom.every
    return atom in (Wild.ANY, Wild.INNER)


def _repeats(atom: Atom, lenient: bool) -> bool:
    if isinstance(atom, Gap):
        return (lenient and not atom.every) or atom.free
    return atom in (Wild.ANY, Wild.INNER)


def _certain(pattern: Atom, subject: Atom) -> bool:
    """Whether the pattern's atom matches the subject's, whatever is not known about both."""
    if pattern is Wild.ANY:
        return True
    if isinstance(subject, Gap):
        if isinstance(pattern, Gap):
            return pattern.key == subject.key or (pattern.free and subject.free)
        if pattern is Wild.INNER:
            return subject.characters is not None and ":" not in subject.characters
        return subject.free and isinstance(pattern, str) and _may_hold(subject, pattern)
    if isinstance(pattern, Gap):
        return pattern.free and isinstance(subject, str) and _may_hold(pattern, subject)
    return pattern is Wild.ONE or (pattern is Wild.INNER and subject != ":") or pattern == subject


def _possible(pattern: Atom, subject: Atom) -> bool:
    """Whether one character could be common to both atoms."""
    if isinstance(subject, Gap) and subject.every:
        return _certain(pattern, subject) or (isinstance(pattern, Gap) and not pattern.free)
    if isinstance(pattern, Gap) and isinstance(subject, Gap):
        return pattern.characters is None or subject.characters is None or bool(pattern.characters & subject.characters)
    if isinstance(pattern, Gap):
        return not isinstance(subject, str) or _may_hold(pattern, subject)
    if isinstance(subject, Gap):
        return not isinstance(pattern, str) or _may_hold(subject, pattern)
    return pattern in (Wild.ANY, Wild.ONE) or (pattern is Wild.INNER and subject != ":") or pattern == subject


def _may_hold(gap: Gap, character: str) -> bool:
    return gap.characters is None or character in gap.characters
