"""The module instances of a plan: those that its resources are in, and those that the configuration makes once."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.frontends.plan.addresses import Address, key_text, parse_address
from ddbaudit.frontends.plan.references import in_module, without_keys
from ddbaudit.ir.instance import ModuleInstance, Setting
from ddbaudit.ir.plan import Change, ConfiguredCall, Plan
from ddbaudit.ir.value import Origin


class ModuleInstances:
    """The addresses of module instances by the path of their calls."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._by_path: dict[str, dict[str, None]] = {"": {"": None}}
        for change in plan.changes if plan.mode == "destroy" else [c for c in plan.changes if c.remains]:
            self._add_all(change)
        for call in sorted(self._calls(), key=lambda call: call.path.count(".")):
            self._add_single(call)
        self._with_resources = {path: tuple(addresses) for path, addresses in self._by_path.items()}
        for change in plan.data:
            self._add_all(change)

    def at(self, path: str) -> tuple[str, ...]:
        """The addresses of the instances of the module that is called by this path."""
        return tuple(self._by_path.get(path, ()))

    def with_resources(self, path: str) -> tuple[str, ...]:
        """Those that have resources in the plan or are certainly made: data that was read may be of one long gone."""
        return self._with_resources.get(path, ())

    def made(self) -> Iterator[ModuleInstance]:
        """All module instances, the root with its variables first."""
        file = self._plan.file
        settings = {}
        for name, value in self._plan.variables.items():
            place = file.place(f"variables.{name}")
            settings[name] = Setting(name, value.with_origin(Origin(place, f"var.{name}")), place)
        yield ModuleInstance("", self._plan.path, None, settings, {})
        for path in sorted(self._by_path):
            for address in self._by_path[path] if path else ():
                yield ModuleInstance(address, self._plan.path, file.place(address), {}, {})

    def _calls(self) -> tuple[ConfiguredCall, ...]:
        return self._plan.configuration.calls if self._plan.configuration is not None else ()

    def _add_all(self, change: Change) -> None:
        """The module of a resource and those around it."""
        if not change.module:
            return
        parsed: Address | None = parse_address(change.address)
        address = ""
        for name, key in parsed.modules if parsed is not None else ():
            address = in_module(address, f"module.{name}{key_text(key)}")
            self._add(address)

    def _add(self, address: str) -> None:
        self._by_path.setdefault(without_keys(address), {})[address] = None

    def _add_single(self, call: ConfiguredCall) -> None:
        """The one instance of a call without repetition. A plan does not show a `for_each` that is a function of
        nothing, such as `toset([])`; where instances with keys are seen, there is one."""
        if call.count is None and call.for_each is None and not self._by_path.get(call.path):
            for outer in self.at(call.module):
                self._add(in_module(outer, f"module.{call.name}"))
