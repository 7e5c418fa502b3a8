"""What a rule quotes of Terraform is what Terraform says: the recorded answers to the eighty mistakes hold it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ddbaudit.engine.registry import load_rules
from ddbaudit.foundation.strict_yaml import read_yaml
from tests.cli.harness import Shell

MISTAKES = Path(__file__).parents[2] / "fixtures" / "scenarios" / "mistakes"
QUOTED = [(rule.meta.id, *error.split(": ", 1)) for rule in load_rules().rules for error in rule.meta.errors]


def test_there_are_quotations_of_all_that_refuse() -> None:
    assert {who for _, who, _ in QUOTED} == {"terraform validate", "terraform plan", "DynamoDB"}
    assert len({id for id, _, _ in QUOTED}) >= 20


@pytest.mark.parametrize(("id", "who", "said"), QUOTED)
def test_it_is_said_word_for_word(id: str, who: str, said: str) -> None:
    rows = json.loads((MISTAKES / "answers.json").read_text("utf-8"))["rows"]
    table = read_yaml((MISTAKES / "mistakes.yaml").read_text("utf-8"), "mistakes.yaml").plain()
    assert isinstance(table, dict)
    if who == "DynamoDB":  # of which the table has the heart
        hearts = [row["says"] for row in table.values() if row["outcome"] == "aws" and row.get("rule") == id]
        assert any(heart in said for heart in hearts), hearts
    else:
        assert any(said in row.get(who, "") for row in rows.values()), said


def test_explain_shows_them(shell: Shell) -> None:
    said = shell.run("explain", "DDB202").out
    assert "What says so later\n  terraform plan: all attributes must be indexed. Unused attributes:" in said
    assert "What says so later" not in shell.run("explain", "DDB401").out
