"""Where heredocs end, and how `<<-` takes the common indentation off their lines."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import NamedTuple

# What Go's unicode.IsSpace holds for a space: HCL trims these around end markers, by `~` and by `<<-`.
SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_BLANK = SPACE.replace("\n", "")
_LONE_WORD = re.compile(rf"\n([{_BLANK}]*+)([^\x00-@\[-^`{{-\x7f][^\s$%\"']*+)[{_BLANK}]*+(?=\n)")
_LINE = re.compile(r"[^\n]*+\n")


class Marker(NamedTuple):
    """A line that holds a single word; `line` is the offset of the line, `stop` that of its line feed."""

    line: int
    start: int
    end: int
    stop: int


class MarkerLines:
    """Finds end markers; the text is searched once, however many heredocs lack their marker."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._searched = 0
        self._lines: dict[str, list[Marker]] = {}

    def find(self, word: str, offset: int) -> Marker | None:
        """The first line at or behind `offset` that holds nothing but `word`."""
        known = self._lines.setdefault(word, [])
        index = bisect_left(known, (offset, 0, 0, 0))
        if index < len(known):
            return known[index]
        while match := _LONE_WORD.search(self._text, self._searched):
            self._searched = match.end()
            marker = Marker(match.start(1), match.start(2), match.end(2), match.end())
            self._lines.setdefault(match[2], []).append(marker)
            if match[2] == word and marker.line >= offset:
                return marker
        self._searched = len(self._text)
        return None


def indentation(line: str) -> int | None:
    """How many blanks a line begins with; None for a blank line, which does not count."""
    rest = line.lstrip(SPACE)
    return None if not rest and line.endswith("\n") else len(line) - len(rest)


def dedent(text: str) -> str:
    """The text of a `<<-` heredoc without sequences: the smallest indentation taken off all lines but blank ones."""
    lines = _LINE.findall(text)
    widths = [indentation(line) for line in lines]
    least = min((width for width in widths if width is not None), default=0)
    return "".join(line if width is None else line[least:] for line, width in zip(lines, widths, strict=True))
