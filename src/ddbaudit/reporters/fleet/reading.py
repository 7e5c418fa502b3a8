"""JSON reports, and documents that merged some, taken apart into records.

A record is JSON of its own: a report without its findings and ledger, a finding, a rule. What is not as the schema says
(docs/schema/report-1.json) is a record too, which tells that the report cannot be read: it never vanishes.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import msgspec

from ddbaudit.foundation.text import safe_text
from ddbaudit.reporters.json_ import FORMAT, Json
from ddbaudit.sdk.report import ExitCode

MAX_BYTES: Final = 256 << 20
"""Of one report; nothing that is larger is read."""
KIND: Final = "fleet"
FIRST_LINE: Final = b'{"format": 1, "kind": "fleet",'
"""How a merged document begins that can be read line by line: no other program breaks lines like that."""
SECTIONS: Final = ("reports", "findings", "catalogue")
"""The lists of a merged document; each record stands on a line of its own."""


class Record(NamedTuple):
    """`section` is one of `SECTIONS`; `data` names its repository and report, unless it is a rule."""

    section: str
    data: Json


class Unreadable(Exception):  # noqa: N818 - the way to say so within this package
    """What is the matter with a file."""


class _Position(msgspec.Struct):
    line: int
    column: int


class _Place(msgspec.Struct):
    file: str
    start: _Position
    end: _Position
    attribute: str | None = None


class _Primary(_Place):
    text: str = ""
    label: str = ""


class _Related(_Place):
    note: str = ""


class _Link(msgspec.Struct):
    note: str
    place: _Place | None


class _Suppressed(msgspec.Struct):
    kind: Literal["comment", "baseline"]
    reason: str
    until: str | None = None
    place: _Place | None = None


class _Finding(msgspec.Struct):
    rule: str
    name: str
    verdict: Literal["fail", "unknown"]
    severity: Literal["high", "medium", "low", "info"]
    blocking: bool
    address: str
    environments: list[str]
    message: str
    help: str
    primary: _Primary
    related: list[_Related]
    origin: list[_Link]
    callers: list[_Place]
    fingerprint: str
    suppressed: _Suppressed | None


class _Diagnostic(msgspec.Struct):
    code: str
    level: Literal["error", "warning"]
    summary: str
    detail: str
    help: str
    path: str | None
    place: _Place | None


class _Rule(msgspec.Struct):
    id: str
    name: str
    severity: Literal["high", "medium", "low", "info"]
    summary: str
    rationale: str
    remedy: str
    references: list[str]


class _Outcome(msgspec.Struct):
    code: Literal[0, 1, 2, 3, 4]
    complete: bool
    counts: dict[str, int]
    reasons: list[str]
    loosened: list[str]


class _Root(msgspec.Struct):
    root: str
    environment: str


class _Table(msgspec.Struct):
    environment: str


class _Inventory(msgspec.Struct):
    roots: list[_Root]
    tables: list[_Table]
    packs: list[str]


class _Ledger(msgspec.Struct):
    counts: dict[str, int]


class _Report(msgspec.Struct):
    format: Literal[1]
    version: str
    outcome: _Outcome
    findings: list[_Finding]
    ledger: _Ledger
    inventory: _Inventory
    diagnostics: list[_Diagnostic]
    errors: list[str]
    catalogue: list[_Rule] = []


class _Entry(msgspec.Struct):
    """A report in a merged document."""

    repository: str
    report: str
    version: str
    code: Literal[0, 1, 2, 3, 4]
    complete: bool
    counts: dict[str, int]
    reasons: list[str]
    loosened: list[str]
    packs: list[str]
    environments: dict[str, dict[str, int]]
    ledger: dict[str, int]
    diagnostics: list[_Diagnostic]
    errors: list[str]


class _Found(_Finding, kw_only=True):
    """A finding in a merged document."""

    repository: str
    report: str


_SHAPES: Final[Mapping[str, Any]] = {"reports": _Entry, "findings": _Found, "catalogue": _Rule}


def records(path: Path, repository: str) -> Iterator[Record]:
    """The records of a file: `Unreadable` when it is no report, or not a whole one.

    A merged document is read line by line, as `merge` writes it, and names its repositories itself; one that was
    written anew by another program is read at once.
    """
    try:
        with path.open("rb") as stream:
            begin = stream.readline(len(FIRST_LINE) + 2)
        if begin.rstrip() == FIRST_LINE:
            yield from _lines(path)
            return
        if path.stat().st_size > MAX_BYTES:
            raise Unreadable(f"it is larger than {MAX_BYTES >> 20} MiB")
        data = _decoded(path.read_bytes())
    except OSError as error:
        raise Unreadable(error.strerror or "it cannot be read") from None
    if data.get("kind") == KIND:
        for section in SECTIONS:
            for item in _list(data, section):
                yield Record(section, _checked(item, _SHAPES[section], section))
        return
    yield from _report(_checked(data, _Report, "report"), repository)


def unreadable(repository: str, reason: str) -> Record:
    """The record of a report that cannot be read."""
    counts = dict.fromkeys(("tables", "roots", "errors", "warnings", "unknown", "suppressed"), 0)
    entry = {
        "repository": repository,
        "report": _digest([reason]),
        "version": "",
        "code": int(ExitCode.INCOMPLETE),
        "complete": False,
        "counts": counts,
        "reasons": [f"the report cannot be read: {reason}"],
        "loosened": [],
        "packs": [],
        "environments": {},
        "ledger": {},
        "diagnostics": [],
        "errors": [],
    }
    return Record("reports", entry)


def canonical(data: Any) -> str:
    """One line of ASCII; equal data gives equal bytes."""
    return json.dumps(data, ensure_ascii=True, sort_keys=True, separators=(",", ":")).replace("##[", "#\\u0023[")


def _report(data: Json, repository: str) -> Iterator[Record]:
    outcome, inventory = data["outcome"], data["inventory"]
    environments: dict[str, Counter[str]] = {}
    for key in ("roots", "tables"):
        for item in inventory[key]:
            environments.setdefault(item["environment"], Counter({"roots": 0, "tables": 0}))[key] += 1
    entry = {
        "version": data["version"],
        "code": outcome["code"],
        "complete": outcome["complete"],
        "counts": outcome["counts"],
        "reasons": outcome["reasons"],
        "loosened": outcome["loosened"],
        "packs": inventory["packs"],
        "environments": {name: dict(counts) for name, counts in environments.items()},
        "ledger": data["ledger"]["counts"],
        "diagnostics": data["diagnostics"],
        "errors": data["errors"],
    }
    owner = {"repository": repository, "report": _digest([entry, *data["findings"]])}
    yield Record("reports", {**owner, **entry})
    for finding in data["findings"]:
        yield Record("findings", {**owner, **finding})
    for rule in data["catalogue"]:
        yield Record("catalogue", rule)


def _digest(parts: list[Any]) -> str:
    """Of what a report says: the same report twice is one."""
    found = hashlib.sha256()
    for part in parts:
        found.update(canonical(part).encode() + b"\n")
    return found.hexdigest()[:20]


# -- merged documents --------------------------------------------------------------------------------------------------


def _lines(path: Path) -> Iterator[Record]:
    section, last = "", b""
    with path.open("rb") as stream:
        while line := stream.readline(MAX_BYTES):
            last = line.strip()
            if not section:
                name = last.removesuffix(b": [").strip(b'"').decode("ascii", "replace")
                section = name if last.endswith(b": [") and name in SECTIONS else ""
            elif last in (b"]", b"],"):
                section = ""
            else:
                yield Record(section, _checked(_decoded(last.removesuffix(b",")), _SHAPES[section], section))
    if section or last != b"}":
        raise Unreadable("it is cut off")


# -- shapes ------------------------------------------------------------------------------------------------------------


def _decoded(content: bytes) -> Json:
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        where = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise Unreadable(f"it is not JSON{where}") from None
    if not isinstance(data, dict):
        raise Unreadable("it is not a report of ddbaudit: write one with `ddbaudit check -o json=FILE`")
    return data


def _list(data: Json, key: str) -> list[Any]:
    found = data.get(key)
    if not isinstance(found, list):
        raise Unreadable(f'it has no list "{key}"')
    return found


def _checked(data: Any, shape: Any, what: str) -> Json:
    """The known keys of the data; `Unreadable` when one is missing or of another type."""
    if isinstance(data, dict) and "format" in data and data["format"] != FORMAT:
        raise Unreadable(f"it has format {safe_text(str(data['format']))[:20]}; this version reads format {FORMAT}")
    try:
        found: Json = msgspec.to_builtins(msgspec.convert(data, shape))
    except msgspec.ValidationError as error:
        raise Unreadable(f"it is not a {what} of format {FORMAT}: {safe_text(str(error))}") from None
    return found
