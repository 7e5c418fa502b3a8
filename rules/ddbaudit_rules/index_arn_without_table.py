"""IAM502: ARNs of indexes that grant nothing: for actions that act on tables, or of indexes that do not exist."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.iam import Policy
from ddbaudit.sdk.problem import Problem
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.access import unseen
from ddbaudit_rules._support.examples import allow, gsi, policy, table, variable
from ddbaudit_rules._support.index_arns import ineffective

_TABLE = table(gsi('"email-index"', '"email"'), attributes="id email") + "\n"
_ARN = "aws_dynamodb_table.orders.arn"
_ALL = '"${aws_dynamodb_table.orders.arn}/index/*"'
_ONE = '"${aws_dynamodb_table.orders.arn}/index/email-index"'


class IndexArnWithoutTable(Rule[Policy]):
    meta = RuleMeta(
        id="IAM502",
        name="index-arn-without-table",
        severity=Severity.LOW,
        since="0.1.0",
        summary="A policy grants on an index what only a table has, or names an index that does not exist.",
        rationale=(
            "Only Query, Scan, PartiQLSelect, SearchVectors and the Contributor Insights actions are authorised on "
            "indexes. GetItem, PutItem and the like act on the table: granted on `<table>/index/*` they allow "
            "nothing, and a caller who has no other grant is denied. The ARN of an index that does not exist is most "
            "often a name spelt otherwise. `/index/*` may stand beside the table for indexes to come; wildcards of "
            "actions are not meant."
        ),
        remedy="Name the table for actions on items, and existing indexes (or `/index/*`) for queries.",
        references=(
            "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html",
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/using-identity-based-policies.html",
        ),
        good=(
            Example("Table and indexes.", _TABLE + policy(allow("GetItem Query", f"[{_ARN}, {_ALL}]"))),
            Example(
                "A statement for the table, one for the index.",
                _TABLE + policy(allow("GetItem PutItem", f"[{_ARN}]"), allow("Query Scan", f"[{_ONE}]")),
            ),
            Example("Everything on the indexes.", _TABLE + policy(f'actions   = ["dynamodb:*"]\nresources = [{_ALL}]')),
            Example("A table without indexes yet.", table() + "\n" + policy(allow("Query", f"[{_ARN}, {_ALL}]"))),
        ),
        bad=(
            Example(
                "Items are written to the table, not to its indexes.",
                _TABLE + policy(allow("PutItem UpdateItem", f"[\n  {_ARN},\n  {_ALL}, # expect: IAM502\n]")),
            ),
            Example(
                "GetItem needs the table, which is not named.",
                _TABLE + policy(allow("GetItem Query", f"[{_ALL}] # expect: IAM502")),
            ),
            Example(
                "The index has another name.",
                _TABLE + policy(allow("Query", f'[\n  {_ARN},\n  "${{{_ARN}}}/index/mail-index", # expect: IAM502\n]')),
            ),
        ),
        unknown=(
            Example(
                "The name of the index is a variable without a value.",
                variable("index")
                + _TABLE
                + policy(allow("Query", f'[{_ARN}, "${{{_ARN}}}/index/${{var.index}}"] # expect-unknown: IAM502')),
            ),
            Example(
                "The actions are a variable without a value.",
                variable("actions", "list(string)")
                + _TABLE
                + policy(f"actions   = var.actions\nresources = [{_ARN}, {_ALL}] # expect-unknown: IAM502"),
            ),
        ),
    )
    subject = Policy

    def check(self, subject: Policy, context: RuleContext) -> Iterator[Problem]:
        yield from ineffective(subject, context.estate)
        if context.estate.tables:
            yield from unseen(subject, "grants on indexes what only tables have")
