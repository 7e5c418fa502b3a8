"""Merged reports in Markdown: totals by environment, rule and repository, the gravest first, and the gravest findings.

As much of it as a comment on GitHub holds; what is left out is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ddbaudit.foundation.text import plural
from ddbaudit.reporters.escapes import code, inline
from ddbaudit.reporters.fleet.store import KINDS, Store, Total, kind_of
from ddbaudit.reporters.json_ import Json
from ddbaudit.reporters.markdown import MARKER, SIGNS
from ddbaudit.sdk.report import ExitCode

MAX_ROWS = 100
MAX_FINDINGS = 100
_MAX_BYTES = 60_000
_WORDS = {"errors": "error", "warnings": "warning", "unknown": "unknown"}


def chunks(store: Store, outcome: Json, version: str) -> Iterator[str]:
    """The comment in pieces, with a final newline."""
    room = _MAX_BYTES
    for line in _lines(store, outcome):
        room -= len(line.encode()) + 1
        if room < 0:
            yield "\n**The rest is left out here for length.**\n"
            return
        yield line + "\n"


def _lines(store: Store, outcome: Json) -> Iterator[str]:
    exit_code, counts = ExitCode(outcome["code"]), outcome["counts"]
    repositories = plural(counts["repositories"], "repository", "repositories")
    yield MARKER
    yield f"## {SIGNS[exit_code]} ddbaudit: {repositories}, {outcome['name']} (exit {int(exit_code)})"
    yield ""
    yield inline(headline(outcome))
    notes = [inline(reason[:500]) for reason in outcome["reasons"]]
    notes += [f"loosened: {code(flag[:500])}" for flag in outcome["loosened"][:20]]
    if notes:
        yield ""
        yield from (f"- {note}" for note in notes)
    names = store.names()
    yield from _table("Environments", "environment", ("repositories", "tables"), store.by_environment(), {})
    yield from _table("Rules", "rule", ("repositories",), worst(store.by_rule()), names)
    yield from _table("Repositories", "repository", ("reports", "tables"), worst(store.by_repository()), {})
    yield from _findings(store, outcome)


def headline(outcome: Json) -> str:
    """`12 repositories, 30 reports, 140 tables: 3 errors, …`."""
    counts = outcome["counts"]
    seen = f"{plural(counts['reports'], 'report')}, {plural(counts.get('tables', 0), 'table')}"
    found = [plural(counts.get(kind, 0), noun) for kind, noun in (("errors", "error"), ("warnings", "warning"))]
    found += [f"{counts.get(kind, 0)} {kind}" for kind in ("unknown", "suppressed")]
    return f"{plural(counts['repositories'], 'repository', 'repositories')}, {seen}: {', '.join(found)}"


def worst(totals: Iterable[Total]) -> list[Total]:
    """The gravest code first, then the most errors, unknown and warnings, then by name."""
    grave = (ExitCode.USAGE, ExitCode.INTERNAL, ExitCode.INCOMPLETE, ExitCode.VIOLATIONS, ExitCode.CLEAN)
    kinds = ("errors", "unknown", "warnings", "suppressed")
    return sorted(totals, key=lambda t: (grave.index(t.code), *(-t.counts[kind] for kind in kinds), t.name))


def _table(
    title: str, noun: str, columns: Sequence[str], totals: Sequence[Total], names: dict[str, str]
) -> Iterator[str]:
    if not totals:
        return
    columns = (*columns, *KINDS)
    yield f"\n### {title}\n"
    yield f"| {noun} | {' | '.join(columns)} |"
    yield f"| --- |{' ---: |' * len(columns)}"
    for total in totals[:MAX_ROWS]:
        name = f"{code(total.name)} {inline(names.get(total.name, ''))}".rstrip()
        sign = f" {SIGNS[total.code]}" if total.code not in (ExitCode.CLEAN, ExitCode.VIOLATIONS) else ""
        yield f"| {name}{sign} | {' | '.join(str(total.counts[column]) for column in columns)} |"
    if len(totals) > MAX_ROWS:
        yield f"\n{len(totals) - MAX_ROWS} more are not shown."


def _findings(store: Store, outcome: Json) -> Iterator[str]:
    counts = outcome["counts"]
    total = sum(counts.get(kind, 0) for kind in _WORDS)
    if not total:
        return
    yield "\n### Findings\n"
    for finding in store.gravest(MAX_FINDINGS):
        primary = finding["primary"]
        where = f"{finding['repository']}: {primary['file']}:{primary['start']['line']}"
        where += f" [{', '.join(finding['environments'])}]"
        yield f"- **{_WORDS[kind_of(finding)]}** {code(finding['rule'])} {inline(finding['message'])}  "
        yield f"  {code(where)}"
    if total > MAX_FINDINGS:
        yield f"\n{total - MAX_FINDINGS} more are not shown; the JSON output has them all."
