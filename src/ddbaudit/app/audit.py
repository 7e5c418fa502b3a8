"""The whole audit as one function: paths and settings in, a report out. This is the public API."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Literal

from ddbaudit import __version__
from ddbaudit.app.config import Config
from ddbaudit.app.environments import directory_of, environment_of, told_apart
from ddbaudit.app.models import Models
from ddbaudit.app.plans import STDIN, PlanInput, PlanReader, split, unreadable
from ddbaudit.app.rules import configuration, entry_of, registry_of, unjudged
from ddbaudit.app.stack import make_room
from ddbaudit.engine.faults import diagnostics_of
from ddbaudit.engine.findings import Gate, merge
from ddbaudit.engine.ignores import Demands
from ddbaudit.engine.judge import ActiveRule, Judgement, imbalances, judge
from ddbaudit.engine.outcome import Leniency, decide
from ddbaudit.engine.packs import Pack, find_pack, load_pack_file, merge_packs
from ddbaudit.engine.registry import Registry, RuleType
from ddbaudit.engine.suppressions import Suppressions
from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.text import safe_text
from ddbaudit.frontends.hcl.evaluate import evaluate_root
from ddbaudit.frontends.hcl.inputs import Inputs, require_file
from ddbaudit.frontends.hcl.loader import Loader
from ddbaudit.frontends.hcl.parse import ParseOptions
from ddbaudit.frontends.hcl.roots import bases, find_roots
from ddbaudit.ir.instance import Evaluation
from ddbaudit.model.build import build_estate
from ddbaudit.model.estate import Estate
from ddbaudit.sdk.report import Inventory, PlanEntry, Report, TableEntry

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Settings:
    """What a caller decides. `paths` are directories, Terraform files, plans and states (`-`: standard input);
    `sources` the directories in which the plans were made, one for all or one each. `select` and `ignore` hold rule
    ids, names or id prefixes; `packs` names or paths of packs, `models` of data models beside those of the packs and of
    the configuration; `rules` files and directories of rules in YAML. Without
    `ignores` nothing is suppressed; `today` (else that of UTC) decides which suppressions have expired."""

    paths: tuple[str, ...]
    sources: tuple[str, ...] = ()
    arguments: tuple[tuple[str, str], ...] = ()
    process_environment: Mapping[str, str] = field(default_factory=dict)
    workspace: str | None = None
    environment: str | None = None
    packs: tuple[str, ...] = ()
    config: str | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    gate: Gate = field(default_factory=Gate)
    leniency: Leniency = field(default_factory=Leniency)
    parser: Literal["auto", "native", "python-hcl2"] | None = None
    cross_check: bool | None = None
    loosened: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    ignores: bool = True
    today: date | None = None


def audit(settings: Settings, *, registry: Registry | None = None, progress: Progress | None = None) -> Report:
    """Evaluates every root module below the paths and judges it. UsageError when the settings make no sense."""
    config = _config(settings)
    registry = registry_of(settings.rules, config, registry)
    chosen = _Rules(registry, settings)
    run = _Run()
    suppressions = Suppressions(registry, settings.today or datetime.now(UTC).date(), Demands())
    packs: dict[str, None] = {}
    estates = _estates(settings, config, chosen, run, progress)
    for estate, pack in estates:
        packs[pack.name] = None
        rules = chosen.active(pack, estate.environment)
        judgement = judge(estate, rules, [other for other, _ in estates])
        if settings.ignores:
            comments = estate.evaluation.comments
            judgement.findings = suppressions.apply(comments, estate.environment, rules, judgement.findings)
        run.add(estate, rules, judgement)
    run.diagnostics.update(dict.fromkeys(suppressions.diagnostics()))
    given = [rule for rule in chosen.given() if rule.meta.id in run.rules]
    run.diagnostics.update(dict.fromkeys(unjudged(given, run.ledger, run.estates)))
    findings = merge(run.findings, settings.gate)
    inventory = run.inventory(tuple(packs))
    diagnostics = tuple(sorted(run.diagnostics, key=Diagnostic.sort_key))
    outcome = decide(findings, diagnostics, run.errors, inventory, settings.leniency, settings.loosened)
    return Report(
        __version__,
        outcome,
        findings,
        diagnostics,
        tuple(run.ledger),
        inventory,
        tuple(sorted(run.rules)),
        tuple(run.errors),
        tuple(entry_of(rule) for rule in registry.rules if rule.meta.id in run.rules),
    )


def evaluate(settings: Settings, progress: Progress | None = None) -> list[Evaluation]:
    """Every root module below the paths, evaluated and named by its environment; nothing is judged."""
    return _evaluate(settings, _config(settings), progress)


def _evaluate(settings: Settings, config: Config, progress: Progress | None) -> list[Evaluation]:
    make_room()
    for kind, argument in settings.arguments:
        if kind == "file":
            require_file(argument)
    trees, plans = split(settings.paths, settings.sources)
    if settings.arguments and not trees:
        raise UsageError("a plan has values for its variables already", help="leave --var and --var-file out")
    evaluations = _of_trees(trees, settings, config, progress)
    _check_arguments(settings, evaluations)
    options = _parse_options(settings, config)
    reader = PlanReader(options, settings.process_environment, settings.workspace, progress)
    evaluations.extend(_guarded_plan(reader, plan) for plan in plans)
    return [replace(e, environment=_environment(e, settings, config)) for e in evaluations]


def _of_trees(trees: Sequence[str], settings: Settings, config: Config, progress: Progress | None) -> list[Evaluation]:
    if not trees:
        return []
    loader = Loader(_parse_options(settings, config), bases(trees))
    inputs = Inputs(settings.arguments, settings.process_environment, settings.workspace)
    evaluations: list[Evaluation] = []
    for directory in find_roots(trees, loader).directories:
        if progress is not None:
            progress(directory)
        evaluations.append(_guarded(directory, loader, inputs))
    return evaluations


def _environment(evaluation: Evaluation, settings: Settings, config: Config, listed: tuple[str, ...] = ()) -> str:
    configured = config.environment_for(directory_of(evaluation))
    return environment_of(evaluation, given=settings.environment, configured=configured, listed=listed)


def _estates(
    settings: Settings, config: Config, chosen: _Rules, run: _Run, progress: Progress | None
) -> Sequence[tuple[Estate, Pack]]:
    found: list[tuple[Evaluation, Pack]] = []
    models = Models(chosen.registry)
    designs = []
    for evaluation in _evaluate(settings, config, progress):
        directory = directory_of(evaluation)
        configured = config.packs_for(directory)  # also with --pack: its globs are in use
        pack = chosen.pack_for(settings.packs or configured)
        environment = _environment(evaluation, settings, config, pack.environments)
        found.append((replace(evaluation, environment=environment), pack))
        designs.append(models.find((*pack.models, *config.models_for(directory), *settings.models)))
    named = told_apart([evaluation for evaluation, _ in found])
    made = [(build_estate(e, m), pack) for e, (_, pack), m in zip(named, found, designs, strict=True)]
    for glob in config.unused(path for path in (*settings.paths, *settings.sources) if path != STDIN):
        detail = f'"{safe_text(glob)}" in {config.path} matches none of the root modules checked now'
        unused = Diagnostic("CFG001", Level.WARNING, "Unused configuration", detail, None, str(config.path))
        run.diagnostics[unused] = None
    return made


def _guarded(directory: str, loader: Loader, inputs: Inputs) -> Evaluation:
    """The evaluation; what is too deep for Python's stack is a diagnostic, not a crash."""
    try:
        return evaluate_root(directory, loader, inputs, "")
    except RecursionError:
        source = loader.module(directory)
        detail = f"{source.shown} is nested too deeply to be evaluated"
        diagnostic = Diagnostic("EVAL002", Level.ERROR, "Nesting too deep", detail, None, source.shown)
        files = tuple(f.source for f in source.files)
        return Evaluation("", source.shown, (), (), (), (diagnostic,), files)


def _guarded_plan(reader: PlanReader, plan: PlanInput) -> Evaluation:
    """Likewise for a plan, whose source may be nested as deeply."""
    try:
        return reader.evaluate(plan)
    except RecursionError:
        detail = f"the configuration behind {plan.shown} is nested too deeply to be evaluated"
        return unreadable(plan, Diagnostic("EVAL002", Level.ERROR, "Nesting too deep", detail, None, plan.shown))


def _config(settings: Settings) -> Config:
    start = next(iter((*settings.sources, *(p for p in settings.paths if p != STDIN))), ".")
    return configuration(settings.config, start)


def _parse_options(settings: Settings, config: Config) -> ParseOptions:
    """The caller's word, else the configuration's, else that our own parser reads and python-hcl2 is asked in doubt."""
    cross_check = settings.cross_check if settings.cross_check is not None else config.cross_check
    return ParseOptions(settings.parser or config.parser or "auto", bool(cross_check))


def _check_arguments(settings: Settings, evaluations: Sequence[Evaluation]) -> None:
    """`--var` for a name that no root declares is a mistake of the caller's."""
    declared = {name for e in evaluations for name in (e.modules[0].variables if e.modules else ())}
    for kind, argument in settings.arguments:
        name = argument.partition("=")[0].strip()
        if kind == "var" and evaluations and name not in declared:
            raise UsageError(f'--var sets "{safe_text(name)}", which no root module declares as a variable')


class _Rules:
    """Which rules run: those of the pack, and those that the caller gives and the pack does not switch off; narrowed
    by `--select` and `--ignore`."""

    def __init__(self, registry: Registry, settings: Settings) -> None:
        self.registry = registry
        self.selected = _chosen(registry, settings.select)
        self.ignored = _chosen(registry, settings.ignore) or frozenset()
        self._packs: dict[tuple[str, ...], Pack] = {}

    def pack_for(self, names: tuple[str, ...]) -> Pack:
        names = names or ("baseline",)
        found = self._packs.get(names)
        if found is None:
            found = self._packs[names] = merge_packs(self._load(name) for name in names)
        return found

    def _load(self, name: str) -> Pack:
        from pathlib import Path

        if name.endswith((".yaml", ".yml")):
            return load_pack_file(Path(name), self.registry)
        return find_pack(name, self.registry)

    def active(self, pack: Pack, environment: str) -> list[ActiveRule]:
        return [
            ActiveRule(
                rule,
                pack.severity(rule, environment),
                pack.params(rule, environment),
                pack.suppressible(rule, environment),
            )
            for rule in self.registry.rules
            if self._runs(rule, pack)
        ]

    def _runs(self, rule: RuleType, pack: Pack) -> bool:
        if rule in self.ignored:
            return False
        if self.selected is not None:
            return rule in self.selected
        return rule.meta.id in pack.rules or (rule in self.registry.given and rule.meta.id not in pack.off)

    def given(self) -> list[RuleType]:
        return [rule for rule in self.registry.rules if rule in self.registry.given]


def _chosen(registry: Registry, selectors: Sequence[str]) -> frozenset[RuleType] | None:
    if not selectors:
        return None
    return frozenset(rule for selector in selectors for rule in registry.select(selector))


class _Run:
    """What accumulates over the root modules."""

    def __init__(self) -> None:
        from ddbaudit.engine.judge import RawFinding
        from ddbaudit.sdk.report import LedgerEntry

        self.findings: list[RawFinding] = []
        self.ledger: list[LedgerEntry] = []
        self.errors: list[str] = []
        self.diagnostics: dict[Diagnostic, None] = {}
        self.rules: set[str] = set()
        self.estates: list[Estate] = []

    def add(self, estate: Estate, rules: Sequence[ActiveRule], judgement: Judgement) -> None:
        self.estates.append(estate)
        self.findings.extend(judgement.findings)
        self.ledger.extend(judgement.ledger)
        self.errors.extend(judgement.crashes)
        self.errors.extend(f"the ledger does not balance: {p}" for p in imbalances(estate, rules, judgement))
        self.rules.update(active.rule.meta.id for active in rules)
        self.diagnostics.update(dict.fromkeys(diagnostics_of(estate, rules)))

    def inventory(self, packs: tuple[str, ...]) -> Inventory:
        files = {f.path for e in self.estates for f in e.evaluation.files}
        unparsed = {
            d.span.path if d.span is not None else d.path or ""
            for d in self.diagnostics
            if d.level is Level.ERROR and d.code.startswith(("HCL", "IO", "PLAN00"))
        }
        return Inventory(
            tuple((e.root, e.environment) for e in self.estates),
            tuple(_table_entries(self.estates)),
            sum(len(e.policies) for e in self.estates),
            sum(len(e.modules) for e in self.estates),
            sum(_resources(e) for e in self.estates),
            len(files),
            tuple(sorted(unparsed)),
            packs,
            tuple(_plan_entries(self.estates)),
        )


def _resources(estate: Estate) -> int:
    """A plan without source keeps only the resources that rules read, and counts them all."""
    plan = estate.evaluation.plan
    return max(len(estate.resources), plan.total) if plan is not None else len(estate.resources)


def _plan_entries(estates: Sequence[Estate]) -> Iterator[PlanEntry]:
    for estate in estates:
        plan = estate.evaluation.plan
        if plan is not None:
            yield PlanEntry(
                plan.path,
                plan.kind,
                plan.mode,
                plan.terraform_version,
                plan.timestamp,
                estate.root,
                estate.environment,
                len(estate.evaluation.files) > 1,
            )


def _table_entries(estates: Sequence[Estate]) -> list[TableEntry]:
    return [
        TableEntry(
            table.name.shown if table.name.is_set else "",
            table.address,
            estate.environment,
            estate.root,
            len(table.indexes),
            table.header,
        )
        for estate in estates
        for table in estate.tables
    ]
