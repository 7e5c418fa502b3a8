"""IAM501, IAM503 and IAM504 where statements work together: denials, conditions, negated lists, names of actions."""

from __future__ import annotations

import pytest

from ddbaudit.engine.judge import ActiveRule, judge
from ddbaudit.engine.registry import load_rules
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.model.build import build_estate
from ddbaudit.sdk.problem import Problem
from ddbaudit.testing.cases import evaluate_source

REGISTRY = load_rules()
TABLE = """
resource "aws_dynamodb_table" "orders" {
  name         = "orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  global_secondary_index {
    name            = "clientId-index"
    hash_key        = "id"
    projection_type = "ALL"
  }

  global_secondary_index {
    name            = "contractorId-index"
    hash_key        = "id"
    projection_type = "ALL"
  }
}
"""
ARN = "aws_dynamodb_table.orders.arn"
ALL = '"${aws_dynamodb_table.orders.arn}/index/*"'
TLS = 'condition {\ntest = "Bool"\nvariable = "aws:SecureTransport"\nvalues = ["true"]\n}'
NO_TLS = TLS.replace('"true"', '"false"')


def statement(actions: str, resources: str, more: str = "", effect: str = "Allow") -> str:
    return f'statement {{\neffect = "{effect}"\nactions = [{actions}]\nresources = [{resources}]\n{more}\n}}\n'


def run(id: str, *statements: str, kind: str = "") -> tuple[Verdict, list[Problem]]:
    source = TABLE + 'data "aws_iam_policy_document" "p" {\n' + "".join(statements) + "}\n" + kind
    rule = REGISTRY.get(id)
    judgement = judge(
        build_estate(evaluate_source({"main.tf": source}, "dev")), [ActiveRule(rule, rule.meta.severity, rule.params())]
    )
    assert not judgement.crashes
    (entry,) = judgement.ledger
    return entry.verdict, [finding.problem for finding in judgement.findings]


QUERY = '"dynamodb:Query"'


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([statement(QUERY, ARN)], Verdict.FAIL),
        ([statement(QUERY, f"{ARN}, {ALL}")], Verdict.PASS),
        ([statement(QUERY, ALL)], Verdict.PASS),
        ([statement('"dynamodb:*"', '"*"')], Verdict.PASS),
        ([statement('"*"', ARN)], Verdict.FAIL),
        ([statement('"dynamodb:query"', ARN)], Verdict.FAIL),
        # the second index is not covered
        ([statement(QUERY, f'{ARN}, "${{{ARN}}}/index/clientId-index"')], Verdict.FAIL),
        ([statement(QUERY, f'{ARN}, "${{{ARN}}}/index/c*"')], Verdict.PASS),
        # denials: for good, for the indexes on purpose, and for requests without TLS only
        ([statement(QUERY, ARN), statement(QUERY, ARN, effect="Deny")], Verdict.PASS),
        ([statement(QUERY, ARN), statement(QUERY, ALL, effect="Deny")], Verdict.PASS),
        ([statement(QUERY, ARN), statement('"*"', '"*"', NO_TLS, "Deny")], Verdict.FAIL),
        ([statement(QUERY, f"{ARN}, {ALL}"), statement('"*"', '"*"', NO_TLS, "Deny")], Verdict.PASS),
        # conditions
        ([statement(QUERY, ARN, TLS)], Verdict.UNKNOWN),
        ([statement(QUERY, f"{ARN}, {ALL}", TLS)], Verdict.PASS),
        ([statement(QUERY, ARN, TLS), statement(QUERY, ALL, TLS)], Verdict.PASS),
        ([statement(QUERY, ARN), statement(QUERY, ALL, TLS)], Verdict.UNKNOWN),
        ([statement(QUERY, ARN, TLS), statement(QUERY, ALL)], Verdict.PASS),
        # everything but
        (['statement {\nnot_actions = ["dynamodb:Query"]\nresources = [' + ARN + "]\n}\n"], Verdict.FAIL),
        (['statement {\nnot_actions = ["dynamodb:*"]\nresources = [' + ARN + "]\n}\n"], Verdict.PASS),
        ([f"statement {{\nactions = [{QUERY}]\nnot_resources = [{ALL}]\n}}\n"], Verdict.FAIL),
        ([f'statement {{\nactions = [{QUERY}]\nnot_resources = ["arn:aws:s3:::b"]\n}}\n'], Verdict.PASS),
    ],
)
def test_index_arns(statements: list[str], verdict: Verdict) -> None:
    assert run("IAM501", *statements)[0] is verdict


def test_what_index_arn_missing_says() -> None:
    _, (problem,) = run("IAM501", statement('"dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"', ARN))
    assert problem.message == (
        'policy data.aws_iam_policy_document.p grants dynamodb:Query and dynamodb:Scan on table "orders", '
        'but not on its indexes "clientId-index" and "contractorId-index"'
    )
    assert problem.primary.text == f"[{ARN}]"
    assert problem.help == f"add {ALL} to the resources"
    assert [related.span.begin.line for related in problem.related] == [12, 18]
    assert all(related.span.text == "global_secondary_index" for related in problem.related)


def test_the_same_table_named_by_name() -> None:
    """The ARN is put together of the name of the table."""
    written = '"arn:aws:dynamodb:eu-west-1:111122223333:table/${aws_dynamodb_table.orders.name}"'
    verdict, (problem,) = run("IAM501", statement(QUERY, written))
    assert verdict is Verdict.FAIL
    assert problem.help == f"add {ALL} to the resources"


def test_trust_and_key_policies_are_not_judged() -> None:
    trust = """
resource "aws_kms_key" "k" {
  policy = data.aws_iam_policy_document.p.json
}
"""
    for id in ("IAM501", "IAM503", "IAM504"):
        assert run(id, statement('"*"', '"*"'), kind=trust)[0] is Verdict.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([statement('"dynamodb:*"', ARN)], Verdict.FAIL),
        ([statement('"*"', ARN)], Verdict.FAIL),
        ([statement('"dynamodb:Update*"', ARN)], Verdict.FAIL),
        ([statement('"dynamodb:*"', ARN, TLS)], Verdict.FAIL),
        ([statement('"dynamodb:Des*", "dynamodb:Get*"', ARN)], Verdict.PASS),
        ([statement('"dynamodb:DeleteTable"', ARN)], Verdict.PASS),
        ([statement('"*"', '"arn:aws:s3:::bucket/*"')], Verdict.PASS),
        ([statement('"s3:*"', '"*"')], Verdict.PASS),
        ([statement('"dynamodb:*"', ARN, effect="Deny")], Verdict.PASS),
    ],
)
def test_action_wildcards(statements: list[str], verdict: Verdict) -> None:
    assert run("IAM503", *statements)[0] is verdict


@pytest.mark.parametrize(
    ("resources", "verdict"),
    [
        (ARN, Verdict.PASS),
        (ALL, Verdict.PASS),
        ('"*"', Verdict.FAIL),
        ('"arn:aws:dynamodb:*:*:table/*"', Verdict.FAIL),
        ('"arn:aws:dynamodb:*:*:*"', Verdict.FAIL),
        ('"arn:aws:dynamodb:*"', Verdict.FAIL),
        ('"arn:aws:*:*:*:*"', Verdict.FAIL),
        ('"arn:aws:dynamodb:eu-west-1:111122223333:table/*/index/*"', Verdict.FAIL),
        ('"arn:aws:dynamodb:eu-west-1:111122223333:table/orders*"', Verdict.PASS),
        ('"arn:aws:dynamodb:eu-west-1:111122223333:table/*-dev"', Verdict.PASS),
        ('"arn:aws:s3:::*"', Verdict.PASS),
        ('"arn:aws:dynamodb:eu-west-1:111122223333:table/${aws_dynamodb_table.orders.name}"', Verdict.PASS),
    ],
)
def test_resource_wildcards(resources: str, verdict: Verdict) -> None:
    assert run("IAM504", statement('"dynamodb:GetItem"', resources))[0] is verdict


def test_a_condition_on_the_resource_may_narrow_a_wildcard() -> None:
    narrow = TLS.replace("aws:SecureTransport", "aws:ResourceTag/Project")
    assert run("IAM504", statement('"dynamodb:GetItem"', '"*"', narrow))[0] is Verdict.UNKNOWN
    assert run("IAM504", statement('"dynamodb:GetItem"', '"*"', TLS))[0] is Verdict.FAIL
