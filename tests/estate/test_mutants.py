"""Breaking any one thing in the reference estate is seen by exactly the rule for it, at the line that was changed."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from ddbaudit.app.audit import Settings, audit
from ddbaudit.foundation.source import Span
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.sdk.report import ExitCode, Finding, Report
from tests.estate.mind_links import SCHEMAS
from tests.estate.mutants import MUTANTS, Mutant

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the reference estate with the repository's configuration, as working directory."""
    monkeypatch.chdir(tmp_path)
    return copied(tmp_path)


@pytest.fixture
def mutated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same without Mind-Links: no mutant is in its files, and it takes most of the time."""
    monkeypatch.chdir(tmp_path)
    return copied(tmp_path, without="mind-links")


def copied(target: Path, without: str | None = None) -> Path:
    """The estate and its configuration below `target`; `without` a system."""
    ignored = shutil.ignore_patterns(".terraform*", *([f"{without}*"] if without else []))
    shutil.copytree(REPOSITORY / "terraform", target / "terraform", ignore=ignored)
    lines = (REPOSITORY / "ddbaudit.toml").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if without is None or without not in line]
    (target / "ddbaudit.toml").write_text("".join(kept), encoding="utf-8")
    return target / "terraform"


def check() -> Report:
    return audit(Settings(paths=("terraform",)))


def test_the_estate_is_clean_and_names_every_table(estate: Path) -> None:
    report = check()
    assert report.findings == ()
    assert report.diagnostics == ()
    assert report.outcome.code is ExitCode.CLEAN
    names = {t.name for t in report.inventory.tables}
    entities = ("tenants", "users", "sites", "generations", "templates", "partners")
    mind_links = {f"{env}-{name}" for name in SCHEMAS for env in ("dev", "staging", "prod")}
    assert names == mind_links | {
        name
        for env in ("dev", "sit", "prod")
        for name in (
            *(f"bbws-{entity}-{env}" for entity in entities),
            f"bbws-access-{env}-ddb-access-management",
            *(f"jobwork-planner-{entity}-{env}" for entity in ("tenant", "users")),
        )
    }


def test_there_are_at_least_sixty_mutants() -> None:
    assert len(MUTANTS) >= 60


def mutate(path: Path, mutant: Mutant) -> tuple[int, int]:
    """Applies the change; the offset at which it stands afterwards, and its length."""
    text = path.read_text()
    begin = text.index(mutant.inside) if mutant.inside else 0
    stretch = text[begin:]
    if not mutant.inside:
        assert stretch.count(mutant.old) == 1, f"{mutant.old!r} occurs {stretch.count(mutant.old)} times"
    offset = begin + stretch.index(mutant.old)
    path.write_text(text[:offset] + mutant.new + text[offset + len(mutant.old) :])
    return offset, len(mutant.new)


def places(finding: Finding) -> list[Span]:
    """Where a reader is sent: the primary place, and the cause at the end of the value's way."""
    cause = [finding.origin[-1].span] if finding.origin and finding.origin[-1].span is not None else []
    return [finding.primary, *cause]


def is_there(finding: Finding, mutant: Mutant, offset: int, length: int) -> bool:
    for span in places(finding):
        if span.path != f"terraform/{mutant.file}":
            continue
        first, last = span.begin.line, span.finish.line
        if mutant.at is not None:
            if mutant.at in span.source.line(first) or any(mutant.at in span.source.line(n) for n in (first,)):
                return True
        elif mutant.deletes:
            if span.start <= offset <= span.end or first <= span.source.position(offset).line <= last:
                return True
        else:
            lines = range(span.source.position(offset).line, span.source.position(offset + length).line + 1)
            if first in lines:
                return True
    return False


@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_a_mutant_is_seen_where_it_is(name: str, mutated: Path) -> None:
    mutant = MUTANTS[name]
    offset, length = mutate(mutated / mutant.file, mutant)
    report = check()
    # What data models and other environments say of it beside these rules is tested with them.
    beside = ("MOD8", "ENV9")
    report = replace(report, findings=tuple(f for f in report.findings if not f.rule.startswith(beside)))
    shown = [
        f"{f.rule} {f.verdict.value} {f.address} {f.primary} {f.message} <- {f.origin[-1:]}" for f in report.findings
    ]
    assert {f.rule for f in report.findings} == {mutant.rule, *mutant.also, *mutant.elsewhere}, shown
    findings = [f for f in report.findings if f.rule not in mutant.elsewhere]
    assert all(f.verdict is Verdict.FAIL for f in findings), shown
    assert [d.detail for d in report.diagnostics] == []
    if any(f.verdict is Verdict.UNKNOWN for f in report.findings):
        assert report.outcome.code is ExitCode.INCOMPLETE
    else:
        assert report.outcome.code is ExitCode.VIOLATIONS or all(not f.blocking for f in report.findings)
    assert all(is_there(f, mutant, offset, length) for f in findings), shown
