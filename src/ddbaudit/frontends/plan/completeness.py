"""What a plan does not cover of what is configured: nothing of it was judged, so the run is not complete.

Terraform says `complete: false` of a plan with `-target`, with deferred changes, or that ended with an error; releases
before 1.8 say nothing. So what is configured is also held against what was planned. Source of the fields:
https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.text import safe_text
from ddbaudit.frontends.plan.module_instances import ModuleInstances
from ddbaudit.frontends.plan.references import in_module, without_keys
from ddbaudit.ir.instance import Declaration
from ddbaudit.ir.plan import ConfiguredCall, ConfiguredResource, Plan
from ddbaudit.ir.value import Known

TABLE = "aws_dynamodb_table"
AGAIN = "terraform plan -out=tfplan && terraform show -json tfplan > plan.json"
_SHOWN = 8


def completeness(plan: Plan, declared: Iterable[Declaration] | None = None) -> list[Diagnostic]:
    """A diagnostic for every way in which the plan leaves out something that is configured.

    `declared` are the blocks of the source, where it is at hand; otherwise the plan's own configuration counts, if it
    has one.
    """
    if plan.mode == "destroy":
        return []
    if plan.kind == "state":
        return (
            [] if plan.total else [_nothing(plan, "the state holds no resources", "terraform show -json > state.json")]
        )
    return list(_of_plan(plan, tuple(declared) if declared is not None else None))


def proves_absence(plan: Plan, resource: ConfiguredResource) -> bool:
    """Whether a resource without instances in a module instance that is there certainly has none.

    Terraform's word that it planned everything holds for what is repeated: what is not has an instance, and a plan
    without it is not what Terraform wrote.
    """
    if plan.mode == "destroy":
        return True
    return (_is_whole(plan) and _repeats(resource)) or _is_empty(resource)


def _of_plan(plan: Plan, declared: tuple[Declaration, ...] | None) -> Iterator[Diagnostic]:
    missing = sorted(_missing_of_source(plan, declared) if declared is not None else _missing(plan))
    if plan.errored:
        without = f"; {_names(missing)} {_are(missing)} configured and not in it" if missing else ""
        detail = f"planning ended with an error; what Terraform could not plan is not in the plan{without}"
        yield _error(plan, "PLAN010", "Errored plan", detail, f"correct what Terraform reports, then {AGAIN}")
    if plan.deferred:
        detail = f"Terraform put off {_names(plan.deferred)}; nothing is known of what they will be"
        help = f"apply the plan, then make and check the next one: {AGAIN}"
        yield _error(plan, "PLAN012", "Deferred changes", detail, help)
    if plan.errored or plan.deferred:
        return
    if plan.mode == "refresh-only":
        yield _nothing(plan, "the plan was made with -refresh-only: it plans no resources", AGAIN)
    elif missing and not _has_changes(plan):
        yield _nothing(plan, f"nothing was planned, though {_names(missing)} {_are(missing)} configured", AGAIN)
    else:
        yield from _partial(plan, missing)


def _partial(plan: Plan, missing: Sequence[str]) -> Iterator[Diagnostic]:
    reasons = []
    if plan.targets:
        reasons.append(f"the plan was made with -target for {_names(plan.targets)}")
    elif plan.complete is False:
        reasons.append("Terraform says that the plan is not complete, as one made with -target")
    if missing:
        reasons.append(f"{_names(missing)} {_are(missing)} configured and not in the plan")
    if reasons:
        help = f"plan everything, without -target: {AGAIN}"
        if missing and plan.complete is None and not plan.targets:
            help += "; or give the configuration with --source DIR, which shows whether they have no instances"
        yield _error(plan, "PLAN011", "Partial plan", "; ".join(reasons), help)


def _missing_of_source(plan: Plan, declared: Iterable[Declaration]) -> Iterator[str]:
    """Tables of the source that have more instances than the plan."""
    planned = Counter(change.declaration for change in plan.changes if change.remains)
    anywhere = Counter(without_keys(change.declaration) for change in plan.changes if change.remains)
    for declaration in declared:
        if declaration.mode != "managed" or declaration.type != TABLE:
            continue
        if declaration.instances is None:
            if plan.complete is not True and not anywhere[without_keys(declaration.address)]:
                yield declaration.address
        elif planned[declaration.address] < declaration.instances:
            yield declaration.address


def _missing(plan: Plan) -> Iterator[str]:
    """What the plan's own configuration has and its changes have not: tables that may have instances, and, as a sign
    that the plan is partial, resources of any type that certainly have one."""
    if plan.configuration is None:
        return
    seen = {change.declaration for change in plan.changes if change.remains}
    seen_anywhere = {without_keys(declaration) for declaration in seen}
    modules = ModuleInstances(plan)
    calls = {call.path: call for call in plan.configuration.calls}
    for resource in plan.configuration.resources:
        if resource.mode != "managed":
            continue
        around = list(_around(resource.module, calls))
        if not _repeats(resource):
            own = f"{resource.type}.{resource.name}"
            addresses = [in_module(module, own) for module in modules.with_resources(resource.module)]
            yield from (address for address in addresses if address not in seen)
            if addresses:
                continue
        if resource.type != TABLE or resource.declaration in seen_anywhere or proves_absence(plan, resource):
            continue
        if not any(_is_empty(call) or (_is_whole(plan) and _repeats(call)) for call in around):
            yield resource.declaration


def _around(module: str, calls: dict[str, ConfiguredCall]) -> Iterator[ConfiguredCall]:
    """The calls that lead to a module, innermost first."""
    call = calls.get(module)
    while call is not None:
        yield call
        call = calls.get(call.module)


def _repeats(block: ConfiguredResource | ConfiguredCall) -> bool:
    return block.count is not None or block.for_each is not None


def _is_empty(block: ConfiguredResource | ConfiguredCall) -> bool:
    """Whether `count` or `for_each` is a constant that makes no instance."""
    expressions = (block.count, block.for_each)
    constants = (expression.constant for expression in expressions if expression is not None)
    return any(isinstance(constant, Known) and not constant.data for constant in constants)


def _is_whole(plan: Plan) -> bool:
    """Whether Terraform says that it planned everything, and planned anything."""
    return plan.complete is True and not plan.errored and plan.mode == "normal" and _has_changes(plan)


def _has_changes(plan: Plan) -> bool:
    return plan.total > 0 or any(change.remains for change in plan.changes)


def _nothing(plan: Plan, detail: str, command: str) -> Diagnostic:
    return _error(plan, "PLAN013", "Nothing was planned", detail, f"plan everything: {command}")


def _error(plan: Plan, code: str, summary: str, detail: str, help: str) -> Diagnostic:
    return Diagnostic(code, Level.ERROR, summary, detail, None, plan.path, help)


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _names(addresses: Sequence[str]) -> str:
    shown = ", ".join(safe_text(address) for address in addresses[:_SHOWN])
    more = len(addresses) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
