"""Eighty mistakes in tables, each found where it stands: fixtures/scenarios/mistakes, and what others say of them.

test_scenarios.py holds the comments of all rows at once; here each stands alone and is held against mistakes.yaml.
"""

from __future__ import annotations

import json
from collections import Counter

import pytest

from benchmarks import mistakes
from ddbaudit.app.audit import Settings, audit
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.testing.expectations import differences
from tests.oracle import terraform
from tests.scenarios.test_scenarios import expectations, reported

ROWS = mistakes.read_rows()
RECORDED = json.loads(mistakes.ANSWERS.read_text(encoding="utf-8"))
FILE = "main.tf"


def answers(program: str) -> dict[str, str]:
    """What a program has said, by row."""
    return {name: said[program] for name, said in RECORDED["rows"].items() if program in said}


def test_every_row_has_its_directory_and_every_directory_its_row() -> None:
    directories = sorted(path.name for path in mistakes.ROWS.iterdir() if path.is_dir())
    assert directories == sorted(row.name for row in ROWS) == sorted(RECORDED["rows"])
    assert Counter(row.outcome for row in ROWS) == {"validate": 26, "plan": 14, "aws": 26, "silent": 11, "harmless": 3}
    assert [row.name for row in ROWS if (row.rule is None) != (row.outcome == mistakes.HARMLESS)] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_is_reported_where_it_says_and_nowhere_else(row: mistakes.Row) -> None:
    scenario = mistakes.ROWS / row.name
    expected = expectations(scenario).get(FILE, frozenset())
    report = audit(Settings(paths=(str(scenario),), packs=("strict",)))
    assert not report.errors
    assert not report.diagnostics
    assert set(reported(report, scenario)) <= {FILE}
    wrong = differences(expected, reported(report, scenario)[FILE])
    assert not wrong, "\n".join(wrong)
    assert {e.rule for e in expected if e.verdict is Verdict.FAIL} >= ({row.rule} if row.rule else set())
    assert bool(expected) == (row.rule is not None)


def test_what_a_row_says_of_terraform_is_what_terraform_said() -> None:
    for outcome in ("validate", "plan"):
        said = answers(f"terraform {outcome}")
        rows = [row for row in ROWS if row.outcome == outcome]
        assert [row.name for row in rows] == list(said)
        assert [f"{row.name}: {said[row.name]}" for row in rows if row.says not in said[row.name]] == []


@pytest.mark.terraform
@pytest.mark.skipif(
    not terraform.available(), reason="terraform or its provider is not available: its answers are recorded"
)
def test_terraform_validates_these_rows_as_it_did() -> None:
    (found,) = mistakes.ask_terraform(ROWS, plan=False)
    assert found.rows == answers("terraform validate")


def test_the_table_counts_who_sees_what() -> None:
    rows = [row for row in ROWS if row.name in {"00-valid", "02-attribute-in-no-key", "06-gsi-twenty-one"}]
    plan = mistakes.Answers("plan", "1", {"02-attribute-in-no-key": "unused"})
    assert mistakes.table(rows, [plan, mistakes.ask_ddbaudit(rows, "strict")]).splitlines() == [
        "                        outcome   plan  ddbaudit, strict",
        "00-valid                harmless  -     -",
        "02-attribute-in-no-key  plan      seen  seen",
        "06-gsi-twenty-one       aws       -     seen",
        "of 2 mistakes                     1     2",
        "of the 2 that validate accepts    1     2",
        "of the 1 that plan accepts        0     1",
        "of 1 harmless rows                0     0",
    ]


def test_ddbaudit_sees_every_mistake_and_nothing_else() -> None:
    assert list(mistakes.ask_ddbaudit(ROWS, "strict").rows) == [r.name for r in ROWS if r.outcome != mistakes.HARMLESS]
