"""Source texts put together from pieces of another one, so that a place in the one can be found in the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Slice(NamedTuple):
    """What stands at these offsets of the original."""

    start: int
    end: int


@dataclass(frozen=True)
class Stand:
    """Other text that means what stands at these offsets of the original."""

    start: int
    end: int
    pieces: tuple[Piece, ...]


Piece = str | Slice | Stand


class Edit(NamedTuple):
    """These pieces instead of the text between two offsets of the original."""

    start: int
    end: int
    pieces: tuple[Piece, ...]


def insert(at: int, *pieces: Piece) -> Edit:
    return Edit(at, at, pieces)


def edited(start: int, end: int, edits: Iterable[Edit]) -> list[Piece]:
    """The original between two offsets with the edits in it, which do not overlap."""
    found: list[Piece] = []
    for edit in sorted(edits, key=lambda e: (e.start, e.end)):
        found += [Slice(start, edit.start), *edit.pieces]
        start = edit.end
    return [*found, Slice(start, end)]


@dataclass
class Rendered:
    """Files (path to text) made of pieces; `places` are (start, end) of the original, file, (start, end) there, and
    whether the text is the same."""

    files: dict[str, str] = field(default_factory=dict)
    places: list[tuple[int, int, str, int, int, bool]] = field(default_factory=list)

    def add(self, original: str, name: str, pieces: Sequence[Piece]) -> None:
        self.files[name] = self._text(original, name, pieces, 0)

    def _text(self, original: str, name: str, pieces: Sequence[Piece], at: int) -> str:
        found = ""
        for piece in pieces:
            here = at + len(found)
            match piece:
                case str():
                    found += piece
                case Slice(start, end):
                    found += original[start:end]
                    self.places.append((start, end, name, here, at + len(found), True))
                case Stand(start, end, inner):
                    found += self._text(original, name, inner, here)
                    self.places.append((start, end, name, here, at + len(found), False))
        return found

    def holds(self, start: int, end: int, name: str, begin: int, finish: int) -> bool:
        """Whether the place in a rendered file is where the place of the original has gone to. Of text that is the
        same it begins at the same letter; of other text it is any part."""
        for first, last, file, new_first, new_last, same in self.places:
            if file != name or not first <= start <= last:
                continue
            if same and begin - new_first == start - first:
                return True
            if not same and end <= last and new_first <= begin and finish <= new_last:
                return True
        return False


def render(original: str, files: Mapping[str, Sequence[Piece]]) -> Rendered:
    found = Rendered()
    for name, pieces in files.items():
        found.add(original, name, pieces)
    return found
