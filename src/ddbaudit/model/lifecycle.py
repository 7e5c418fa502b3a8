"""What `lifecycle` says of a resource. Source: https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle"""

from __future__ import annotations

from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.types import BOOL
from ddbaudit.ir.value import Cause, Unknown
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.reading import own_place


def prevent_destroy(instance: ResourceInstance, estate: Estate) -> Attr:
    """`prevent_destroy` at its expression, or the resource's header. Neither a plan nor a state holds it."""
    evaluation, value = estate.evaluation, instance.prevent_destroy
    if evaluation.plan is not None and not evaluation.files:
        cause = Cause("unsupported", "a plan does not show prevent_destroy: give the configuration beside it")
        return Attr(Unknown(BOOL, cause), instance.body.header)
    return Attr(value, own_place(value, instance.body.span))


def leaves_alone(instance: ResourceInstance, *names: str) -> bool:
    """Whether `ignore_changes` names one of these arguments or blocks, or everything."""
    return not {"all", *names}.isdisjoint(instance.ignore_changes)
