"""IAM501, IAM503 and IAM504 where statements work together: denials, conditions, negated lists, names of actions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import msgspec
import pytest

from ddbaudit.engine.judge import ActiveRule, judge
from ddbaudit.engine.registry import load_rules
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.model.build import build_estate
from ddbaudit.sdk.problem import Problem
from ddbaudit.testing.cases import evaluate_source

REGISTRY = load_rules()
Found: TypeAlias = tuple[Verdict, list[Problem]]
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


def run(id: str, *statements: str, kind: str = "", params: Mapping[str, Any] | None = None) -> Found:
    source = TABLE + 'data "aws_iam_policy_document" "p" {\n' + "".join(statements) + "}\n" + kind
    return run_source(id, source, params)


def run_source(id: str, source: str, params: Mapping[str, Any] | None = None) -> Found:
    rule = REGISTRY.get(id)
    active = ActiveRule(rule, rule.meta.severity, msgspec.convert(dict(params or {}), rule.params))
    judgement = judge(build_estate(evaluate_source({"main.tf": source}, "dev")), [active])
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
    ("data", "expression", "verdict"),
    [
        ('"aws_s3_bucket" "d" {\nbucket = "d"\n}', "data.aws_s3_bucket.d.arn", Verdict.PASS),
        ('"aws_s3_bucket" "d" {\nbucket = "d"\n}', '"${data.aws_s3_bucket.d.arn}/*"', Verdict.PASS),
        ('"aws_s3_bucket" "d" {\nbucket = "d"\n}', "data.aws_s3_bucket.d.id", Verdict.UNKNOWN),
        ('"aws_arn" "d" {\narn = var.arn\n}\nvariable "arn" {}', "data.aws_arn.d.arn", Verdict.UNKNOWN),
    ],
)
def test_the_arn_of_what_a_data_source_reads(data: str, expression: str, verdict: Verdict) -> None:
    found = run("IAM504", statement('"dynamodb:GetItem"', expression), kind=f"data {data}\n")
    assert found[0] is verdict


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


@pytest.mark.parametrize("id", ["IAM501", "IAM503", "IAM504"])
def test_policies_that_cannot_be_seen(id: str) -> None:
    variable = 'variable "policy" {}\nresource "aws_iam_policy" "p" {\npolicy = var.policy\n}\n'
    written = 'resource "aws_iam_policy" "p" {\npolicy = "{"\n}\n'
    for source, reason in ((variable, 'variable "policy" has no value'), (written, "the text is not JSON")):
        verdict, (problem,) = run_source(id, TABLE + source)
        assert verdict is Verdict.UNKNOWN
        assert reason in problem.message


def test_without_indexes_nothing_is_missing() -> None:
    source = 'variable "policy" {}\nresource "aws_iam_policy" "p" {\npolicy = var.policy\n}\n'
    assert run_source("IAM501", source)[0] is Verdict.PASS


def test_an_effect_that_is_not_known() -> None:
    effect = statement(QUERY, ARN).replace('"Allow"', "var.effect")
    for id, expected in (("IAM501", Verdict.UNKNOWN), ("IAM504", Verdict.PASS)):
        assert run(id, effect, kind='variable "effect" {}\n')[0] is expected


@pytest.mark.parametrize(
    ("region", "arn", "verdict"),
    [
        ('"eu-west-1"', "eu-west-1:111122223333:table/x", Verdict.PASS),
        ('"eu-west-1"', "us-east-1:111122223333:table/x", Verdict.FAIL),
        ('"eu-west-1"', "*:111122223333:table/x", Verdict.PASS),
        ('"us-east-1"', "eu-west-1:111122223333:table/x", Verdict.FAIL),
        ("var.region", "us-east-1:111122223333:table/x", Verdict.UNKNOWN),
    ],
)
def test_regions(region: str, arn: str, verdict: Verdict) -> None:
    provider = f'variable "region" {{}}\nprovider "aws" {{\nregion = {region}\n}}\n'
    found = run("IAM504", statement('"dynamodb:GetItem"', f'"arn:aws:dynamodb:{arn}"'), kind=provider)
    assert found[0] is verdict


def test_the_region_of_a_replica_is_an_own_one() -> None:
    provider = 'provider "aws" {\nregion = "eu-west-1"\n}\n'
    replica = 'replica {\nregion_name = "us-east-1"\n}\n'
    source = TABLE.replace("  attribute {", f"  {replica}  attribute {{", 1) + provider
    policy = statement('"dynamodb:GetItem"', '"arn:aws:dynamodb:us-east-1:111122223333:table/orders"')
    policy = 'data "aws_iam_policy_document" "p" {\n' + policy + "}\n"
    assert run_source("IAM504", source + policy)[0] is Verdict.PASS


def test_accounts() -> None:
    policy = statement('"dynamodb:GetItem"', '"arn:aws:dynamodb:eu-west-1:111122223333:table/x"')
    assert run("IAM504", policy, params={"accounts": ["111122223333"]})[0] is Verdict.PASS
    assert run("IAM504", policy, params={"accounts": ["444455556666"]})[0] is Verdict.FAIL


def test_resources_that_are_negated() -> None:
    assert run("IAM504", 'statement {\nactions = ["dynamodb:GetItem"]\nnot_resources = ["*"]\n}\n')[0] is Verdict.PASS
    policy = f'statement {{\nactions = ["dynamodb:GetItem"]\nnot_resources = [{ARN}]\n}}\n'
    assert run("IAM504", policy)[0] is Verdict.FAIL


def test_who_may_query_an_index_need_not_scan_it() -> None:
    """An index that the policy names for queries is known to its author: what else is not granted there is meant so."""
    query, scan = statement('"dynamodb:Query"', ALL), statement('"dynamodb:Query", "dynamodb:Scan"', ARN)
    assert run("IAM501", scan, query)[0] is Verdict.PASS
    assert run("IAM501", scan)[0] is Verdict.FAIL
    assert run("IAM501", scan, statement('"dynamodb:Scan"', ALL))[0] is Verdict.FAIL
