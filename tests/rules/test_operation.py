"""Operation and durability beside the examples: replicas and scaling that are resources of their own, what Terraform is
told to leave alone, what a plan does not show, and what the documents ask for in each environment."""

from __future__ import annotations

import gzip
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ddbaudit.engine.judge import ActiveRule, Judgement, judge
from ddbaudit.engine.packs import find_pack
from ddbaudit.engine.registry import load_rules
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.frontends.plan.evaluation import evaluate_plan
from ddbaudit.frontends.plan.reader import read_json
from ddbaudit.ir.instance import Evaluation
from ddbaudit.model.build import build_estate
from ddbaudit.testing.cases import evaluate_source
from ddbaudit_rules._support.examples import separate_index, table, variable
from ddbaudit_rules._support.operation import (
    capacity_gsi,
    provider,
    provisioned,
    replica,
    replicated,
    scaling,
    separate_replica,
)
from tests.model.builders import Config, Plain, hole, template, unknown

REGISTRY = load_rules()
PLANS = Path(__file__).parents[2] / "fixtures" / "plans"
PASS, FAIL, UNKNOWN, NONE = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE


def judged(id: str, evaluation: Evaluation, params: Mapping[str, Any] | None = None) -> Judgement:
    rule = REGISTRY.get(id)
    active = ActiveRule(rule, rule.meta.severity, msgspec.convert(dict(params or {}), rule.params))
    judgement = judge(build_estate(evaluation), [active])
    assert not judgement.crashes
    return judgement


def run(id: str, source: str, params: Mapping[str, Any] | None = None) -> Judgement:
    return judged(id, evaluate_source({"main.tf": source}, "dev"), params)


def verdicts(judgement: Judgement) -> list[Verdict]:
    return [entry.verdict for entry in judgement.ledger]


def plan(name: str) -> Evaluation:
    path = PLANS / name / "plan.json"
    data = path.read_bytes() if path.exists() else gzip.decompress(path.with_suffix(".json.gz").read_bytes())
    return evaluate_plan(read_json(io.BytesIO(data), name))


IRELAND, LONDON = replica('"eu-west-1"'), replica('"eu-west-2"')
DYNAMIC = """
dynamic "replica" {
  for_each = var.regions
  content {
    region_name            = replica.value
    point_in_time_recovery = true
  }
}
"""
REGIONS = variable("regions", "set(string)")
ELSEWHERE = '"arn:aws:dynamodb:af-south-1:123456789012:table/invoices"'
REPLICA = provider('"eu-west-1"', '"replica"')
ARN = variable("arn")
LEFT = "lifecycle {\n  ignore_changes = %s\n}\n"
LATER = """
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.14"
    }
  }
}
"""


def _declared(name: str, type_: str) -> str:
    return f"attribute {{\n  name = {name}\n  type = {type_}\n}}\n"


NO_STREAM: dict[str, Any] = {"stream_enabled": None, "stream_view_type": None}


class TestTtl:
    @pytest.mark.parametrize(
        ("body", "verdict"),
        [
            ("", NONE),
            ("ttl {\n}", PASS),
            ('ttl {\n  enabled = false\n  attribute_name = ""\n}', PASS),
            ('ttl {\n  enabled = null\n  attribute_name = "exp"\n}', FAIL),
            ("ttl {\n  enabled = var.on\n}", UNKNOWN),
            ("ttl {\n  enabled = var.on\n  attribute_name = var.on ? var.name : null\n}", UNKNOWN),
            ('ttl {\n  enabled = true\n  attribute_name = "${var.name}At"\n}', PASS),
            ('ttl {\n  enabled = false\n  attribute_name = "${var.name}At"\n}', FAIL),
            ("ttl {\n  enabled = false\n  attribute_name = var.name\n}", UNKNOWN),
            ('dynamic "ttl" {\n  for_each = var.on ? [1] : []\n  content {\n    enabled = true\n  }\n}', UNKNOWN),
            ('dynamic "ttl" {\n  for_each = []\n  content {\n    enabled = true\n  }\n}', NONE),
        ],
    )
    def test_verdicts(self, body: str, verdict: Verdict) -> None:
        source = variable("on", "bool") + variable("name") + table(body)
        assert verdicts(run("DDB104", source)) == [verdict]

    @pytest.mark.parametrize(
        ("declared", "verdict"),
        [
            (_declared('"expiresAt"', '"N"'), PASS),
            (_declared('"expiresAt"', '"B"'), FAIL),
            (_declared('"expiresAt"', '"s"'), PASS),  # which is for DDB203 to say
            (_declared('"expiresAt"', "var.name"), UNKNOWN),
            (_declared("var.name", '"S"'), UNKNOWN),
            (_declared("var.name", '"N"'), PASS),
            ('dynamic "attribute" {\n  for_each = var.list\n  content {\n    name = "a"\n  }\n}', UNKNOWN),
        ],
    )
    def test_an_attribute_that_is_declared_must_be_a_number(self, declared: str, verdict: Verdict) -> None:
        ttl = 'ttl {\n  enabled = true\n  attribute_name = "expiresAt"\n}\n'
        source = variable("list", "list(string)") + variable("name") + table(ttl + declared)
        assert verdicts(run("DDB104", source)) == [verdict]


class TestStream:
    @pytest.mark.parametrize(
        ("enabled", "view", "verdict"),
        [
            (None, None, NONE),
            ("false", None, PASS),
            ("null", '"KEYS_ONLY"', FAIL),
            ("false", '"KEYS_ONLY"', PASS),
            ("false", '"KEYS"', FAIL),
            ("true", '""', FAIL),
            ("var.on", '"KEYS_ONLY"', UNKNOWN),
            ("!var.on", '"KEYS_ONLY"', PASS),
            ('aws_dynamodb_table.other.id == "x"', '"KEYS_ONLY"', PASS),
            ("var.on", "var.on ? var.view : null", UNKNOWN),
            (None, "var.view", UNKNOWN),
        ],
    )
    def test_verdicts(self, enabled: str | None, view: str | None, verdict: Verdict) -> None:
        source = variable("on", "bool") + variable("view")
        source += table(stream_enabled=enabled, stream_view_type=view)
        source += '\nresource "aws_dynamodb_table" "other" {\n}\n'
        assert verdicts(run("DDB105", source))[0] is verdict


class TestReplicaStream:
    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            (table(), [NONE]),
            (REGIONS + replicated(DYNAMIC), [PASS]),
            (replicated(IRELAND, stream_enabled="false"), [FAIL]),
            (replicated(IRELAND, LEFT % "all", **NO_STREAM), [NONE]),
            (replicated(IRELAND, LEFT % "[replica]", **NO_STREAM), [FAIL]),
            (REGIONS + replicated(IRELAND, DYNAMIC, **NO_STREAM), [FAIL]),
            (variable("on", "bool") + replicated(IRELAND, stream_enabled="var.on"), [UNKNOWN]),
            # a replica of a table that is configured elsewhere, and one that may be this table's
            (REPLICA + table() + separate_replica(arn=ELSEWHERE), [NONE, NONE]),
            (REPLICA + ARN + table() + separate_replica(arn="var.arn"), [UNKNOWN, NONE]),
            (REPLICA + ARN + replicated() + separate_replica(arn="var.arn"), [PASS, NONE]),
            # by its name, and as many as there are instances
            (REPLICA + table() + separate_replica(arn=ELSEWHERE.replace("invoices", "orders")), [FAIL]),
            (REPLICA + REGIONS + table() + separate_replica("for_each = var.regions"), [UNKNOWN]),
            (REPLICA + table() + separate_replica("count = 0"), [NONE]),
        ],
    )
    def test_verdicts(self, source: str, expected: list[Verdict]) -> None:
        assert verdicts(run("DDB106", source)) == expected

    def test_two_tables_that_an_arn_may_name(self) -> None:
        other = table().replace('"aws_dynamodb_table" "orders"', '"aws_dynamodb_table" "copy"')
        source = REPLICA + table() + other + separate_replica(arn=ELSEWHERE.replace("invoices", "orders"))
        assert verdicts(run("DDB106", source)) == [UNKNOWN, UNKNOWN, NONE]

    def test_tables_of_strong_consistency_need_none(self) -> None:
        """The schema of the provider that ships has no consistency_mode."""
        strong = replica('"eu-west-1"', 'consistency_mode = "STRONG"')
        judgement = run("DDB106", LATER + replicated(strong, **NO_STREAM))
        assert verdicts(judgement) == [NONE]
        unknown = variable("mode") + replicated(replica('"eu-west-1"', "consistency_mode = var.mode"), **NO_STREAM)
        assert verdicts(run("DDB106", LATER + unknown)) == [UNKNOWN]
        eventual = replicated(replica('"eu-west-1"', 'consistency_mode = "EVENTUAL"'), **NO_STREAM)
        assert verdicts(run("DDB106", LATER + eventual)) == [FAIL]
        other = replica('"eu-west-1"', "deletion_protection_enabled = true")
        assert verdicts(run("DDB106", LATER + replicated(other, **NO_STREAM))) == [FAIL]


TAGS = 'tags = {\n  Owner = "orders"\n}\n'
KEY = 'resource "aws_kms_key" "k" {\n}\n'
SSE = "server_side_encryption {\n  enabled     = %s\n  kms_key_arn = %s\n}\n"
SAFE = "point_in_time_recovery = true"
OTHER_KEY = 'kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1"'


class TestReplicaProtection:
    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            (table(), [NONE]),
            (replicated(replica('"eu-west-1"', SAFE)), [PASS]),
            (REGIONS + replicated(DYNAMIC), [PASS]),
            (REGIONS + replicated(TAGS, DYNAMIC), [UNKNOWN]),
            # what the table does not have, the replica does not need
            (KEY + replicated(SSE % ("false", "aws_kms_key.k.arn"), replica('"eu-west-1"', SAFE)), [PASS]),
            (replicated("server_side_encryption {\n  enabled = true\n}", replica('"eu-west-1"', SAFE)), [PASS]),
            (
                replicated(
                    SSE % ("true", '"arn:aws:kms:eu-west-2:123456789012:alias/aws/dynamodb"'),
                    replica('"eu-west-1"', SAFE),
                ),
                [PASS],
            ),
            # keys
            (KEY + replicated(SSE % ("true", "aws_kms_key.k.arn"), replica('"eu-west-1"', SAFE)), [FAIL]),
            (KEY + replicated(SSE % ("true", "aws_kms_key.k.arn"), replica('"eu-west-1"', SAFE, OTHER_KEY)), [PASS]),
            (variable("k") + replicated(SSE % ("true", "var.k"), replica('"eu-west-1"', SAFE)), [UNKNOWN]),
            (
                variable("k")
                + KEY
                + replicated(SSE % ("true", "aws_kms_key.k.arn"), replica('"eu-west-1"', SAFE, "kms_key_arn = var.k")),
                [UNKNOWN],
            ),
            # tags, also of a replica that is a resource
            (variable("t", "map(string)") + replicated("tags = var.t", replica('"eu-west-1"', SAFE)), [UNKNOWN]),
            (
                variable("p", "bool") + replicated(TAGS, replica('"eu-west-1"', SAFE, "propagate_tags = var.p")),
                [UNKNOWN],
            ),
            (replicated(TAGS, replica('"eu-west-1"', SAFE, "propagate_tags = false")), [FAIL]),
            (
                REPLICA + variable("t", "map(string)") + replicated(TAGS) + separate_replica(SAFE, "tags = var.t"),
                [UNKNOWN],
            ),
            # a replica of a table elsewhere: its recovery can be judged
            (REPLICA + separate_replica(arn=ELSEWHERE), [FAIL]),
            (REPLICA + separate_replica(SAFE, arn=ELSEWHERE), [PASS]),
            (REPLICA + ARN + table() + separate_replica(SAFE, arn="var.arn"), [UNKNOWN, PASS]),
        ],
    )
    def test_verdicts(self, source: str, expected: list[Verdict]) -> None:
        assert verdicts(run("DDB107", source)) == expected


class TestReplicaRegions:
    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            (table(), [NONE]),
            (replicated(IRELAND), [NONE]),
            (replicated(IRELAND, LONDON), [PASS]),
            (replicated(IRELAND, IRELAND), [FAIL]),
            (REGIONS + provider('"af-south-1"') + replicated(DYNAMIC), [UNKNOWN]),
            (REGIONS + provider('"eu-west-1"') + replicated(IRELAND, DYNAMIC), [FAIL]),
            (variable("r") + replicated(IRELAND, replica("var.r")), [UNKNOWN]),
            (variable("r") + provider('"${var.r}-1"') + replicated(replica('"${var.r}-2"')), [PASS]),
            (REPLICA + separate_replica(arn=ELSEWHERE), [NONE]),
            (REPLICA + provider('"af-south-1"') + replicated(IRELAND) + separate_replica(), [FAIL]),
            (REPLICA + ARN + provider('"af-south-1"') + table() + separate_replica(arn="var.arn"), [UNKNOWN, NONE]),
        ],
    )
    def test_verdicts(self, source: str, expected: list[Verdict]) -> None:
        assert verdicts(run("DDB108", source)) == expected


class TestCapacity:
    @pytest.mark.parametrize(
        ("source", "verdict"),
        [
            (table(read_capacity="0", write_capacity="0"), PASS),
            (table(capacity_gsi('"by-email"', "0", "0"), attributes="id email"), PASS),
            (table(billing_mode=None, read_capacity="5", write_capacity="5"), PASS),
            (table(read_capacity='"5"'), FAIL),
            (table(LEFT % "[global_secondary_index]" + capacity_gsi('"by-email"', "5"), attributes="id email"), FAIL),
            (
                variable("names", "set(string)")
                + table(
                    'dynamic "global_secondary_index" {\n  for_each = var.names\n  content {\n'
                    '    name = "x"\n    hash_key = "id"\n    projection_type = "ALL"\n    read_capacity = 5\n  }\n}\n'
                ),
                UNKNOWN,
            ),
            (table() + separate_index('attribute_name = "id"'), PASS),
        ],
    )
    def test_verdicts(self, source: str, verdict: Verdict) -> None:
        assert verdicts(run("DDB109", source)) == [verdict]

    def test_details_name_no_environment(self) -> None:
        source = table(capacity_gsi('"dev-by-email"', "5"), attributes="id email")
        assert run("DDB109", source).findings[0].problem.detail == "{env}-by-email:read_capacity"


INDEXED = provisioned(capacity_gsi('"by-email"', "5", "5"), attributes="id email")
INDEX_ID = '"table/${aws_dynamodb_table.orders.name}/index/by-email"'
NAMED = variable("name") + provisioned(name="var.name")


class TestScaling:
    @pytest.mark.parametrize(
        ("source", "verdict"),
        [
            (table(), PASS),
            (provisioned(billing_mode=None), FAIL),
            (provisioned() + scaling('"table/orders"'), PASS),
            (provisioned() + scaling('"table/${aws_dynamodb_table.orders.id}"'), PASS),
            (provisioned() + scaling('join("/", ["table", aws_dynamodb_table.orders.name])'), PASS),
            (provisioned() + scaling('"table/invoices"'), FAIL),
            (provisioned() + scaling('"service/orders"'), FAIL),
            (provisioned() + scaling().replace('"dynamodb"', '"ecs"'), FAIL),
            (variable("n") + provisioned() + scaling().replace('"dynamodb"\n', "var.n\n"), UNKNOWN),
            (provisioned() + scaling().replace('"dynamodb"\n', "null\n"), FAIL),
            (variable("c", "set(string)") + provisioned() + scaling(capacities="var.c"), UNKNOWN),
            # ignore_changes with autoscaling is as it should be, without it nobody knows
            (provisioned(LEFT % "[read_capacity, write_capacity]") + scaling(), PASS),
            (provisioned(LEFT % "[read_capacity]"), FAIL),
            (provisioned(LEFT % "all"), UNKNOWN),
            # indexes
            (INDEXED + scaling(), FAIL),
            (INDEXED + scaling() + scaling(INDEX_ID, level="index"), PASS),
            (INDEXED + scaling() + scaling(INDEX_ID, level="index", capacities='["Write"]'), FAIL),
            (INDEXED + scaling() + scaling('"table/orders/index/other"', level="index"), FAIL),
            (INDEXED.rstrip("}\n") + "}\n" + LEFT % "[global_secondary_index]" + "}\n" + scaling(), UNKNOWN),
            (provisioned() + separate_index('attribute_name = "id"') + scaling(), FAIL),
            (
                provisioned('local_secondary_index {\n  name = "l"\n  range_key = "id"\n  projection_type = "ALL"\n}')
                + scaling(),
                PASS,
            ),
            # names that are not known, yet are the same
            (NAMED + scaling(), PASS),
            (NAMED + scaling('"table/${upper(aws_dynamodb_table.orders.name)}"'), UNKNOWN),
            (NAMED + variable("other") + scaling('"table/${var.other}"'), UNKNOWN),
            (NAMED + 'resource "random_pet" "p" {\n}\n' + scaling('"table/${random_pet.p.id}"'), UNKNOWN),
            (variable("env") + provisioned(name='"${var.env}-orders"') + scaling(), PASS),
            (
                variable("env") + provisioned(name='"${var.env}-orders"') + scaling('"table/${var.env}-invoices"'),
                FAIL,
            ),
        ],
    )
    def test_verdicts(self, source: str, verdict: Verdict) -> None:
        assert verdicts(run("DDB110", source)) == [verdict]

    def test_one_place_names_several_tables(self) -> None:
        """Then the name of one is not that of the other, though the same expression gives both."""
        names = 'variable "names" {\n  type = object({ a = string, b = string })\n}\n'
        tables = provisioned(name="var.names[each.key]", for_each='toset(["a", "b"])')
        source = names + tables + scaling('"table/${aws_dynamodb_table.orders["a"].name}"')
        assert PASS not in verdicts(run("DDB110", source))

    def test_names_of_which_nothing_is_known(self) -> None:
        config = Config()
        config.add("aws_dynamodb_table", "t", {"name": unknown(), "billing_mode": "PROVISIONED"})
        arguments: dict[str, Plain] = {
            "resource_id": template("table/", hole()),
            "scalable_dimension": "dynamodb:table:ReadCapacityUnits",
            "service_namespace": "dynamodb",
        }
        config.add("aws_appautoscaling_target", "t", arguments)
        config.add("aws_appautoscaling_policy", "t", arguments)
        rule = REGISTRY.get("DDB110")
        judgement = judge(config.estate(), [ActiveRule(rule, Severity.MEDIUM, rule.params())])
        assert [finding.problem.verdict for finding in judgement.findings] == [FAIL, UNKNOWN]

    def test_an_index_that_may_not_be_there(self) -> None:
        source = variable("names", "set(string)") + provisioned(
            'dynamic "global_secondary_index" {\n  for_each = var.names\n  content {\n'
            '    name = "x"\n    hash_key = "id"\n    projection_type = "ALL"\n  }\n}\n'
        )
        assert verdicts(run("DDB110", source + scaling())) == [UNKNOWN]

    def test_a_target_in_a_module(self) -> None:
        """The table's name goes into a module as a variable."""
        module = variable("table") + scaling('"table/${var.table}"')
        root = 'module "scaling" {\n  source = "./scaling"\n  table  = aws_dynamodb_table.orders.name\n}\n'
        for own in (provisioned(), NAMED):
            evaluation = evaluate_source({"main.tf": own + root, "scaling/main.tf": module}, "dev")
            assert verdicts(judged("DDB110", evaluation)) == [PASS]


class TestPeriod:
    @pytest.mark.parametrize(
        ("body", "verdict"),
        [
            ("", NONE),
            ("point_in_time_recovery {\n  enabled = true\n}", PASS),
            ("point_in_time_recovery {\n  enabled = false\n  recovery_period_in_days = 36\n}", PASS),
            ('point_in_time_recovery {\n  enabled = true\n  recovery_period_in_days = "36"\n}', FAIL),
            ("point_in_time_recovery {\n  enabled = var.on\n  recovery_period_in_days = 7\n}", PASS),
        ],
    )
    def test_verdicts(self, body: str, verdict: Verdict) -> None:
        assert verdicts(run("DDB111", variable("on", "bool") + table(body))) == [verdict]


class TestRemoval:
    def test_one_of_two_will_do(self) -> None:
        keep = "lifecycle {\n  prevent_destroy = true\n}"
        unsure = variable("on", "bool") + table(keep, deletion_protection_enabled="var.on")
        assert verdicts(run("DDB112", unsure, {"protected": True})) == [PASS]

    def test_a_plan_does_not_show_prevent_destroy(self) -> None:
        judgement = judged("DDB112", plan("jobwork-planner-dev"), {"protected": True})
        assert verdicts(judgement) == [UNKNOWN, UNKNOWN]
        assert "give the configuration" in judgement.findings[0].problem.message
        assert verdicts(judged("DDB112", plan("jobwork-planner-prod"), {"protected": True})) == [PASS, PASS]


class TestReplication:
    @pytest.mark.parametrize(
        ("source", "regions", "expected"),
        [
            (replicated(IRELAND), None, [NONE]),
            (replicated(IRELAND, LONDON), ["eu-west-1", "eu-west-2"], [PASS]),
            (replicated(IRELAND, LONDON), ["eu-west-1"], [FAIL]),
            (provider('"eu-west-1"') + table(), ["eu-west-1"], [PASS]),
            (REGIONS + replicated(IRELAND, DYNAMIC), ["eu-west-1"], [UNKNOWN]),
            (variable("r") + replicated(IRELAND, replica("var.r")), ["eu-west-1"], [UNKNOWN]),
            (REPLICA + ARN + table() + separate_replica(arn="var.arn"), [], [UNKNOWN, NONE]),
            (REPLICA + table() + separate_replica(arn=ELSEWHERE), [], [PASS, NONE]),
        ],
    )
    def test_verdicts(self, source: str, regions: list[str] | None, expected: list[Verdict]) -> None:
        assert verdicts(run("DDB113", source, {"regions": regions})) == expected


class TestRegion:
    def test_one_finding_for_all_tables_of_a_provider(self) -> None:
        more = "".join(table().replace('" "orders"', f'" "orders{n}"') for n in range(2))
        judgement = run("DDB114", provider('"eu-west-1"') + table() + more, {"region": "af-south-1"})
        (finding,) = judgement.findings
        assert finding.address == "provider.aws"
        assert finding.problem.message == 'table "orders" and 2 more tables are in eu-west-1, not in af-south-1'

    def test_a_region_in_another_file_is_at_the_provider(self) -> None:
        files = {"main.tf": table(), "provider.tf": provider('"eu-west-1"')}
        (finding,) = judged("DDB114", evaluate_source(files, "dev"), {"region": "x"}).findings
        assert finding.problem.primary.text == '"eu-west-1"'

    def test_nothing_is_asked_for(self) -> None:
        assert verdicts(run("DDB114", table())) == [NONE]

    def test_a_table_with_a_region_of_its_own(self) -> None:
        """An argument of provider 6.x."""
        config = Config()
        config.add("aws_dynamodb_table", "here", {"name": "here", "region": "eu-west-1"})
        config.add("aws_dynamodb_table", "there", {"name": "there", "region": "eu-west-3"})
        rule = REGISTRY.get("DDB114")
        active = ActiveRule(rule, Severity.MEDIUM, msgspec.convert({"region": "eu-west-1"}, rule.params))
        (finding,) = judge(config.estate(), [active]).findings
        assert finding.address == "aws_dynamodb_table.there"


class TestPlans:
    """A plan without its configuration gives the same verdicts, or UNKNOWN."""

    @pytest.mark.parametrize(
        ("id", "expected"),
        [
            ("DDB106", [PASS, PASS]),
            ("DDB107", [FAIL, PASS]),
            # the second table's blocks are generated: two that agree would be one in the plan
            ("DDB108", [PASS, UNKNOWN]),
        ],
    )
    def test_replicas(self, id: str, expected: list[Verdict]) -> None:
        assert verdicts(judged(id, plan("replicas"))) == expected

    def test_replication_and_region(self) -> None:
        evaluation = plan("access-management-prod")
        assert verdicts(judged("DDB113", evaluation, {"regions": ["eu-west-1"]})) == [PASS]
        assert verdicts(judged("DDB113", evaluation, {"regions": []})) == [FAIL]


@pytest.mark.parametrize(
    ("pack", "environment", "rule", "params"),
    [
        ("bbws-access-management", "dev", "DDB103", {"required": False}),
        ("bbws-access-management", "sit", "DDB103", {"required": True}),
        ("bbws-access-management", "prod", "DDB112", {"protected": True}),
        ("bbws-access-management", "dev", "DDB113", {"regions": ()}),
        ("bbws-access-management", "prod", "DDB113", {"regions": ("eu-west-1",)}),
        ("bbws-access-management", "sit", "DDB114", {"region": "eu-west-1"}),
        ("bbws-access-management", "prod", "DDB114", {"region": "af-south-1"}),
        ("bbws-site-builder", "dev", "DDB114", {"region": "af-south-1"}),
        ("jobwork-planner", "dev", "DDB112", {"protected": False}),
        ("jobwork-planner", "prod", "DDB112", {"protected": True}),
        ("strict", "prod", "DDB113", {"regions": None}),
    ],
)
def test_what_the_documents_ask_for(pack: str, environment: str, rule: str, params: Mapping[str, Any]) -> None:
    found = find_pack(pack, REGISTRY).params(REGISTRY.get(rule), environment)
    assert msgspec.structs.asdict(found) == params


def test_what_is_graver_in_production() -> None:
    pack = find_pack("bbws-access-management", REGISTRY)
    for id in ("DDB103", "DDB113"):
        rule = REGISTRY.get(id)
        assert pack.severity(rule, "prod") is Severity.HIGH
        assert pack.severity(rule, "sit") is Severity.MEDIUM


def test_no_secret_is_said() -> None:
    secret = 'variable "secret" {\n  type      = string\n  default   = "s3cret-1"\n  sensitive = true\n}\n'
    sources = {
        "DDB104": secret + table("ttl {\n  enabled        = false\n  attribute_name = var.secret\n}"),
        "DDB105": secret + table(stream_enabled="true", stream_view_type="var.secret"),
        "DDB108": secret + provider("var.secret") + replicated(replica("var.secret")),
        "DDB113": secret + replicated(replica("var.secret")),
        "DDB114": secret + provider("var.secret") + table(),
    }
    params: dict[str, dict[str, Any]] = {"DDB113": {"regions": []}, "DDB114": {"region": "af-south-1"}}
    for id, source in sources.items():
        (finding,) = run(id, source, params.get(id)).findings
        assert "s3cret" not in repr((finding.problem.message, finding.problem.label, finding.problem.detail)), id


@pytest.mark.parametrize("id", ["DDB105", "DDB109", "DDB204"])
@pytest.mark.parametrize("name", ["mind-links-dev", "site-builder-dev", "jobwork-planner-dev"])
def test_a_plan_without_its_source_settles_what_only_dynamodb_will_tell(id: str, name: str) -> None:
    """Capacities and view types that are known after apply are not configured; attributes are generated from a map."""
    found = verdicts(judged(id, plan(name)))
    assert found
    assert UNKNOWN not in found
    assert FAIL not in found
