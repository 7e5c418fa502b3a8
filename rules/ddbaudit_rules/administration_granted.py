"""IAM506: roles of applications that may administer tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.principals import Identity
from ddbaudit.sdk.problem import Problem, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Params, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.access import any_of
from ddbaudit_rules._support.administration import administered, grants, is_named, perhaps_meant, runs_as
from ddbaudit_rules._support.examples import allow, policy, table, variable
from ddbaudit_rules._support.iam_examples import attached, function, role, role_policy

_TABLE = table() + "\n"
_ARN = "[aws_dynamodb_table.orders.arn]"
_ADMIN = '"arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"'
_GITHUB = """
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = ["arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = ["repo:example/orders:ref:refs/heads/main"]
    }
  }
}

resource "aws_iam_role" "orders" {
  name               = "deploy"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

"""


class AdministrationParams(Params, frozen=True):
    """Parameters: the roles that administer although an application runs as them."""

    administrators: Annotated[
        tuple[str, ...],
        msgspec.Meta(description="names of roles that may administer tables, with * and ?"),
    ] = ()


class AdministrationGranted(Rule[Identity]):
    meta = RuleMeta(
        id="IAM506",
        name="administration-granted",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="A role as which functions, tasks or instances run may create, delete or reconfigure tables.",
        rationale=(
            "An application reads and writes items. With DeleteTable, UpdateTable, UpdateContinuousBackups, "
            "PutResourcePolicy, backups, restores, replicas or exports, a fault in it, or whoever breaks into it, "
            "takes the table, its recovery and its policy as well. An application's role is one that a Lambda "
            "function, an ECS task definition or an instance profile of the configuration names, or that lambda, "
            "ecs-tasks or ec2 may assume. Roles that deploy are not meant: those that identity providers or other "
            "accounts assume, and those named in the parameter. Tagging is not counted."
        ),
        remedy="Leave administration to the role that deploys.",
        references=(
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
            "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html",
        ),
        good=(
            Example(
                "Items only.",
                _TABLE + role() + function() + policy(allow("GetItem PutItem", _ARN)) + "\n" + role_policy(),
            ),
            Example(
                "A role that a pipeline assumes.",
                _TABLE + _GITHUB + policy(allow("CreateTable UpdateTable", _ARN)) + "\n" + role_policy(),
            ),
            Example(
                "A function that makes backups, and is known to.",
                _TABLE + role() + policy(allow("CreateBackup", _ARN)) + "\n" + role_policy(),
                {"administrators": ["orders"]},
            ),
        ),
        bad=(
            Example(
                "A function may reconfigure its table.",
                _TABLE
                + role()
                + function()
                + policy(f'actions   = ["dynamodb:UpdateTable"] # expect: IAM506\nresources = {_ARN}')
                + "\n"
                + role_policy(),
            ),
            Example(
                "A task may do everything.",
                _TABLE
                + role('"ecs-tasks.amazonaws.com"')
                + policy(f'actions   = ["dynamodb:*"] # expect: IAM506\nresources = {_ARN}')
                + "\n"
                + role_policy(),
            ),
            Example(
                "AWS's own policy with full access.",
                _TABLE + role('"ec2.amazonaws.com"') + attached(f"{_ADMIN} # expect: IAM506"),
            ),
        ),
        unknown=(
            Example(
                "A policy of the role is a variable without a value.",
                variable("policy_arn") + role() + attached("var.policy_arn # expect-unknown: IAM506"),
            ),
            Example(
                "The role of the policy is a variable without a value.",
                variable("role")
                + _TABLE
                + role()
                + policy(f'actions   = ["dynamodb:DeleteTable"] # expect-unknown: IAM506\nresources = {_ARN}')
                + "\n"
                + role_policy().replace("aws_iam_role.orders.id", "var.role"),
            ),
        ),
    )
    subject = Identity
    params = AdministrationParams

    def check(self, subject: Identity, context: RuleContext) -> Iterator[Problem]:
        params: AdministrationParams = context.params
        runs = runs_as(subject)
        unsure = subject.services[1]
        if runs is None and unsure is None:
            raise NotApplicable("no function, task or instance runs as it, as far as the configuration says")
        named = any_of(is_named(pattern, subject.name) for pattern in params.administrators)
        if named is Verdict.PASS:
            raise NotApplicable("it may administer tables")
        if runs is not None:
            found = administered(subject, runs, context.estate)
            yield from found if named is Verdict.FAIL else perhaps_meant(subject, found)
        elif subject.unseen is not None or any(True for _ in grants(subject, context.estate)):
            message = f"whether an application runs as {subject.label}, which may administer tables, is not known"
            yield unknown(message, subject.header, because=unsure)
