"""The report as JUnit XML, for the test pages of CI servers.

There is no standard; this is what Jenkins, GitLab and Azure read: suites of cases with `failure`, `error` or
`skipped` (https://github.com/testmoapp/junitxml collects what is in use). A case is one rule on one subject; a suite is
one root module in one environment. What does not apply is left out; what is not a plain pass never looks like one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.reporters.escapes import xml
from ddbaudit.reporters.groups import word
from ddbaudit.reporters.style import plain
from ddbaudit.reporters.summary import last_line, verdict
from ddbaudit.reporters.text import diagnostic_lines, message_lines
from ddbaudit.sdk.report import ExitCode, Finding, LedgerEntry, Report

_KINDS = ("failure", "error", "skipped")


@dataclass(frozen=True, slots=True)
class _Case:
    """`kind` is empty for a pass."""

    group: str
    name: str
    kind: str = ""
    message: str = ""
    body: str = ""


def render(report: Report) -> str:
    """The whole document with a final newline."""
    names = {entry.id: entry.name for entry in report.catalogue}
    suites = [("ddbaudit", list(_run(report))), *_roots(report, names)]
    cases = [case for _, found in suites for case in found]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<testsuites name="ddbaudit" {_counts(cases)}>']
    for name, found in suites:
        lines += [f'  <testsuite name="{xml(name)}" {_counts(found)}>', *map(_case, found), "  </testsuite>"]
    return "\n".join((*lines, "</testsuites>")) + "\n"


def _counts(cases: Sequence[_Case]) -> str:
    failures, errors, skipped = (sum(case.kind == kind for case in cases) for kind in _KINDS)
    return f'tests="{len(cases)}" failures="{failures}" errors="{errors}" skipped="{skipped}" time="0"'


def _case(case: _Case) -> str:
    head = f'    <testcase classname="{xml(case.group)}" name="{xml(case.name)}" time="0"'
    if not case.kind:
        return f"{head}/>"
    inner = f"<{case.kind} message={_attribute(case.message)}>{xml(case.body)}</{case.kind}>"
    return f"{head}>{inner}</testcase>"


def _attribute(text: str) -> str:
    return '"' + xml(text.replace("\n", " ")) + '"'


def _run(report: Report) -> Iterator[_Case]:
    """The run as a whole: whether it is complete, and what could not be read."""
    outcome = report.outcome
    body = "\n".join((*outcome.reasons, *(f"loosened: {flag}" for flag in outcome.loosened), last_line(report)))
    kind = "" if outcome.complete and outcome.code in (ExitCode.CLEAN, ExitCode.VIOLATIONS) else "error"
    yield _Case("ddbaudit", "everything could be judged", kind, verdict(report), body)
    for text in report.errors:
        yield _Case("ddbaudit", text, "error", "internal error", text)
    for diagnostic in report.diagnostics:
        yield _read(diagnostic)


def _read(diagnostic: Diagnostic) -> _Case:
    kind = "error" if diagnostic.level is Level.ERROR else "skipped"
    message = f"{diagnostic.summary}: {diagnostic.detail}"
    name = f"{diagnostic.code} {diagnostic.where}".strip()
    return _Case("input", name, kind, message, plain(diagnostic_lines(diagnostic)))


def _roots(report: Report, names: Mapping[str, str]) -> Iterator[tuple[str, list[_Case]]]:
    found: dict[tuple[str, str], list[LedgerEntry]] = {root: [] for root in report.inventory.roots}
    for entry in report.ledger:
        if entry.verdict is not Verdict.NOT_APPLICABLE:
            found.setdefault((entry.root, entry.environment), []).append(entry)
    by_subject: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in report.findings:
        for environment in finding.environments:
            by_subject.setdefault((finding.rule, finding.address, environment), []).append(finding)
    for (root, environment), entries in found.items():
        cases = [_judged(e, by_subject.get((e.rule, e.address, e.environment), ()), names) for e in entries]
        yield f"{root} [{environment}]", cases


def _judged(entry: LedgerEntry, findings: Sequence[Finding], names: Mapping[str, str]) -> _Case:
    """The case of one verdict. A finding does not name its root: where two roots of one environment have the same
    address, a verdict that is no pass shows the findings of both."""
    group = f"{entry.rule} {names.get(entry.rule, '')}".strip()
    if entry.verdict is Verdict.PASS:
        return _Case(group, entry.address)
    if entry.verdict is Verdict.ERROR or not findings:
        return _Case(group, entry.address, "error", entry.verdict.value, entry.reason or "no finding tells why")
    counting = [f for f in findings if f.suppressed is None]
    shown = counting or findings
    body = "\n".join(plain(message_lines([finding])) for finding in shown)
    if not counting:
        why = "; ".join(f.suppressed.reason for f in shown if f.suppressed is not None and f.suppressed.reason)
        return _Case(group, entry.address, "skipped", f"suppressed: {why}" if why else "suppressed", body)
    blocking = [f for f in counting if f.blocking]
    first = (blocking or counting)[0]
    message = f"{word(first)}: {first.message}"
    if not blocking:
        return _Case(group, entry.address, "skipped", message, body)
    kind = "failure" if any(f.verdict is Verdict.FAIL for f in blocking) else "error"
    return _Case(group, entry.address, kind, message, body)
