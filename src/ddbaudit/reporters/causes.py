"""What is not known for one and the same cause, as one message: a variable without a value leaves many questions open.

Nothing is left out of any other format, nor of the counts: only the text for people is bundled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

from ddbaudit.foundation.diagnostic import Diagnostic
from ddbaudit.foundation.source import Span
from ddbaudit.foundation.text import plural
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.reporters.frames import frame, gutter_width, location, note
from ddbaudit.reporters.groups import word
from ddbaudit.reporters.style import Line, clean, wrap
from ddbaudit.sdk.report import Finding

Group = Sequence[Finding]

LEAST: Final = 3
"""Fewer messages of one cause are shown each for itself."""
MAX_PLACES: Final = 4

_NOT_KNOWN: Final = " is not known"
_DOUBT: Final = ", but "
_SOURCE: Final = re.compile(r'\(source "(.*?)"\)')
_SOURCE_WANTED: Final = "give the configuration with --source DIR"
_ADVICE: Final = (
    ('variable "', "give it a value with --var or --var-file, or check a plan"),
    ("the workspace", "give it with --workspace, or check a plan"),
    ("module.", "run `terraform init` so that the module is there, or check a plan"),
)


def bundled(groups: Sequence[Group]) -> Iterator[list[Group]]:
    """The messages, those of one cause together where there are at least `LEAST`, at the place of the first."""
    found: dict[object, list[Group]] = {}
    for group in groups:
        found.setdefault(_cause(group[0]) or id(group), []).append(group)
    for bundle in found.values():
        if len(bundle) >= LEAST:
            yield bundle
        else:
            yield from ([group] for group in bundle)


def _cause(finding: Finding) -> object:
    """The same for all that one cause leaves open; None where there is none to name."""
    reason = reason_of(finding)
    if finding.verdict is not Verdict.UNKNOWN or not reason:
        return None
    place = _place(finding)
    if place is None or reason.startswith("the workspace") or _SOURCE_WANTED in reason:
        return reason
    return (place.path, place.start)


def _place(finding: Finding) -> Span | None:
    return finding.origin[-1].span if finding.origin else None


def reason_of(finding: Finding) -> str:
    """Why it is not known: what its message says last."""
    rest = finding.message.partition(f"{_NOT_KNOWN}: ")[2]
    return rest.rpartition(_DOUBT)[2] or rest


def bundle_lines(bundle: Sequence[Group], width: int | None) -> Iterator[Line]:
    """One message: the cause, its place, and what it leaves open, by rule."""
    first = bundle[0][0]
    reason, place = reason_of(first), _place(first)
    findings = list(chain.from_iterable(bundle))
    rules = list(dict.fromkeys(f.rule for f in findings))
    kind = word(first)
    names = ", ".join(rules)
    title = f" {plural(len(findings), 'question')} cannot be answered: {clean(reason)}"
    yield from wrap([(f"{kind}[{names}]", kind), (title, "title")], width, 2)
    at = place if place is not None else first.primary
    gutter = gutter_width(at)
    environments = ", ".join(dict.fromkeys(e for f in findings for e in f.environments))
    yield [(" " * gutter + "-->", "gutter"), (f" {location(at)}  [{clean(environments)}]", "")]
    label = "not known from here on" if place is not None else ""
    yield from frame(at, label, gutter=gutter, primary=True, width=width)
    for rule in rules:
        own = [f for f in findings if f.rule == rule]
        yield from _rule_lines(own, gutter, width)
    if _SOURCE_WANTED not in reason:
        advice = next((text for start, text in _ADVICE if reason.startswith(start)), "check a plan, which may know it")
        yield from note(f"help: {advice}", "help", gutter, width)
    yield from note(f"more: ddbaudit explain {rules[0]}; each of them with -o concise", "dim", gutter, width)


def _rule_lines(findings: Group, gutter: int, width: int | None) -> Iterator[Line]:
    first = findings[0]
    question = clean(first.message.partition(_NOT_KNOWN)[0])
    places = list(dict.fromkeys(location(f.primary) for f in findings))
    shown = ", ".join(places[:MAX_PLACES])
    more = f", … ({len(places) - MAX_PLACES} more)" if len(places) > MAX_PLACES else ""
    others = f", and {len(findings) - 1} more like it" if len(findings) > 1 else ""
    text = f"{first.rule} ({first.name}, {first.severity.label}): {question}{others}: {shown}{more}"
    yield from note(text, "note", gutter, width)


def alike(diagnostics: Sequence[Diagnostic]) -> Iterator[list[Diagnostic]]:
    """Diagnostics that say one thing: of one place in several instances of a module, of one module in several calls."""
    found: dict[object, list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        source = _SOURCE.search(diagnostic.detail) if diagnostic.code == "MOD001" else None
        span = diagnostic.span
        if source is not None:
            key: object = (diagnostic.code, source[1])
        else:
            key = (diagnostic.code, diagnostic.summary, span.path, span.start) if span is not None else id(diagnostic)
        found.setdefault(key, []).append(diagnostic)
    yield from found.values()


def also_lines(others: Sequence[Diagnostic], gutter: int, width: int | None) -> Iterator[Line]:
    """That the same is to be said of other instances and places."""
    places = list(dict.fromkeys(location(d.span) for d in others if d.span is not None))
    shown = ", ".join(places[:MAX_PLACES])
    more = f", … ({len(places) - MAX_PLACES} more)" if len(places) > MAX_PLACES else ""
    if others:
        yield from note(f"and {len(others)} more like it: {shown}{more}", "note", gutter, width)
