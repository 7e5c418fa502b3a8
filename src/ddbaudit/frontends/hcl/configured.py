"""The source as it is now against the `configuration` of a plan: what is certainly not what the plan was made from.

Plan JSON tells of an expression its constant, or the references in it, and nothing of how these are used; `locals`,
`dynamic` blocks and `lifecycle` are not in it at all. So what is found here is certain, and it is not everything.

Source: https://developer.hashicorp.com/terraform/internals/json-format#configuration-representation and Terraform's
internal/command/jsonconfig.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ddbaudit.foundation.source import SourceFile, Span
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.calls import META as CALL_META
from ddbaudit.frontends.hcl.configured_expressions import (
    agrees,
    is_constant,
    is_template,
    longest,
    named,
    nodes,
    shown,
    traversals,
)
from ddbaudit.frontends.hcl.convert import ConversionError, convert
from ddbaudit.frontends.hcl.expressions import evaluate
from ddbaudit.frontends.hcl.module import ModuleRuntime, label
from ddbaudit.frontends.hcl.providers import provider_name
from ddbaudit.frontends.hcl.scope import EvalError, Scope
from ddbaudit.frontends.hcl.source import BodyView, Decl, literal_text
from ddbaudit.ir.plan import (
    Configuration,
    ConfiguredBody,
    ConfiguredCall,
    ConfiguredExpression,
    ConfiguredResource,
    Difference,
    keeps_all,
)
from ddbaudit.ir.schema import (
    META_ARGUMENTS,
    META_BLOCKS,
    AttributeSchema,
    BlockSchema,
    provider_schema,
    resource_schema,
    schema_type,
)
from ddbaudit.ir.value import Value


def differences(configuration: Configuration, root: ModuleRuntime) -> Iterator[Difference]:
    """Everything in which the source certainly differs, in no particular order."""
    modules = dict(_modules(root))
    resources = {r.declaration: r for r in configuration.resources}
    calls = {c.path: c for c in configuration.calls}
    for path, runtime in modules.items():
        if all(call in calls for call in _leading(path)):
            yield from _Module(path, runtime).differences(resources, calls)
    declared = {_join(p, label(d)) for p, m in modules.items() for d in m.source.resources.values()}
    called = {_join(p, f"module.{name}") for p, m in modules.items() for name in m.source.modules}
    whole = {path for path, runtime in modules.items() if not runtime.source.broken}
    for resource in configuration.resources:
        if resource.module in whole and resource.declaration not in declared:
            yield Difference(resource.declaration, "the plan was made with it, the source does not declare it")
    for call in configuration.calls:
        if call.module in whole and call.path not in called:
            yield Difference(call.path, "the plan was made with it, the source does not call it")
    for key, body in configuration.providers.items():
        decl = root.source.providers.get(key)
        if decl is not None and ":" not in key:
            yield from _Comparison(f"provider.{key}", root, decl).provider(body)


def _modules(root: ModuleRuntime) -> Iterator[tuple[str, ModuleRuntime]]:
    """One instance of every module that has any, by its path without keys."""
    pending = [("", root)]
    while pending:
        path, runtime = pending.pop()
        yield path, runtime
        for name in runtime.source.modules:
            try:
                children_ = runtime.call(name).instances()
            except EvalError:
                continue
            if children_:
                pending.append((_join(path, f"module.{name}"), children_[0].runtime))


def _leading(path: str) -> Iterator[str]:
    """The module calls that lead to a module, its own included."""
    while path:
        yield path
        path = path.rpartition(".module.")[0]


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


@dataclass(frozen=True, slots=True)
class _Module:
    path: str
    runtime: ModuleRuntime

    def differences(
        self, resources: Mapping[str, ConfiguredResource], calls: Mapping[str, ConfiguredCall]
    ) -> Iterator[Difference]:
        source = self.runtime.source
        for decl in source.resources.values():
            address = _join(self.path, label(decl))
            planned = resources.get(address)
            if planned is not None:
                yield from _Comparison(address, self.runtime, decl).resource(planned)
            elif not source.broken:
                yield Difference(address, "the source declares it, the plan was made without it", decl.header)
        for decl in source.modules.values():
            address = _join(self.path, label(decl))
            call = calls.get(address)
            if call is not None:
                yield from _Comparison(address, self.runtime, decl).call(call)
            elif not source.broken:
                yield Difference(address, "the source calls it, the plan was made without it", decl.header)


class _Comparison:
    """One block against what the plan tells of it."""

    def __init__(self, address: str, runtime: ModuleRuntime, decl: Decl) -> None:
        self.address = address
        self.runtime = runtime
        self.decl = decl

    def resource(self, planned: ConfiguredResource) -> Iterator[Difference]:
        yield from self._expansion(planned.count, planned.for_each)
        if not self.runtime.address:
            yield from self._provider(planned.provider)
        if planned.mode == "managed" and not keeps_all(planned.type):
            return
        schema = resource_schema(planned.mode, planned.type)
        if schema is not None and not self.decl.body.broken:
            yield from self._body(self.decl.body, planned.body, schema, "", self.decl.header, META_ARGUMENTS["managed"])

    def _provider(self, planned: str) -> Iterator[Difference]:
        """Of the root module only: elsewhere a plan names what was passed down."""
        found = self.decl.body.attributes.get("provider")
        ours = provider_name(found[0].expr) if found is not None else self.decl.type.split("_", 1)[0]
        if planned and ours is not None and ours != planned:
            place = found[0].span(found[1]) if found is not None else self.decl.header
            yield Difference(self.address, f"its provider is {planned} in the plan, {ours} now", place)

    def call(self, planned: ConfiguredCall) -> Iterator[Difference]:
        yield from self._expansion(planned.count, planned.for_each)
        source = literal_text(self.decl.body, "source")
        if source is not None and planned.source and source != planned.source:
            attribute, file = self.decl.body.attributes["source"]
            detail = f'its source is "{planned.source}" in the plan, "{source}" now'
            yield Difference(self.address, detail, attribute.expr.span(file))
        if not self.decl.body.broken:
            declared = self._declared()
            ours = {n: a for n, a in self.decl.body.attributes.items() if n not in CALL_META and n in declared}
            yield from self._arguments(ours, planned.arguments, "", self.decl.header, json=self.decl.body.json)

    def _declared(self) -> Mapping[str, object]:
        """The variables of the called module; an argument beyond them is an error, and in no plan."""
        called = self.runtime.call(self.decl.name).source
        return called.variables if called is not None else {}

    def provider(self, planned: ConfiguredBody) -> Iterator[Difference]:
        """The rest of a provider block is credentials, and how to reach the provider: it may differ from run to run."""
        schema = provider_schema()
        attributes = {n: a for n, a in schema.attributes.items() if n == "region"}
        blocks = {n: b for n, b in schema.blocks.items() if n == "default_tags"}
        yield from self._body(self.decl.body, planned, BlockSchema(attributes, blocks), "", self.decl.header)

    def _expansion(
        self, count: ConfiguredExpression | None, for_each: ConfiguredExpression | None
    ) -> Iterator[Difference]:
        for name, planned in (("count", count), ("for_each", for_each)):
            found = self.decl.body.attributes.get(name)
            if found is None and planned is not None:
                yield Difference(self.address, f"the plan was made with {name}", self.decl.header)
            elif found is not None and planned is not None:
                yield from self._expression(*found, planned, name, json=self.decl.body.json, open_=True)
            elif found is not None and (traversals(found[0].expr) or is_constant(found[0].expr)):
                yield Difference(self.address, f"the plan was made without {name}", found[0].span(found[1]))

    def _body(
        self,
        view: BodyView,
        planned: ConfiguredBody,
        schema: BlockSchema,
        prefix: str,
        header: Span,
        meta: frozenset[str] = frozenset(),
    ) -> Iterator[Difference]:
        ours = {n: a for n, a in view.attributes.items() if n in schema.attributes and n not in meta}
        theirs = {n: e for n, e in planned.arguments.items() if n in schema.attributes}
        in_blocks = {n for n in schema.attributes if n in planned.blocks or any(b.type == n for b, _ in view.blocks)}
        yield from self._arguments(
            {n: a for n, a in ours.items() if n not in in_blocks},
            {n: e for n, e in theirs.items() if n not in in_blocks},
            prefix,
            header,
            json=view.json,
            schema=schema,
        )
        for name, nested in schema.blocks.items():
            if view.json or name in META_BLOCKS["managed"] or name in view.attributes:
                continue
            blocks, known = list(view.blocks_of(name)), planned.blocks.get(name, ())
            if len(blocks) != len(known):
                detail = f"the plan was made with {len(known)} {prefix}{name} blocks, the source has {len(blocks)}"
                yield Difference(self.address, detail, blocks[-1][0].header(blocks[-1][1]) if blocks else header)
                continue
            for (block, file), theirs_ in zip(blocks, known, strict=True):
                body = BodyView.of(block.body, file, json=False)
                if not body.broken:
                    yield from self._body(body, theirs_, nested.block, f"{prefix}{name}.", block.header(file))

    def _arguments(
        self,
        ours: Mapping[str, tuple[ast.Attribute, SourceFile]],
        planned: Mapping[str, ConfiguredExpression],
        prefix: str,
        header: Span,
        *,
        json: bool,
        schema: BlockSchema | None = None,
    ) -> Iterator[Difference]:
        for name in sorted(planned.keys() - ours.keys()):
            yield Difference(self.address, f"the plan was made with {prefix}{name}, which the source omits", header)
        for name, (attribute, file) in ours.items():
            theirs = planned.get(name)
            if theirs is None:
                place = attribute.span(file)
                yield Difference(self.address, f"the source sets {prefix}{name}, the plan was made without it", place)
                continue
            known = schema.attributes[name] if schema is not None else None
            yield from self._expression(attribute, file, theirs, f"{prefix}{name}", json=json, schema=known)

    def _expression(
        self,
        attribute: ast.Attribute,
        file: SourceFile,
        planned: ConfiguredExpression,
        name: str,
        *,
        json: bool,
        schema: AttributeSchema | None = None,
        open_: bool = False,
    ) -> Iterator[Difference]:
        """`open_`: the value may be shown though no schema says so."""
        expr = attribute.expr
        ours, theirs = traversals(expr), longest(planned.references)
        place = expr.span(file)
        if ours is not None and ours != theirs:
            told = f"refers to {named(theirs)} in the plan, {named(ours)} now"
            if ours.keys() == theirs.keys():
                told = f"does not refer to {named(theirs)} as often as in the plan"
            yield Difference(self.address, f"{name} {told}", place)
            return
        if theirs or planned.constant is None or (json and is_template(planned.constant)):
            return
        if not is_constant(expr):
            if any(isinstance(node, ast.Call) for node in nodes(expr)):
                yield Difference(self.address, f"{name} is a constant in the plan, a function call now", place)
            return
        value, constant = self._value(expr, file, schema), _converted(planned.constant, schema)
        if value is not None and constant is not None and not agrees(value, constant):
            then, now = shown(constant), shown(value)
            may_be_told = open_ or (schema is not None and not schema.sensitive)
            told = f"is {then} in the plan, {now} now" if may_be_told and then and now else "has changed"
            yield Difference(self.address, f"{name} {told}", place)

    def _value(self, expr: ast.Expr, file: SourceFile, schema: AttributeSchema | None) -> Value | None:
        try:
            return _converted(evaluate(expr, Scope(self.runtime, file)), schema)
        except EvalError:
            return None


def _converted(value: Value, schema: AttributeSchema | None) -> Value | None:
    """A constant as the attribute takes it; None when it cannot."""
    try:
        return value if schema is None else convert(value, schema_type(schema.type))
    except ConversionError:
        return None
