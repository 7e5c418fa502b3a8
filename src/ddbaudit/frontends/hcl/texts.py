"""The texts that the expressions of a module give literally."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from ddbaudit.foundation.source import SourceFile, Span
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.references import children
from ddbaudit.frontends.hcl.source import ModuleSource
from ddbaudit.ir.written import WrittenText

_NOT_VALUES = frozenset({"validation", "precondition", "postcondition", "assert", "provisioner", "connection"})
_NAMING = frozenset({"source", "version", "providers", "provider", "depends_on", "description", "error_message"})
"""Arguments that give no value to anything: names of modules, and texts for people."""
_COMPARING = frozenset({"contains", "regex", "regexall", "startswith", "endswith", "strcontains", "index", "lookup"})
_INTERPOLATION = re.compile(r"[$%]\{[^{}]*\}")
_STRIPPED = " \t\r,"


def texts(source: ModuleSource) -> Iterator[WrittenText]:
    """In source order within each declaration; the declarations as they stand."""
    for local in source.locals.values():
        yield from _in_expression(local.expr, local.source)
    for decl in (*source.resources.values(), *source.modules.values(), *source.outputs.values()):
        for name, (attribute, file) in decl.body.attributes.items():
            if name not in _NAMING:
                yield from _in_expression(attribute.expr, file)
        for block, file in decl.body.blocks:
            yield from _in_block(block, file)


def _in_block(block: ast.Block, file: SourceFile) -> Iterator[WrittenText]:
    if block.type in _NOT_VALUES:
        return
    for attribute in block.body.attributes:
        if attribute.name not in _NAMING:
            yield from _in_expression(attribute.expr, file)
    for inner in block.body.blocks:
        yield from _in_block(inner, file)


def _in_expression(expr: ast.Expr, file: SourceFile) -> Iterator[WrittenText]:
    stack: list[object] = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Literal):
            yield from _in_literal(node, file)
        elif isinstance(node, ast.Template):
            yield from _in_template(node, file)
            stack.extend(reversed([p for p in node.parts if not isinstance(p, ast.TextPart)]))
        else:
            stack.extend(reversed(list(_values_in(node))))


def _values_in(node: object) -> Iterable[object]:
    """The nodes inside a node that may give a part of its value."""
    if isinstance(node, ast.ObjectItem):
        return [node.value]
    if isinstance(node, ast.Index):
        return [node.source]
    if isinstance(node, ast.Binary) and node.op in ("==", "!="):
        return [side for side in (node.left, node.right) if not isinstance(side, ast.Literal)]
    if isinstance(node, ast.Call) and node.name.removeprefix("core::") in _COMPARING:
        return [a for a in node.args if not isinstance(a, ast.Literal | ast.TupleExpr)]
    return children(node)


def _in_template(node: ast.Template, file: SourceFile) -> Iterator[WrittenText]:
    """A quoted template at its place; a heredoc line by line."""
    if node.heredoc:
        yield from _in_lines(node, file)
        return
    text = "".join(p.text if isinstance(p, ast.TextPart) else "${}" for p in node.parts)
    yield WrittenText(text, node.span(file))


def _in_literal(node: ast.Literal, file: SourceFile) -> Iterator[WrittenText]:
    if file.text.startswith("<<", node.start):
        yield from _in_lines(node, file)
    elif isinstance(node.value, str | Decimal):
        yield WrittenText(str(node.value), node.span(file))


def _in_lines(node: ast.Expr, file: SourceFile) -> Iterator[WrittenText]:
    start = node.start
    for line in file.text[node.start : node.end].splitlines(keepends=True):
        body = line.strip(_STRIPPED + "\n")
        if body:
            at = start + line.index(body)
            yield WrittenText(_INTERPOLATION.sub("${}", body), Span(file, at, at + len(body)))
        start += len(line)
