"""The machinery that runs examples: it must see when one is wrong."""

from __future__ import annotations

import pytest

from ddbaudit.engine.registry import load_rules
from ddbaudit.sdk.rule import Example
from ddbaudit.testing.cases import Case, Kind, run_case

RULE = load_rules().get("DDB101")
NAMING = load_rules().get("DDB401")
TABLE = 'resource "aws_dynamodb_table" "t" {{ {comment}\n  name = "orders"\n{body}}}\n'


def differences(kind: Kind, hcl: str) -> tuple[str, ...]:
    return run_case(Case(RULE, kind, 1, Example("An example.", hcl))).differences


@pytest.mark.parametrize(
    ("kind", "hcl", "message"),
    [
        ("bad", TABLE.format(comment="", body=""), "a bad example expects a FAIL"),
        ("bad", TABLE.format(comment="", body=""), "line 1: DDB101 fail is reported and not expected"),
        ("good", TABLE.format(comment="# expect: DDB101", body=""), "a good example expects nothing"),
        ("unknown", TABLE.format(comment="# expect: DDB101", body=""), "an unknown example expects an UNKNOWN"),
        ("bad", TABLE.format(comment="# expect: DDB102", body=""), "it expects DDB102, which is another rule"),
        ("bad", TABLE.format(comment="# expect: ddb101", body=""), 'line 1: "# expect: ddb101" is not of the form'),
        ("bad", TABLE.format(comment="# expect: DDB101", body="= 1\n"), "Invalid"),
        ("bad", 'variable "x" {} # expect: DDB101\n', "the rule judges nothing in this example"),
    ],
)
def test_an_example_that_is_wrong(kind: Kind, hcl: str, message: str) -> None:
    assert any(message in difference for difference in differences(kind, hcl)), differences(kind, hcl)


def test_an_example_that_is_right() -> None:
    assert differences("bad", TABLE.format(comment="# expect: DDB101", body="")) == ()


def test_a_rule_that_is_not_applicable_judges_nothing() -> None:
    case = Case(NAMING, "bad", 1, Example("An example.", TABLE.format(comment="# expect: DDB401", body="")))
    assert "the rule judges nothing in this example" in run_case(case).differences
