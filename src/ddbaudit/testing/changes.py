"""The plan that Terraform would make from one configuration to another, for the examples of rules about plans.

Only as much of a plan as rules read. The recorded plans in fixtures/plans are real ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ddbaudit.foundation.source import StructuredFile
from ddbaudit.frontends.hcl.objects import instance_object
from ddbaudit.ir.instance import Evaluation, ResourceInstance
from ddbaudit.ir.plan import Change, Plan
from ddbaudit.ir.value import Absent, Known, Value, is_wholly_known

_FORCES_NEW = {"aws_dynamodb_table": ("name", "hash_key", "range_key", "local_secondary_index")}
"""Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table"""


def plan_between(before: Evaluation, after: Evaluation) -> Plan:
    """A plan whose state is what `before` configures."""
    file = StructuredFile("example.tfplan")
    old, new = ({r.address: r for r in e.resources if r.mode == "managed"} for e in (before, after))
    changes = tuple(_changes(old, new, file))
    return Plan(file, "plan", "1.2", "", changes, complete=True, total=len(changes))


def _changes(
    old: Mapping[str, ResourceInstance], new: Mapping[str, ResourceInstance], file: StructuredFile
) -> Iterator[Change]:
    for address in dict.fromkeys((*old, *new)):
        was, will = old.get(address), new.get(address)
        instance = will or was
        assert instance is not None
        before = instance_object(was) if was is not None else Absent()
        after = instance_object(will) if will is not None else Absent()
        forced = tuple(
            (name,) for name in _FORCES_NEW.get(instance.type, ()) if was and will and _differ(before, after, name)
        )
        yield Change(
            address,
            instance.module,
            instance.mode,
            instance.type,
            instance.name,
            instance.key,
            _actions(was, will, forced),
            before,
            after,
            will.body.header if will is not None else file.place(address),
            "replace_because_cannot_update" if forced else "" if will else "delete_because_no_resource_config",
            forced,
        )


def _actions(
    was: ResourceInstance | None, will: ResourceInstance | None, forced: tuple[tuple[str, ...], ...]
) -> tuple[str, ...]:
    if was is None:
        return ("create",)
    if will is None:
        return ("delete",)
    return ("delete", "create") if forced else ("update",)


def _differ(before: Value, after: Value, name: str) -> bool:
    assert isinstance(before, Known)
    assert isinstance(after, Known)
    old, new = before.mapping[name], after.mapping[name]
    return is_wholly_known(old) and is_wholly_known(new) and repr(old) != repr(new)
