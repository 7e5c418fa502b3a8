"""Nested blocks out of the attributes of a JSON file, once a provider's schema has said that they are blocks."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.source import SourceFile, Span
from ddbaudit.foundation.text import safe_text
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.parser import parse_expression

_COMMENT = "//"


class _Unpacker:
    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.diagnostics: list[Diagnostic] = []
        self.faults = 0

    def wrong(self, node: ast.Node, detail: str) -> None:
        self.faults += 1
        long = isinstance(node, ast.ObjectExpr | ast.TupleExpr)
        span = Span(self.source, node.start, node.start + 1 if long else node.end)
        self.diagnostics.append(Diagnostic("HCL203", Level.ERROR, "Wrong kind of JSON value", detail, span))

    def blocks(
        self, name: str, labels: tuple[ast.ObjectItem, ...], start: int, header_end: int, expr: ast.Expr
    ) -> Iterator[ast.Block]:
        """One block for an object, one per element for an array, none for null."""
        if isinstance(expr, ast.ObjectExpr):
            yield self.block(name, labels, start, header_end, expr)
        elif isinstance(expr, ast.TupleExpr):
            for item in expr.items:
                yield self.block(name, labels, item.start, item.start + 1, item)
        elif not (isinstance(expr, ast.Literal) and expr.value is None):
            self.wrong(expr, f'An object or an array of objects is needed here, for "{safe_text(name)}" blocks.')

    def block(
        self, name: str, labels: tuple[ast.ObjectItem, ...], start: int, header_end: int, expr: ast.Expr
    ) -> ast.Block:
        spans = [(label.key.start, label.key.end) for label in labels]
        names = [self.name(label.key) for label in labels]
        return ast.Block(start, expr.end, name, names, spans, header_end, self.body(name, expr))

    def name(self, key: ast.Expr) -> str:
        if isinstance(key, ast.Literal) and isinstance(key.value, str):
            return key.value
        self.wrong(key, "The name of an argument or block cannot hold a template.")
        return self.source.text[key.start + 1 : key.end - 1]

    def items(self, name: str, expr: ast.Expr) -> Iterator[ast.ObjectItem]:
        """The properties of an object, or of all objects of an array, which Terraform reads as one."""
        if isinstance(expr, ast.ObjectExpr):
            yield from expr.items
        elif isinstance(expr, ast.TupleExpr):
            for item in expr.items:
                if isinstance(item, ast.ObjectExpr):
                    yield from item.items
                else:
                    self.wrong(item, f'An object is needed here, for the inside of a "{safe_text(name)}" block.')
        elif not (isinstance(expr, ast.Literal) and expr.value is None):
            self.wrong(expr, f'An object is needed here, for the inside of a "{safe_text(name)}" block.')

    def body(self, name: str, expr: ast.Expr) -> ast.Body:
        before = self.faults
        attributes: list[ast.Attribute] = []
        blocks: list[ast.Block] = []
        for item in self.items(name, expr):
            key = self.name(item.key)
            if key == _COMMENT:
                continue
            if key == "dynamic":
                blocks.extend(self.dynamic(item))
            elif key == "content" and name == "dynamic":
                blocks.extend(self.blocks(key, (), item.key.start, item.key.end, item.value))
            else:
                value = self.iterator(item.value) if (name, key) == ("dynamic", "iterator") else item.value
                attributes.append(ast.Attribute(item.start, item.end, key, item.key.end, value))
        return ast.Body(expr.start, expr.end, attributes, blocks, self.faults > before)

    def dynamic(self, item: ast.ObjectItem) -> Iterator[ast.Block]:
        for label in self.items("dynamic", item.value):
            yield from self.blocks("dynamic", (label,), label.key.start, label.key.end, label.value)

    def iterator(self, value: ast.Expr) -> ast.Expr:
        """The iterator's name is a string in JSON, and a bare name in the tree."""
        if not isinstance(value, ast.Literal) or not isinstance(value.value, str):
            return value
        expr, problems = parse_expression(value.value, self.source, value.start + 1)
        self.diagnostics.extend(problems)
        return expr


def nested_blocks(attribute: ast.Attribute, source: SourceFile) -> tuple[list[ast.Block], list[Diagnostic]]:
    """The blocks that an attribute of a JSON file stands for, when the schema says that its name is a block type.

    Their bodies hold attributes again, and `dynamic` blocks; `//` properties are gone. Values that cannot be blocks are
    reported, and a body that such a value was left out of is `broken`.
    """
    unpacker = _Unpacker(source)
    found = unpacker.blocks(attribute.name, (), attribute.start, attribute.name_end, attribute.expr)
    return list(found), unpacker.diagnostics
