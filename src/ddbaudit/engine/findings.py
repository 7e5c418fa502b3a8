"""Raw findings of all environments to the findings of a report: merged, ordered, fingerprinted, blocking or not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ddbaudit.engine.judge import RawFinding
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.sdk.problem import Link
from ddbaudit.sdk.report import Finding


@dataclass(frozen=True, slots=True)
class Gate:
    """What blocks: FAIL at or above `fail_on` (None: nothing), UNKNOWN likewise unless `unknown` is "warn"."""

    fail_on: Severity | None = Severity.MEDIUM
    unknown: str = "fail"

    def blocks(self, verdict: Verdict, severity: Severity) -> bool:
        if self.fail_on is None or severity < self.fail_on:
            return False
        return verdict is Verdict.FAIL or self.unknown == "fail"


def merge(raw: Iterable[RawFinding], gate: Gate) -> tuple[Finding, ...]:
    """One finding per rule, verdict, address, place and suppression; the environments it holds in are listed."""
    groups: dict[tuple[object, ...], list[RawFinding]] = {}
    for item in raw:
        problem = item.problem
        place = problem.primary.sort_key()
        key = (item.rule.meta.id, problem.verdict, item.address, place, problem.detail, _suppression(item))
        groups.setdefault(key, []).append(item)
    return tuple(sorted((_finding(items, gate) for items in groups.values()), key=order))


def _suppression(item: RawFinding) -> object:
    suppressed = item.suppressed
    if suppressed is None:
        return None
    if suppressed.kind == "baseline":  # it has an entry for each environment
        return (suppressed.kind, suppressed.reason)
    return (suppressed.kind, suppressed.place.sort_key() if suppressed.place is not None else None)


def order(finding: Finding) -> tuple[object, ...]:
    """By place, then the graver first, then rule and address; what counts before what is suppressed."""
    severity, suppressed = -int(finding.severity), finding.suppressed is not None
    place = finding.primary.sort_key()
    return (place, severity, finding.rule, finding.address, finding.fingerprint, suppressed, finding.environments)


def _finding(items: Sequence[RawFinding], gate: Gate) -> Finding:
    worst = max(items, key=lambda i: i.severity)
    problem, meta = worst.problem, worst.rule.meta
    environments = tuple(dict.fromkeys(i.environment for i in items))
    return Finding(
        meta.id,
        meta.name,
        problem.verdict,
        worst.severity,
        worst.address,
        environments,
        problem.message,
        problem.help or meta.remedy,
        problem.primary,
        problem.label,
        problem.related,
        problem.origin,
        worst.callers,
        fingerprint(meta.id, worst.address, problem.detail),
        worst.suppressed is None and gate.blocks(problem.verdict, worst.severity),
        suppressed=worst.suppressed,
        detail=problem.detail,
        causes=_causes(items),
    )


def _causes(items: Sequence[RawFinding]) -> tuple[tuple[Link, tuple[str, ...]], ...]:
    """The last link of every origin, with the environments it holds in."""
    found: dict[Link, dict[str, None]] = {}
    for item in items:
        for link in item.problem.origin[-1:]:
            found.setdefault(link, {})[item.environment] = None
    return tuple((link, tuple(environments)) for link, environments in found.items())


def fingerprint(rule: str, address: str, detail: str) -> str:
    """Stable over edits elsewhere and the same from every input: no files, line numbers, environments or values."""
    text = "\0".join((rule, address, detail))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20]
