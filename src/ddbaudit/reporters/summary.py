"""What was checked and how it ended: the tables by root, the reasons, and a last line that cannot mislead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ddbaudit.foundation.text import plural
from ddbaudit.reporters.style import Line, clean, wrap
from ddbaudit.sdk.report import ExitCode, PlanEntry, Report, TableEntry

_WORDS = {
    ExitCode.CLEAN: ("clean", "ok"),
    ExitCode.VIOLATIONS: ("violations", "error"),
    ExitCode.INCOMPLETE: ("incomplete", "unknown"),
    ExitCode.INTERNAL: ("internal error", "error"),
    ExitCode.USAGE: ("usage", "error"),
}

MANY, SOME = 12, 6
_BOUND = "\xa0"  # a blank at which no line is broken


def summary(report: Report, width: int | None) -> Iterator[Line]:
    """The tables that were checked, then the ending."""
    held: dict[tuple[str, str], list[TableEntry]] = {}
    for table in report.inventory.tables:
        held.setdefault((table.root, table.environment), []).append(table)
    for root, environment in report.inventory.roots:
        tables = held.get((root, environment), [])
        plans = [p for p in report.inventory.plans if p.root == root and p.environment == environment]
        if not tables and not plans:
            continue
        yield [(f"{clean(root)} ", ""), (f"[{clean(environment)}]", "dim"), *((_plan(p, root), "dim") for p in plans)]
        if not tables:
            continue
        for line in wrap([("  ", ""), (_tables(tables), "")], width, 2):
            yield [(text.replace(_BOUND, " "), style) for text, style in line]
    if report.inventory.tables:
        yield []
    yield from ending(report, width)


def _plan(entry: PlanEntry, root: str) -> str:
    """` as in prod.tfplan, plan of 2026-11-20T12:05:00Z by terraform 1.11.4`."""
    name = f" as in {clean(entry.path)}," if entry.path != root else ""
    mode = f"{entry.mode} " if entry.mode != "normal" else ""
    made = f" of {clean(entry.timestamp)}" if entry.timestamp else ""
    by = f" by terraform {clean(entry.terraform_version)}" if entry.terraform_version else ""
    without = "" if entry.source else ", without its source"
    return f"{name} {mode}{entry.kind}{made}{by}{without}"


def _tables(entries: Sequence[TableEntry]) -> str:
    """All of a few; of many some, and how many there are: every format that programs read names all."""
    if len(entries) <= MANY:
        return ", ".join(map(_table, entries))
    named = ", ".join(map(_table, entries[:SOME]))
    indexes = plural(sum(entry.indexes for entry in entries), "index", "indexes")
    return f"{named} and {len(entries) - SOME} more: {len(entries)} tables, {indexes}"


def _table(entry: TableEntry) -> str:
    name = clean(entry.name or entry.address)
    if not entry.indexes:
        return name
    return f"{name} ({plural(entry.indexes, 'index', 'indexes')})".replace(" ", _BOUND)


def ending(report: Report, width: int | None = None) -> Iterator[Line]:
    """Why the run is not clean, what was loosened, and the last line."""
    outcome = report.outcome
    for reason in outcome.reasons:
        yield from wrap([("  because: ", "dim"), (clean(reason), "")], width, 4)
    for flag in outcome.loosened:
        yield from wrap([("  loosened: ", "warning"), (clean(flag), "")], width, 4)
    yield from wrap([(f"{last_line(report)}: ", ""), (verdict(report), _WORDS[outcome.code][1])], width, 2)


def verdict(report: Report) -> str:
    """`incomplete (exit 3)`."""
    outcome = report.outcome
    code = int(outcome.code)
    how = "(1, left as exit 0 by --exit-zero)" if code == 1 and "--exit-zero" in outcome.loosened else f"(exit {code})"
    return f"{_WORDS[outcome.code][0]} {how}"


def last_line(report: Report) -> str:
    """`7 tables, 2 policies, 1 root in 9 files (packs: baseline): 0 errors, …`."""
    counts = report.outcome.counts
    packs = ", ".join(clean(p) for p in report.inventory.packs)
    seen = (
        f"{plural(counts['tables'], 'table')}, {plural(counts['policies'], 'policy', 'policies')}, "
        f"{plural(counts['roots'], 'root')} in {plural(counts['files'], 'file')}"
    )
    hidden = counts.get("suppressed_unknown", 0)
    found = (
        f"{plural(counts['errors'], 'error')}, {plural(counts['warnings'], 'warning')}, {counts['unknown']} unknown, "
        f"{counts['suppressed']} suppressed{f' ({hidden} of them unknown)' if hidden else ''}, "
        f"{plural(counts['unparsed'], 'file')} not parsed"
    )
    return f"{seen}{f' (packs: {packs})' if packs else ''}: {found}"
