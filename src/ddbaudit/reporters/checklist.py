"""Checklists as text, Markdown, JSON and one self-contained HTML page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from importlib.resources import files
from string import Template

from ddbaudit.foundation.text import join_names
from ddbaudit.reporters.escapes import inline, xml
from ddbaudit.reporters.style import Line, clean, plain
from ddbaudit.sdk.checklist import Checklist, Evidence, Item, Mark, Reference, exit_code

SIGNS = {Mark.MET: "✓", Mark.UNMET: "✗", Mark.OPEN: "?", Mark.BY_HAND: "☐"}
WORDS = {Mark.MET: "met", Mark.UNMET: "not met", Mark.OPEN: "open", Mark.BY_HAND: "by hand"}
_STYLES = {Mark.MET: "ok", Mark.UNMET: "error", Mark.OPEN: "unknown", Mark.BY_HAND: "dim"}
_TASKS = {Mark.MET: "- [x] ", Mark.UNMET: "- [ ] ✗ ", Mark.OPEN: "- [ ] ? ", Mark.BY_HAND: "- [ ] "}
FORMAT = 1


def totals(checklist: Checklist) -> str:
    """`8 criteria: 6 met, 1 not met, 1 open`."""
    counts = [f"{n} {WORDS[mark]}" for mark in Mark if (n := checklist.count(mark))]
    return f"{len(checklist.items)} criteria: {', '.join(counts)}"


def lines(checklists: Sequence[Checklist]) -> Iterator[Line]:
    """For a terminal."""
    for checklist in checklists:
        yield [(clean(checklist.document), "title")]
        yield [(clean(f"{checklist.name}: {join_names(checklist.environments)}"), "dim")]
        for item in checklist.items:
            yield [
                ("  ", ""),
                (f"{SIGNS[item.mark]} ", _STYLES[item.mark]),
                (clean(item.says), ""),
                (clean(f"  ({item.place})"), "dim"),
            ]
            for evidence in item.evidence:
                yield from _evidence(evidence)
        yield [("  ", ""), (totals(checklist), "")]
        yield []


def _evidence(evidence: Evidence) -> Iterator[Line]:
    yield [("      ", ""), (f"{SIGNS[evidence.mark]} ", _STYLES[evidence.mark]), (clean(evidence.text), "dim")]
    for found in evidence.findings:
        yield [("          ", ""), (clean(f"{found.place}: {found.message} [{', '.join(found.environments)}]"), "")]


def text(checklists: Sequence[Checklist]) -> str:
    """What a terminal shows, without colour."""
    return plain(lines(checklists))


def markdown(checklists: Sequence[Checklist]) -> str:
    """Task lists, ticked where a criterion is met."""
    return "\n".join(line for checklist in checklists for line in _markdown(checklist))


def _markdown(checklist: Checklist) -> Iterator[str]:
    yield f"## {inline(checklist.document)}\n"
    yield f"{inline(totals(checklist))}. Environments: {inline(join_names(checklist.environments))}.\n"
    for item in checklist.items:
        yield f"{_TASKS[item.mark]}**{inline(item.says)}** ({inline(item.place)})"
        for evidence in item.evidence:
            yield f"  - {SIGNS[evidence.mark]} {inline(evidence.text)}"
            for found in evidence.findings:
                where = f"{found.place} [{', '.join(found.environments)}]"
                yield f"    - {inline(where)}: {inline(found.message)}"
    yield ""


def to_json(checklists: Sequence[Checklist]) -> str:
    """`{"format": 1, "code": …, "checklists": […]}`."""
    content = {"format": FORMAT, "code": exit_code(checklists), "checklists": [_checklist(c) for c in checklists]}
    return json.dumps(content, ensure_ascii=True, indent=2) + "\n"


def _checklist(checklist: Checklist) -> dict[str, object]:
    return {
        "name": checklist.name,
        "document": checklist.document,
        "environments": list(checklist.environments),
        "counts": {mark.value: checklist.count(mark) for mark in Mark},
        "criteria": [_item(item) for item in checklist.items],
    }


def _item(item: Item) -> dict[str, object]:
    evidence = [
        {"mark": e.mark.value, "text": clean(e.text), "findings": [_reference(found) for found in e.findings]}
        for e in item.evidence
    ]
    return {"id": item.id, "says": item.says, "place": item.place, "mark": item.mark.value, "evidence": evidence}


def _reference(found: Reference) -> dict[str, object]:
    return {
        "rule": found.rule,
        "address": clean(found.address),
        "environments": list(found.environments),
        "message": clean(found.message),
        "place": clean(str(found.place)),
        "fingerprint": found.fingerprint,
    }


def html(checklists: Sequence[Checklist]) -> str:
    """One page that can be printed and signed; it loads nothing and runs nothing."""
    body = "\n".join(line for checklist in checklists for line in _html(checklist))
    page = files("ddbaudit.reporters").joinpath("checklist.html.txt").read_text("utf-8")
    return Template(page).substitute(body=body)


def _html(checklist: Checklist) -> Iterator[str]:
    yield f"<section>\n<h2>{xml(checklist.document)}</h2>"
    environments = xml(join_names(checklist.environments))
    yield f"<p>{xml(totals(checklist))}. Environments: {environments}.</p>\n<ol>"
    for item in checklist.items:
        mark = item.mark
        yield f'<li class="{mark.value}"><p><b title="{WORDS[mark]}">{SIGNS[mark]}</b> {xml(item.says)}'
        yield f"<small>{xml(item.place)}; {WORDS[mark]}</small></p>\n<ul>"
        for evidence in item.evidence:
            yield f"<li>{SIGNS[evidence.mark]} {xml(evidence.text)}{_found(evidence)}</li>"
        yield "</ul></li>"
    yield "</ol>\n</section>"


def _found(evidence: Evidence) -> str:
    if not evidence.findings:
        return ""
    found = (
        f"<li><code>{xml(str(f.place))}</code> {xml(f.message)} [{xml(', '.join(f.environments))}]</li>"
        for f in evidence.findings
    )
    return f"<ul>{''.join(found)}</ul>"
