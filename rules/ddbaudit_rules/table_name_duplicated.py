"""DDB217: two tables of one name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, Params, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.details import neutral
from ddbaudit_rules._support.examples import table, variable
from ddbaudit_rules._support.operation import provider
from ddbaudit_rules._support.table_names import Namesake, namesakes

_SECOND = '"orders" # expect: DDB217'


def _other(name: str, **arguments: str) -> str:
    return "\n" + table(name=name, **arguments).replace('"orders" {', '"others" {', 1)


class TableNameDuplicatedParams(Params, frozen=True):
    """Parameters: whether an environment is one account."""

    one_account: Annotated[
        bool,
        msgspec.Meta(description="whether all root modules of an environment are in one account"),
    ] = True


class TableNameDuplicated(Rule[Table]):
    meta = RuleMeta(
        id="DDB217",
        name="table-name-duplicated",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="Two tables of one account and region have the same name.",
        rationale=(
            "The name of a table is unique in its account and region. DynamoDB refuses the second (`Table already "
            "exists`) when it is applied; neither `terraform validate` nor `terraform plan` sees it. Tables of one "
            "root module are compared, and those of root modules that belong to one environment. An environment counts "
            "as one account, unless `one_account` says otherwise; root modules that nothing gives an environment are "
            "not held against each other."
        ),
        remedy="Give each table a name of its own.",
        errors=("DynamoDB: ResourceInUseException: Table already exists: orders",),
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html",
            "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html",
        ),
        good=(
            Example("Two names.", table() + _other('"users"')),
            Example(
                "One name in two regions.",
                provider('"eu-west-1"')
                + provider('"us-east-1"', '"replica"')
                + table()
                + _other('"orders"', provider="aws.replica"),
            ),
            Example(
                "The names differ, whatever the prefix is.",
                variable("prefix") + table(name='"${var.prefix}-orders"') + _other('"${var.prefix}-past-orders"'),
            ),
        ),
        bad=(
            Example("One name.", table() + _other(_SECOND)),
            Example(
                "All of several tables have the same name.",
                table(count="2", name='"orders" # expect: DDB217'),
            ),
            Example(
                "The names are the same, whatever the prefix is.",
                variable("prefix")
                + table(name='"${var.prefix}-orders"')
                + _other('"${var.prefix}-orders" # expect: DDB217'),
            ),
        ),
        unknown=(
            Example(
                "One of the names is a variable without a value.",
                variable("name") + table() + _other("var.name # expect-unknown: DDB217"),
            ),
            Example(
                "Nobody can tell whether two providers lead to one account.",
                provider('"eu-west-1"')
                + provider('"eu-west-1"', '"other"')
                + table()
                + _other('"orders" # expect-unknown: DDB217', provider="aws.other"),
            ),
            Example(
                "How many tables of the name there are is not known.",
                variable("copies", "number") + table(count="var.copies", name='"orders" # expect-unknown: DDB217'),
            ),
        ),
    )
    subject = Table
    params = TableNameDuplicatedParams

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        found = namesakes(subject, context.estate, context.estates if context.params.one_account else ())
        yield from neutral(_judge(subject, found), context.environment)


def _judge(table: Table, found: Iterator[Namesake]) -> Iterator[Problem]:
    others = list(found)
    name = table.name.shown
    certain = next((other for other in others if other.verdict is Verdict.PASS), None)
    if certain is not None:
        yield fail(
            f'{table.address} creates a table with the name "{name}", which {certain.label} creates already',
            table.name,
            label="named again",
            help="give each table a name of its own",
            related=(Related(certain.table.name.span, f"the name of {certain.label}"),),
            detail=certain.table.address,
            offset=max(len(table.name.text or name) - 1, 0),
        )
        return
    for other in others[:1]:
        message = f'whether {table.address} and {other.label} create two tables with the name "{name}" is not known'
        if other.table is table:
            message = f'whether {table.address} creates several tables with the name "{name}" is not known'
        if other.why:
            message = f"{message}: {other.why}"
        yield unknown(message, table.name, because=other.because, label="may be taken", detail=other.table.address)
