"""The source as evaluated, with what a plan knows beyond it.

The source says what is configured and where; the plan fills in what the source cannot know. Attributes of managed AWS
resources stay the symbols that they are (see `ir.filling`), blocks that the configuration omits stay omitted, whatever
the provider keeps of them. Changes get the place of their block in the source.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ddbaudit.foundation.source import Span
from ddbaudit.frontends.plan.agreement import disagreement
from ddbaudit.ir.filling import fill
from ddbaudit.ir.instance import Argument, BlockGroup, BlockInstance, Evaluation, ResourceInstance
from ddbaudit.ir.plan import Change, Plan
from ddbaudit.ir.value import Absent, Known, Value, is_sensitive, unknowns

_KEY = re.compile(r'\[(?:\d+|\?|"(?:[^"\\]|\\.)*")\]')
MOST_BLOCKS = 500
"""Of more blocks of one type in a resource no pairs are looked for; none of those that rules read has as many."""


def overlay(evaluation: Evaluation, plan: Plan) -> Evaluation:
    """The evaluation of the source that the plan was made of, filled from the plan."""
    planned = {c.address: c for c in (*plan.data, *plan.changes) if c.remains}
    resources = tuple(_instance(r, planned.get(r.address)) for r in evaluation.resources)
    return replace(evaluation, resources=resources, plan=_with_places(plan, evaluation))


def _instance(instance: ResourceInstance, change: Change | None) -> ResourceInstance:
    if change is None or not isinstance(change.after, Known) or not isinstance(change.after.data, dict):
        return instance
    body = _body(instance.body, change.after.data)
    return instance if body is instance.body else replace(instance, body=body)


def _body(body: BlockInstance, planned: Mapping[str, Value]) -> BlockInstance:
    """The block itself where nothing is to be filled in."""
    arguments = {n: _argument(a, planned[n]) for n, a in body.arguments.items() if n in planned}
    blocks = {n: _group(g, planned[n]) for n, g in body.blocks.items() if n in planned}
    if all(a is body.arguments[n] for n, a in arguments.items()) and all(
        g is body.blocks[n] for n, g in blocks.items()
    ):
        return body
    return replace(body, arguments={**body.arguments, **arguments}, blocks={**body.blocks, **blocks})


def _argument(argument: Argument, planned: Value) -> Argument:
    value = fill(argument.value, planned)
    return argument if value is argument.value else replace(argument, value=value)


def _group(group: BlockGroup, planned: Value) -> BlockGroup:
    """The blocks of one type. Where the source cannot tell how many there are, the plan's number decides."""
    elements = block_values(planned)
    if elements is None or len(elements) > MOST_BLOCKS or not _has_gaps(group, planned):
        return group
    left = list(elements)
    items: list[BlockInstance] = []
    in_order = isinstance(planned, Known) and planned.kind in ("list", "tuple") and not group.possible
    for block in group.items:
        if not left:
            return group
        element = left.pop(0 if in_order else _nearest(block, left))
        items.append(_body(block, element))
    if group.unknown is None and not group.possible:
        return (
            group
            if all(a is b for a, b in zip(items, group.items, strict=True))
            else replace(group, items=tuple(items))
        )
    if not group.possible and left:
        return group
    made = [_body(min(group.possible, key=lambda b: disagreement(b, element)), element) for element in left]
    return BlockGroup((*items, *made))


def _has_gaps(group: BlockGroup, planned: Value) -> bool:
    """Whether there is anything to fill in or to mark."""
    if group.unknown is not None or group.possible or is_sensitive(planned):
        return True
    return any(_block_has_gaps(block) for block in group.items)


def _block_has_gaps(block: BlockInstance) -> bool:
    if any(next(unknowns(a.value), None) is not None for a in block.arguments.values()):
        return True
    return any(g.unknown is not None or g.possible or any(map(_block_has_gaps, g.items)) for g in block.blocks.values())


def _nearest(block: BlockInstance, elements: Sequence[Mapping[str, Value]]) -> int:
    return min(range(len(elements)), key=lambda i: (disagreement(block, elements[i]), i))


def block_values(planned: Value) -> list[Mapping[str, Value]] | None:
    """The blocks that a plan has of one type; None where it does not know how many there are."""
    if isinstance(planned, Absent):
        return []
    if not isinstance(planned, Known):
        return None
    items: tuple[Value, ...] = (planned,)
    if isinstance(planned.data, tuple):
        items = planned.data
    elif planned.kind == "map":
        items = tuple(planned.mapping.values())
    found: list[Mapping[str, Value]] = [
        item.data for item in items if isinstance(item, Known) and isinstance(item.data, dict)
    ]
    return found if len(found) == len(items) else None


def _with_places(plan: Plan, evaluation: Evaluation) -> Plan:
    """The plan with the header of its block as the place of each change that the source declares."""
    headers: dict[str, Span] = {}
    for declaration in evaluation.declarations:
        headers.setdefault(_KEY.sub("", declaration.address), declaration.header)

    def placed(change: Change) -> Change:
        header = headers.get(_KEY.sub("", change.declaration))
        return change if header is None else replace(change, place=header)

    return replace(plan, changes=tuple(map(placed, plan.changes)), data=tuple(map(placed, plan.data)))
