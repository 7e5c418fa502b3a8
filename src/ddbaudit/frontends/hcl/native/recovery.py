"""Where to go on after a broken item, and how to cut off what reached too far."""

from __future__ import annotations

import re

from ddbaudit.frontends.hcl.ast import Attribute, BadExpr, Block, Body, Comment
from ddbaudit.frontends.hcl.native.heredocs import MarkerLines

# A name begins with a letter, an underscore or anything beyond ASCII. Said as what it is not, because the re module
# needs milliseconds to compile a set that spans all of Unicode.
_NAME = r"[^\x00-@\[-^`{-\x7f][^\x00-,./:-@\[-^`{-\x7f]*+"
_LABELS = rf"(?:[ \t]*+(?:\"(?:[^\"\\\r\n]|\\[^\r\n])*+\"|{_NAME}))*+"
_ITEM = re.compile(rf"[ \t]*+{_NAME}(?:[ \t]*+=(?![=>])|{_LABELS}[ \t]*+\{{)").match
# The blocks that Terraform has at the top level: at the first column they begin something new, whatever is open.
_TOP_LEVEL = re.compile(
    r"(?:resource|data|module|variable|output|locals|provider|terraform|moved|import|removed|check|ephemeral)"
    rf"\b{_LABELS}[ \t]*+\{{"
).match
_NEXT = re.compile(
    r"""(?P<string>"(?:[^"\\\r\n]++|\\[^\r\n])*+"?)
      | (?P<line>\#[^\n]*+|//[^\n]*+)
      | (?P<block>/\*)
      | <<-?(?P<heredoc>[^\x00-@\[-^`{-\x7f][^\x00-,./:-@\[-^`{-\x7f]*+)\r?\n
      | (?P<brace>[{}])
      | (?P<feed>\n)""",
    re.VERBOSE,
).search


class Skim:
    """Looks for the next item from the beginning of a broken one, past strings, comments and heredocs."""

    def __init__(self, text: str, markers: MarkerLines) -> None:
        self._text = text
        self._markers = markers
        self._comments_close = True

    def resume(self, start: int, least: int) -> tuple[int, list[Comment]]:
        """The first item beyond `least` and behind the broken one that begins at `start`, and the comments before it.

        A line at nesting depth 0 that looks like an item is one; a top-level block of Terraform at the first column
        is one at any depth, since the item at hand may lack its closing brace.
        """
        comments: list[Comment] = []
        position, depth = start, 0
        while match := _NEXT(self._text, position):
            kind, position = match.lastgroup, match.end()
            if kind == "brace":
                depth = max(0, depth + (1 if match[0] == "{" else -1))
            elif kind in ("line", "block"):
                position = self._comment(match, comments)
            elif kind in ("heredoc", "feed"):
                if kind == "heredoc" and (marker := self._markers.find(match["heredoc"], position)) is not None:
                    position = marker.stop
                elif position > least and self._is_item(position, depth):
                    return position, comments
        return len(self._text), comments

    def _is_item(self, position: int, depth: int) -> bool:
        return bool((depth == 0 and _ITEM(self._text, position)) or _TOP_LEVEL(self._text, position))

    def _comment(self, match: re.Match[str], comments: list[Comment]) -> int:
        start, end = match.span()
        if match.lastgroup == "block":
            close = self._text.find("*/", end) if self._comments_close else -1
            if close < 0:
                self._comments_close = False
                return end
            end = close + 2
        elif self._text.endswith("\r", start, end):
            end -= 1
        comments.append(Comment(start, end))
        return end


def begins_top_level(text: str, offset: int) -> bool:
    """Whether a block that begins here stands at the first column and is one of Terraform's top-level blocks."""
    return text.endswith("\n", 0, offset) and _TOP_LEVEL(text, offset) is not None


def escaped(text: str, chain: list[Block]) -> list[Block]:
    """Take the top-level blocks out of a chain of unclosed ones, each inside the one before, in source order.

    They were taken for nested ones because a brace is missing in front of them.
    """
    found: list[Block] = []
    for block in chain:
        kept: list[Block] = []
        for child in block.body.blocks:
            (found if begins_top_level(text, child.start) else kept).append(child)
        block.body.blocks[:] = kept
    return sorted(found, key=lambda block: block.start)


def close(block: Block, limit: int) -> None:
    """End a block that was never closed at `limit`; what it holds from there on is dropped."""
    _end(block, limit)
    cut(block.body, limit)


def _end(block: Block, limit: int) -> None:
    block.end = block.body.end = limit
    block.header_end = min(block.header_end, limit)
    block.body.start = min(block.body.start, limit)


def cut(body: Body, limit: int) -> None:
    """Mark a body as broken and drop what begins at or behind `limit`; what reaches beyond ends there."""
    bodies = [body]
    while bodies:
        body = bodies.pop()
        body.broken = True
        body.attributes[:] = [_cut_attribute(item, limit) for item in body.attributes if item.start < limit]
        body.blocks[:] = [item for item in body.blocks if item.start < limit]
        for block in body.blocks:
            if block.end > limit:
                _end(block, limit)
                bodies.append(block.body)


def _cut_attribute(item: Attribute, limit: int) -> Attribute:
    if item.end <= limit:
        return item
    start = min(item.expr.start, limit)
    return Attribute(item.start, limit, item.name, min(item.name_end, limit), BadExpr(start, limit))
