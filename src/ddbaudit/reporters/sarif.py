"""The report as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), for code scanning.

It is made of the JSON report, so that merged reports become SARIF in the same way. What is UNKNOWN is a result of kind
`fail`, not `open`: a result of any other kind must have the level `none`, which readers leave out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from ddbaudit.reporters.escapes import message, uri
from ddbaudit.reporters.json_ import Json, as_text, document
from ddbaudit.sdk.report import ExitCode, Report

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MAX_RESULTS: Final = 5000
"""What GitHub shows of a run: https://docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads/
results-exceed-limit. It refuses more than 25,000 results, 1,000 locations of one, and 10,000 steps of its flows."""
MAX_PLACES: Final = 100

_LEVELS: Final = {"high": "error", "medium": "warning", "low": "note", "info": "note"}
_RANKS: Final = ("info", "low", "medium", "high")
_OMITTED: Final = "results-omitted"


def render(report: Report) -> str:
    """The whole log with a final newline."""
    data = document(report)
    found, notifications = results(data), [*notifications_of(data)]
    if len(found) > MAX_RESULTS:
        omitted = len(found) - MAX_RESULTS + 1
        found = [*_gravest(found, MAX_RESULTS - 1), _omission(omitted, found[0])]
        notifications.append(notification("error", f"{omitted} results are left out: GitHub shows {MAX_RESULTS}"))
    return as_text(log(data["version"], data["outcome"], descriptors(data), found, notifications))


def log(
    version: str, outcome: Json, rules: Sequence[Json], found: Sequence[Json], notifications: Sequence[Json]
) -> Json:
    """A log of one run."""
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    code = ExitCode(outcome["code"])
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "ddbaudit", "version": version, "rules": list(rules)}},
                "invocations": [
                    {
                        "executionSuccessful": bool(outcome["complete"]),
                        "exitCode": int(code),
                        "exitCodeDescription": code.name.lower(),
                        "toolExecutionNotifications": list(notifications),
                    }
                ],
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The directory that ddbaudit ran in."}}},
                "results": [{**result, "ruleIndex": index[result["ruleId"]]} for result in suppressible(found)],
                "properties": {"outcome": outcome},
            }
        ],
    }


def suppressible(found: Sequence[Json]) -> Iterator[Json]:
    """`suppressions` stands in all results of a run or in none (3.27.23)."""
    some = any("suppressions" in result for result in found)
    for result in found:
        yield {**result, "suppressions": result.get("suppressions", [])} if some else result


def results(data: Json) -> list[Json]:
    """The findings of a JSON report, and what of the input could not be read."""
    found = [result_of(finding) for finding in data["findings"]]
    return [*(unread(d) for d in data["diagnostics"] if d["level"] == "error" and d["place"] is not None), *found]


def result_of(finding: Json) -> Json:
    """One finding as a result; its rule is in `descriptors`."""
    primary = finding["primary"]
    related = [location(r, r["note"]) for r in finding["related"]]
    related += [location(c, "called here") for c in finding["callers"]]
    return {
        "ruleId": finding["rule"],
        "level": level_of(finding),
        "message": {"text": message(finding["message"])},
        "locations": [{**location(primary, primary["label"]), "logicalLocations": [_logical(finding["address"])]}],
        **({"relatedLocations": _numbered(related[:MAX_PLACES])} if related else {}),
        **({"codeFlows": [_flow(finding)]} if finding["origin"] else {}),
        "partialFingerprints": {"ddbaudit/v1": finding["fingerprint"]},
        **({"suppressions": [_suppression(finding["suppressed"])]} if finding["suppressed"] is not None else {}),
        "properties": {
            "verdict": finding["verdict"],
            "severity": finding["severity"],
            "blocking": finding["blocking"],
            "environments": [message(name) for name in finding["environments"]],
            "help": message(finding["help"]),
        },
    }


def level_of(finding: Json) -> str:
    """What blocks is an error, whatever its severity; what does not is no more than a warning."""
    if finding["blocking"]:
        return "error"
    return "note" if finding["severity"] in ("low", "info") else "warning"


def location(place: Json, note: str = "") -> Json:
    """A place of the JSON report; in a plan the path of attributes is in the message."""
    attribute = place["attribute"]
    text = " ".join(part for part in (note, f"({attribute})" if attribute else "") if part)
    start, end = place["start"], place["end"]
    region: Json = {
        "startLine": start["line"],
        "startColumn": start["column"],
        "endLine": end["line"],
        "endColumn": end["column"],
    }
    if place.get("text"):
        region["snippet"] = {"text": message(place["text"])}
    return {
        "physicalLocation": {"artifactLocation": _artifact(place["file"]), "region": region},
        **({"message": {"text": message(text)}} if text else {}),
    }


def _artifact(path: str) -> Json:
    found = uri(path)
    return {"uri": found} if found.startswith("file:") else {"uri": found, "uriBaseId": "%SRCROOT%"}


def _logical(address: str) -> Json:
    return {"fullyQualifiedName": message(address), "kind": "resource"}


def _numbered(locations: Iterable[Json]) -> list[Json]:
    return [{"id": number, **found} for number, found in enumerate(locations, 1)]


def _flow(finding: Json) -> Json:
    """From where the value comes to where it is used."""
    steps: list[Json] = [
        location(link["place"], link["note"])
        if link["place"] is not None
        else {"message": {"text": message(link["note"])}}
        for link in reversed(finding["origin"])
    ]
    steps.append(location(finding["primary"], finding["primary"]["label"]))
    return {"threadFlows": [{"locations": [{"location": step} for step in steps[-MAX_PLACES:]]}]}


def _suppression(suppressed: Json) -> Json:
    until = f"until {suppressed['until']}" if suppressed["until"] else ""
    text = ", ".join(part for part in (suppressed["reason"], until) if part)
    return {
        "kind": "inSource" if suppressed["kind"] == "comment" else "external",
        "status": "accepted",
        **({"justification": message(text)} if text else {}),
        **({"location": location(suppressed["place"])} if suppressed["place"] is not None else {}),
    }


def unread(diagnostic: Json) -> Json:
    """A diagnostic with a place as a result, so that those see it who see results alone."""
    text = f"{diagnostic['summary']}: {diagnostic['detail']}"
    return {
        "ruleId": diagnostic["code"],
        "level": "error",
        "message": {"text": message(text)},
        "locations": [location(diagnostic["place"])],
        "properties": {"help": message(diagnostic["help"])},
    }


# -- rules -----------------------------------------------------------------------------------------------------------


def descriptors(data: Json) -> list[Json]:
    """All rules that ran, and one for every code of `results`."""
    found = {entry["id"]: descriptor(entry) for entry in data["catalogue"]}
    for finding in data["findings"]:
        found.setdefault(finding["rule"], bare(finding["rule"], finding["name"]))
    for diagnostic in data["diagnostics"]:
        found.setdefault(diagnostic["code"], bare(diagnostic["code"], diagnostic["summary"]))
    found[_OMITTED] = bare(_OMITTED, "More results than the reader of this file shows")
    return [found[key] for key in sorted(found)]


def descriptor(entry: Json) -> Json:
    """A rule as a reporting descriptor, with its help as text and as Markdown."""
    links = [reference for reference in entry["references"] if reference.startswith("https://")]
    more = f"ddbaudit explain {entry['id']}"
    parts = (entry["rationale"], entry["remedy"])
    return {
        "id": entry["id"],
        "name": entry["name"],
        "shortDescription": {"text": message(entry["summary"])},
        "fullDescription": {"text": message(entry["rationale"])},
        "help": {
            "text": message("\n".join((*parts, *links, more))),
            "markdown": "\n\n".join((*map(message, parts), *(f"- <{link}>" for link in links), f"`{more}`")),
        },
        **({"helpUri": links[0]} if links else {}),
        "defaultConfiguration": {"level": _LEVELS[entry["severity"]], "rank": _rank(entry["severity"])},
        "properties": {"tags": ["dynamodb", "terraform"], "severity": entry["severity"]},
    }


def bare(code: str, text: str) -> Json:
    """A descriptor of which no more is known."""
    return {"id": code, "shortDescription": {"text": message(text)}}


def _rank(severity: str) -> float:
    return 25.0 * (_RANKS.index(severity) + 1)


# -- what is no result -----------------------------------------------------------------------------------------------


def notifications_of(data: Json) -> Iterator[Json]:
    """Why the run is not complete, what could not be read, and what made the gate laxer."""
    for text in data["outcome"]["reasons"]:
        yield notification("note" if data["outcome"]["complete"] else "error", text)
    for text in data["errors"]:
        yield notification("error", text)
    for diagnostic in data["diagnostics"]:
        text = f"{diagnostic['summary']}: {diagnostic['detail']}"
        place = diagnostic["place"]
        where: Any = [location(place)] if place is not None else []
        if not where and diagnostic["path"]:
            where = [{"physicalLocation": {"artifactLocation": _artifact(diagnostic["path"])}}]
        yield notification(diagnostic["level"], text, diagnostic["code"], where)
    for flag in data["outcome"]["loosened"]:
        yield notification("note", f"loosened: {flag}")


def notification(level: str, text: str, code: str = "", locations: Sequence[Json] = ()) -> Json:
    """Something to be said of the run; `code` is that of a diagnostic."""
    return {
        "level": level,
        "message": {"text": message(text)},
        **({"descriptor": {"id": code}} if code else {}),
        **({"locations": list(locations)} if locations else {}),
    }


def _gravest(found: Sequence[Json], limit: int) -> list[Json]:
    order = {"error": 0, "warning": 1, "note": 2}
    kept = sorted(range(len(found)), key=lambda number: (order[found[number]["level"]], number))[:limit]
    return [found[number] for number in sorted(kept)]


def _omission(count: int, first: Json) -> Json:
    text = f"{count} more results are left out here; the exit code counts them, and the JSON report has them all"
    return {"ruleId": _OMITTED, "level": "error", "message": {"text": text}, "locations": first["locations"]}
