"""The records of a merge, kept in a file rather than in memory, and what they add up to.

Records have an order of their own, and the same record twice is one: in which order reports are added, and whether
they come one by one or already merged, makes no difference.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from ddbaudit.foundation.text import plural
from ddbaudit.reporters.fleet.reading import Record, canonical
from ddbaudit.reporters.json_ import Json
from ddbaudit.sdk.report import ExitCode

_SCHEMA = """
create table reports (repository text, report text, code int, complete int, body text,
  primary key (repository, report)) without rowid;
create table findings (repository text, report text, number int, rule text, kind text, body text,
  primary key (repository, report, number)) without rowid;
create table places (repository text, report text, number int, environment text,
  primary key (repository, report, number, environment)) without rowid;
create table environments (repository text, report text, environment text, roots int, tables int,
  primary key (repository, report, environment)) without rowid;
create table rules (id text primary key, body text) without rowid;
create table seen (rule text, name text, primary key (rule, name)) without rowid;
"""
KINDS: Final = ("errors", "warnings", "unknown", "suppressed")
_NAMED = 10
_PRECEDENCE: Final = (ExitCode.USAGE, ExitCode.INTERNAL, ExitCode.INCOMPLETE, ExitCode.VIOLATIONS, ExitCode.CLEAN)


@dataclass(slots=True)
class Total:
    """`name` is a repository, rule or environment; `counts` holds `KINDS` and what else there is to count."""

    name: str
    counts: dict[str, int] = field(default_factory=dict)
    code: ExitCode = ExitCode.CLEAN


class Store:
    """A context: its file is gone at the end. Text is kept as ASCII JSON, so that no input is too odd for it."""

    def __init__(self) -> None:
        handle, name = tempfile.mkstemp(prefix="ddbaudit-merge-")
        os.close(handle)
        self._path = Path(name)
        self._base = sqlite3.connect(name, isolation_level=None)
        self._base.executescript("pragma journal_mode = memory; pragma synchronous = off;" + _SCHEMA)
        self._base.execute("begin")

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._base.close()
        self._path.unlink(missing_ok=True)

    def add(self, records: Iterable[Record]) -> None:
        """Adds what one file holds: all of it or, when the records end in an error, none."""
        self._base.execute("savepoint file")
        try:
            numbers: dict[tuple[str, str], int] = {}
            for record in records:
                getattr(self, f"_add_{record.section}")(record.data, numbers)
        except BaseException:
            self._base.execute("rollback to file")
            raise
        finally:
            self._base.execute("release file")

    def _add_reports(self, data: Json, numbers: dict[tuple[str, str], int]) -> None:
        key = _key(data)
        values = (*key, data["code"], data["complete"], canonical(data))
        self._base.execute("insert or ignore into reports values (?, ?, ?, ?, ?)", values)
        for name, counts in data["environments"].items():
            values = (*key, _ascii(name), counts.get("roots", 0), counts.get("tables", 0))
            self._base.execute("insert or ignore into environments values (?, ?, ?, ?, ?)", values)

    def _add_findings(self, data: Json, numbers: dict[tuple[str, str], int]) -> None:
        key = _key(data)
        number = numbers[key] = numbers.get(key, -1) + 1
        values = (*key, number, _ascii(data["rule"]), kind_of(data), canonical(data))
        self._base.execute("insert or ignore into findings values (?, ?, ?, ?, ?, ?)", values)
        for name in data["environments"]:
            self._base.execute("insert or ignore into places values (?, ?, ?, ?)", (*key, number, _ascii(name)))
        self._base.execute("insert or ignore into seen values (?, ?)", (_ascii(data["rule"]), _ascii(data["name"])))

    def _add_catalogue(self, data: Json, numbers: dict[tuple[str, str], int]) -> None:
        """Where versions of a rule say different things, one is taken, whichever comes first."""
        statement = "insert into rules values (?, ?) on conflict (id) do update set body = max(body, excluded.body)"
        self._base.execute(statement, (_ascii(data["id"]), canonical(data)))

    # -- what there is ------------------------------------------------------------------------------------------------

    def reports(self) -> Iterator[Json]:
        """All reports by repository."""
        yield from self._bodies("select body from reports order by repository, report")

    def findings(self) -> Iterator[Json]:
        """All findings by repository, in the order of their reports."""
        yield from self._bodies("select body from findings order by repository, report, number")

    def gravest(self, limit: int) -> Iterator[Json]:
        """So many findings that count, what blocks first."""
        order = "case kind when 'errors' then 0 when 'unknown' then 1 else 2 end, repository, report, number"
        statement = f"select body from findings where kind <> 'suppressed' order by {order} limit {int(limit)}"  # noqa: S608
        yield from self._bodies(statement)

    def catalogue(self) -> Iterator[Json]:
        """All rules by id."""
        yield from self._bodies("select body from rules order by id")

    def names(self) -> dict[str, str]:
        """The rules that findings name, with their names."""
        return {
            _text(rule): _text(name)
            for rule, name in self._base.execute("select rule, max(name) from seen group by rule order by rule")
        }

    def _bodies(self, statement: str) -> Iterator[Json]:
        for (body,) in self._base.execute(statement):
            yield json.loads(body)

    # -- what it adds up to --------------------------------------------------------------------------------------------

    def by_repository(self) -> list[Total]:
        """With `reports` and `tables`, and the gravest code of them."""
        totals: dict[str, Total] = {}
        for repository, code, reports in self._base.execute(
            "select repository, code, count(*) from reports group by repository, code order by repository"
        ):
            total = totals.setdefault(repository, Total(_text(repository), _zeros("reports", "tables")))
            total.counts["reports"] += reports
            total.code = gravest([total.code, ExitCode(code)])
        for repository, tables in self._base.execute("select repository, sum(tables) from environments group by 1"):
            totals[repository].counts["tables"] = tables
        self._add_kinds(totals, "select repository, kind, count(*) from findings group by 1, 2")
        return list(totals.values())

    def by_rule(self) -> list[Total]:
        """With `repositories`, those in which it found something that counts."""
        totals: dict[str, Total] = {}
        for rule in self._base.execute("select distinct rule from findings order by rule"):
            totals[rule[0]] = Total(_text(rule[0]), _zeros("repositories"))
        self._add_kinds(totals, "select rule, kind, count(*) from findings group by 1, 2")
        for rule, repositories in self._base.execute(
            "select rule, count(distinct repository) from findings where kind <> 'suppressed' group by rule"
        ):
            totals[rule].counts["repositories"] = repositories
        return list(totals.values())

    def by_environment(self) -> list[Total]:
        """With `repositories`, `roots` and `tables`. A finding counts in each of its environments."""
        totals: dict[str, Total] = {}
        for name, repositories, roots, tables in self._base.execute(
            "select environment, count(distinct repository), sum(roots), sum(tables) from environments"
            " group by environment order by environment"
        ):
            counts = {"repositories": repositories, "roots": roots, "tables": tables, **_zeros()}
            totals[name] = Total(_text(name), counts)
        for (name,) in self._base.execute("select distinct environment from places order by environment"):
            totals.setdefault(name, Total(_text(name), _zeros("repositories", "roots", "tables")))
        self._add_kinds(
            totals,
            "select environment, kind, count(*) from places join findings using (repository, report, number)"
            " group by 1, 2",
        )
        return list(totals.values())

    def _add_kinds(self, totals: dict[str, Total], statement: str) -> None:
        for name, kind, count in self._base.execute(statement):
            totals[name].counts[kind] += count

    def outcome(self, expected: int = 0) -> Json:
        """How the whole ended: the gravest code of the reports, and 3 when there are fewer repositories than expected
        (or none)."""
        repositories, complete = self._base.execute(
            "select count(distinct repository), coalesce(min(complete), 1) from reports"
        ).fetchone()
        codes = [ExitCode(code) for (code,) in self._base.execute("select distinct code from reports")]
        reasons = [*self._missing(repositories, expected), *self._reasons()]
        if repositories < max(expected, 1):
            codes, complete = [*codes, ExitCode.INCOMPLETE], False
        code = gravest(codes)
        counts = dict.fromkeys(("repositories", "reports"), 0)
        for total in (repository.counts for repository in self.by_repository()):
            counts["repositories"] += 1
            for key, number in total.items():
                counts[key] = counts.get(key, 0) + number
        return {
            "code": int(code),
            "name": code.name.lower(),
            "complete": bool(complete),
            "counts": counts,
            "reasons": reasons,
            "loosened": self._loosened(),
        }

    def _missing(self, found: int, expected: int) -> Iterator[str]:
        if not found:
            yield "there is no report to merge"
        elif found < expected:
            yield f"{expected} repositories were to report, {plural(found, 'repository', 'repositories')} did"

    def _reasons(self) -> Iterator[str]:
        """For every code but 0 the repositories that ended with it, the gravest first."""
        words = {
            ExitCode.USAGE: "not started for wrong usage",
            ExitCode.INTERNAL: "ended by an internal error",
            ExitCode.INCOMPLETE: "incomplete",
            ExitCode.VIOLATIONS: "with violations",
        }
        for code in _PRECEDENCE[:-1]:
            statement = "select distinct repository from reports where code = ? order by repository"
            names = [_text(name) for (name,) in self._base.execute(statement, (int(code),))]
            if names:
                more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
                count = plural(len(names), "repository", "repositories")
                yield f"{count} {words[code]}: {', '.join(names[:_NAMED])}{more}"

    def _loosened(self) -> list[str]:
        """Every flag that made a gate laxer, with the number of reports that it was used for."""
        flags: dict[str, int] = {}
        for report in self.reports():
            for flag in report["loosened"]:
                flags[flag] = flags.get(flag, 0) + 1
        return [f"{flag} ({plural(count, 'report')})" for flag, count in sorted(flags.items())]


def gravest(codes: Iterable[ExitCode]) -> ExitCode:
    """The code that wins, in the order of docs/exit-codes.md; clean when there is none."""
    return min(codes, key=_PRECEDENCE.index, default=ExitCode.CLEAN)


def kind_of(finding: Json) -> str:
    """Which of `KINDS` a finding counts as."""
    if finding["suppressed"] is not None:
        return "suppressed"
    if finding["verdict"] == "unknown":
        return "unknown"
    return "errors" if finding["blocking"] else "warnings"


def _zeros(*more: str) -> dict[str, int]:
    return dict.fromkeys((*more, *KINDS), 0)


def _key(data: Json) -> tuple[str, str]:
    return _ascii(data["repository"]), _ascii(data["report"])


def _ascii(text: str) -> str:
    return json.dumps(text)[1:-1]


def _text(key: Any) -> str:
    found = json.loads(f'"{key}"')
    assert isinstance(found, str)
    return found
