"""Files and places: every finding, diagnostic and value points at a `Span` of a `SourceFile`."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple

_QUOTED = re.compile(r'(?<=")[^"\n]*(?=")')
_VISIBLE = re.compile(r"\S")


class Position(NamedTuple):
    """A place in a file: line and column are 1-based, columns count code points."""

    line: int
    column: int


class SourceFile:
    """The decoded text of one input file.

    `path` is the path as it is shown to people and written to reports: relative to the working directory where
    possible, with `/` separators. Offsets are code points into `text`, which keeps CRLF and never holds a BOM.

    Secrets may be written in a file: what is hidden with `hide` does not leave by `quoted` and `Span.quoted`, and
    reports quote nothing else.
    """

    __slots__ = ("_hidden", "_starts", "path", "text")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self._starts: list[int] | None = None
        self._hidden: set[tuple[int, int]] = set()

    def __repr__(self) -> str:
        return f"SourceFile({self.path!r})"

    def _line_starts(self) -> list[int]:
        if self._starts is None:
            starts = [0]
            find = self.text.find
            at = find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = find("\n", at + 1)
            self._starts = starts
        return self._starts

    def position(self, offset: int) -> Position:
        """The line and column of an offset; offsets past the end are clamped to it."""
        starts = self._line_starts()
        offset = min(max(offset, 0), len(self.text))
        line = bisect_right(starts, offset)
        return Position(line, offset - starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """The text of a 1-based line without its line ending; nothing for a line behind the last."""
        starts = self._line_starts()
        begin = self.offset(number)
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[begin:end].rstrip("\r\n")

    def offset(self, line: int) -> int:
        """Where a 1-based line begins; the end of the text for a line behind the last."""
        starts = self._line_starts()
        return starts[line - 1] if line <= len(starts) else len(self.text)

    def hide(self, start: int, end: int) -> None:
        """From now on the stretch is quoted as asterisks, character for character."""
        self._hidden.add((start, end))

    def quoted(self, number: int) -> str:
        """A line as reports may quote it."""
        begin = self._line_starts()[number - 1]
        return self.masked(begin, begin + len(self.line(number)))

    def masked(self, start: int, end: int) -> str:
        """A stretch of the text with what is hidden in it as asterisks."""
        text = self.text[start:end]
        for first, last in sorted(self._hidden):
            if first < end and last > start:
                at, to = max(first - start, 0), min(last, end) - start
                text = text[:at] + _VISIBLE.sub("*", text[at:to]) + text[to:]
        return text

    def span(self, start: int, end: int) -> Span:
        return Span(self, start, end)

    def where(self, offset: int) -> str:
        """The place of an offset as people read it, without the path: `12:5`."""
        line, column = self.position(offset)
        return f"{line}:{column}"


class StructuredFile(SourceFile):
    """A file whose places are paths of attributes and not text: a plan or a state.

    Offsets are the numbers of places, in the order in which they were made; `text` is empty, so nothing of such a file
    is ever quoted (a plan holds secrets in clear). Where the file is text, a place also has the position of the object
    that it is in.
    """

    __slots__ = ("_labels", "_positions")

    def __init__(self, path: str) -> None:
        super().__init__(path, "")
        self._labels: list[str] = []
        self._positions: list[Position] = []

    def place(self, label: str, position: Position | None = None) -> Span:
        """A new place, such as `aws_dynamodb_table.t.ttl[0].enabled`; without a position the file has no lines."""
        self._labels.append(label)
        self._positions.append(position or Position(1, 1))
        return Span(self, len(self._labels) - 1, len(self._labels) - 1)

    def position(self, offset: int) -> Position:
        return self._positions[offset] if 0 <= offset < len(self._positions) else Position(1, 1)

    def where(self, offset: int) -> str:
        """The path of attributes."""
        return self._labels[offset] if 0 <= offset < len(self._labels) else ""


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of offsets in a file."""

    source: SourceFile
    start: int
    end: int

    @property
    def path(self) -> str:
        return self.source.path

    @property
    def begin(self) -> Position:
        return self.source.position(self.start)

    @property
    def finish(self) -> Position:
        """The position just behind the last character."""
        return self.source.position(self.end)

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    @property
    def quoted(self) -> str:
        """The text as reports may quote it."""
        return self.source.masked(self.start, self.end)

    def hide(self) -> None:
        """Hides the text, whatever it says."""
        self.source.hide(self.start, self.end)

    def hide_literals(self) -> None:
        """Hides what is written between quotation marks: the rest of an expression says where its value comes from."""
        for found in _QUOTED.finditer(self.source.text, self.start, self.end):
            self.source.hide(*found.span())

    def sort_key(self) -> tuple[str, int, int]:
        return (self.source.path, self.start, self.end)

    def __str__(self) -> str:
        return f"{self.path}:{self.source.where(self.start)}"

    @property
    def attribute(self) -> str | None:
        """The path of attributes when the file is a plan or state, else None: then line and column count."""
        return self.source.where(self.start) if isinstance(self.source, StructuredFile) else None
