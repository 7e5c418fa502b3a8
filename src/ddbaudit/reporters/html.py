"""The report as one page of HTML: how it ended, what adds up to what, a picture of the estate, and every finding with
its code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.source import Span
from ddbaudit.foundation.text import plural
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.reporters.escapes import xml
from ddbaudit.reporters.graph_svg import Picture
from ddbaudit.reporters.graph_text import title_of
from ddbaudit.reporters.groups import addresses, grouped, others_of, word
from ddbaudit.reporters.page import badge, heading, legend, page, table, tiles
from ddbaudit.reporters.summary import last_line, verdict
from ddbaudit.sdk.graph import EstateGraph, State
from ddbaudit.sdk.problem import Link
from ddbaudit.sdk.report import Finding, Report

MAX_GROUPS = 2000
MAX_PLACES = 6
MAX_LINES = 12
MAX_WIDTH = 400
_OPEN = (State.FAIL, State.UNKNOWN, State.WARNING)
_KINDS = ("error", "warning", "unknown", "suppressed")
_STATES = {
    "error": State.FAIL,
    "warning": State.WARNING,
    "unknown": State.UNKNOWN,
    "suppressed": State.SUPPRESSED,
}


def render(report: Report) -> str:
    """The whole page with a final newline."""
    return "".join(page(f"ddbaudit: {verdict(report)}", _body(report)))


def _body(report: Report) -> Iterator[str]:
    outcome, counts = report.outcome, report.outcome.counts
    notes = [*outcome.reasons, *(f"loosened: {flag}" for flag in outcome.loosened)]
    yield from heading(outcome.code, f"ddbaudit: {verdict(report)}", last_line(report), notes)
    names = ("tables", "policies", "roots", "errors", "warnings", "unknown", "suppressed")
    yield tiles([(name, counts.get(name, 0)) for name in names])
    yield from _by_rule(report)
    yield from _pictures(report)
    yield from _problems(report)
    yield from _suppressed(report)
    ran = plural(len(report.rules), "rule")
    yield f"<footer>ddbaudit {xml(report.version)}, {ran}; {xml(last_line(report))}: {xml(verdict(report))}</footer>"


def _by_rule(report: Report) -> Iterator[str]:
    if not report.findings:
        return
    found = Counter((f.rule, _kind(f)) for f in report.findings)
    names = {f.rule: f.name for f in report.findings}
    yield "<h2>By rule</h2>"
    rows = (
        (f"<code>{xml(rule)}</code> {xml(names[rule])}", [found[rule, kind] for kind in _KINDS])
        for rule in sorted(names)
    )
    yield from table("Findings by rule", ("rule", "errors", "warnings", "unknown", "suppressed"), rows)


def _kind(finding: Finding) -> str:
    return "suppressed" if finding.suppressed is not None else word(finding)


def _pictures(report: Report) -> Iterator[str]:
    """A picture per root module; open are those with findings or, when there are none, the first."""
    if not report.graphs:
        return
    yield f"<h2>The estate</h2>{legend()}"
    worst_of = [_worst(graph) for graph in report.graphs]
    some = any(worst in _OPEN for worst in worst_of)
    for number, (graph, worst) in enumerate(zip(report.graphs, worst_of, strict=True)):
        is_open = worst in _OPEN if some else number == 0
        what = f"{plural(len(graph.tables), 'table')}, {plural(len(graph.principals), 'principal')}"
        yield f"<details{' open' if is_open else ''}><summary>{badge(worst)} {xml(title_of(graph))}: {what}</summary>"
        label = xml(f"Picture of {title_of(graph)}")
        yield f'<div class="scroll" tabindex="0" role="region" aria-label="{label}">'
        yield f"{Picture(graph).embedded()}</div></details>"


def _worst(graph: EstateGraph) -> State:
    states = {table.state for table in graph.tables} | {principal.state for principal in graph.principals}
    return next(state for state in State if state in states or state is State.NONE)


# -- findings ----------------------------------------------------------------------------------------------------------


def _problems(report: Report) -> Iterator[str]:
    groups = sorted(grouped(report.findings), key=lambda group: not group[0].blocking)
    total = len(report.diagnostics) + len(groups) + len(report.errors)
    yield f"<h2>Findings ({total})</h2>"
    if not total:
        yield "<p>None.</p>"
    for error in report.errors:
        yield f'<article class="s-fail"><h3>{badge(State.FAIL, "internal error")} {xml(error)}</h3></article>'
    for diagnostic in report.diagnostics:
        yield from _diagnostic(diagnostic)
    for group in groups[:MAX_GROUPS]:
        yield from _group(group)
    if len(groups) > MAX_GROUPS:
        more = f"{len(groups) - MAX_GROUPS} more are not shown here;"
        yield f"<p><b>{more}</b> the exit code counts them, and the JSON report has them all.</p>"


def _diagnostic(diagnostic: Diagnostic) -> Iterator[str]:
    state = State.FAIL if diagnostic.level is Level.ERROR else State.WARNING
    shown = badge(state, "error" if state is State.FAIL else "warning")
    yield f'<article class="s-{state.value}"><h3>{shown} <code>{xml(diagnostic.code)}</code> {xml(diagnostic.summary)}'
    yield f"</h3><p>{xml(diagnostic.detail)}</p>"
    if diagnostic.span is not None:
        yield _place(diagnostic.span)
        yield _frame(diagnostic.span, "")
    elif diagnostic.path:
        yield f"<p><code>{xml(diagnostic.path)}</code></p>"
    if diagnostic.help:
        yield f"<p>{xml(diagnostic.help)}</p>"
    yield "</article>"


def _group(group: Sequence[Finding]) -> Iterator[str]:
    first = group[0]
    kind = _kind(first)
    environments = ", ".join(dict.fromkeys(e for f in group for e in f.environments))
    yield f'<article class="s-{_STATES[kind].value}"><h3>{badge(_STATES[kind], kind)} <code>{xml(first.rule)}</code>'
    yield f" {xml(first.message)}</h3>{_place(first.primary, environments)}{_frame(first.primary, first.label)}"
    for related in first.related[:MAX_PLACES]:
        yield f"{_place(related.span)}{_frame(related.span, related.note)}"
    if len(first.related) > MAX_PLACES:
        yield f"<p>and {plural(len(first.related) - MAX_PLACES, 'more place')}</p>"
    yield from _origin(group)
    if first.address != "(root)":
        yield f"<p>at <code>{xml(addresses([f.address for f in group]))}</code></p>"
    if first.callers:
        yield f"<p>in {_code(first.callers[0].quoted)}, called at {_code(str(first.callers[0]))}</p>"
    yield f"<p><b>Help:</b> {xml(first.help.partition(chr(10))[0])}</p>"
    rest = first.help.partition("\n")[2]
    yield f"<pre>{xml(rest)}</pre>" if rest else ""
    more = _code(f"ddbaudit explain {first.rule}")
    yield f'<p class="soft">{xml(first.name)}, {first.severity.label}; more: {more}</p>'
    yield "</article>"


def _origin(group: Sequence[Finding]) -> Iterator[str]:
    """The way the value came by, the cause last, with the causes in other environments."""
    first = group[0]
    cause = first.origin[-1].span if first.origin else None
    within = cause is not None and _within(cause, first.primary)
    if not first.origin or (within and len(first.origin) == 1):
        return
    steps = [f"<li>by way of {_step(link)}</li>" for link in first.origin[:-1]]
    what = "not known from here on" if first.verdict is Verdict.UNKNOWN else "the value comes from"
    steps.append(f"<li><b>{what}</b> {_step(first.origin[-1])}</li>")
    for link, environments in others_of(group):
        steps.append(f"<li>and from {_step(link)} [{xml(', '.join(environments))}]</li>")
    yield f"<ul>{''.join(steps)}</ul>"
    if cause is not None and not within:
        yield _frame(cause, "")


def _within(inner: Span, outer: Span) -> bool:
    return inner.source is outer.source and outer.start <= inner.start and inner.end <= outer.end


def _step(link: Link) -> str:
    where = _code(str(link.span)) if link.span is not None else ""
    return f"{xml(link.note)} {where}".strip()


def _suppressed(report: Report) -> Iterator[str]:
    found = [finding for finding in report.findings if finding.suppressed is not None]
    if not found:
        return
    yield f"<details><summary>Suppressed ({len(found)})</summary>"
    for finding in found[:MAX_GROUPS]:
        assert finding.suppressed is not None
        until = f" until {finding.suppressed.until}" if finding.suppressed.until else ""
        why = f"{finding.suppressed.kind}: {finding.suppressed.reason or 'no reason given'}{until}"
        yield f'<article class="s-suppressed"><h3>{badge(State.SUPPRESSED)} <code>{xml(finding.rule)}</code> '
        yield f"{xml(finding.message)}</h3>{_place(finding.primary, ', '.join(finding.environments))}"
        yield f"<p>{xml(why)}</p></article>"
    yield "</details>"


# -- places ------------------------------------------------------------------------------------------------------------


def _code(text: str) -> str:
    return f"<code>{xml(text)}</code>"


def _place(span: Span, environments: str = "") -> str:
    behind = f" [{xml(environments)}]" if environments else ""
    return f"<p>{_code(str(span))}{behind}</p>"


def _frame(span: Span, label: str) -> str:
    """The lines of a place with the one before and behind, what is meant marked; nothing for a plan."""
    if not span.source.text:
        return f"<p>{xml(label)}</p>" if label else ""
    begin, finish = span.begin, span.finish
    last = span.source.position(len(span.source.text)).line
    first, end = max(begin.line - 1, 1), min(finish.line + 1, last, begin.line + MAX_LINES)
    width = len(str(end))
    lines = []
    for number in range(first, end + 1):
        text = span.source.quoted(number)
        start = begin.column - 1 if number == begin.line else 0
        stop = finish.column - 1 if number == finish.line else len(text)
        marked = begin.line <= number <= finish.line
        shown = _marked(text, start, max(stop, start)) if marked else _line(text)
        lines.append(f'<span class="n">{number:>{width}} | </span>{shown}')
        if number == begin.line and label:
            lines.append(f'<span class="n">{" " * width} | </span><span class="l">{xml(label)}</span>')
    return f"<pre>{chr(10).join(lines)}</pre>"


def _line(text: str) -> str:
    text = text.replace("\t", "    ").rstrip()
    return xml(text if len(text) <= MAX_WIDTH else text[:MAX_WIDTH] + "…")


def _marked(text: str, start: int, stop: int) -> str:
    """A line with a stretch of it marked; of a very long line what is around the mark."""
    before, marked, after = text[:start], text[start:stop], text[stop:]
    if len(text) > MAX_WIDTH:
        before = before if len(before) <= MAX_WIDTH // 2 else "…" + before[-MAX_WIDTH // 2 :]
    return f"{_escaped(before)}<mark>{_line(marked)}</mark>{_line(after)}"


def _escaped(text: str) -> str:
    return xml(text.replace("\t", "    "))
