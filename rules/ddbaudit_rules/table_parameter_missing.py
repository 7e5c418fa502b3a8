"""EST706: tables whose name no SSM parameter tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

import msgspec

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.parameters import parameters_of
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Params, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import block, table, variable
from ddbaudit_rules._support.parameters import Told, told

_ANY = {"required": True}
_NAMED = {"parameter": "/shop/{env}/{entity}", "table": "{env}-{entity}"}


def _parameter(value: str, name: str = '"/shop/dev/orders"') -> str:
    return "\n" + block('resource "aws_ssm_parameter" "orders"', f'name  = {name}\ntype  = "String"\nvalue = {value}')


class TableParameterParams(Params, frozen=True):
    """Parameters: whether every table needs a parameter, and how that is named."""

    required: Annotated[
        bool, msgspec.Meta(description="whether every table's name must be the value of a parameter")
    ] = False
    parameter: Annotated[
        str, msgspec.Meta(description="the name of a table's parameter, with {env} and {entity}; requires it too")
    ] = ""
    table: Annotated[
        str, msgspec.Meta(description="the names of tables, with {env} and {entity}: where {entity} comes from")
    ] = "{entity}"

    def __post_init__(self) -> None:
        for pattern in filter(None, (self.parameter, self.table)):
            if set(re.findall(r"\{(.*?)\}", pattern)) - {"env", "entity"} or "{entity}" not in pattern:
                raise ValueError(f'"{pattern}" must have {{entity}}, and may have {{env}}, in braces')


class TableParameterMissing(Rule[Table]):
    """Parameters: `required`, or `parameter` (and `table`) for parameters with names of their own."""

    meta = RuleMeta(
        id="EST706",
        name="table-parameter-missing",
        severity=Severity.LOW,
        since="0.1.0",
        summary="No SSM parameter tells the name of a table, or the one that should names another table.",
        rationale=(
            "Services that read the names of their tables from Parameter Store start with what stands there: without "
            "the parameter they do not start, and with another table's name they read and write that table. A value "
            "that refers to the table (`aws_dynamodb_table.orders.name`) cannot name another."
        ),
        remedy="Add an `aws_ssm_parameter` whose value is the table's `name`.",
        references=(
            "https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-parameter-store.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ssm_parameter",
        ),
        good=(
            Example("The value is the table's name.", table() + _parameter("aws_dynamodb_table.orders.name"), _ANY),
            Example(
                "The parameter has the name that the pack asks for.",
                table(name='"dev-orders"') + _parameter('"dev-orders"'),
                _NAMED,
            ),
            Example("No parameters are asked for.", table()),
        ),
        bad=(
            Example("There is none.", table(header="# expect: EST706"), _ANY),
            Example(
                "It has another name.",
                table(name='"dev-orders"', header="# expect: EST706") + _parameter('"dev-orders"', '"/shop/orders"'),
                _NAMED,
            ),
            Example(
                "It names another table.",
                table(name='"dev-orders"') + _parameter('"dev-invoices" # expect: EST706'),
                _NAMED,
            ),
        ),
        unknown=(
            Example(
                "The value is a variable without a value.",
                variable("table") + table(header="# expect-unknown: EST706") + _parameter("var.table"),
                _ANY,
            ),
            Example(
                "The value of the parameter of that name is a variable without a value.",
                variable("table") + table(name='"dev-orders"') + _parameter("var.table # expect-unknown: EST706"),
                _NAMED,
            ),
        ),
    )
    subject = Table
    params = TableParameterParams

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        params: TableParameterParams = context.params
        if not (params.required or params.parameter):
            raise NotApplicable("no parameters are asked for")
        parameters = context.estate.once(parameters_of)
        if params.parameter and subject.name.is_unknown:
            message = f"whether a parameter holds the name of {subject.label} is not known"
            yield unknown(message, subject.name, label="not all known")
            return
        name = _name(params, subject, context.environment)
        found = told(subject, parameters, name, context.estate)
        yield from _problems(subject, found, name)


def _name(params: TableParameterParams, table: Table, environment: str) -> str | None:
    """The name that the table's parameter must have; None for any. NotApplicable when no pattern says."""
    if not params.parameter:
        return None
    pattern = re.escape(params.table).replace(r"\{env\}", re.escape(environment)).replace(r"\{entity\}", "(.+)", 1)
    match = re.fullmatch(pattern, table.name.text or "")
    if match is None:
        raise NotApplicable(f'its name is not of the form "{params.table}"')
    return params.parameter.replace("{env}", environment).replace("{entity}", match[1])


def _problems(table: Table, found: Told, name: str | None) -> Iterator[Problem]:
    what = f'parameter "{name}"' if name is not None and not table.name.value.sensitive else "parameter"
    if found.verdict is Verdict.FAIL and found.at is not None:
        message = f"{found.at.label} does not hold the name of {table.label}"
        related = (Related(table.header, "the table"),)
        yield fail(message, found.at.value, label="another value", help="set it to the table's name", related=related)
    elif found.verdict is Verdict.FAIL:
        help = f"add an aws_ssm_parameter{what.removeprefix('parameter')} whose value is the table's name"
        yield fail(f"no {what} holds the name of {table.label}", table.header, label="no parameter", help=help)
    elif found.verdict is Verdict.UNKNOWN:
        place = found.at.value if found.at is not None else table.header
        message = f"whether a {what} holds the name of {table.label} is not known"
        yield unknown(message, place, because=found.because, label="may be missing or another table's")
