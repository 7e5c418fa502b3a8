"""Where to go on after a broken item, and how to cut off what reached too far."""

from __future__ import annotations

import re

from ddbaudit.frontends.hcl.ast import Attribute, BadExpr, Block, Body, Comment
from ddbaudit.frontends.hcl.native.heredocs import MarkerLines

_NAME = r"[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_\x80-\U0010ffff-]*+"
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
      | <<-?(?P<heredoc>[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_\x80-\U0010ffff-]*+)\r?\n
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

    def resume(self, start: int, stop: int) -> tuple[int, list[Comment]]:
        """The offset of the next item behind the one that begins at `start` and could not be parsed beyond `stop`,
        and the comments passed over. A line at nesting depth 0 that looks like an item is one; a top-level block of
        Terraform at the first column is one at any depth, since the item at hand may lack its closing brace."""
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
                elif (depth == 0 and _ITEM(self._text, position)) or _TOP_LEVEL(self._text, position):
                    return position, comments
        return len(self._text), comments

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


def cut(body: Body, limit: int) -> None:
    """Mark a body as broken and drop what begins at or behind `limit`; what reaches beyond ends there."""
    bodies = [body]
    while bodies:
        body = bodies.pop()
        body.broken = True
        body.end = max(body.start, min(body.end, limit))
        body.attributes[:] = [_cut_attribute(item, limit) for item in body.attributes if item.start < limit]
        body.blocks[:] = [item for item in body.blocks if item.start < limit]
        for block in body.blocks:
            if block.end > limit:
                _cut_block(block, limit)
                bodies.append(block.body)


def _cut_attribute(item: Attribute, limit: int) -> Attribute:
    if item.end <= limit:
        return item
    start = min(item.expr.start, limit)
    return Attribute(item.start, limit, item.name, min(item.name_end, limit), BadExpr(start, limit))


def _cut_block(block: Block, limit: int) -> None:
    block.end = limit
    block.header_end = min(block.header_end, limit)
    block.body.start = min(block.body.start, limit)
