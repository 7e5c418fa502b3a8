"""IAM507: ARNs of tables that are written out instead of referred to, or that are another environment's."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.iam import Policy
from ddbaudit.sdk.problem import Problem
from ddbaudit.sdk.rule import Example, NotApplicable, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.access import accesses, unseen
from ddbaudit_rules._support.details import neutral
from ddbaudit_rules._support.examples import allow, policy, table, variable
from ddbaudit_rules._support.written_arns import hardcoded, is_from_plan, of_other_environments

_TABLE = table() + "\n"
_HERE = 'data "aws_caller_identity" "me" {}\n\ndata "aws_region" "here" {}\n\n'
_PLACE = "${data.aws_region.here.name}:${data.aws_caller_identity.me.account_id}"
_WRITTEN = '"arn:aws:dynamodb:eu-west-1:111122223333:table/orders"'
_ACCOUNT = '"arn:aws:dynamodb:*:111122223333:table/${aws_dynamodb_table.orders.name}"'


class HardcodedArn(Rule[Policy]):
    meta = RuleMeta(
        id="IAM507",
        name="hardcoded-arn",
        severity=Severity.MEDIUM,
        since="0.1.0",
        summary="A policy writes out the ARN of a table that it could refer to, or names another environment's table.",
        rationale=(
            "The ARN of a table of the configuration is `aws_dynamodb_table.<name>.arn`. Written out, its name, "
            "account or region go on naming the old table when the table is renamed, or deployed to another account or "
            "region, and Terraform does not know that the policy depends on the table. What a variable or a data "
            "source gives, and the ARNs of tables that are made elsewhere, are not meant. A table that only another "
            "environment of the same run makes is reported however it is named."
        ),
        remedy="Refer to the table's arn.",
        references=(
            "https://developer.hashicorp.com/terraform/language/expressions/references",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html",
        ),
        good=(
            Example("The table by reference.", _TABLE + policy(allow("GetItem", "[aws_dynamodb_table.orders.arn]"))),
            Example(
                "An ARN made of references.",
                _HERE
                + _TABLE
                + policy(allow("GetItem", f'["arn:aws:dynamodb:{_PLACE}:table/${{aws_dynamodb_table.orders.name}}"]')),
            ),
            Example(
                "A table that is made elsewhere.",
                _TABLE + policy(allow("GetItem", '["arn:aws:dynamodb:eu-west-1:111122223333:table/customers"]')),
            ),
            Example(
                "A table with the name that a variable gives.",
                variable("name", "string", '"orders"')
                + _HERE
                + table(name="var.name")
                + "\n"
                + policy(allow("GetItem", f'["arn:aws:dynamodb:{_PLACE}:table/${{var.name}}"]')),
            ),
        ),
        bad=(
            Example("All of the ARN.", _TABLE + policy(allow("GetItem", f"[{_WRITTEN}] # expect: IAM507"))),
            Example(
                "The account id only.",
                _TABLE + policy(allow("GetItem", f"[{_ACCOUNT}] # expect: IAM507")),
            ),
            Example(
                "Both ARNs of a policy as JSON.",
                _TABLE
                + f"""
resource "aws_iam_policy" "orders" {{
  name = "orders"
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect = "Allow"
      Action = ["dynamodb:GetItem", "dynamodb:Query"]
      Resource = [
        {_WRITTEN}, # expect: IAM507
        "arn:aws:dynamodb:eu-west-1:111122223333:table/orders/index/*", # expect: IAM507
      ]
    }}]
  }})
}}
""",
            ),
        ),
        unknown=(
            Example(
                "The name of the table is a variable without a value.",
                variable("name")
                + table(name="var.name")
                + "\n"
                + policy(allow("GetItem", f"[{_WRITTEN}] # expect-unknown: IAM507")),
            ),
            Example(
                "The policy is a variable without a value.",
                variable("policy")
                + _TABLE
                + 'resource "aws_iam_policy" "orders" {\n  name   = "orders"\n'
                + "  policy = var.policy # expect-unknown: IAM507\n}\n",
            ),
        ),
    )
    subject = Policy

    def check(self, subject: Policy, context: RuleContext) -> Iterator[Problem]:
        statements = accesses(subject, context.estate)
        problems = [
            problem
            for access in statements
            for problem in of_other_environments(subject, access, context.estate, context.estates)
        ]
        if is_from_plan(subject):
            if not problems:
                raise NotApplicable("a plan without its source does not tell what is written from what is referred to")
            yield from neutral(problems, context.environment)
            return
        for access in statements:
            problems += hardcoded(subject, access, context.estate)
        yield from neutral(problems, context.environment)
        if context.estate.tables:
            yield from unseen(subject, "writes out the ARN of a table")
