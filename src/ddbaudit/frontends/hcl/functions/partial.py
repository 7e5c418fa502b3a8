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


def _core(parts: Sequence[Part], place: int) -> str:
    """What no unknown neighbour can alter of a known text: marks at its beginning may join what comes before, and what
    comes behind may begin with marks that join its end."""
    known = parts[place]
    if not isinstance(known, str):
        return ""
    if place > 0:
        known = known.lstrip(_beyond_ascii(known))
    if place < len(parts) - 1:
        known = known.rstrip(_beyond_ascii(known))
        if known and (known[-1].isalpha() or known[-1] in _JOINS_ACCENTS):
            known = known[:-1]
    return known


def _beyond_ascii(known: str) -> str:
    """The characters beyond ASCII that occur in a text."""
    return "".join(char for char in known if not char.isascii())


def starts_with(value: Unknown, prefix: str) -> bool | None:
    """Whether the string starts with `prefix`; None when that is not certain."""
    if not prefix:
        return True
    parts = value.parts
    if not parts or not isinstance(parts[0], str):
        return None
    if _core(parts, 0).startswith(prefix):
        return True
    return False if _differ(parts[0], prefix) else None


def ends_with(value: Unknown, suffix: str) -> bool | None:
    """Whether the string ends with `suffix`; None when that is not certain."""
    if not suffix:
        return True
    parts = value.parts
    if not parts or not isinstance(parts[-1], str):
        return None
    if _core(parts, len(parts) - 1).endswith(suffix):
        return True
    return False if _differ(parts[-1][::-1], suffix[::-1]) else None


def contains(value: Unknown, wanted: str) -> bool | None:
    """True when a known part holds `wanted`; None otherwise."""
    parts = value.parts or ()
    if not wanted or any(wanted in _core(parts, place) for place in range(len(parts))):
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
