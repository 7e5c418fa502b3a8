"""What Terraform may refuse: module instances and resources with the faults in them and the values that have limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ddbaudit.foundation.source import Span
from ddbaudit.ir.instance import BlockInstance, Declaration, Fault, ModuleInstance, ResourceInstance
from ddbaudit.ir.limits import Limit as Limit  # noqa: PLC0414 - part of this interface
from ddbaudit.ir.limits import conflicts_of, limits_of
from ddbaudit.ir.value import Absent, Cause, Unknown, boolean
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.reading import attr, nested
from ddbaudit.model.subjects import judged


@dataclass(frozen=True, slots=True)
class Validated:
    """A module instance, a resource instance, or a resource without instances (`instance` is None).

    `faults` are those in it; those of a block that has several instances are its first one's. `doubt` tells why the
    provider that counts may be another than the one whose word is known.
    """

    address: str
    faults: tuple[Fault, ...]
    callers: tuple[Span, ...] = ()
    instance: ResourceInstance | None = None
    module: ModuleInstance | None = None
    doubt: Cause | None = None


def validated_of(estate: Estate) -> tuple[Validated, ...]:
    """Modules, then resources; none for a plan without source, which Terraform has found valid."""
    return tuple(_validated(estate)) if estate.evaluation.written is not None else ()


def _validated(estate: Estate) -> Iterator[Validated]:
    for module in estate.modules:
        yield Validated(module.address, module.faults, module.callers, None, module)
    declarations = {d.address: d for d in estate.declarations if d.type != "module"}
    seen: set[str] = set()
    for instance in estate.resources:
        declaration = declarations.get(instance.declaration)
        first = instance.declaration not in seen
        seen.add(instance.declaration)
        faults = declaration.faults if declaration is not None and first else ()
        doubt = declaration.doubt if declaration is not None else None
        yield Validated(instance.address, (*faults, *instance.faults), instance.callers, instance, None, doubt)
    yield from (_without_instances(d) for d in declarations.values() if d.address not in seen)


def _without_instances(declaration: Declaration) -> Validated:
    return Validated(declaration.address, declaration.faults, doubt=declaration.doubt)


judged(Validated, "module and resource", lambda estate: estate.once(validated_of))


@dataclass(frozen=True, slots=True)
class Limited:
    """A value that has a limit. `name` tells it from others in the resource, the same in every environment; `possible`
    why the block that it stands in may not exist."""

    limit: Limit
    value: Attr
    name: str
    possible: Unknown | None


def limited(instance: ResourceInstance) -> Iterator[Limited]:
    """The values with limits that are set in a resource."""
    for limit in limits_of(instance.mode, instance.type):
        for block, name, possible in _blocks(instance.body, limit.path[:-1], "", None):
            argument = block.arguments.get(limit.path[-1])
            if argument is not None and not isinstance(argument.value, Absent):
                yield Limited(limit, Attr(argument.value, argument.span), f"{name}{limit.path[-1]}", possible)


_Place = tuple[BlockInstance, str, Unknown | None]


def _blocks(body: BlockInstance, path: tuple[str, ...], name: str, possible: Unknown | None) -> Iterator[_Place]:
    if not path:
        yield body, name, possible
        return
    found = nested(body, path[0])
    for number, (block, certain) in enumerate(found.all):
        label = attr(block, "name").public or (str(number) if len(found.all) > 1 else "")
        inner = f"{name}{path[0]}{f'[{label}]' if label else ''}."
        yield from _blocks(block, path[1:], inner, possible if certain else found.unknown)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two arguments or blocks that exclude each other, both (perhaps) set; `unknown` tells what is not known of it."""

    names: tuple[str, str]
    first: Span
    second: Attr
    unknown: Unknown | None


def conflicts(instance: ResourceInstance) -> Iterator[Conflict]:
    """The pairs of which both are set, or may be."""
    for one, two in conflicts_of(instance.type) if instance.mode == "managed" else ():
        first, second = _given(instance.body, one), _given(instance.body, two)
        if first.is_set and second.is_set:
            reason = first.unknown if first.unknown is not None else second.unknown
            yield Conflict((one, two), first.span, second, reason)


def _given(body: BlockInstance, name: str) -> Attr:
    """An argument, or the blocks of that name as one value: Absent where there is none."""
    found = nested(body, name)
    if found.items:
        return Attr(boolean(True), found.items[0].header)
    if found.possible and found.unknown is not None:
        return Attr(found.unknown, found.possible[0].header)
    return attr(body, name)
