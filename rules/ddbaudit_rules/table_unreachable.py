"""IAM512: tables that no policy of the configuration lets anybody read or write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Params, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import allow, policy, table, variable
from ddbaudit_rules._support.iam_examples import attached, role
from ddbaudit_rules._support.reachability import granting, reached

_ITEMS = "aws_dynamodb_table.items"
_ORDERS = "aws_dynamodb_table.orders"


def _two(comment: str = "") -> str:
    items = table(name='"items"', header=comment).replace(
        '"aws_dynamodb_table" "orders"', '"aws_dynamodb_table" "items"'
    )
    return table() + "\n" + items + "\n"


class TableUnreachableParams(Params, frozen=True):
    """Parameters: whether access has to be granted where the tables are made."""

    required: Annotated[
        bool,
        msgspec.Meta(description="judge tables too where no policy of the configuration grants access to any table"),
    ] = False


class TableUnreachable(Rule[Table]):
    meta = RuleMeta(
        id="IAM512",
        name="table-unreachable",
        severity=Severity.LOW,
        since="0.1.0",
        summary="No policy of the configuration lets anybody read or write a table that it makes.",
        rationale=(
            "Where the policies stand beside the tables, a table that none of them names is one that was forgotten: "
            "the first request is denied. Counted are identity policies, policy documents that are left for others to "
            "use, the table's own resource policy, and AWS managed policies that are attached, as far as their content "
            "is known. Configurations that grant access to no table at all are not judged, unless the parameter says "
            "so: access may be granted elsewhere."
        ),
        remedy="Grant access to the table, or remove it.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/using-identity-based-policies.html",
            "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html",
        ),
        good=(
            Example("Both tables are granted.", _two() + policy(allow("GetItem", f"[{_ORDERS}.arn, {_ITEMS}.arn]"))),
            Example(
                "AWS's own policy reaches every table.",
                _two() + role() + attached('"arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess"'),
            ),
            Example("Access is granted elsewhere.", _two()),
        ),
        bad=(
            Example(
                "One of two tables is granted.",
                _two("# expect: IAM512") + policy(allow("GetItem Query", f"[{_ORDERS}.arn]")),
            ),
            Example(
                "Whoever may describe a table reads nothing from it.",
                _two("# expect: IAM512")
                + policy(allow("GetItem", f"[{_ORDERS}.arn]"), allow("DescribeTable", f"[{_ITEMS}.arn]")),
            ),
            Example(
                "Access has to be granted here.",
                table(header="# expect: IAM512") + "\n" + role(),
                {"required": True},
            ),
        ),
        unknown=(
            Example(
                "A policy that is attached is a variable without a value.",
                variable("policy_arn")
                + _two("# expect-unknown: IAM512")
                + policy(allow("GetItem", f"[{_ORDERS}.arn]"))
                + "\n"
                + role()
                + attached("var.policy_arn"),
            ),
            Example(
                "Nothing is known of what the attached policy of AWS allows.",
                _two("# expect-unknown: IAM512")
                + policy(allow("GetItem", f"[{_ORDERS}.arn]"))
                + "\n"
                + role()
                + attached('"arn:aws:iam::aws:policy/AWSGlueConsoleFullAccess"'),
            ),
        ),
    )
    subject = Table
    params = TableUnreachableParams

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        params: TableUnreachableParams = context.params
        found, hidden = context.estate.once(granting)
        verdict, reason = reached(subject, context.estate)
        if not (found or hidden or params.required) and verdict is Verdict.FAIL:
            raise NotApplicable("no policy of the configuration grants access to any table")
        if verdict is Verdict.FAIL:
            message = f"no policy of this configuration lets anybody read or write {subject.label}"
            help_ = "grant a role the actions that it needs on the table, or remove the table"
            yield fail(message, subject.header, label="nobody reaches it", help=help_)
        elif verdict is Verdict.UNKNOWN:
            message = f"whether a policy of this configuration lets anybody read or write {subject.label} is not known"
            yield unknown(message, subject.header, because=reason, label="may be reached by nobody")
