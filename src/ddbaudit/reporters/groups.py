"""Findings that are one message to a reader: the same problem at the same place, in many instances."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ddbaudit.foundation.source import Span
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.reporters.style import clean
from ddbaudit.sdk.problem import Link
from ddbaudit.sdk.report import Finding

MAX_INSTANCES = 12


def word(finding: Finding) -> str:
    """`error` blocks, `warning` does not, `unknown` could not be judged."""
    if finding.verdict is Verdict.UNKNOWN:
        return "unknown"
    return "error" if finding.blocking else "warning"


def grouped(findings: Sequence[Finding]) -> Iterator[list[Finding]]:
    """The findings that count, together where only the instance differs. Two problems of one instance at one place
    stay two."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    seen: dict[tuple[object, ...], int] = {}
    for finding in findings:
        if finding.suppressed is not None:
            continue
        same = (finding.rule, word(finding), finding.primary, finding.address)
        seen[same] = seen.get(same, 0) + 1
        key = (finding.rule, word(finding), finding.primary, finding.detail or seen[same])
        groups.setdefault(key, []).append(finding)
    yield from groups.values()


def others_of(group: Sequence[Finding]) -> list[tuple[Link, list[str]]]:
    """The causes beside that of the first finding's first environment, each with the environments it holds in."""
    first = group[0].origin[-1].span if group[0].origin else None
    found: dict[tuple[str, Span | None], tuple[Link, dict[str, None]]] = {}
    for finding in group:
        for link, environments in finding.causes:
            if link.span != first or link.span is None:
                _, names = found.setdefault((link.note, link.span), (link, {}))
                names.update(dict.fromkeys(environments))
    return [(link, list(names)) for link, names in found.values()]


def addresses(found: Sequence[str]) -> str:
    """Addresses in few words: where they differ in one place only, that place lists what stands there."""
    if len(found) == 1:
        return clean(found[0])
    shown, hidden = found[:MAX_INSTANCES], len(found) - MAX_INSTANCES
    more = f", … ({hidden} more)" if hidden > 0 else ""
    start = _common(found)
    end = _common([address[start:][::-1] for address in found])
    start, end = _outside_of_names(found[0], start, end)
    if not start or not end:
        return clean(", ".join(shown)) + more
    parts = ", ".join(address[start : len(address) - end] for address in shown)
    first = found[0]
    head, tail = first[:start], first[len(first) - end :]
    return f"{clean(head)}…{clean(tail)}, {len(found)} instances: {clean(parts)}{more}"


def _common(texts: Sequence[str]) -> int:
    """The length of what all texts begin with."""
    low, high = min(texts), max(texts)
    return next((i for i, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), min(len(low), len(high)))


def _outside_of_names(address: str, start: int, end: int) -> tuple[int, int]:
    """Widens the middle part so that names and keys are never cut."""
    while start and address[start - 1] not in "[.":
        start -= 1
    while end and address[len(address) - end] not in "].":
        end -= 1
    return start, end
