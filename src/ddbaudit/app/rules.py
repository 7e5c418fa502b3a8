"""The rules of a run: those that are installed, and those in files that the caller or the configuration names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ddbaudit.app.config import Config, find_config, load_config
from ddbaudit.engine.registry import Registry, RulePackage, RuleType, load_rules
from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.text import join_names
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.model.estate import Estate
from ddbaudit.model.subjects import type_of
from ddbaudit.sdk.report import LedgerEntry, RuleEntry


def registry_of(files: Sequence[str], config: Config, installed: Registry | None = None) -> Registry:
    """The installed rules with those of the files; UsageError when one cannot be loaded.

    `files` are files and directories of declarative rules; those of the configuration come on top.
    """
    registry = installed if installed is not None else load_rules()
    paths = (*files, *config.rule_files())
    return with_files(registry, paths) if paths else registry


def with_files(registry: Registry, paths: Sequence[str]) -> Registry:
    """The rules with those of files and directories; what reads them is loaded only here."""
    from ddbaudit.policy.load import load_rule_files

    def taken(key: str) -> str | None:
        rule = registry.find(key)
        return f"the rule {rule.meta.id} {rule.meta.name}" if rule is not None else None

    loaded = load_rule_files(paths, taken)
    return registry.with_packages(RulePackage(file.path, file.rules, None, given=True) for file in loaded)


def configuration(given: str | None, start: str) -> Config:
    """The configuration that is given, else the nearest above `start`, else none."""
    if given is not None:
        return load_config(Path(given))
    found = find_config(start)
    return load_config(found) if found is not None else Config()


def entry_of(rule: RuleType) -> RuleEntry:
    """What reports say of a rule."""
    meta = rule.meta
    return RuleEntry(meta.id, meta.name, meta.severity, meta.summary, meta.rationale, meta.remedy, meta.references)


def unjudged(
    rules: Sequence[RuleType], ledger: Sequence[LedgerEntry], estates: Sequence[Estate]
) -> Iterator[Diagnostic]:
    """What given rules did not get to judge: rules for which there was nothing, and data sources that a plan without
    its source does not show."""
    judged = {entry.rule for entry in ledger if entry.verdict is not Verdict.NOT_APPLICABLE}
    idle: list[str] = []
    for rule in rules:
        unseen = [(estate.root, address) for estate in estates for address in _unseen(rule, estate)]
        for root, address in unseen:
            detail = f"{rule.meta.id} is about {address}, which a plan without its source does not show"
            help = "give the configuration that the plan was made of with --source DIR"
            yield Diagnostic("POL002", Level.ERROR, "Data source not shown", detail, None, root, help)
        if not unseen and rule.meta.id not in judged:
            idle.append(rule.meta.id)
    if idle:
        detail = f"{join_names(idle)} found nothing to judge: no resource of the type, or none that the rule is for"
        yield Diagnostic("POL001", Level.WARNING, "Rule without a subject", detail)


def _unseen(rule: RuleType, estate: Estate) -> Iterator[str]:
    """Data sources of the rule's types that are configured and not among the resources of a plan or state."""
    plan = estate.evaluation.plan
    types = {name for name in rule.resource_types or () if name.startswith("data.")}
    if plan is None or not types:
        return
    made = {resource.declaration for resource in estate.resources}
    for declaration in estate.declarations:
        if declaration.instances is None and type_of(declaration) in types and declaration.address not in made:
            yield declaration.address
