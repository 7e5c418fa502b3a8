"""Expressions out of JSON values: strings become templates, literals or embedded expressions, as their place asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ddbaudit.foundation.diagnostic import Diagnostic
from ddbaudit.foundation.source import SourceFile
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.json_reader import (
    JsonArray,
    JsonNode,
    JsonObject,
    JsonScalar,
    JsonString,
    duplicate_key,
    source_offsets,
)
from ddbaudit.frontends.hcl.json_schema import Mode
from ddbaudit.frontends.hcl.parser import Limits, parse_expression, parse_template
from ddbaudit.frontends.hcl.relocate import relocate, relocate_diagnostics

_Embedded = Callable[[str, SourceFile, int, Limits], tuple[ast.Expr, list[Diagnostic]]]


class ExprMaker:
    """Makes expressions for one file and gathers what is wrong with the text inside its strings.

    `depth` counts the objects and arrays around the value at hand: what is nested inside a string adds to it.
    """

    def __init__(self, source: SourceFile, diagnostics: list[Diagnostic], limits: Limits) -> None:
        self.source = source
        self.diagnostics = diagnostics
        self.limits = limits
        self.depth = 0

    def make(self, node: JsonNode, mode: Mode) -> ast.Expr:
        """The expression that a value stands for when its strings are read in that mode."""
        if isinstance(node, JsonString):
            return self.string(node, mode)
        if isinstance(node, JsonScalar):
            return ast.Literal(node.start, node.end, node.value)
        if isinstance(node, JsonArray):
            inner = Mode.REFERENCE if mode is Mode.REFERENCES else mode
            self.depth += 1
            items = [self.make(item, inner) for item in node.items]
            self.depth -= 1
            return ast.TupleExpr(node.start, node.end, items)
        assert isinstance(node, JsonObject)
        self.depth += 1
        made = self._object(node, mode)
        self.depth -= 1
        return made

    def _object(self, node: JsonObject, mode: Mode) -> ast.ObjectExpr:
        """An object in an expression, where `//` is a key like any other and a key may be a template."""
        items: list[ast.ObjectItem] = []
        seen: dict[str, JsonString] = {}
        for member in node.members:
            key = member.key
            first = seen.setdefault(key.value, key)
            if first is not key:
                self.diagnostics.append(duplicate_key(self.source, key, first))
            inner = mode
            if mode is Mode.REQUIREMENT:
                inner = Mode.REFERENCES if key.value == "configuration_aliases" else Mode.LITERAL
            elif mode is Mode.PROVIDERS:
                inner = Mode.REFERENCE
            value = self.make(member.value, inner)
            items.append(ast.ObjectItem(key.start, member.value.end, self._key(key, mode), value))
        return ast.ObjectExpr(node.start, node.end, items)

    def _key(self, key: JsonString, mode: Mode) -> ast.Expr:
        if mode is Mode.PROVIDERS:
            expr = self.string(key, Mode.REFERENCE)
            # As in the native syntax, a bare name as an object key is a string.
            return ast.Literal(key.start, key.end, expr.name) if isinstance(expr, ast.Variable) else expr
        return self.string(key, Mode.TEMPLATE if mode is Mode.TEMPLATE else Mode.LITERAL)

    def string(self, node: JsonString, mode: Mode) -> ast.Expr:
        if mode in {Mode.REFERENCE, Mode.REFERENCES, Mode.PROVIDERS}:
            return self._embedded(node, parse_expression)
        if mode is Mode.TEMPLATE and ("${" in node.value or "%{" in node.value):
            return self._embedded(node, parse_template)
        return ast.Literal(node.start, node.end, node.value)

    def _embedded(self, node: JsonString, parse: _Embedded) -> ast.Expr:
        """Parse the string's meaning; where escapes shift the places, move them back onto the source."""
        limits = replace(self.limits, max_depth=self.limits.max_depth - self.depth)
        if not node.escaped:
            expr, problems = parse(node.value, self.source, node.start + 1, limits)
            self.diagnostics.extend(problems)
        else:
            offsets = source_offsets(self.source.text[node.start + 1 : node.end - 1], node.start + 1)
            expr, problems = parse(node.value, SourceFile(self.source.path, node.value), 0, limits)
            relocate(expr, offsets)
            self.diagnostics.extend(relocate_diagnostics(problems, self.source, offsets))
        if isinstance(expr, ast.Template | ast.TemplateWrap | ast.Literal):
            expr.start, expr.end = node.start, node.end
        return expr
