"""What one cause leaves open is one message of the text report; the other formats and the counts have each of it."""

from __future__ import annotations

from pathlib import Path

from ddbaudit.app.audit import Settings, audit
from ddbaudit.reporters import concise, text
from ddbaudit.reporters.style import plain
from ddbaudit.sdk.report import Report

TABLE = """
resource "aws_dynamodb_table" "{0}" {{
  name         = "{1}-{0}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {{
    name = "id"
    type = "S"
  }}

  point_in_time_recovery {{
    enabled = true
  }}
}}
"""

ORDERS = """unknown[DDB212] 3 questions cannot be answered: variable "environment" has no value
 --> main.tf:1:1  [default]
  |
1 | variable "environment" {}
  | ^^^^^^^^^^^^^^^^^^^^^^ not known from here on
  = DDB212 (name-invalid, high): whether the name "${…}-a" of table aws_dynamodb_table.a is valid, and 2 more like it: \
main.tf:4:18, main.tf:19:18, main.tf:34:18
  = help: give it a value with --var or --var-file, or check a plan
  = more: ddbaudit explain DDB212; each of them with -o concise
"""

MISSING = """error[MOD001] Module not available: module.a (source "example/orders/aws") is not available
 --> main.tf:2:12
  |
2 |   source = "example/orders/aws"
  |            ^^^^^^^^^^^^^^^^^^^^
  = and 1 more like it: main.tf:5:12
  = help: run `terraform init` so that the module is downloaded, or check a plan
  = more: ddbaudit explain MOD001

error[MOD001] Module not available: module.c (source "example/carts/aws") is not available
"""


def checked(tmp_path: Path, source: str) -> Report:
    (tmp_path / "main.tf").write_text(source, encoding="utf-8")
    return audit(Settings(paths=(str(tmp_path),), select=("DDB212", "DDB217", "TF603"), packs=("baseline",)))


def shown(report: Report, tmp_path: Path) -> str:
    return plain(text.lines(report)).replace(f"{tmp_path}/", "")


def test_a_variable_without_a_value(tmp_path: Path) -> None:
    tables = "".join(TABLE.format(name, "${var.environment}") for name in "abc")
    report = checked(tmp_path, f'variable "environment" {{}}\n{tables}')
    assert shown(report, tmp_path).startswith(ORDERS)
    assert len(report.findings) == 3
    assert plain(concise.lines(report)).count("DDB212") == 3


def test_two_messages_stay_two(tmp_path: Path) -> None:
    tables = "".join(TABLE.format(name, "${var.environment}") for name in "ab")
    output = shown(checked(tmp_path, f'variable "environment" {{}}\n{tables}'), tmp_path)
    assert output.count("unknown[DDB212] whether the name") == 2
    assert "questions" not in output


def test_the_workspace_is_one_cause_wherever_it_stands(tmp_path: Path) -> None:
    tables = "".join(TABLE.format(name, "${terraform.workspace}") for name in "abc")
    output = shown(checked(tmp_path, tables), tmp_path)
    assert output.startswith("unknown[DDB212] 3 questions cannot be answered: the workspace is not known")
    assert "= help: give it with --workspace, or check a plan" in output


def test_different_causes_stay_apart(tmp_path: Path) -> None:
    names = "abcdef"
    variables = "".join(f'variable "v{name}" {{}}\n' for name in names)
    tables = "".join(TABLE.format(name, f"${{var.v{name}}}") for name in names)
    output = shown(checked(tmp_path, variables + tables), tmp_path)
    assert output.count("unknown[DDB212] whether the name") == len(names)


def test_one_module_in_several_calls(tmp_path: Path) -> None:
    calls = (("a", "orders"), ("b", "orders"), ("c", "carts"))
    source = "".join(f'module "{name}" {{\n  source = "example/{kind}/aws"\n}}\n' for name, kind in calls)
    assert shown(checked(tmp_path, source), tmp_path).startswith(MISSING)


def test_what_is_yet_to_be_generated(tmp_path: Path) -> None:
    (tmp_path / "terragrunt.hcl").write_text("inputs = {}\n", encoding="utf-8")
    source = "".join(f'output "{name}" {{\n  value = var.{name}\n}}\n' for name in "abc")
    output = shown(checked(tmp_path, source), tmp_path)
    assert "unknown[TF603] 3 questions cannot be answered: Terragrunt (terragrunt.hcl) may write it" in output


def test_what_a_plan_does_not_say_is_one_message(tmp_path: Path) -> None:
    """Of a plan alone, in which the policy of every service is known after apply only."""
    plan = Path(__file__).resolve().parents[2] / "fixtures/plans/service/plan.json"
    report = audit(Settings(paths=(str(plan),), packs=("baseline",)))
    output = plain(text.lines(report))
    questions = sum("give the configuration with --source DIR" in f.message for f in report.findings)
    assert questions >= 20
    assert output.count("give the configuration with --source DIR") < questions / 2
    assert "check a plan" not in output
