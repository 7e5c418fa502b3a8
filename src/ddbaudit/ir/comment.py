"""Comments in the source that are addressed to ddbaudit, with what they stand beside."""

from __future__ import annotations

from dataclasses import dataclass

from ddbaudit.foundation.source import Span


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment that names ddbaudit. `text` is what it says, without its marks; `span` is the comment, `covers` the
    line it is about with everything that begins there: an argument, a block, a module call."""

    text: str
    span: Span
    covers: Span

    def is_about(self, place: Span) -> bool:
        """Whether a place begins in what the comment covers."""
        return place.path == self.covers.path and self.covers.start <= place.start < self.covers.end
