"""Bodies to evaluated blocks: arguments typed by the provider's schema, `dynamic` blocks expanded.

Source: https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from ddbaudit.foundation.source import SourceFile, Span
from ddbaudit.frontends.hcl import access, ast
from ddbaudit.frontends.hcl.convert import ConversionError, convert
from ddbaudit.frontends.hcl.expressions import evaluate
from ddbaudit.frontends.hcl.json_blocks import nested_blocks
from ddbaudit.frontends.hcl.later import READ_LATER
from ddbaudit.frontends.hcl.scope import EvalError, Scope
from ddbaudit.frontends.hcl.source import BodyView
from ddbaudit.ir.instance import Argument, BlockGroup, BlockInstance
from ddbaudit.ir.schema import AttributeSchema, BlockSchema, schema_type
from ddbaudit.ir.types import DYNAMIC, CollectionType, ObjectType, Type
from ddbaudit.ir.value import Absent, Known, Unknown, Value, object_value, tuple_value

Report = Callable[[EvalError], None]

SKIPPED_BLOCKS = frozenset({"lifecycle", "provisioner", "connection"})


@dataclass(frozen=True, slots=True)
class Decoder:
    """Evaluates bodies; `report` takes the errors of single arguments, whose value is then unknown, `possible` those
    in blocks of which there may be none. Blocks that the schema does not have are read as they are written: a later
    version of the provider may have them."""

    report: Report
    skip: frozenset[str]
    possible: Report | None = None

    def body(
        self, view: BodyView, schema: BlockSchema | None, scope: Scope, header: Span, span: Span, type: str
    ) -> BlockInstance:
        arguments: dict[str, Argument] = {}
        blocks: dict[str, list[_Made]] = {}
        for name, (attribute, source) in view.attributes.items():
            if name in self.skip:
                continue
            if schema is not None and name in schema.blocks and name not in schema.attributes:
                for block in self._blocks_of_argument(attribute, source, view):
                    self._block(block, source, view, schema, scope, blocks)
            elif schema is None or name in schema.attributes or name in READ_LATER:
                arguments[name] = self._argument(attribute, source, schema, scope)
                for block in _blocks_perhaps(attribute, source) if schema is None and view.json else ():
                    self._block(block, source, view, schema, scope, blocks)
        for block, source in view.blocks:
            self._block(block, source, view, schema, scope, blocks)
        for name in [n for n in blocks if schema is not None and n in schema.attributes]:
            made = blocks.pop(name)
            if made:
                arguments[name] = _as_argument(name, made, schema)  # type: ignore[arg-type]
        groups = {name: _group(made) for name, made in blocks.items()}
        return BlockInstance(type, header, span, arguments, groups, view.broken)

    def _blocks_of_argument(self, attribute: ast.Attribute, source: SourceFile, view: BodyView) -> Iterable[ast.Block]:
        """JSON syntax gives nested blocks as an object or an array of objects. The schema check refuses them elsewhere;
        what they hold is still worth judging."""
        found, problems = nested_blocks(attribute, source)
        for problem in problems if view.json else ():
            self.report(EvalError(problem.detail, problem.span or Span(source, attribute.start, attribute.end)))
        return found

    def _argument(
        self, attribute: ast.Attribute, source: SourceFile, schema: BlockSchema | None, scope: Scope
    ) -> Argument:
        inner = scope.in_file(source)
        span = Span(source, attribute.expr.start, attribute.expr.end)
        type_: Type = DYNAMIC
        if schema is not None and attribute.name in schema.attributes:
            type_ = schema_type(schema.attributes[attribute.name].type)
        value = self.value(attribute.expr, inner, type_, attribute.name)
        return Argument(attribute.name, value, span, Span(source, attribute.start, attribute.name_end))

    def value(self, expr: ast.Expr, scope: Scope, type_: Type, name: str = "") -> Value:
        """The value of an argument's expression, converted; Unknown after an error, which is reported. `name` is that
        of the argument."""
        try:
            value = evaluate(expr, scope)
            return value if type_ is DYNAMIC else convert(value, type_)
        except EvalError as error:
            self.report(error)
            return error.unknown(type_)
        except ConversionError as error:
            message = f"the value{f' of {name}' if name else ''} has the wrong type: {error.message}"
            failure = EvalError(message, scope.span(expr), refused=True, detail=f"{name}:type" if name else "")
            self.report(failure)
            return failure.unknown(type_)

    def _block(
        self,
        block: ast.Block,
        source: SourceFile,
        view: BodyView,
        schema: BlockSchema | None,
        scope: Scope,
        into: dict[str, list[_Made]],
    ) -> None:
        if block.type == "dynamic" and len(block.labels) == 1:
            self._dynamic(block, source, view, schema, scope, into)
            return
        if block.type in SKIPPED_BLOCKS and (schema is None or block.type not in schema.blocks):
            return
        nested = _nested(schema, block.type)
        if nested is None and schema is not None and block.type in schema.attributes:
            return
        inner = scope.in_file(source)
        body = BodyView.of(block.body, source, json=view.json)
        made = self._nested_body().body(
            body, nested or None, inner, block.header(source), block.span(source), block.type
        )
        into.setdefault(block.type, []).append(_Made(made))

    def _nested_body(self) -> Decoder:
        return self if not self.skip else replace(self, skip=frozenset())

    def _dynamic(
        self,
        block: ast.Block,
        source: SourceFile,
        view: BodyView,
        schema: BlockSchema | None,
        scope: Scope,
        into: dict[str, list[_Made]],
    ) -> None:
        type_ = block.labels[0]
        nested = _nested(schema, type_)
        content = next((b for b in block.body.blocks if b.type == "content"), None)
        attributes = {a.name: a for a in block.body.attributes}
        each = attributes.get("for_each")
        is_argument = nested is None and schema is not None and type_ in schema.attributes
        if content is None or each is None or is_argument:
            return
        inner = scope.in_file(source)
        iterator = _iterator_name(attributes.get("iterator"), type_)
        body = BodyView.of(content.body, source, json=view.json)
        decoder = self._nested_body()

        def make(key: Value, value: Value) -> BlockInstance:
            names = {iterator: object_value({"key": key, "value": value})}
            made = decoder.body(
                body, nested or None, inner.bind(names), block.header(source), block.span(source), type_
            )
            return replace(made, generated=True)

        collection = self.value(each.expr, inner, DYNAMIC)
        target = into.setdefault(type_, [])
        if isinstance(collection, Unknown):
            stranger = Unknown(DYNAMIC, collection.cause, None, collection.origin)
            decoder = replace(decoder, report=self.possible or self.report)
            target.append(_Made(make(stranger, stranger), collection))
        elif isinstance(collection, Known) and access.is_iterable(collection):
            target.extend(_Made(make(key, value)) for key, value in access.iterate(collection))
        else:
            what = "null" if isinstance(collection, Absent) else "no collection"
            self.report(EvalError(f"the for_each of a dynamic block is {what}", inner.span(each.expr)))


@dataclass(frozen=True, slots=True)
class _Made:
    """A block that exists, or (with `unknown`) the template of blocks that may exist."""

    block: BlockInstance
    unknown: Unknown | None = None


def _blocks_perhaps(attribute: ast.Attribute, source: SourceFile) -> Iterable[ast.Block]:
    """What JSON gives for an argument or for blocks: only a schema tells them apart, without one it is read as both."""
    found, problems = nested_blocks(attribute, source)
    return () if problems else found


def _group(made: Iterable[_Made]) -> BlockGroup:
    made = list(made)
    possible = tuple(m.block for m in made if m.unknown is not None)
    unknown = next((m.unknown for m in made if m.unknown is not None), None)
    return BlockGroup(tuple(m.block for m in made if m.unknown is None), possible, unknown)


def _iterator_name(iterator: ast.Attribute | None, default: str) -> str:
    if iterator is None:
        return default
    if isinstance(iterator.expr, ast.Variable):
        return iterator.expr.name
    if isinstance(iterator.expr, ast.Literal) and isinstance(iterator.expr.value, str):
        return iterator.expr.value
    return default


def _nested(schema: BlockSchema | None, type: str) -> BlockSchema | None:
    """The schema of a nested block. For an argument that may be written as blocks there is one made of its object
    type."""
    if schema is None:
        return None
    found = schema.blocks.get(type)
    if found is not None:
        return found.block
    attribute = schema.attributes.get(type)
    if attribute is None:
        return None
    return _object_schema(schema_type(attribute.type))


def _object_schema(type_: Type) -> BlockSchema | None:
    if not isinstance(type_, CollectionType) or not isinstance(type_.element, ObjectType):
        return None
    names = type_.element.attributes
    return BlockSchema({n: AttributeSchema(n, "dynamic", optional=True) for n, _ in names}, {})


def _as_argument(name: str, made: list[_Made], schema: BlockSchema) -> Argument:
    """Blocks that stand for an argument of a list or set of objects ("attributes as blocks")."""
    first = made[0].block
    type_ = schema_type(schema.attributes[name].type)
    unknown = next((m.unknown for m in made if m.unknown is not None), None)
    if unknown is not None:
        return Argument(name, Unknown(type_, unknown.cause), first.span, first.header)
    assert isinstance(type_, CollectionType)
    assert isinstance(type_.element, ObjectType)
    objects = tuple(object_value({n: m.block.value(n) for n, _ in type_.element.attributes}) for m in made)
    try:
        value = convert(tuple_value(objects), type_)
    except ConversionError as error:
        value = EvalError(error.message, first.span).unknown(type_)
    return Argument(name, value, first.span, first.header)
