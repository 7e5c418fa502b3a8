"""`ddbaudit diff`: what one environment would create and the other would not, or otherwise."""

from __future__ import annotations

import json

from tests.cli.harness import BROKEN, Shell

MODULE = """\
variable "environment" { type = string }
variable "protected" { type = bool }
variable "password" {
  type      = string
  default   = "x"
  sensitive = true
}
variable "indexes" {
  type    = set(string)
  default = []
}

resource "aws_dynamodb_table" "orders" {
  name                        = "orders-${var.environment}"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "pk"
  deletion_protection_enabled = var.protected

  attribute {
    name = "pk"
    type = "S"
  }

  dynamic "global_secondary_index" {
    for_each = var.indexes
    content {
      name            = global_secondary_index.value
      hash_key        = "pk"
      projection_type = "ALL"
    }
  }

  tags = { Key = var.password, Environment = var.environment }
}

resource "aws_sqs_queue" "alarms" {
  count = var.protected ? 1 : 0
  name  = "alarms-${var.environment}"
}
"""
CALL = 'module "m" {\n  source      = "../../m"\n  environment = "ENV"\n  protected   = PROTECTED\n  MORE\n}\n'


def _estate(shell: Shell, dev: str = "false", prod: str = "true", more: str = "") -> None:
    shell.write("m/main.tf", MODULE)
    for name, protected in (("dev", dev), ("prod", prod)):
        text = CALL.replace("ENV", name).replace("PROTECTED", protected)
        shell.write(f"environments/{name}/main.tf", text.replace("MORE", more if name == "prod" else ""))


def test_resources_and_values_that_differ(shell: Shell) -> None:
    _estate(shell)
    run = shell.run("diff", "dev", "prod")
    assert run.code == 1
    assert run.out == (
        "environments/{env}: dev -> prod\n"
        "  + module.m.aws_sqs_queue.alarms[0]\n"
        "  ~ module.m.aws_dynamodb_table.orders\n"
        "      deletion_protection_enabled: false -> true\n"
        "\n"
        "1 resource differs, 1 in one of them only, 0 alike (1 root module)\n"
    )
    back = shell.run("diff", "prod", "dev").out
    assert "  - module.m.aws_sqs_queue.alarms[0]\n" in back
    assert "deletion_protection_enabled: true -> false" in back


def test_environments_that_are_alike(shell: Shell) -> None:
    _estate(shell, dev="true")
    run = shell.run("diff", "dev", "prod", ".")
    assert (run.code, run.out) == (0, "0 resources differ, 0 in one of them only, 2 alike (1 root module)\n")


def test_blocks_are_told_apart_by_their_names(shell: Shell) -> None:
    _estate(shell, dev="true", more='indexes     = ["by-pk"]')
    out = shell.run("diff", "dev", "prod").out
    assert "global_secondary_index[by-pk].projection_type: not set -> ALL" in out
    assert "attribute" not in out


def test_secrets_are_not_shown(shell: Shell) -> None:
    _estate(shell, dev="true", more='password    = "hunter2"')
    run = shell.run("diff", "dev", "prod")
    assert run.code == 1
    assert "tags.Key: (sensitive) -> (sensitive)" in run.out
    assert "hunter2" not in run.all + shell.run("diff", "dev", "prod", "-o", "json").all


def test_what_is_not_known_is_not_alike(shell: Shell) -> None:
    _estate(shell, dev="true", prod="var.protected")
    shell.write("environments/prod/variables.tf", 'variable "protected" {\n  type = bool\n}\n')
    run = shell.run("diff", "dev", "prod", "--type", "aws_dynamodb_table")
    assert run.code == 3
    assert '? deletion_protection_enabled: true -> not known: variable "protected" has no value' in run.out


def test_one_directory_with_variable_files(shell: Shell) -> None:
    shell.write("main.tf", MODULE)
    shell.write("dev.tfvars", 'environment = "dev"\nprotected = false\n')
    shell.write("prod.tfvars", 'environment = "prod"\nprotected = true\n')
    assert "deletion_protection_enabled: false -> true" in shell.run("diff", "dev", "prod").out


def test_resources_that_differ_alike_are_told_together(shell: Shell) -> None:
    shell.write(
        "main.tf",
        MODULE + MODULE.partition("resource")[1] + MODULE.split("resource", 2)[1].replace('"orders"', '"more"', 1),
    )
    shell.write("dev.tfvars", 'environment = "dev"\nprotected = false\n')
    shell.write("prod.tfvars", 'environment = "prod"\nprotected = true\n')
    out = shell.run("diff", "dev", "prod", "--type", "aws_dynamodb_table").out
    told = (
        "  ~ aws_dynamodb_table.more\n  ~ aws_dynamodb_table.orders\n      deletion_protection_enabled: false -> true\n"
    )
    assert told in out


def test_as_json(shell: Shell) -> None:
    _estate(shell)
    data = json.loads(shell.run("diff", "dev", "prod", "-o", "json").out)
    (pair,) = data["pairs"]
    assert (data["format"], data["complete"], pair["root"]) == (1, True, "environments/{env}")
    assert pair["only_after"] == ["module.m.aws_sqs_queue.alarms[0]"]
    assert pair["changes"] == [
        {
            "address": "module.m.aws_dynamodb_table.orders",
            "path": "deletion_protection_enabled",
            "before": "false",
            "after": "true",
            "certain": True,
        }
    ]


def test_mistakes_are_2(shell: Shell) -> None:
    _estate(shell)
    run = shell.run("diff", "dev", "prd")
    assert run.code == 2
    assert 'there is no environment "prd" here (did you mean "prod"?)' in run.err
    assert shell.run("diff", "dev", "prod", "--env", "dev").code == 2
    assert shell.run("diff", "dev").code == 2


def test_what_cannot_be_read_makes_it_incomplete(shell: Shell) -> None:
    _estate(shell, dev="true")
    shell.write("environments/prod/broken.tf", BROKEN)
    run = shell.run("diff", "dev", "prod")
    assert run.code == 3
    assert "error: environments/prod/broken.tf" in run.err
