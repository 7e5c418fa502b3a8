"""The report for people: one compiler-grade message per finding, then what was checked, then the outcome."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ddbaudit.foundation.diagnostic import Diagnostic, Level, Related
from ddbaudit.foundation.source import Span
from ddbaudit.foundation.text import plural
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.reporters import suppressed
from ddbaudit.reporters.causes import alike, also_lines, bundle_lines, bundled
from ddbaudit.reporters.frames import frame, gutter_width, location, note
from ddbaudit.reporters.groups import addresses, grouped, others_of, word
from ddbaudit.reporters.style import Line, clean, wrap
from ddbaudit.reporters.summary import summary
from ddbaudit.sdk.problem import Link
from ddbaudit.sdk.report import Finding, Report

MAX_RELATED = 6
MAX_CAUSES = 4
MAX_MESSAGES = 12


def lines(report: Report, width: int | None = None) -> Iterator[Line]:
    """All lines of the report; `width` is the terminal's, None for no wrapping."""
    for first, *others in alike(report.diagnostics):
        yield from diagnostic_lines(first, width, others)
        yield []
    for bundle in bundled(list(grouped(report.findings))):
        yield from bundle_lines(bundle, width) if len(bundle) > 1 else message_lines(bundle[0], width)
        yield []
    if report.show_suppressed:
        yield from suppressed.lines(report, width)
    yield from summary(report, width)


def message_lines(group: Sequence[Finding], width: int | None = None) -> Iterator[Line]:
    """One message of the report: findings that differ only in their instance."""
    return _Message(group, width).lines()


class _Message:
    """Findings that differ only in their instance, as one message: title, place, frames, notes."""

    def __init__(self, group: Sequence[Finding], width: int | None) -> None:
        self.group = group
        self.first = group[0]
        self.width = width
        self.related = self.first.related[:MAX_RELATED]
        self.origin = self.first.origin
        causes = [link.span for link in self.origin[-1:] if link.span is not None]
        self.gutter = gutter_width(self.first.primary, *(r.span for r in self.related), *causes)
        self.path = self.first.primary.path

    def lines(self) -> Iterator[Line]:
        first, kind = self.first, word(self.first)
        yield from wrap([(f"{kind}[{first.rule}]", kind), (f" {clean(first.message)}", "title")], self.width, 2)
        environments = dict.fromkeys(e for f in self.group for e in f.environments)
        where = f" {location(first.primary)}  [{clean(', '.join(environments))}]"
        yield [(" " * self.gutter + "-->", "gutter"), (where, "")]
        yield from frame(first.primary, first.label, gutter=self.gutter, primary=True, width=self.width)
        for item in self.related:
            yield from self._secondary(item)
        hidden = len(first.related) - len(self.related)
        if hidden > 0:
            yield from self._note(f"and {plural(hidden, 'more place')}", "dim")
        yield from self._origin()
        yield from self._instances()
        yield from self._advice()

    def _secondary(self, item: Related) -> Iterator[Line]:
        if item.span.path != self.path:
            yield [(" " * self.gutter + ":::", "gutter"), (f" {location(item.span)}", "")]
        self.path = item.span.path
        yield from frame(item.span, item.note, gutter=self.gutter, primary=False, width=self.width)

    def _origin(self) -> Iterator[Line]:
        """The way the value came: the steps in one line each, the cause with its source, further causes in a line."""
        for link in self.origin[:-1]:
            yield from self._note(f"by way of {_step(link)}", "note")
        if self.origin:
            yield from self._cause(self.origin[-1])
        more = others_of(self.group)
        for link, environments in more[:MAX_CAUSES]:
            yield from self._note(f"and from {_step(link)}  [{clean(', '.join(environments))}]", "note")
        if len(more) > MAX_CAUSES:
            yield from self._note(f"and from {plural(len(more) - MAX_CAUSES, 'more place')}", "note")

    def _cause(self, cause: Link) -> Iterator[Line]:
        if cause.span is None:
            yield from self._note(f"the value comes from {clean(cause.note)}", "note")
            return
        if _within(cause.span, self.first.primary):
            return
        what = "not known from here on" if self.first.verdict is Verdict.UNKNOWN else "the value comes from here"
        label = f"{what}: {clean(cause.note)}" if cause.note else what
        yield [(" " * self.gutter + ":::", "gutter"), (f" {location(cause.span)}", "")]
        yield from frame(cause.span, label, gutter=self.gutter, primary=False, width=self.width)

    def _instances(self) -> Iterator[Line]:
        first = self.first
        for caller in first.callers[:1]:
            yield from self._note(f"in {clean(caller.text)}, called at {location(caller)}", "note")
        if first.address != "(root)":
            yield from self._note(f"at {addresses([f.address for f in self.group])}", "note")
        if len({f.label for f in self.group}) == 1:
            return
        for other in self.group[1:MAX_MESSAGES]:
            yield from self._note(f"also: {clean(other.message)}", "note")
        hidden = len(self.group) - MAX_MESSAGES
        if hidden > 0:
            yield from self._note(f"and {hidden} more", "dim")

    def _advice(self) -> Iterator[Line]:
        first = self.first
        for number, line in enumerate(first.help.splitlines()):
            yield from self._note(f"{'' if number else 'help: '}{clean(line)}", "help", " = " if not number else "   ")
        yield from self._note(f"more: ddbaudit explain {first.rule} ({first.name}, {first.severity.label})", "dim")

    def _note(self, text: str, style: str, mark: str = " = ") -> Iterator[Line]:
        return note(text, style, self.gutter, self.width, mark)


def _within(inner: Span, outer: Span) -> bool:
    return inner.source is outer.source and outer.start <= inner.start and inner.end <= outer.end


def _step(link: Link) -> str:
    where = location(link.span) if link.span is not None else ""
    return f"{clean(link.note)} ({where})" if link.note and where else clean(link.note) or where


def diagnostic_lines(
    diagnostic: Diagnostic, width: int | None = None, others: Sequence[Diagnostic] = ()
) -> Iterator[Line]:
    """The message of something that could not be read or evaluated; `others` say the same of other instances."""
    kind = "error" if diagnostic.level is Level.ERROR else "warning"
    summary_text = f" {clean(diagnostic.summary)}: {clean(diagnostic.detail)}"
    yield from wrap([(f"{kind}[{diagnostic.code}]", kind), (summary_text, "title")], width, 2)
    gutter = 1
    if diagnostic.span is not None:
        gutter = gutter_width(diagnostic.span, *(r.span for r in diagnostic.related))
        yield [(" " * gutter + "-->", "gutter"), (f" {location(diagnostic.span)}", "")]
        yield from frame(diagnostic.span, "", gutter=gutter, primary=True, width=width)
        path = diagnostic.span.path
        for item in diagnostic.related[:MAX_RELATED]:
            if item.span.path != path:
                yield [(" " * gutter + ":::", "gutter"), (f" {location(item.span)}", "")]
            path = item.span.path
            yield from frame(item.span, item.note, gutter=gutter, primary=False, width=width)
    elif diagnostic.path:
        yield [(" " * gutter + "-->", "gutter"), (f" {clean(diagnostic.path)}", "")]
    yield from also_lines(others, gutter, width)
    if diagnostic.help:
        yield from note(f"help: {clean(diagnostic.help)}", "help", gutter, width)
    yield from note(f"more: ddbaudit explain {diagnostic.code}", "dim", gutter, width)
