"""Styled lines, printed plain or in colour.

A line is a list of (text, style) segments. Plain output joins the texts and loads nothing; only a colour terminal
imports rich, and then builds `Text` objects: no markup string ever holds data.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TextIO

from ddbaudit.foundation.text import safe_text

if TYPE_CHECKING:
    from rich.console import Console

Segment = tuple[str, str]
Line = list[Segment]

STYLES: Mapping[str, str] = {
    "": "",
    "error": "bold red",
    "warning": "bold yellow",
    "unknown": "bold magenta",
    "ok": "bold green",
    "title": "bold",
    "gutter": "blue",
    "primary": "bold red",
    "secondary": "bold blue",
    "note": "cyan",
    "help": "green",
    "dim": "dim",
}


def clean(text: str) -> str:
    """Untrusted text for one line of output; under GitHub Actions also without live workflow commands.

    The runner acts on `::` at the start of a line (after blanks) and on `##[` anywhere (actions/runner,
    ActionCommand.cs).
    """
    text = safe_text(text)
    if os.environ.get("GITHUB_ACTIONS") == "true":
        text = text.replace("::", ":\u200b:").replace("##[", "##\u200b[")
    return text


def plain(lines: Iterable[Line]) -> str:
    """The lines without any style."""
    return "".join("".join(text for text, _ in line).rstrip() + "\n" for line in lines)


def coloured(lines: Iterable[Line], console: Console) -> None:
    """Prints the lines in colour."""
    from rich.text import Text

    for line in lines:
        text = Text()
        for content, style in line:
            text.append(content, STYLES[style])
        console.print(text, soft_wrap=True, markup=False, highlight=False, emoji=False)


def wants_colour(stream: TextIO, environ: Mapping[str, str], choice: bool | None) -> bool:
    """The user's word first, then NO_COLOR (https://no-color.org), FORCE_COLOR, then whether it is a capable
    terminal."""
    if choice is not None:
        return choice
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and environ.get("TERM") != "dumb"


def width_of(text: str) -> int:
    """Terminal cells that a text takes: East Asian wide characters two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(_cells(char) for char in text)


def _cells(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def wrap(segments: Sequence[Segment], width: int | None, indent: int) -> Iterator[Line]:
    """Breaks a line at blanks so that it fits the width, continuation lines indented; None: as it is."""
    if width is None or sum(width_of(t) for t, _ in segments) <= width:
        yield list(segments)
        return
    line: Line = []
    used = 0
    for text, style in segments:
        for word in _words(text):
            cells = width_of(word)
            if used + width_of(word.rstrip()) > width and used > indent:
                yield line
                line, used = [(" " * indent, "")], indent
                word = word.lstrip()
                cells = width_of(word)
            line.append((word, style))
            used += cells
    if line:
        yield line


def _words(text: str) -> Iterator[str]:
    """Words with the blanks behind them."""
    start = 0
    while start < len(text):
        end = text.find(" ", start)
        if end < 0:
            yield text[start:]
            return
        while end < len(text) and text[end] == " ":
            end += 1
        yield text[start:end]
        start = end
