"""The comments of a file that name ddbaudit, and what each of them is about.

A comment behind something on its line is about that line; a comment on a line of its own, or several below each other,
about the next line, which must follow directly. What begins on that line (an argument, a block, an object in a list) is
covered to its end. JSON has no comments; Terraform ignores properties called `//` in its JSON syntax, and such a
property is about the block or argument that it stands in
(https://developer.hashicorp.com/terraform/language/syntax/json#comment-properties).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from ddbaudit.foundation.source import Span
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.relocate import walk
from ddbaudit.ir.comment import Comment

_NAMED = re.compile(r"ddb-?audit", re.IGNORECASE)
_PROPERTY = re.compile(r'"//"\s*:\s*("(?:[^"\\\n]|\\.)*")')


def comments_of(file: ast.File) -> Iterator[Comment]:
    """The comments that name ddbaudit, in their order."""
    if _NAMED.search(file.source.text):
        yield from _of_json(file) if file.json else _of_native(file)


def _of_native(file: ast.File) -> Iterator[Comment]:
    source = file.source
    inside = _lines_of_comments(file)
    for comment in file.comments:
        text = _said(source.text[comment.start : comment.end])
        if _NAMED.search(text):
            yield Comment(text, Span(source, comment.start, comment.end), _covered(file, comment, inside))


def _said(text: str) -> str:
    """What a comment says, in one line."""
    text = text[2:-2] if text.startswith("/*") else text.lstrip("#") if text.startswith("#") else text[2:]
    return " ".join(text.split())


def _lines_of_comments(file: ast.File) -> dict[int, int]:
    """First line of each comment that has its lines for itself -> its last."""
    found: dict[int, int] = {}
    for comment in file.comments:
        first = file.source.position(comment.start)
        last = file.source.position(comment.end)
        before = file.source.line(first.line)[: first.column - 1]
        behind = file.source.line(last.line)[last.column - 1 :]
        if not before.strip() and not behind.strip():
            found[first.line] = last.line
    return found


def _covered(file: ast.File, comment: ast.Comment, inside: dict[int, int]) -> Span:
    source = file.source
    line = source.position(comment.start).line
    while line in inside:
        line = inside[line] + 1
    start = source.offset(line)
    end = start + len(source.line(line)) if start < len(source.text) else start
    if not source.text[start:end].strip():
        return Span(source, comment.start, comment.start)
    begun = [node.end for node in walk(file.body) if node is not file.body and start <= node.start < end]
    return Span(source, start, max(begun, default=end))


def _of_json(file: ast.File) -> Iterator[Comment]:
    source = file.source
    for found in _PROPERTY.finditer(source.text):
        try:
            text = " ".join(str(json.loads(found[1])).split())
        except ValueError:
            continue  # the file has a diagnostic then
        if _NAMED.search(text):
            yield Comment(text, Span(source, *found.span(1)), _around(file, found.start()))


def _around(file: ast.File, offset: int) -> Span:
    """The innermost block or argument that a place is in."""
    holders = [
        node
        for node in walk(file.body)
        if isinstance(node, ast.Block | ast.Attribute) and node.start <= offset < node.end
    ]
    if not holders:
        return Span(file.source, offset, offset)
    inner = max(holders, key=lambda node: node.start)
    return Span(file.source, inner.start, inner.end)
