"""DDB211: an attribute that stands twice in one key schema."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.attr import Attr
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.table import Index, Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.compare import equal, reason
from ddbaudit_rules._support.details import neutral
from ddbaudit_rules._support.examples import gsi, lsi, table, variable


class KeyAttributeRepeated(Rule[Table]):
    meta = RuleMeta(
        id="DDB211",
        name="key-attribute-repeated",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="The hash key and the range key of a table or index are the same attribute.",
        rationale=(
            "DynamoDB refuses a key schema that names an attribute twice (`Both the Hash Key and the Range Key element "
            "in the KeySchema have the same name`). It shows when the table is applied: neither `terraform validate` "
            "nor `terraform plan` sees it. A local index has the hash key of its table."
        ),
        remedy="Use another attribute as range key, or leave the range key out.",
        errors=(
            "DynamoDB: ValidationException: Both the Hash Key and the Range Key element in the KeySchema "
            "have the same name",
        ),
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_KeySchemaElement.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table",
        ),
        good=(
            Example("Two attributes.", table(attributes="id createdAt", range_key='"createdAt"')),
            Example(
                "An index with the keys of the table the other way round.",
                table(gsi('"inverted"', '"SK"', '"PK"'), attributes="PK SK", hash_key='"PK"', range_key='"SK"'),
            ),
            Example(
                "Attributes whose names differ in case only are two.",
                table(lsi('"by-ID"', '"ID"'), attributes="id ID createdAt", range_key='"createdAt"'),
            ),
        ),
        bad=(
            Example("One attribute for both keys of the table.", table(range_key='"id" # expect: DDB211')),
            Example(
                "One attribute for both keys of an index.",
                table(gsi('"email-index"', '"email"', '"email" # expect: DDB211'), attributes="id email"),
            ),
            Example(
                "A local index whose range key is the hash key of the table.",
                table(
                    lsi('"id-index"', '"id" # expect: DDB211'),
                    attributes="id createdAt",
                    range_key='"createdAt"',
                ),
            ),
        ),
        unknown=(
            Example(
                "The range key is a variable without a value.",
                variable("range_key") + table(range_key="var.range_key # expect-unknown: DDB211"),
            ),
            Example(
                "Both keys of an index come from variables without a value.",
                variable("hash_key")
                + variable("range_key")
                + table(gsi('"by-key"', "var.hash_key", "var.range_key # expect-unknown: DDB211")),
            ),
        ),
    )
    subject = Table

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        for index, schema in subject.key_schemas():
            keys = schema.attributes()
            for at, key in enumerate(keys):
                yield from neutral(_judge(subject, index, keys[:at], key), context.environment)


def _judge(table: Table, index: Index | None, earlier: tuple[Attr, ...], key: Attr) -> Iterator[Problem]:
    owner = f"{index.label} of {table.label}" if index is not None else table.label
    detail = f"{index.name.shown if index is not None else ''}:{key.shown}"
    verdicts = [equal(key, other) for other in earlier]
    certain = index is None or index.certain
    if Verdict.PASS in verdicts and certain:
        yield fail(
            f'{owner} has the attribute "{key.shown}" twice in its key schema',
            key,
            label="the same attribute again",
            help="use another attribute as range key, or leave the range key out",
            related=(Related(earlier[verdicts.index(Verdict.PASS)].span, "first used here"),),
            detail=detail,
        )
    elif any(verdict is not Verdict.FAIL for verdict in verdicts):
        because = first_unknown(reason(key, *earlier), table.indexes_unknown)
        message = f"whether {owner} has the same attribute twice in its key schema is not known"
        yield unknown(message, key, because=because, label="may be the same attribute", detail=detail)
