"""How two environments differ in what they would create: resources that one lacks, and values that are not alike.

What differs by the environment's name only (`orders-dev`, `orders-prod`) is alike, and so is what only the provider
knows after apply. A value that is not known may be alike: such values are told apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.text import join_names, safe_text, suggestion
from ddbaudit.frontends.hcl.objects import instance_object
from ddbaudit.ir.instance import Evaluation, ResourceInstance
from ddbaudit.ir.value import Absent, Known, Unknown, Value, parts_text
from ddbaudit.model.siblings import neutral

_NAMES = ("name", "index_name", "attribute_name", "region_name", "sid")
"""What tells elements of a list of blocks apart, where they have it."""
_ABSENT = "not set"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value without parts of its own: `shown` for people, `same` to compare by; `known` is False where it may be
    anything."""

    shown: str
    same: object
    known: bool


@dataclass(frozen=True, slots=True)
class Change:
    """An attribute that is not alike; `certain` is False when one of the two is not known."""

    path: str
    before: str
    after: str
    certain: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """A root module in both environments, by what of its directory they share."""

    root: str
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    changes: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)
    alike: int = 0


def pairs(evaluations: Sequence[Evaluation], before: str, after: str, types: Sequence[str] = ()) -> list[Pair]:
    """The root modules of two environments against each other; `types` limits the types of resources."""
    known = sorted({evaluation.environment for evaluation in evaluations})
    for name in (before, after):
        if name not in known:
            message = f'there is no environment "{safe_text(name)}" here{suggestion(name, known)}'
            raise UsageError(message, help=f"there are {join_names([safe_text(n) for n in known])}")
    one, two = (_by_family(evaluations, name) for name in (before, after))
    if len(one) == len(two) == 1 and one.keys() != two.keys():
        (only,) = two.values()
        two = {next(iter(one)): only}
    return [_pair(family, one.get(family), two.get(family), types) for family in sorted({**one, **two})]


def _by_family(evaluations: Sequence[Evaluation], environment: str) -> dict[str, Evaluation]:
    return {neutral(e.root, environment): e for e in evaluations if e.environment == environment}


def _pair(family: str, before: Evaluation | None, after: Evaluation | None, types: Sequence[str]) -> Pair:
    one, two = _resources(before, types), _resources(after, types)
    changes = {key: tuple(_changes(one[key], two[key])) for key in one.keys() & two.keys()}
    found = {key: changes[key] for key in sorted(changes) if changes[key]}
    return Pair(
        family,
        tuple(sorted(one.keys() - two.keys())),
        tuple(sorted(two.keys() - one.keys())),
        found,
        len(changes) - len(found),
    )


@dataclass(frozen=True, slots=True)
class _Made:
    instance: ResourceInstance
    environment: str


def _resources(evaluation: Evaluation | None, types: Sequence[str]) -> dict[str, _Made]:
    if evaluation is None:
        return {}
    return {
        neutral(resource.address, evaluation.environment): _Made(resource, evaluation.environment)
        for resource in evaluation.resources
        if resource.mode == "managed" and (not types or resource.type in types)
    }


def _changes(before: _Made, after: _Made) -> Iterator[Change]:
    one, two = (dict(_of(made)) for made in (before, after))
    nothing = Leaf(_ABSENT, None, True)
    for path in sorted({**one, **two}):
        left, right = one.get(path, nothing), two.get(path, nothing)
        if left.same != right.same:
            yield Change(path, left.shown, right.shown, left.known and right.known)


def _of(made: _Made) -> Iterator[tuple[str, Leaf]]:
    """The attributes of a resource but those that only the provider sets: `tags_all` repeats the tags."""
    own = f"${{{made.instance.address}."
    for path, leaf in _leaves(instance_object(made.instance), "", made.environment):
        if not leaf.shown.startswith(own) and path.partition(".")[0] != "tags_all":
            yield path, leaf


def _leaves(value: Value, path: str, environment: str) -> Iterator[tuple[str, Leaf]]:
    """Paths of attributes to what stands there; what is not set is left out."""
    if isinstance(value, Absent):
        return
    if isinstance(value, Known) and not value.sensitive and isinstance(value.data, tuple | dict):
        for step, item in _items(value.data, environment):
            yield from _leaves(item, f"{path}{step}", environment)
        return
    leaf = _leaf(value, environment)
    if leaf is not None:
        yield path.lstrip("."), leaf


def _items(data: tuple[Value, ...] | dict[str, Value], environment: str) -> Iterator[tuple[str, Value]]:
    if isinstance(data, dict):
        for key, item in data.items():
            yield f".{key}", item
        return
    names = [_name(item, environment) for item in data]
    distinct = None not in names and len(set(names)) == len(names)
    for number, item in enumerate(data):
        yield f"[{names[number]}]" if distinct else f"[{number}]", item


def _name(item: Value, environment: str) -> str | None:
    """What an element of a list is called, or what it is where it is a text: lists of texts are compared as sets."""
    if not isinstance(item, Known) or item.sensitive:
        return None
    if isinstance(item.data, str):
        return neutral(item.data, environment)
    if not isinstance(item.data, dict):
        return None
    named = (item.data.get(name) for name in _NAMES)
    texts = (v.data for v in named if isinstance(v, Known) and not v.sensitive and isinstance(v.data, str))
    found = next(texts, None)
    return neutral(found, environment) if found is not None else None


def _leaf(value: Value, environment: str) -> Leaf | None:
    """None for what only the provider knows, which is neither alike nor different."""
    if isinstance(value, Unknown):
        if value.parts is not None:
            text = parts_text(value.parts)
            return Leaf(_shown(text, value), neutral(text, environment), True)
        if value.cause.kind == "computed":
            return None
        return Leaf(f"not known: {value.cause.text}", object(), False)
    assert isinstance(value, Known)
    data = value.data
    if isinstance(data, str):
        return Leaf(_shown(data, value), neutral(data, environment), True)
    if isinstance(data, Decimal):
        return Leaf(_shown(format(data.normalize(), "f"), value), data, True)
    if isinstance(data, bool):
        return Leaf(_shown("true" if data else "false", value), data, True)
    return Leaf(_shown("…", value), str(data), True)


def _shown(text: str, value: Value) -> str:
    return "(sensitive)" if value.sensitive else text
