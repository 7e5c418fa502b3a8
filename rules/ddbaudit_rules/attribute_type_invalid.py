"""DDB203: attributes with a type that no key can have."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.source import Span
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.ir.value import Known
from ddbaudit.model.attr import Attr
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import block, table, variable

_TYPES = ("S", "N", "B")
_MEANT = {"STRING": "S", "STR": "S", "NUMBER": "N", "INT": "N", "INTEGER": "N", "BINARY": "B"}


class AttributeTypeInvalid(Rule[Table]):
    meta = RuleMeta(
        id="DDB203",
        name="attribute-type-invalid",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="An attribute's type is not S, N or B.",
        rationale=(
            "A key is a string (S), a number (N) or binary (B). The other types of DynamoDB (BOOL, M, L, SS, ...) are "
            "types of attributes that are not declared. The letters are upper case."
        ),
        remedy="Use S, N or B; do not declare an attribute that is no key.",
        errors=('terraform validate: expected type to be one of ["S" "N" "B"], got BOOL',),
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeDefinition.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table",
        ),
        good=(
            Example(
                "A string and a number.",
                table(attributes="id createdAt:N", range_key='"createdAt"'),
            ),
            Example(
                "The type is a variable with a default.",
                variable("key_type", default='"B"')
                + table('attribute {\n  name = "id"\n  type = var.key_type\n}', attributes=""),
            ),
            Example(
                "The types come out of a map.",
                'locals {\n  types = { id = "S", total = "N" }\n}\n\n'
                + table(
                    'dynamic "attribute" {\n  for_each = local.types\n  content {\n    name = attribute.key\n'
                    "    type = attribute.value\n  }\n}",
                    attributes="",
                    range_key='"total"',
                ),
            ),
        ),
        bad=(
            Example(
                "A boolean cannot be a key.",
                table(
                    'attribute {\n  name = "active"\n  type = "BOOL" # expect: DDB203\n}',
                    range_key='"active"',
                ),
            ),
            Example(
                "The letter is lower case.",
                table('attribute {\n  name = "id"\n  type = "s" # expect: DDB203\n}', attributes=""),
            ),
            Example(
                "The type is missing.",
                table(block("attribute", 'name = "id"', header="# expect: DDB203"), attributes=""),
            ),
        ),
        unknown=(
            Example(
                "The type is a variable without a value.",
                variable("key_type")
                + table(
                    'attribute {\n  name = "id"\n  type = var.key_type # expect-unknown: DDB203\n}',
                    attributes="",
                ),
            ),
            Example(
                "A dynamic block may declare more, of any type.",
                variable("keys", "map(string)")
                + table(
                    """
                    dynamic "attribute" {
                      for_each = var.keys
                      content {
                        name = attribute.key
                        type = attribute.value
                      }
                    }
                    """,
                    header="# expect-unknown: DDB203",
                ),
            ),
        ),
    )
    subject = Table

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        for declared in subject.attributes:
            yield from _judge(subject, declared.name.shown, declared.type, declared.header)
        for index in subject.indexes:
            for name, type_ in index.own_types.items():
                yield from _judge(subject, name, type_, index.header)
        if subject.attributes_unknown is not None:
            message = f"whether all attribute types of {subject.label} are valid is not known"
            yield unknown(message, subject.header, because=subject.attributes_unknown, label="may declare more")


def _judge(table: Table, name: str, type_: Attr, header: Span) -> Iterator[Problem]:
    verdict = type_.test(lambda v: isinstance(v, Known) and v.data in _TYPES, if_absent=False)
    if verdict is Verdict.UNKNOWN:
        message = f'whether the type of the attribute "{name}" of {table.label} is valid is not known'
        yield unknown(message, type_, label="not known", detail=name)
    elif verdict is Verdict.FAIL and not type_.is_set:
        message = f'the attribute "{name}" of {table.label} has no type'
        yield fail(message, header, label="no type", help='set `type` to "S", "N" or "B"', detail=name)
    elif verdict is Verdict.FAIL:
        meant = _MEANT.get(type_.shown.upper(), type_.shown.upper())
        help = f'write "{meant}"' if meant in _TYPES else "only keys are declared, and a key is S, N or B"
        message = f'the attribute "{name}" of {table.label} has the type {type_.shown}'
        yield fail(message, type_, label="not S, N or B", help=help, detail=name)
