"""The report for people: one compiler-grade message per finding, then what was checked, then the outcome."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.source import Span
from ddbaudit.foundation.text import plural
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.reporters.frames import frame, gutter_width, location
from ddbaudit.reporters.style import Line, clean, wrap
from ddbaudit.reporters.summary import summary
from ddbaudit.sdk.problem import Link
from ddbaudit.sdk.report import Finding, Report

MAX_RELATED = 6
MAX_INSTANCES = 8


def lines(report: Report, width: int | None = None) -> Iterator[Line]:
    """All lines of the report; `width` is the terminal's, None for no wrapping."""
    for diagnostic in report.diagnostics:
        yield from diagnostic_lines(diagnostic, width)
        yield []
    for group in _groups(report.findings):
        yield from finding_lines(group, width)
        yield []
    yield from summary(report, width)


def word(finding: Finding) -> str:
    """`error` blocks, `warning` does not, `unknown` could not be judged."""
    if finding.verdict is Verdict.UNKNOWN:
        return "unknown"
    return "error" if finding.blocking else "warning"


def _groups(findings: Sequence[Finding]) -> Iterator[list[Finding]]:
    """Findings of one rule at one place, differing only in the instance, are shown as one message."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        if finding.suppressed is not None:
            continue
        cause = finding.origin[-1].span if finding.origin else None
        key = (finding.rule, word(finding), finding.primary, finding.label, cause)
        groups.setdefault(key, []).append(finding)
    yield from groups.values()


def finding_lines(group: Sequence[Finding], width: int | None = None) -> Iterator[Line]:
    """The message of findings that differ only in their instance."""
    first = group[0]
    kind = word(first)
    head = [(f"{kind}[{first.rule}]", kind), (f" {clean(first.message)}", "title")]
    yield from wrap(head, width, 2)
    cause = first.origin[-1] if first.origin else None
    related = first.related[:MAX_RELATED]
    gutter = gutter_width(first.primary, *(r.span for r in related), *([cause.span] if cause and cause.span else []))
    environments = list(dict.fromkeys(e for f in group for e in f.environments))
    where = f" {location(first.primary)}  [{clean(', '.join(environments))}]"
    yield [(" " * gutter + "-->", "gutter"), (where, "")]
    yield from frame(first.primary, first.label, gutter=gutter, primary=True, width=width)
    here = first.primary.path
    for item in related:
        yield from _secondary(item.span, item.note, here, gutter, width)
        here = item.span.path
    yield from _origin(first.origin, first.primary, gutter, width)
    yield from _notes(group, gutter, width)


def _secondary(span: Span, note: str, path: str, gutter: int, width: int | None) -> Iterator[Line]:
    if span.path != path:
        yield [(" " * gutter + ":::", "gutter"), (f" {location(span)}", "")]
    yield from frame(span, note, gutter=gutter, primary=False, width=width)


def _origin(links: Sequence[Link], primary: Span, gutter: int, width: int | None) -> Iterator[Line]:
    """The way the value came: the steps in one line each, the cause with its source."""
    for link in links[:-1]:
        where = location(link.span) if link.span is not None else ""
        text = f" from: {clean(link.note)} ({where})" if link.note and where else f" from: {clean(link.note) or where}"
        yield from wrap([(" " * gutter + " =", "gutter"), (text, "note")], width, gutter + 3)
    if not links:
        return
    cause = links[-1]
    note = clean(cause.note)
    if cause.span is None:
        yield from wrap([(" " * gutter + " =", "gutter"), (f" from: {note}", "note")], width, gutter + 3)
        return
    yield [(" " * gutter + ":::", "gutter"), (f" {location(cause.span)}", "")]
    label = f"the value comes from here: {note}" if note else "the value comes from here"
    yield from frame(cause.span, label, gutter=gutter, primary=False, width=width)


def _notes(group: Sequence[Finding], gutter: int, width: int | None) -> Iterator[Line]:
    first = group[0]
    for caller in first.callers[:1]:
        yield from _note(f"in {clean(caller.text)}, called at {location(caller)}", "note", gutter, width)
    others = [f.address for f in group[1:]]
    at = f"at {clean(first.address)}"
    if others:
        more = f", … ({len(others) - MAX_INSTANCES} more)" if len(others) > MAX_INSTANCES else ""
        listed = clean(", ".join(others[:MAX_INSTANCES])) + more
        at = f"{at} and {plural(len(others), 'more instance')}: {listed}"
    yield from _note(at, "note", gutter, width)
    if first.help:
        yield from _note(f"help: {clean(first.help)}", "help", gutter, width)
    more = f"more: ddbaudit explain {first.rule} ({first.name}, {first.severity.label})"
    yield from _note(more, "dim", gutter, width)


def _note(text: str, style: str, gutter: int, width: int | None) -> Iterator[Line]:
    yield from wrap([(" " * gutter + " = ", "gutter"), (text, style)], width, gutter + 3)


def diagnostic_lines(diagnostic: Diagnostic, width: int | None = None) -> Iterator[Line]:
    """The message of something that could not be read or evaluated."""
    kind = "error" if diagnostic.level is Level.ERROR else "warning"
    summary_text = f" {clean(diagnostic.summary)}: {clean(diagnostic.detail)}"
    yield from wrap([(f"{kind}[{diagnostic.code}]", kind), (summary_text, "title")], width, 2)
    gutter = 1
    if diagnostic.span is not None:
        gutter = gutter_width(diagnostic.span, *(r.span for r in diagnostic.related))
        yield [(" " * gutter + "-->", "gutter"), (f" {location(diagnostic.span)}", "")]
        yield from frame(diagnostic.span, "", gutter=gutter, primary=True, width=width)
        for item in diagnostic.related[:MAX_RELATED]:
            yield from _secondary(item.span, item.note, diagnostic.span.path, gutter, width)
    elif diagnostic.path:
        yield [(" " * gutter + "-->", "gutter"), (f" {clean(diagnostic.path)}", "")]
    if diagnostic.help:
        yield from _note(f"help: {clean(diagnostic.help)}", "help", gutter, width)
