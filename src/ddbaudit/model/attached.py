"""Resources that belong to another one: their argument refers to it, or holds its name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.types import DYNAMIC, STRING
from ddbaudit.ir.value import Cause, Hole, Part, Symbol, Unknown
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.globs import literal, same
from ddbaudit.model.reading import first_unknown, text_attr


@dataclass(frozen=True, slots=True)
class Attached:
    """What belongs to a resource: `certain` does, `possible` may. `unknown` tells why there may be more than `certain`,
    or why something in `possible` may be."""

    certain: tuple[ResourceInstance, ...]
    possible: tuple[ResourceInstance, ...]
    unknown: Unknown | None

    @property
    def all(self) -> Iterator[tuple[ResourceInstance, bool]]:
        """Every resource with whether it certainly belongs."""
        yield from ((instance, True) for instance in self.certain)
        yield from ((instance, False) for instance in self.possible)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of a question on a resource: `at` is the value that decides a FAIL, None when nothing answers the
    question at all; `because` why it is UNKNOWN; `note` what is the matter with the value, where it does not say."""

    verdict: Verdict
    at: Attr | None = None
    because: Unknown | None = None
    note: str = ""


def any_answer(answers: Iterable[Answer], unknown: Unknown | None = None) -> Answer:
    """PASS when one of them passes; UNKNOWN when one may, or when there may be others; else FAIL, at the first value
    that decides it."""
    found = tuple(answers)
    if any(answer.verdict is Verdict.PASS for answer in found):
        return Answer(Verdict.PASS)
    first = next((answer for answer in found if answer.at is not None), Answer(Verdict.FAIL))
    because = first_unknown(*(answer.because for answer in found), unknown)
    if unknown is not None or any(answer.verdict is Verdict.UNKNOWN for answer in found):
        return Answer(Verdict.UNKNOWN, first.at, because)
    return Answer(Verdict.FAIL, first.at, None, first.note)


def judged_value(found: Attr, wanted: Verdict, certain: bool = True) -> Answer:
    """The answer of one value; that of a resource that may not count is not certain."""
    verdict = Verdict.UNKNOWN if wanted is Verdict.PASS and not certain else wanted
    return Answer(verdict, found, found.unknown)


def managed(estate: Estate) -> Mapping[str, tuple[ResourceInstance, ...]]:
    """The managed resources by type, in the estate's order."""
    found: dict[str, list[ResourceInstance]] = {}
    for instance in estate.resources:
        if instance.mode == "managed":
            found.setdefault(instance.type, []).append(instance)
    return MappingProxyType({type_: tuple(instances) for type_, instances in found.items()})


def of_type(estate: Estate, *types: str) -> tuple[ResourceInstance, ...]:
    """The managed resources of some types."""
    by_type = estate.once(managed)
    return tuple(instance for type_ in types for instance in by_type.get(type_, ()))


def unseen(estate: Estate) -> Unknown | None:
    """Why there may be resources that nobody has seen: a module is not there, or cannot be read."""
    missing = estate.evaluation.missing
    return Unknown(DYNAMIC, missing[0]) if missing else None


def named(name: Attr, address: str, attribute: str) -> tuple[Part, ...]:
    """A resource's name as parts; the symbol of its attribute when nothing else is known of it."""
    return name.parts or (Symbol(address, (attribute,)),)


def same_text(one: Sequence[Part], two: Sequence[Part]) -> Verdict:
    """Whether two partly known strings are equal; nothing equals nothing."""
    if not one or not two:
        return Verdict.FAIL
    if len(one) == len(two) == 1 and isinstance(one[0], str) and isinstance(two[0], str):
        return Verdict.PASS if one[0] == two[0] else Verdict.FAIL
    return same(literal(one), literal(two))


def refers(found: Sequence[Part], name: Sequence[Part], address: str, attributes: frozenset[str]) -> Verdict:
    """Whether parts stand for a resource: a reference to one of these attributes of it, or its name.

    A reference to another resource of the type is none: no two of them have one name.
    """
    symbol = found[0] if len(found) == 1 else None
    if isinstance(symbol, Symbol) and len(symbol.path) == 1 and symbol.path[0] in attributes:
        if symbol.address == address:
            return Verdict.PASS
        if _type_of(symbol.address) == _type_of(address):
            return Verdict.UNKNOWN if "[?]" in symbol.address + address else Verdict.FAIL
    return same_text(found, name)


def _type_of(address: str) -> str:
    """`aws_s3_bucket` of `module.a["x"].aws_s3_bucket.this[0]`; of a data source, its mode too."""
    local = address[: address.rindex("[")] if address.endswith("]") else address
    steps = local.rsplit(".", 3)
    mode = "data." if len(steps) > 2 and steps[-3] == "data" else ""
    return mode + steps[-2] if len(steps) > 1 else local


def attach(estate: Estate, candidates: Sequence[tuple[ResourceInstance, Verdict, Attr]]) -> Attached:
    """Sorts candidates by whether they belong; one whose count or for_each is not known may not exist at all."""
    certain: list[ResourceInstance] = []
    possible: list[ResourceInstance] = []
    reasons: list[Unknown | None] = []
    for instance, verdict, at in candidates:
        if verdict is Verdict.PASS and instance.expansion is None:
            certain.append(instance)
        elif verdict is not Verdict.FAIL:
            possible.append(instance)
            reasons.append(first_unknown(instance.expansion, at.unknown))
    return Attached(tuple(certain), tuple(possible), first_unknown(*reasons, unseen(estate)))


def text_of(instance: ResourceInstance, argument: str) -> Attr:
    """An argument that names or refers to another resource."""
    return text_attr(instance.body, argument)


def named_by(instance: ResourceInstance, argument: str, beginning: str) -> Attr:
    """A name, or what the argument for its beginning tells of it; Absent when the provider makes it up."""
    name, prefix = text_attr(instance.body, argument), text_attr(instance.body, beginning)
    if name.is_set or not prefix.is_set:
        return name
    cause = Cause("computed", f"the provider appends a suffix to {beginning}", prefix.span)
    parts = (*prefix.parts, Hole(Unknown(STRING, cause, not_null=True)))
    return Attr(Unknown(STRING, cause, parts, prefix.value.origin, not_null=True), prefix.span)
