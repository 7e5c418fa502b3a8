"""Texts of which only parts are known: what can be said of them all the same."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Part, Unknown, parts_of


def equal_text(value: Unknown, text: str) -> Verdict:
    """Whether a text of known and unknown parts is this one: FAIL when it cannot be, never PASS."""
    return Verdict.UNKNOWN if _may_be(parts_of(value), text) else Verdict.FAIL


def _may_be(parts: Sequence[Part], text: str) -> bool:
    """Whether some text in the place of each unknown part makes this text. Linear: each known part is taken where it
    comes first."""
    at = 0
    loose = False
    for index, part in enumerate(parts):
        if not isinstance(part, str):
            loose = True
            continue
        if index == len(parts) - 1 and loose:
            return len(text) - at >= len(part) and text.endswith(part)
        found = text.find(part, at) if loose else (at if text.startswith(part, at) else -1)
        if found < 0:
            return False
        at = found + len(part)
        loose = False
    return loose or at == len(text)


def starts_with(value: Unknown, text: str) -> Verdict:
    known = _edge(parts_of(value)[:1])
    if known.startswith(text):
        return Verdict.PASS
    return Verdict.UNKNOWN if text.startswith(known) else Verdict.FAIL


def ends_with(value: Unknown, text: str) -> Verdict:
    known = _edge(parts_of(value)[-1:])
    if known.endswith(text):
        return Verdict.PASS
    return Verdict.UNKNOWN if text.endswith(known) else Verdict.FAIL


def contains_text(value: Unknown, text: str) -> Verdict:
    text = unicodedata.normalize("NFC", text)
    found = any(isinstance(part, str) and text in part for part in parts_of(value))
    return Verdict.PASS if found else Verdict.UNKNOWN


def _edge(parts: Sequence[Part]) -> str:
    return "".join(part for part in parts if isinstance(part, str))


def text_length(text: str) -> int:
    """The number of code points."""
    return len(unicodedata.normalize("NFC", text))
