"""The rules on modules beyond their examples: what is read where, what is hardcoded, what outputs give."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ddbaudit.app.audit import Settings, audit
from ddbaudit.engine.judge import ActiveRule, judge
from ddbaudit.engine.registry import load_rules
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.model.build import build_estate
from ddbaudit.sdk.problem import Problem
from ddbaudit.sdk.report import ExitCode, LedgerEntry
from ddbaudit.testing.cases import evaluate_source
from ddbaudit_rules._support.examples import gsi, table, variable

REGISTRY = load_rules()


def judged(
    id: str, files: Mapping[str, str], params: Mapping[str, Any] | None = None, environment: str = "dev"
) -> tuple[list[Problem], list[LedgerEntry]]:
    rule = REGISTRY.get(id)
    active = ActiveRule(rule, rule.meta.severity, msgspec.convert(dict(params or {}), rule.params))
    judgement = judge(build_estate(evaluate_source(files, environment)), [active])
    assert not judgement.crashes
    return [finding.problem for finding in judgement.findings], judgement.ledger


def details(id: str, source: str, params: Mapping[str, Any] | None = None, environment: str = "dev") -> list[str]:
    return [problem.detail for problem in judged(id, {"main.tf": source}, params, environment)[0]]


# -- TF610 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reading",
    [
        'output "o" {\n  value = var.x\n}\n',
        'output "o" {\n  value = { for k, v in { a = 1 } : k => var.x }\n}\n',
        'output "o" {\n  value = "${var.x}-y"\n}\n',
        'output "o" {\n  value = <<-EOT\n    %{ if var.x == "a" }y%{ endif }\n  EOT\n}\n',
        'output "o" {\n  value = 1\n\n  precondition {\n    condition     = var.x != ""\n'
        '    error_message = "No."\n  }\n}\n',
        'check "c" {\n  assert {\n    condition     = var.x != ""\n    error_message = "No."\n  }\n}\n',
        'provider "aws" {\n  region = var.x\n}\n',
        'import {\n  to = aws_sqs_queue.q\n  id = var.x\n}\n\nresource "aws_sqs_queue" "q" {}\n',
        'module "m" {\n  source = "./m"\n  y      = var.x\n}\n',
        'variable "z" {\n  default = 1\n\n  validation {\n    condition     = var.z != var.x\n'
        '    error_message = "No."\n  }\n}\n\noutput "z" {\n  value = var.z\n}\n',
        'resource "terraform_data" "d" {\n  count = var.x == "" ? 0 : 1\n}\n',
        'resource "terraform_data" "d" {\n  lifecycle {\n    precondition {\n      condition     = var.x != ""\n'
        '      error_message = "No."\n    }\n  }\n}\n',
        'resource "aws_sqs_queue" "d" {\n  dynamic "nothing" {\n    for_each = [var.x]\n    content {}\n  }\n}\n',
    ],
)
def test_a_variable_that_is_read(reading: str) -> None:
    module = 'variable "y" {\n  default = 1\n}\n\noutput "y" {\n  value = var.y\n}\n'
    files = {"main.tf": 'variable "x" {\n  default = "a"\n}\n\n' + reading, "m/main.tf": module}
    assert judged("TF610", files)[0] == []


def test_a_variable_that_is_read_in_json() -> None:
    files = {"main.tf": variable("x", default='"a"'), "outputs.tf.json": '{"output": {"o": {"value": "${var.x}"}}}'}
    assert judged("TF610", files)[0] == []


def test_what_is_unused_on_purpose() -> None:
    source = variable("_x", default='"a"') + "locals {\n  _y = 1\n}\n\n" + 'data "aws_region" "_z" {}\n'
    assert details("TF610", source) == []


def test_a_data_source_that_is_depended_on_is_read() -> None:
    source = 'data "aws_region" "r" {}\n\nresource "aws_sqs_queue" "q" {\n  depends_on = [data.aws_region.r]\n}\n'
    assert details("TF610", source) == []


def test_locals_that_read_each_other_and_nothing_else() -> None:
    source = "locals {\n  a = 1\n  b = local.a\n}\n"
    assert details("TF610", source) == ["local.b"]


def test_a_module_that_is_called_often_is_told_of_once() -> None:
    calls = "".join(f'module "m{n}" {{\n  source = "./m"\n}}\n' for n in range(3))
    found, ledger = judged("TF610", {"main.tf": calls, "m/main.tf": variable("x", default='"a"')})
    assert [(problem.detail, problem.primary.path.endswith("m/main.tf")) for problem in found] == [("var.x", True)]
    assert [entry.address for entry in ledger] == ["(root)", "module.m0"]


def test_a_module_without_instances_is_judged_at_its_directory() -> None:
    call = 'module "m" {\n  source = "./m"\n  count  = 0\n}\n'
    found, ledger = judged("TF610", {"main.tf": call, "m/main.tf": variable("x", default='"a"')})
    assert [problem.detail for problem in found] == ["var.x"]
    assert ledger[1].address.endswith("/m")


def test_what_terraform_init_has_installed_is_not_judged() -> None:
    manifest = (
        '{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"m","Source":"x/y/aws","Dir":".terraform/modules/m"}]}'
    )
    files = {
        "main.tf": 'module "m" {\n  source = "x/y/aws"\n}\n',
        ".terraform/modules/modules.json": manifest,
        ".terraform/modules/m/main.tf": variable("x", default='"a"'),
    }
    found, ledger = judged("TF610", files)
    assert found == []
    assert [entry.verdict for entry in ledger] == [Verdict.PASS, Verdict.NOT_APPLICABLE]


def test_a_line_for_no_variable_is_a_finding_or_a_warning(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(table())
    (tmp_path / "terraform.tfvars").write_text('enviroment = "dev"\n')
    report = audit(Settings(paths=(str(tmp_path),), select=("TF610",)))
    assert [(f.rule, f.detail, str(f.primary)[-22:]) for f in report.findings] == [
        ("TF610", "enviroment", "/terraform.tfvars:1:14")
    ]
    assert report.diagnostics == ()
    silent = audit(Settings(paths=(str(tmp_path),), select=("DDB102",)))
    assert [d.code for d in silent.diagnostics] == ["VAR002"]
    assert silent.outcome.code is ExitCode.CLEAN


# -- TF605 ---------------------------------------------------------------------------------------------------------

_HARDCODED = {"environments": ["dev", "prod"]}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('"111122223333"', ["account:111122223333"]),
        ("111122223333", ["account:111122223333"]),
        ('"bucket-111122223333"', ["account:111122223333"]),
        ('"6f1f5a2e-0d2c-4b53-9a3e-111122223333"', []),
        ('"1111222233334"', []),
        ('"eu-west-1a"', ["region:eu-west-1"]),
        ('"https://sqs.us-east-1.amazonaws.com/x"', ["region:us-east-1"]),
        ('"neu-west-1"', []),
        ('"eu-west-${var.n}"', []),
        ('data.aws_region.r.name == "us-east-1" ? 1 : 2', []),
        ('contains(["eu-west-1"], data.aws_region.r.name)', []),
        ('{ "eu-west-1" = 1 }[data.aws_region.r.name]', []),
        ('"arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess"', []),
        ('"arn:aws:states:::dynamodb:putItem"', []),
        ('"arn:aws:dynamodb:*:*:table/${var.n}"', []),
        ('"arn:aws:s3:::${var.n}/*"', []),
        ('"arn:aws:s3:::*"', []),
        ('"arn:aws:s3:::exports/*"', ["ARN:arn:aws:s3:::exports/*"]),
        ('"orders-dev"', ["environment:dev"]),
        ('"dev"', ["environment:dev"]),
        ('"developers"', []),
        ('"for dev only"', []),
        ('"/dev/null"', []),
        ('var.n == "dev"', []),
        ("null", []),
        ("true", []),
    ],
)
def test_what_is_hardcoded(expression: str, expected: list[str]) -> None:
    source = variable("n") + 'data "aws_region" "r" {}\n\n' + f"locals {{\n  x = {expression}\n}}\n"
    assert details("TF605", source, _HARDCODED) == expected


def test_what_may_be_hardcoded() -> None:
    source = 'locals {\n  x = "us-east-1"\n  y = "arn:aws:s3:::exports"\n  z = "111122223333"\n  e = "dev"\n}\n'
    allowed = ["us-east-1", "arn:aws:s3:::exports", "111122223333", "dev"]
    assert details("TF605", source, {**_HARDCODED, "allowed": allowed}) == []


def test_a_heredoc_is_read_line_by_line() -> None:
    source = (
        'locals {\n  x = <<-EOT\n    {\n      "Resource": "arn:aws:s3:::a-${local.y}",\n'
        '      "Region": "eu-west-1"\n    }\n  EOT\n  y = 1\n}\n'
    )
    (problem,) = judged("TF605", {"main.tf": source})[0]
    assert problem.primary.text == '"Region": "eu-west-1"'


def test_where_values_are_given_or_compared_nothing_is_hardcoded() -> None:
    source = (
        'variable "x" {\n  default     = "eu-west-1"\n  description = "such as eu-west-1"\n\n  validation {\n'
        '    condition     = contains(["eu-west-1"], var.x)\n    error_message = "Only eu-west-1."\n  }\n}\n\n'
        'module "m" {\n  source = "./eu-west-1"\n}\n'
    )
    files = {
        "main.tf": source,
        "eu-west-1/main.tf": 'terraform {\n  backend "s3" {\n    region = "eu-west-1"\n  }\n}\n',
    }
    found, ledger = judged("TF605", files)
    assert found == []
    assert [entry.verdict for entry in ledger] == [Verdict.PASS, Verdict.NOT_APPLICABLE]


# -- TF606 ---------------------------------------------------------------------------------------------------------

_ENVIRONMENTS = {"environments": ["dev", "prod"]}
_VARIABLE = 'variable "{}" {{\n  type = {}\n{}}}\n'
_VALIDATION = '  validation {{\n    condition     = {}\n    error_message = "No."\n  }}\n'


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('var.env == "dev" || var.env == "prod"', []),
        ('can(regex("^(dev|prod)$", var.env))', []),
        ("contains(keys({ dev = 1, prod = 2 }), var.env)", []),
        ('contains(["dev", "prod", "test"], var.env)', []),
        ('contains(["dev"], var.env)', ["env"]),
        ('var.env != ""', ["env"]),
        ('regex("^(dev|prod)$", var.env) != ""', []),
    ],
)
def test_validations_are_tried_out(condition: str, expected: list[str]) -> None:
    source = _VARIABLE.format("env", "string", _VALIDATION.format(condition))
    assert details("TF606", source, _ENVIRONMENTS) == expected


def test_a_validation_without_condition_and_a_type_that_takes_no_text() -> None:
    nothing = _VARIABLE.format("env", "string", '  validation {\n    error_message = "No."\n  }\n')
    assert details("TF606", nothing, _ENVIRONMENTS) == ["env"]
    number = _VARIABLE.format("env", "number", _VALIDATION.format("var.env > 0"))
    assert details("TF606", number, _ENVIRONMENTS) == ["env"]


def test_other_names_of_the_variable() -> None:
    source = _VARIABLE.format("stage", "string", "")
    assert details("TF606", source, _ENVIRONMENTS) == []
    assert details("TF606", source, {**_ENVIRONMENTS, "names": ["stage"]}) == ["stage"]


# -- TF608 ---------------------------------------------------------------------------------------------------------

_TABLE = "aws_dynamodb_table.orders"


def _output(name: str, value: str) -> str:
    return f'\noutput "{name}" {{\n  value = {value}\n}}\n'


@pytest.mark.parametrize(
    ("outputs", "missing"),
    [
        (_output("t", _TABLE), ""),
        (_output("n", f"{_TABLE}.id") + _output("a", f"[{_TABLE}.arn]"), ""),
        (_output("n", '"orders"') + _output("a", f"{{ x = {_TABLE}.arn }}"), ""),
        (_output("n", '"other"') + _output("a", f"{_TABLE}.arn"), "the name"),
        (_output("n", f"{_TABLE}.name") + _output("a", "null"), "the ARN"),
        (_output("n", f"{_TABLE}.name") + _output("a", '"arn:aws:dynamodb:eu-west-1:111122223333:table/orders"'), ""),
    ],
)
def test_outputs_of_a_table(outputs: str, missing: str) -> None:
    found, _ = judged("TF608", {"main.tf": table() + outputs})
    assert [problem.message.partition("no output of ")[2].partition(" of table")[0] for problem in found] == (
        [missing] if missing else []
    )


def test_indexes_and_streams() -> None:
    whole = _output("t", f"{{ n = {_TABLE}.name, a = {_TABLE}.arn, s = {_TABLE}.stream_arn }}")
    indexed = table(gsi('"i1"', '"id"') + gsi('"i2"', '"id"'), stream_enabled="true", stream_view_type='"KEYS_ONLY"')
    every = [f'"${{{_TABLE}.arn}}/index/i{number}"' for number in (1, 2)]
    assert judged("TF608", {"main.tf": indexed + whole + _output("i", f"[{', '.join(every)}]")})[0] == []
    assert judged("TF608", {"main.tf": indexed + whole + _output("i", f'"${{{_TABLE}.arn}}/*"')})[0] == []
    (problem,) = judged("TF608", {"main.tf": indexed + whole + _output("i", every[0])})[0]
    assert "the ARNs of its indexes" in problem.message
    unknown = variable("indexes", "set(string)") + table(
        'dynamic "global_secondary_index" {\nfor_each = var.indexes\ncontent {\nname = "i1"\nhash_key = "id"\n'
        'projection_type = "ALL"\n}\n}\n'
    )
    (problem,) = judged("TF608", {"main.tf": unknown + whole})[0]
    assert problem.verdict is Verdict.UNKNOWN


def test_a_name_of_which_only_parts_are_known() -> None:
    source = 'resource "aws_sqs_queue" "q" {}\n\n' + table(name='"${aws_sqs_queue.q.id}-orders"')
    outputs = _output("n", '"${aws_sqs_queue.q.id}-orders"') + _output("a", f"{_TABLE}.arn")
    assert judged("TF608", {"main.tf": source + outputs})[0] == []


def test_a_module_that_calls_the_module_of_a_table() -> None:
    child = table() + _output("name", f"{_TABLE}.name") + _output("arn", f"{_TABLE}.arn")
    call = 'module "t" {\n  source = "./t"\n}\n'
    _, ledger = judged("TF608", {"main.tf": call, "t/main.tf": child})
    assert [(entry.address, entry.verdict) for entry in ledger] == [
        ("(root)", Verdict.FAIL),
        ("module.t", Verdict.PASS),
    ]
    passed = call + _output("all", "module.t")
    assert judged("TF608", {"main.tf": passed, "t/main.tf": child})[0] == []


def test_what_cannot_be_read_may_be_an_output() -> None:
    (problem,) = judged("TF608", {"main.tf": table(), "outputs.tf": 'output "x" {\n  value = ]\n}\n'})[0]
    assert problem.verdict is Verdict.UNKNOWN


def test_modules_that_make_nothing() -> None:
    files = {"main.tf": 'module "t" {\n  source = "./t"\n  count  = 0\n}\n', "t/main.tf": table()}
    reasons = [entry.reason for entry in judged("TF608", files)[1]]
    assert reasons == ["it makes no tables", "it has no instances (count or for_each is empty)"]


# -- TF609 ---------------------------------------------------------------------------------------------------------


def test_which_providers_need_a_version() -> None:
    head = 'terraform {\n  required_version = ">= 1.0"\n'
    assert details("TF609", head + "}\n\n" + 'data "external" "x" {\n  program = ["x"]\n}\n') == ["external"]
    aliased = head + '}\n\nresource "aws_sqs_queue" "q" {\n  provider = us.east\n}\n'
    assert details("TF609", aliased) == ["us"]
    old = head + '}\n\nprovider "aws" {\n  version = "~> 3.0"\n}\n\nresource "aws_sqs_queue" "q" {}\n'
    assert details("TF609", old) == []
    assert details("TF609", head + '}\n\nprovider "aws" {\n  region = "eu-west-1"\n}\n') == ["aws"]


# -- plans ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id", ["TF605", "TF606", "TF607", "TF608", "TF609", "TF610", "DDB405"])
def test_a_plan_alone_holds_no_source(id: str) -> None:
    plan = Path(__file__).parents[2] / "fixtures/plans/count/plan.json"
    report = audit(Settings(paths=(str(plan),), select=(id,), environment="dev"))
    assert {entry.verdict for entry in report.ledger} == {Verdict.NOT_APPLICABLE}


# -- DDB405, DDB406 ------------------------------------------------------------------------------------------------

_VARYING = (
    variable("environment", default='"dev"') + 'resource "aws_sqs_queue" "v" {\n  name = "v-${var.environment}"\n}\n\n'
)


@pytest.mark.parametrize(
    ("name", "fails"),
    [
        ('"orders-dev"', True),
        ('"orders-dev-${aws_sqs_queue.v.id}"', True),
        ("local.written", True),
        ('join("-", ["orders", var.environment])', False),
        ('format("orders-%s", var.environment)', False),
        ('var.environment == "dev" ? "orders-dev" : "orders-prod"', False),
        ("lookup(local.names, var.environment)", False),
        ('"developers"', False),
    ],
)
def test_environments_in_names(name: str, fails: bool) -> None:
    around = 'locals {\n  written = "orders-dev"\n  names   = { dev = "orders-dev" }\n}\n\n'
    source = _VARYING + around + table(name=name)
    assert len(judged("DDB405", {"main.tf": source})[0]) == fails
    assert {entry.verdict for entry in judged("DDB405", {"main.tf": source}, None, "default")[1]} == {
        Verdict.NOT_APPLICABLE
    }


def test_a_name_from_a_tfvars_file_varies(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(_VARYING + variable("name") + table(name="var.name"))
    (tmp_path / "terraform.tfvars").write_text('name = "orders-dev"\n')
    report = audit(Settings(paths=(str(tmp_path),), select=("DDB405",), environment="dev"))
    assert report.findings == ()


def test_a_pattern_for_a_type_without_a_name_is_refused() -> None:
    rule = REGISTRY.get("DDB406")
    with pytest.raises(msgspec.ValidationError, match='"aws_iam_rol" is no type whose names are judged'):
        msgspec.convert({"patterns": {"aws_iam_rol": "x"}}, rule.params)
