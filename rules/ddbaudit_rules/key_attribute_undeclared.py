"""DDB201: key attributes without an attribute block."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.text import suggestion
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.compare import equal, may_be_unset, reason
from ddbaudit_rules._support.details import neutral
from ddbaudit_rules._support.examples import dynamic_attributes, gsi, lsi, separate_index, table, variable
from ddbaudit_rules._support.keys import KeyUse, key_uses


class KeyAttributeUndeclared(Rule[Table]):
    meta = RuleMeta(
        id="DDB201",
        name="key-attribute-undeclared",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="A key attribute of a table or index has no attribute block.",
        rationale=(
            "DynamoDB knows the type of a key from its attribute definition and refuses a table or index whose key has "
            "none. `terraform validate` does not see it; `terraform plan` says that all indexes must match a defined "
            "attribute, without naming the index. Names are case-sensitive: `tenantId` and `tenantID` are two "
            "attributes. An index that is a resource of its own gives the types of its keys itself."
        ),
        remedy="Declare the attribute with an `attribute` block in the table, or correct the name in the key.",
        errors=('terraform plan: all indexes must match a defined attribute. Unmatched indexes: ["missing"]',),
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table",
        ),
        good=(
            Example(
                "The keys of table and index are declared.",
                table(gsi('"email-index"', '"email"', '"id"'), attributes="id email"),
            ),
            Example(
                "A dynamic block declares the keys.",
                variable("keys", "set(string)", '["id", "createdAt"]')
                + table(dynamic_attributes(), attributes="", range_key='"createdAt"'),
            ),
            Example(
                "An index that is a resource of its own gives the types of its keys itself.",
                table() + separate_index('attribute_name = "email"\nattribute_type = "S"'),
            ),
        ),
        bad=(
            Example(
                "The key of an index is not declared.",
                table(gsi('"email-index"', '"email" # expect: DDB201', '"id"')),
            ),
            Example(
                "The range key of the table is spelt differently.",
                table(attributes="id createdAt", range_key='"createdat" # expect: DDB201'),
            ),
            Example(
                "The range key of a local index is not declared.",
                table(
                    lsi('"status-index"', '"status" # expect: DDB201'),
                    attributes="id createdAt",
                    range_key='"createdAt"',
                ),
            ),
        ),
        unknown=(
            Example(
                "The key is a variable without a value.",
                variable("range_key") + table(range_key="var.range_key # expect-unknown: DDB201"),
            ),
            Example(
                "The attribute may come from a dynamic block over a variable without a value.",
                variable("keys", "set(string)")
                + table(dynamic_attributes(), attributes="id", range_key='"createdAt" # expect-unknown: DDB201'),
            ),
        ),
    )
    subject = Table

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        for use in key_uses(subject):
            if use.index is None or use.index.address is None:
                yield from neutral(_judge(subject, use), context.environment)


def _judge(table: Table, use: KeyUse) -> Iterator[Problem]:
    verdict = Verdict.FAIL if table.attributes_unknown is None else Verdict.UNKNOWN
    if may_be_unset(use.attribute):
        verdict = Verdict.UNKNOWN
    for declared in table.attributes:
        verdict |= equal(use.attribute, declared.name)
    if verdict is Verdict.FAIL and use.certain:
        yield _undeclared(table, use)
    elif verdict is not Verdict.PASS:
        names = reason(*(declared.name for declared in table.attributes))
        because = first_unknown(use.attribute.unknown, table.attributes_unknown, names, table.indexes_unknown)
        message = f"whether the {use.role} of {use.owner(table)} is declared is not known"
        label = f'"{use.attribute.shown}" may have no attribute block'
        yield unknown(message, use.attribute, because=because, label=label, detail=use.detail)


def _undeclared(table: Table, use: KeyUse) -> Problem:
    name = use.attribute.shown
    declared = [d.name.public for d in table.attributes if d.name.public is not None]
    related = [Related(use.index.header, f"{use.index.label} needs it")] if use.index is not None else []
    hint = suggestion(name, declared)
    return fail(
        f'{use.owner(table)} has the {use.role} "{name}", which no attribute block declares{hint}',
        use.attribute,
        label=f'no attribute "{name}"',
        help=f'add, with the type S, N or B\n  attribute {{\n    name = "{name}"\n    type = "S"\n  }}',
        related=tuple(related),
        detail=use.detail,
    )
