"""One line per finding, for editors and for grep, and the last line of the text report."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.diagnostic import Level
from ddbaudit.reporters.frames import location
from ddbaudit.reporters.groups import word
from ddbaudit.reporters.style import Line, clean
from ddbaudit.reporters.summary import ending
from ddbaudit.sdk.report import Report


def lines(report: Report, width: int | None = None) -> Iterator[Line]:
    """All lines of the report; they are never wrapped."""
    for diagnostic in report.diagnostics:
        kind = "error" if diagnostic.level is Level.ERROR else "warning"
        where = location(diagnostic.span) if diagnostic.span is not None else clean(diagnostic.path or "-")
        text = f" {clean(diagnostic.summary)}: {clean(diagnostic.detail)}"
        yield [(f"{where}: ", ""), (f"{kind}[{diagnostic.code}]", kind), (text, "")]
    for finding in report.findings:
        if finding.suppressed is not None:
            continue
        kind = word(finding)
        environments = clean(", ".join(finding.environments))
        yield [
            (f"{location(finding.primary)}: ", ""),
            (f"{kind}[{finding.rule}]", kind),
            (f" {clean(finding.message)} [{environments}]", ""),
        ]
    yield from ending(report)
