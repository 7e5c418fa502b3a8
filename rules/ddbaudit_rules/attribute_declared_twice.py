"""DDB204: attributes that are declared twice."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.table import AttributeDefinition, Index, Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.compare import equal, reason
from ddbaudit_rules._support.examples import attribute, dynamic_attributes, separate_index, table, variable


class AttributeDeclaredTwice(Rule[Table]):
    meta = RuleMeta(
        id="DDB204",
        name="attribute-declared-twice",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="An attribute of a table is declared twice, or has two types.",
        rationale=(
            "Terraform keeps one of two attribute blocks of the same name and says nothing, so that a type may be "
            "taken that the author did not mean. With indexes as resources of their own, each gives the types of its "
            "keys; DynamoDB refuses an attribute that has another type in another index or in the table."
        ),
        remedy="Declare each attribute once, and give it the same type wherever a separate index names it.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeDefinition.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table",
        ),
        good=(
            Example("Every attribute once.", table(attributes="id createdAt", range_key='"createdAt"')),
            Example(
                "A separate index repeats the type of the table.",
                table() + separate_index('attribute_name = "id"\nattribute_type = "S"'),
            ),
            Example(
                "A dynamic block declares the keys beside the hash key.",
                variable("keys", "set(string)", '["createdAt"]') + table(dynamic_attributes(), range_key='"createdAt"'),
            ),
            Example(
                "A dynamic block repeats the hash key, with the same type: Terraform keeps one of two equal blocks.",
                variable("keys", "set(string)", '["id"]') + table(dynamic_attributes()),
            ),
        ),
        bad=(
            Example(
                "The same attribute block again.",
                table(attribute("id", header="# expect: DDB204")),
            ),
            Example(
                "Two types for one attribute.",
                table(attribute("id", "N", "# expect: DDB204")),
            ),
            Example(
                "A separate index gives the key of the table another type.",
                table() + separate_index('attribute_name = "id"\nattribute_type = "N" # expect: DDB204'),
            ),
        ),
        unknown=(
            Example(
                "One of the names is a variable without a value.",
                variable("range_key")
                + table(
                    """
                    attribute { # expect-unknown: DDB204
                      name = var.range_key
                      type = "S"
                    }
                    """,
                    range_key="var.range_key",
                ),
            ),
            Example(
                "A dynamic block over a variable without a value may declare one again.",
                variable("keys", "set(string)") + table(dynamic_attributes(), header="# expect-unknown: DDB204"),
            ),
        ),
    )
    subject = Table

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        for at, declared in enumerate(subject.attributes):
            yield from _judge(subject, subject.attributes[:at], declared)
        for at, index in enumerate(subject.indexes):
            yield from _own_types(subject, subject.indexes[:at], index)
        only_generated = all(declared.generated for declared in subject.attributes)
        because = first_unknown(subject.attributes_unknown, None if only_generated else subject.attributes_merged)
        if because is not None:
            message = f"whether {subject.label} declares an attribute twice is not known"
            yield unknown(message, subject.header, because=because, label="may declare more")


def _judge(table: Table, earlier: tuple[AttributeDefinition, ...], declared: AttributeDefinition) -> Iterator[Problem]:
    name = declared.name.shown
    verdicts = [equal(declared.name, other.name) for other in earlier]
    if Verdict.PASS in verdicts:
        first = earlier[verdicts.index(Verdict.PASS)]
        collapses = _collapses(first, declared)
        if collapses is Verdict.UNKNOWN:
            message = f'whether {table.label} declares the attribute "{name}" with two types is not known'
            yield unknown(message, declared.header, because=reason(first.type, declared.type), detail=name)
        if collapses is not Verdict.FAIL:
            return
        types = (first.type.text, declared.type.text)
        what = f"with the types {types[0]} and {types[1]}" if None not in types and types[0] != types[1] else "twice"
        yield fail(
            f'{table.label} declares the attribute "{name}" {what}',
            declared.header,
            label="declared again",
            help="remove one of the blocks",
            related=(Related(first.header, "first declared here"),),
            detail=name,
        )
    elif Verdict.UNKNOWN in verdicts:
        because = reason(declared.name, *(other.name for other in earlier))
        message = f'whether {table.label} declares the attribute "{name}" twice is not known'
        yield unknown(message, declared.header, because=because, label="may be declared above", detail=name)


def _collapses(first: AttributeDefinition, again: AttributeDefinition) -> Verdict:
    """Whether a dynamic block gives for an index what another block gives already: attributes are a set, in which equal
    blocks are one."""
    return equal(first.type, again.type) if first.generated or again.generated else Verdict.FAIL


def _own_types(table: Table, earlier: tuple[Index, ...], index: Index) -> Iterator[Problem]:
    """The types that a separate index gives, against the table's and those of the indexes before."""
    for name, type_ in index.own_types.items():
        others = [(d.type, d.header) for d in table.attributes if d.name.text == name]
        others += [(i.own_types[name], i.header) for i in earlier if name in i.own_types]
        for other, place in others:
            if not (type_.is_set and other.is_set):
                continue
            verdict = equal(type_, other)
            message = f'the attribute "{name}" of {table.label} has another type in {index.label}'
            if verdict is Verdict.FAIL:
                related = (Related(place, f"has the type {other.shown} here"),)
                yield fail(
                    message, type_, label=f"not {other.shown}", help="use one type", related=related, detail=name
                )
            elif verdict is Verdict.UNKNOWN:
                message = f'whether the attribute "{name}" of {table.label} has one type is not known'
                yield unknown(message, type_, because=reason(type_, other), label="may differ", detail=name)
            break
