"""Blocks that `dynamic` blocks make and that are too many for the schema: only what is evaluated tells how many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ddbaudit.foundation.source import Span
from ddbaudit.foundation.text import plural
from ddbaudit.ir.instance import BlockInstance, Fault
from ddbaudit.ir.schema import BlockSchema, resource_schema
from ddbaudit.model.estate import Estate


def surplus_blocks(estate: Estate, declaration: str) -> tuple[Fault, ...]:
    """The faults of the kind `too-many-blocks` in the instances of a declaration, by its address, once for each
    place."""
    return estate.once(_by_declaration).get(declaration, ())


def _by_declaration(estate: Estate) -> Mapping[str, tuple[Fault, ...]]:
    found: dict[str, dict[Span, Fault]] = {}
    for instance in estate.resources:
        schema = resource_schema(instance.mode, instance.type) if _any_generated(instance.body) else None
        for fault in _surplus(instance.body, schema, instance.type) if schema is not None else ():
            found.setdefault(instance.declaration, {}).setdefault(fault.span, fault)
    return {address: tuple(by_place.values()) for address, by_place in found.items()}


def _any_generated(body: BlockInstance) -> bool:
    blocks = [block for group in body.blocks.values() for block in group.items]
    return any(block.generated or _any_generated(block) for block in blocks)


def _surplus(body: BlockInstance, schema: BlockSchema, resource: str) -> Iterator[Fault]:
    for name, group in body.blocks.items():
        nested = schema.blocks.get(name)
        if nested is None:
            continue
        have, limit = len(group.items), nested.max_items
        if limit and have > limit and any(block.generated for block in group.items):
            message = f'{have} "{name}" blocks where {resource} allows {plural(limit, "block")}'
            header = group.items[limit].header
            yield Fault("too-many-blocks", message, header, "remove the surplus", "one too many")
        for block in group.items:
            yield from _surplus(block, nested.block, resource)
