"""The whole audit as one function: paths and settings in, a report out. This is the public API."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ddbaudit import __version__
from ddbaudit.app.adjusting import loosened
from ddbaudit.app.chosen import ChosenRules
from ddbaudit.app.config import Config
from ddbaudit.app.environments import directory_of, told_apart
from ddbaudit.app.evaluating import Progress as Progress  # noqa: PLC0414 - part of this interface
from ddbaudit.app.evaluating import evaluations
from ddbaudit.app.models import Models
from ddbaudit.app.plans import STDIN
from ddbaudit.app.rules import configuration, entry_of, registry_of, unjudged
from ddbaudit.app.run import Run
from ddbaudit.app.settings import Settings as Settings  # noqa: PLC0414 - part of this interface
from ddbaudit.engine.findings import Gate, merge
from ddbaudit.engine.ignores import Demands
from ddbaudit.engine.judge import judge
from ddbaudit.engine.outcome import decide
from ddbaudit.engine.packs import Pack
from ddbaudit.engine.registry import Registry
from ddbaudit.engine.suppressions import Suppressions
from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.text import plural, safe_text
from ddbaudit.foundation.verdict import Severity
from ddbaudit.ir.instance import Evaluation
from ddbaudit.model.build import build_estate
from ddbaudit.model.estate import Estate
from ddbaudit.sdk.graph import EstateGraph
from ddbaudit.sdk.report import Finding, Report

if TYPE_CHECKING:
    from ddbaudit.engine.baseline import Baseline


@dataclass(frozen=True, slots=True)
class Judged:
    """A run in which everything has been judged, before its findings are merged over environments."""

    run: Run
    registry: Registry
    config: Config
    packs: tuple[str, ...]
    baseline: Baseline | None


def audit(settings: Settings, *, registry: Registry | None = None, progress: Progress | None = None) -> Report:
    """Evaluates every root module below the paths and judges it. UsageError when the settings make no sense."""
    return report_of(judged(settings, registry=registry, progress=progress), settings)


def judged(
    settings: Settings,
    *,
    registry: Registry | None = None,
    progress: Progress | None = None,
    baseline: Baseline | None = None,
) -> Judged:
    """Every root module below the paths, evaluated and judged; `baseline` takes the place of that of the settings."""
    config = config_of(settings)
    registry = registry_of(settings.rules, config, registry)
    chosen = ChosenRules(registry, settings, config)
    run = Run()
    suppressions = Suppressions(registry, settings.today or datetime.now(UTC).date(), _demands(config))
    baseline = baseline if baseline is not None else _baseline(settings, config)
    packs: dict[str, None] = {}
    estates = _estates(settings, config, chosen, run, progress)
    for estate, pack in estates:
        packs[pack.name] = None
        rules = chosen.active(pack, estate.environment)
        judgement = judge(estate, rules, [other for other, _ in estates])
        if settings.ignores:
            comments = estate.evaluation.comments
            judgement.findings = suppressions.apply(comments, estate.environment, rules, judgement.findings)
        if baseline is not None:
            judgement.findings = baseline.apply(estate.root, estate.environment, rules, judgement.findings)
        run.add(estate, rules, judgement)
    run.say(suppressions.diagnostics())
    run.say(baseline.diagnostics() if baseline is not None else ())
    given = [rule for rule in chosen.given() if rule.meta.id in run.rules]
    run.say(unjudged(given, run.ledger, run.estates))
    return Judged(run, registry, config, tuple(packs), baseline)


def _baseline(settings: Settings, config: Config) -> Baseline | None:
    path = settings.baseline or config.baseline
    if path is None or not settings.ignores:
        return None
    from ddbaudit.engine.baseline import read_baseline

    return read_baseline(path)


def _demands(config: Config) -> Demands:
    def required(what: str) -> bool:
        return bool(config.value("suppressions", what) == "required")

    return Demands(required("reason"), required("until"))


def gate_of(settings: Settings, config: Config) -> Gate:
    """What blocks: the caller's word, else the configuration's."""
    fail_on = settings.fail_on or config.value("fail_on")
    unknown = settings.unknown or config.value("unknown")
    return Gate(None if fail_on == "never" else Severity.parse(fail_on), unknown)


def _loosened(settings: Settings, done: Judged) -> Iterator[str]:
    """What the configuration makes laxer, where the caller does not decide otherwise."""
    for setting, text in done.config.loosened():
        if setting not in ("fail_on", "unknown") or getattr(settings, setting) is None:
            yield text
    yield from loosened(done.config, done.registry)


def report_of(done: Judged, settings: Settings) -> Report:
    """The report of a run."""
    run = done.run
    findings = merge(run.findings, gate_of(settings, done.config))
    inventory = run.inventory(done.packs)
    diagnostics = tuple(sorted(run.diagnostics, key=Diagnostic.sort_key))
    laxer = (*settings.loosened, *_loosened(settings, done), *_hidden(done.baseline))
    outcome = decide(findings, diagnostics, run.errors, inventory, settings.leniency, laxer)
    return Report(
        __version__,
        outcome,
        findings,
        diagnostics,
        tuple(run.ledger),
        inventory,
        tuple(sorted(run.rules)),
        tuple(run.errors),
        tuple(entry_of(rule) for rule in done.registry.rules if rule.meta.id in run.rules),
        _graphs(run, findings) if settings.graphs else (),
    )


def _graphs(run: Run, findings: Sequence[Finding]) -> tuple[EstateGraph, ...]:
    from ddbaudit.app.graph import graphs_of

    return graphs_of(run.estates, findings, run.ledger)


def _hidden(baseline: Baseline | None) -> list[str]:
    """What a baseline does to the gate."""
    if baseline is None:
        return []
    count = baseline.hidden.total()
    return [
        f"--baseline {safe_text(baseline.path)} ({plural(count, 'known finding does', 'known findings do')} not count)"
    ]


def evaluate(settings: Settings, progress: Progress | None = None) -> list[Evaluation]:
    """Every root module below the paths, evaluated and named by its environment; nothing is judged."""
    return evaluations(settings, config_of(settings), progress)


def _estates(
    settings: Settings, config: Config, chosen: ChosenRules, run: Run, progress: Progress | None
) -> Sequence[tuple[Estate, Pack]]:
    found: list[tuple[Evaluation, Pack]] = []
    models = Models(chosen.registry)
    designs = []
    for evaluation in evaluations(settings, config, progress, chosen.environments_of):
        directory = directory_of(evaluation)
        pack = chosen.pack_of(directory, evaluation.environment)
        found.append((evaluation, pack))
        designs.append(models.find((*pack.models, *config.models_for(directory), *settings.models)))
    named = told_apart([evaluation for evaluation, _ in found])
    made = [(build_estate(e, m), pack) for e, (_, pack), m in zip(named, found, designs, strict=True)]
    for glob in config.unused(path for path in (*settings.paths, *settings.sources) if path != STDIN):
        detail = f'"{safe_text(glob)}" in {config.path} matches none of the root modules checked now'
        unused = Diagnostic("CFG001", Level.WARNING, "Unused configuration", detail, None, str(config.path))
        run.diagnostics[unused] = None
    return made


def config_of(settings: Settings) -> Config:
    """The configuration of a run."""
    start = next(iter((*settings.sources, *(p for p in settings.paths if p != STDIN))), ".")
    return configuration(settings.config, start)
