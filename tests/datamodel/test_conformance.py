"""The reference estate conforms to its data models in every environment, and every deviation is found where it is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ddbaudit.app.audit import Settings, audit
from ddbaudit.foundation.source import Span
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.sdk.report import Finding, Report
from tests.datamodel.mutants import MUTANTS, REPOSITORY, Mutant

SYSTEMS = {
    "access-management": ("bbws-access-management", 1),
    "jobwork-planner": ("jobwork-planner", 2),
    "mind-links": ("mind-links", 25),
    "site-builder": ("bbws-site-builder", 6),
}
RULES = ("MOD", "IAM505", "IAM510", "IAM511")


def check(*paths: str, pack: str) -> Report:
    return audit(Settings(paths=paths, packs=(pack,), select=RULES))


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_estate_conforms_in_every_environment(system: str) -> None:
    pack, tables = SYSTEMS[system]
    report = check(str(REPOSITORY / "terraform" / "environments" / system), pack=pack)
    assert [f.message for f in report.findings if f.rule not in ("MOD810", "IAM511")] == []
    for rule in ("MOD801", "MOD802", "MOD803", "MOD804", "MOD805", "MOD806"):
        verdicts = [entry.verdict for entry in report.ledger if entry.rule == rule]
        assert verdicts == [Verdict.PASS] * 3 * tables, rule


def test_there_are_enough_deviations() -> None:
    assert len(MUTANTS) >= 40
    assert {mutant.rule for mutant in MUTANTS.values()} >= {*(f"MOD80{n}" for n in range(1, 7)), "IAM505", "IAM510"}


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The modules of the reference estate, as working directory; environments are copied as they are needed."""
    monkeypatch.chdir(tmp_path)
    ignored = shutil.ignore_patterns(".terraform*")
    shutil.copytree(REPOSITORY / "terraform" / "modules", tmp_path / "terraform" / "modules", ignore=ignored)
    return tmp_path / "terraform"


def mutate(path: Path, mutant: Mutant) -> None:
    text = path.read_text()
    begin = text.index(mutant.inside)
    assert mutant.old in text[begin:]
    path.write_text(text[:begin] + text[begin:].replace(mutant.old, mutant.new, 1))


def lines(finding: Finding) -> list[str]:
    """Where a reader is sent: the line of the primary place, and those of the way the value came by."""
    spans: list[Span] = [finding.primary, *(link.span for link in finding.origin if link.span is not None)]
    return [span.source.line(span.begin.line) for span in spans]


@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_a_deviation_is_found_where_it_is(name: str, estate: Path) -> None:
    mutant = MUTANTS[name]
    root = Path("terraform/environments") / mutant.system / mutant.environment
    shutil.copytree(REPOSITORY / root, root, ignore=shutil.ignore_patterns(".terraform*"))
    mutate(estate / mutant.file, mutant)
    report = check(str(root), pack=SYSTEMS[mutant.system][0])
    shown = [f"{f.rule} {f.verdict.value} {f.primary} {f.message} {lines(f)}" for f in report.findings]
    found = [f for f in report.findings if f.rule == mutant.rule and mutant.told in f.message]
    assert found, shown
    assert all(f.verdict is Verdict.FAIL for f in found), shown
    assert any(mutant.at in line for f in found for line in lines(f)), shown
