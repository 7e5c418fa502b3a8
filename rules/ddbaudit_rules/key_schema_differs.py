"""MOD803: keys of tables, and their types, that are not those of the data model."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.design import BuiltTable
from ddbaudit.model.reading import text_attr
from ddbaudit.sdk.problem import Problem
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.design import design_of, keys_differ, types_differ, undecided
from ddbaudit_rules._support.design_examples import NAMED, designed, model
from ddbaudit_rules._support.examples import table, variable

_SORTED = model(designed("range: createdAt", attributes="{id: S, createdAt: N}"))


class KeySchemaDiffers(Rule[BuiltTable]):
    meta = RuleMeta(
        id="MOD803",
        name="key-schema-differs",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="The keys of a table, or their types, are not those of the data model.",
        rationale=(
            "Every access pattern rests on the keys. A table with other ones refuses what the application asks of it, "
            "and keys cannot be changed later: DynamoDB makes the table anew, without its items."
        ),
        remedy="Give the table the keys of the model, or correct the model.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.CoreComponents.html",
            "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_KeySchemaElement.html",
        ),
        good=(
            Example("The model's key.", table(name=NAMED), model=model()),
            Example(
                "Hash and range key.",
                table(name=NAMED, range_key='"createdAt"', attributes="id createdAt:N"),
                model=_SORTED,
            ),
            Example(
                "The model's names differ by environment.",
                table(name='"orders-live"'),
                environment="prod",
                model=model(designed().replace('"orders-{env}"', "{dev: orders, prod: orders-live}")),
            ),
        ),
        bad=(
            Example(
                "Another hash key.",
                table(name=NAMED, hash_key='"orderId" # expect: MOD803', attributes="orderId"),
                model=model(),
            ),
            Example(
                "No range key.",
                table(name=NAMED, header="# expect: MOD803", attributes="id createdAt:N"),
                model=_SORTED,
            ),
            Example(
                "A number instead of a string.",
                table('attribute {\n  name = "id"\n  type = "N" # expect: MOD803\n}', name=NAMED, attributes=""),
                model=model(),
            ),
        ),
        unknown=(
            Example(
                "The hash key is a variable without a value.",
                variable("key") + table(name=NAMED, hash_key="var.key # expect-unknown: MOD803"),
                model=model(),
            ),
            Example(
                "The type is not known.",
                variable("type")
                + table(
                    'attribute {\n  name = "id"\n  type = var.type # expect-unknown: MOD803\n}',
                    name=NAMED,
                    attributes="",
                ),
                model=model(),
            ),
        ),
    )
    subject = BuiltTable

    def check(self, subject: BuiltTable, context: RuleContext) -> Iterator[Problem]:
        found, table = design_of(subject), subject.table
        if found is None:
            yield undecided(subject, "the keys")
            return
        _, design = found
        places = (text_attr(table.instance.body, "hash_key"), text_attr(table.instance.body, "range_key"))
        yield from keys_differ(table, table.keys, design.keys, table.label, places, "")
        yield from types_differ(table, design, design.keys, table.label, "")
