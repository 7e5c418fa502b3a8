"""The exit code and its reasons: precedence 2 > 4 > 3 > 1 > 0 (2 never gets here: nothing was judged then)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.text import plural
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.sdk.report import ExitCode, Finding, Inventory, Outcome


@dataclass(frozen=True, slots=True)
class Leniency:
    """The named flags that loosen incompleteness. Globs match shown paths (`unparsed`) or module addresses and
    sources."""

    empty: bool = False
    unparsed: tuple[str, ...] = ()
    missing_modules: tuple[str, ...] = ()
    partial_plan: bool = False

    def allows(self, diagnostic: Diagnostic) -> bool:
        if diagnostic.code == "MOD001":
            return any(fnmatchcase(name, glob) for name in _module_names(diagnostic) for glob in self.missing_modules)
        if diagnostic.code in _PARTIAL:
            return self.partial_plan
        if diagnostic.code.startswith(("HCL", "IO")):
            path = diagnostic.span.path if diagnostic.span is not None else diagnostic.path or ""
            return self.allows_unparsed(path)
        return False

    def allows_unparsed(self, path: str) -> bool:
        return any(fnmatchcase(path, glob) for glob in self.unparsed)


_PARTIAL = ("PLAN011", "PLAN012")
"""Plans that leave a part of the configuration out: `-target` and deferred changes."""


def _module_names(diagnostic: Diagnostic) -> tuple[str, ...]:
    """The address and the source of a module that is not available."""
    address = re.split(r' \(source "|: there is | has no literal | is nested ', diagnostic.detail, maxsplit=1)[0]
    return (address, diagnostic.span.text.strip('"')) if diagnostic.span is not None else (address,)


def decide(
    findings: Sequence[Finding],
    diagnostics: Sequence[Diagnostic],
    errors: Sequence[str],
    inventory: Inventory,
    leniency: Leniency,
    loosened: tuple[str, ...],
) -> Outcome:
    """The outcome of a run in which something was judged, or nothing was found to judge."""
    incomplete = _incomplete(findings, diagnostics, inventory, leniency)
    wrong = [d for d in diagnostics if _violates(d)]
    violations = [f for f in findings if _counts(f) and f.verdict is Verdict.FAIL and f.blocking]
    reasons = [*errors, *incomplete]
    if errors:
        code = ExitCode.INTERNAL
    elif incomplete:
        code = ExitCode.INCOMPLETE
    elif violations or wrong:
        code = ExitCode.VIOLATIONS
    else:
        code = ExitCode.CLEAN
    if violations:
        reasons.append(f"{plural(len(violations), 'blocking violation')}")
    if wrong:
        reasons.append(f"{plural(len(wrong), 'suppression does', 'suppressions do')} not hold")
    counts = _counted(findings, inventory)
    return Outcome(code, not errors and not incomplete, tuple(reasons), counts, loosened)


def _violates(diagnostic: Diagnostic) -> bool:
    """Suppressions that are not understood, have expired or are not allowed: they leave nothing unjudged."""
    return diagnostic.level is Level.ERROR and diagnostic.code.startswith("SUP")


def _counts(finding: Finding) -> bool:
    return finding.suppressed is None


def _incomplete(
    findings: Sequence[Finding], diagnostics: Sequence[Diagnostic], inventory: Inventory, leniency: Leniency
) -> list[str]:
    reasons: list[str] = []
    if not inventory.files and not leniency.empty:
        reasons.append("nothing to check: there is no Terraform file (*.tf, *.tf.json) and no plan")
    grave = [d for d in diagnostics if d.level is Level.ERROR and not _violates(d) and not leniency.allows(d)]
    if grave:
        first = grave[0]
        more = f" (and {len(grave) - 1} more)" if len(grave) > 1 else ""
        where = f"{first.where}: " if first.where else ""
        reasons.append(f"{where}{first.summary}: {first.detail}{more}")
    unknown = [
        f
        for f in findings
        if _counts(f) and f.verdict is Verdict.UNKNOWN and f.blocking and not leniency.allows_unparsed(f.primary.path)
    ]
    if unknown:
        reasons.append(f"{plural(len(unknown), 'verdict is', 'verdicts are')} unknown")
    return reasons


def _counted(findings: Sequence[Finding], inventory: Inventory) -> dict[str, int]:
    live = [f for f in findings if _counts(f)]
    failed = [f for f in live if f.verdict is Verdict.FAIL]
    return {
        "tables": len(inventory.tables),
        "policies": inventory.policies,
        "roots": len(inventory.roots),
        "files": inventory.files,
        "errors": sum(1 for f in failed if f.blocking),
        "warnings": sum(1 for f in failed if not f.blocking),
        "unknown": sum(1 for f in live if f.verdict is Verdict.UNKNOWN),
        "suppressed": len(findings) - len(live),
        "suppressed_unknown": sum(1 for f in findings if not _counts(f) and f.verdict is Verdict.UNKNOWN),
        "unparsed": len(inventory.files_unparsed),
    }
