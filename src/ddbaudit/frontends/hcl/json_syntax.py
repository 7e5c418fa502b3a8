"""`.tf.json` and `.tfvars.json`: Terraform's JSON syntax as the same tree that the native syntax gives.

What the tree holds, and how its places are to be read:

* Blocks that Terraform itself knows (`resource`, `lifecycle`, `dynamic`, …) are `Block` nodes. The header of a block is
  its last label, or its name where it has no label, quotes included; for an element of an array it is the brace that
  opens the element.
* Every other property is an `Attribute`. Whether a property of a resource stands for nested blocks only the provider's
  schema can tell: `nested_blocks` turns such an attribute into blocks.
* `//` properties are comments in bodies, and ordinary keys inside of values, as in Terraform.
* Strings are templates, literals or embedded expressions by the tables of `json_schema`.
"""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.source import SourceFile, Span
from ddbaudit.foundation.text import safe_text, suggestion
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.json_exprs import ExprMaker
from ddbaudit.frontends.hcl.json_reader import (
    JsonArray,
    JsonMember,
    JsonNode,
    JsonObject,
    JsonScalar,
    JsonString,
    duplicate_key,
    read_json,
)
from ddbaudit.frontends.hcl.json_schema import ROOT, BlockSpec, BodySpec, Mode
from ddbaudit.frontends.hcl.parser import DEFAULT_LIMITS, Limits, Problem

_COMMENT = "//"


class _Labels:
    """The header of the block being unpacked: grows by one key per level of labels."""

    __slots__ = ("keys", "type_key")

    def __init__(self, type_key: JsonString, keys: tuple[JsonString, ...] = ()) -> None:
        self.type_key = type_key
        self.keys = keys

    def plus(self, key: JsonString) -> _Labels:
        return _Labels(self.type_key, (*self.keys, key))

    @property
    def header(self) -> JsonString:
        return self.keys[-1] if self.keys else self.type_key


class _Builder:
    def __init__(self, source: SourceFile, limits: Limits) -> None:
        self.source = source
        self.diagnostics: list[Diagnostic] = []
        self.exprs = ExprMaker(source, self.diagnostics, limits)
        self.structural = 0

    def problem(self, code: str, summary: str, detail: str, node: JsonNode, help: str = "") -> None:
        # An object or array may be large: point at its bracket only.
        end = node.start + 1 if isinstance(node, JsonObject | JsonArray) else node.end
        span = Span(self.source, node.start, end)
        self.diagnostics.append(Diagnostic(code, Level.ERROR, summary, detail, span, help=help))

    def wrong_kind(self, node: JsonNode, detail: str) -> None:
        self.structural += 1
        self.problem("HCL203", "Wrong kind of JSON value", detail, node)

    # -- bodies ----------------------------------------------------------------------------------------------------

    def members(self, node: JsonNode, what: str) -> Iterator[JsonMember]:
        """The properties of an object, or of all objects of an array, which Terraform reads as one."""
        if isinstance(node, JsonObject):
            yield from node.members
        elif isinstance(node, JsonArray):
            for item in node.items:
                if isinstance(item, JsonObject):
                    yield from item.members
                else:
                    self.wrong_kind(item, f"An object is needed here, for {what}.")
        elif not (isinstance(node, JsonScalar) and node.value is None):
            self.wrong_kind(node, f"An object or an array of objects is needed here, for {what}.")

    def body(self, node: JsonNode, spec: BodySpec, what: str) -> ast.Body:
        """A block's inside."""
        before = self.structural
        if spec.free and not isinstance(node, JsonObject):
            self.wrong_kind(node, f"An object is needed here, for {what}.")
            node = JsonObject(node.start, node.end)
        attributes: list[ast.Attribute] = []
        blocks: list[ast.Block] = []
        seen: dict[str, JsonString] = {}
        for member in self.members(node, what):
            key = member.key
            if key.value == _COMMENT:
                continue
            block = spec.blocks.get(key.value)
            if block is not None:
                self.unpack(member.value, block, _Labels(key), blocks)
                continue
            first = seen.setdefault(key.value, key)
            if first is not key:
                self.structural += 1
                self.diagnostics.append(duplicate_key(self.source, key, first))
            mode = spec.modes.get(key.value, spec.default)
            attributes.append(self.attribute(member, mode))
        return ast.Body(node.start + 1, max(node.end - 1, node.start + 1), attributes, blocks, self.structural > before)

    def attribute(self, member: JsonMember, mode: Mode) -> ast.Attribute:
        key, expr = member.key, self.exprs.make(member.value, mode)
        return ast.Attribute(key.start, member.value.end, key.value, key.end, expr)

    # -- blocks ----------------------------------------------------------------------------------------------------

    def unpack(self, node: JsonNode, spec: BlockSpec, labels: _Labels, out: list[ast.Block]) -> None:
        """Peel off the labels, one level of objects each, then make one block per object."""
        name = labels.type_key.value
        if len(labels.keys) < spec.labels:
            members = list(self.members(node, f'the labels of "{name}" blocks'))
            if not members and not isinstance(node, JsonString):
                self.wrong_kind(
                    node, f'A "{name}" block needs {spec.labels} labels; at least one property must name one here.'
                )
            for member in members:
                self.unpack(member.value, spec, labels.plus(member.key), out)
            return
        if isinstance(node, JsonObject):
            header = labels.header
            out.append(self.block(node, spec, labels, header.start, header.end))
        elif isinstance(node, JsonArray):
            for item in node.items:
                out.append(self.block(item, spec, labels, item.start, item.start + 1))
        elif not (isinstance(node, JsonScalar) and node.value is None):
            self.wrong_kind(node, f'An object or an array of objects is needed here, for "{name}" blocks.')

    def block(self, node: JsonNode, spec: BlockSpec, labels: _Labels, start: int, header_end: int) -> ast.Block:
        name = labels.type_key.value
        self.exprs.depth += 1
        body = self.body(node, spec.body, f'the inside of a "{name}" block')
        self.exprs.depth -= 1
        spans = [(key.start, key.end) for key in labels.keys]
        values = [key.value for key in labels.keys]
        return ast.Block(start, node.end, name, values, spans, header_end, body)

    # -- whole files -----------------------------------------------------------------------------------------------

    def config(self, root: JsonNode) -> ast.Body:
        body = self.body(root, BodySpec(ROOT), "a configuration file")
        for attribute in body.attributes:
            span = Span(self.source, attribute.start, attribute.name_end)
            detail = f'There is no block type "{safe_text(attribute.name)}"{suggestion(attribute.name, ROOT)}.'
            self.diagnostics.append(Diagnostic("HCL204", Level.ERROR, "Unknown block type", detail, span))
        return body

    def variables(self, root: JsonNode) -> ast.Body:
        return self.body(root, BodySpec(default=Mode.LITERAL, free=True), "the values of variables")


def parse_json(source: SourceFile, *, kind: str = "config", limits: Limits = DEFAULT_LIMITS) -> ast.File:
    """The tree of a `.tf.json` file (`kind` "config") or of a `.tfvars.json` file ("tfvars").

    In a values file every string is literal: Terraform evaluates it without a scope, so `"${x}"` is just text.
    """
    document = read_json(source, max_depth=limits.max_depth, max_digits=limits.max_digits, allow_duplicates=True)
    if document.root is None:
        body = ast.Body(0, len(source.text), [], [], broken=True)
        return ast.File(source, body, [], document.diagnostics, json=True, parser="json")
    builder = _Builder(source, limits)
    root = document.root
    try:
        body = builder.variables(root) if kind == "tfvars" else builder.config(root)
    except RecursionError:
        builder.problem(Problem.LIMIT.code, Problem.LIMIT.summary, "The stack that is left is too small for it.", root)
        body = ast.Body(root.start, root.end, [], [], broken=True)
    return ast.File(source, body, [], builder.diagnostics, json=True, parser="json")
