"""MOD802: tables that a root module creates and its data models do not know."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.text import suggestion
from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.design import BuiltTable, name_of
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.design_examples import NAMED, designed, model
from ddbaudit_rules._support.examples import table, variable


class TableNotInModel(Rule[BuiltTable]):
    meta = RuleMeta(
        id="MOD802",
        name="table-not-in-model",
        severity=Severity.MEDIUM,
        since="0.1.0",
        summary="The root module creates a table that its data model does not know.",
        rationale=(
            "A table that the design does not know is one that nobody planned: its keys, its owner and what may be "
            "kept in it were never agreed on, and no other rule about the model looks at it. Root modules without a "
            "data model are not judged."
        ),
        remedy="Add the table to the model, or remove it; check its name if it is one of the model's.",
        references=(
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table",
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-modeling-nosql.html",
        ),
        good=(
            Example("The model has it.", table(name=NAMED), model=model()),
            Example("There is no data model.", table()),
            Example(
                "Its name may have any ending.",
                table(name='"orders-dev-7f3a"'),
                model=model(designed().replace('"orders-{env}"', '"orders-{env}-*"')),
            ),
        ),
        bad=(
            Example("Another name.", table(name='"order-dev" # expect: MOD802'), model=model()),
            Example("The name of another environment.", table(name='"orders-prod" # expect: MOD802'), model=model()),
            Example(
                "The model has it in prod only.",
                table(name='"orders-dev" # expect: MOD802'),
                model=model(designed("environments: [prod]")),
            ),
        ),
        unknown=(
            Example(
                "The name begins with a variable without a value.",
                variable("prefix") + table(name='"${var.prefix}-dev" # expect-unknown: MOD802'),
                model=model(),
            ),
            Example(
                "The name is not known.",
                variable("name") + table(name="var.name # expect-unknown: MOD802"),
                model=model(),
            ),
        ),
    )
    subject = BuiltTable

    def check(self, subject: BuiltTable, context: RuleContext) -> Iterator[Problem]:
        table = subject.table
        if subject.design is not None:
            return
        if subject.designs:
            message = f"whether {table.label} is one of the data model's is not known"
            yield unknown(message, table.name, label="may be a table of the model")
            return
        names = [name_of(d, context.environment) for m in context.estate.models for d in m.tables.values()]
        named = [name.replace("{env}", context.environment) for name in names]
        nearest = suggestion(table.name.public or "", named)
        yield fail(
            f"no data model of this root module has {table.label}",
            table.name if table.name.is_set else table.header,
            label="not in the model",
            help=f"add it to the model, or remove it{nearest}",
        )
