"""Application Auto Scaling of provisioned capacity: which tables and indexes have a target and a policy.

Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html (a table is
`table/my-table`, an index `table/my-table/index/my-index`; each has a dimension for reads and one for writes).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.value import Part, Unknown
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.globs import Atoms, literal, same
from ddbaudit.model.join import name_parts
from ddbaudit.model.name_places import with_table_names
from ddbaudit.model.reading import first_unknown, text_attr
from ddbaudit.model.table import Index, Table

TARGET: Final = "aws_appautoscaling_target"
POLICY: Final = "aws_appautoscaling_policy"
Capacity = Literal["read", "write"]
CAPACITIES: Final[tuple[Capacity, ...]] = ("read", "write")


@dataclass(frozen=True, slots=True)
class Registration:
    """A scalable target, or a policy for one."""

    instance: ResourceInstance
    resource: Atoms
    resource_id: Attr
    dimension: Attr
    namespace: Attr

    @property
    def unknown(self) -> Unknown | None:
        """Why it is not known what it is for."""
        values = (self.resource_id, self.dimension, self.namespace)
        return first_unknown(self.instance.expansion, *(value.unknown for value in values))

    def is_for(self, resource: Atoms, dimension: str) -> Verdict:
        found = same(self.resource, resource) & _is(self.dimension, dimension) & _is(self.namespace, "dynamodb")
        return found & (Verdict.PASS if self.instance.expansion is None else Verdict.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Scaled:
    """Whether a capacity has a target and a policy; `because` why that is not known."""

    target: Verdict
    policy: Verdict
    because: Unknown | None

    @property
    def verdict(self) -> Verdict:
        return self.target & self.policy


@dataclass(frozen=True, slots=True)
class Scaling:
    """All targets and policies of a root."""

    targets: tuple[Registration, ...]
    policies: tuple[Registration, ...]

    def of(self, table: Table, index: Index | None, capacity: Capacity) -> Scaled:
        """The scaling of a capacity of a table, or of one of its global indexes."""
        resource = literal(_resource_id(table, index))
        level = "table" if index is None else "index"
        dimension = f"dynamodb:{level}:{capacity.capitalize()}CapacityUnits"
        target, why_target = _any(self.targets, resource, dimension)
        policy, why_policy = _any(self.policies, resource, dimension)
        return Scaled(target, policy, first_unknown(why_target, why_policy, *_doubts(table, index)))


def scaling_of(estate: Estate) -> Scaling:
    return Scaling(tuple(_registrations(estate, TARGET)), tuple(_registrations(estate, POLICY)))


def _registrations(estate: Estate, type_: str) -> Iterator[Registration]:
    for instance in estate.resources:
        if instance.mode == "managed" and instance.type == type_:
            body = instance.body
            found = text_attr(body, "resource_id")
            resource = literal(with_table_names(found.parts, estate))
            dimension, namespace = text_attr(body, "scalable_dimension"), text_attr(body, "service_namespace")
            yield Registration(instance, resource, found, dimension, namespace)


def _any(found: Iterable[Registration], resource: Atoms, dimension: str) -> tuple[Verdict, Unknown | None]:
    """Whether one of them is for that; why that is not known."""
    verdict, because = Verdict.FAIL, None
    for registration in found:
        here = registration.is_for(resource, dimension)
        verdict = verdict | here
        if here is Verdict.UNKNOWN:
            because = first_unknown(because, registration.unknown)
    return verdict, because if verdict is Verdict.UNKNOWN else None


def _resource_id(table: Table, index: Index | None) -> tuple[Part, ...]:
    own = ("table/", *name_parts(table))
    return own if index is None else (*own, "/index/", *index.name.parts)


def _doubts(table: Table, index: Index | None) -> tuple[Unknown | None, ...]:
    return (table.name.unknown, index.name.unknown if index is not None else None)


def _is(found: Attr, wanted: str) -> Verdict:
    if not found.is_set:
        return Verdict.FAIL
    return same(literal(found.parts), tuple(wanted))
