"""Which planned block is which block of the configuration.

A plan shows the blocks of a set sorted and each once, the configuration in the order of the file and without those that
`dynamic` blocks make. Blocks of a set that say the same are one to Terraform, and so are two `attribute` blocks of a
table with the same name, whatever their types (the provider's hash of one is that of its name).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ddbaudit.frontends.plan.constants import may_be_same
from ddbaudit.ir.plan import ConfiguredBody, ConfiguredExpression
from ddbaudit.ir.schema import NestedBlock
from ddbaudit.ir.types import DYNAMIC
from ddbaudit.ir.value import Absent, Cause, Known, Unknown, Value

_IDENTITIES = ("name", "region_name", "attribute_name")
"""The argument that tells one block of a set from another."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """The blocks that exist, each with its planned content and its configuration; the latter is None for those that are
    not written. `doubtful` tells that a planned block may stand for several."""

    blocks: tuple[tuple[Value, ConfiguredBody | None], ...]
    doubtful: bool


def pair(nested: NestedBlock, items: Sequence[Value], written: Sequence[ConfiguredBody]) -> Pairing:
    """The blocks of one type: `items` as planned, `written` as configured.

    What is written exists, also where the plan shows nothing of it; its content is then unknown but for constants.
    """
    if not written:
        return Pairing(tuple((item, None) for item in items), bool(items))
    if not items:
        return Pairing(tuple((unplanned(nested), body) for body in written), False)
    if nested.nesting == "set":
        return _set(nested, items, written)
    if nested.nesting != "map" and len(items) == len(written):
        return Pairing(tuple(zip(items, written, strict=True)), False)
    return Pairing(tuple((item, None) for item in items), True)


def unplanned(nested: NestedBlock) -> Unknown:
    """The content of a block of which a plan shows nothing."""
    return Unknown(DYNAMIC, Cause("computed", f"the plan shows nothing of the {nested.name} blocks"))


def _set(nested: NestedBlock, items: Sequence[Value], written: Sequence[ConfiguredBody]) -> Pairing:
    found = [[item for item in items if _may_be(nested, body, item)] for body in written]
    if all(len(matches) == 1 for matches in found):
        pairs = [(matches[0], body) for matches, body in zip(found, written, strict=True)]
        taken = {id(item) for item, _ in pairs}
        others = [(item, None) for item in items if id(item) not in taken]
        return Pairing((*pairs, *others), bool(others))
    if len(items) == len(written) and len({_shape(body) for body in written}) == 1:
        shape = _without_constants(written[0])
        return Pairing(tuple((item, shape) for item in items), False)
    return Pairing(tuple((item, None) for item in items), True)


def _may_be(nested: NestedBlock, body: ConfiguredBody, item: Value) -> bool:
    """Whether a planned block may be a written one: by the argument that tells them apart if it is constant, else by
    all that are."""
    values = item.mapping if isinstance(item, Known) and isinstance(item.data, dict) else None
    if values is None:
        return True
    identity = next((name for name in _IDENTITIES if name in nested.block.attributes), "")
    expression = body.arguments.get(identity)
    if expression is not None and expression.constant is not None:
        return _agrees(identity, expression, values)
    return all(_agrees(name, expression, values) for name, expression in body.arguments.items())


def _agrees(name: str, expression: ConfiguredExpression, values: Mapping[str, Value]) -> bool:
    return expression.constant is None or may_be_same(expression.constant, values.get(name, Absent()))


def _shape(body: ConfiguredBody) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(body.arguments), frozenset(name for name, blocks in body.blocks.items() if blocks)


def _without_constants(body: ConfiguredBody) -> ConfiguredBody:
    """The same arguments, whatever their values: which block has which is not known."""
    arguments = {name: ConfiguredExpression(None, e.references) for name, e in body.arguments.items()}
    return ConfiguredBody(arguments, body.blocks)
