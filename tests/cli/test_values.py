"""What is not known: UNKNOWN under a blocking rule is 3, with the reason and the place, unless loosened by name."""

from __future__ import annotations

import pytest

from tests.cli.harness import NO_PITR, TABLE, UNKNOWN_PITR, Shell

MODULE = 'module "orders" {\n  source = "SOURCE"\n}\n'


def test_a_variable_without_a_value_is_3_and_named(shell: Shell) -> None:
    shell.write("main.tf", UNKNOWN_PITR)
    run = shell.check()
    assert run.code == 3
    assert 'unknown[DDB101] whether table "orders" has point-in-time recovery is not known' in run.out
    assert "pitr" in run.out
    assert "main.tf:15:1" in run.out
    assert "because: 1 verdict is unknown" in run.out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--var", "pitr=true"], 0),
        (["--var", "pitr=false"], 1),
        (["--var-file", "on.tfvars"], 0),
        (["--var", "pitr=false", "--var-file", "on.tfvars"], 0),
        (["--var-file", "on.tfvars", "--var", "pitr=false"], 1),
    ],
)
def test_values_come_from_the_command_line_and_the_last_one_wins(shell: Shell, arguments: list[str], code: int) -> None:
    shell.write("main.tf", UNKNOWN_PITR)
    shell.write("on.tfvars", "pitr = true\n")
    assert shell.check(*arguments).code == code


def test_values_come_from_the_environment_below_files(shell: Shell) -> None:
    shell.write("main.tf", UNKNOWN_PITR)
    assert shell.check(env={"TF_VAR_pitr": "true"}).code == 0
    shell.write("terraform.tfvars", "pitr = false\n")
    assert shell.check(env={"TF_VAR_pitr": "true"}).code == 1


def test_an_undeclared_variable_in_a_file_is_a_warning(shell: Shell) -> None:
    shell.write("main.tf", TABLE)
    shell.write("terraform.tfvars", "nosuch = true\n")
    run = shell.check()
    assert run.code == 0
    assert "warning[VAR" in run.out
    assert "nosuch" in run.out


def test_a_broken_variable_file_leaves_no_default_standing(shell: Shell) -> None:
    shell.write("main.tf", UNKNOWN_PITR.replace("type = bool", "default = true"))
    shell.write("terraform.tfvars", "pitr = \n")
    run = shell.check()
    assert run.code == 3
    assert "terraform.tfvars:1:" in run.out
    assert "unknown[DDB101]" in run.out


def test_unknown_may_be_a_warning_and_every_report_says_so(shell: Shell) -> None:
    shell.write("main.tf", UNKNOWN_PITR)
    run = shell.check("--unknown", "warn")
    assert run.code == 0
    assert "unknown[DDB101]" in run.out
    assert "loosened: --unknown warn" in run.out
    assert "1 unknown" in run.last
    assert "loosened: --unknown warn" in shell.check("--unknown", "warn", "-o", "concise").out
    report = shell.json("--unknown", "warn")
    assert report["outcome"]["loosened"] == ["--unknown warn"]
    assert report["outcome"]["complete"] is True


@pytest.mark.parametrize(("equal", "different"), [("true", "false"), ("false", "true")])
def test_both_arms_of_an_unknown_workspace_count(shell: Shell, equal: str, different: str) -> None:
    def table(prod: str, other: str) -> str:
        return TABLE.replace("enabled = true", f'enabled = terraform.workspace == "prod" ? {prod} : {other}')

    shell.write("main.tf", table(equal, equal))
    assert shell.check().code == (0 if equal == "true" else 1)
    shell.write("main.tf", table(equal, different))
    assert shell.check().code == 3
    assert shell.check("--workspace", "prod").code == (0 if equal == "true" else 1)
    assert shell.check("--workspace", "dev").code == (0 if different == "true" else 1)


def test_an_unknown_count_is_judged_once_and_a_violation_stays_one(shell: Shell) -> None:
    counted = 'variable "many" {\n  type = number\n}\n'
    shell.write("main.tf", NO_PITR.replace("{\n  name", "{\n  count = var.many\n  name", 1) + counted)
    run = shell.check()
    assert run.out.count("error[DDB101]") == 1
    assert "unknown[DDB217]" in run.out, "two instances would be two tables of one name"
    assert run.code == 3


def test_no_instances_are_not_applicable_and_in_the_ledger(shell: Shell) -> None:
    shell.write("main.tf", NO_PITR.replace("{\n  name", "{\n  count = 0\n  name", 1))
    report = shell.json()
    assert report["outcome"]["code"] == 0
    entry = next(e for e in report["ledger"]["entries"] if e["rule"] == "DDB101")
    assert entry["verdict"] == "not-applicable"
    assert entry["address"] == "aws_dynamodb_table.orders"
    assert "no instances" in entry["reason"]


def test_a_dynamic_block_over_something_unknown_is_unknown(shell: Shell) -> None:
    dynamic = (
        'dynamic "point_in_time_recovery" {\n    for_each = var.on\n    content {\n      enabled = true\n    }\n  }'
    )
    text = TABLE.replace("point_in_time_recovery {\n    enabled = true\n  }", dynamic)
    shell.write("main.tf", text + 'variable "on" {\n  type = list(string)\n}\n')
    run = shell.check()
    assert run.code == 3
    assert "unknown[DDB101]" in run.out


def test_a_local_module_that_is_not_there_is_3(shell: Shell) -> None:
    shell.write("main.tf", TABLE + MODULE.replace("SOURCE", "./nowhere"))
    run = shell.check()
    assert run.code == 3
    assert "error[MOD" in run.out
    assert "./nowhere" in run.out
    assert "module.orders" in run.out


def test_a_remote_module_is_3_with_advice_and_nothing_is_fetched(shell: Shell) -> None:
    shell.write("main.tf", TABLE + MODULE.replace("SOURCE", "terraform-aws-modules/dynamodb-table/aws"))
    run = shell.check()
    assert run.code == 3
    assert "error[MOD001]" in run.out
    assert "terraform-aws-modules/dynamodb-table/aws" in run.out
    assert "terraform init" in run.out


@pytest.mark.parametrize("glob", ["module.orders", "terraform-aws-modules/*", "*"])
def test_missing_modules_may_be_allowed_by_address_or_source(shell: Shell, glob: str) -> None:
    shell.write("main.tf", TABLE + MODULE.replace("SOURCE", "terraform-aws-modules/dynamodb-table/aws"))
    run = shell.check("--allow-missing-module", glob)
    assert run.code == 0
    assert f"loosened: --allow-missing-module {glob}" in run.out
    assert "[MOD001]" in run.out


def test_another_module_is_not_allowed(shell: Shell) -> None:
    shell.write("main.tf", TABLE + MODULE.replace("SOURCE", "git::https://example.com/orders.git"))
    assert shell.check("--allow-missing-module", "module.users").code == 3


def test_a_module_list_that_leads_elsewhere_is_not_followed(shell: Shell) -> None:
    (shell.home / "secret").mkdir()
    (shell.home / "secret" / "main.tf").write_text(NO_PITR)
    shell.write("main.tf", TABLE + MODULE.replace("SOURCE", "example/orders/aws"))
    listing = '{"Modules": [{"Key": "orders", "Source": "registry.terraform.io/example/orders/aws", "Dir": "DIR"}]}'
    for directory in ("../home/secret", str(shell.home / "secret")):
        shell.write(".terraform/modules/modules.json", listing.replace("DIR", directory))
        run = shell.check()
        assert run.code == 3
        assert "secret/main.tf" not in run.out
