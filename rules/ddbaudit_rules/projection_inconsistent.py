"""DDB209: projections whose type and attributes do not go together."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.table import Index, Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.details import neutral
from ddbaudit_rules._support.examples import block, table, variable
from ddbaudit_rules._support.projections import TYPES, listed


def _index(*lines: str, header: str = "") -> str:
    index = block(
        "global_secondary_index", "\n".join(('name = "by-email"', 'hash_key = "email"', *lines)), header=header
    )
    return table(index, attributes="id email")


class ProjectionInconsistent(Rule[Table]):
    meta = RuleMeta(
        id="DDB209",
        name="projection-inconsistent",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="The projection type of an index and the attributes that it names do not go together.",
        rationale=(
            "INCLUDE needs `non_key_attributes`, and the other types must not have any: DynamoDB refuses the table "
            "(`ProjectionType is INCLUDE, but NonKeyAttributes is not specified`, `ProjectionType is ALL, but "
            "NonKeyAttributes is specified`). It shows when the table is applied: neither `terraform validate` nor "
            "`terraform plan` sees it. They do see a type that is none of ALL, INCLUDE and KEYS_ONLY."
        ),
        remedy="Name the attributes of an INCLUDE projection, and of no other.",
        errors=(
            "DynamoDB: ValidationException: One or more parameter values were invalid: ProjectionType is "
            "ALL, but NonKeyAttributes is specified",
            'terraform validate: expected projection_type to be one of ["ALL" "KEYS_ONLY" "INCLUDE"], got KEY_ONLY',
        ),
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Projection.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table",
        ),
        good=(
            Example("Everything is projected.", _index('projection_type = "ALL"')),
            Example("Two attributes are.", _index('projection_type = "INCLUDE"', 'non_key_attributes = ["a", "b"]')),
            Example("An empty list is none.", _index('projection_type = "KEYS_ONLY"', "non_key_attributes = []")),
        ),
        bad=(
            Example("INCLUDE without attributes.", _index('projection_type = "INCLUDE"', header="# expect: DDB209")),
            Example(
                "INCLUDE with an empty list.",
                _index('projection_type = "INCLUDE"', "non_key_attributes = [] # expect: DDB209"),
            ),
            Example(
                "ALL with attributes.",
                _index('projection_type = "ALL"', 'non_key_attributes = ["name"] # expect: DDB209'),
            ),
            Example("A type that AWS does not know.", _index('projection_type = "KEY_ONLY" # expect: DDB209')),
        ),
        unknown=(
            Example(
                "The type is a variable without a value.",
                variable("projection") + _index("projection_type = var.projection # expect-unknown: DDB209"),
            ),
            Example(
                "The attributes are a variable without a value.",
                variable("included", "set(string)")
                + _index('projection_type = "INCLUDE"', "non_key_attributes = var.included # expect-unknown: DDB209"),
            ),
        ),
    )
    subject = Table

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        for index in subject.indexes:
            # An index without a projection type lacks a required argument, which is another rule's business.
            if index.projection.is_set:
                yield from neutral(_judge(subject, index), context.environment)


def _judge(table: Table, index: Index) -> Iterator[Problem]:
    type_, projection, attributes = index.projection.text, index.projection, index.non_key_attributes
    named = listed(attributes)
    owner, detail = f"{index.label} of {table.label}", index.name.shown
    message = f"whether {owner} names attributes where its projection type asks for them is not known"
    help = "name the attributes in non_key_attributes with INCLUDE, and none with ALL or KEYS_ONLY"
    if type_ is None:
        yield unknown(message, projection, label="not known", detail=detail)
    elif named.any is Verdict.UNKNOWN:
        yield unknown(message, attributes, because=named.unknown, label="may be empty", detail=detail)
    elif not index.certain:
        if type_ not in TYPES or (named.any is Verdict.PASS) is not (type_ == "INCLUDE"):
            yield unknown(message, index.header, because=table.indexes_unknown, label="may be there", detail=detail)
    elif type_ not in TYPES:
        yield fail(
            f'{owner} has the projection type "{projection.shown}", which AWS does not know',
            projection,
            label="none of ALL, INCLUDE and KEYS_ONLY",
            help="use ALL, INCLUDE or KEYS_ONLY",
            detail=detail,
        )
    elif type_ == "INCLUDE" and named.any is Verdict.FAIL:
        yield fail(
            f"{owner} has the projection type INCLUDE and names no attributes",
            attributes,
            label="no attributes",
            help=help,
            related=(Related(projection.span, "the projection type"),),
            detail=detail,
        )
    elif type_ != "INCLUDE" and named.any is Verdict.PASS:
        yield fail(
            f"{owner} names attributes to project, but its projection type is {type_}",
            attributes,
            label=f"not with {type_}",
            help=help,
            related=(Related(projection.span, "the projection type"),),
            detail=detail,
        )
