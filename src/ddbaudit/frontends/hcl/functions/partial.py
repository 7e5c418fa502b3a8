"""What can be said of a string of which only parts are known.

A text may be altered where it meets an unknown part: an accent that the unknown part begins with joins the letter
before it. So a letter at the end of a known text counts as uncertain, and texts beyond ASCII prove nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ddbaudit.frontends.hcl.functions.support import normalized, text, unknown_of
from ddbaudit.ir.types import STRING
from ddbaudit.ir.value import Hole, Known, Part, Unknown, Value, join_parts, parts_of

_JOINS_ACCENTS = frozenset("<=>")


def hidden(*values: Value) -> Hole:
    """The place of something that depends on what is unknown in `values`."""
    return Hole(unknown_of(STRING, *values))


def from_parts(parts: Sequence[Part], *values: Value) -> Value:
    """A string of these parts; where it is not known, that is for the reason that `values` have."""
    joined = join_parts(list(parts))
    if all(isinstance(part, str) for part in joined):
        return text(normalized("".join(part for part in joined if isinstance(part, str))))
    only_holes = all(isinstance(part, Hole) for part in joined)
    return Unknown(STRING, unknown_of(STRING, *values).cause, None if only_holes else joined, not_null=True)


def _certain(known: str) -> bool:
    """True when an unknown part behind the text cannot alter its last character."""
    last = known[-1]
    return last.isascii() and not last.isalpha() and last not in _JOINS_ACCENTS


def starts_with(value: Unknown, prefix: str) -> bool | None:
    """Whether the string starts with `prefix`; None when that is not certain."""
    if not prefix:
        return True
    first = value.parts[0] if value.parts else None
    if not isinstance(first, str):
        return None
    if first.startswith(prefix):
        return True if len(first) > len(prefix) or _certain(first) or len(value.parts or ()) == 1 else None
    return False if _differ(first, prefix) else None


def ends_with(value: Unknown, suffix: str) -> bool | None:
    """Whether the string ends with `suffix`; None when that is not certain."""
    if not suffix:
        return True
    last = value.parts[-1] if value.parts else None
    if not isinstance(last, str):
        return None
    if last.endswith(suffix):
        return True if suffix[0].isascii() or len(last) > len(suffix) else None
    return False if _differ(last[::-1], suffix[::-1]) else None


def contains(value: Unknown, wanted: str) -> bool | None:
    """True when a known part holds `wanted`; None otherwise."""
    if not wanted:
        return True
    parts = value.parts or ()
    for part in parts:
        if isinstance(part, str) and wanted in (part if part is parts[-1] or _certain(part) else part[:-1]):
            return True
    return None


def _differ(known: str, wanted: str) -> bool:
    """True when both have a differing ASCII character at some place."""
    pair = next(((x, y) for x, y in zip(known, wanted, strict=False) if x != y), None)
    return pair is not None and pair[0].isascii() and pair[1].isascii()


def map_texts(value: Value, change: Callable[[str], str]) -> Value:
    """Applies a change that goes character by character; symbols lose their identity, as they change too."""
    if not isinstance(value, Unknown):
        assert isinstance(value, Known)
        return from_parts([change(value.text)])
    parts = [change(p) if isinstance(p, str) else hidden(value) for p in parts_of(value)]
    return from_parts(parts, value)


def trim_ends(
    value: Unknown, left: Callable[[str], str] | None, right: Callable[[str], str] | None
) -> tuple[Part, ...] | None:
    """The parts without what `left` and `right` strip from the ends; None when stripping could reach further than the
    known texts at the ends."""
    parts = list(value.parts or ())
    for place, strip in ((0, left), (-1, right)):
        if strip is None:
            continue
        part = parts[place] if parts else None
        if not isinstance(part, str) or not strip(part):
            return None
        parts[place] = strip(part)
    return tuple(parts)
