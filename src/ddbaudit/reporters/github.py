"""The report as workflow commands of GitHub Actions, which become annotations of a pull request.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands; the escaping is that of
actions/toolkit (packages/core/src/command.ts). GitHub shows 10 errors and 10 warnings of a step, the first ones
(https://github.com/orgs/community/discussions/26680), so the gravest come first and the last one tells what is not
shown. The job summary has the whole report.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.source import Span
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.reporters.escapes import lines_of
from ddbaudit.reporters.groups import grouped, word
from ddbaudit.reporters.markdown import shortened
from ddbaudit.reporters.summary import last_line, verdict
from ddbaudit.sdk.report import ExitCode, Finding, Report

MAX_SHOWN = 10
MAX_SUMMARY = 1_000_000
"""Bytes of a job summary; GitHub refuses more than 1 MiB of a step whole."""


def render(report: Report) -> str:
    """The commands, one a line, with a final newline."""
    kinds = {"error": list(_errors(report)), "warning": list(_warnings(report))}
    lines = [line for kind, found in kinds.items() for line in _shown(kind, found)]
    return "".join(f"{line}\n" for line in lines) + f"{' '.join(lines_of(last_line(report)))}: {verdict(report)}\n"


def job_summary(report: Report) -> str:
    """The report in Markdown, cut so that GitHub takes it."""
    return shortened(report, MAX_SUMMARY)


def _shown(kind: str, found: Sequence[str]) -> list[str]:
    if len(found) <= MAX_SHOWN:
        return list(found)
    rest = len(found) - MAX_SHOWN + 1
    return [*found[: MAX_SHOWN - 1], command(kind, f"{rest} more are in the job summary", title="ddbaudit")]


def _errors(report: Report) -> Iterator[str]:
    outcome = report.outcome
    if outcome.code not in (ExitCode.CLEAN, ExitCode.VIOLATIONS):
        yield command("error", "\n".join(outcome.reasons), title=f"ddbaudit: {verdict(report)}")
    for diagnostic in report.diagnostics:
        if diagnostic.level is Level.ERROR:
            yield _diagnostic("error", diagnostic)
    for group in _by_severity(report):
        if group[0].blocking:
            yield _finding("error", group)


def _warnings(report: Report) -> Iterator[str]:
    for diagnostic in report.diagnostics:
        if diagnostic.level is Level.WARNING:
            yield _diagnostic("warning", diagnostic)
    for group in _by_severity(report):
        if not group[0].blocking:
            yield _finding("warning", group)


def _by_severity(report: Report) -> list[list[Finding]]:
    """What fails before what is not known, the gravest first."""
    return sorted(grouped(report.findings), key=lambda g: (g[0].verdict is Verdict.UNKNOWN, -int(g[0].severity)))


def _diagnostic(kind: str, diagnostic: Diagnostic) -> str:
    text = "\n".join(filter(None, (diagnostic.detail, diagnostic.help)))
    return command(kind, text, diagnostic.span, diagnostic.path, title=f"{diagnostic.code} {diagnostic.summary}")


def _finding(kind: str, group: Sequence[Finding]) -> str:
    first = group[0]
    environments = ", ".join(dict.fromkeys(e for f in group for e in f.environments))
    more = f"and {len(group) - 1} more instances" if len(group) > 1 else ""
    text = "\n".join(filter(None, (f"{first.message} [{environments}]", more, first.help)))
    title = f"{first.rule} {first.name}" + (" (unknown)" if word(first) == "unknown" else "")
    return command(kind, text, first.primary, title=title)


def command(kind: str, text: str, span: Span | None = None, path: str | None = None, *, title: str) -> str:
    """`::error file=…,line=…,title=…::text`; a place in a plan is named in the text, which has lines of its own."""
    properties: dict[str, str] = {}
    if span is not None:
        begin, finish = span.begin, span.finish
        properties = {"file": span.path, "line": str(begin.line)}
        if span.attribute is None:
            properties |= {"col": str(begin.column), "endLine": str(finish.line), "endColumn": str(finish.column)}
        else:
            text = f"{span.attribute}: {text}"
    elif path is not None:
        properties = {"file": path}
    written = ",".join(f"{key}={_property(value)}" for key, value in {**properties, "title": title}.items())
    return f"::{kind} {written}::{_data(text)}"


def _data(text: str) -> str:
    return "%0A".join(line.replace("%", "%25") for line in lines_of(text))


def _property(text: str) -> str:
    return _data(text.replace("\n", " ")).replace(":", "%3A").replace(",", "%2C")
