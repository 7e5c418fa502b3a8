"""DDB301 to DDB306: which key is meant, whom a policy admits, which endpoint serves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from ddbaudit.engine.judge import ActiveRule, judge
from ddbaudit.engine.registry import load_rules
from ddbaudit.foundation.source import StructuredFile
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.plan import Change, Plan
from ddbaudit.ir.value import Absent, object_value, string
from ddbaudit.model.build import build_estate
from ddbaudit.model.estate import Estate
from ddbaudit.sdk.problem import Problem
from ddbaudit.testing.cases import evaluate_source
from ddbaudit_rules._support.examples import block, table, variable
from ddbaudit_rules._support.kms_examples import KEY, admit, document, encrypted, key

REGISTRY = load_rules()
PASS, FAIL, UNKNOWN, NONE = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE
CUSTOMER = {"level": "customer-managed"}
ARN = "arn:aws:kms:eu-west-1:111122223333"
UUID = "2f9d2f96-1192-467e-9168-07f9c7907873"
MRK = "mrk-0a1b2c3d4e5f60718293a4b5c6d7e8f9"


def estate(source: str, environment: str = "dev", root: str = "") -> Estate:
    evaluation = evaluate_source({"main.tf": source}, environment)
    return build_estate(replace(evaluation, root=root or evaluation.root))


def judged(
    id: str, subject: Estate, params: Mapping[str, Any] | None = None, estates: tuple[Estate, ...] = ()
) -> tuple[list[Verdict], list[Problem]]:
    rule = REGISTRY.get(id)
    active = ActiveRule(rule, rule.meta.severity, msgspec.convert(dict(params or {}), rule.params))
    judgement = judge(subject, [active], estates)
    assert not judgement.crashes
    return [entry.verdict for entry in judgement.ledger], [raw.problem for raw in judgement.findings]


def run(id: str, source: str, params: Mapping[str, Any] | None = None) -> tuple[list[Verdict], list[Problem]]:
    return judged(id, estate(source), params)


def data(type_: str, line: str) -> str:
    return block(f'data "{type_}" "looked_up"', line) + "\n"


def alias(target: str, name: str = '"alias/orders"') -> str:
    return block('resource "aws_kms_alias" "orders"', f"name = {name}\ntarget_key_id = {target}") + "\n"


# -- which key -----------------------------------------------------------------------------------------------------

ALIAS = alias("aws_kms_key.orders.key_id")
SOMEWHERE = variable("somewhere")


@pytest.mark.parametrize(
    ("source", "arn", "verdict"),
    [
        (key(kind="aws_kms_external_key"), "aws_kms_external_key.orders.arn", PASS),
        (
            key("primary_key_arn = var.p", kind="aws_kms_replica_key") + variable("p"),
            "aws_kms_replica_key.orders.arn",
            PASS,
        ),
        (KEY, '"arn:aws:kms:eu-west-1:111122223333:key/${aws_kms_key.orders.key_id}"', PASS),
        (KEY + ALIAS, "aws_kms_alias.orders.arn", PASS),
        (KEY + ALIAS, f'"{ARN}:alias/orders"', PASS),
        (SOMEWHERE + alias("var.somewhere"), "aws_kms_alias.orders.target_key_arn", PASS),
        ("", f'"{ARN}:alias/other"', PASS),
        ("", f'"{ARN}:alias/aws/dynamodb"', FAIL),
        ("", f'"{ARN}:key/{UUID}"', UNKNOWN),
        ("", f'"{ARN}:key/{MRK}"', PASS),
        (KEY + data("aws_kms_key", "key_id = aws_kms_key.orders.key_id"), "data.aws_kms_key.looked_up.arn", PASS),
        (data("aws_kms_key", 'key_id = "alias/aws/dynamodb"'), "data.aws_kms_key.looked_up.arn", FAIL),
        (data("aws_kms_key", 'key_id = "alias/other"'), "data.aws_kms_key.looked_up.arn", PASS),
        (data("aws_kms_key", f'key_id = "{UUID}"'), "data.aws_kms_key.looked_up.arn", UNKNOWN),
        (data("aws_kms_key", f'key_id = "{MRK}"'), "data.aws_kms_key.looked_up.arn", PASS),
        (SOMEWHERE + data("aws_kms_key", "key_id = var.somewhere"), "data.aws_kms_key.looked_up.arn", UNKNOWN),
        (data("aws_kms_alias", 'name = "alias/aws/dynamodb"'), "data.aws_kms_alias.looked_up.target_key_arn", FAIL),
        (data("aws_kms_alias", 'name = "alias/other"'), "data.aws_kms_alias.looked_up.target_key_arn", PASS),
        # the end of an ARN tells
        (SOMEWHERE, '"arn:aws:kms:${var.somewhere}:111122223333:alias/aws/dynamodb"', FAIL),
        (SOMEWHERE, '"arn:aws:kms:${var.somewhere}:111122223333:alias/other"', PASS),
        (SOMEWHERE, f'"arn:aws:kms:${{var.somewhere}}:111122223333:key/{UUID}"', UNKNOWN),
        (SOMEWHERE, f'"arn:aws:kms:${{var.somewhere}}:111122223333:key/{MRK}"', PASS),
        # its beginning, too
        (SOMEWHERE, f'"{ARN}:alias/other-${{var.somewhere}}"', PASS),
        (SOMEWHERE, f'"{ARN}:alias/aws/${{var.somewhere}}"', FAIL),
        (SOMEWHERE, f'"{ARN}:alias/a${{var.somewhere}}"', UNKNOWN),
        (SOMEWHERE, f'"{ARN}:alias/${{var.somewhere}}"', UNKNOWN),
        (SOMEWHERE, f'"{ARN}:${{var.somewhere}}"', UNKNOWN),
        # what is no key, and an alias that leads to itself
        ('resource "aws_kms_grant" "g" {}\n', "aws_kms_grant.g.grant_id", UNKNOWN),
        (data("aws_ssm_parameter", 'name = "/key"'), "data.aws_ssm_parameter.looked_up.value", UNKNOWN),
        (
            data("aws_kms_alias", "name = data.aws_kms_alias.looked_up.name"),
            "data.aws_kms_alias.looked_up.arn",
            UNKNOWN,
        ),
        ("", "aws_kms_key.gone.arn", UNKNOWN),
        ("", "null", FAIL),
    ],
)
def test_who_manages_a_key(source: str, arn: str, verdict: Verdict) -> None:
    assert run("DDB301", source + encrypted(arn), CUSTOMER)[0] == [verdict]


DYNAMIC = """
dynamic "server_side_encryption" {
  for_each = var.encrypt ? [true] : []
  content {
    enabled     = %s
    kms_key_arn = aws_kms_key.orders.arn
  }
}
"""
ENCRYPT = variable("encrypt", "bool")


@pytest.mark.parametrize(
    ("source", "level", "verdict"),
    [
        (table(), None, NONE),
        (table(), "aws-owned", PASS),
        (encrypted(enabled="null"), "aws-managed", FAIL),
        (ENCRYPT + KEY + table(DYNAMIC % "true"), "aws-managed", UNKNOWN),
        (ENCRYPT + KEY + table(DYNAMIC % "true"), "aws-owned", PASS),
        (ENCRYPT + KEY + table(DYNAMIC % "false"), "aws-managed", FAIL),
        # whatever the switch says, there is no key
        (ENCRYPT + encrypted(enabled="var.encrypt"), "customer-managed", FAIL),
    ],
)
def test_levels(source: str, level: str | None, verdict: Verdict) -> None:
    assert run("DDB301", source, {"level": level})[0] == [verdict]


def test_what_is_said_of_levels() -> None:
    _, (problem,) = run("DDB301", ENCRYPT + encrypted(enabled="var.encrypt"), CUSTOMER)
    assert problem.label == "aws-managed at most"
    assert problem.help == "set `enabled = true` and `kms_key_arn = aws_kms_key.<name>.arn`"
    _, (problem,) = run("DDB301", encrypted(enabled="false"), {"level": "aws-managed"})
    assert problem.help == "set `enabled = true`"
    _, (problem,) = run("DDB301", table(), {"level": "aws-managed"})
    assert problem.help == "add\n  server_side_encryption {\n    enabled = true\n  }"


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        (ENCRYPT + KEY + table(DYNAMIC % "true"), PASS),
        (ENCRYPT + KEY + table(DYNAMIC % "false"), UNKNOWN),
        (table(), NONE),
        (encrypted(enabled="false"), NONE),
    ],
)
def test_keys_that_are_ignored(source: str, verdict: Verdict) -> None:
    assert run("DDB306", source)[0] == [verdict]


# -- keys ----------------------------------------------------------------------------------------------------------

TABLE = encrypted("aws_kms_key.orders.arn")
REPLICA = block("replica", 'region_name = "eu-west-2"\nkms_key_arn = aws_kms_key.orders.arn')
SEPARATE = block(
    'resource "aws_dynamodb_table_replica" "there"',
    'global_table_arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/x"\nkms_key_arn = aws_kms_key.orders.arn',
)
OF_PRIMARY = key("primary_key_arn = aws_kms_key.primary.arn", kind="aws_kms_replica_key")
PRIMARY = block('resource "aws_kms_key" "primary"', "multi_region = true\nenable_key_rotation = true") + "\n"


@pytest.mark.parametrize(
    ("source", "verdicts"),
    [
        (key() + table(REPLICA), [FAIL]),
        (key() + SEPARATE, [FAIL]),
        # a key that is not used, keys that AWS manages, keys of others
        (key() + encrypted("aws_kms_key.orders.arn", enabled="false"), []),
        (key() + table(), []),
        (encrypted(f'"{ARN}:alias/aws/dynamodb"'), []),
        (encrypted(f'"{ARN}:key/{UUID}"'), [NONE]),
        (key() + encrypted(f'"{ARN}:alias/others"'), [NONE]),
        (data("aws_ssm_parameter", 'name = "/key"') + encrypted("data.aws_ssm_parameter.looked_up.value"), [NONE]),
        (
            key() + data("aws_ssm_parameter", 'name = "/key"') + encrypted("data.aws_ssm_parameter.looked_up.value"),
            [UNKNOWN],
        ),
        (key() + SOMEWHERE + alias("var.somewhere") + encrypted("aws_kms_alias.orders.arn"), [UNKNOWN]),
        # keys that cannot be rotated, or not here
        (key(kind="aws_kms_external_key") + encrypted("aws_kms_external_key.orders.arn"), [NONE]),
        (key('custom_key_store_id = "cks-1"') + TABLE, [NONE]),
        (SOMEWHERE + key("custom_key_store_id = var.somewhere") + TABLE, [UNKNOWN]),
        (SOMEWHERE + key("custom_key_store_id = var.somewhere", "enable_key_rotation = true") + TABLE, [PASS]),
        (PRIMARY + OF_PRIMARY + encrypted("aws_kms_replica_key.orders.arn"), [PASS]),
        (
            OF_PRIMARY.replace("aws_kms_key.primary.arn", f'"{ARN}:key/{MRK}"')
            + encrypted("aws_kms_replica_key.orders.arn"),
            [NONE],
        ),
        (
            SOMEWHERE
            + OF_PRIMARY.replace("aws_kms_key.primary.arn", "var.somewhere")
            + encrypted("aws_kms_replica_key.orders.arn"),
            [UNKNOWN],
        ),
    ],
)
def test_rotation(source: str, verdicts: list[Verdict]) -> None:
    assert run("DDB302", source)[0] == verdicts


def test_a_key_of_several_tables_is_one_finding() -> None:
    _, (problem,) = run(
        "DDB302", key() + TABLE + TABLE.replace('"orders" {', '"others" {', 1).replace('"orders"', '"others"', 1)
    )
    assert problem.message == 'aws_kms_key.orders, the key of table "orders" and 1 more, is not rotated'


# -- policies ------------------------------------------------------------------------------------------------------

OPEN = admit("AWS *", "kms:*")
ME = 'data "aws_caller_identity" "me" {}\n\n'


def policy(*statements: str, before: str = "") -> str:
    return before + document(*statements) + key("policy = data.aws_iam_policy_document.orders.json") + TABLE


def separate(key_id: str, statement: str = OPEN) -> str:
    lines = f"key_id = {key_id}\npolicy = data.aws_iam_policy_document.orders.json"
    return document(statement) + block('resource "aws_kms_key_policy" "orders"', lines) + "\n" + key() + TABLE


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        (policy(OPEN), FAIL),
        (policy(admit("Service dynamodb.amazonaws.com", "kms:*")), PASS),
        (SOMEWHERE + policy(admit("AWS ${var.somewhere}", "kms:*")), UNKNOWN),
        (SOMEWHERE + policy(admit("AWS arn:aws:iam::${var.somewhere}:root", "kms:*")), PASS),
        (policy(admit("AWS ${data.aws_caller_identity.me.account_id}", "kms:*"), before=ME), PASS),
        (variable("who", "list(string)") + policy(OPEN.replace('["*"]\n  }', "var.who\n  }")), UNKNOWN),
        (policy(OPEN.replace("principals {", "not_principals {")), UNKNOWN),
        (variable("effect") + policy(OPEN.replace('"Allow"', "var.effect")), UNKNOWN),
        # policies that are resources of their own
        (separate("aws_kms_key.orders.key_id"), FAIL),
        (separate("aws_kms_key.orders.key_id", admit("AWS 111122223333", "kms:*")), PASS),
        (separate('"alias/others"'), PASS),
        (SOMEWHERE + separate("var.somewhere"), UNKNOWN),
        (SOMEWHERE + separate("var.somewhere", admit("AWS 111122223333", "kms:*")), PASS),
        # the policy of another key, no policy, a key from elsewhere
        (
            policy(OPEN).replace("aws_kms_key.orders.arn", "aws_kms_key.others.arn")
            + key().replace("orders", "others"),
            PASS,
        ),
        (key() + TABLE, PASS),
        (encrypted(f'"{ARN}:key/{UUID}"'), NONE),
        (ENCRYPT + key() + encrypted("var.encrypt ? aws_kms_key.orders.arn : null"), UNKNOWN),
        (key('policy = "{"') + TABLE, UNKNOWN),
    ],
)
def test_key_policies(source: str, verdict: Verdict) -> None:
    assert run("DDB303", source)[0] == [verdict]


def values(*texts: str) -> str:
    return json.dumps(texts)


ORG = ("StringEquals", "aws:PrincipalOrgID", values("o-a1b2c3d4e5"))


@pytest.mark.parametrize(
    ("conditions", "verdict"),
    [
        ([ORG], PASS),
        ([("StringEquals", "AWS:principalorgid", values("o-a1b2c3d4e5"))], PASS),
        ([("StringEquals", "kms:CallerAccount", "[data.aws_caller_identity.me.account_id]")], PASS),
        ([("StringEquals", "kms:ViaService", values("dynamodb.eu-west-1.amazonaws.com")), ORG], PASS),
        ([("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", values("o-a1b2c3d4e5/*"))], PASS),
        ([("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", values("o-*"))], UNKNOWN),
        ([("ForAllValues:StringEquals", "aws:PrincipalOrgPaths", values("o-a1b2c3d4e5/r/"))], UNKNOWN),
        ([("StringEqualsIfExists", "aws:PrincipalOrgID", values("o-a1b2c3d4e5"))], UNKNOWN),
        ([("StringNotEqualsIfExists", "aws:PrincipalOrgID", values("o-a1b2c3d4e5"))], UNKNOWN),
        ([("StringNotEquals", "aws:PrincipalAccount", values("111122223333"))], FAIL),
        ([("Null", "aws:PrincipalOrgID", values("false"))], FAIL),
        ([("StringLike", "aws:PrincipalOrgID", values("*"))], FAIL),
        ([("StringLike", "aws:PrincipalOrgID", values("o-*"))], UNKNOWN),
        ([("StringLike", "aws:PrincipalOrgID", values("o-a1b2c3d4e5", "*"))], FAIL),
        ([("StringEquals", "aws:PrincipalOrgID", values("*"))], PASS),
        ([("StringEquals", "aws:SourceAccount", '["&{aws:PrincipalAccount}"]')], UNKNOWN),
        ([("StringLike", "aws:SourceAccount", '["&{aws:PrincipalAccount}"]')], UNKNOWN),
        ([("ArnLike", "aws:PrincipalArn", values("arn:aws:iam::111122223333:role/*"))], PASS),
        ([("ArnLike", "aws:PrincipalArn", values("arn:aws:iam::*:role/app"))], FAIL),
        ([("ArnLike", "aws:PrincipalArn", values("arn:aws:iam::1111*:role/app"))], UNKNOWN),
        ([("ArnLike", "aws:PrincipalArn", values("arn:aws:*"))], UNKNOWN),
        ([("ArnLike", "aws:SourceArn", values("arn:aws:s3:::bucket/*"))], PASS),
        ([("ArnLike", "aws:SourceArn", values("arn:aws:s3:::buck*"))], UNKNOWN),
        ([("ArnLike", "aws:SourceArn", values("arn:aws:s3:::*"))], UNKNOWN),
        ([("ArnLike", "aws:SourceArn", '["${aws_dynamodb_table.orders.arn}/*"]')], PASS),
        ([("ArnEquals", "aws:SourceArn", "[aws_dynamodb_table.orders.arn]")], PASS),
        ([("StringLike", "aws:userid", values("AROAEXAMPLE:*"))], PASS),
        ([("StringLike", "aws:userid", values("AROA*"))], UNKNOWN),
        ([("Bool", "aws:SecureTransport", values("true"))], FAIL),
        ([("StringEquals", "aws:PrincipalTag/team", values("orders"))], FAIL),
        ([("StringEquals", "kms:EncryptionContext:aws:dynamodb:tableName", values("orders"))], FAIL),
        ([("IpAddress", "aws:SourceIp", values("192.0.2.0/24"))], UNKNOWN),
        ([("Bool", "aws:PrincipalIsAWSService", values("true"))], UNKNOWN),
        ([("StringEquals", "aws:PrincipalAccount", "[var.somewhere]")], UNKNOWN),
        ([("StringEquals", "aws:PrincipalAccount", "var.accounts")], UNKNOWN),
        ([("StringEquals", "aws:PrincipalAccount", values("111122223333", "444455556666"))], PASS),
    ],
)
def test_conditions(conditions: list[tuple[str, str, str]], verdict: Verdict) -> None:
    given = SOMEWHERE + variable("accounts", "list(string)") + ME
    source = given + document(admit("AWS *", "dynamodb:GetItem", *conditions)) + RESOURCE_POLICY + table()
    assert run("DDB304", source)[0] == [verdict]


RESOURCE_POLICY = block(
    'resource "aws_dynamodb_resource_policy" "orders"',
    "resource_arn = aws_dynamodb_table.orders.arn\npolicy = data.aws_iam_policy_document.orders.json",
)
OTHERS = ("StringNotEquals", "aws:PrincipalOrgID", values("o-a1b2c3d4e5"))
NO_TLS = ("Bool", "aws:SecureTransport", values("false"))


@pytest.mark.parametrize(
    ("denial", "verdict"),
    [
        (admit("AWS *", "kms:*", OTHERS, effect="Deny"), UNKNOWN),
        (admit("* *", "KMS:De*", OTHERS, effect="Deny"), UNKNOWN),
        (admit("AWS *", "kms:*", effect="Deny"), UNKNOWN),
        (admit("AWS *", "kms:*", OTHERS, effect="Deny").replace("actions ", "not_actions "), UNKNOWN),
        (SOMEWHERE + admit("AWS *", "${var.somewhere}", OTHERS, effect="Deny"), UNKNOWN),
        (admit("AWS *", "kms:*", OTHERS, effect="Deny").replace("principals", "not_principals"), UNKNOWN),
        # other actions, only without TLS, only some callers
        (admit("AWS *", "kms:Put*", OTHERS, effect="Deny"), FAIL),
        (admit("AWS *", "kms:*", NO_TLS, effect="Deny"), FAIL),
        (admit("AWS *", "kms:*", NO_TLS, OTHERS, effect="Deny"), FAIL),
        (admit("AWS *", "kms:*", ("StringEquals", "aws:PrincipalAccount", values("1")), effect="Deny"), FAIL),
        (admit("AWS arn:aws:iam::111122223333:root", "kms:*", effect="Deny"), FAIL),
        (admit("AWS *", "kms:*", ORG), FAIL),
    ],
)
def test_denials(denial: str, verdict: Verdict) -> None:
    before, _, statement = denial.rpartition("statement {\n")
    source = before + policy(admit("AWS *", "kms:Decrypt"), "statement {\n" + statement)
    assert run("DDB303", source)[0] == [verdict]


def test_statements_are_named_by_their_sid() -> None:
    _, (problem,) = run("DDB303", policy(OPEN.replace("effect ", 'sid = "Everyone"\neffect ', 1)))
    assert problem.message.startswith('statement "Everyone" of the key policy aws_kms_key.orders admits')
    assert problem.detail == "aws_kms_key.orders:Everyone"


def test_nothing_of_a_secret_policy_is_said() -> None:
    secret = 'variable "sid" {\n  type      = string\n  default   = "s3cret"\n  sensitive = true\n}\n'
    statement = {"Sid": "VAR", "Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}
    conditional = {**statement, "Condition": {"Bool": {"x:s3cret": "true"}}}
    for item, verdict in ((statement, FAIL), (conditional, UNKNOWN)):
        text = json.dumps({"Statement": [item]}).replace('"VAR"', "var.sid")
        verdicts, problems = run("DDB303", secret + key(f"policy = jsonencode({text})") + TABLE)
        assert verdicts == [verdict]
        assert "s3cret" not in repr([(p.message, p.help, p.detail, p.label) for p in problems])


def test_other_policies_are_not_judged() -> None:
    assert run("DDB304", policy(OPEN))[0] == [NONE]


# -- endpoints -----------------------------------------------------------------------------------------------------

REQUIRED = {"required": True}


def endpoint(service: str, *lines: str, head: str = 'resource "aws_vpc_endpoint" "orders"') -> str:
    return block(head, "\n".join(('vpc_id = "vpc-1"', f"service_name = {service}", *lines))) + "\n"


DYNAMODB = '"com.amazonaws.eu-west-1.dynamodb"'
ROUTED = 'route_table_ids = ["rtb-1"]'
SERVICE = block('data "aws_vpc_endpoint_service" "s"', 'service = "dynamodb"') + "\n"
TO_ORDERS = block(
    'resource "aws_vpc_endpoint_route_table_association" "a"',
    'route_table_id = "rtb-1"\nvpc_endpoint_id = aws_vpc_endpoint.orders.id',
)


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        (endpoint(DYNAMODB, ROUTED), PASS),
        (endpoint(DYNAMODB, ROUTED, 'vpc_endpoint_type = "Gateway"'), PASS),
        (endpoint(DYNAMODB, 'vpc_endpoint_type = "Interface"'), FAIL),
        (SOMEWHERE + endpoint(DYNAMODB, ROUTED, "vpc_endpoint_type = var.somewhere"), UNKNOWN),
        (SOMEWHERE + endpoint('"com.amazonaws.${var.somewhere}.dynamodb"', ROUTED), PASS),
        (SOMEWHERE + endpoint('"com.amazonaws.${var.somewhere}.s3"', ROUTED), FAIL),
        (SOMEWHERE + endpoint('"${var.somewhere}dynamodb"', ROUTED), UNKNOWN),
        (SOMEWHERE + endpoint("var.somewhere", ROUTED), UNKNOWN),
        (SERVICE + endpoint("data.aws_vpc_endpoint_service.s.service_name", ROUTED), PASS),
        (SERVICE.replace("dynamodb", "s3") + endpoint("data.aws_vpc_endpoint_service.s.service_name", ROUTED), FAIL),
        (
            SERVICE.replace('service = "dynamodb"', "")
            + endpoint("data.aws_vpc_endpoint_service.s.service_name", ROUTED),
            UNKNOWN,
        ),
        (endpoint("null", ROUTED), FAIL),
        (endpoint('"dynamodb"', ROUTED), FAIL),
        (endpoint(DYNAMODB, head='data "aws_vpc_endpoint" "orders"'), PASS),
        # route tables
        (endpoint(DYNAMODB), FAIL),
        (endpoint(DYNAMODB, "route_table_ids = []"), FAIL),
        (endpoint(DYNAMODB, "route_table_ids = [aws_route_table.r.id]") + 'resource "aws_route_table" "r" {}\n', PASS),
        (endpoint(DYNAMODB) + TO_ORDERS, PASS),
        (endpoint(DYNAMODB) + TO_ORDERS.replace("aws_vpc_endpoint.orders.id", '"vpce-1"'), FAIL),
        (
            endpoint(DYNAMODB) + TO_ORDERS.replace(".orders.id", ".s3.id") + 'resource "aws_vpc_endpoint" "s3" {}\n',
            FAIL,
        ),
        (SOMEWHERE + endpoint(DYNAMODB) + TO_ORDERS.replace("aws_vpc_endpoint.orders.id", "var.somewhere"), UNKNOWN),
        (
            variable("some", "set(string)")
            + endpoint(DYNAMODB)
            + TO_ORDERS.replace("route_table_id ", "for_each = var.some\nroute_table_id "),
            UNKNOWN,
        ),
        (variable("n", "number") + endpoint(DYNAMODB, ROUTED, "count = var.n"), UNKNOWN),
        # one of two is enough
        (endpoint(DYNAMODB) + endpoint(DYNAMODB, ROUTED).replace('"orders"', '"others"'), PASS),
        # it may be in what cannot be seen
        ('module "vpc" {\n  source = "terraform-aws-modules/vpc/aws"\n}\n', UNKNOWN),
    ],
)
def test_endpoints(source: str, verdict: Verdict) -> None:
    assert run("DDB305", source + table(), REQUIRED)[0] == [verdict]


def test_endpoints_are_asked_for_where_there_are_tables() -> None:
    assert run("DDB305", endpoint(DYNAMODB), REQUIRED)[0] == [NONE]
    assert run("DDB305", table())[0] == [NONE]


@pytest.mark.parametrize(
    ("environment", "beside", "verdict"), [("dev", "dev", PASS), ("dev", "prod", FAIL), ("default", "default", FAIL)]
)
def test_an_endpoint_in_another_root_module(environment: str, beside: str, verdict: Verdict) -> None:
    tables, network = estate(table(), environment, "tables"), estate(endpoint(DYNAMODB, ROUTED), beside, "network")
    assert judged("DDB305", tables, REQUIRED, (tables, network))[0] == [verdict]


# -- plans ---------------------------------------------------------------------------------------------------------


def planned(source: str, **after: Mapping[str, str]) -> Estate:
    """The estate with a plan that knows these attributes of resources, by address with `__` for the dots."""
    evaluation = evaluate_source({"main.tf": source}, "dev")
    instances = {r.address.replace(".", "__"): r for r in evaluation.resources}
    file = StructuredFile("plan.json")
    changes = tuple(
        Change(
            (r := instances[name]).address,
            "",
            r.mode,
            r.type,
            r.name,
            None,
            ("read",) if r.mode == "data" else ("no-op",),
            Absent(),
            object_value({key: string(value) for key, value in known.items()}),
            file.place(r.address),
        )
        for name, known in after.items()
    )
    managed, read = (tuple(c for c in changes if c.mode == mode) for mode in ("managed", "data"))
    return build_estate(replace(evaluation, plan=Plan(file, "plan", "1.2", "", managed, data=read)))


WRITTEN = f"{ARN}:key/{UUID}"


def test_a_plan_knows_the_arn_of_a_key() -> None:
    known = {"arn": WRITTEN, "key_id": UUID, "id": UUID}
    source = key() + encrypted(f'"{WRITTEN}"')
    assert judged("DDB301", planned(source), CUSTOMER)[0] == [UNKNOWN]
    assert judged("DDB301", planned(source, aws_kms_key__orders=known), CUSTOMER)[0] == [PASS]
    assert judged("DDB302", planned(source, aws_kms_key__orders=known))[0] == [FAIL]


def test_a_plan_knows_where_an_alias_leads() -> None:
    written = f"{ARN}:alias/orders"
    source = key() + alias(f'"{UUID}"', '"alias/elsewhere"') + encrypted(f'"{written}"')
    leads = {"arn": written, "target_key_id": UUID, "target_key_arn": WRITTEN}
    with_key = planned(source, aws_kms_alias__orders=leads, aws_kms_key__orders={"arn": WRITTEN, "key_id": UUID})
    assert judged("DDB302", with_key)[0] == [FAIL]
    assert judged("DDB302", planned(source, aws_kms_alias__orders=leads))[0] == [NONE]


@pytest.mark.parametrize(
    ("after", "verdict"),
    [
        ({"arn": WRITTEN, "key_manager": "AWS"}, FAIL),
        ({"arn": WRITTEN, "key_manager": "CUSTOMER"}, PASS),
        ({"arn": "x", "key_manager": "CUSTOMER"}, UNKNOWN),
    ],
)
def test_a_plan_knows_who_manages_a_key(after: Mapping[str, str], verdict: Verdict) -> None:
    source = data("aws_kms_key", f'key_id = "{UUID}"') + encrypted(f'"{WRITTEN}"')
    assert judged("DDB301", planned(source, data__aws_kms_key__looked_up=after), CUSTOMER)[0] == [verdict]


@pytest.mark.parametrize(("name", "verdict"), [("alias/aws/dynamodb", FAIL), ("alias/others", PASS)])
def test_a_plan_knows_the_target_of_an_alias(name: str, verdict: Verdict) -> None:
    source = data("aws_kms_alias", f'name = "{name}"') + encrypted(f'"{WRITTEN}"')
    after = {"name": name, "target_key_arn": WRITTEN}
    assert judged("DDB301", planned(source, data__aws_kms_alias__looked_up=after), CUSTOMER)[0] == [verdict]


def test_a_plan_knows_the_id_of_an_endpoint() -> None:
    source = endpoint(DYNAMODB) + TO_ORDERS.replace("aws_vpc_endpoint.orders.id", '"vpce-1"') + table()
    for id, verdict in (("vpce-1", PASS), ("vpce-2", FAIL)):
        assert judged("DDB305", planned(source, aws_vpc_endpoint__orders={"id": id}), REQUIRED)[0] == [verdict]


def test_what_is_unknown_for_one_reason_is_one_finding() -> None:
    two = encrypted("var.arn") + encrypted("var.arn").replace('"orders" {', '"others" {', 1)
    verdicts, (problem,) = run("DDB302", variable("arn") + key() + two)
    assert verdicts == [UNKNOWN]
    assert problem.message.startswith('whether the key of table "orders" and 1 more is rotated is not known')
