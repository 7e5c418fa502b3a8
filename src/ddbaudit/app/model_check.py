"""Data models judged by themselves: the rules that need no configuration."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ddbaudit import __version__
from ddbaudit.app.config import Config
from ddbaudit.app.models import Models, installed
from ddbaudit.app.rules import entry_of
from ddbaudit.engine.findings import Gate, merge
from ddbaudit.engine.judge import ActiveRule, imbalances, judge
from ddbaudit.engine.outcome import Leniency, decide
from ddbaudit.engine.registry import Registry
from ddbaudit.ir.instance import Evaluation
from ddbaudit.model.build import build_estate
from ddbaudit.sdk.report import Inventory, LedgerEntry, Report, TableEntry

if TYPE_CHECKING:
    from ddbaudit.datamodel.shape import DataModel
    from ddbaudit.engine.judge import RawFinding

RULES: Final = ("MOD807", "MOD808", "MOD809", "MOD810")
"""The rules about a model alone."""
_ENVIRONMENT: Final = "design"


def named_models(names: Sequence[str], config: Config, registry: Registry) -> tuple[DataModel, ...]:
    """The models of these names and paths; without any, those of the configuration, else all that are installed."""
    configured = [name for _, listed in config.models for name in listed]
    below = config.path.parent if config.path is not None else Path()
    files = [str(below / name) if name.endswith((".yaml", ".yml")) else name for name in configured]
    return Models(registry).find(names or files or installed(registry))


def check_models(models: Sequence[DataModel], registry: Registry, gate: Gate | None = None) -> Report:
    """The report on data models: what contradicts itself in them."""
    rules = [rule for rule in map(registry.find, RULES) if rule is not None]
    active = [ActiveRule(rule, rule.meta.severity, rule.params()) for rule in rules]
    raw: list[RawFinding] = []
    ledger: list[LedgerEntry] = []
    errors: list[str] = []
    for model in models:
        estate = build_estate(Evaluation(_ENVIRONMENT, model.path, (), (), (), (), (model.span.source,)), (model,))
        judgement = judge(estate, active)
        raw.extend(judgement.findings)
        ledger.extend(judgement.ledger)
        errors.extend([*judgement.crashes, *imbalances(estate, active, judgement)])
    findings = merge(raw, gate or Gate())
    inventory = _inventory(models)
    return Report(
        __version__,
        decide(findings, (), errors, inventory, Leniency(), ()),
        findings,
        (),
        tuple(ledger),
        inventory,
        tuple(rule.meta.id for rule in rules),
        tuple(errors),
        tuple(entry_of(rule) for rule in rules),
    )


def _inventory(models: Sequence[DataModel]) -> Inventory:
    tables = tuple(
        TableEntry(
            table.key, f"model.{model.system}.{table.key}", _ENVIRONMENT, model.path, len(table.indexes), table.span
        )
        for model in models
        for table in model.tables.values()
    )
    roots = tuple((model.path, _ENVIRONMENT) for model in models)
    return Inventory(roots, tables, 0, 0, 0, len(models), ())
