"""The `resource`, `data` and `module` blocks of a plan's configuration, and how many instances each has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ddbaudit.frontends.plan.completeness import proves_absence
from ddbaudit.frontends.plan.module_instances import ModuleInstances
from ddbaudit.frontends.plan.references import in_module
from ddbaudit.ir.instance import Declaration, Mode
from ddbaudit.ir.plan import ConfiguredResource, Plan
from ddbaudit.ir.schema import resource_schema


def declarations_of(plan: Plan, modules: ModuleInstances) -> Iterator[Declaration]:
    """One for each block in each module instance; without a configuration, one for each that has instances."""
    remaining = [change for change in plan.changes if change.remains]
    counted = Counter(change.declaration for change in remaining)
    if plan.configuration is None:
        for change in {change.declaration: change for change in remaining}.values():
            address = change.declaration
            yield _declaration(plan, address, change.mode, change.type, change.name, counted[address])
        return
    single = {change.declaration for change in remaining if change.key is None}
    for resource in plan.configuration.resources:
        for module in modules.at(resource.module):
            address = in_module(module, _own(resource))
            count = _count(plan, resource, counted[address], address in single)
            yield _declaration(plan, address, resource.mode, resource.type, resource.name, count)
    for call in plan.configuration.calls:
        for module in modules.at(call.module):
            address = in_module(module, f"module.{call.name}")
            yield _declaration(plan, address, "managed", "module", call.name, None)


def _own(resource: ConfiguredResource) -> str:
    return f"{'data.' if resource.mode == 'data' else ''}{resource.type}.{resource.name}"


def _count(plan: Plan, resource: ConfiguredResource, seen: int, is_single: bool) -> int | None:
    """The number of instances: what is seen, where nothing can be missing. An instance without a key is the only
    one."""
    if resource.mode == "data":
        return None
    return seen if is_single or proves_absence(plan, resource) else None


def _declaration(plan: Plan, address: str, mode: Mode, type_: str, name: str, count: int | None) -> Declaration:
    known = type_ == "module" or resource_schema(mode, type_) is not None
    place = plan.file.place(address)
    return Declaration(address, mode, type_, name, place, place, known, count)
