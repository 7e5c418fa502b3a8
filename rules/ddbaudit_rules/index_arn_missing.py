"""IAM501: policies that grant an action on a table, but not on its indexes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.text import join_names
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.iam import Policy
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.access import accesses, unseen
from ddbaudit_rules._support.examples import allow, gsi, policy, table, variable
from ddbaudit_rules._support.index_access import Shortfall, has_indexes, shortfalls

_TABLE = table(gsi('"email-index"', '"email"'), attributes="id email") + "\n"
_ARN = "aws_dynamodb_table.orders.arn"
_ALL = '"${aws_dynamodb_table.orders.arn}/index/*"'
_ONE = '"${aws_dynamodb_table.orders.arn}/index/email-index"'


class IndexArnMissing(Rule[Policy]):
    meta = RuleMeta(
        id="IAM501",
        name="index-arn-missing",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="A policy grants Query, Scan or the like on a table that has indexes, but not on the indexes.",
        rationale=(
            "A query of an index is authorised on the ARN of the index, `<table>/index/<name>`, which the ARN of the "
            "table does not cover: the first query of an index fails with AccessDeniedException. The actions are "
            "Query, Scan, PartiQLSelect, SearchVectors, DescribeContributorInsights and UpdateContributorInsights. "
            "Another statement of the same policy may grant them on the index."
        ),
        remedy='Add `"<table ARN>/index/*"`, or the ARN of each index, to the resources.',
        references=(
            "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html",
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/using-identity-based-policies.html",
        ),
        good=(
            Example("Table and indexes.", _TABLE + policy(allow("GetItem Query", f"[{_ARN}, {_ALL}]"))),
            Example(
                "Two statements share the work.",
                _TABLE + policy(allow("*Item Query", f"[{_ARN}]"), allow("Query", f"[{_ONE}]")),
            ),
            Example("GetItem does not read an index.", _TABLE + policy(allow("GetItem", f"[{_ARN}]"))),
        ),
        bad=(
            Example("The table only.", _TABLE + policy(allow("GetItem Query", f"[{_ARN}] # expect: IAM501"))),
            Example(
                "Scan is granted on the index, Query is not.",
                _TABLE + policy(allow("Query", f"[{_ARN}] # expect: IAM501"), allow("Scan", f"[{_ALL}]")),
            ),
            Example(
                "One index of two, in a policy made by jsonencode.",
                table(
                    gsi('"email-index"', '"email"') + "\n" + gsi('"status-index"', '"status"'),
                    attributes="id email status",
                )
                + f"""
resource "aws_iam_policy" "orders" {{
  name = "orders"
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect   = "Allow"
      Action   = "dynamodb:*"
      Resource = [{_ARN}, {_ONE}] # expect: IAM501
    }}]
  }})
}}
""",
            ),
        ),
        unknown=(
            Example(
                "A part of the resources is a variable without a value.",
                _TABLE
                + variable("arns", "list(string)")
                + policy(allow("Query", f"concat([{_ARN}], var.arns) # expect-unknown: IAM501")),
            ),
            Example(
                "Whether there is an index depends on a variable without a value.",
                variable("by_email", "bool")
                + table("""
                dynamic "global_secondary_index" {
                  for_each = var.by_email ? ["email"] : []
                  content {
                    name            = "email-index"
                    hash_key        = "email"
                    projection_type = "ALL"
                  }
                }
                """)
                + policy(allow("Query", f"[{_ARN}] # expect-unknown: IAM501")),
            ),
            Example(
                "A condition may keep queries of the index out on purpose.",
                _TABLE
                + policy(
                    allow(
                        "Query",
                        f"[{_ARN}] # expect-unknown: IAM501",
                        'condition {\n  test     = "Bool"\n  variable = "aws:MultiFactorAuthPresent"\n'
                        '  values   = ["true"]\n}',
                    )
                ),
            ),
        ),
    )
    subject = Policy

    def check(self, subject: Policy, context: RuleContext) -> Iterator[Problem]:
        statements = accesses(subject, context.estate)
        indexed = [table for table in context.estate.tables if has_indexes(table)]
        if subject.unknown is not None or subject.invalid is not None:
            yield from unseen(subject, "grants on indexes what it grants on tables") if indexed else ()
            return
        doubtful: dict[int, list[Shortfall]] = {}
        for shortfall in shortfalls(statements, indexed):
            if shortfall.verdict is Verdict.FAIL:
                yield _missing(subject, shortfall)
            else:
                doubtful.setdefault(id(shortfall.access), []).append(shortfall)
        for same in doubtful.values():
            yield _doubtful(subject, same)


def _missing(policy: Policy, found: Shortfall) -> Problem:
    problem = fail(
        f"{policy.label} grants {found.shown_actions} on {found.table.label}, but not on its {found.shown_indexes}",
        found.access.resources.span,
        label="index ARN missing",
        help=f"add {found.shown_arn} to the resources",
        related=tuple(Related(i.header, f"{i.label} is reached by .../index/{i.name.shown}") for i in found.indexes),
        detail=f"{found.table.address} {' '.join(found.actions)}",
    )
    return replace(problem, origin=found.origin)


def _doubtful(policy: Policy, same: Sequence[Shortfall]) -> Problem:
    tables = [found.table.label for found in same]
    shown = join_names(tables if len(tables) <= 3 else [*tables[:2], f"{len(tables) - 2} more tables"])
    message = (
        f"whether {policy.label} grants {same[0].shown_actions} on the indexes of {shown} too is not known{same[0].why}"
    )
    detail, place = " ".join(found.table.address for found in same), same[0].access.resources.span
    return unknown(message, place, because=same[0].because, label="may not cover the indexes", detail=detail)
