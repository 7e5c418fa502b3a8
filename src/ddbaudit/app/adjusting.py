"""Severities and parameters of rules that the configuration sets for an environment, over those of the packs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

import msgspec

from ddbaudit.app.config import Config, Environment
from ddbaudit.engine.packs import Override, Pack, RuleSetting
from ddbaudit.engine.registry import Registry, RuleType
from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.text import safe_text

T = TypeVar("T")


def adjusted(pack: Pack, said: Environment, registry: Registry, path: str) -> Pack:
    """The pack with what is said of an environment; rules that it does not run stay out. UsageError for a rule that
    does not exist and parameters that do not suit one."""
    rules = dict(pack.rules)
    for rule in _rules(said, registry, path):
        setting = rules.get(rule.meta.id)
        if setting is None:
            continue
        over = Override(_of(said.severities, rule), _of(said.params, rule) or {})
        rules[rule.meta.id] = setting.under(RuleSetting(environments={said.name: over}))
    changed = replace(pack, rules=rules)
    for rule in _rules(said, registry, path):
        try:
            changed.params(rule, said.name)
        except msgspec.ValidationError as error:
            where = f"{path}: [environments.{safe_text(said.name)}] params of {rule.meta.id}"
            raise UsageError(f"{where}: {safe_text(str(error))}") from None
    return changed


def loosened(config: Config, registry: Registry) -> Iterator[str]:
    """What the configuration says of rules in environments, where that may make the gate laxer."""
    for said in config.environments:
        for rule in _rules(said, registry, str(config.path)):
            where = f"in {said.name} ({config.path})"
            severity = _of(said.severities, rule)
            if severity is not None and severity < rule.meta.severity:
                yield f"{rule.meta.id} is {severity.label} {where}"
            if _of(said.params, rule) is not None:
                yield f"{rule.meta.id} has other parameters {where}"


def _rules(said: Environment, registry: Registry, path: str) -> list[RuleType]:
    found: dict[str, RuleType] = {}
    for key in (*said.severities, *said.params):
        rule = registry.find(key)
        if rule is None:
            where = f"{path}: [environments.{safe_text(said.name)}]"
            raise UsageError(f"{where}: {registry.complaint(key)}", help="`ddbaudit rules` lists all rules")
        found[rule.meta.id] = rule
    return list(found.values())


def _of(said: Mapping[str, T], rule: RuleType) -> T | None:
    """What is said of a rule, by its id or its name."""
    return next((value for key, value in said.items() if key.upper() == rule.meta.id or key == rule.meta.name), None)
