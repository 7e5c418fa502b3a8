"""The report in Markdown, as a comment on a pull request or a job summary.

Messages stand as plain text with every mark escaped; code frames stand in fences that their text cannot close.
GitHub takes 65,536 characters of a comment: what does not fit is left out, and said to be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.text import plural
from ddbaudit.reporters.escapes import code, fenced, inline
from ddbaudit.reporters.groups import grouped, word
from ddbaudit.reporters.style import plain
from ddbaudit.reporters.summary import last_line, verdict
from ddbaudit.reporters.text import diagnostic_lines, message_lines
from ddbaudit.sdk.report import ExitCode, Finding, Report

MARKER = "<!-- ddbaudit -->"
"""The first line: a job that updates its own comment finds it by this."""
MAX_COMMENT = 60_000
_RESERVED = 600
_HEAD = 20

SIGNS = {
    ExitCode.CLEAN: "✅",
    ExitCode.VIOLATIONS: "❌",
    ExitCode.USAGE: "❌",
    ExitCode.INCOMPLETE: "⚠️",
    ExitCode.INTERNAL: "⚠️",
}


def render(report: Report) -> str:
    """A comment of at most `MAX_COMMENT` bytes."""
    return shortened(report, MAX_COMMENT)


def shortened(report: Report, limit: int) -> str:
    """The report in so many bytes: the head always, then one part after the other as long as they fit."""
    head = "\n".join(_head(report))
    parts = [*_parts(report)]
    written, kept = [head], 0
    room = limit - _RESERVED - len(head.encode())
    for part in parts:
        room -= len(part.encode()) + 1
        if room < 0:
            break
        written.append(part)
        kept += 1
    if kept < len(parts):
        written.append(f"\n**{len(parts) - kept} of {plural(len(parts), 'message')} left out here for length.**")
    return "\n".join(written) + "\n"


def _head(report: Report) -> Iterator[str]:
    outcome = report.outcome
    yield MARKER
    yield f"## {SIGNS[outcome.code]} ddbaudit: {verdict(report)}"
    yield ""
    yield inline(last_line(report))
    found = [f"- {inline(_cut(reason))}" for reason in outcome.reasons]
    found += [f"- loosened: {code(_cut(flag))}" for flag in outcome.loosened]
    if found:
        yield ""
        yield from found[:_HEAD]
    if len(found) > _HEAD:
        yield f"- and {len(found) - _HEAD} more"


def _cut(text: str) -> str:
    return text if len(text) <= _RESERVED else f"{text[:_RESERVED]}…"


def _parts(report: Report) -> Iterator[str]:
    for diagnostic in report.diagnostics:
        yield "\n".join(_diagnostic(diagnostic))
    for group in sorted(grouped(report.findings), key=lambda g: not g[0].blocking):
        yield "\n".join(_group(group))
    suppressed = [finding for finding in report.findings if finding.suppressed is not None]
    if suppressed:
        yield "\n".join(("", f"### Suppressed ({len(suppressed)})", ""))
    for finding in suppressed:
        yield _suppressed(finding)


def _diagnostic(diagnostic: Diagnostic) -> Iterator[str]:
    kind = "error" if diagnostic.level is Level.ERROR else "warning"
    title = f"**{kind}** {code(diagnostic.code)} {inline(diagnostic.summary)}"
    yield from _folded(title, diagnostic.where, plain(diagnostic_lines(diagnostic)))


def _group(group: Sequence[Finding]) -> Iterator[str]:
    first = group[0]
    title = f"**{word(first)}** {code(first.rule)} {inline(first.message)}"
    environments = ", ".join(dict.fromkeys(e for f in group for e in f.environments))
    yield from _folded(title, f"{first.primary} [{environments}]", plain(message_lines(group)))


def _folded(title: str, where: str, text: str) -> Iterator[str]:
    yield ""
    yield f"{title}  "
    yield code(where or "-")
    yield ""
    yield "<details><summary>Details</summary>"
    yield ""
    yield fenced(text.rstrip("\n").split("\n"))
    yield ""
    yield "</details>"


def _suppressed(finding: Finding) -> str:
    assert finding.suppressed is not None
    reason = inline(finding.suppressed.reason) if finding.suppressed.reason else "no reason given"
    until = f" until {inline(finding.suppressed.until)}" if finding.suppressed.until else ""
    return f"- {code(finding.rule)} {inline(finding.message)}, {code(str(finding.primary))}: {reason}{until}"
