"""Environments: where they come from, what is different in each, and that one finding in several is told once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.harness import NO_PITR, TABLE, Shell

ROOT = """\
variable "pitr" {
  type    = bool
  default = true
}

variable "environment" {
  type    = string
  default = "none"
}

resource "aws_dynamodb_table" "orders" {
  name         = "orders-${var.environment}-${terraform.workspace}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"

  attribute {
    name = "pk"
    type = "S"
  }

  point_in_time_recovery {
    enabled = var.pitr
  }
}
"""
LISTED = """\
  validation {
    condition     = CONDITION
    error_message = "One of these."
  }
}

resource"""


def _names(report: dict[str, Any]) -> dict[str, str]:
    """Environment -> the name of its table."""
    return {table["environment"]: table["name"] for table in report["inventory"]["tables"]}


def _found(report: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(finding["rule"], finding["environments"]) for finding in report["findings"]]


def _listed(condition: str) -> str:
    return ROOT.replace("}\n\nresource", LISTED.replace("CONDITION", condition)).replace('"none"', "null")


@pytest.mark.parametrize(
    "files",
    [
        ("dev.tfvars", "prod.tfvars"),
        ("env/dev.tfvars", "env/prod.tfvars"),
        ("environments/dev.tfvars", "environments/prod.tfvars"),
        ("vars/dev.tfvars", "vars/prod.tfvars"),
        ("envs/dev/terraform.tfvars", "envs/prod/prod.tfvars"),
    ],
    ids=lambda names: names[0],
)
def test_variable_files_called_like_environments_are_environments(shell: Shell, files: tuple[str, str]) -> None:
    shell.write("main.tf", ROOT)
    for path, name in zip(files, ("dev", "prod"), strict=True):
        shell.write(path, f'environment = "{name}"\npitr = {"true" if name == "prod" else "false"}\n')
    report = shell.json("--select", "DDB101")
    assert set(_names(report)) == {"dev", "prod"}
    assert _names(report)["prod"].startswith("orders-prod-")
    assert _found(report) == [("DDB101", ["dev"])]


def test_files_in_json_count_and_others_do_not(shell: Shell) -> None:
    shell.write("main.tf", ROOT)
    shell.write("dev.tfvars.json", '{"environment": "dev"}')
    for name in ("common.tfvars", "terraform.tfvars", "x.auto.tfvars", "dev.tf.bak"):
        shell.write(name, "")
    assert set(_names(shell.json())) == {"dev"}


def test_variables_of_the_caller_are_the_only_ones(shell: Shell) -> None:
    shell.write("main.tf", ROOT)
    shell.write("dev.tfvars", 'environment = "dev"\n')
    assert set(_names(shell.json("--var", "environment=test"))) == {"test"}


@pytest.mark.parametrize(
    "condition",
    [
        'contains(["dev", "sit", "prod"], var.environment)',
        '(contains(toset(["dev", "sit", "prod"]), (var.environment)))',
    ],
)
def test_a_module_is_evaluated_in_every_environment_that_its_variable_allows(shell: Shell, condition: str) -> None:
    shell.write("main.tf", _listed(condition))
    names = _names(shell.json())
    assert list(names) == ["dev", "sit", "prod"]
    assert names["sit"].startswith("orders-sit-")


@pytest.mark.parametrize(
    "condition",
    [
        'can(regex("^(dev|prod)$", var.environment))',
        'contains(["dev", "prod"], lower(var.environment))',
        'contains(["dev", local.last], var.environment)',
        'contains(["true", "false"], tostring(var.pitr))',
    ],
)
def test_a_validation_of_another_form_lists_nothing(shell: Shell, condition: str) -> None:
    shell.write("main.tf", _listed(condition).replace("null", '"dev"'))
    assert set(_names(shell.json())) == {"dev"}


def test_a_value_that_is_given_is_the_only_one(shell: Shell) -> None:
    shell.write("main.tf", _listed('contains(["dev", "prod"], var.environment)'))
    shell.write("terraform.tfvars", 'environment = "prod"\n')
    assert set(_names(shell.json())) == {"prod"}
    (shell.cwd / "terraform.tfvars").unlink()
    run = shell.check("-o", "json", env={"TF_VAR_environment": "dev"})
    assert set(_names(run.report)) == {"dev"}


CONFIG = """\
[environments.dev]
roots = ["infra"]
var_files = ["{root}/small.tfvars"]
workspace = "d"
protected = false

[environments.prod]
roots = "infra"
var_files = ["values/prod.tfvars"]
vars = { environment = "live", pitr = true }
workspace = "p"
protected = true
"""


def _configured(shell: Shell, config: str = CONFIG) -> None:
    shell.write("infra/main.tf", ROOT)
    shell.write("infra/small.tfvars", 'environment = "dev"\npitr = false\n')
    shell.write("values/prod.tfvars", 'environment = "prod"\npitr = false\n')
    shell.write("ddbaudit.toml", config)


def test_the_configuration_gives_environments_their_values(shell: Shell) -> None:
    _configured(shell)
    report = shell.json()
    assert _names(report) == {"dev": "orders-dev-d", "prod": "orders-live-p"}
    assert _found(report) == [("DDB101", ["dev"])]
    assert shell.json("--workspace", "w")["inventory"]["tables"][0]["name"] == "orders-dev-w"


def test_where_a_value_of_the_configuration_comes_from_is_said(shell: Shell) -> None:
    _configured(shell, CONFIG.replace("pitr = true", "pitr = false"))
    assert "pitr of [environments.prod] in ddbaudit.toml" in shell.check("--env", "prod").out


def test_environments_without_roots_are_for_all_that_have_no_other(shell: Shell) -> None:
    _configured(shell, '[environments.a]\nvars = {environment = "x"}\n[environments.b]\nvars = {environment = "y"}\n')
    shell.write("environments/prod/main.tf", TABLE)
    assert set(_names(shell.json())) == {"a", "b", "prod"}


def test_an_environment_of_the_layout_gets_what_the_configuration_says(shell: Shell) -> None:
    for name in ("dev", "prod"):
        shell.write(f"environments/{name}/main.tf", ROOT)
    shell.write("ddbaudit.toml", "[environments.prod]\nvars = {pitr = false}\nworkspace = 'p'\n")
    assert _found(shell.json("--select", "DDB101")) == [("DDB101", ["prod"])]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("values/prod", "values/nowhere", "[environments.prod] var_files: values/nowhere.tfvars does not exist"),
        (
            "environment = ",
            "environmnt = ",
            '[environments.prod] vars sets "environmnt", which no root module declares',
        ),
    ],
)
def test_a_mistake_in_an_environment_is_2(shell: Shell, old: str, new: str, says: str) -> None:
    _configured(shell, CONFIG.replace(old, new))
    run = shell.check()
    assert run.code == 2
    assert says in run.err


def test_severities_parameters_and_packs_of_an_environment(shell: Shell) -> None:
    for name in ("dev", "prod"):
        shell.write(f"environments/{name}/main.tf", NO_PITR)
    config = (
        '[environments.dev]\nseverities = { pitr-disabled = "low" }\n\n[environments.prod]\npacks = ["strict"]\n'
        'params = { DDB401 = { pattern = "{entity}-{env}" } }\n'
    )
    shell.write("ddbaudit.toml", config)
    run = shell.run("check", "environments/dev")
    assert run.code == 0
    assert "warning[DDB101]" in run.out
    assert "loosened: DDB101 is low in dev (ddbaudit.toml)" in run.out
    report = shell.run("check", ".", "-o", "json").report
    assert report["inventory"]["packs"] == ["baseline", "strict"]
    assert ("DDB401", ["prod"]) in _found(report)
    severities = {f["environments"][0]: f["severity"] for f in report["findings"] if f["rule"] == "DDB101"}
    assert severities == {"dev": "low", "prod": "high"}
    assert "DDB401 has other parameters in prod (ddbaudit.toml)" in report["outcome"]["loosened"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('severities = { DDB999 = "low" }', 'there is no rule "DDB999"'),
        ("params = { pitr-disable = {} }", 'did you mean "pitr-disabled"'),
        ("params = { DDB101 = { nosuch = 1 } }", "params of DDB101: Object contains unknown field `nosuch`"),
    ],
)
def test_rules_and_parameters_that_do_not_exist_are_2(shell: Shell, text: str, says: str) -> None:
    shell.write("environments/dev/main.tf", TABLE)
    shell.write("ddbaudit.toml", f"[environments.dev]\n{text}\n")
    run = shell.check()
    assert run.code == 2
    assert says in run.err


def test_env_leaves_only_one_environment(shell: Shell) -> None:
    for name in ("dev", "prod"):
        shell.write(f"environments/{name}/main.tf", NO_PITR)
    assert _found(shell.json("--env", "prod")) == [("DDB101", ["prod"])]
    run = shell.check("--env", "sit")
    assert run.code == 2
    assert "no root module has the environment sit" in run.err
    assert "there are dev and prod" in run.err


def test_env_names_what_has_no_environment(shell: Shell) -> None:
    shell.write("main.tf", NO_PITR)
    assert _found(shell.json("--env", "prod")) == [("DDB101", ["prod"])]


def test_what_an_unused_glob_of_an_environment_is(shell: Shell) -> None:
    shell.write("main.tf", TABLE)
    shell.write("ddbaudit.toml", '[environments.dev]\nroots = ["infra"]\n')
    assert 'Unused configuration: "infra"' in shell.check().out
