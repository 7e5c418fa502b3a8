"""The modules of a root, each once: a module that is called for every table is written once."""

from __future__ import annotations

from dataclasses import dataclass

from ddbaudit.foundation.source import Span
from ddbaudit.ir.instance import ModuleInstance
from ddbaudit.ir.value import Absent, Known, Symbol, Unknown, Value
from ddbaudit.ir.written import Unread as Unread  # noqa: PLC0414 - part of this interface
from ddbaudit.ir.written import WrittenModule as WrittenModule  # noqa: PLC0414 - part of this interface
from ddbaudit.ir.written import WrittenText as WrittenText  # noqa: PLC0414 - part of this interface
from ddbaudit.model.estate import Estate
from ddbaudit.model.subjects import judged
from ddbaudit.model.table import Table


@dataclass(frozen=True, slots=True)
class Module:
    """A module directory with its instances, at the address of the first; of a module that has none, the directory is
    the address. `written` is None for a plan without source: then this is the plan as a whole."""

    address: str
    written: WrittenModule | None
    instances: tuple[ModuleInstance, ...]

    @property
    def callers(self) -> tuple[Span, ...]:
        return self.instances[0].callers if self.instances else ()

    @property
    def label(self) -> str:
        """`module tables` by its directory, or `the root module`."""
        is_root = self.instances and not self.instances[0].address
        return "the root module" if is_root or self.written is None else f"module {self.written.directory}"


def modules_of(estate: Estate) -> tuple[Module, ...]:
    """In the order in which they are called, the root first."""
    if estate.evaluation.written is None:
        return (Module("", None, estate.modules),)
    by_directory: dict[str, list[ModuleInstance]] = {}
    for instance in estate.modules:
        by_directory.setdefault(instance.directory, []).append(instance)
    found: list[Module] = []
    for written in estate.evaluation.written():
        instances = tuple(by_directory.get(written.directory, ()))
        address = instances[0].address if instances else written.directory
        found.append(Module(address, written, instances))
    return tuple(found)


judged(Module, "module directory", lambda estate: estate.once(modules_of))


def is_inside(table: Table, instance: ModuleInstance) -> bool:
    """Whether a module instance makes the table, itself or through modules that it calls."""
    module = table.instance.module
    return not instance.address or module == instance.address or module.startswith(f"{instance.address}.")


@dataclass(frozen=True, slots=True)
class Given:
    """What the outputs of a module instance give: texts that are known, and symbols with what follows them. `unknown`
    tells why there may be more."""

    texts: frozenset[str]
    symbols: frozenset[tuple[Symbol, str]]
    unknown: Unknown | None

    def has(self, table: Table, attribute: str, rest: str = "") -> bool:
        """Whether an attribute of a table, with `rest` behind it, is among them."""
        return (Symbol(table.address, (attribute,)), rest) in self.symbols


def given_by(instance: ModuleInstance) -> Given:
    """All that is anywhere in the outputs."""
    texts: set[str] = set()
    symbols: set[tuple[Symbol, str]] = set()
    because: Unknown | None = None
    stack: list[Value] = [setting.value for setting in instance.outputs.values()]
    while stack:
        value = stack.pop()
        if isinstance(value, Known):
            data = value.data
            if isinstance(data, str):
                texts.add(data)
            elif isinstance(data, tuple):
                stack.extend(data)
            elif isinstance(data, dict):
                stack.extend(data.values())
        elif isinstance(value, Unknown):
            first, *rest = value.parts or (None,)
            if isinstance(first, Symbol) and all(isinstance(part, str) for part in rest):
                symbols.add((first, "".join(str(part) for part in rest)))
            else:
                because = value
        else:
            assert isinstance(value, Absent)
    return Given(frozenset(texts), frozenset(symbols), because)
