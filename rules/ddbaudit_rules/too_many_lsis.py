"""DDB207: more local secondary indexes than a table may have."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.counts import judge_count
from ddbaudit_rules._support.examples import lsi, table, variable

_LIMIT = 5
_MANY = """
dynamic "local_secondary_index" {{
  for_each = {}
  content {{
    name            = "by-${{local_secondary_index.value}}"
    range_key       = local_secondary_index.value
    projection_type = "ALL"
  }}
}}
"""


def _numbered(count: int) -> str:
    return _MANY.format(f'toset([for n in range({count}) : "key${{n}}"])')


def _table(body: str, header: str = "") -> str:
    return table(body, header=header, attributes="id createdAt", range_key='"createdAt"')


class TooManyLsis(Rule[Table]):
    meta = RuleMeta(
        id="DDB207",
        name="too-many-lsis",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="A table has more local secondary indexes than DynamoDB allows.",
        rationale=(
            "A table may have five local secondary indexes, and AWS does not raise this limit. DynamoDB refuses the "
            "table when it is applied; neither `terraform validate` nor `terraform plan` sees it."
        ),
        remedy="Keep at most five local indexes; use global ones for the rest.",
        errors=(
            "DynamoDB: ValidationException: One or more parameter values were invalid: Number of "
            "LocalSecondaryIndexes exceeds per-table limit of 5",
        ),
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html#limits-secondary-indexes",
            "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html",
        ),
        good=(
            Example("One index.", _table(lsi('"by-status"', '"status"'))),
            Example("Five indexes.", _table(_numbered(5))),
            Example("The list of indexes is empty.", _table(_MANY.format("toset([])"))),
        ),
        bad=(
            Example("Six indexes.", _table(_numbered(6), "# expect: DDB207")),
            Example(
                "A dynamic block and a block together.",
                _table(_numbered(5) + lsi('"by-status"', '"status"'), "# expect: DDB207"),
            ),
            Example(
                "Six of them are certain, whatever else there is.",
                variable("keys", "set(string)") + _table(_numbered(6) + _MANY.format("var.keys"), "# expect: DDB207"),
            ),
        ),
        unknown=(
            Example(
                "A dynamic block over a variable without a value.",
                variable("keys", "set(string)") + _table(_MANY.format("var.keys"), "# expect-unknown: DDB207"),
            ),
            Example(
                "Whether there is a sixth depends on a variable without a value.",
                variable("audited", "bool")
                + _table(
                    _numbered(5) + _MANY.format('var.audited ? toset(["auditedAt"]) : toset([])'),
                    "# expect-unknown: DDB207",
                ),
            ),
        ),
    )
    subject = Table

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        help = "keep at most five local indexes, and use global ones for the rest"
        yield from judge_count(subject, "local", _LIMIT, help)
