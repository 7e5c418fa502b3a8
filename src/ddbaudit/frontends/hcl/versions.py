"""Which version of a provider a configuration asks for, and whether the schema at hand can speak for it.

Source: https://developer.hashicorp.com/terraform/language/expressions/version-constraints . Terraform chooses one
version for a whole configuration, so every module's constraints count; `.terraform.lock.hcl` says what was chosen.
A schema speaks for the versions of its own major: within one, the provider adds and does not take away.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from ddbaudit.foundation.source import Span
from ddbaudit.frontends.hcl.filesystem import LOCK
from ddbaudit.ir.schema import SCHEMA_VERSION
from ddbaudit.ir.value import Cause

Version = tuple[int, ...]

_AT_HAND: Version = tuple(int(part) for part in SCHEMA_VERSION.split("."))
_TERM = re.compile(r"\s*(=|!=|>=|<=|>|<|~>|)\s*v?([0-9]+(?:\.[0-9]+){0,2})\s*(?:[-+][\w.+-]*)?\s*", re.ASCII)
_LOCKED = re.compile(r'^provider "[^"\n]*/hashicorp/aws" \{\s*version\s*=\s*"([0-9.]+)', re.MULTILINE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Requirement:
    """A version constraint on a provider type (`aws`) and where it stands."""

    provider: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why the schema at hand cannot speak for a configuration. `later`: a later major counts, and none before it.
    `also`: the schema's own major is admitted too, so that only what a later one may have added is doubtful."""

    cause: Cause
    later: bool
    also: bool = False


_OPEN = Cause(
    "unsupported",
    f"the configuration admits later versions of hashicorp/aws, and the schema at hand is that of {SCHEMA_VERSION}",
)


def doubt(requirements: Iterable[Requirement], lock: str | None) -> Doubt | None:
    """Whether the newest version that is admitted, which `terraform init` would choose, is of the schema's major; what
    is locked decides alone."""
    if lock is not None and (locked := _LOCKED.search(lock)) is not None:
        if int(locked[1].split(".")[0]) == _AT_HAND[0]:
            return None
        return _doubt(f"version {locked[1]} ({LOCK})", None, [f"= {locked[1]}"])
    asked = [r for r in requirements if r.provider == "aws"]
    texts = [r.text for r in asked]
    if _admits(_AT_HAND[0], texts):
        return Doubt(_OPEN, later=True, also=True) if _admits(_AT_HAND[0] + 1, texts) else None
    least = next((r for r in asked if not _admits(_AT_HAND[0], [r.text])), asked[0])
    return _doubt(f'"{least.text}"', least.span, texts)


def _doubt(what: str, span: Span | None, constraints: list[str]) -> Doubt:
    text = f"the configuration asks for {what} of hashicorp/aws, and the schema at hand is that of {SCHEMA_VERSION}"
    later = not any(_admits(major, constraints) for major in range(_AT_HAND[0]))
    return Doubt(Cause("unsupported", text, span), later)


def _admits(major: int, constraints: Iterable[str]) -> bool:
    """Whether some version of the major satisfies all constraints; a constraint that is not understood does not
    count."""
    parsed = [term for text in constraints for term in _terms(text)]
    minors = {0, 1000} | {v[1] + d for _, v in parsed for d in (-1, 0, 1) if len(v) > 1}
    patches = {0, 1000} | {v[2] + d for _, v in parsed for d in (-1, 0, 1) if len(v) > 2}
    candidates = ((major, minor, patch) for minor in minors for patch in patches if minor >= 0 and patch >= 0)
    return any(all(_holds(operator, v, bound) for operator, bound in parsed) for v in candidates)


@cache
def _terms(text: str) -> tuple[tuple[str, Version], ...]:
    found = [_TERM.fullmatch(part) for part in text.split(",")]
    if not all(found):
        return ()
    return tuple((m[1] or "=", tuple(int(n) for n in m[2].split("."))) for m in found if m is not None)


_COMPARE: Mapping[str, Callable[[Version, Version], bool]] = {
    "=": lambda v, bound: v == bound,
    "!=": lambda v, bound: v != bound,
    ">": lambda v, bound: v > bound,
    ">=": lambda v, bound: v >= bound,
    "<": lambda v, bound: v < bound,
    "<=": lambda v, bound: v <= bound,
}


def _holds(operator: str, version: Version, bound: Version) -> bool:
    whole = (*bound, 0, 0)[:3]
    if operator == "~>":
        kept = max(len(bound) - 1, 1)
        return version >= whole and version[:kept] == whole[:kept]
    return _COMPARE[operator](version, whole)


def read_lock(root: str, read: Callable[[str], bytes]) -> str | None:
    """The text of the lock file beside a root module."""
    try:
        return read(os.path.join(root, LOCK)).decode("utf-8", "replace")
    except OSError:
        return None


def closure(start: str, calls: Callable[[str], Iterable[str]]) -> Iterator[str]:
    """A directory and all that its modules call, each once."""
    seen: dict[str, None] = {}
    waiting = [start]
    while waiting:
        directory = waiting.pop()
        if directory not in seen:
            seen[directory] = None
            yield directory
            waiting.extend(calls(directory))
