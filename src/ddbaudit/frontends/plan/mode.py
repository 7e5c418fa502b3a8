"""How a plan was made: normally, with -destroy or with -refresh-only. Plan JSON does not say; what it holds does.

Measured with Terraform 1.11: with -refresh-only there are no changes and no planned values, whatever is configured;
with -destroy there are no planned values, and no removal has a reason, as all others have. `applyable` tells nothing:
it is false of a plan without changes, too. An empty -destroy plan cannot be told from an empty -refresh-only one.
"""

from __future__ import annotations

from collections.abc import Sequence

from ddbaudit.ir.plan import Change, Configuration, PlanMode

_GONE = (("delete",), ("forget",))


def plan_mode(
    changes: Sequence[Change], configuration: Configuration, *, planned: bool, prior: bool, errored: bool
) -> PlanMode:
    """`planned` and `prior`: whether there are planned values, and managed resources in the prior state. If `errored`,
    there may be none of what should have been planned."""
    if planned or (errored and not changes):
        return "normal"
    if changes:
        present = [change for change in changes if change.deposed is None and change.mode == "managed"]
        removed = any(change.actions == ("delete",) for change in present)
        gone = all(change.actions in _GONE and not change.reason for change in present)
        configured = any(resource.mode == "managed" for resource in configuration.resources)
        return "destroy" if removed and gone and configured else "normal"
    return "refresh-only" if prior or _must_be_planned(configuration) else "normal"


def _must_be_planned(configuration: Configuration) -> bool:
    """Whether something is configured that certainly has instances: neither it nor a module around it is repeated."""
    repeated = {call.path for call in configuration.calls if call.count is not None or call.for_each is not None}
    return any(
        resource.mode == "managed"
        and resource.count is None
        and resource.for_each is None
        and not any(resource.module == path or resource.module.startswith(f"{path}.") for path in repeated)
        for resource in configuration.resources
    )
