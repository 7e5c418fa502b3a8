"""Source lines with marks under them."""

from __future__ import annotations

import pytest

from ddbaudit.foundation.source import SourceFile
from ddbaudit.reporters.frames import frame
from ddbaudit.reporters.style import plain


def shown(text: str, marked: str, label: str = "", width: int | None = None) -> list[str]:
    """The lines of a frame around the first occurrence of `marked`, without the first bar."""
    source = SourceFile("a.tf", text)
    start = text.index(marked)
    lines = frame(source.span(start, start + len(marked)), label, gutter=1, primary=True, width=width)
    return plain(lines).splitlines()[1:]


@pytest.mark.parametrize(
    ("text", "marked", "expected"),
    [
        ("a = 1", "1", ["1 | a = 1", "  |     ^ here"]),
        ("a\t= 1", "1", ["1 | a    = 1", "  |        ^ here"]),
        ("\ta = 1", "a", ["1 |     a = 1", "  |     ^ here"]),
        ("名 = 前", "前", ["1 | 名 = 前", "  |      ^^ here"]),
        ("e\u0301 = 1", "1", ["1 | e\u0301 = 1", "  |     ^ here"]),
        ("a = 1 # \x1b[31m", "1", ["1 | a = 1 # \\x1b[31m", "  |     ^ here"]),
        ("a = \u202e1", "1", ["1 | a = \\u202e1", "  |           ^ here"]),
        ("a = f(\n  1\n)\n", "f(\n  1\n)", ["1 | a = f(", "  |     ^^ (to line 3) here"]),
        ("a = 1\r\nb = 2\r\n", "2", ["2 | b = 2", "  |     ^ here"]),
        ("a =", "", ["1 | a =", "  | ^ here"]),
    ],
)
def test_the_marks_stand_under_what_they_mean(text: str, marked: str, expected: list[str]) -> None:
    assert shown(text, marked, "here") == expected


def test_an_empty_span_behind_the_last_character_is_marked() -> None:
    source = SourceFile("a.tf", "a =")
    lines = plain(frame(source.span(3, 3), "", gutter=1, primary=True, width=None)).splitlines()
    assert lines[1:] == ["1 | a =", "  |    ^"]


def test_a_file_without_text_has_no_frame() -> None:
    assert list(frame(SourceFile("a.tf", "").span(0, 0), "", gutter=1, primary=True, width=None)) == []


def test_a_label_that_does_not_fit_stands_below() -> None:
    lines = shown("a = 1234567890", "1234567890", "this label has many words", 36)
    assert lines == ["1 | a = 1234567890", "  |     ^^^^^^^^^^", "  |     this label has many words"]


@pytest.mark.parametrize("width", [30, 50, 80, 100])
def test_long_lines_are_cut_around_what_is_marked(width: int) -> None:
    lines = shown(f"a = [{'x' * 300}, WRONG, {'y' * 300}]", "WRONG", "", width)
    assert len(lines[0]) <= width + 1
    at = lines[0].index("WRONG")
    assert lines[1][at : at + 5] == "^^^^^"


def test_what_is_marked_may_itself_be_too_long() -> None:
    lines = shown(f'a = "{"x" * 500}"', f'"{"x" * 500}"', "", 60)
    assert max(map(len, lines)) <= 60
    assert lines[0].endswith("…")
