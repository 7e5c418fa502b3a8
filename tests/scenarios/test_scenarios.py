"""Terraform as people write it: what each scenario's `# expect:` comments say, and nothing else, is reported.

A scenario is a directory directly below fixtures/scenarios that states what it expects on the lines themselves, or
holds a file `expected-clean`. A file `packs` names the packs to check with, `incomplete` lists the diagnostics that
make the run incomplete (`CODE path`, one in a line).
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from ddbaudit.app.audit import Settings, audit
from ddbaudit.foundation.diagnostic import Level
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.sdk.report import Report
from ddbaudit.testing.expectations import Expectation, differences, read_expectations

SCENARIOS = Path(__file__).resolve().parents[2] / "fixtures" / "scenarios"
CLEAN = "expected-clean"


def expectations(scenario: Path) -> dict[str, frozenset[Expectation]]:
    """What each file of the scenario expects, by its path below it."""
    found = {}
    for path in sorted(scenario.rglob("*.tf")):
        expected = read_expectations(path.read_text(encoding="utf-8"))
        if expected:
            found[path.relative_to(scenario).as_posix()] = expected
    return found


def is_scenario(directory: Path) -> bool:
    return directory.is_dir() and ((directory / CLEAN).exists() or bool(expectations(directory)))


NAMES = [path.name for path in sorted(SCENARIOS.iterdir()) if is_scenario(path)]


def run(scenario: Path) -> Report:
    packs = scenario / "packs"
    names = tuple(packs.read_text(encoding="utf-8").split()) if packs.exists() else ()
    return audit(Settings(paths=(str(scenario),), packs=names))


def reported(report: Report, scenario: Path) -> dict[str, set[Expectation]]:
    """The findings by file. A finding counts once, where it points."""
    found: dict[str, set[Expectation]] = defaultdict(set)
    for finding in report.findings:
        path = _below(finding.primary.path, scenario)
        found[path].add(Expectation(finding.primary.begin.line, finding.rule, finding.verdict))
    return found


def _below(path: str, scenario: Path) -> str:
    return Path(path).resolve().relative_to(scenario).as_posix()


@pytest.mark.parametrize("name", NAMES)
def test_scenario(name: str) -> None:
    scenario = SCENARIOS / name
    expected = expectations(scenario)
    report = run(scenario)
    actual = reported(report, scenario)
    wrong = [
        f"{path}: {difference}"
        for path in sorted({*expected, *actual})
        for difference in differences(expected.get(path, ()), actual.get(path, ()))
    ]
    assert not wrong, "\n".join(wrong)
    assert report.errors == ()
    errors = [
        f"{d.code} {_below(d.span.path if d.span is not None else d.path or '.', scenario)}"
        for d in report.diagnostics
        if d.level is Level.ERROR
    ]
    listed = scenario / "incomplete"
    assert sorted(set(errors)) == (listed.read_text(encoding="utf-8").splitlines() if listed.exists() else [])
    unknown = any(e.verdict is Verdict.UNKNOWN for found in expected.values() for e in found)
    if not errors and not unknown:
        assert int(report.outcome.code) == (1 if expected else 0)
