"""IAM504: DynamoDB actions on tables that are not named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.iam import Policy
from ddbaudit.model.reading import first_unknown
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, Params, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.access import Access, accesses, unseen
from ddbaudit_rules._support.details import neutral
from ddbaudit_rules._support.examples import allow, block, policy, table, variable
from ddbaudit_rules._support.scope import Scope, is_narrowed, scoped_actions

_TABLE = table() + "\n"
_WEST = block('provider "aws"', 'region = "eu-west-1"') + "\n"
_HERE = 'data "aws_caller_identity" "me" {}\n\ndata "aws_region" "here" {}\n\n'
_FIX = "name the tables, by reference: aws_dynamodb_table.<name>.arn"


class ResourceWildcardParams(Params, frozen=True):
    """Parameters: the accounts that ARNs may name."""

    accounts: Annotated[
        tuple[str, ...],
        msgspec.Meta(description="account ids that written ARNs may name; any, when there are none"),
    ] = ()


class ResourceWildcard(Rule[Policy]):
    meta = RuleMeta(
        id="IAM504",
        name="resource-wildcard",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="A policy allows DynamoDB actions on every table, or on another region's or account's.",
        rationale=(
            "On `*` or `table/*` a service reaches the tables of all other services of the account, now and later. An "
            "ARN with a region that is not the provider's leads to tables that this configuration does not make; "
            "replicas count as its own. Actions that AWS authorises on no resource (`dynamodb:ListTables`) need `*` "
            "and are not meant; nor is a name with a wildcard at its end (`table/orders-*`)."
        ),
        remedy="Name the tables, by reference to their ARN.",
        references=(
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
            "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html",
        ),
        good=(
            Example("The table by reference.", _TABLE + policy(allow("GetItem", "[aws_dynamodb_table.orders.arn]"))),
            Example("ListTables has no resource.", policy(allow("ListTables", '["*"]'))),
            Example(
                "A written ARN of the region, for a group of tables.",
                _WEST + policy(allow("GetItem", '["arn:aws:dynamodb:eu-west-1:111122223333:table/orders-*"]')),
            ),
        ),
        bad=(
            Example("Everything.", policy(allow("GetItem", '["*"] # expect: IAM504'))),
            Example(
                "Every table, and every index of every table.",
                _HERE
                + """
locals {
  tables = "arn:aws:dynamodb:${data.aws_region.here.name}:${data.aws_caller_identity.me.account_id}:table"
}

"""
                + policy(
                    allow(
                        "Query",
                        '[\n  "${local.tables}/*",         # expect: IAM504\n'
                        '  "${local.tables}/*/index/*", # expect: IAM504\n]',
                    )
                ),
            ),
            Example(
                "A table of another region.",
                _WEST
                + policy(allow("GetItem", '["arn:aws:dynamodb:us-east-1:111122223333:table/orders"] # expect: IAM504')),
            ),
        ),
        unknown=(
            Example(
                "The resource is a variable without a value.",
                variable("table_arn") + policy(allow("GetItem", "[var.table_arn] # expect-unknown: IAM504")),
            ),
            Example(
                "The provider's region is a variable without a value.",
                variable("region")
                + block('provider "aws"', "region = var.region")
                + "\n"
                + policy(
                    allow(
                        "GetItem", '["arn:aws:dynamodb:us-east-1:111122223333:table/orders"] # expect-unknown: IAM504'
                    )
                ),
            ),
        ),
    )
    subject = Policy
    params = ResourceWildcardParams

    def check(self, subject: Policy, context: RuleContext) -> Iterator[Problem]:
        params: ResourceWildcardParams = context.params
        scope = Scope(subject.instance.provider.region, context.estate, params.accounts)
        for access in accesses(subject, context.estate):
            weight = access.allows & scoped_actions(access)
            if weight is not Verdict.FAIL:
                yield from neutral(_judge(subject, access, weight, scope), context.environment)
        yield from unseen(subject, "allows DynamoDB actions on every table")


def _judge(policy: Policy, access: Access, weight: Verdict, scope: Scope) -> Iterator[Problem]:
    for found in scope.overreach(access):
        verdict = weight & found.verdict
        if found.broad and is_narrowed(access):
            verdict &= Verdict.UNKNOWN
        detail = found.at.text if found.at.text is not None else found.at.shown
        if verdict is Verdict.PASS:
            message = f"{policy.label} allows DynamoDB actions on {found.what}"
            yield fail(message, found.at, label=found.label, help=_FIX, detail=detail)
        else:
            message = f"whether {policy.label} allows DynamoDB actions on {found.what} is not known"
            because = first_unknown(found.because, access.unknown)
            yield unknown(message, found.at, because=because, label="may reach other tables", detail=detail)
