"""What is rare: statements without resources, arguments that nothing decides, parameters that contradict themselves."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from ddbaudit.app.audit import Settings, audit
from ddbaudit.engine.registry import load_rules
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.sdk.rule import Example
from ddbaudit.testing.cases import Case, run_case
from ddbaudit_rules._support.environment_examples import function
from ddbaudit_rules._support.examples import allow, gsi, lsi, policy, table, variable
from ddbaudit_rules._support.regex import parse_regex
from ddbaudit_rules.tag_value_wrong import TagValue
from tests.rules.test_edges import verdicts

PASS, FAIL, UNKNOWN, NOTHING = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE
PLANS = Path(__file__).parents[2] / "fixtures" / "plans"

INDEXED = table(gsi('"email-index"', '"email"'), attributes="id email") + "\n"
ARN = "aws_dynamodb_table.orders.arn"
_MAYBE = (
    'dynamic "condition" {\n  for_each = var.conditions\n  content {\n    test     = "Bool"\n    variable = "k"\n    \
values   = ["true"]\n  }\n}'
)


def _json_policy(statement: str) -> str:
    return (
        f'resource "aws_iam_policy" "p" {{\n  name = "p"\n  policy = jsonencode({{ Statement = [{statement}] }})\n}}\n'
    )


@pytest.mark.parametrize(
    ("id", "source", "verdict"),
    [
        # without Resource nothing is granted, whatever the action is
        ("IAM503", _json_policy('{ Effect = "Allow", Action = "dynamodb:*" }'), PASS),
        # everything but DynamoDB
        ("IAM503", _json_policy('{ Effect = "Allow", NotAction = "dynamodb:*", Resource = "*" }'), PASS),
        ("IAM504", _json_policy('{ Effect = "Allow", Action = "dynamodb:Query", NotResource = "*" }'), PASS),
        ("IAM504", variable("arns", "list(string)") + policy(allow("Query", "var.arns")), UNKNOWN),
        # two statements under conditions that are not known may let in different people
        (
            "IAM501",
            variable("conditions", "set(string)")
            + INDEXED
            + policy(allow("Query", f"[{ARN}]", _MAYBE), allow("Query", f'["${{{ARN}}}/index/*"]', _MAYBE)),
            UNKNOWN,
        ),
        # a number of tables that has a name is no switch
        ("DDB217", variable("number", "number") + table(count="var.number"), UNKNOWN),
        # local indexes have no capacity of their own
        (
            "TF604",
            table(
                lsi('"total-index"', '"total"'),
                attributes="id total:N createdAt",
                range_key='"createdAt"',
                billing_mode='"PROVISIONED"',
                read_capacity="1",
                write_capacity="1",
            ),
            PASS,
        ),
        ("TF611", 'resource "random_pet" "p" {\n  size = 3\n}\n', NOTHING),
    ],
)
def test_verdicts(id: str, source: str, verdict: Verdict) -> None:
    assert verdict in verdicts(id, source)
    assert verdicts(id, source) <= {verdict, PASS}


def _said(id: str, files: dict[str, str], base: Path, *arguments: tuple[str, str]) -> list[tuple[str, str]]:
    for name, text in files.items():
        (base / name).parent.mkdir(parents=True, exist_ok=True)
        (base / name).write_text(text)
    report = audit(Settings(paths=(str(base),), select=(id,), environment="dev", arguments=arguments))
    return [(f.verdict.value, f.message) for f in report.findings]


def test_a_secret_from_the_command_line_is_one_and_is_not_said(tmp_path: Path) -> None:
    source = variable("password") + function("DB_PASSWORD = var.password")
    ((verdict, message),) = _said("EST709", {"main.tf": source}, tmp_path, ("var", "password=hunter2-hunter2"))
    assert verdict == "fail"
    assert "hunter2" not in message


def test_a_module_that_is_called_twice_is_told_once(tmp_path: Path) -> None:
    call = 'module "orders" {\n  source   = "./orders"\n  for_each = toset(["a", "b"])\n  name     = each.key\n}\n'
    inner = variable("name") + table(name="var.name")
    found = _said("TF608", {"main.tf": call + table(), "orders/main.tf": inner}, tmp_path)
    assert len([message for _, message in found if "orders has no output" in message]) == 1


def test_deprecation_is_a_matter_of_the_source() -> None:
    report = audit(Settings(paths=(str(PLANS / "count" / "plan.json"),), select=("TF611",), environment="dev"))
    assert {entry.verdict for entry in report.ledger} == {NOTHING}


def test_a_table_that_a_plan_creates_loses_nothing() -> None:
    report = audit(Settings(paths=(str(PLANS / "create" / "plan.json"),), select=("DDB216",), environment="dev"))
    assert {entry.verdict for entry in report.ledger} == {NOTHING}


def test_blocks_that_force_a_replacement_are_named_without_values() -> None:
    index = lsi('"total-index"', '"total"')
    keys = {"attributes": "id createdAt total:N", "range_key": '"createdAt"'}
    example = Example(
        "A local index more.", table(index, **keys), before=table(**{**keys, "attributes": "id createdAt"})
    )
    (problem,) = run_case(Case(load_rules().get("DDB216"), "bad", 1, example)).problems
    assert problem.message.endswith(": local_secondary_index changes")


def test_a_value_is_asked_for_in_one_way() -> None:
    with pytest.raises(msgspec.ValidationError, match="exactly one of"):
        msgspec.convert({"equals": "x", "environment": True}, TagValue)


def test_escapes_of_patterns() -> None:
    with pytest.raises(ValueError, match=r"escape \\z is not supported"):
        parse_regex(r"orders\z")
    assert parse_regex(r"orders\.") == parse_regex("orders[.]")
