"""The model of real HCL: symbols, structures and places as the evaluator gives them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.frontends.hcl.evaluate import evaluate_root
from ddbaudit.frontends.hcl.inputs import Inputs
from ddbaudit.frontends.hcl.loader import Loader
from ddbaudit.frontends.hcl.parse import ParseOptions
from ddbaudit.ir.value import Unknown
from ddbaudit.model.actions import granted
from ddbaudit.model.build import build_estate
from ddbaudit.model.coverage import scope_of
from ddbaudit.model.estate import Estate
from ddbaudit.model.iam import Policy

MODULE = """
variable "name" { type = string }
variable "indexes" { type = map(string) }
variable "sse" { default = true }

resource "aws_dynamodb_table" "this" {
  name         = var.name
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"

  attribute {
    name = "pk"
    type = "S"
  }

  dynamic "global_secondary_index" {
    for_each = var.indexes
    content {
      name            = global_secondary_index.key
      hash_key        = global_secondary_index.value
      projection_type = "ALL"
    }
  }

  dynamic "server_side_encryption" {
    for_each = var.sse ? [1] : []
    content {
      enabled = true
    }
  }
}

output "arn" { value = aws_dynamodb_table.this.arn }
output "name" { value = aws_dynamodb_table.this.name }
"""

ROOT = """
variable "env" {}
variable "extra_tags" { type = map(string) }

provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { Team = "data" }
  }
}

data "aws_caller_identity" "me" {}

module "table" {
  source   = "./table"
  for_each = { orders = { email = "email" }, users = {} }
  name     = "${each.key}-${var.env}"
  indexes  = { for k, v in each.value : "${k}-index" => v }
}

resource "aws_dynamodb_table" "plain" {
  name     = "plain-dev"
  hash_key = "pk"
  tags     = merge({ Owner = "me" }, var.extra_tags)

  point_in_time_recovery {
    enabled = true
  }
}

locals {
  arns = [for t in values(module.table) : t.arn]
}

data "aws_iam_policy_document" "tables" {
  statement {
    sid       = "Tables"
    actions   = ["dynamodb:Query", "dynamodb:GetItem"]
    resources = concat(local.arns, [for a in local.arns : "${a}/index/*"])
  }
}

data "aws_iam_policy_document" "wider" {
  source_policy_documents = [data.aws_iam_policy_document.tables.json]
  statement {
    sid       = "Wider"
    actions   = ["dynamodb:Scan"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "document" {
  name   = "document"
  policy = data.aws_iam_policy_document.tables.json
}

resource "aws_iam_role_policy" "encoded" {
  name = "encoded"
  role = "r"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "dynamodb:*"
      Resource = "arn:aws:dynamodb:*:${data.aws_caller_identity.me.account_id}:table/plain-*"
    }]
  })
}

resource "aws_iam_role_policy" "heredoc" {
  name = "heredoc"
  role = "r"
  policy = <<-EOT
    {
      "Statement": [
        {
          "Effect": "Allow",
          "Action": "dynamodb:Query",
          "Resource": ["${module.table["orders"].arn}", "${module.table["orders"].arn}/index/email-index"]
        }
      ]
    }
  EOT
}
"""

ORDERS = 'module.table["orders"].aws_dynamodb_table.this'
USERS = 'module.table["users"].aws_dynamodb_table.this'
PLAIN = "aws_dynamodb_table.plain"


@pytest.fixture
def estate(tmp_path: Path) -> Estate:
    (tmp_path / "table").mkdir()
    (tmp_path / "table" / "main.tf").write_text(MODULE, encoding="utf-8")
    (tmp_path / "main.tf").write_text(ROOT, encoding="utf-8")
    return build_estate(evaluate_root(str(tmp_path), Loader(ParseOptions()), Inputs(), "dev"))


def policy(estate: Estate, name: str) -> Policy:
    (found,) = [p for p in estate.policies if p.name.text == name]
    assert found.invalid is None
    assert found.unknown is None
    return found


def covered(estate: Estate, found: Policy) -> dict[str, tuple[Verdict, Verdict]]:
    """The table itself and all of its indexes, by address, where the policy has one statement."""
    (statement,) = found.statements
    scope = scope_of(statement, estate)
    return {t.address: (scope.covers_table(t), scope.covers_all_indexes(t)) for t in estate.tables}


def test_tables(estate: Estate) -> None:
    orders = estate.tables_by_address[ORDERS]
    assert orders.name.parts[0] == "orders-"
    assert [i.label for i in orders.indexes] == ['GSI "email-index"']
    assert orders.indexes[0].header.text == 'dynamic "global_secondary_index"'
    assert orders.sse.present is True
    assert orders.pitr.present is False
    assert estate.tables_by_address[PLAIN].pitr.enabled.flag is True


def test_tags(estate: Estate) -> None:
    tags = estate.tables_by_address[PLAIN].tags
    assert tags.unknown is not None
    assert isinstance(tags.entries["Team"].value.value, Unknown)
    assert estate.tables_by_address[ORDERS].tags.entries["Team"].value.text == "data"


def test_document(estate: Estate) -> None:
    found = policy(estate, "document")
    assert found.statements[0].span.text == "statement"
    both = (Verdict.PASS, Verdict.PASS)
    assert covered(estate, found) == {ORDERS: both, USERS: both, PLAIN: (Verdict.FAIL, Verdict.FAIL)}
    assert granted(found.statements[0]).certain.keys() == {"dynamodb:Query", "dynamodb:GetItem"}


def test_documents_left_over(estate: Estate) -> None:
    (found,) = [p for p in estate.policies if p.kind == "document"]
    assert found.instance.name == "wider"
    assert [s.sid for s in found.statements] == ["Tables", "Wider"]


def test_encoded(estate: Estate) -> None:
    found = policy(estate, "encoded")
    neither = (Verdict.FAIL, Verdict.FAIL)
    assert covered(estate, found) == {ORDERS: neither, USERS: neither, PLAIN: (Verdict.PASS, Verdict.PASS)}
    (statement,) = found.statements
    assert statement.span.text.startswith("{\n      Effect")
    assert statement.actions.span.text == '"dynamodb:*"'


def test_heredoc(estate: Estate) -> None:
    found = policy(estate, "heredoc")
    (statement,) = found.statements
    assert statement.span.text.startswith('{\n          "Effect"')
    assert statement.span.text.endswith("}")
    assert statement.actions.span.text == '"dynamodb:Query"'
    orders = estate.tables_by_address[ORDERS]
    scope = scope_of(statement, estate)
    assert scope.covers_table(orders) is Verdict.PASS
    assert scope.covers_index(orders, orders.indexes[0]) is Verdict.PASS
    assert scope.covers_all_indexes(orders) is Verdict.FAIL
    assert scope.covers_table(estate.tables_by_address[USERS]) is Verdict.FAIL
