"""Buckets, alarms, parameters, logs, APIs and environments beside the examples: joins, older arguments, other forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ddbaudit.engine.judge import ActiveRule, Judgement, judge
from ddbaudit.engine.registry import load_rules
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Cause
from ddbaudit.model.build import build_estate
from ddbaudit.testing.cases import evaluate_source
from ddbaudit_rules._support import bucket_examples as some
from ddbaudit_rules._support.alarm_examples import alarm, dimensions, query
from ddbaudit_rules._support.environment_examples import function, task
from ddbaudit_rules._support.examples import block, table, variable
from ddbaudit_rules._support.secrets import names_secret
from tests.cli.harness import Shell

REGISTRY = load_rules()
PASS, FAIL, UNKNOWN, NOTHING = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE
AUDIT = {"names": ["*-audit"]}
TIERS = {**AUDIT, "tiers": {"cold": ["GLACIER"]}}
COPIES = {"names": ["orders-*"], "required": True}
ALARMS = {"required": True}
FOR_EACH = variable("keys", "set(string)")


def run(id: str, source: str, params: Mapping[str, Any] | None = None, *, missing: bool = False) -> Judgement:
    """The rule on a configuration; `missing`: a module of it could not be read."""
    rule = REGISTRY.get(id)
    active = ActiveRule(rule, rule.meta.severity, msgspec.convert(dict(params or {}), rule.params))
    evaluation = evaluate_source({"main.tf": source}, "dev")
    if missing:
        evaluation = replace(evaluation, missing=(Cause("missing-module", "a module is not there"),))
    judgement = judge(build_estate(evaluation), [active])
    assert not judgement.crashes
    return judgement


def verdicts(id: str, source: str, params: Mapping[str, Any] | None = None, **more: bool) -> list[Verdict]:
    return sorted({entry.verdict for entry in run(id, source, params, **more).ledger}, key=lambda v: v.value)


# -- buckets -----------------------------------------------------------------------------------------------------------

BLOCK = some.public_access_block()
ACCOUNT = BLOCK.replace("aws_s3_bucket_public_access_block", "aws_s3_account_public_access_block").replace(
    "  bucket = aws_s3_bucket.audit.id\n", ""
)
OLDER = {
    "versioning": "versioning {\n  enabled = true\n}",
    "encryption": some.encrypted().partition("aws_s3_bucket.audit.id\n")[2].strip()[:-1],
}


VERSIONED = some.bucket() + some.versioned()


def each(source: str) -> str:
    """The source's last resource, once for each of an unknown set."""
    head, _, body = source.rpartition('" {')
    return FOR_EACH + f'{head}" {{\n  for_each = var.keys{body}'


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        # what a block belongs to
        (some.bucket() + some.public_access_block(name="aws_s3_bucket.audit.bucket"), PASS),
        (VERSIONED + some.public_access_block(name="aws_s3_bucket_versioning.audit.id"), PASS),
        (
            VERSIONED + some.public_access_block(name="aws_s3_bucket_versioning.audit.bucket"),
            PASS,
        ),
        (some.bucket() + some.public_access_block(name="aws_s3_bucket_public_access_block.audit.id"), UNKNOWN),
        (some.bucket() + each(BLOCK), UNKNOWN),
        (some.bucket().replace("bucket =", "bucket_prefix =") + BLOCK, PASS),
        (some.bucket().replace("bucket =", "bucket_prefix =") + some.public_access_block(name='"x"'), FAIL),
        (
            some.bucket().replace("bucket =", "bucket_prefix =") + some.public_access_block(name='"orders-audit-1"'),
            UNKNOWN,
        ),
        # the account
        (some.bucket() + ACCOUNT, PASS),
        (some.bucket() + ACCOUNT.replace("= true", "= false"), FAIL),
        (some.bucket() + ACCOUNT.replace('"audit" {', '"audit" {\n  account_id = "123456789012"'), UNKNOWN),
        (
            some.bucket()
            + some.public_access_block(block_public_acls=None, ignore_public_acls="false")
            + ACCOUNT.replace("block_public_policy", "#"),
            PASS,
        ),
        ("", None),
    ],
)
def test_public_access(source: str, verdict: Verdict | None) -> None:
    assert verdicts("EST701", source) == ([verdict] if verdict is not None else [])


def test_each_bucket_has_its_own_block() -> None:
    source = some.bucket() + some.bucket(name='"orders-logs"', label="logs") + BLOCK
    found = run("EST701", source).findings
    assert [f.address for f in found] == ["aws_s3_bucket.logs"]


def test_buckets_of_unknown_keys() -> None:
    bucket = each(some.bucket(name="each.key"))
    own = some.public_access_block(name="aws_s3_bucket.audit[each.key].id")
    assert verdicts("EST701", bucket + own.replace('"audit" {', '"audit" {\n  for_each = var.keys')) == [UNKNOWN]
    assert verdicts("EST701", bucket) == [FAIL]


def test_what_a_missing_module_may_hold_is_not_missing() -> None:
    for id, source, params in (
        ("EST701", some.bucket(), {}),
        ("EST702", some.bucket(), AUDIT),
        ("EST703", some.bucket(), TIERS),
        ("EST704", some.bucket(), COPIES),
        ("EST705", table(), ALARMS),
        ("EST706", table(), {"required": True}),
    ):
        assert verdicts(id, source, params) == [FAIL]
        assert verdicts(id, source, params, missing=True) == [UNKNOWN], id


@pytest.mark.parametrize(
    ("body", "params", "verdict"),
    [
        ("", {"names": ["orders-a????"]}, FAIL),
        ("", {"addresses": ["*.audit"]}, FAIL),
        ("", {"addresses": ["module.*"]}, NOTHING),
        ("", {"tags": {"Purpose": "audit*"}}, NOTHING),
        ('tags = { Purpose = "audits" }', {"tags": {"Purpose": "audit*"}}, FAIL),
        ("tags = var.tags", {"tags": {"Purpose": "audit*"}}, UNKNOWN),
        ("tags = { Purpose = var.purpose }", {"tags": {"Purpose": "audit*"}}, UNKNOWN),
        ("", {}, NOTHING),
    ],
)
def test_which_buckets_are_chosen(body: str, params: Mapping[str, Any], verdict: Verdict) -> None:
    variables = variable("tags", "map(string)") + variable("purpose")
    assert verdicts("EST702", variables + some.bucket(body), {**params, "required": ["versioning"]}) == [verdict]


SOMEBODY = some.tls_only().replace('type        = "*"', 'type        = "AWS"').replace('= ["*"]', "= [var.who]")


@pytest.mark.parametrize(
    ("source", "required", "verdict"),
    [
        (some.bucket(OLDER["versioning"]), "versioning", PASS),
        (some.bucket(OLDER["versioning"].replace("true", "false")), "versioning", FAIL),
        (some.bucket() + each(some.versioned()), "versioning", UNKNOWN),
        (some.bucket() + some.encrypted('"AES256"'), "encryption", PASS),
        (some.bucket("server_side_encryption_configuration {\n" + OLDER["encryption"] + "}"), "encryption", PASS),
        (some.bucket() + some.of_bucket("server_side_encryption_configuration", block("rule", "")), "encryption", FAIL),
        (some.bucket() + some.tls_only(), "tls", PASS),
        (some.bucket() + each(some.tls_only()), "tls", UNKNOWN),
        (some.bucket() + some.tls_only(value="true"), "tls", FAIL),
        (some.bucket() + some.tls_only().replace('"Deny"', '"Allow"'), "tls", FAIL),
        (some.bucket() + some.tls_only().replace('"Deny"', "var.effect") + variable("effect"), "tls", UNKNOWN),
        (some.bucket() + some.tls_only().replace(', "${aws_s3_bucket.audit.arn}/*"', ""), "tls", FAIL),
        (some.bucket() + some.tls_only().replace('"${aws_s3_bucket.audit.arn}", ', ""), "tls", FAIL),
        (some.bucket() + some.tls_only('["*"]').replace("${aws_s3_bucket.audit.arn}", "*"), "tls", PASS),
        (
            some.bucket() + some.tls_only().replace("${aws_s3_bucket.audit.arn}", "arn:aws:s3:::orders-audit"),
            "tls",
            PASS,
        ),
        (
            some.bucket() + some.tls_only().replace("${aws_s3_bucket.audit.arn}", "arn:aws:s3:::orders-aud??"),
            "tls",
            PASS,
        ),
        (
            some.bucket()
            + 'data "aws_partition" "here" {}\n'
            + some.tls_only().replace(
                "${aws_s3_bucket.audit.arn}", "arn:${data.aws_partition.here.partition}:s3:::${aws_s3_bucket.audit.id}"
            ),
            "tls",
            PASS,
        ),
        (
            some.bucket() + variable("name") + some.tls_only().replace("${aws_s3_bucket.audit.arn}", "${var.name}"),
            "tls",
            UNKNOWN,
        ),
        (some.bucket() + some.tls_only().replace('type        = "*"', 'type        = "AWS"'), "tls", PASS),
        (some.bucket() + some.tls_only().replace('type        = "*"', 'type        = "Service"'), "tls", FAIL),
        (some.bucket() + SOMEBODY + variable("who"), "tls", UNKNOWN),
        (some.bucket() + some.tls_only().replace("SecureTransport", "PrincipalArn"), "tls", FAIL),
        (some.bucket() + some.of_bucket("policy", "policy = var.policy") + variable("policy"), "tls", UNKNOWN),
        (
            some.bucket()
            + some.tls_only().replace(
                "condition {",
                'condition {\n      test     = "StringEquals"\n      variable = "aws:PrincipalTag/x"\n'
                '      values   = ["y"]\n    }\n\n    condition {',
            ),
            "tls",
            FAIL,
        ),
    ],
)
def test_protection(source: str, required: str, verdict: Verdict) -> None:
    assert verdicts("EST702", source, {**AUDIT, "required": [required]}) == [verdict]


def filtered(body: str) -> str:
    return some.bucket() + some.tiers('"GLACIER"', filter_=body)


MOVE = block("transition", 'days = 90\nstorage_class = "GLACIER"')
MAYBE_MOVE = block('dynamic "transition"', "for_each = var.keys", block("content", 'storage_class = "GLACIER"'))


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        (filtered(""), PASS),
        (filtered('filter {\n  prefix = ""\n}'), PASS),
        (filtered('prefix = ""'), PASS),
        (filtered('prefix = "x/"'), FAIL),
        (filtered("filter {\n  object_size_greater_than = 500\n}"), FAIL),
        (filtered("filter {\n  object_size_greater_than = 0\n}"), PASS),
        (filtered('filter {\n  tag {\n    key   = "a"\n    value = "b"\n  }\n}'), FAIL),
        (filtered('filter {\n  and {\n    prefix = "a"\n    tags   = { a = "b" }\n  }\n}'), FAIL),
        (filtered("filter {\n  and {\n    tags = {}\n  }\n}"), PASS),
        (filtered("filter {\n  prefix = var.p\n}") + variable("p"), UNKNOWN),
        (
            filtered(
                'filter {\n  dynamic "tag" {\n    for_each = var.keys\n    content {\n      key   = "a"\n'
                '      value = "b"\n    }\n  }\n}'
            )
            + FOR_EACH,
            FAIL,
        ),
        (some.bucket() + some.tiers("var.c") + variable("c"), UNKNOWN),
        (some.bucket() + some.tiers('"GLACIER"', status="var.s") + variable("s"), UNKNOWN),
        (some.bucket() + each(some.tiers('"GLACIER"')), UNKNOWN),
        (some.bucket() + some.tiers(filter_=MAYBE_MOVE) + FOR_EACH, UNKNOWN),
        (some.bucket(block("lifecycle_rule", "enabled = true", MOVE)), PASS),
        (some.bucket(block("lifecycle_rule", "enabled = false", MOVE)), FAIL),
    ],
)
def test_tiers(source: str, verdict: Verdict) -> None:
    assert verdicts("EST703", source, TIERS) == [verdict]


def test_no_tiers_are_asked_for() -> None:
    assert verdicts("EST703", some.bucket(), AUDIT) == [NOTHING]


ONE_REGION = block('provider "aws"', "") + "\n"
OLDER_COPY = block(
    "replication_configuration",
    'role = "arn:aws:iam::123456789012:role/replication"',
    block("rules", 'status = "Enabled"', block("destination", "bucket = aws_s3_bucket.copy.arn")),
)
COPY = some.copied().partition('resource "aws_s3_bucket_replication')[0]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (some.two_regions() + some.bucket(OLDER_COPY) + COPY, [NOTHING, PASS]),
        (some.two_regions() + some.bucket() + some.copied(destination='"arn:aws:s3:::orders-copy"'), [NOTHING, PASS]),
        (ONE_REGION + some.bucket() + some.copied(provider="aws"), [FAIL, NOTHING]),
        (some.two_regions() + some.bucket() + each(some.copied()), [NOTHING, UNKNOWN]),
        (some.two_regions() + some.bucket() + some.copied(status="var.s") + variable("s"), [NOTHING, UNKNOWN]),
        # the destination may be the other bucket
        (some.two_regions() + some.bucket() + some.copied(destination="var.arn") + variable("arn"), [UNKNOWN]),
        # a bucket that is copied to itself is no copy
        (some.bucket() + some.copied(destination="aws_s3_bucket.audit.arn", provider="aws"), [FAIL]),
    ],
)
def test_copies(source: str, expected: list[Verdict]) -> None:
    assert verdicts("EST704", source, COPIES) == expected


# -- alarms ------------------------------------------------------------------------------------------------------------


def insights(expression: str) -> str:
    lines = f'id          = "q"\nperiod      = 60\nreturn_data = true\nexpression  = {expression}'
    return alarm(block("metric_query", lines), metric=None)


SELECT = 'SELECT SUM(ThrottledRequests) FROM SCHEMA(\\"AWS/DynamoDB\\", TableName, Operation)'


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (table() + alarm(dimensions('"orders"', Operation='"Query"')), [PASS]),
        (table() + alarm(dimensions(Operation='"Query"')).replace("AWS/DynamoDB", "AWS/Lambda"), [FAIL]),
        (table() + alarm(dimensions(Operation='"Query"'), metric="SuccessfulRequestLatency"), [FAIL]),
        (table() + alarm(dimensions(Operation='"Query"'), metric="ReadThrottleEvents"), [FAIL]),
        (table() + alarm(dimensions(), metric="WriteMaxOnDemandThroughputThrottleEvents"), [PASS]),
        (table() + alarm("", metric="ReadThrottleEvents"), [FAIL]),
        (table() + each(alarm(dimensions(Operation='"Query"'))), [PASS, UNKNOWN]),
        (table() + alarm(dimensions()).replace('"ThrottledRequests"', "var.m") + variable("m"), [UNKNOWN]),
        (
            table() + alarm(dimensions(Operation="null")).replace('"AWS/DynamoDB"', "var.n") + variable("n"),
            [FAIL],
        ),
        (
            table()
            + variable("n")
            + alarm(dimensions(), metric="ReadThrottleEvents").replace('"AWS/DynamoDB"', "var.n"),
            [UNKNOWN],
        ),
        (
            table()
            + alarm(block('dynamic "metric_query"', "for_each = var.keys", block("content", "id = metric_query.value")))
            + FOR_EACH,
            [FAIL, UNKNOWN],
        ),
        (
            table()
            + FOR_EACH
            + alarm(
                block(
                    'dynamic "metric_query"',
                    "for_each = var.keys",
                    block("content", query("GetItem").strip().removeprefix("metric_query {").removesuffix("}")),
                ),
                metric=None,
            ),
            [PASS, UNKNOWN],
        ),
        (
            table()
            + FOR_EACH
            + alarm(block('dynamic "metric_query"', "for_each = var.keys", block("content", 'id = "a"')), metric=None),
            [UNKNOWN],
        ),
        (table() + insights(f'"{SELECT}"'), [PASS]),
        (table() + insights(f"\"{SELECT} WHERE TableName = 'orders'\""), [PASS]),
        (table() + insights(f"\"{SELECT} WHERE TableName = 'invoices'\""), [FAIL]),
        (table() + insights('"SUM(METRICS())"'), [FAIL]),
        (table() + insights("var.q") + variable("q"), [UNKNOWN]),
        (table() + insights(f'"{SELECT} WHERE TableName = ${{var.q}}"') + variable("q"), [UNKNOWN]),
        (table(name="var.n") + variable("n") + alarm(dimensions(Operation='"Query"')), [PASS]),
        (table(count="0"), []),
    ],
)
def test_alarms(source: str, expected: list[Verdict]) -> None:
    assert verdicts("EST705", source, ALARMS) == expected


def test_an_alarm_is_told_once_though_several_of_its_metrics_do_not_exist() -> None:
    source = table() + alarm((query("GetItem") + query("PutItem")).replace("Operation", "# Operation"), metric=None)
    found = run("EST705", source).findings
    assert [f.address for f in found] == ["aws_cloudwatch_metric_alarm.throttled"]
    assert "does not exist" in found[0].problem.message


def test_an_alarm_without_a_table_of_this_configuration_is_judged() -> None:
    source = alarm(dimensions('"elsewhere"'))
    assert verdicts("EST705", source) == [FAIL]
    assert verdicts("EST705", variable("name") + source.replace('"orders-throttled"', "var.name")) == [FAIL]


# -- parameters, logs, mappings ----------------------------------------------------------------------------------------

NAMED = {"parameter": "/shop/{env}/{entity}", "table": "{env}-{entity}"}


def parameter(*lines: str) -> str:
    return block('resource "aws_ssm_parameter" "orders"', "\n".join(('type = "String"', *lines)))


@pytest.mark.parametrize(
    ("source", "params", "verdict"),
    [
        (table() + parameter('name = "/a"', 'insecure_value = "orders"'), {"required": True}, PASS),
        (table() + parameter('name = "/a"', "value_wo = aws_dynamodb_table.orders.name"), {"required": True}, UNKNOWN),
        (table() + each(parameter('name = "/a"', 'value = "orders"')), {"required": True}, UNKNOWN),
        (table(name="var.n") + variable("n") + parameter('name = "/a"', 'value = "b"'), NAMED, UNKNOWN),
        (
            table(name="var.n") + variable("n") + parameter('name = "/a"', "value = aws_dynamodb_table.orders.name"),
            {"required": True},
            PASS,
        ),
        (table(), NAMED, NOTHING),
        (
            table(name='"dev-orders"') + parameter("name = var.n", 'value = "dev-orders"') + variable("n"),
            NAMED,
            UNKNOWN,
        ),
        (table(name='"dev-orders"') + parameter("name = var.n", 'value = "x"') + variable("n"), NAMED, FAIL),
        (
            table(name='"dev-orders"') + parameter('name = "/shop/dev/orders"', "value = aws_dynamodb_table.orders.id"),
            NAMED,
            PASS,
        ),
    ],
)
def test_parameters(source: str, params: Mapping[str, Any], verdict: Verdict) -> None:
    assert verdicts("EST706", source, params) == [verdict]


def test_a_parameter_without_a_known_name_goes_by_its_address() -> None:
    source = table(name='"dev-orders"') + parameter('name = "/shop/dev/orders"', 'value = "x"')
    secret = 'variable "n" {\n  type      = string\n  default   = "/shop/dev/orders"\n  sensitive = true\n}\n'
    (found,) = run("EST706", secret + source.replace('"/shop/dev/orders"', "var.n"), NAMED).findings
    assert found.problem.message.startswith("parameter aws_ssm_parameter.orders does not hold")


@pytest.mark.parametrize("pattern", ["/shop/{env}", "/shop/{entity}/{stage}", "/shop/{}/{entity}"])
def test_patterns_of_parameters_are_checked(pattern: str) -> None:
    with pytest.raises(msgspec.ValidationError, match="must have"):
        run("EST706", table(), {"parameter": pattern})


def test_log_groups_are_named_as_far_as_known() -> None:
    group = block('resource "aws_cloudwatch_log_group" "g"', 'name_prefix = "x-"')
    (found,) = run("EST707", group).findings
    assert found.problem.message == "log group aws_cloudwatch_log_group.g keeps its logs for ever"


def mapping(source: str, body: str = "") -> str:
    lines = f'function_name     = "f"\nstarting_position = "LATEST"\n{source}'
    return block('resource "aws_lambda_event_source_mapping" "m"', lines, body) + "\n"


def source_arn(value: str, body: str = "") -> str:
    return mapping(f"event_source_arn  = {value}", body)


STREAM = "aws_dynamodb_table.orders.stream_arn"
KINESIS = block('resource "aws_kinesis_stream" "s"', 'name = "s"')
STATE = block('data "terraform_remote_state" "s"', 'backend = "local"')
READ_TABLE = block('data "aws_dynamodb_table" "t"', 'name = "t"')


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        (mapping("queues = []"), NOTHING),
        (source_arn("aws_kinesis_stream.s.arn") + KINESIS, NOTHING),
        (source_arn("aws_dynamodb_table.orders.arn") + table(), NOTHING),
        (source_arn("data.terraform_remote_state.s.outputs.arn") + STATE, UNKNOWN),
        (source_arn("data.aws_dynamodb_table.t.stream_arn") + READ_TABLE, FAIL),
        (source_arn(STREAM, "destination_config {}") + table(), FAIL),
        (
            source_arn(STREAM, block('dynamic "destination_config"', "for_each = var.keys", block("content", "")))
            + FOR_EACH
            + table(),
            UNKNOWN,
        ),
    ],
)
def test_mappings(source: str, verdict: Verdict) -> None:
    assert verdicts("EST710", source) == [verdict]


def test_a_queue_has_no_position() -> None:
    source = variable("arn") + source_arn("var.arn")
    assert verdicts("EST710", source) == [UNKNOWN]
    assert verdicts("EST710", source.replace('starting_position = "LATEST"', "")) == [NOTHING]


# -- APIs --------------------------------------------------------------------------------------------------------------


def route(key: str, api: str = '"abc"') -> str:
    return block('resource "aws_apigatewayv2_route" "r"', f"api_id = {api}\nroute_key = {key}")


def api(protocol: str) -> str:
    return block('resource "aws_apigatewayv2_api" "a"', f'name = "a"\nprotocol_type = "{protocol}"')


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        (route('"OPTIONS /x"'), NOTHING),
        (route('"OPTIONS /${var.p}"') + variable("p"), NOTHING),
        (route('"GET /${var.p}"') + variable("p"), FAIL),
        (route("var.p") + variable("p"), UNKNOWN),
        (route("var.p", "aws_apigatewayv2_api.a.id") + variable("p") + api("HTTP"), UNKNOWN),
        (route("var.p", "aws_apigatewayv2_api.a.id") + variable("p") + api("WEBSOCKET"), UNKNOWN),
        (route('"$default"'), UNKNOWN),
        (route('"$default"', "aws_apigatewayv2_api.a.id") + api("HTTP"), FAIL),
        (route('"$default"', "aws_apigatewayv2_api.a.id") + api("WEBSOCKET"), NOTHING),
        (route('"$disconnect"'), NOTHING),
    ],
)
def test_routes(source: str, verdict: Verdict) -> None:
    assert verdicts("EST708", source) == [verdict]


# -- secrets -----------------------------------------------------------------------------------------------------------


NAMES = """DB_PASSWORD dbPassword JWT_SECRET githubToken API_KEY apiKey stripe.secret-key SECRET_KEY_BASE PRIVATE_KEY
AWS_SECRET_ACCESS_KEY PASSWD"""
OTHER_NAMES = """DB_PASSWORD_ARN SECRET_NAME TOKEN_TTL PASSWORD_MIN_LENGTH MAX_TOKENS KEY PUBLIC_KEY TABLE_NAME tokenUrl
API_KEY_ID SECRETARY _ MONKEY"""


@pytest.mark.parametrize("name", NAMES.split())
def test_names_of_secrets(name: str) -> None:
    assert names_secret(name)


@pytest.mark.parametrize("name", OTHER_NAMES.split())
def test_names_that_only_sound_like_secrets(name: str) -> None:
    assert not names_secret(name)


def definitions(value: str) -> str:
    return block('resource "aws_ecs_task_definition" "t"', f'family = "t"\ncontainer_definitions = {value}') + "\n"


STORED = 'resource "aws_secretsmanager_secret" "s" {\n  name = "orders-db"\n}\n'
SECRET_VARIABLE = 'variable "s" {\n  type      = string\n  default   = "hunter2"\n  sensitive = true\n}\n'


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        *((f'"{text}"', PASS) for text in ("", "true", "CHANGEME", "/shop/dev/password", "prod/db/password")),
        *((f'"{text}"', PASS) for text in ("https://vault.internal/x", "{{resolve:secretsmanager:x}}", "$${PASSWORD}")),
        ("null", PASS),
        ('"12345678"', FAIL),
        ('"hunter2"', FAIL),
        ('"Ab9/xYz+3/qRs"', FAIL),
        ('"https://user:hunter2@vault.internal"', FAIL),
        ("aws_secretsmanager_secret.s.arn", PASS),
        ("aws_secretsmanager_secret.s.name", PASS),
        ('"arn:aws:secretsmanager:${var.r}:1:secret:x"', PASS),
        ('"x-${var.r}"', UNKNOWN),
        ("var.r", UNKNOWN),
        ("var.s", FAIL),
        ('"x-${var.s}-${var.r}"', FAIL),
        ("data.aws_secretsmanager_secret_version.v.secret_string", FAIL),
        ("data.aws_ssm_parameter.p.insecure_value", UNKNOWN),
    ],
)
def test_values_of_variables_with_the_name_of_a_secret(value: str, verdict: Verdict) -> None:
    data = (
        'data "aws_secretsmanager_secret_version" "v" {\n  secret_id = "x"\n}\n'
        'data "aws_ssm_parameter" "p" {\n  name = "x"\n}\n'
    )
    source = variable("r") + SECRET_VARIABLE + STORED + data + function(f"DB_PASSWORD = {value}")
    assert verdicts("EST709", source) == [verdict]


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        (function('TOKEN = "3600"'), PASS),
        (function('NOTE = "xoxb-123456789012-abcdef"'), FAIL),
        (function('NOTE = "-----BEGIN RSA PRIVATE KEY-----"'), FAIL),
        (function("NOTE = var.n") + variable("n"), PASS),
        (task('environment = [{ name = var.n, value = "x" }]') + variable("n"), UNKNOWN),
        (task('environment = [{ name = "API_KEY" }]'), NOTHING),
        (task("environment = null"), NOTHING),
        (definitions('"[{"'), NOTHING),
        (definitions("null"), NOTHING),
        (definitions("var.d") + variable("d"), UNKNOWN),
        ('resource "aws_lambda_function" "f" {\n  function_name = "f"\n  role = "r"\n}\n', NOTHING),
    ],
)
def test_environments(source: str, verdict: Verdict) -> None:
    assert verdicts("EST709", source) == [verdict]


def test_two_containers_have_details_of_their_own() -> None:
    container = '{{ name = "{}", environment = [{{ name = "API_KEY", value = "abc" }}] }}'
    source = definitions(f"jsonencode([{container.format('orders')}, {container.format('side')}])")
    assert [f.problem.detail for f in run("EST709", source).findings] == ["orders.API_KEY", "side.API_KEY"]


PASSWORD = variable("pw", default='"hunter2"')
LOCAL = 'locals {\n  all = { DB_PASSWORD = "hunter2" }\n}\n'
TEXT = '[{"name":"a","environment":[{"name":"DB_PASSWORD","value":"hunter2"}]}]'
WRITTEN = (
    function('DB_PASSWORD = "hunter2"'),
    PASSWORD + function("DB_PASSWORD = var.pw"),
    PASSWORD + function('DB_PASSWORD = "x${var.pw}y"'),
    LOCAL + function("X = 1").replace("{\n      X = 1\n    }", "local.all"),
    function('DB_PASSWORD = join("-", ["hunter2", "b"])'),
    function('DB_PASSWORD = "postgres://orders:hunter2@db/x"'),
    function("DB_PASSWORD = trimspace(<<EOT\nhunter2\nEOT\n)"),
    task('environment = [for k, v in { API_TOKEN = "hunter2" } : { name = k, value = v }]'),
    definitions(f"<<EOT\n{TEXT}\nEOT\n"),
    definitions('"' + TEXT.replace('"', '\\"') + '"'),
)


@pytest.mark.parametrize("output", ["text", "concise", "json"])
def test_no_report_holds_a_secret_however_it_is_written(tmp_path: Path, output: str) -> None:
    shell = Shell(tmp_path, tmp_path)
    for number, source in enumerate(WRITTEN):
        shell.write(f"roots/{number}/main.tf", source)
    done = shell.run("check", "roots", "--pack", "strict", "--select", "EST709", "-o", output)
    assert done.code == 1, done.all
    assert done.out.count("is a secret") >= len(WRITTEN)
    assert "hunter2" not in done.all
