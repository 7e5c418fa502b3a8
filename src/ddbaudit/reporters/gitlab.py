"""The report as GitLab code quality: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format.

GitLab shows only the first of several entries with one fingerprint, so it is made unique by the place's file and the
entry's number among its like.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator

from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.source import Span
from ddbaudit.foundation.text import safe_text
from ddbaudit.foundation.verdict import Severity
from ddbaudit.reporters.groups import word
from ddbaudit.reporters.json_ import Json
from ddbaudit.reporters.summary import verdict
from ddbaudit.sdk.report import ExitCode, Finding, Report

_SEVERITIES = {Severity.HIGH: "critical", Severity.MEDIUM: "major", Severity.LOW: "minor", Severity.INFO: "info"}


def render(report: Report) -> str:
    """The list with a final newline."""
    seen: Counter[str] = Counter()
    found = [_unique(entry, seen) for entry in _entries(report)]
    return json.dumps(found, ensure_ascii=True, indent=2).replace("##[", "#\\u0023[") + "\n"


def _entries(report: Report) -> Iterator[Json]:
    outcome = report.outcome
    if outcome.code not in (ExitCode.CLEAN, ExitCode.VIOLATIONS):
        text = f"ddbaudit: {verdict(report)}: {'; '.join(outcome.reasons)}"
        yield _entry("ddbaudit", text, "blocker", None, _any_path(report), "outcome")
    for diagnostic in report.diagnostics:
        yield _diagnostic(diagnostic)
    for finding in report.findings:
        yield _finding(finding)


def _any_path(report: Report) -> str:
    """An entry must name a file: the first that something is said of, else the first root module."""
    places = [d.span.path if d.span is not None else d.path for d in report.diagnostics]
    places += [f.primary.path for f in report.findings]
    return next((p for p in places if p), next((root for root, _ in report.inventory.roots), "."))


def _diagnostic(diagnostic: Diagnostic) -> Json:
    severity = "blocker" if diagnostic.level is Level.ERROR else "info"
    text = f"{diagnostic.summary}: {diagnostic.detail}"
    return _entry(diagnostic.code, text, severity, diagnostic.span, diagnostic.path or ".", diagnostic.detail)


def _finding(finding: Finding) -> Json:
    kind, severity = word(finding), _SEVERITIES[finding.severity]
    text = f"{finding.message} [{', '.join(finding.environments)}]"
    if finding.suppressed is not None:
        text, severity = f"suppressed ({finding.suppressed.reason or 'no reason given'}): {text}", "info"
    elif kind != "error":
        text = f"{kind}: {text}"
    return _entry(f"{finding.rule} {finding.name}", text, severity, finding.primary, "", finding.fingerprint)


def _entry(name: str, text: str, severity: str, span: Span | None, path: str, identity: str) -> Json:
    shown = span.path if span is not None else path
    lines = {"begin": span.begin.line, "end": span.finish.line} if span is not None else {"begin": 1}
    if span is not None and span.attribute is not None:
        text = f"{span.attribute}: {text}"
    return {
        "description": safe_text(text),
        "check_name": safe_text(name),
        "fingerprint": "\0".join((name, shown, identity)),
        "severity": severity,
        "location": {"path": safe_text(shown.removeprefix("./")), "lines": lines},
    }


def _unique(entry: Json, seen: Counter[str]) -> Json:
    key = entry["fingerprint"]
    seen[key] += 1
    text = f"{key}\0{seen[key]}".encode("utf-8", "surrogatepass")
    return {**entry, "fingerprint": hashlib.sha256(text).hexdigest()[:32]}
