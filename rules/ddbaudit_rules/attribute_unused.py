"""DDB202: attribute blocks that no key uses."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.table import AttributeDefinition, Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.compare import equal, reason
from ddbaudit_rules._support.examples import gsi, lsi, table, variable
from ddbaudit_rules._support.keys import key_uses

_DYNAMIC = """
dynamic "global_secondary_index" {
  for_each = var.indexed
  content {
    name            = "${global_secondary_index.value}-index"
    hash_key        = global_secondary_index.value
    projection_type = "ALL"
  }
}
"""


class AttributeUnused(Rule[Table]):
    meta = RuleMeta(
        id="DDB202",
        name="attribute-unused",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="An attribute block declares what no key of the table or its indexes uses.",
        rationale=(
            "Attribute blocks are the definitions of key attributes, not a schema of the items. DynamoDB refuses a "
            "table with a definition that no key schema uses, and `terraform plan` stops with `all attributes must be "
            "indexed`; `terraform validate` does not see it. A TTL attribute is not declared either."
        ),
        remedy="Remove the attribute block, or add the index that was to use it.",
        errors=('terraform plan: all attributes must be indexed. Unused attributes: ["status"]',),
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table",
        ),
        good=(
            Example(
                "Every declared attribute is a key.",
                table(gsi('"email-index"', '"email"'), attributes="id createdAt email", range_key='"createdAt"'),
            ),
            Example(
                "A dynamic block makes the index that uses it.",
                variable("indexed", "set(string)", '["email"]') + table(_DYNAMIC, attributes="id email"),
            ),
            Example(
                "A local index uses it.",
                table(lsi('"total-index"', '"total"'), attributes="id createdAt total:N", range_key='"createdAt"'),
            ),
        ),
        bad=(
            Example(
                "An attribute of the items is declared.",
                table('attribute {\n  name = "status" # expect: DDB202\n  type = "S"\n}'),
            ),
            Example(
                "The TTL attribute is declared.",
                table("""
                attribute {
                  name = "expiresAt" # expect: DDB202
                  type = "N"
                }

                ttl {
                  attribute_name = "expiresAt"
                  enabled        = true
                }
                """),
            ),
            Example(
                "An attribute is projected, but no key.",
                table(
                    """
                    attribute {
                      name = "total" # expect: DDB202
                      type = "N"
                    }

                    global_secondary_index {
                      name               = "email-index"
                      hash_key           = "email"
                      projection_type    = "INCLUDE"
                      non_key_attributes = ["total"]
                    }
                    """,
                    attributes="id email",
                ),
            ),
        ),
        unknown=(
            Example(
                "An index over a variable without a value may use it.",
                variable("indexed", "set(string)")
                + table('attribute {\n  name = "email" # expect-unknown: DDB202\n  type = "S"\n}\n' + _DYNAMIC),
            ),
            Example(
                "The range key is a variable without a value.",
                variable("range_key")
                + table(
                    'attribute {\n  name = "createdAt" # expect-unknown: DDB202\n  type = "S"\n}',
                    range_key="var.range_key",
                ),
            ),
        ),
    )
    subject = Table

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        for declared in subject.attributes:
            if declared.name.is_set:
                yield from _judge(subject, declared)
        if subject.attributes_unknown is not None:
            message = f"whether {subject.label} declares an attribute that no key uses is not known"
            yield unknown(message, subject.header, because=subject.attributes_unknown, label="may declare more")


def _judge(table: Table, declared: AttributeDefinition) -> Iterator[Problem]:
    uses = tuple(key_uses(table))
    verdict = Verdict.FAIL if table.indexes_unknown is None else Verdict.UNKNOWN
    for use in uses:
        found = equal(declared.name, use.attribute)
        verdict |= found if use.certain or found is Verdict.FAIL else Verdict.UNKNOWN
    name = declared.name.shown
    if verdict is Verdict.FAIL:
        yield fail(
            f'{table.label} declares the attribute "{name}", which no key of the table or its indexes uses',
            declared.name,
            label="no key uses it",
            help="remove the attribute block, or add the index that was to use it; other attributes are not declared",
            detail=name,
        )
    elif verdict is Verdict.UNKNOWN:
        because = first_unknown(reason(declared.name, *(use.attribute for use in uses)), table.indexes_unknown)
        message = f'whether a key of {table.label} uses the attribute "{name}" is not known'
        yield unknown(message, declared.name, because=because, label="may not be used", detail=name)
