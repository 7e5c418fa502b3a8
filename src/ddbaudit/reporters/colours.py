"""Colours of verdicts that people with any kind of colour vision tell apart, after Okabe and Ito
(https://jfly.uni-koeln.de/color/). No verdict is told by its colour alone: each has a mark and a word too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ddbaudit.sdk.graph import State

STROKES: Final[Mapping[State, str]] = {
    State.FAIL: "#d55e00",
    State.UNKNOWN: "#aa4499",
    State.WARNING: "#e69f00",
    State.SUPPRESSED: "#777777",
    State.PASS: "#009e73",
    State.NONE: "#999999",
}
FILLS: Final[Mapping[State, str]] = {
    State.FAIL: "#fde3d3",
    State.UNKNOWN: "#f3dff0",
    State.WARNING: "#fdf0d0",
    State.SUPPRESSED: "#eeeeee",
    State.PASS: "#d9f2e9",
    State.NONE: "#f7f7f7",
}
MARKS: Final[Mapping[State, str]] = {
    State.FAIL: "✗",
    State.UNKNOWN: "?",
    State.WARNING: "!",
    State.SUPPRESSED: "~",
    State.PASS: "✓",
    State.NONE: "",
}
WORDS: Final[Mapping[State, str]] = {
    State.FAIL: "violation",
    State.UNKNOWN: "unknown",
    State.WARNING: "warning",
    State.SUPPRESSED: "suppressed",
    State.PASS: "passed",
    State.NONE: "not judged",
}
EDGE: Final = "#5b6b7b"
