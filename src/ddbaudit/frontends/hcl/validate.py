"""References that lead nowhere, found on the syntax of a module as `terraform validate` finds them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from ddbaudit.foundation.source import SourceFile, Span
from ddbaudit.foundation.text import did_you_mean
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.later import LATER
from ddbaudit.frontends.hcl.loader import Loader
from ddbaudit.frontends.hcl.references import Reference, references
from ddbaudit.frontends.hcl.source import BodyView, Decl, ModuleSource
from ddbaudit.frontends.hcl.versions import Doubt
from ddbaudit.ir.instance import Fault
from ddbaudit.ir.schema import resource_schema
from ddbaudit.ir.value import Cause

_BUILT_IN = frozenset({"each", "count", "self", "path", "terraform", "ephemeral"})

_NOT_IN_MODULE = "that is not declared in this module"


def undeclared(
    source: ModuleSource, loader: Loader, doubt: Callable[[str], Doubt | None] = lambda _: None
) -> tuple[Fault, ...]:
    """The references of a module that name nothing; none when part of the module could not be read. `doubt` tells why
    the schema of a resource type may be that of another version. What files may declare that are yet to be generated
    is doubtful, and each such name is told once."""
    if source.broken:
        return ()
    checker = _Checker(source, loader, doubt)
    found: dict[Span, Fault] = {}
    for reference in _checked_references(source):
        fault = checker.check(reference)
        if fault is not None:
            found.setdefault(fault.span, fault)
    cause = loader.generating.get(source.directory)
    return tuple(found.values() if cause is None else _doubted(found.values(), cause))


def _doubted(faults: Iterable[Fault], cause: Cause) -> Iterator[Fault]:
    told: set[str] = set()
    for fault in faults:
        if not fault.message.endswith(_NOT_IN_MODULE):
            yield fault
        elif fault.message not in told:
            told.add(fault.message)
            yield replace(fault, doubt=cause)


def _checked_references(source: ModuleSource) -> Iterator[Reference]:
    yield from _references_of(source)
    for decl in source.variables.values():
        yield from references_in(decl)
    for decl in source.others:
        if decl.type == "check":
            yield from _in_body(decl.body, frozenset({"data"}))


def references_of(source: ModuleSource) -> Iterator[Reference]:
    """All references of a module but those in its variables."""
    yield from _references_of(source)
    for decl in source.others:
        yield from _in_body(decl.body, _skipped(decl))


def references_in(variable: Decl) -> Iterator[Reference]:
    """The references in the validations of a variable."""
    for block, file in variable.body.blocks_of("validation"):
        yield from _in_block(block, file, frozenset())


def _references_of(source: ModuleSource) -> Iterator[Reference]:
    for local in source.locals.values():
        yield from references(local.expr, local.source)
    for decl in (*source.resources.values(), *source.modules.values(), *source.providers.values()):
        yield from _in_body(decl.body, _skipped(decl))
    for decl in source.outputs.values():
        yield from _in_body(decl.body, frozenset())


def _skipped(decl: Decl) -> frozenset[str]:
    """Arguments that name things without being expressions."""
    return frozenset({"provider", "providers", "ignore_changes"})


def _in_body(view: BodyView, skip: frozenset[str], bound: frozenset[str] = frozenset()) -> Iterator[Reference]:
    for name, (attribute, source) in view.attributes.items():
        if name not in skip:
            yield from references(attribute.expr, source, bound)
    for block, source in view.blocks:
        yield from _in_block(block, source, skip, bound)


def _in_block(
    block: ast.Block, source: SourceFile, skip: frozenset[str], bound: frozenset[str] = frozenset()
) -> Iterator[Reference]:
    if block.type in skip:
        return
    if block.type == "dynamic" and block.labels:
        bound |= {_iterator(block)}
    if block.type == "provisioner":
        skip |= {"when", "on_failure"}
    for attribute in block.body.attributes:
        if attribute.name not in skip and not (block.type == "dynamic" and attribute.name == "iterator"):
            yield from references(attribute.expr, source, bound)
    for inner in block.body.blocks:
        yield from _in_block(inner, source, skip, bound)


def _iterator(block: ast.Block) -> str:
    for attribute in block.body.attributes:
        if attribute.name == "iterator" and isinstance(attribute.expr, ast.Variable):
            return attribute.expr.name
    return block.labels[0]


class _Checker:
    def __init__(self, source: ModuleSource, loader: Loader, doubt: Callable[[str], Doubt | None]) -> None:
        self.source = source
        self.loader = loader
        self.doubt = doubt

    def check(self, reference: Reference) -> Fault | None:
        root, steps = reference.root, reference.steps
        first = steps[0] if steps else ""
        if root in _BUILT_IN:
            return None
        if root == "var":
            return self._simple(reference, "variable", f"var.{first}", first, self.source.variables)
        if root == "local":
            return self._simple(reference, "local value", f"local.{first}", first, self.source.locals)
        if root == "module":
            return self._module(reference)
        if root == "data":
            return self._resource(reference, "data", steps)
        if root == "resource":
            return self._resource(reference, "managed", steps)
        return self._resource(reference, "managed", (root, *steps))

    def _simple(self, reference: Reference, kind: str, what: str, name: str, names: Collection[str]) -> Fault | None:
        if name in names:
            return None
        return _fault(reference, f"{what} refers to a {kind} {_NOT_IN_MODULE}", name, names)

    def _module(self, reference: Reference) -> Fault | None:
        name = reference.steps[0] if reference.steps else ""
        decl = self.source.modules.get(name)
        if decl is None:
            return self._simple(reference, "module call", f"module.{name}", name, self.source.modules)
        rest = [s for s in reference.steps[1:] if s != "*"]
        child = self._child(decl)
        if not rest or child is None or child.broken or rest[0] in child.outputs:
            return None
        if len(reference.steps) > 1 and reference.steps[1] != "*" and _is_expanded(decl):
            return None
        message = f'module.{name} has no output named "{rest[0]}"'
        return _fault(reference, message, rest[0], list(child.outputs))

    def _child(self, decl: Decl) -> ModuleSource | None:
        import os

        for call, path in self.source.local_calls():
            if call is decl:
                directory = os.path.normpath(os.path.join(self.source.directory, path))
                return self.loader.module(directory) if self.loader.tree.is_directory(directory) else None
        return None

    def _resource(self, reference: Reference, mode: str, steps: Sequence[str]) -> Fault | None:
        prefix = "data." if mode == "data" else ""
        if len(steps) < 2 or steps[1] == "*":
            what = prefix + ".".join(steps[:1])
            message = f'"{what}" is neither a name that exists here nor a resource type followed by a name'
            return _fault(reference, message, what, [])
        type_, name = steps[0], steps[1]
        decl = self.source.resources.get((mode, type_, name))
        if decl is None:
            return self._no_resource(reference, mode, type_, name)
        return self._attribute(reference, decl, steps[2:])

    def _no_resource(self, reference: Reference, mode: str, type_: str, name: str) -> Fault:
        prefix = "data." if mode == "data" else ""
        kind = "data source" if mode == "data" else "resource"
        names = [f"{prefix}{t}.{n}" for m, t, n in self.source.resources if m == mode]
        message = f"{prefix}{type_}.{name} refers to a {kind} {_NOT_IN_MODULE}"
        return _fault(reference, message, f"{prefix}{type_}.{name}", names)

    def _attribute(self, reference: Reference, decl: Decl, steps: Sequence[str]) -> Fault | None:
        """Attributes are checked where the traversal certainly reaches the resource's own object."""
        rest = list(steps)
        if rest and rest[0] == "*" and _is_expanded(decl):
            rest.pop(0)
        elif _is_expanded(decl):
            return None
        if not rest or rest[0] == "*":
            return None
        schema = resource_schema("data" if decl.mode == "data" else "managed", decl.type)
        if schema is None or rest[0] in schema.attributes or rest[0] in schema.blocks:
            return None
        message = f'{decl.type} has no argument, block or attribute named "{rest[0]}"'
        fault = _fault(reference, message, rest[0], [*schema.attributes, *schema.blocks])
        doubt = self.doubt(decl.type)
        if doubt is None:
            return fault
        if doubt.later and rest[0] in LATER:
            return None
        return fault if doubt.also else replace(fault, doubt=doubt.cause)


def _is_expanded(decl: Decl) -> bool:
    return "count" in decl.body.attributes or "for_each" in decl.body.attributes


def _fault(reference: Reference, message: str, name: str, names: Collection[str]) -> Fault:
    best = did_you_mean(name, names)
    hint = f'did you mean "{best}"?' if best is not None else "declare it, or correct the name"
    return Fault("undeclared-reference", message, reference.span, hint, "not declared")
