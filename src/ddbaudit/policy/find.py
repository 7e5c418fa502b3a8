"""Follows a path through an evaluated resource: what certainly stands at its end, what may, and what is not known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ddbaudit.foundation.source import Span
from ddbaudit.ir.instance import BlockInstance, ResourceInstance
from ddbaudit.ir.types import DYNAMIC, STRING, map_of
from ddbaudit.ir.value import Absent, Known, Unknown, Value
from ddbaudit.model.attr import Attr
from ddbaudit.model.reading import Nested, attr, elements, members, nested, own_place
from ddbaudit.model.table import Tags
from ddbaudit.model.tags import tags_of
from ddbaudit.policy.paths import TAGS_ALL, Step, shown_key

_NAMES: Final = ("name", "region_name", "attribute_name", "index_name", "sid", "key")
"""Arguments that tell one block from another of its type."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path has led. `missing`: nothing is there, and the value is the absence of what would be. `resource` is
    set where the way begins, `tags` at the effective tags."""

    path: str
    at: BlockInstance | Attr
    missing: bool = False
    resource: ResourceInstance | None = None
    tags: Tags | None = None


@dataclass(frozen=True, slots=True)
class Blocks:
    """All blocks of a type, and where they stand or would."""

    path: str
    blocks: Nested
    span: Span
    header: Span


@dataclass(slots=True)
class Found:
    """What a path leads to: `certain`; `possible`, each with why it may not be there; `gaps`, the reasons why there may
    be more."""

    certain: list[Place] = field(default_factory=list)
    possible: list[tuple[Place, Unknown]] = field(default_factory=list)
    gaps: list[Place] = field(default_factory=list)

    def step(self, take: Step) -> Found:
        after = Found(gaps=list(self.gaps))
        for place in self.certain:
            found = _step(place, take)
            after.certain += found.certain
            after.possible += found.possible
            after.gaps += found.gaps
        for place, why in self.possible:
            found = _step(place, take)
            after.possible += [(inner, why) for inner in found.certain] + found.possible
            after.gaps += found.gaps
        return after


def root_of(instance: ResourceInstance) -> Place:
    return Place("", instance.body, resource=instance)


def find(start: Place, steps: Sequence[Step]) -> Found:
    """Everything at the end of the steps. A `block` step is taken together with the `each` behind it."""
    found = Found([start])
    at = 0
    while at < len(steps):
        step = steps[at]
        found = found.step(step)
        at += 2 if step.kind == "block" and at + 1 < len(steps) else 1
    return found


def blocks_at(place: Place, step: Step) -> Blocks:
    """All blocks of the type that the step names."""
    assert isinstance(place.at, BlockInstance)
    group = nested(place.at, step.name)
    header = place.at.header
    return Blocks(_join(place.path, step.name), group, group.place(header), header)


def _step(place: Place, step: Step) -> Found:
    if step.kind == "each":
        return _each(place)
    if isinstance(place.at, Attr):
        path = place.path + shown_key(step.name)
        found = _member(place.at, step.name)
        if place.tags is not None and step.name in place.tags.entries:
            found = place.tags.entries[step.name].value
        return Found([Place(path, found, place.missing)])
    if step.kind == "block" or (step.kind == "member" and step.name in place.at.blocks):
        return _blocks(place, step)
    if step.name == TAGS_ALL and place.resource is not None:
        tags = tags_of(place.resource)
        return Found([Place(TAGS_ALL, _as_map(tags), tags=tags)])
    return Found([Place(_join(place.path, step.name), attr(place.at, step.name))])


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _blocks(place: Place, step: Step) -> Found:
    """The blocks of a type. Where there may be none, its absence is there in their stead."""
    found = blocks_at(place, step)
    blocks = found.blocks
    result = Found()
    for number, block in enumerate(blocks.items):
        result.certain.append(Place(_named(found.path, block, number, step.sole), block))
    absence = Place(found.path, Attr(Absent(), found.span), missing=True)
    if blocks.unknown is None:
        if not blocks.items:
            result.certain.append(absence)
        return result
    for number, block in enumerate(blocks.possible, len(blocks.items)):
        result.possible.append((Place(_named(found.path, block, number, step.sole), block), blocks.unknown))
    if not blocks.items:
        result.possible.append((absence, blocks.unknown))
    assert isinstance(place.at, BlockInstance)
    if not blocks.possible or place.at.broken:
        result.gaps.append(Place(found.path, Attr(blocks.unknown, found.span)))
    return result


def _named(path: str, block: BlockInstance, number: int, sole: bool) -> str:
    """`replica["eu-west-1"]`, or by its number where nothing names it."""
    if sole:
        return path
    for name in _NAMES:
        text = attr(block, name).public
        if text:
            return f'{path}["{text}"]'
    return f"{path}[{number}]"


def _member(attribute: Attr, name: str) -> Attr:
    value = attribute.value
    found, unknown = members(value)
    if name in found:
        return Attr(found[name], own_place(found[name], attribute.span))
    if unknown is not None:
        return Attr(Unknown(DYNAMIC, unknown.cause, None, unknown.origin, unknown.sensitive), attribute.span)
    return Attr(Absent(DYNAMIC, value.origin, value.sensitive), attribute.span)


def _each(place: Place) -> Found:
    """The elements of a collection, or those of blocks that an unchecked path has led to."""
    if isinstance(place.at, BlockInstance):
        return Found([place])
    value, span = place.at.value, place.at.span
    found, unknown = _elements(value)
    result = Found([Place(place.path + key, Attr(item, own_place(item, span))) for key, item in found])
    if place.tags is not None:
        result.certain = [Place(place.path + shown_key(key), tag.value) for key, tag in place.tags.entries.items()]
    if unknown is not None:
        result.gaps.append(Place(place.path, Attr(unknown, span)))
    elif not result.certain:
        absent = Absent(DYNAMIC, value.origin, value.sensitive)
        result.certain.append(Place(place.path, Attr(absent, span), missing=True))
    return result


def _elements(value: Value) -> tuple[list[tuple[str, Value]], Unknown | None]:
    entries, unknown = members(value)
    if entries or (isinstance(value, Known) and isinstance(value.data, dict)):
        return [(shown_key(key), item) for key, item in entries.items()], unknown
    items, unknown = elements(value)
    if isinstance(value, Known) and not isinstance(value.data, tuple):
        return [("", value)], None
    return [(f"[{number}]", item) for number, item in enumerate(items)], unknown


def _as_map(tags: Tags) -> Attr:
    """Effective tags as one value."""
    values = {key: tag.value.value for key, tag in tags.entries.items()}
    if tags.unknown is not None:
        why = tags.unknown
        known = Known("map", values, STRING)
        return Attr(Unknown(map_of(STRING), why.cause, None, why.origin, why.sensitive, False, known), tags.span)
    return Attr(Known("map", values, STRING) if values else Absent(), tags.span)


def settled(found: Found, *, keep_missing: bool) -> Found:
    """Without the absences that stand for nothing, where a quantifier asks for what is there."""
    if keep_missing:
        return found
    return replace(
        found,
        certain=[place for place in found.certain if not place.missing],
        possible=[(place, why) for place, why in found.possible if not place.missing],
    )
