"""Where in the source the characters of a string stand: for findings inside a policy that was written as text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ddbaudit.foundation.source import SourceFile, Span
from ddbaudit.ir.value import Origin, Part


class _Piece(NamedTuple):
    """Characters `start` to `end` of the string came from `origin`."""

    start: int
    end: int
    origin: Origin


class _Line(NamedTuple):
    """`length` characters of the string from `start` on stand at `offset` of the source."""

    start: int
    length: int
    source: SourceFile
    offset: int


class TextPlaces:
    """Maps ranges of a string to spans and origins.

    Ranges are those of the string in which every symbol and hole is one character. A range whose ends were not written
    where the string was (but interpolated, or escaped) has no span.
    """

    def __init__(self, parts: Sequence[Part], origin: Origin | None) -> None:
        self._root = origin
        self._pieces = tuple(_pieces(parts, origin))
        self._lines: list[_Line] = []
        text = "".join(part if isinstance(part, str) else "\0" for part in parts)
        for piece in self._pieces:
            if piece.origin.span is not None:
                self._lines.extend(_align(text[piece.start : piece.end], piece))
        self._starts = [line.start for line in self._lines]

    def span(self, start: int, end: int) -> Span | None:
        """The span of the characters `start` to `end`, both of which must be written in one file."""
        first, last = self._place(start), self._place(end - 1)
        if first is None or last is None or first.source is not last.source or last.end <= first.start:
            return None
        return Span(first.source, first.start, last.end)

    def origin(self, start: int, end: int, quotes: int = 0) -> Origin | None:
        """The origin of a part of the string, made of the pieces that reach into it; `quotes` characters at either end
        belong to its place but not to its text."""
        span = self.span(start, end) or (self._root.span if self._root is not None else None)
        start, end = start + quotes, end - quotes
        inside = [p for p in self._pieces if p.start < end and start < p.end]
        if not inside:
            return Origin(span, "", (self._root,)) if self._root is not None else None
        widths = tuple(min(p.end, end) - max(p.start, start) for p in inside)
        return Origin(span, "", tuple(p.origin for p in inside), widths)

    def _place(self, at: int) -> Span | None:
        """The one character at `at`."""
        index = bisect_right(self._starts, at) - 1
        if index < 0 or at >= self._lines[index].start + self._lines[index].length:
            return None
        line = self._lines[index]
        offset = line.offset + at - line.start
        return Span(line.source, offset, offset + 1)


def _pieces(parts: Sequence[Part], origin: Origin | None) -> Iterator[_Piece]:
    """The string's pieces with their origins; nothing when the origins do not add up to the string."""
    while origin is not None and origin.widths is None and len(origin.parents) == 1:
        origin = origin.parents[0]
    if origin is None:
        return
    to_text = _Columns(parts)
    if origin.widths is None:
        if not origin.parents:
            yield _Piece(0, to_text.length, origin)
        return
    if sum(origin.widths) != to_text.wide_length:
        return
    at = 0
    for parent, width in zip(origin.parents, origin.widths, strict=True):
        start, end = to_text(at), to_text(at + width)
        at += width
        if start < end:
            yield _Piece(start, end, parent)


class _Columns:
    """From offsets as `Origin.widths` counts them (a symbol or hole as long as its name) to offsets in which a symbol
    or hole is one character."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._wide: list[int] = [0]
        self._narrow: list[int] = [0]
        for part in parts:
            self._wide.append(self._wide[-1] + len(part if isinstance(part, str) else str(part)))
            self._narrow.append(self._narrow[-1] + (len(part) if isinstance(part, str) else 1))

    @property
    def length(self) -> int:
        return self._narrow[-1]

    @property
    def wide_length(self) -> int:
        return self._wide[-1]

    def __call__(self, offset: int) -> int:
        index = bisect_right(self._wide, offset) - 1
        if index >= len(self._wide) - 1:
            return self._narrow[-1]
        return min(self._narrow[index] + offset - self._wide[index], self._narrow[index + 1])


def _align(text: str, piece: _Piece) -> list[_Line]:
    """The lines of the text where the source has the same lines, but for blanks at their ends: `<<-` takes blanks off,
    and the lines around a heredoc's body are not in its text."""
    span = piece.origin.span
    assert span is not None
    wanted, written = text.rstrip("\n").split("\n"), span.text.split("\n")
    for skip in (0, 1):
        rows = written[skip : skip + len(wanted)]
        pairs = list(zip(wanted, rows, strict=False))
        if all(w.strip() == r.strip() for w, r in pairs) and not any(w.strip() for w in wanted[len(rows) :]):
            first = span.start + sum(len(line) + 1 for line in written[:skip])
            return list(_lines(pairs, piece.start, span.source, first))
    return []


def _lines(pairs: list[tuple[str, str]], start: int, source: SourceFile, offset: int) -> Iterator[_Line]:
    for wanted, row in pairs:
        content = wanted.strip()
        if content:
            yield _Line(start + wanted.index(content), len(content), source, offset + row.index(content))
        start += len(wanted) + 1
        offset += len(row) + 1
