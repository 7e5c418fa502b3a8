"""Packs: which rules run, how grave they are and with which parameters, per environment; YAML data.

    name: orders
    description: What the orders service promises.
    source: ADR 12                        # optional: the document it comes from
    extends: baseline                     # optional: names of installed packs, or paths of files beside this one
    environments: [dev, prod]             # optional: the names that rules may be set for below
    models: [orders.yaml]                 # optional: data models, installed ones or files beside this one
    rules:
      DDB101:                             # an id or a name; nothing behind it: as the rule is
      DDB102: medium                      # a severity
      DDB213: off                         # not this one, though `extends` brings it
      table-name-off-convention:
        severity: low
        params: {pattern: "orders-{entity}-{env}"}
        environments:
          prod: {severity: high, suppressible: false}   # no comment or baseline may hide it there

A pack overrides what it extends, parameter by parameter. Whatever is not understood is a UsageError with its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import msgspec

from ddbaudit.engine.pack_reader import Entry, PackText, read_pack, refuse_params
from ddbaudit.engine.registry import Registry, RuleType
from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.strict_yaml import MAX_BYTES
from ddbaudit.foundation.text import join_names, safe_text, suggestion
from ddbaudit.foundation.verdict import Severity
from ddbaudit.foundation.yaml_fields import read_text
from ddbaudit.sdk.rule import Params

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
_SUFFIXES: Final = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Override:
    """What is different in one environment; what is None and parameters not named stay as they are."""

    severity: Severity | None = None
    params: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    suppressible: bool | None = None


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """How a pack sets a rule. The parameters have been found valid for every environment."""

    severity: Severity | None = None
    params: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    environments: Mapping[str, Override] = field(default_factory=lambda: _NOTHING)
    suppressible: bool | None = None

    def override(self, environment: str) -> Override:
        return self.environments.get(environment, Override())

    def under(self, later: RuleSetting) -> RuleSetting:
        """This setting with `later` on top."""
        names = {**self.environments, **later.environments}
        return RuleSetting(
            later.severity if later.severity is not None else self.severity,
            {**self.params, **later.params},
            {name: _layer(self.override(name), later.override(name)) for name in names},
            _later(self.suppressible, later.suppressible),
        )


def _layer(base: Override, top: Override) -> Override:
    severity = top.severity if top.severity is not None else base.severity
    return Override(severity, {**base.params, **top.params}, _later(base.suppressible, top.suppressible))


def _later(base: bool | None, top: bool | None) -> bool | None:
    return top if top is not None else base


@dataclass(frozen=True, slots=True)
class Pack:
    """A resolved pack. `rules` maps ids to settings; a rule that is not in it does not run, unless the caller gives it.
    `off` are the rules that it switches off. `models` are names of installed data models and paths of files."""

    name: str
    description: str
    source: str
    environments: tuple[str, ...]
    rules: Mapping[str, RuleSetting]
    off: frozenset[str] = frozenset()
    models: tuple[str, ...] = ()

    def severity(self, rule: RuleType, environment: str) -> Severity:
        """The environment's severity, else the pack's, else the rule's own."""
        setting = self.rules.get(rule.meta.id, RuleSetting())
        for severity in (setting.override(environment).severity, setting.severity):
            if severity is not None:
                return severity
        return rule.meta.severity

    def suppressible(self, rule: RuleType, environment: str) -> bool:
        """Whether findings of the rule may be suppressed in an environment."""
        setting = self.rules.get(rule.meta.id, RuleSetting())
        return _later(setting.suppressible, setting.override(environment).suppressible) is not False

    def params(self, rule: RuleType, environment: str) -> Params:
        """The rule's parameters in an environment."""
        setting = self.rules.get(rule.meta.id, RuleSetting())
        return msgspec.convert({**setting.params, **setting.override(environment).params}, rule.params)


def load_pack(text: str, path: str, registry: Registry) -> Pack:
    """The pack of a YAML text with all that it extends; `path` is where it stands. UsageError for any mistake."""
    return _load(text, path, registry, ())


def load_pack_file(path: Path, registry: Registry) -> Pack:
    """The pack in a file; UsageError when it cannot be read."""
    return _load(_read(path), str(path), registry, ())


def builtin_packs(registry: Registry) -> dict[str, Pack]:
    """The packs that the installed rule packages ship, by name."""
    return {name: find_pack(name, registry) for name in pack_names(registry)}


def pack_names(registry: Registry) -> tuple[str, ...]:
    """The names of all installed packs; nothing is read."""
    return tuple(sorted(_installed(registry)))


def find_pack(name: str, registry: Registry) -> Pack:
    """The installed pack of that name; UsageError with a suggestion when there is none."""
    return _find(name, registry, ())


def merge_packs(packs: Iterable[Pack]) -> Pack:
    """Several packs as one, none before the others: all their rules, each with its highest severity.

    UsageError when two of them give a parameter different values; a pack that extends both can decide.
    """
    chosen = tuple(packs)
    if not chosen:
        raise UsageError("no pack is chosen")
    return reduce(_merge, chosen)


def _merge(one: Pack, two: Pack) -> Pack:
    rules = dict(one.rules)
    for id, setting in two.rules.items():
        rules[id] = _join(id, rules[id], setting, (one.name, two.name)) if id in rules else setting
    return Pack(
        f"{one.name} + {two.name}",
        join_names(tuple(filter(None, dict.fromkeys((one.description, two.description))))),
        "; ".join(filter(None, dict.fromkeys((one.source, two.source)))),
        tuple(dict.fromkeys((*one.environments, *two.environments))),
        dict(sorted(rules.items())),
        (one.off | two.off) - rules.keys(),
        tuple(dict.fromkeys((*one.models, *two.models))),
    )


def _join(id: str, one: RuleSetting, two: RuleSetting, names: tuple[str, str]) -> RuleSetting:
    environments = {
        name: Override(
            _highest(one.override(name).severity, two.override(name).severity),
            _union(id, one.override(name).params, two.override(name).params, names),
            _strictest(one.override(name).suppressible, two.override(name).suppressible),
        )
        for name in {**one.environments, **two.environments}
    }
    return RuleSetting(
        _highest(one.severity, two.severity),
        _union(id, one.params, two.params, names),
        environments,
        _strictest(one.suppressible, two.suppressible),
    )


def _strictest(one: bool | None, two: bool | None) -> bool | None:
    """What one pack forbids, the other does not allow."""
    return False if False in (one, two) else _later(one, two)


def _highest(one: Severity | None, two: Severity | None) -> Severity | None:
    return max(filter(lambda s: s is not None, (one, two)), default=None, key=lambda s: s or Severity.INFO)


def _union(id: str, one: Mapping[str, Any], two: Mapping[str, Any], names: tuple[str, str]) -> dict[str, Any]:
    for key in one.keys() & two.keys():
        if one[key] != two[key]:
            message = f'the packs "{names[0]}" and "{names[1]}" give {key} of {id} different values'
            raise UsageError(message, help="use one of them for each root, or a pack that extends both and decides")
    return {**one, **two}


def _installed(registry: Registry) -> dict[str, tuple[str, str, Any]]:
    """Name -> (package, shown path, file) of every pack; two of one name are an error."""
    found: dict[str, tuple[str, str, Any]] = {}
    for package in registry.packages:
        for file in package.packs.iterdir() if package.packs is not None else ():
            if not file.name.endswith(_SUFFIXES):
                continue
            name = file.name.rsplit(".", 1)[0]
            if name in found:
                raise UsageError(f'the pack "{name}" is shipped twice, by "{found[name][0]}" and "{package.name}"')
            found[name] = (package.name, f"{package.name}:packs/{file.name}", file)
    return found


def _find(name: str, registry: Registry, trail: tuple[str, ...]) -> Pack:
    installed = _installed(registry)
    if name not in installed:
        message = f'there is no pack "{safe_text(name)}"{suggestion(name, installed)}'
        raise UsageError(message, help=f"installed packs: {join_names(sorted(installed))}")
    _, path, file = installed[name]
    pack = _load(file.read_text("utf-8"), path, registry, trail)
    if pack.name != name:
        raise UsageError(f'{path}: the pack calls itself "{safe_text(pack.name)}", not "{name}" as its file')
    return pack


def _read(path: Path) -> str:
    return read_text(str(path), "the pack", MAX_BYTES)


def _load(text: str, path: str, registry: Registry, trail: tuple[str, ...]) -> Pack:
    if path in trail:
        raise UsageError(f"{safe_text(path)}: the pack extends itself, by way of {safe_text(' → '.join(trail))}")
    written = read_pack(text, path, registry)
    parents = [_parent(name, path, registry, (*trail, path)) for name in written.extends]
    base = merge_packs(parents) if parents else Pack("", "", "", (), {})
    rules = dict(base.rules)
    off = set(base.off)
    for id, entry in written.rules.items():
        if entry.off:
            rules.pop(id, None)
            off.add(id)
        else:
            rules[id] = rules.get(id, RuleSetting()).under(_setting(entry))
            off.discard(id)
    if not rules and not off & {rule.meta.id for rule in registry.given}:
        raise UsageError(f"{safe_text(path)}: the pack has no rules")
    environments = written.environments or base.environments
    ordered = dict(sorted(rules.items()))
    models = tuple(dict.fromkeys((*base.models, *(_beside(path, name) for name in written.models))))
    pack = Pack(written.name, written.description, written.source, environments, ordered, frozenset(off), models)
    for id in pack.rules:
        _validate(pack, registry.get(id), written)
    return pack


def _beside(path: str, name: str) -> str:
    """A data model that a pack names: an installed one, or a file beside the pack."""
    return str(Path(path).parent / name) if name.endswith(_SUFFIXES) else name


def _parent(name: str, path: str, registry: Registry, trail: tuple[str, ...]) -> Pack:
    if not name.endswith(_SUFFIXES):
        return _find(name, registry, trail)
    file = Path(path).parent / name
    return _load(_read(file), str(file), registry, trail)


def _setting(entry: Entry) -> RuleSetting:
    environments = {name: Override(e.severity, e.params, e.suppressible) for name, e in entry.environments.items()}
    return RuleSetting(entry.severity, entry.params, environments, entry.suppressible)


def _validate(pack: Pack, rule: RuleType, written: PackText) -> None:
    """UsageError unless the parameters suit the rule in every environment and no other environment is named."""
    setting = pack.rules[rule.meta.id]
    for named in setting.environments:
        if named not in pack.environments:
            written.refuse_environment(rule.meta.id, named, pack.environments)
    names: tuple[str | None, ...] = (None, *setting.environments)
    for name in names:
        params = {**setting.params, **(setting.override(name).params if name is not None else {})}
        try:
            msgspec.convert(params, rule.params)
        except msgspec.ValidationError as error:
            refuse_params(error, rule, written, name)
