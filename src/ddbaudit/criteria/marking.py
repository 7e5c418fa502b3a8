"""Criteria and the ledger of a run to a checklist. Nothing is judged here: what the rules said is counted.

What is not known is never a tick: an environment without a root module, a rule that judged nothing, an UNKNOWN, a run
in which something could not be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ddbaudit.criteria.shape import Criteria, HandProof, PlanProof, Proof, RuleProof
from ddbaudit.foundation.diagnostic import Level
from ddbaudit.foundation.text import join_names, plural
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.sdk.checklist import Checklist, Evidence, Item, Mark, Reference
from ddbaudit.sdk.report import Finding, LedgerEntry, Report


@dataclass(frozen=True, slots=True)
class PlanEvidence:
    """A plan that was given for a root module. `doubt` says why it proves nothing, `""` when it does; `errored` that
    Terraform ended it with an error."""

    path: str
    root: str
    environment: str
    doubt: str
    errored: bool


class Marker:
    """Marks the criteria of documents by one report. `packs` are those of each root, by its directory."""

    def __init__(self, report: Report, packs: Mapping[str, Sequence[str]], plans: Sequence[PlanEvidence]) -> None:
        self.report = report
        self.packs = packs
        self.plans = plans
        self._findings: dict[tuple[str, str, str], list[Finding]] = {}
        for finding in report.findings:
            for environment in finding.environments:
                self._findings.setdefault((finding.rule, finding.address, environment), []).append(finding)
        errors = [d for d in report.diagnostics if d.level is Level.ERROR]
        self.doubt = f"{errors[0].code} {errors[0].where} {errors[0].detail}" if errors else ""
        """What could not be read or evaluated, the first of it."""

    def roots(self, criteria: Criteria) -> tuple[tuple[str, str], ...]:
        """The root modules that the criteria concern, each with an environment."""
        wanted = set(criteria.packs)
        found = self.report.inventory.roots
        return tuple(pair for pair in found if not wanted or wanted & set(self.packs.get(pair[0], ())))

    def checklist(self, criteria: Criteria) -> Checklist:
        roots = self.roots(criteria)
        environments = criteria.environments or tuple(sorted({environment for _, environment in roots}))
        directories = {root for root, _ in roots}
        entries: dict[str, list[LedgerEntry]] = {}
        for entry in self.report.ledger:
            if entry.root in directories and entry.verdict is not Verdict.NOT_APPLICABLE:
                entries.setdefault(entry.rule, []).append(entry)
        document = _Document(self, roots, environments, entries)
        items = (
            Item(c.id, c.says, c.place, tuple(document.evidence(proof) for proof in c.proofs))
            for c in criteria.criteria
        )
        return Checklist(criteria.name, criteria.document, environments, tuple(items))

    def references(self, entry: LedgerEntry) -> Iterator[Reference]:
        for finding in self._findings.get((entry.rule, entry.address, entry.environment), ()):
            yield Reference(
                finding.rule,
                finding.address,
                (entry.environment,),
                finding.message,
                finding.primary,
                finding.fingerprint,
            )


@dataclass(frozen=True, slots=True)
class _Document:
    """One document's share of a run."""

    marker: Marker
    roots: tuple[tuple[str, str], ...]
    environments: tuple[str, ...]
    entries: Mapping[str, Sequence[LedgerEntry]]

    def evidence(self, proof: Proof) -> Evidence:
        if isinstance(proof, HandProof):
            return Evidence(Mark.BY_HAND, proof.reason)
        wanted = proof.environments or self.environments
        judged = {environment for _, environment in self.roots}
        missing = [name for name in wanted if name not in judged]
        if missing:
            text = f"no root module of {join_names(missing)} was judged"
            return Evidence(Mark.OPEN, text)
        return self._of_plans(wanted) if isinstance(proof, PlanProof) else self._of_rule(proof, wanted)

    def _of_rule(self, proof: RuleProof, wanted: Sequence[str]) -> Evidence:
        of_rule = [e for e in self.entries.get(proof.rule, ()) if e.environment in wanted and proof.concerns(e.address)]
        failed = [e for e in of_rule if e.verdict is Verdict.FAIL]
        if failed:
            text = f"{proof.rule} fails on {_counted(failed, wanted)}"
            return Evidence(Mark.UNMET, text, self._references(failed))
        doubtful = [e for e in of_rule if e.verdict is not Verdict.PASS]
        if doubtful:
            text = f"{proof.rule} cannot tell on {_counted(doubtful, wanted)}"
            return Evidence(Mark.OPEN, text, self._references(doubtful))
        few = [name for name in wanted if sum(e.environment == name for e in of_rule) < proof.at_least]
        if few:
            found = f"passes on {_counted(of_rule, wanted)}" if of_rule else "judged nothing"
            text = f"{proof.rule} {found}, where {proof.at_least} or more are asked for in {join_names(few)}"
            return Evidence(Mark.OPEN, text)
        if self.marker.doubt:
            return Evidence(Mark.OPEN, f"{proof.rule} passes, but not everything could be judged: {self.marker.doubt}")
        return Evidence(Mark.MET, f"{proof.rule} passes on {_counted(of_rule, wanted)}")

    def _references(self, entries: Sequence[LedgerEntry]) -> tuple[Reference, ...]:
        """The findings behind entries, each once with all of its environments."""
        found: dict[str, Reference] = {}
        for entry in entries:
            for reference in self.marker.references(entry):
                other = found.get(reference.fingerprint)
                environments = (*(other.environments if other else ()), *reference.environments)
                found[reference.fingerprint] = Reference(
                    reference.rule,
                    reference.address,
                    tuple(dict.fromkeys(environments)),
                    reference.message,
                    reference.place,
                    reference.fingerprint,
                )
        return tuple(found.values())

    def _of_plans(self, wanted: Sequence[str]) -> Evidence:
        roots = {pair for pair in self.roots if pair[1] in wanted}
        plans = [plan for plan in self.marker.plans if (plan.root, plan.environment) in roots]
        errored = [plan.path for plan in plans if plan.errored]
        if errored:
            return Evidence(Mark.UNMET, f"Terraform ended {join_names(errored)} with an error")
        doubtful = [f"{plan.path} proves nothing: {plan.doubt}" for plan in plans if plan.doubt]
        if doubtful:
            return Evidence(Mark.OPEN, "; ".join(doubtful))
        without = [name for name in wanted if name not in {plan.environment for plan in plans}]
        if without:
            return Evidence(Mark.OPEN, f"no plan was given for {join_names(without)}: --plan ROOT=FILE")
        return Evidence(Mark.MET, "Terraform validated and planned " + join_names([p.path for p in plans]))


def _counted(entries: Sequence[LedgerEntry], order: Sequence[str]) -> str:
    """`3 subjects: 2 in dev, 1 in prod`."""
    counts = {name: sum(e.environment == name for e in entries) for name in order}
    parts = ", ".join(f"{count} in {name}" for name, count in counts.items() if count)
    return f"{plural(len(entries), 'subject')}: {parts}"
