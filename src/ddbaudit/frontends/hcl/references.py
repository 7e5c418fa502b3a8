"""Names in expressions, read off the syntax: what `terraform validate` checks before anything is evaluated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ddbaudit.foundation.source import SourceFile, Span
from ddbaudit.frontends.hcl import ast

_SKIP = frozenset({"start", "end"})


@dataclass(frozen=True, slots=True)
class Reference:
    """A traversal: its root name and the static attribute names behind it (`*` for an index)."""

    root: str
    steps: tuple[str, ...]
    span: Span


def children(node: object) -> Iterator[object]:
    """The nodes directly inside a node."""
    for cls in type(node).__mro__:
        for name in getattr(cls, "__slots__", ()):
            value = getattr(node, name)
            if isinstance(value, ast.Node):
                yield value
            elif isinstance(value, list):
                yield from (v for v in value if isinstance(v, ast.Node))


def bound_names(node: object) -> frozenset[str]:
    """The names that a `for` binds inside itself."""
    if isinstance(node, ast.ForExpr | ast.TemplateFor):
        return frozenset(n for n in (node.key, node.value) if n is not None)
    return frozenset()


def references(expr: ast.Node, source: SourceFile, bound: frozenset[str] = frozenset()) -> Iterator[Reference]:
    """All traversals whose root is not a name bound inside the expression (`for` variables); iterative."""
    stack: list[tuple[object, frozenset[str]]] = [(expr, bound)]
    while stack:
        node, names = stack.pop()
        if isinstance(node, ast.GetAttr | ast.Index | ast.Variable):
            root, steps, inner = _flatten(node)
            if isinstance(root, ast.Variable):
                if root.name not in names:
                    yield Reference(root.name, steps, Span(source, node.start, node.end))
            else:
                stack.append((root, names))
            stack.extend((n, names) for n in inner)
            continue
        inner_names = names | bound_names(node)
        if isinstance(node, ast.ForExpr | ast.TemplateFor):
            stack.append((node.collection, names))
            stack.extend((c, inner_names) for c in children(node) if c is not node.collection)
        else:
            stack.extend((c, inner_names) for c in children(node))


def _flatten(node: ast.Expr) -> tuple[ast.Expr, tuple[str, ...], list[ast.Expr]]:
    steps: list[str] = []
    inner: list[ast.Expr] = []
    here = node
    while isinstance(here, ast.GetAttr | ast.Index):
        if isinstance(here, ast.GetAttr):
            steps.append(here.name)
        else:
            steps.append("*")
            inner.append(here.key)
        here = here.source
    return here, tuple(reversed(steps)), inner


def local_names(expr: ast.Expr) -> Sequence[str]:
    """The locals that an expression names, without repeats."""
    found: dict[str, None] = {}
    stack: list[object] = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.GetAttr) and isinstance(node.source, ast.Variable):
            if node.source.name == "local":
                found[node.name] = None
            continue
        stack.extend(children(node))
    return tuple(found)
