"""Moves a tree, parsed out of a piece of text, to where that text stands in its file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ddbaudit.foundation.diagnostic import Diagnostic
from ddbaudit.foundation.source import SourceFile, Span
from ddbaudit.frontends.hcl import ast

_OFFSETS = ("start", "end", "name_start", "name_end", "header_end")


class _Slots:
    """The slots of one node class, found once."""

    def __init__(self, kind: type[ast.Node]) -> None:
        self.all = tuple(name for base in kind.__mro__ for name in getattr(base, "__slots__", ()))
        self.offsets = tuple(name for name in self.all if name in _OFFSETS)
        self.content = tuple(name for name in self.all if name not in _OFFSETS and name != "label_spans")


_known: dict[type[ast.Node], _Slots] = {}


def _slots(kind: type[ast.Node]) -> _Slots:
    found = _known.get(kind)
    if found is None:
        found = _known[kind] = _Slots(kind)
    return found


def fields(kind: type[ast.Node]) -> tuple[str, ...]:
    """The names of all slots of a node class, those of its bases included."""
    return _slots(kind).all


def children(node: ast.Node) -> Iterator[ast.Node]:
    """The nodes directly below one."""
    for name in _slots(type(node)).content:
        value = getattr(node, name)
        if isinstance(value, ast.Node):
            yield value
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, ast.Node):
                    yield item


def walk(root: ast.Node) -> Iterator[ast.Node]:
    """Every node below `root`, itself included, each once; without recursion."""
    pending = [root]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(children(node))


def relocate(root: ast.Node, offsets: Sequence[int]) -> None:
    """Replace each place `i` in the tree by `offsets[i]`."""
    last = len(offsets) - 1
    for node in walk(root):
        for name in _slots(type(node)).offsets:
            setattr(node, name, offsets[min(getattr(node, name), last)])


def relocate_diagnostics(
    diagnostics: Sequence[Diagnostic], source: SourceFile, offsets: Sequence[int]
) -> list[Diagnostic]:
    """The diagnostics, pointing into `source` through `offsets`."""
    last = len(offsets) - 1

    def moved(span: Span) -> Span:
        return Span(source, offsets[min(span.start, last)], offsets[min(span.end, last)])

    return [
        replace(
            item,
            span=moved(item.span) if item.span is not None else None,
            related=tuple(replace(other, span=moved(other.span)) for other in item.related),
        )
        for item in diagnostics
    ]
