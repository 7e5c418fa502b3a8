"""The list of actions, patterns over it, and what statements cover."""

from __future__ import annotations

import pytest

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.model.actions import (
    ACTIONS,
    ADMIN_ACTIONS,
    INDEX_ACTIONS,
    ITEM_READ_ACTIONS,
    ITEM_WRITE_ACTIONS,
    STREAM_ACTIONS,
    expand_action,
    expand_parts,
    granted,
    is_known_action,
    names_action,
)
from ddbaudit.model.coverage import allows, scope_of
from ddbaudit.model.iam import Statement

from .builders import Block, Config, Plain, hole, symbol, template, texts, unknown


def test_the_list() -> None:
    assert "dynamodb:Query" in ACTIONS
    assert ACTIONS["dynamodb:Query"].level == "Read"
    assert ACTIONS["dynamodb:Query"].resources == {"table", "index"}
    assert {a.level for a in ACTIONS.values()} == {"Read", "Write", "List", "Tagging", "Permissions management"}
    assert list(ACTIONS) == sorted(ACTIONS)
    assert {
        "dynamodb:Query",
        "dynamodb:Scan",
        "dynamodb:PartiQLSelect",
        "dynamodb:SearchVectors",
        "dynamodb:DescribeContributorInsights",
        "dynamodb:UpdateContributorInsights",
    } == INDEX_ACTIONS
    for group in (ADMIN_ACTIONS, INDEX_ACTIONS, ITEM_READ_ACTIONS, ITEM_WRITE_ACTIONS, STREAM_ACTIONS):
        assert group <= set(ACTIONS)
    assert {"dynamodb:CreateTable", "dynamodb:DeleteBackup", "dynamodb:UpdateContinuousBackups"} <= ADMIN_ACTIONS
    assert {"dynamodb:PutResourcePolicy", "dynamodb:UpdateTimeToLive", "dynamodb:TagResource"} <= ADMIN_ACTIONS
    assert not ADMIN_ACTIONS & (ITEM_READ_ACTIONS | ITEM_WRITE_ACTIONS | STREAM_ACTIONS)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("dynamodb:Query", {"Query"}),
        ("DynamoDB:qUERY", {"Query"}),
        ("dynamodb:PartiQL*", {"PartiQLDelete", "PartiQLInsert", "PartiQLSelect", "PartiQLUpdate"}),
        ("dynamodb:?can", {"Scan"}),
        ("dynamodb:Get?tem", {"GetItem"}),
        ("dynamodb:Nothing", set()),
        ("s3:*", set()),
        ("dynamo*:Query", set()),
        ("", set()),
        ("Query", set()),
    ],
)
def test_expand(pattern: str, expected: set[str]) -> None:
    assert expand_action(pattern) == {f"dynamodb:{name}" for name in expected}


def test_expand_everything() -> None:
    assert expand_action("*") == expand_action("dynamodb:*") == frozenset(ACTIONS)


def test_known_actions() -> None:
    assert is_known_action("dynamodb:getitem")
    assert not is_known_action("dynamodb:GetItems")
    assert is_known_action("s3:Whatever")


def test_expand_parts() -> None:
    query = frozenset({"dynamodb:Query"})
    assert expand_parts(("dynamodb:Query",)) == (query, query)
    certain, possible = expand_parts(("dynamodb:Get", hole()))
    assert certain == frozenset()
    assert possible == expand_action("dynamodb:Get*")
    certain, possible = expand_parts(("dynamodb:*", hole(), "*"))
    assert certain == frozenset()
    assert possible == frozenset(ACTIONS)


def statement(action: Plain, not_action: Plain = None, resource: Plain = None, not_resource: Plain = None) -> Statement:
    return built(action, not_action, resource, not_resource)[1]


def built(
    action: Plain, not_action: Plain = None, resource: Plain = None, not_resource: Plain = None
) -> tuple[Config, Statement]:
    config = Config()
    config.table("t", {"name": "t-dev"})
    args = {"actions": action, "not_actions": not_action, "resources": resource, "not_resources": not_resource}
    block = Block({k: v for k, v in args.items() if v is not None})
    config.add("aws_iam_policy_document", "d", None, {"statement": [block]}, mode="data")
    return config, config.estate().policies[0].statements[0]


def test_granted_actions() -> None:
    found = granted(statement(texts("dynamodb:Get*", template("dynamodb:Put", hole()), "s3:*")))
    assert found.certain.keys() == expand_action("dynamodb:Get*")
    assert found.certain["dynamodb:GetItem"].text == "dynamodb:Get*"
    assert found.possible.keys() == expand_action("dynamodb:Put*")
    assert found.has("dynamodb:GetItem") is Verdict.PASS
    assert found.has("dynamodb:PutItem") is Verdict.UNKNOWN
    assert found.has("dynamodb:Scan") is Verdict.FAIL


def test_granted_unknown() -> None:
    found = granted(statement(unknown()))
    assert found.has("dynamodb:Scan") is Verdict.UNKNOWN


def test_not_action() -> None:
    found = granted(statement(None, texts("dynamodb:Delete*", template("dynamodb:Put", hole()))))
    assert found.has("dynamodb:DeleteItem") is Verdict.FAIL
    assert found.has("dynamodb:PutItem") is Verdict.UNKNOWN
    assert found.has("dynamodb:Query") is Verdict.PASS


def test_scope() -> None:
    arn = symbol("aws_dynamodb_table.t", "arn")
    config, found = built(texts("dynamodb:Query"), resource=texts(arn, "arn:aws:s3:::b"))
    estate = config.estate()
    table = estate.tables[0]
    scope = scope_of(found, estate)
    assert scope.covers_table(table) is Verdict.PASS
    assert scope.covers_all_indexes(table) is Verdict.FAIL
    assert scope.covers_stream(table) is Verdict.FAIL
    assert scope.touches(table) is Verdict.PASS
    assert [a.parts for a in scope.items_covering(lambda t: t.covers_table(table))] == [arn.parts]
    assert scope_of(found, estate) is scope


def test_scope_of_not_resource() -> None:
    config, found = built(texts("dynamodb:Query"), not_resource=texts(symbol("aws_dynamodb_table.t", "arn")))
    estate = config.estate()
    scope = scope_of(found, estate)
    assert scope.negated
    assert scope.covers_table(estate.tables[0]) is Verdict.FAIL
    assert scope.covers_all_indexes(estate.tables[0]) is Verdict.PASS


def test_scope_of_unknown_resources() -> None:
    config, found = built(texts("dynamodb:Query"), resource=unknown())
    estate = config.estate()
    assert scope_of(found, estate).covers_table(estate.tables[0]) is Verdict.UNKNOWN
    config, found = built(texts("dynamodb:Query"))
    assert scope_of(found, config.estate()).covers_table(estate.tables[0]) is Verdict.FAIL


def test_names_action_of_any_service() -> None:
    found = statement(texts("kms:De*", template("s3:", hole())))
    assert names_action(found, "kms:Decrypt") is Verdict.PASS
    assert names_action(found, "kms:Encrypt") is Verdict.FAIL
    assert names_action(found, "s3:GetObject") is Verdict.UNKNOWN
    assert names_action(statement(texts("*")), "KMS:Decrypt") is Verdict.PASS
    but = statement(None, texts("kms:*"))
    assert names_action(but, "kms:Decrypt") is Verdict.FAIL
    assert names_action(but, "dynamodb:Query") is Verdict.PASS


ARN = symbol("aws_dynamodb_table.t", "arn")
INDEXES = template(*(ARN.parts or ()), "/index/*")
QUERY_TABLE = Block({"actions": texts("dynamodb:Query"), "resources": texts(ARN)})
QUERY_INDEXES = Block({"actions": texts("dynamodb:Q*"), "resources": texts(INDEXES)})
CONDITION = {"condition": [Block({"test": "Bool", "variable": "aws:SecureTransport", "values": texts("true")})]}


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ([QUERY_TABLE], Verdict.FAIL),
        ([QUERY_TABLE, QUERY_INDEXES], Verdict.PASS),
        ([QUERY_INDEXES, Block({"effect": "Deny", "actions": texts("*"), "resources": texts("*")})], Verdict.FAIL),
        (
            [QUERY_INDEXES, Block({"effect": "Deny", "actions": texts("*"), "resources": texts("*")}, CONDITION)],
            Verdict.UNKNOWN,
        ),
        ([Block({**QUERY_INDEXES.args, "effect": unknown()})], Verdict.UNKNOWN),
        ([QUERY_TABLE, Block({"actions": texts("dynamodb:Query"), "resources": unknown()})], Verdict.UNKNOWN),
        ([QUERY_TABLE, Block({"actions": unknown(), "resources": texts(ARN)})], Verdict.FAIL),
    ],
)
def test_statements_together(blocks: list[Block], expected: Verdict) -> None:
    config = Config()
    config.table("t", {"name": "t-dev"})
    config.add("aws_iam_policy_document", "d", None, {"statement": blocks}, mode="data")
    estate = config.estate()
    (table,) = estate.tables
    statements = estate.policies[0].statements
    assert allows(statements, estate, "dynamodb:Query", lambda t: t.covers_all_indexes(table)) is expected
