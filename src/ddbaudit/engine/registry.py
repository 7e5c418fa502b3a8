"""The rules that are installed: found through the entry point group `ddbaudit.rules`, checked, and looked up by id,
name or id prefix.

An entry point names a module with `rules() -> list[type[Rule]]` and, where it ships packs, `packs_path()`, the folder
of their YAML files; `documents_path()` likewise for data models. A package that cannot be imported or whose rules are
not in order ends the run: a rule that vanishes must not read as a pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ddbaudit.engine import installed
from ddbaudit.engine.installed import Point
from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.text import safe_text, suggestion
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.model.subjects import KINDS
from ddbaudit.sdk.rule import Params, Rule, RuleMeta

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

ENTRY_POINT_GROUP: Final = "ddbaudit.rules"

RuleType: TypeAlias = type[Rule[Any]]

_PREFIX = re.compile(r"[A-Za-z]{2,4}[0-9]{0,2}")


@dataclass(frozen=True, slots=True)
class RulePackage:
    """An installed set of rules, or a file of them that the caller gives: rules that are `given` run without a pack.
    `packs` is the folder of its packs, `documents` that of its data models, `criteria` that of the
    criteria of its documents, if it has any."""

    name: str
    rules: tuple[RuleType, ...]
    packs: Traversable | None
    given: bool = False
    documents: Traversable | None = None
    criteria: Traversable | None = None


class Registry:
    """All rules, sorted by id. Ids and names are unique over all packages."""

    def __init__(self, packages: Iterable[RulePackage]) -> None:
        self.packages: tuple[RulePackage, ...] = tuple(packages)
        self._by_id: dict[str, RuleType] = {}
        self._by_name: dict[str, RuleType] = {}
        owners: dict[str, str] = {}
        for package in self.packages:
            for rule in package.rules:
                self._add(rule, package, owners)
        self.rules: tuple[RuleType, ...] = tuple(self._by_id[id] for id in sorted(self._by_id))
        self.given: frozenset[RuleType] = frozenset(r for p in self.packages if p.given for r in p.rules)

    def _add(self, rule: RuleType, package: RulePackage, owners: dict[str, str]) -> None:
        for key, index in ((rule.meta.id, self._by_id), (rule.meta.name, self._by_name)):
            if key in index:
                message = f'rule package "{package.name}": {key} is already taken by a rule of "{owners[key]}"'
                raise UsageError(message, help="ids and names of rules are unique; uninstall one of the packages")
            index[key] = rule
            owners[key] = package.name

    def with_packages(self, packages: Iterable[RulePackage]) -> Registry:
        """These rules and those of further packages."""
        return Registry((*self.packages, *packages))

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(rule.meta.id for rule in self.rules)

    def find(self, key: str) -> RuleType | None:
        """The rule of that id (in any case) or name."""
        return self._by_id.get(key.upper()) or self._by_name.get(key)

    def get(self, key: str) -> RuleType:
        """The rule of that id or name; UsageError with a suggestion when there is none."""
        rule = self.find(key)
        if rule is None:
            raise UsageError(self.complaint(key), help="`ddbaudit rules` lists all rules")
        return rule

    def select(self, selector: str) -> tuple[RuleType, ...]:
        """The rules of an id, a name or an id prefix such as `DDB2`; never none: that is a UsageError."""
        rule = self.find(selector)
        if rule is not None:
            return (rule,)
        chosen: tuple[RuleType, ...] = ()
        if _PREFIX.fullmatch(selector):
            chosen = tuple(r for r in self.rules if r.meta.id.startswith(selector.upper()))
        if not chosen:
            raise UsageError(self.complaint(selector), help="use an id, a name or the beginning of an id (DDB2)")
        return chosen

    def complaint(self, key: str) -> str:
        """`there is no rule "x" (did you mean "y"?)`."""
        return f'there is no rule "{safe_text(key)}"{suggestion(key, (*self._by_id, *self._by_name))}'


def load_rules(entry_points: Iterable[Point] | None = None) -> Registry:
    """The registry of all installed rule packages; UsageError when there is none or one is not in order."""
    points = installed.entry_points(ENTRY_POINT_GROUP) if entry_points is None else entry_points
    found = sorted(points, key=lambda point: (point.name, point.value))
    if not found:
        raise UsageError(
            "no rules are installed", help=f'no package has an entry point in the group "{ENTRY_POINT_GROUP}"'
        )
    return Registry(_package(point) for point in found)


def _package(point: Point) -> RulePackage:
    name = safe_text(f"{point.name} ({point.value})")
    module = _guarded(name, "cannot be imported", point.load)
    if not isinstance(module, ModuleType) or not callable(getattr(module, "rules", None)):
        raise UsageError(f'rule package "{name}": {point.value} is not a module with a function rules()')
    listed = _guarded(name, "rules() fails", module.rules)
    if not isinstance(listed, list | tuple) or not listed:
        raise UsageError(f'rule package "{name}": rules() gives no rules')
    for rule in listed:
        _check(rule, name)
    functions = ("packs_path", "documents_path", "criteria_path")
    packs, documents, criteria = (_folder(module, function, name) for function in functions)
    return RulePackage(point.name, tuple(listed), packs, documents=documents, criteria=criteria)


def _folder(module: ModuleType, function: str, name: str) -> Any:
    """The folder that a package gives by one of its functions; None where it has no such function."""
    found = getattr(module, function, None)
    return _guarded(name, f"{function}() fails", found) if found else None


def _guarded(name: str, what: str, call: Callable[[], Any]) -> Any:
    """What `call` gives; any failure of the foreign package is a UsageError that names it."""
    try:
        return call()
    except (Exception, SystemExit) as error:
        reason = safe_text(f"{type(error).__name__}: {error}")
        raise UsageError(f'rule package "{name}" {what}: {reason}') from error


def _check(rule: object, name: str) -> None:
    """UsageError unless `rule` is a concrete rule with metadata, a subject and parameters that all have defaults."""
    shown = safe_text(getattr(rule, "__qualname__", repr(rule)))
    if not (isinstance(rule, type) and issubclass(rule, Rule)):
        raise UsageError(f'rule package "{name}": {shown} is not a class derived from Rule')
    if getattr(rule, "__abstractmethods__", None):
        raise UsageError(f'rule package "{name}": {shown} has no method check')
    if not isinstance(getattr(rule, "meta", None), RuleMeta):
        raise UsageError(f'rule package "{name}": {shown} has no meta')
    if getattr(rule, "subject", None) not in KINDS:
        raise UsageError(f'rule package "{name}": {shown}.subject is not a subject of rules')
    types = rule.resource_types
    if types is not None and (rule.subject is not ResourceInstance or not isinstance(types, frozenset)):
        raise UsageError(f'rule package "{name}": {shown}.resource_types suits rules over ResourceInstance only')
    params = rule.params
    if not (isinstance(params, type) and issubclass(params, Params)):
        raise UsageError(f'rule package "{name}": {shown}.params is not a class derived from Params')
    _guarded(name, f"has parameters without default in {shown}", params)
