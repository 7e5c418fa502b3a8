"""What accumulates over the root modules of a run, and the inventory of what was looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ddbaudit.engine.faults import diagnostics_of
from ddbaudit.engine.judge import ActiveRule, Judgement, RawFinding, imbalances
from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.model.estate import Estate
from ddbaudit.sdk.report import Inventory, LedgerEntry, PlanEntry, TableEntry


class Run:
    """What accumulates over the root modules."""

    def __init__(self) -> None:
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

    def say(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Keeps diagnostics, each once."""
        self.diagnostics.update(dict.fromkeys(diagnostics))

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
