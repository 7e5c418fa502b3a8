"""What refers to what in the configuration of a plan, as far as plan JSON tells it.

Plan JSON lists the references of an expression (`aws_kms_key.k.arn`, `var.kms`, `module.keys["a"].arn`), but neither
`dynamic` blocks nor the definitions of locals. So two different questions are answered from opposite sides: what
*certainly* depends on a resource (`depends_on`, `direct`), and what *may* reach a module (`Reach`).

Terraform's graph is one of blocks, not of instances: two blocks that depend on each other are a cycle even where no
two instances do. Everything here therefore speaks of addresses without instance keys ("declarations").

Source: https://developer.hashicorp.com/terraform/internals/json-format#expression-representation
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Literal, TypeAlias

from ddbaudit.ir.plan import Configuration, ConfiguredBody, ConfiguredCall, ConfiguredExpression, ConfiguredResource

_KEY = re.compile(r'\[(?:\d+|\?|"(?:[^"\\]|\\.)*")\]')

Node: TypeAlias = tuple[Literal["resource", "variable", "output"], str, str]
"""Something with a value: its kind, the path of its module, its name (of a resource, its address in the module)."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference without instance keys. `name` is a resource's address in its module, else the second step; `output`
    is that of a module, `path` what follows of a resource's attributes."""

    kind: Literal["resource", "var", "local", "module", "each", "other"]
    name: str = ""
    output: str | None = None
    path: tuple[str, ...] = ()


def without_keys(address: str) -> str:
    """`module.a["x"].aws_kms_key.k[0]` as `module.a.aws_kms_key.k`."""
    return _KEY.sub("", address)


@cache
def parse(text: str) -> Reference:
    steps = without_keys(text).split(".")
    head, rest = steps[0], steps[1:]
    if head in ("var", "local") and rest:
        return Reference(head, rest[0])  # type: ignore[arg-type]
    if head == "module" and rest:
        return Reference("module", rest[0], rest[1] if len(rest) > 1 else None)
    if head == "each":
        return Reference("each", rest[0] if rest else "")
    if head in ("count", "path", "terraform", "self", "ephemeral") or not rest:
        return Reference("other")
    size = 3 if head == "data" else 2
    return Reference("resource", ".".join(steps[:size]), None, tuple(steps[size:]))


def references(body: ConfiguredBody) -> Iterator[str]:
    """All references in a body and the blocks in it."""
    for argument in body.arguments.values():
        yield from argument.references
    for blocks in body.blocks.values():
        for block in blocks:
            yield from references(block)


def in_module(module: str, name: str) -> str:
    return f"{module}.{name}" if module else name


@dataclass(slots=True)
class Reach:
    """Where the values may come from that something in a module sees: single resources, and all of some modules."""

    declarations: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)

    def has(self, module: str, declaration: str) -> bool:
        return declaration in self.declarations or any(_within(module, outer) for outer in self.modules)


def _within(module: str, outer: str) -> bool:
    return not outer or module == outer or module.startswith(f"{outer}.")


class References:
    """The references of a configuration. Answers are kept: the same are asked for many resources."""

    def __init__(self, configuration: Configuration) -> None:
        self.resources: dict[str, ConfiguredResource] = {r.declaration: r for r in configuration.resources}
        self.calls: dict[str, ConfiguredCall] = {c.path: c for c in configuration.calls}
        self._outputs = configuration.outputs
        self._upstream: dict[str, frozenset[str]] = {}
        self._reach: dict[str, Reach] = {}

    # -- what certainly depends on what ----------------------------------------------------------------------------

    def depends_on(self, declaration: str, other: str) -> bool:
        """Whether one resource certainly depends on another, over any number of steps."""
        found = self._upstream.get(declaration)
        if found is None:
            found = self._upstream[declaration] = frozenset(self._follow(declaration, through_resources=True))
        return other in found

    def direct(self, declaration: str) -> frozenset[str]:
        """The resources that a resource refers to, also over variables and outputs."""
        return frozenset(self._follow(declaration, through_resources=False))

    def _follow(self, declaration: str, *, through_resources: bool) -> Iterator[str]:
        start = self.resources.get(declaration)
        pending = list(self._of_resource(start)) if start is not None else []
        seen: set[Node] = set()
        while pending:
            node = pending.pop()
            if node in seen:
                continue
            seen.add(node)
            kind, module, name = node
            if kind == "resource":
                yield in_module(module, name)
                found = self.resources.get(in_module(module, name)) if through_resources else None
                pending.extend(self._of_resource(found) if found is not None else ())
            elif kind == "variable":
                pending.extend(self._of_variable(module, name))
            else:
                expression = self._outputs.get((module, name))
                pending.extend(_nodes(expression.references, module) if expression is not None else ())

    def _of_resource(self, resource: ConfiguredResource) -> Iterator[Node]:
        """What a resource block needs: also what decides how often it and the modules around it occur."""
        repetition = (resource.count, resource.for_each)
        yield from _nodes(references(resource.body), resource.module)
        yield from _nodes(_all(repetition), resource.module)
        call = self.calls.get(resource.module)
        while call is not None:
            yield from _nodes(_all((call.count, call.for_each)), call.module)
            call = self.calls.get(call.module)

    def _of_variable(self, module: str, name: str) -> Iterator[Node]:
        call = self.calls.get(module)
        argument = call.arguments.get(name) if call is not None else None
        if call is not None and argument is not None:
            yield from _nodes(argument.references, call.module)

    # -- what may reach what ---------------------------------------------------------------------------------------

    def into(self, module: str) -> Reach:
        """Where values may come from that anything in a module sees.

        That are its own resources, those of the modules it calls, and what its call's arguments bring. A local of a
        module may hold whatever the module sees.
        """
        found = self._reach.get(module)
        if found is None:
            found = self._reach[module] = self._trace([("scope", module, "")])
        return found

    def behind(self, texts: Iterable[str], module: str) -> Reach:
        """Where values may come from that expressions with these references see."""
        return self._trace(list(_sources(texts, module)))

    def _trace(self, pending: list[tuple[str, str, str]]) -> Reach:
        reach = Reach()
        seen: set[tuple[str, str, str]] = set()
        while pending:
            step = pending.pop()
            if step in seen:
                continue
            seen.add(step)
            kind, module, name = step
            if kind == "resource":
                reach.declarations.add(in_module(module, name))
            elif kind == "variable":
                pending.extend(self._behind_variable(module, name))
            else:
                reach.modules.add(module)
                pending.extend(self._behind_call(module))
        return reach

    def _behind_call(self, module: str) -> Iterator[tuple[str, str, str]]:
        call = self.calls.get(module)
        if call is not None:
            expressions = (call.count, call.for_each, *call.arguments.values())
            yield from _sources(_all(expressions), call.module)

    def _behind_variable(self, module: str, name: str) -> Iterator[tuple[str, str, str]]:
        call = self.calls.get(module)
        if call is not None:
            yield from _sources(_all((call.arguments.get(name), call.count, call.for_each)), call.module)


def _all(expressions: Iterable[ConfiguredExpression | None]) -> Iterator[str]:
    for expression in expressions:
        yield from expression.references if expression is not None else ()


def _nodes(texts: Iterable[str], module: str) -> Iterator[Node]:
    for reference in map(parse, texts):
        if reference.kind == "resource":
            yield ("resource", module, reference.name)
        elif reference.kind == "var":
            yield ("variable", module, reference.name)
        elif reference.kind == "module" and reference.output is not None:
            yield ("output", in_module(module, f"module.{reference.name}"), reference.output)


def _sources(texts: Iterable[str], module: str) -> Iterator[tuple[str, str, str]]:
    for reference in map(parse, texts):
        if reference.kind == "resource":
            yield ("resource", module, reference.name)
        elif reference.kind == "var":
            yield ("variable", module, reference.name)
        elif reference.kind == "module":
            yield ("scope", in_module(module, f"module.{reference.name}"), "")
        elif reference.kind == "local":
            yield ("scope", module, "")
