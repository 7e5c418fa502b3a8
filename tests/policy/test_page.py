"""docs/writing-rules.md: what stands there works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ddbaudit.engine.packs import load_pack
from ddbaudit.engine.registry import Registry, RulePackage, load_rules
from ddbaudit.policy.load import load_rule_files
from ddbaudit.policy.reader import NEEDED, RULE_FIELDS, read_rules
from ddbaudit.testing.cases import Case, cases, run_case
from tests.policy.asking import rule_text

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "writing-rules.md").read_text("utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
WHOLE = [block for block in BLOCKS if block.startswith("rules:")]
PACKS = [block for block in BLOCKS if block.startswith("name:")]
PARTS = [block for block in BLOCKS if block not in WHOLE and block not in PACKS]
FIXTURES = [r for file in load_rule_files([str(ROOT / "fixtures" / "policies")], lambda key: None) for r in file.rules]


def test_there_are_examples_of_everything() -> None:
    assert len(WHOLE) == 1
    assert len(PACKS) == 1
    assert len(PARTS) >= 5


@pytest.mark.parametrize(
    "case", list(cases(w.rule for b in WHOLE for w in read_rules(b, "page.yaml"))), ids=lambda c: c.id
)
def test_the_tutorial(case: Case) -> None:
    assert run_case(case).differences == ()


@pytest.mark.parametrize("part", PARTS)
def test_the_conditions_are_in_order(part: str) -> None:
    read_rules(rule_text(part), "page.yaml")


@pytest.mark.parametrize("text", PACKS)
def test_the_pack_is_in_order(text: str) -> None:
    given = [written.rule for block in WHOLE for written in read_rules(block, "page.yaml")]
    names = [rule for rule in FIXTURES if rule.meta.name == "recovery-period-short"]
    registry = Registry((*load_rules().packages, RulePackage("page.yaml", (*given, *names), None, given=True)))
    assert load_pack(text, "page.yaml", registry).environments == ("dev", "prod")


def test_every_field_is_described() -> None:
    table = PAGE[PAGE.index("| field |") : PAGE.index("A file holds a list")]
    described = re.findall(r"`([a-z]+)`", " ".join(line.split("|")[1] for line in table.splitlines() if "|" in line))
    assert set(described) == set(RULE_FIELDS)
    for line in table.splitlines():
        if "| needed |" in line:
            assert set(re.findall(r"`([a-z]+)`", line.split("|")[1])) <= set(NEEDED)


@pytest.mark.parametrize("case", list(cases(FIXTURES)), ids=lambda case: case.id)
def test_the_fixtures(case: Case) -> None:
    assert run_case(case).differences == ()


def test_the_fixtures_are_as_many_as_the_page_says() -> None:
    assert len(FIXTURES) == 15
    assert "Fifteen more" in PAGE
