"""The findings that do not count, one line each, with why, until when and where that is written."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.reporters.frames import location
from ddbaudit.reporters.style import Line, clean, wrap
from ddbaudit.sdk.report import Finding, Report, Suppression


def lines(report: Report, width: int | None) -> Iterator[Line]:
    """The list, and an empty line behind it."""
    found = [(finding, finding.suppressed) for finding in report.findings if finding.suppressed is not None]
    for finding, suppression in found:
        yield from wrap(_line(finding, suppression), width, 2)
    if found:
        yield []


def _line(finding: Finding, suppression: Suppression) -> Line:
    unknown = ", unknown" if finding.verdict is Verdict.UNKNOWN else ""
    environments = clean(", ".join(finding.environments))
    until = f" until {clean(suppression.until)}" if suppression.until is not None else ""
    place = f" ({location(suppression.place)})" if suppression.place is not None else ""
    reason = f': "{clean(suppression.reason)}"' if suppression.reason else ""
    return [
        (f"suppressed[{finding.rule}{unknown}]", "dim"),
        (f" {location(finding.primary)} {clean(finding.address)} [{environments}]", ""),
        (f" by {_by(suppression)}{place}{until}{reason}", "dim"),
    ]


def _by(suppression: Suppression) -> str:
    return "the baseline" if suppression.kind == "baseline" else "a comment"
