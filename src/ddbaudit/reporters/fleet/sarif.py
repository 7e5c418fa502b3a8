"""Merged reports as one SARIF run; a file is named below its repository.

It is written piece by piece and has every result: it is for SARIF viewers and stores. GitHub refuses more than 25,000
results, and takes those of one repository anyway: upload each repository's own SARIF there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ddbaudit.reporters import sarif
from ddbaudit.reporters.escapes import message
from ddbaudit.reporters.fleet.reading import canonical
from ddbaudit.reporters.fleet.store import Store
from ddbaudit.reporters.json_ import Json

_ROOT = {"%SRCROOT%": {"description": {"text": "A directory with one directory per repository."}}}


def chunks(store: Store, outcome: Json, version: str) -> Iterator[str]:
    """The log in pieces, with a final newline."""
    yield f'{{"$schema":{canonical(sarif.SCHEMA)},"version":"2.1.0","runs":[{{\n'
    yield f'"tool":{{"driver":{{"name":"ddbaudit","version":{canonical(version)},"rules":['
    yield from _joined(_rules(store))
    yield "]}},\n"
    yield f'"invocations":[{{"executionSuccessful":{canonical(outcome["complete"])},"exitCode":{outcome["code"]},'
    yield f'"exitCodeDescription":{canonical(outcome["name"])},"toolExecutionNotifications":['
    yield from _joined(_notifications(store, outcome))
    yield f']}}],\n"columnKind":"unicodeCodePoints","originalUriBaseIds":{canonical(_ROOT)},\n"results":['
    suppressed = outcome["counts"].get("suppressed", 0) > 0
    yield from _joined(_results(store, suppressed))
    yield f'],\n"properties":{canonical({"outcome": outcome})}}}]}}\n'


def _joined(items: Iterable[Any]) -> Iterator[str]:
    separator = "\n"
    for item in items:
        yield separator + canonical(item)
        separator = ",\n"


def _rules(store: Store) -> Iterator[Json]:
    known = {rule["id"]: rule for rule in store.catalogue()}
    for rule in known.values():
        yield sarif.descriptor(rule)
    for id_, name in store.names().items():
        if id_ not in known:
            yield sarif.bare(id_, name)
    codes = {d["code"]: d["summary"] for report in store.reports() for d in report["diagnostics"]}
    for code, summary in sorted(codes.items()):
        yield sarif.bare(code, summary)


def _notifications(store: Store, outcome: Json) -> Iterator[Json]:
    if not outcome["complete"]:
        for reason in outcome["reasons"]:
            yield sarif.notification("error", reason)
    for report in store.reports():
        own = {**report, "outcome": {key: report[key] for key in ("complete", "reasons", "loosened")}}
        for found in sarif.notifications_of(_under(own, report["repository"])):
            text = f"{report['repository']}: {found['message']['text']}"
            yield {**found, "message": {"text": message(text)}}


def _results(store: Store, suppressed: bool) -> Iterator[Json]:
    empty: Json = {"suppressions": []} if suppressed else {}
    for report in store.reports():
        for diagnostic in report["diagnostics"]:
            if diagnostic["level"] == "error" and diagnostic["place"] is not None:
                yield {**empty, **sarif.unread(_under(diagnostic, report["repository"]))}
    for finding in store.findings():
        result = sarif.result_of(_under(finding, finding["repository"]))
        properties = {**result["properties"], "repository": message(finding["repository"])}
        yield {**empty, **result, "properties": properties}


def _under(data: Any, repository: str) -> Any:
    """The same with every file below the repository's name."""
    if isinstance(data, list):
        return [_under(item, repository) for item in data]
    if not isinstance(data, dict):
        return data
    found = {key: _under(value, repository) for key, value in data.items()}
    for key in ("file", "path"):
        if isinstance(found.get(key), str):
            found[key] = f"{repository}/{found[key].lstrip('/')}"
    return found
