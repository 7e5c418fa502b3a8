"""Rules over the graph of IAM: who has which policy, what runs as a role, and what that allows on tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from ddbaudit.engine.judge import ActiveRule, judge
from ddbaudit.engine.registry import load_rules
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.frontends.plan.evaluation import evaluate_plan
from ddbaudit.ir.plan import Change
from ddbaudit.ir.value import Absent, object_value, string
from ddbaudit.model.build import build_estate
from ddbaudit.model.estate import Estate
from ddbaudit.sdk.problem import Problem
from ddbaudit.testing.cases import evaluate_source
from ddbaudit.testing.changes import plan_between
from ddbaudit_rules._support.examples import allow, gsi, policy, separate_index, table, variable
from ddbaudit_rules._support.iam_examples import attached, function, managed, mapping, role, role_policy, trust
from tests.plan.parity import plan_of

REGISTRY = load_rules()
PASS, FAIL, UNKNOWN, NONE = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE
ARN = "aws_dynamodb_table.orders.arn"


class Judged(NamedTuple):
    """The verdicts by address, and the problems in order."""

    verdicts: dict[str, Verdict]
    problems: list[Problem]

    @property
    def messages(self) -> list[str]:
        return [problem.message for problem in self.problems]

    def of(self, type_: str) -> Verdict:
        """The verdict on the only subject whose address begins so."""
        (found,) = [verdict for address, verdict in self.verdicts.items() if address.startswith(type_)]
        return found


def estate_of(source: str, environment: str = "dev") -> Estate:
    return build_estate(evaluate_source({"main.tf": source}, environment))


def run(
    id: str, source: str | Estate, params: Mapping[str, Any] | None = None, others: tuple[Estate, ...] = ()
) -> Judged:
    rule = REGISTRY.get(id)
    active = ActiveRule(rule, rule.meta.severity, msgspec.convert(dict(params or {}), rule.params))
    estate = source if isinstance(source, Estate) else estate_of(source)
    judgement = judge(estate, [active], (estate, *others))
    assert not judgement.crashes
    verdicts = {entry.address: entry.verdict for entry in judgement.ledger}
    return Judged(verdicts, [finding.problem for finding in judgement.findings])


# -- IAM508 --------------------------------------------------------------------------------------------------------

STREAMED = table('stream_enabled   = true\nstream_view_type = "NEW_IMAGE"') + "\n"
READ = "DescribeStream GetRecords GetShardIterator"
SOURCE = "aws_dynamodb_table.orders.stream_arn"
MAPPING = "aws_lambda_event_source_mapping.orders"
MAY_READ = attached('"arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole"')


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([allow(READ, f"[{ARN}]")], FAIL),
        ([allow(READ, f"[{SOURCE}]")], PASS),
        ([allow(READ, f"[{ARN}]"), allow("GetRecords GetShardIterator DescribeStream", f"[{SOURCE}]")], PASS),
        ([allow(READ, f"[{ARN}]"), allow("GetRecords", f"[{SOURCE}]")], FAIL),
        ([allow(READ, f'["${{{ARN}}}/*"]')], PASS),
        ([allow(READ, '["*"]')], PASS),
        ([allow("GetItem", f"[{ARN}]")], PASS),
        (['actions = ["dynamodb:*"]\nresources = [' + ARN + "]"], PASS),
        (['actions = ["dynamodb:getrecords"]\nresources = [' + ARN + "]"], FAIL),
        (['effect = "Deny"\n' + allow(READ, f"[{ARN}]")], PASS),
        ([allow(READ, '["arn:aws:dynamodb:eu-west-1:111122223333:table/other"]')], PASS),
        ([allow(READ, '["arn:aws:dynamodb:eu-west-1:111122223333:table/orders"]')], FAIL),
        ([allow(READ, "[var.arn]")], UNKNOWN),
    ],
)
def test_stream_actions(statements: list[str], verdict: Verdict) -> None:
    source = variable("arn") + STREAMED + policy(*statements)
    assert run("IAM508", source).of("data.") is verdict


def test_stream_actions_of_a_policy_that_cannot_be_seen() -> None:
    unset = variable("p") + 'resource "aws_iam_policy" "p" {\n  name   = "p"\n  policy = var.p\n}\n'
    assert run("IAM508", STREAMED + unset).of("aws_iam_policy") is UNKNOWN
    assert run("IAM508", table() + unset).of("aws_iam_policy") is PASS


def test_stream_actions_on_a_table_in_a_module_have_a_remedy_without_its_address() -> None:
    module = f"""
    module "m" {{
      source = "./m"
    }}
    {policy(allow(READ, "[module.m.arn]"))}
    """
    inner = STREAMED + f'output "arn" {{\n  value = {ARN}\n}}\n'
    estate = build_estate(evaluate_source({"main.tf": module, "m/main.tf": inner}, "dev"))
    (problem,) = run("IAM508", estate).problems
    assert problem.help == 'add "<table ARN>/stream/*" to the resources'


FUNCTION = role() + function()


@pytest.mark.parametrize(
    ("rest", "verdict"),
    [
        (FUNCTION + MAY_READ + mapping(SOURCE), PASS),
        (FUNCTION + MAY_READ + mapping(SOURCE, "aws_lambda_function.orders.function_name"), PASS),
        (FUNCTION + MAY_READ + mapping(SOURCE, '"orders"'), PASS),
        (FUNCTION + MAY_READ + mapping(SOURCE, '"arn:aws:lambda:eu-west-1:111122223333:function:orders:live"'), PASS),
        (FUNCTION + MAY_READ + mapping(SOURCE, '"${aws_lambda_function.orders.arn}:live"'), PASS),
        (FUNCTION + mapping(SOURCE, '"${aws_lambda_function.orders.arn}:live"'), FAIL),
        (FUNCTION + mapping(SOURCE), FAIL),
        (FUNCTION + MAY_READ + mapping(f"{ARN}"), FAIL),
        (FUNCTION + MAY_READ + mapping("var.unset"), UNKNOWN),
        (FUNCTION + mapping('"arn:aws:sqs:eu-west-1:111122223333:queue"'), NONE),
        (FUNCTION + mapping('"arn:aws:dynamodb:eu-west-1:111122223333:table/x/stream/y"'), NONE),
        (FUNCTION + mapping("aws_sqs_queue.q.arn") + 'resource "aws_sqs_queue" "q" {\n  name = "q"\n}\n', NONE),
        (FUNCTION + mapping(SOURCE, '"another"'), NONE),
        (FUNCTION + mapping(SOURCE, "var.unset"), UNKNOWN),
        (function("var.unset") + role() + mapping(SOURCE), UNKNOWN),
        (function('"arn:aws:iam::111122223333:role/another"') + role() + mapping(SOURCE), NONE),
        (FUNCTION + attached("var.unset") + mapping(SOURCE), UNKNOWN),
        (FUNCTION + policy(allow(READ, f"[{SOURCE}]")) + role_policy() + mapping(SOURCE), PASS),
        (FUNCTION + policy(allow("GetRecords", f"[{SOURCE}]")) + role_policy() + mapping(SOURCE), FAIL),
    ],
)
def test_event_source_mappings(rest: str, verdict: Verdict) -> None:
    assert run("IAM508", variable("unset") + STREAMED + rest).of(MAPPING) is verdict


def test_a_mapping_that_is_of_no_stream() -> None:
    """A stream is read from some position on, a queue is not; without tables there is no stream to be read."""
    source = variable("unset") + FUNCTION + mapping("var.unset")
    assert run("IAM508", STREAMED + re.sub(r"starting_position.*", "", source)).of(MAPPING) is NONE
    assert run("IAM508", source).of(MAPPING) is NONE


def test_a_function_behind_an_alias() -> None:
    alias = """
    resource "aws_lambda_alias" "live" {
      name             = "live"
      function_name    = aws_lambda_function.orders.function_name
      function_version = "1"
    }
    """
    assert run("IAM508", STREAMED + FUNCTION + alias + mapping(SOURCE, "aws_lambda_alias.live.arn")).of(MAPPING) is FAIL


def test_what_is_said_of_a_function_that_may_not_read() -> None:
    found = policy(allow("DescribeStream GetRecords", f"[{SOURCE}]")) + role_policy()
    (problem,) = run("IAM508", STREAMED + FUNCTION + found + mapping(SOURCE)).problems
    assert problem.message == (
        f'role "orders", as which {MAPPING} reads the stream of table "orders", '
        "is not allowed dynamodb:GetShardIterator on it"
    )
    assert problem.primary.text == SOURCE


# -- IAM502 --------------------------------------------------------------------------------------------------------

INDEXED = table(gsi('"email-index"', '"email"'), attributes="id email") + "\n"
ALL = f'"${{{ARN}}}/index/*"'
ONE = f'"${{{ARN}}}/index/email-index"'
WRITTEN = '"arn:aws:dynamodb:eu-west-1:111122223333:table/{}"'


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([allow("GetItem Query", f"[{ARN}, {ALL}]")], PASS),
        ([allow("Query", f"[{ALL}]")], PASS),
        ([allow("GetItem", f"[{ARN}, {ONE}]")], FAIL),
        ([allow("GetItem", f"[{WRITTEN.format('orders')}, {WRITTEN.format('orders/index/email-index')}]")], FAIL),
        ([allow("GetItem Query", f"[{ONE}]")], FAIL),
        ([allow("GetItem Query", f"[{ONE}]"), allow("GetItem", f"[{ARN}]")], PASS),
        ([allow("GetItem Query", f"[{ONE}]"), allow("GetItem", "[var.unset]")], UNKNOWN),
        ([allow("Query", f"[{WRITTEN.format('orders/index/mail-index')}]")], FAIL),
        ([allow("Query", f"[{WRITTEN.format('orders/index/mail*')}]")], FAIL),
        ([allow("Query", f"[{WRITTEN.format('orders/index/email*')}]")], PASS),
        ([allow("Query", f"[{WRITTEN.format('*/index/mail-index')}]")], PASS),
        ([allow("Query", f"[{WRITTEN.format('other/index/mail-index')}]")], PASS),
        (['actions = ["dynamodb:Get*"]\nresources = [' + ARN + ", " + ALL + "]"], PASS),
        (['actions = ["s3:GetObject"]\nresources = [' + ALL + "]"], PASS),
        (['actions = ["dynamodb:GetItem"]\nnot_resources = [' + ALL + "]"], PASS),
        (['not_actions = ["dynamodb:Query"]\nresources = [' + ARN + ", " + ALL + "]"], PASS),
        (['effect = "Deny"\n' + allow("GetItem", f"[{ALL}]")], PASS),
        (["effect = var.unset\n" + allow("GetItem", f"[{ALL}]")], UNKNOWN),
        (['actions = ["dynamodb:${var.unset}"]\nresources = [' + ALL + "]"], UNKNOWN),
    ],
)
def test_arns_of_indexes(statements: list[str], verdict: Verdict) -> None:
    assert run("IAM502", variable("unset") + INDEXED + policy(*statements)).of("data.") is verdict


def test_indexes_that_may_exist() -> None:
    unset = variable("unset", "any") + table(
        'dynamic "global_secondary_index" {\n  for_each = var.unset\n  content {\n'
        '    name            = global_secondary_index.value\n    hash_key        = "id"\n'
        '    projection_type = "ALL"\n  }\n}\n'
    )
    assert run("IAM502", unset + policy(allow("Query", f"[{ONE}]"))).of("data.") is UNKNOWN
    none = run("IAM502", table() + policy(allow("Query", f"[{ONE}]")))
    assert none.of("data.") is FAIL
    assert none.problems[0].help == "it has no indexes"


def test_an_index_that_is_a_resource() -> None:
    index = separate_index('attribute_name = "id"\nattribute_type = "S"')
    arn = "aws_dynamodb_global_secondary_index.by_key.arn"
    assert run("IAM502", table() + index + policy(allow("Query", f"[{arn}]"))).of("data.") is PASS
    assert run("IAM502", table() + index + policy(allow("GetItem", f"[{arn}]"))).of("data.") is FAIL


def test_arns_of_indexes_in_a_policy_that_cannot_be_seen() -> None:
    unset = variable("p") + 'resource "aws_iam_policy" "p" {\n  name   = "p"\n  policy = var.p\n}\n'
    assert run("IAM502", INDEXED + unset).of("aws_iam_policy") is UNKNOWN
    assert run("IAM502", unset).of("aws_iam_policy") is PASS


def test_what_is_said_of_an_index_that_does_not_exist() -> None:
    (problem,) = run("IAM502", INDEXED + policy(allow("Query", f'["${{{ARN}}}/index/mail-index"]'))).problems
    assert problem.message == (
        'policy data.aws_iam_policy_document.orders names index "mail-index", which table "orders" does not have'
    )
    assert problem.help == 'it has "email-index"'


# -- IAM514 --------------------------------------------------------------------------------------------------------

DOCUMENT = table() + "\n" + policy(allow("GetItem", f"[{ARN}]")) + "\n"
POLICY = DOCUMENT + managed() + "\n"
P = "aws_iam_policy.orders"


@pytest.mark.parametrize(
    ("rest", "verdict"),
    [
        ("", FAIL),
        (role() + attached(f"{P}.arn"), PASS),
        (role(more=f"permissions_boundary = {P}.arn"), PASS),
        (role(more=f"managed_policy_arns = [{P}.arn]"), PASS),
        (role(more=f"managed_policy_arns = [for p in [{P}] : p.arn]"), PASS),
        (f'resource "aws_iam_user" "u" {{\n  name                 = "u"\n  permissions_boundary = {P}.arn\n}}\n', PASS),
        (role() + attached('"arn:aws:iam::111122223333:policy/orders"'), PASS),
        (role() + attached('"arn:aws:iam::111122223333:policy/other"'), FAIL),
        (role() + attached('"arn:aws:iam::aws:policy/AdministratorAccess"'), FAIL),
        (role() + attached("var.unset"), UNKNOWN),
        (role() + attached("var.unset") + attached(f"{P}.arn", name="too"), PASS),
        (role() + attached(f"{P}.arn", name="too") + attached("var.unset"), PASS),
        (f"locals {{\n  arn = {P}.arn\n}}\n", PASS),
        (f"# {P}.arn\n// {P}.arn\n/* {P}.arn */\n", FAIL),
        (f'locals {{\n  url = "https://x/${{{P}.arn}}" # or so\n}}\n', PASS),
        (f"moved {{\n  from = aws_iam_policy.old\n  to   = {P}\n}}\n", FAIL),
        (
            "locals {\n  a = data.aws_iam_policy.orders.arn\n}\n"
            + 'data "aws_iam_policy" "orders" {\n  name = "x"\n}\n',
            FAIL,
        ),
        (
            "locals {\n  a = aws_iam_policy.orders-2.arn\n}\n" + managed("orders-2").replace('"orders-2"\n', '"x"\n'),
            FAIL,
        ),
    ],
)
def test_managed_policies_that_something_uses(rest: str, verdict: Verdict) -> None:
    assert run("IAM514", variable("unset") + POLICY + rest).verdicts[P] is verdict


def test_an_instance_of_a_policy_that_is_not_attached() -> None:
    each = POLICY.replace(
        '_policy" "orders" {\n  name   = "orders"',
        '_policy" "orders" {\n  for_each = toset(["a", "b"])\n  name = each.key',
    )
    attachment = attached(f'{P}["a"].arn')
    found = run("IAM514", each + role() + attachment).verdicts
    assert (found[f'{P}["a"]'], found[f'{P}["b"]']) == (PASS, FAIL)


def test_documents_that_something_uses() -> None:
    address = "data.aws_iam_policy_document.orders"
    assert run("IAM514", DOCUMENT).verdicts == {address: FAIL}
    queue = f'resource "aws_ecr_repository_policy" "p" {{\n  repository = "r"\n  policy     = {address}.json\n}}\n'
    assert run("IAM514", DOCUMENT + queue).verdicts == {address: PASS}
    assert run("IAM514", DOCUMENT + f'output "json" {{\n  value = {address}.json\n}}\n').verdicts == {address: PASS}


def test_inline_and_trust_policies_are_part_of_what_they_are_for() -> None:
    found = run("IAM514", DOCUMENT + role() + role_policy()).verdicts
    assert set(found.values()) == {NONE}


def test_uses_in_another_module_are_others() -> None:
    inner = POLICY + f'output "arn" {{\n  value = {P}.arn\n}}\n'
    files = {"main.tf": 'module "m" {\n  source = "./m"\n}\n' + POLICY, "m/main.tf": inner}
    found = run("IAM514", build_estate(evaluate_source(files, "dev"))).verdicts
    assert (found[P], found[f"module.m.{P}"]) == (FAIL, PASS)


# -- IAM506 --------------------------------------------------------------------------------------------------------

ROLE = "aws_iam_role.orders"
DELETE = f'actions = ["dynamodb:GetItem", "dynamodb:DeleteTable"]\nresources = [{ARN}]'
MAY_DELETE = policy(DELETE) + role_policy()
NOBODY = 'resource "aws_iam_role" "orders" {\n  name               = "orders"\n  assume_role_policy = var.unset\n}\n'


def may(*statements: str) -> str:
    return policy(*statements) + role_policy()


@pytest.mark.parametrize(
    ("rest", "verdict"),
    [
        (role() + MAY_DELETE, FAIL),
        (role('"states.amazonaws.com"') + MAY_DELETE, NONE),
        (role('"states.amazonaws.com"') + function() + MAY_DELETE, FAIL),
        (role('"states.amazonaws.com", "ec2.amazonaws.com"') + MAY_DELETE, FAIL),
        (NOBODY + MAY_DELETE, UNKNOWN),
        (NOBODY + may(allow("GetItem", f"[{ARN}]")), PASS),
        (role("var.unset") + MAY_DELETE, UNKNOWN),
        (role() + may(allow("GetItem", f"[{ARN}]")), PASS),
        (role() + may(allow("TagResource DescribeTable", f"[{ARN}]")), PASS),
        (role() + may('actions = ["*"]\nresources = ["arn:aws:s3:::bucket/*"]'), PASS),
        (role() + may('not_actions = ["iam:*"]\nresources = ["*"]'), FAIL),
        (role() + may('actions = ["dynamodb:Create*"]\nresources = ["*"]'), FAIL),
        (role() + may('actions = ["dynamodb:${var.unset}"]\nresources = ["*"]'), UNKNOWN),
        (role() + may(allow("DeleteBackup", f'["${{{ARN}}}/backup/*"]')), FAIL),
        # denied, on the table or everywhere; on another table; to some requests only
        (role() + may(DELETE, 'effect = "Deny"\n' + allow("DeleteTable", f"[{ARN}]")), PASS),
        (role() + may(DELETE, 'effect = "Deny"\n' + allow("DeleteTable", '["*"]')), PASS),
        (role() + may(DELETE, 'effect = "Deny"\n' + allow("DeleteTable", f"[{WRITTEN.format('x')}]")), FAIL),
        (role() + may(DELETE.replace(ARN, WRITTEN.format("x")), 'effect = "Deny"\n' + allow("*", '["*"]')), PASS),
        (role() + may(DELETE.replace(ARN, WRITTEN.format("x"))), FAIL),
        # bounded
        (role(more='permissions_boundary = "arn:aws:iam::aws:policy/AmazonS3FullAccess"') + MAY_DELETE, PASS),
        (role(more="permissions_boundary = var.unset") + MAY_DELETE, UNKNOWN),
        (role(more="permissions_boundary = var.unset") + may(DELETE.replace(ARN, WRITTEN.format("x"))), UNKNOWN),
        # what is attached from elsewhere
        (role() + attached('"arn:aws:iam::111122223333:policy/x"'), UNKNOWN),
        (role() + attached('"arn:aws:iam::aws:policy/AmazonS3FullAccess"'), PASS),
        (role() + role_policy().replace("data.aws_iam_policy_document.orders.json", '"{"'), UNKNOWN),
    ],
)
def test_administration(rest: str, verdict: Verdict) -> None:
    assert run("IAM506", variable("unset") + table() + "\n" + rest).verdicts[ROLE] is verdict


@pytest.mark.parametrize(
    ("name", "patterns", "verdict"),
    [
        ('name = "orders-deploy"', ["*-deploy"], NONE),
        ('name_prefix = "deploy-"', ["deploy-*"], NONE),
        ('name_prefix = "deploy-"', ["deploy"], FAIL),
        ("", ["*"], FAIL),
        ('name = "orders"', [], FAIL),
    ],
)
def test_roles_that_administer(name: str, patterns: list[str], verdict: Verdict) -> None:
    named = role().replace('name               = "orders"', name)
    found = run("IAM506", table() + "\n" + named + MAY_DELETE, {"administrators": patterns})
    assert found.verdicts[ROLE] is verdict


def test_what_is_said_of_administration() -> None:
    found = run("IAM506", table() + "\n" + role() + function() + MAY_DELETE)
    (problem,) = found.problems
    assert problem.message == (
        'policy "orders" grants dynamodb:DeleteTable to role "orders", '
        "as which Lambda function aws_lambda_function.orders runs"
    )
    assert problem.primary.text == '"dynamodb:DeleteTable"'
    assert problem.label == "administers tables"
    (wild,) = run("IAM506", table() + "\n" + role() + may(f'actions = ["dynamodb:*"]\nresources = [{ARN}]')).problems
    assert wild.label == "administers tables, as by dynamodb:DeleteTable"


# -- IAM509 --------------------------------------------------------------------------------------------------------

KEY = 'resource "aws_kms_key" "orders" {\n  enable_key_rotation = true\n}\n\n'
K = "aws_kms_key.orders"
SSE = "server_side_encryption {{\n  enabled     = true\n  kms_key_arn = {}\n}}"
LOCKED = table(SSE.format(f"{K}.arn")) + "\n"
ITEMS = allow("GetItem PutItem", f"[{ARN}]")
UNSET = variable("unset")


def decrypt(resources: str = f"{K}.arn", *, more: str = "", actions: str = '"kms:Decrypt"') -> str:
    return f"actions = [{actions}]\nresources = [{resources}]\n{more}"


def when(variable: str, value: str, test: str = "StringEquals") -> str:
    return f'condition {{\n  test     = "{test}"\n  variable = "{variable}"\n  values   = ["{value}"]\n}}'


def via(value: str, test: str = "StringEquals") -> str:
    return when("kms:ViaService", value, test)


def locked(*statements: str) -> Verdict:
    return run("IAM509", UNSET + KEY + LOCKED + role() + may(*statements)).verdicts[ROLE]


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([ITEMS], FAIL),
        ([allow("DescribeTable", f"[{ARN}]")], PASS),
        ([allow("GetItem", f"[{WRITTEN.format('other')}]")], PASS),
        ([allow("Query", f'["${{{ARN}}}/index/*"]')], PASS),
        ([ITEMS, 'effect = "Deny"\n' + allow("*", '["*"]')], PASS),
        (['effect = "Deny"\n' + ITEMS], PASS),
        (["actions = var.unset\nresources = [" + ARN + "]"], UNKNOWN),
        ([allow("GetItem", "[var.unset]")], UNKNOWN),
        # the key
        ([ITEMS, decrypt()], PASS),
        ([ITEMS, decrypt('"*"')], PASS),
        ([ITEMS, decrypt(actions='"kms:De*"')], PASS),
        ([ITEMS, decrypt(actions='"kms:Encrypt"')], FAIL),
        ([ITEMS, decrypt('"arn:aws:kms:eu-west-1:111122223333:key/*"')], PASS),
        ([ITEMS, decrypt('"arn:aws:kms:eu-west-1:111122223333:key/${aws_kms_key.orders.key_id}"')], PASS),
        ([ITEMS, decrypt("aws_kms_key.other.arn")], FAIL),
        ([ITEMS, decrypt('"arn:aws:s3:::bucket/*"')], FAIL),
        ([ITEMS, decrypt("var.unset")], UNKNOWN),
        ([ITEMS, decrypt('"arn:aws:kms:eu-west-1:111122223333:alias/orders"')], FAIL),
        ([ITEMS, decrypt("aws_kms_alias.orders.arn")], FAIL),
        ([ITEMS, decrypt("aws_kms_alias.orders.target_key_arn")], PASS),
        ([ITEMS, 'effect = "Deny"\n' + decrypt()], FAIL),
        ([ITEMS, decrypt(), 'effect = "Deny"\n' + decrypt()], FAIL),
        ([ITEMS, "effect = var.unset\n" + decrypt()], UNKNOWN),
        # conditions
        ([ITEMS, decrypt(more=via("dynamodb.eu-west-1.amazonaws.com"))], PASS),
        ([ITEMS, decrypt(more=via("dynamodb.*.amazonaws.com", "StringLike"))], PASS),
        ([ITEMS, decrypt(more=via("*.amazonaws.com", "StringLike"))], PASS),
        ([ITEMS, decrypt(more=via("dynamodb.${var.unset}.amazonaws.com"))], PASS),
        ([ITEMS, decrypt(more=via("s3.${var.unset}.amazonaws.com"))], FAIL),
        ([ITEMS, decrypt(more=via("${var.unset}"))], UNKNOWN),
        ([ITEMS, decrypt(more=via("s3.eu-west-1.amazonaws.com"))], FAIL),
        ([ITEMS, decrypt(more=via("dynamodb.eu-west-1.amazonaws.com", "StringNotEquals"))], FAIL),
        ([ITEMS, decrypt(more=via("dynamodb.eu-west-1.amazonaws.com", "Null"))], UNKNOWN),
        ([ITEMS, decrypt(more=when("kms:CallerAccount", "111122223333"))], PASS),
        ([ITEMS, decrypt(more=when("kms:EncryptionContext:aws:dynamodb:tableName", "orders"))], UNKNOWN),
        (
            [ITEMS, decrypt(), 'effect = "Deny"\n' + decrypt(more=via("dynamodb.x.amazonaws.com", "StringNotEquals"))],
            PASS,
        ),
    ],
)
def test_decryption(statements: list[str], verdict: Verdict) -> None:
    other = KEY.replace('"orders"', '"other"')
    alias = (
        f'resource "aws_kms_alias" "orders" {{\n  name          = "alias/orders"\n  target_key_id = {K}.key_id\n}}\n'
    )
    source = variable("unset", "any") + KEY + other + alias + LOCKED + role() + may(*statements)
    assert run("IAM509", source).verdicts[ROLE] is verdict


def principals(kind: str, *identifiers: str) -> str:
    return f'principals {{\n  type        = "{kind}"\n  identifiers = [{", ".join(identifiers)}]\n}}'


def keyed(*statements: str, body: str = "") -> str:
    document = policy(*statements, name="key")
    return (
        document
        + KEY.replace("rotation = true", "rotation = true\n  policy = data.aws_iam_policy_document.key.json")
        + body
    )


ROOT = '"arn:aws:iam::111122223333:root"'
ME = "data.aws_caller_identity.me.account_id"
WHO = 'data "aws_caller_identity" "me" {}\n'
STAR = '"*"'
SERVICE = '"dynamodb.amazonaws.com"'
ADMIN_ROLE = '"arn:aws:iam::111122223333:role/admin"'
MY_ROLE = '"arn:aws:iam::111122223333:role/orders"'
SOME_ROLE = '"arn:aws:iam::111122223333:role/${var.unset}"'
MY_ROOT = f'"arn:aws:iam::${{{ME}}}:root"'
VIA_DYNAMODB, VIA_S3 = via("dynamodb.eu-west-1.amazonaws.com"), via("s3.eu-west-1.amazonaws.com")
LISTED = 'principals {\n  type        = "AWS"\n  identifiers = var.list\n}\n'


def admits(kind: str, who: str, more: str = "", actions: str = '"kms:*"') -> str:
    """A statement of a key policy."""
    return decrypt(STAR, actions=actions) + principals(kind, who) + "\n" + more


@pytest.mark.parametrize(
    ("statements", "by_itself", "with_iam"),
    [
        ([admits("AWS", ROOT)], FAIL, PASS),
        ([admits("AWS", '"111122223333"')], FAIL, PASS),
        ([admits("AWS", MY_ROOT)], FAIL, PASS),
        ([admits("AWS", ME)], FAIL, PASS),
        ([admits("AWS", "var.unset")], UNKNOWN, UNKNOWN),
        ([admits("AWS", ADMIN_ROLE)], FAIL, FAIL),
        ([admits("AWS", MY_ROLE)], PASS, PASS),
        ([admits("AWS", "aws_iam_role.orders.arn")], PASS, PASS),
        ([admits("AWS", SOME_ROLE)], UNKNOWN, UNKNOWN),
        ([admits("*", STAR)], PASS, PASS),
        ([admits("AWS", STAR, VIA_DYNAMODB)], PASS, PASS),
        ([admits("AWS", STAR, VIA_S3)], FAIL, FAIL),
        ([admits("Service", SERVICE)], FAIL, FAIL),
        ([decrypt(STAR) + LISTED], UNKNOWN, UNKNOWN),
        ([admits("*", STAR, actions='"kms:Encrypt"')], FAIL, FAIL),
        ([admits("AWS", MY_ROLE), 'effect = "Deny"\n' + admits("AWS", MY_ROLE)], FAIL, FAIL),
    ],
)
def test_key_policies(statements: list[str], by_itself: Verdict, with_iam: Verdict) -> None:
    base = UNSET + variable("list", "list(string)") + WHO + keyed(*statements) + LOCKED + role()
    assert run("IAM509", base + may(ITEMS)).verdicts[ROLE] is by_itself
    assert run("IAM509", base + may(ITEMS, decrypt())).verdicts[ROLE] is with_iam


def test_a_key_policy_that_cannot_be_seen() -> None:
    key = KEY.replace("rotation = true", "rotation = true\n  policy = var.unset")
    assert run("IAM509", UNSET + key + LOCKED + role() + may(ITEMS)).verdicts[ROLE] is UNKNOWN


@pytest.mark.parametrize(
    ("key_id", "grantee", "operations", "verdict"),
    [
        (f"{K}.key_id", "aws_iam_role.orders.arn", '["Decrypt", "Encrypt"]', PASS),
        (f"{K}.key_id", "aws_iam_role.orders.arn", '["Encrypt"]', FAIL),
        (f"{K}.key_id", "aws_iam_role.orders.arn", "var.list", UNKNOWN),
        (f"{K}.key_id", '"arn:aws:iam::111122223333:role/other"', '["Decrypt"]', FAIL),
        ("var.unset", "aws_iam_role.orders.arn", '["Decrypt"]', UNKNOWN),
        ("aws_kms_key.other.key_id", "aws_iam_role.orders.arn", '["Decrypt"]', FAIL),
    ],
)
def test_grants(key_id: str, grantee: str, operations: str, verdict: Verdict) -> None:
    grant = f'resource "aws_kms_grant" "g" {{\n  key_id            = {key_id}\n  grantee_principal = {grantee}\n'
    grant += f"  operations        = {operations}\n}}\n"
    other = KEY.replace('"orders"', '"other"')
    base = UNSET + variable("list", "list(string)") + KEY + other + LOCKED + role() + may(ITEMS)
    assert run("IAM509", base + grant).verdicts[ROLE] is verdict


ELSEWHERE = '"arn:aws:kms:eu-west-1:111122223333:key/mrk-1234567890abcdef1234567890abcdef"'


@pytest.mark.parametrize(
    ("sse", "statements", "verdict"),
    [
        (SSE.format(ELSEWHERE), [ITEMS], UNKNOWN),
        (SSE.format(ELSEWHERE), [ITEMS, decrypt(ELSEWHERE)], PASS),
        (SSE.format("var.unset"), [ITEMS, decrypt("var.unset")], UNKNOWN),
        (SSE.format("data.aws_kms_key.k.arn"), [ITEMS, decrypt("data.aws_kms_key.k.arn")], PASS),
        (SSE.format("null"), [ITEMS], NONE),
        (SSE.format(f"{K}.arn").replace("true", "false"), [ITEMS], NONE),
        (SSE.format(f"{K}.arn").replace("true", "var.on"), [ITEMS], UNKNOWN),
    ],
)
def test_keys_of_tables(sse: str, statements: list[str], verdict: Verdict) -> None:
    data = 'data "aws_kms_key" "k" {\n  key_id = "alias/orders"\n}\n'
    base = UNSET + variable("on", "bool") + KEY + data + table(sse) + "\n" + role()
    assert run("IAM509", base + may(*statements)).verdicts[ROLE] is verdict


def test_groups_are_judged_with_their_users() -> None:
    people = """
    resource "aws_iam_group" "g" {
      name = "g"
    }
    resource "aws_iam_user" "u" {
      name = "u"
    }
    resource "aws_iam_user_group_membership" "m" {
      user   = aws_iam_user.u.name
      groups = [aws_iam_group.g.name]
    }
    resource "aws_iam_group_policy" "p" {
      group  = aws_iam_group.g.name
      policy = data.aws_iam_policy_document.orders.json
    }
    """
    found = run("IAM509", KEY + LOCKED + people + policy(ITEMS)).verdicts
    assert (found["aws_iam_group.g"], found["aws_iam_user.u"]) == (NONE, FAIL)


def test_what_is_said_of_a_key() -> None:
    more = "".join(LOCKED.replace('"orders"', f'"{name}"') for name in ("a-table", "b-table", "c-table"))
    many = f"[{ARN}, " + ", ".join(f"aws_dynamodb_table.{n}-table.arn" for n in "abc") + "]"
    (problem,) = run("IAM509", KEY + LOCKED + more + role() + may(allow("GetItem", many))).problems
    assert problem.message == (
        'role "orders" may read tables "orders", "a-table" and 2 more, '
        "but not decrypt with aws_kms_key.orders, the key of them"
    )
    (one,) = run("IAM509", KEY + LOCKED + role() + may(allow("PutItem", f"[{ARN}]"))).problems
    assert one.message.startswith('role "orders" may write to table "orders", but not decrypt with')
    assert one.primary.text == f"[{ARN}]"


# -- IAM512 --------------------------------------------------------------------------------------------------------

TABLE = "aws_dynamodb_table.orders"
ELSE = policy(allow("GetItem", f"[{WRITTEN.format('elsewhere')}]"), name="elsewhere")


def resource_policy(document: str, arn: str = ARN) -> str:
    return f'resource "aws_dynamodb_resource_policy" "p" {{\n  resource_arn = {arn}\n  policy       = {document}\n}}\n'


ADMITS = policy(decrypt(STAR, actions='"dynamodb:GetItem"') + principals("AWS", ROOT), name="admits")
ADMITTED = "data.aws_iam_policy_document.admits.json"


@pytest.mark.parametrize(
    ("rest", "verdict"),
    [
        (ELSE, FAIL),
        (ELSE + policy(allow("GetItem", f"[{ARN}]")), PASS),
        (ELSE + policy(allow("Query", f'["${{{ARN}}}/index/email-index"]')), PASS),
        (ELSE + policy(allow("GetItem", '["*"]')), PASS),
        (ELSE + policy(allow("DescribeTable", '["*"]')), FAIL),
        (ELSE + policy('effect = "Deny"\n' + allow("GetItem", '["*"]')), FAIL),
        (ELSE + policy(allow("GetItem", "[var.unset]")), UNKNOWN),
        (ELSE + policy("actions = [var.unset]\nresources = [" + ARN + "]"), UNKNOWN),
        (ELSE + policy("actions = var.list\nresources = [" + ARN + "]"), UNKNOWN),
        (ELSE + policy("effect = var.unset\n" + allow("GetItem", '["*"]')), UNKNOWN),
        (ELSE + role() + role_policy("elsewhere"), FAIL),
        (
            ELSE
            + role()
            + role_policy("elsewhere").replace("data.aws_iam_policy_document.elsewhere.json", "var.unset"),
            UNKNOWN,
        ),
        (ELSE + role() + attached('"arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"'), PASS),
        (ELSE + role(more='managed_policy_arns = ["arn:aws:iam::aws:policy/PowerUserAccess"]'), PASS),
        (ELSE + role(more='permissions_boundary = "arn:aws:iam::aws:policy/PowerUserAccess"'), FAIL),
        (ELSE + role() + attached('"arn:aws:iam::aws:policy/AmazonS3FullAccess"'), FAIL),
        (ELSE + role() + attached('"arn:aws:iam::aws:policy/SomethingNew"'), UNKNOWN),
        # the table's own policy
        (ELSE + ADMITS + resource_policy(ADMITTED), PASS),
        (ELSE + ADMITS.replace("GetItem", "DescribeTable") + resource_policy(ADMITTED), FAIL),
        (ELSE + ADMITS.replace("statement {", 'statement {\n  effect = "Deny"') + resource_policy(ADMITTED), FAIL),
        (
            ELSE + ADMITS.replace("statement {", "statement {\n  effect = var.unset") + resource_policy(ADMITTED),
            UNKNOWN,
        ),
        (ELSE + ADMITS + resource_policy(ADMITTED, WRITTEN.format("elsewhere")), FAIL),
        (ELSE + resource_policy("var.unset"), UNKNOWN),
        # nothing grants anything
        ("", NONE),
        (role() + attached('"arn:aws:iam::aws:policy/AmazonS3FullAccess"'), NONE),
        (ADMITS + resource_policy(ADMITTED), PASS),
    ],
)
def test_tables_that_are_reached(rest: str, verdict: Verdict) -> None:
    source = UNSET + variable("list", "list(string)") + INDEXED + rest
    assert run("IAM512", source).verdicts[TABLE] is verdict
    if verdict is NONE:
        assert run("IAM512", source, {"required": True}).verdicts[TABLE] is FAIL


def test_why_it_is_not_known_whether_a_table_is_reached() -> None:
    unknown = ELSE + role() + attached('"arn:aws:iam::aws:policy/SomethingNew"')
    (problem,) = run("IAM512", INDEXED + unknown).problems
    assert problem.message.endswith("is not known: the policy SomethingNew is not part of this configuration")


# -- IAM513 --------------------------------------------------------------------------------------------------------

OWN = {"accounts": ["111122223333"]}
ACCOUNT = '"arn:aws:iam::444455556666:root"'
GITHUB = '"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"'
EKS = '"arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"'
WEB = "sts:AssumeRoleWithWebIdentity"
SUB, AUD = "token.actions.githubusercontent.com:sub", "token.actions.githubusercontent.com:aud"


def trusted(source: str, params: Mapping[str, Any] | None = None) -> Verdict:
    return run("IAM513", UNSET + WHO + source, params).of(ROLE)


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        (trust(STAR), FAIL),
        (trust(STAR, kind="*"), FAIL),
        (trust(STAR, action="sts:*"), FAIL),
        (trust(STAR, action="sts:TagSession"), PASS),
        (trust('"lambda.amazonaws.com"', kind="Service"), PASS),
        (trust(ACCOUNT), FAIL),
        (trust('"444455556666"'), FAIL),
        (trust('"arn:aws:iam::111122223333:root"'), PASS),
        (trust('"arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"'), PASS),
        (trust("data.aws_caller_identity.me.account_id"), PASS),
        (trust('"arn:aws:iam::${var.unset}:root"'), UNKNOWN),
        (trust('"arn:aws:iam::${var.unset}:role/reader"'), PASS),
        (trust('"arn:aws:iam::444455556666:role/${var.unset}"'), PASS),
        (trust('"arn:${var.unset}"'), UNKNOWN),
        (trust("aws_iam_user.u.arn") + 'resource "aws_iam_user" "u" {\n  name = "u"\n}\n', PASS),
        (trust("aws_iam_user.u.name") + 'resource "aws_iam_user" "u" {\n  name = var.unset\n}\n', UNKNOWN),
        (trust("var.unset"), UNKNOWN),
        (trust(STAR).replace('["*"]', "var.unset"), UNKNOWN),
        (trust(STAR).replace("statement {", "statement {\n  effect = var.unset"), UNKNOWN),
        (trust(STAR).replace("statement {", 'statement {\n  effect = "Deny"'), PASS),
        (trust(STAR).replace("principals {", "not_principals {"), UNKNOWN),
        (
            trust(
                STAR,
                more="statement {\n"
                + 'effect = "Deny"\nactions = ["sts:AssumeRole"]\n'
                + principals("*", STAR)
                + "\n}",
            ),
            UNKNOWN,
        ),
        # conditions that say who
        (trust(STAR, ("StringEquals", "aws:PrincipalOrgID", "o-12345")), PASS),
        (trust(STAR, ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-12345/r-ab/*")), PASS),
        (trust(STAR, ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/*")), PASS),
        (trust(STAR, ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/admin")), FAIL),
        (trust(STAR, ("StringLike", "aws:PrincipalOrgID", "*")), FAIL),
        (trust(STAR, ("StringLike", "aws:PrincipalOrgID", "o-${var.unset}")), PASS),
        (trust(STAR, ("StringLike", "aws:PrincipalOrgID", "${var.unset}")), UNKNOWN),
        (trust(STAR, ("StringEquals", "sts:ExternalId", "${var.unset}")), PASS),
        (trust(ACCOUNT, ("StringEquals", "sts:ExternalId", "x")), PASS),
        # conditions that do not
        (trust(STAR, ("StringNotEquals", "aws:PrincipalOrgID", "o-12345")), FAIL),
        (trust(STAR, ("Null", "aws:PrincipalOrgID", "false")), FAIL),
        (trust(STAR, ("StringEqualsIfExists", "aws:PrincipalOrgID", "o-12345")), UNKNOWN),
        (trust(STAR, ("ForAllValues:StringEquals", "aws:PrincipalOrgPaths", "o-12345/*")), UNKNOWN),
        (trust(STAR, ("Bool", "aws:SecureTransport", "true")), FAIL),
        (trust(STAR, ("StringEquals", "some:Key", "x")), UNKNOWN),
        (trust(STAR, ("StringEquals", "${var.unset}", "x")), UNKNOWN),
        # tokens
        (trust(GITHUB, kind="Federated", action=WEB), FAIL),
        (trust(GITHUB, ("StringEquals", AUD, "sts.amazonaws.com"), kind="Federated", action=WEB), FAIL),
        (trust(GITHUB, ("StringLike", SUB, "repo:*"), kind="Federated", action=WEB), FAIL),
        (trust(GITHUB, ("StringLike", SUB, "repo:example/*"), kind="Federated", action=WEB), PASS),
        (trust(GITHUB, ("StringEquals", "x:other", "y"), kind="Federated", action=WEB), UNKNOWN),
        (
            trust(
                EKS, ("StringEquals", "oidc.eks.eu-west-1.amazonaws.com/id/ABC:aud", "x"), kind="Federated", action=WEB
            ),
            PASS,
        ),
        (trust(EKS, kind="Federated", action=WEB), FAIL),
        (trust('"cognito-identity.amazonaws.com"', kind="Federated", action=WEB), FAIL),
        (
            trust('"arn:aws:iam::111122223333:saml-provider/idp"', kind="Federated", action="sts:AssumeRoleWithSAML"),
            PASS,
        ),
        (trust('"arn:aws:iam::${var.unset}:oidc-provider/gitlab.com"', kind="Federated", action=WEB), FAIL),
        (trust("var.unset", kind="Federated", action=WEB), UNKNOWN),
        (trust("var.unset", ("StringEquals", SUB, "repo:a/b"), kind="Federated", action=WEB), PASS),
        (trust("aws_iam_saml_provider.p.arn", kind="Federated"), PASS),
        (trust("aws_iam_openid_connect_provider.p.arn", kind="Federated", action=WEB), FAIL),
        (
            trust("aws_iam_openid_connect_provider.p.arn", ("StringEquals", AUD, "x"), kind="Federated", action=WEB),
            FAIL,
        ),
        (
            trust("aws_iam_openid_connect_provider.p.arn", ("StringEquals", SUB, "x"), kind="Federated", action=WEB),
            PASS,
        ),
        ('resource "aws_iam_role" "orders" {\n  assume_role_policy = var.unset\n}\n', UNKNOWN),
    ],
)
def test_trust(source: str, verdict: Verdict) -> None:
    providers = """
    resource "aws_iam_openid_connect_provider" "p" {
      url            = "https://token.actions.githubusercontent.com"
      client_id_list = ["sts.amazonaws.com"]
    }
    resource "aws_iam_saml_provider" "p" {
      name                   = "p"
      saml_metadata_document = "x"
    }
    """
    assert trusted(providers + source, OWN) is verdict


def test_an_account_of_which_nobody_knows_whose_it_is() -> None:
    found = run("IAM513", trust(ACCOUNT))
    assert found.of(ROLE) is UNKNOWN
    assert found.messages == [
        'whether strangers may assume role "orders", which trusts all of account 444455556666, without a condition on '
        "who that is, is not known: 444455556666 may be an account of one's own (the rule's parameter lists these)"
    ]
    assert trusted(trust(ACCOUNT, ("StringEquals", "sts:ExternalId", "x"))) is PASS


def test_what_is_said_of_strangers() -> None:
    nameless = trust(STAR).replace('name               = "orders"\n', "")
    assert run("IAM513", nameless).messages == ["role aws_iam_role.orders may be assumed by every AWS account"]
    (problem,) = run("IAM513", trust(GITHUB, kind="Federated", action=WEB)).problems
    assert problem.message == (
        'role "orders" may be assumed by whoever has a token of token.actions.githubusercontent.com'
    )
    maybe = trust(STAR, ("StringEquals", "some:Key", "x"))
    assert run("IAM513", maybe).messages[0].endswith("is not known: it depends on the conditions")


def test_policies_that_are_no_trust() -> None:
    assert run("IAM513", table() + "\n" + policy(ITEMS)).of("data.") is NONE


def test_a_plan_tells_whose_account_it_is() -> None:
    evaluation = evaluate_source({"main.tf": WHO + trust(ACCOUNT)}, "dev")
    for own, verdict in (("111122223333", FAIL), ("444455556666", PASS), (None, UNKNOWN)):
        plan = plan_between(evaluation, evaluation)
        place = plan.file.place("data.aws_caller_identity.me")
        after = object_value({"account_id": string(own)} if own is not None else {})
        me = Change(
            "data.aws_caller_identity.me",
            "",
            "data",
            "aws_caller_identity",
            "me",
            None,
            ("read",),
            Absent(),
            after,
            place,
        )
        found = run("IAM513", build_estate(replace(evaluation, plan=replace(plan, data=(me,)))))
        assert found.of(ROLE) is verdict


# -- IAM507 --------------------------------------------------------------------------------------------------------

NAMED = "${aws_dynamodb_table.orders.name}"
PLACES = 'locals {{\n  place = "arn:aws:dynamodb:eu-west-1:111122223333"\n  arn   = {}\n  name  = "orders"\n}}\n'
HERE = "${data.aws_region.here.name}:${data.aws_caller_identity.me.account_id}"


@pytest.mark.parametrize(
    ("resource", "verdict"),
    [
        (ARN, PASS),
        (SOURCE, PASS),
        (WRITTEN.format("orders"), FAIL),
        (WRITTEN.format("orders/index/*"), FAIL),
        (WRITTEN.format("orders/stream/*"), FAIL),
        (WRITTEN.format("orders/index/${var.unset}"), FAIL),
        (WRITTEN.format(NAMED), FAIL),
        (f'"arn:aws:dynamodb:{HERE}:table/orders"', FAIL),
        (f'"arn:aws:dynamodb:{HERE}:table/{NAMED}"', PASS),
        ('"arn:aws:dynamodb:*:*:table/orders"', FAIL),
        (f'"arn:aws:dynamodb:*:*:table/{NAMED}"', PASS),
        (f'"arn:aws:dynamodb:eu-west-1:*:table/{NAMED}"', FAIL),
        # others' tables, groups of tables, other services
        (WRITTEN.format("customers"), PASS),
        (WRITTEN.format("orders-old"), PASS),
        (WRITTEN.format("orders*"), PASS),
        ('"*"', PASS),
        ('"arn:aws:s3:::orders"', PASS),
        # by way of locals and variables
        ("local.arn", FAIL),
        ('"${local.place}:table/orders"', FAIL),
        ('"arn:aws:dynamodb:*:*:table/${local.name}"', FAIL),
        ('join(":", ["arn:aws:dynamodb", "*", "111122223333", "table/orders"])', PASS),
        ('join(":", ["arn:aws:dynamodb:eu-west-1", var.account, "table/${var.name}"])', PASS),
        ('join(":", [var.account == "" ? "" : "arn:aws:dynamodb:eu-west-1", var.account, "table/orders"])', PASS),
        ("var.given", PASS),
        ('"arn:aws:dynamodb:*:*:table/${var.name}"', PASS),
        ('"arn:aws:dynamodb:*:*:table/${var.prefix}ders"', PASS),
        ("var.unset", PASS),
        ('"arn:aws:dynamodb:${var.unset}:table/orders"', PASS),
    ],
)
def test_arns_that_are_written_out(resource: str, verdict: Verdict) -> None:
    names = 'data "aws_region" "here" {}\n' + WHO + PLACES.format(WRITTEN.format("orders")) + UNSET
    names += variable("given", "string", WRITTEN.format("orders")) + variable("name", "string", '"orders"')
    names += variable("prefix", "string", '"or"') + variable("account", "string", '"111122223333"')
    assert run("IAM507", names + STREAMED + policy(allow("GetItem", f"[{resource}]"))).of("data.") is verdict


def test_a_name_that_the_table_has_from_the_same_place() -> None:
    source = PLACES.format(ARN) + table(name="local.name") + "\n"
    resource = '"arn:aws:dynamodb:*:*:table/${local.name}"'
    assert run("IAM507", source + policy(allow("GetItem", f"[{resource}]"))).of("data.") is PASS


def test_an_arn_in_a_text() -> None:
    text = """
    resource "aws_iam_policy" "p" {
      name   = "p"
      policy = <<-JSON
        {
          "Version": "2012-10-17",
          "Statement": [{
            "Effect": "Deny",
            "Action": "dynamodb:*",
            "NotResource": "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
          }]
        }
      JSON
    }
    """
    (problem,) = run("IAM507", table() + text).problems
    assert problem.message == ('policy "p" writes out the name, region and account id in the ARN of table "orders"')
    assert problem.help == f"refer to the table: {ARN}"


def test_an_arn_that_may_be_the_tables() -> None:
    unsure = UNSET + table(name="var.unset") + "\n"
    assert run("IAM507", unsure + policy(allow("GetItem", f"[{WRITTEN.format('orders')}]"))).of("data.") is UNKNOWN
    second = table().replace('_table" "orders"', '_table" "known"')
    assert (
        run("IAM507", unsure + second + policy(allow("GetItem", f"[{WRITTEN.format('orders')}]"))).of("data.") is FAIL
    )


def test_an_arn_in_a_module_has_a_remedy_without_an_address() -> None:
    files = {"main.tf": 'module "m" {\n  source = "./m"\n}\n'}
    files["m/main.tf"] = table() + "\n" + policy(allow("GetItem", f"[{WRITTEN.format('orders')}]"))
    (problem,) = run("IAM507", build_estate(evaluate_source(files, "dev"))).problems
    assert problem.help == "refer to the table: the table's ARN, passed to the module"


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        (allow("GetItem", f"[{WRITTEN.format('prod-orders')}]"), FAIL),
        (allow("GetItem", '["arn:aws:dynamodb:*:*:table/${var.other}-orders"]'), FAIL),
        (allow("GetItem", f"[{ARN}]"), PASS),
        (allow("GetItem", '["*"]'), PASS),
        (allow("GetItem", '["arn:aws:dynamodb:*:*:table/${aws_dynamodb_table.orders.id}"]'), PASS),
        (allow("GetItem", f"[{WRITTEN.format('*-orders')}]"), PASS),
        (allow("GetItem", f"[{WRITTEN.format('somewhere')}]"), PASS),
        (allow("GetItem", '["arn:aws:dynamodb:*:*:table/dev-orders"]').replace("dev-", "${var.environment}-"), PASS),
        ('effect = "Deny"\n' + allow("GetItem", f"[{WRITTEN.format('prod-orders')}]"), PASS),
        (f'actions = ["dynamodb:GetItem"]\nnot_resources = [{WRITTEN.format("prod-orders")}]', PASS),
    ],
)
def test_tables_of_another_environment(statement: str, verdict: Verdict) -> None:
    def source(environment: str) -> str:
        given = variable("environment", "string", f'"{environment}"') + variable("other", "string", '"prod"')
        return given + table(name='"${var.environment}-orders"') + "\n"

    others = (estate_of(source("sit"), "sit"), estate_of(source("prod"), "prod"), estate_of(source("dev"), "dev"))
    found = run("IAM507", source("dev") + policy(statement), others=others)
    assert found.of("data.") is verdict
    if verdict is FAIL:
        message = 'policy data.aws_iam_policy_document.orders reaches table "prod-orders" of the environment prod'
        assert found.messages == [message]


# -- plans without their source ------------------------------------------------------------------------------------

PLAN = Path(__file__).parents[2] / "fixtures" / "plans" / "policies-covered" / "plan.json"


def planned(environment: str = "test") -> Estate:
    return build_estate(replace(evaluate_plan(plan_of(PLAN)), environment=environment))


def test_a_plan_does_not_tell_what_is_written() -> None:
    found = run("IAM507", planned()).verdicts
    assert set(found.values()) == {NONE}


def test_a_plan_tells_tables_of_another_environment() -> None:
    written = policy(allow("GetItem", f"[{WRITTEN.format('prod-orders')}]"))
    evaluation = evaluate_source({"main.tf": written}, "dev")
    (document,) = evaluation.resources
    place = plan_between(evaluation, evaluation).file.place("data.aws_iam_policy_document.orders")
    body = replace(document.body, header=place, span=place)
    estate = build_estate(replace(evaluation, resources=(replace(document, body=body),)))
    other = estate_of(table(name='"prod-orders"'), "prod")
    assert run("IAM507", estate, others=(other,)).of("data.") is FAIL


def test_a_plan_does_not_tell_what_uses_a_policy() -> None:
    found = run("IAM514", planned())
    assert UNKNOWN in found.verdicts.values()
    assert FAIL not in found.verdicts.values()
    assert all("does not tell what refers to it" in message for message in found.messages)


def test_policies_without_tables() -> None:
    unset = UNSET + 'resource "aws_iam_policy" "p" {\n  name   = "p"\n  policy = var.unset\n}\n'
    assert run("IAM507", unset).of("aws_iam_policy") is PASS
