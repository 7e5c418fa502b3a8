"""DDB206: more global secondary indexes than a table may have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem
from ddbaudit.sdk.rule import Example, Params, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.counts import judge_count
from ddbaudit_rules._support.examples import gsi, separate_index, table, variable

_MANY = """
dynamic "global_secondary_index" {{
  for_each = {}
  content {{
    name            = "by-${{global_secondary_index.value}}"
    hash_key        = global_secondary_index.value
    projection_type = "ALL"
  }}
}}
"""


def _numbered(count: int) -> str:
    return _MANY.format(f'toset([for n in range({count}) : "key${{n}}"])')


class TooManyGsisParams(Params, frozen=True):
    """Parameters: the quota."""

    limit: Annotated[
        int,
        msgspec.Meta(description="how many global secondary indexes the account's quota allows for a table", ge=1),
    ] = 20


class TooManyGsis(Rule[Table]):
    meta = RuleMeta(
        id="DDB206",
        name="too-many-gsis",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="A table has more global secondary indexes than DynamoDB allows.",
        rationale=(
            "A table may have 20 global secondary indexes unless AWS has raised the quota for the account and region. "
            "DynamoDB refuses the table when it is applied; neither `terraform validate` nor `terraform plan` sees it. "
            "Indexes that are resources of their own count as well."
        ),
        remedy="Remove indexes, or set `limit` to the quota that AWS has granted.",
        errors=(
            "DynamoDB: ValidationException: One or more parameter values were invalid: GlobalSecondaryIndex "
            "count exceeds the per-table limit of 20",
        ),
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html#limits-secondary-indexes",
            "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html",
        ),
        good=(
            Example("One index.", table(gsi('"email-index"', '"email"'), attributes="id email")),
            Example("Twenty indexes.", table(_numbered(20))),
            Example("AWS has raised the quota.", table(_numbered(21)), {"limit": 25}),
        ),
        bad=(
            Example("Twenty-one indexes.", table(_numbered(21), header="# expect: DDB206")),
            Example(
                "A dynamic block and a block together.",
                table(_numbered(20) + gsi('"email-index"', '"email"'), header="# expect: DDB206"),
            ),
            Example(
                "An index that is a resource of its own counts as well.",
                table(_numbered(20), header="# expect: DDB206") + separate_index('attribute_name = "email"'),
            ),
        ),
        unknown=(
            Example(
                "A dynamic block over a variable without a value.",
                variable("keys", "set(string)") + table(_MANY.format("var.keys"), header="# expect-unknown: DDB206"),
            ),
            Example(
                "The table of an index that is a resource of its own is not known.",
                variable("table_name")
                + table(_numbered(20), header="# expect-unknown: DDB206")
                + separate_index('attribute_name = "email"').replace(
                    "aws_dynamodb_table.orders.name", "var.table_name"
                ),
            ),
        ),
    )
    subject = Table
    params = TooManyGsisParams

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        help = "remove indexes, or set the rule's limit to the quota that AWS has granted"
        yield from judge_count(subject, "global", context.params.limit, help)
