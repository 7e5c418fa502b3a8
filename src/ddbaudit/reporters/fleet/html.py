"""Merged reports as one page of HTML: totals by environment, rule and repository, then the gravest findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ddbaudit.reporters.escapes import xml
from ddbaudit.reporters.fleet.markdown import headline, worst
from ddbaudit.reporters.fleet.store import KINDS, Store, Total, kind_of
from ddbaudit.reporters.json_ import Json
from ddbaudit.reporters.page import badge, heading, page, table, tiles
from ddbaudit.sdk.graph import State
from ddbaudit.sdk.report import ExitCode

MAX_FINDINGS = 2000
MAX_UNREAD = 200
_STATES = {
    "errors": (State.FAIL, "error"),
    "warnings": (State.WARNING, "warning"),
    "unknown": (State.UNKNOWN, "unknown"),
}


def chunks(store: Store, outcome: Json, version: str) -> Iterator[str]:
    """The page in pieces, with a final newline."""
    yield from page(f"ddbaudit: {outcome['name']}", _body(store, outcome, version))


def _body(store: Store, outcome: Json, version: str) -> Iterator[str]:
    code, counts = ExitCode(outcome["code"]), outcome["counts"]
    notes = [*outcome["reasons"], *(f"loosened: {flag}" for flag in outcome["loosened"])]
    title = f"ddbaudit: {outcome['name']} (exit {int(code)})"
    yield from heading(code, title, headline(outcome), notes)
    yield tiles([(name, counts.get(name, 0)) for name in ("repositories", "reports", "tables", *KINDS)])
    names = store.names()
    yield from _table("Environments", "environment", ("repositories", "tables"), store.by_environment())
    yield from _table("Rules", "rule", ("repositories",), worst(store.by_rule()), names)
    yield from _table("Repositories", "repository", ("reports", "tables"), worst(store.by_repository()))
    yield from _incomplete(store)
    yield from _findings(store, counts)
    yield f"<footer>ddbaudit {xml(version)}; {xml(headline(outcome))}: {xml(title)}</footer>"


def _table(
    title: str, noun: str, columns: Sequence[str], totals: Sequence[Total], names: dict[str, str] | None = None
) -> Iterator[str]:
    if not totals:
        return
    yield f"<h2>{title} ({len(totals)})</h2>"
    columns = (*columns, *KINDS)
    rows = (
        (_name(total, (names or {}).get(total.name, "")), [total.counts[column] for column in columns])
        for total in totals
    )
    yield from table(title, (noun, *columns), rows)


def _name(total: Total, title: str) -> str:
    sign = badge(State.UNKNOWN, total.code.name.lower()) if total.code in (3, 4, 2) else ""
    return f"<code>{xml(total.name)}</code> {xml(title)} {sign}".strip()


def _incomplete(store: Store) -> Iterator[str]:
    """What is not complete, with its reasons."""
    shown = 0
    for report in store.reports():
        if report["complete"]:
            continue
        if not shown:
            yield "<h2>Incomplete</h2>"
        shown += 1
        if shown > MAX_UNREAD:
            yield "<p>More are not shown; the JSON output has them all.</p>"
            return
        reasons = "".join(f"<li>{xml(reason)}</li>" for reason in report["reasons"])
        name = f"<h3><code>{xml(report['repository'])}</code></h3>"
        yield f'<article class="s-unknown">{name}<ul>{reasons}</ul></article>'


def _findings(store: Store, counts: dict[str, int]) -> Iterator[str]:
    total = sum(counts.get(kind, 0) for kind in _STATES)
    yield f"<h2>Findings ({total})</h2>"
    if not total:
        yield "<p>None.</p>"
    for finding in store.gravest(MAX_FINDINGS):
        yield _finding(finding)
    if total > MAX_FINDINGS:
        yield f"<p><b>{total - MAX_FINDINGS} more are not shown;</b> the JSON output has them all.</p>"


def _finding(finding: Json) -> str:
    state, word = _STATES[kind_of(finding)]
    primary = finding["primary"]
    where = primary["attribute"] or f"{primary['start']['line']}:{primary['start']['column']}"
    place = f"{finding['repository']}: {primary['file']}:{where}"
    text = f"<pre>{xml(primary['text'])}</pre>" if primary["text"] else ""
    return (
        f'<article class="s-{state.value}"><h3>{badge(state, word)} <code>{xml(finding["rule"])}</code> '
        f"{xml(finding['message'])}</h3><p><code>{xml(place)}</code> [{xml(', '.join(finding['environments']))}]</p>"
        f"{text}<p>at <code>{xml(finding['address'])}</code></p></article>"
    )
