"""TF604, TF612 and TF613 beyond their examples: limits, unknown parts, environments, what takes their place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
import pytest

from ddbaudit.app.audit import Settings, audit
from ddbaudit.engine.judge import ActiveRule, judge
from ddbaudit.engine.registry import load_rules
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.limits import conflicts_of, limits_of, regions
from ddbaudit.ir.schema import BlockSchema, resource_schema
from ddbaudit.model.build import build_estate
from ddbaudit.sdk.problem import Problem
from ddbaudit.sdk.report import ExitCode, Report
from ddbaudit.testing.cases import evaluate_source
from ddbaudit_rules._support.examples import table, variable

REGISTRY = load_rules()
Found: TypeAlias = list[tuple[str, str]]

VALIDATED = """
variable "environment" {
  type = string

  validation {
    condition     = contains(["dev", "prod"], var.environment)
    error_message = "There is no environment ${var.environment}."
  }
}

"""


def problems(id: str, source: str, params: Mapping[str, Any] | None = None, **others: str) -> list[Problem]:
    rule = REGISTRY.get(id)
    active = ActiveRule(rule, rule.meta.severity, msgspec.convert(dict(params or {}), rule.params))
    estate = build_estate(evaluate_source({"main.tf": source}, "dev"))
    beside = [build_estate(evaluate_source({"main.tf": text}, name)) for name, text in others.items()]
    judgement = judge(estate, [active], (estate, *beside))
    assert not judgement.crashes
    return [finding.problem for finding in judgement.findings]


def found(source: str) -> Found:
    """Verdict and detail of what TF604 says."""
    return [(problem.verdict.value, problem.detail) for problem in problems("TF604", source)]


def check(root: Path, *ids: str, arguments: tuple[tuple[str, str], ...] = ()) -> Report:
    return audit(Settings(paths=(str(root),), select=ids, arguments=arguments))


# -- limits --------------------------------------------------------------------------------------------------------


def _exists(schema: BlockSchema, path: tuple[str, ...]) -> bool:
    if len(path) == 1:
        return path[0] in schema.attributes or path[0] in schema.blocks
    return path[0] in schema.blocks and _exists(schema.blocks[path[0]].block, path[1:])


def test_every_limit_is_of_an_argument_that_there_is() -> None:
    for type_ in ("aws_dynamodb_table", "aws_iam_role", "aws_kms_key", "aws_lambda_event_source_mapping"):
        schema = resource_schema("managed", type_)
        assert schema is not None
        assert limits_of("managed", type_)
        for limit in limits_of("managed", type_):
            assert _exists(schema, limit.path), limit.name
        for pair in conflicts_of(type_):
            assert all(_exists(schema, tuple(name.split("."))) for name in pair), pair
    assert limits_of("managed", "aws_no_such_type") == ()
    assert len(limits_of("data", "aws_iam_policy_document")) == 2
    assert {"eu-west-1", "af-south-1"} <= regions()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('table_class = "STANDARD_IA"', [("fail", "table_class")]),
        ('table_class = "standard"', [("fail", "table_class")]),
        ('table_class = ""', [("fail", "table_class")]),
        ("table_class = null", []),
        ('stream_enabled = true\nstream_view_type = "NEW_AND_OLD_IMAGES"', []),
        ('stream_enabled = false\nstream_view_type = ""', []),
        ('stream_enabled = true\nstream_view_type = "NEW_AND_OLD"', [("fail", "stream_view_type")]),
        ("stream_enabled = true", [("fail", "stream")]),
        ("point_in_time_recovery {\nenabled = true\nrecovery_period_in_days = 35\n}", []),
        (
            "point_in_time_recovery {\nenabled = true\nrecovery_period_in_days = 0\n}",
            [("fail", "point_in_time_recovery.recovery_period_in_days")],
        ),
        (
            "point_in_time_recovery {\nenabled = true\nrecovery_period_in_days = 1.5\n}",
            [("fail", "point_in_time_recovery.recovery_period_in_days")],
        ),
        ('ttl {\nenabled = true\nattribute_name = "expires"\n}', []),
        ("ttl {\nenabled = true\n}", [("fail", "ttl")]),
        ('ttl {\nenabled = true\nattribute_name = ""\n}', [("fail", "ttl")]),
        ("ttl {\nenabled = false\n}", []),
        ('replica {\nregion_name = "eu-wst-1"\n}', [("fail", 'a replica of table "orders":region')]),
        ('tags = {\n"AWS:x" = "y"\n}', [("fail", "tags:AWS:x")]),
        ('tags = {\n"aws-x" = "y"\n}', []),
        ("lifecycle {\nignore_changes = [ttl[0].enabled, tags]\n}", []),
        ("lifecycle {\nignore_changes = all\n}", []),
        ('lifecycle {\nignore_changes = ["nope"]\n}', [("fail", "ignore_changes:nope")]),
        ("read_capacity = 0", []),
        ("read_capacity = 1\nwrite_capacity = 1", [("fail", "read_capacity"), ("fail", "write_capacity")]),
        # a table that was provisioned once, and has kept its capacities in the configuration
        ("read_capacity = 1\nlifecycle {\nignore_changes = [read_capacity]\n}", []),
        (
            "read_capacity = 1\non_demand_throughput {\nmax_read_request_units = 1\n}",
            [("fail", "on_demand_throughput:read_capacity"), ("fail", "read_capacity")],
        ),
    ],
)
def test_values_of_a_table(body: str, expected: Found) -> None:
    assert sorted(found(table(body))) == sorted(expected)


@pytest.mark.parametrize(
    ("arn", "verdict"),
    [
        ('"arn:aws:kms:eu-west-1:111122223333:key/x"', None),
        ('"arn:aws-cn:kms:cn-north-1:111122223333:key/x"', None),
        ('"arn:aws:kms:eu-west-1:111122223333:"', "fail"),
        ('"arn:aws:kms:eu-west-1:1111:key/x"', "fail"),
        ('"arn:aws:kms:*:111122223333:key/x"', "fail"),
        ('"arn:azure:kms:eu-west-1:111122223333:key/x"', "fail"),
        ('"key/x"', "fail"),
        ('""', None),
        ("null", None),
        ("aws_kms_key.k.arn", None),
        ("aws_kms_key.k.key_id", "fail"),
        ("aws_kms_key.k.id", "fail"),
        ("aws_kms_alias.a.target_key_arn", None),
        ('"alias/${var.name}"', "fail"),
        ('"arn:aws:kms:eu-west-1:${var.name}:key/x"', "unknown"),
        ('"${var.name}/x"', "unknown"),
        ('"arn:aws:kms:eu-west-1:${data.aws_caller_identity.me.account_id}:key/x"', None),
        ('"arn:${data.aws_caller_identity.me.account_id}"', "fail"),
        ("var.name", "unknown"),
    ],
)
def test_arns(arn: str, verdict: str | None) -> None:
    around = variable("name") + 'data "aws_caller_identity" "me" {}\nresource "aws_kms_key" "k" {}\n'
    around += 'resource "aws_kms_alias" "a" {\n  name = "alias/x"\n  target_key_id = aws_kms_key.k.id\n}\n'
    encrypted = f"server_side_encryption {{\n  enabled     = true\n  kms_key_arn = {arn}\n}}\n"
    expected = [] if verdict is None else [(verdict, "server_side_encryption.kms_key_arn")]
    assert found(around + table(encrypted)) == expected


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [
        ("jsonencode({ Statement = [] })", None),
        ('"{}"', None),
        ('"[]"', "fail"),
        ('"{"', "fail"),
        ('""', "fail"),
        ("data.aws_iam_policy_document.d.json", None),
        ("var.policy", "unknown"),
        ('jsonencode({ Statement = [{ Resource = var.policy, Effect = "Allow", Action = "*" }] })', None),
    ],
)
def test_policies_are_json(policy: str, verdict: str | None) -> None:
    document = 'data "aws_iam_policy_document" "d" {\n  statement {\n    actions = ["dynamodb:GetItem"]\n  }\n}\n'
    source = variable("policy") + document + f'resource "aws_iam_policy" "p" {{\n  policy = {policy}\n}}\n'
    assert found(source) == ([] if verdict is None else [(verdict, "policy")])


def test_the_text_of_a_policy_is_not_repeated() -> None:
    (problem,) = problems("TF604", 'resource "aws_iam_policy" "p" {\n  policy = "{ secret"\n}\n')
    assert problem.message == "policy of aws_iam_policy.p must be JSON"


def test_provisioned_capacities() -> None:
    index = 'global_secondary_index {\nname = "i1"\nhash_key = "id"\nprojection_type = "ALL"\n}\n'
    capacities = {"billing_mode": '"PROVISIONED"', "read_capacity": "1", "write_capacity": "1"}
    assert found(table(index, **capacities)) == [("fail", "i1:read_capacity"), ("fail", "i1:write_capacity")]
    assert found(table(**{**capacities, "read_capacity": "0"})) == [("fail", "read_capacity")]
    dynamic = variable("indexes", "set(string)") + table(
        'dynamic "global_secondary_index" {\nfor_each = var.indexes\ncontent {\nname = "i1"\nhash_key = "id"\n'
        'projection_type = "KEY_ONLY"\n}\n}\n',
        **capacities,
    )
    assert found(dynamic) == [
        ("unknown", "global_secondary_index[i1].projection_type"),
        ("unknown", "i1:read_capacity"),
        ("unknown", "i1:write_capacity"),
    ]


def test_what_is_not_known_of_a_table() -> None:
    source = variable("v") + variable("b", "bool")
    assert found(source + table(read_capacity="var.v")) == [("unknown", "read_capacity")]
    assert found(source + table("ttl {\nenabled = var.b\n}")) == [("unknown", "ttl")]
    assert found(source + table('ttl {\nenabled = var.b\nattribute_name = "x"\n}')) == []
    assert found(source + table("ttl {\nenabled = true\nattribute_name = var.v\n}")) == [("unknown", "ttl")]
    assert found(source + table(stream_enabled="var.b")) == [("unknown", "stream")]
    assert found(source + table(stream_enabled="var.b", stream_view_type='"KEYS_ONLY"')) == []


def test_what_is_known_only_after_apply_is_accepted() -> None:
    source = 'resource "random_integer" "r" {\n  min = 1\n  max = 2\n}\n\nresource "aws_sqs_queue" "q" {}\n\n'
    assert found(source + table(read_capacity="random_integer.r.result")) == []
    assert found(source + table("ttl {\nenabled = true\nattribute_name = aws_sqs_queue.q.id\n}")) == []
    assert found(source + table(stream_enabled="true", stream_view_type="aws_sqs_queue.q.id")) == []
    role = 'resource "aws_iam_role" "r" {\n  name = aws_sqs_queue.q.id\n  name_prefix = "x"\n'
    assert found(source + role + '  assume_role_policy = "{}"\n}\n') == []


def test_an_invalid_expression_is_told_once() -> None:
    assert found(table(read_capacity="aws_kms_key.nope.id", table_class="var.nope")) == []
    assert found(table("ttl {\nenabled = true\nattribute_name = local.nope\n}", hash_key="local.nope")) == []


def test_a_table_has_a_hash_key_unless_it_is_restored() -> None:
    assert found(table(hash_key=None)) == [("fail", "keys")]
    assert found(variable("key", default="null") + table(hash_key="var.key")) == [("fail", "keys")]
    assert found(variable("key") + table(hash_key="var.key")) == [("unknown", "keys")]
    assert found(variable("key") + table(hash_key='"${var.key}Id"')) == []
    assert found(table(hash_key=None, restore_source_name='"orders-2"', attributes="")) == []
    assert found(variable("source") + table(hash_key=None, restore_source_table_arn="var.source")) == [
        ("unknown", "restore_source_table_arn"),
        ("unknown", "keys"),
    ]


def test_names_and_prefixes_that_may_exclude_each_other() -> None:
    role = 'resource "aws_iam_role" "r" {{\n  name = {}\n  name_prefix = {}\n  assume_role_policy = "{{}}"\n}}\n'
    assert found(variable("n") + role.format("var.n", '"x"')) == [("unknown", "name:name_prefix")]
    assert found(role.format('"x"', '""')) == [("fail", "name:name_prefix")]
    assert found(role.format('"x"', "null")) == []


def test_a_newer_provider_may_know_more() -> None:
    versions = (
        'terraform {\n  required_providers {\n    aws = {\n      source  = "hashicorp/aws"\n      version = "~> 6.0"\n'
    )
    versions += "    }\n  }\n}\n\n"
    (problem,) = problems("TF604", versions + table(table_class='"GLACIER"'))
    assert problem.verdict is Verdict.UNKNOWN
    assert "the schema at hand is that of 5.100.0" in problem.message


def test_a_region_that_is_not_known_is_not_judged() -> None:
    assert found(variable("region") + 'provider "aws" {\n  region = var.region\n}\n\n' + table()) == []


# -- variables -----------------------------------------------------------------------------------------------------


def test_a_refused_value_is_a_finding_where_the_rule_runs_and_a_diagnostic_where_it_does_not(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(VALIDATED + table(name='"orders-${var.environment}"'))
    (tmp_path / "terraform.tfvars").write_text('environment = "porduction"\n')
    report = check(tmp_path, "TF604")
    assert report.outcome.code is ExitCode.VIOLATIONS
    (finding,) = report.findings
    assert finding.message == 'invalid value for variable "environment": There is no environment porduction.'
    assert str(finding.primary).endswith("terraform.tfvars:1:15")
    assert [related.note for related in finding.related] == ["refused by this validation"]
    assert report.diagnostics == ()

    silent = check(tmp_path, "DDB101")
    assert silent.outcome.code is ExitCode.INCOMPLETE
    assert [d.code for d in silent.diagnostics] == ["EVAL001"]


def test_a_value_from_the_command_line_has_its_place_at_the_condition(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(VALIDATED + table(name='"orders-${var.environment}"'))
    report = check(tmp_path, "TF604", arguments=(("var", "environment=nowhere"),))
    (finding,) = report.findings
    assert finding.primary.text == 'contains(["dev", "prod"], var.environment)'
    assert finding.related == ()


def test_the_fingerprint_of_a_refused_value_does_not_hold_the_value(tmp_path: Path) -> None:
    fingerprints = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(VALIDATED + table(name='"orders-${var.environment}"'))
        (tmp_path / name / "terraform.tfvars").write_text(f'environment = "{name}"\n')
        fingerprints |= {finding.fingerprint for finding in check(tmp_path / name, "TF604").findings}
    assert len(fingerprints) == 1


def test_a_value_that_a_module_is_given(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "main.tf").write_text(VALIDATED + table(name='"orders-${var.environment}"'))
    (tmp_path / "main.tf").write_text('module "tables" {\n  source      = "./tables"\n  environment = "x"\n}\n')
    (finding,) = check(tmp_path, "TF604").findings
    assert finding.address == "module.tables"
    assert finding.primary.text == '"x"'


def test_a_type_that_does_not_fit_in_something_that_may_not_exist() -> None:
    source = variable("n", "number") + table('tags = ["x"]', count="var.n")
    (problem,) = problems("TF604", source)
    assert problem.verdict is Verdict.UNKNOWN
    assert problem.message.endswith("but whether there is any instance of this is not known")


def test_a_resource_without_instances_is_validated_all_the_same() -> None:
    assert found(table("lifecycle {\nignore_changes = [nope]\n}", count="0")) == [("fail", "ignore_changes:nope")]


def test_each_instance_is_told_of_once() -> None:
    source = table("lifecycle {\nignore_changes = [nope]\n}", name="each.key", for_each='toset(["orders", "users"])')
    assert found(source) == [("fail", "ignore_changes:nope")]


# -- TF612 ---------------------------------------------------------------------------------------------------------


def shared(params: Mapping[str, Any] | None = None, here: str = "", there: str = "", **names: str) -> list[Problem]:
    return problems("TF612", here + table(**names), params, prod=there + table(**names))


def test_regions_and_accounts_that_differ_are_places_of_their_own() -> None:
    region = 'provider "aws" {{\n  region = "{}"\n}}\n\n'
    assert shared(here=region.format("eu-west-1"), there=region.format("us-east-1")) == []
    accounts = {"accounts": {"dev": "111122223333", "prod": "444455556666"}}
    assert shared(accounts) == []
    same = {"accounts": {"dev": "111122223333", "prod": "111122223333"}}
    (problem,) = shared(same, here=region.format("eu-west-1"), there=region.format("eu-west-1"))
    assert problem.verdict is Verdict.FAIL
    assert [related.note for related in problem.related] == ["in prod"]


def test_several_accounts_are_none() -> None:
    provider = 'provider "aws" {\n  region = "eu-west-1"\n  allowed_account_ids = ["111122223333", "444455556666"]\n}\n'
    (problem,) = shared(here=provider, there=provider)
    assert problem.verdict is Verdict.UNKNOWN


def test_names_that_are_not_known_are_not_compared() -> None:
    assert problems("TF612", variable("n") + table(name="var.n"), None, prod=table()) == []


# -- TF613 ---------------------------------------------------------------------------------------------------------


def test_a_duplicate_is_a_finding_where_the_rule_runs_and_a_diagnostic_where_it_does_not(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(table() + "\n" + table())
    report = check(tmp_path, "TF613")
    assert (report.outcome.code, len(report.findings), report.diagnostics) == (ExitCode.VIOLATIONS, 1, ())
    silent = check(tmp_path, "TF602")
    assert silent.outcome.code is ExitCode.INCOMPLETE
    assert [d.code for d in silent.diagnostics] == ["HCL305"]


def test_a_duplicate_in_a_module_without_instances_stays_a_diagnostic(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "main.tf").write_text(table() + "\n" + table())
    (tmp_path / "main.tf").write_text('module "tables" {\n  source = "./tables"\n  count  = 0\n}\n')
    report = check(tmp_path, "TF613")
    assert report.findings == ()
    assert [d.code for d in report.diagnostics] == ["HCL305"]
    assert report.outcome.code is ExitCode.INCOMPLETE


def test_an_override_is_no_duplicate(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(table())
    (tmp_path / "main_override.tf").write_text(table(name='"users"'))
    assert check(tmp_path, "TF613").findings == ()


def test_inline_policies_of_a_role_and_of_its_own_blocks() -> None:
    role = 'resource "aws_iam_role" "r" {\n  name = "r"\n  assume_role_policy = "{}"\n\n'
    role += '  inline_policy {\n    name   = "access"\n    policy = "{}"\n  }\n}\n\n'
    policy = 'resource "aws_iam_role_policy" "p" {{\n  {}\n  role   = "r"\n  policy = "{{}}"\n}}\n'
    (problem,) = problems("TF613", role + policy.format('name = "access"'))
    assert problem.verdict is Verdict.FAIL
    assert problems("TF613", role + policy.format('name_prefix = "access"')) == []
    assert problems("TF613", role + policy.format('name = "other"')) == []
