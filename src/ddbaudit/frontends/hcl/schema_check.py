"""What the provider's schema says of a block before anything is evaluated, as `terraform validate` checks it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ddbaudit.foundation.source import SourceFile, Span
from ddbaudit.foundation.text import did_you_mean, join_names, plural
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.json_blocks import nested_blocks
from ddbaudit.frontends.hcl.later import INSTEAD, reconsidered
from ddbaudit.frontends.hcl.lifecycle import ignored_names
from ddbaudit.frontends.hcl.source import BodyView, Decl, ModuleSource
from ddbaudit.frontends.hcl.versions import Doubt
from ddbaudit.ir.instance import Fault
from ddbaudit.ir.schema import META_ARGUMENTS, META_BLOCKS, BlockSchema, NestedBlock, resource_schema

_Placed = tuple[ast.Block, SourceFile]

_MODULE_META = frozenset({"source", "version", "count", "for_each", "providers", "depends_on"})

_HINTS = {
    ("aws_dynamodb_table", "stream_specification"): "write the arguments stream_enabled and stream_view_type instead",
    ("aws_dynamodb_table", "kms_key_id"): "the argument is named kms_key_arn and takes the key's ARN",
}
"""What to do about names that come from the API or CloudFormation and that no similar name explains."""

WARNINGS = frozenset({"deprecated-argument"})
"""The kinds of faults that Terraform only warns of."""


def check_resource(decl: Decl, doubt: Doubt | None = None) -> tuple[Fault, ...]:
    """The faults of a resource or data block; none when its type's schema does not ship. `doubt` tells why the schema
    may be that of another version: then only names that no version has are certain to be faults."""
    mode = "data" if decl.mode == "data" else "managed"
    schema = resource_schema(mode, decl.type)
    if schema is None:
        return ()
    meta = META_ARGUMENTS[mode]  # type: ignore[index]
    checker = _Checker(decl.type, meta, META_BLOCKS[mode])  # type: ignore[index]
    faults = (*checker.body(decl.body, schema, decl.header, top=True), *_ignored(decl, schema))
    if doubt is None:
        return faults
    certain = [fault for fault in faults if fault.help in _HINTS.values()]
    return (*certain, *reconsidered((fault for fault in faults if fault not in certain), decl, doubt))


def _is_null(expr: ast.Expr) -> bool:
    return isinstance(expr, ast.Literal) and expr.value is None


def _ignored(decl: Decl, schema: BlockSchema) -> Iterator[Fault]:
    """Names in `ignore_changes` that the type does not have."""
    for name, span in ignored_names(decl):
        if name != "all" and name not in schema.attributes and name not in schema.blocks:
            best = did_you_mean(name, [*schema.attributes, *schema.blocks])
            hint = f'did you mean "{best}"?' if best is not None else "remove it"
            message = f'ignore_changes names "{name}", which {decl.type} does not have'
            yield Fault(
                "invalid-value", message, span, hint, "no such argument or block", detail=f"ignore_changes:{name}"
            )


@dataclass(frozen=True, slots=True)
class _Checker:
    resource: str
    meta_arguments: frozenset[str]
    meta_blocks: frozenset[str]

    def body(self, view: BodyView, schema: BlockSchema, header: Span, *, top: bool) -> Iterator[Fault]:
        yield from self._arguments(view, schema, top=top)
        counts: dict[str, int] = {}
        dynamic: set[str] = set()
        blocks = [*view.blocks, *_blocks_in_json(view, schema)]
        for block, source in blocks:
            yield from self._block(block, source, view, schema, counts, dynamic, top=top)
        if view.broken:
            return
        yield from self._missing(view, schema, header, counts, dynamic)
        yield from self._too_many(blocks, schema, counts)

    def _arguments(self, view: BodyView, schema: BlockSchema, *, top: bool) -> Iterator[Fault]:
        for name, (attribute, source) in view.attributes.items():
            if top and name in self.meta_arguments:
                continue
            span = Span(source, attribute.start, attribute.name_end)
            if name in schema.attributes:
                if not schema.attributes[name].configurable:
                    message = f'the argument "{name}" cannot be set: the provider computes it'
                    yield Fault("unsupported-argument", message, span, "remove it", "computed by the provider")
                elif schema.attributes[name].deprecated and not _is_null(attribute.expr):
                    yield self._deprecated("argument", name, span)
            elif name not in schema.blocks or not view.json:
                yield self._unsupported("argument", name, span, schema)

    def _unsupported(self, what: str, name: str, span: Span, schema: BlockSchema) -> Fault:
        other = schema.blocks if what == "argument" else schema.attributes
        kind = f"unsupported-{what}"
        message = f'{what}s named "{name}" are not expected in {self.resource}'
        if name in other and what == "argument":
            return Fault(
                kind, message, span, f'"{name}" is a block: write {name} {{ … }}', "a block of that name exists"
            )
        if name in other:
            return Fault(
                kind, message, span, f'"{name}" is an argument: write {name} = …', "an argument of that name exists"
            )
        hint = _HINTS.get((self.resource, name))
        if hint is None:
            best = did_you_mean(name, [*schema.attributes, *schema.blocks])
            hint = f'did you mean "{best}"?' if best is not None else f"remove it: {self.resource} has nothing like it"
        return Fault(kind, message, span, hint, "not in the provider's schema")

    def _deprecated(self, what: str, name: str, span: Span) -> Fault:
        message = f'the {what} "{name}" of {self.resource} is deprecated'
        help = "see the provider's documentation for what has taken its place"
        return Fault("deprecated-argument", message, span, help, "deprecated")

    def _block(
        self,
        block: ast.Block,
        source: SourceFile,
        view: BodyView,
        schema: BlockSchema,
        counts: dict[str, int],
        dynamic: set[str],
        *,
        top: bool,
    ) -> Iterator[Fault]:
        if top and block.type in self.meta_blocks:
            return
        name, body, header = block.type, block.body, block.header(source)
        if block.type == "dynamic":
            content = next((b for b in block.body.blocks if b.type == "content"), None)
            if len(block.labels) != 1 or content is None:
                message = 'a dynamic block needs one label and a "content" block'
                yield Fault("missing-block", message, header, 'add content { … } inside dynamic "name"')
                return
            name, body, header = block.labels[0], content.body, Span(source, *block.label_spans[0])
            dynamic.add(name)
        else:
            counts[name] = counts.get(name, 0) + 1
        nested = schema.blocks.get(name)
        if nested is not None:
            if nested.deprecated:
                yield self._deprecated("block", name, header)
            inner = BodyView.of(body, source, json=view.json)
            yield from self.body(inner, nested.block, block.header(source), top=False)
            return
        attribute = schema.attributes.get(name)
        if attribute is None or not attribute.accepts_blocks:
            span = header if block.type == "dynamic" else Span(source, block.start, block.start + len(block.type))
            yield self._unsupported("block", name, span, schema)

    def _missing(
        self, view: BodyView, schema: BlockSchema, header: Span, counts: dict[str, int], dynamic: set[str]
    ) -> Iterator[Fault]:
        given = {*view.attributes, *counts, *dynamic}
        for name, attribute in schema.attributes.items():
            if attribute.required and name not in given and INSTEAD.get(name) not in given:
                message = f'the required argument "{name}" is missing in {self._where(header)}'
                yield Fault("missing-argument", message, header, f"add {name} = …", f"{name} is missing")
        for name, nested in schema.blocks.items():
            have = counts.get(name, 0)
            if have < nested.min_items and name not in dynamic:
                need = plural(nested.min_items, f'"{name}" block')
                message = f"{self._where(header)} needs at least {need}, it has {have}"
                yield Fault("missing-block", message, header, f"add {name} {{ … }}", f"{name} is missing")

    def _too_many(self, blocks: Sequence[_Placed], schema: BlockSchema, counts: dict[str, int]) -> Iterator[Fault]:
        for name, have in counts.items():
            nested: NestedBlock | None = schema.blocks.get(name)
            if nested is None or not nested.max_items or have <= nested.max_items:
                continue
            surplus = [(b, s) for b, s in blocks if b.type == name][nested.max_items]
            limit = plural(nested.max_items, "block")
            message = f'{have} "{name}" blocks where {self.resource} allows {limit}'
            yield Fault("too-many-blocks", message, surplus[0].header(surplus[1]), "remove the surplus", "one too many")

    def _where(self, header: Span) -> str:
        first = header.text.split("{", 1)[0].strip()
        return first if len(first) <= 80 else self.resource


def _blocks_in_json(view: BodyView, schema: BlockSchema) -> Iterator[_Placed]:
    """The blocks that the attributes of a JSON file stand for; evaluation reports those that cannot be blocks."""
    if not view.json:
        return
    for name, (attribute, source) in view.attributes.items():
        if name in schema.blocks and name not in schema.attributes:
            blocks, _ = nested_blocks(attribute, source)
            yield from ((block, source) for block in blocks)


def check_call(decl: Decl, child: ModuleSource | None) -> tuple[Fault, ...]:
    """The faults of a module call: arguments that the module has no variable for, required variables not given."""
    if child is None:
        return ()
    return (*_surplus_arguments(decl, child), *_missing_variables(decl, child))


def _surplus_arguments(decl: Decl, child: ModuleSource) -> Iterable[Fault]:
    for name, (attribute, source) in decl.body.attributes.items():
        if name in _MODULE_META or name in child.variables or child.broken:
            continue
        best = did_you_mean(name, child.variables)
        names = join_names(sorted(child.variables)[:8]) or "none"
        hint = f'did you mean "{best}"?' if best is not None else f"the module's variables are {names}"
        span = Span(source, attribute.start, attribute.name_end)
        message = f'arguments named "{name}" are not expected in module "{decl.name}": it has no such variable'
        yield Fault("unsupported-argument", message, span, hint, "no such variable")


def _missing_variables(decl: Decl, child: ModuleSource) -> Iterable[Fault]:
    if decl.body.broken:
        return
    for name, variable in child.variables.items():
        if "default" not in variable.body.attributes and name not in decl.body.attributes:
            message = f'the required argument "{name}" is missing in module "{decl.name}"'
            yield Fault("missing-argument", message, decl.header, f"add {name} = …", f"{name} is missing")
