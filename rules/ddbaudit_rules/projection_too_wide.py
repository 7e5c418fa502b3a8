"""DDB210: more attributes projected than the indexes of a table may have together."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import block, table, variable
from ddbaudit_rules._support.projections import included

_LIMIT = 100
_MOST_SHOWN = 5


def _index(name: str, attributes: str, type_: str = '"INCLUDE"') -> str:
    lines = f'name = "{name}"\nhash_key = "{name}"\nprojection_type = {type_}\nnon_key_attributes = {attributes}'
    return block("global_secondary_index", lines) + "\n"


def _numbered(count: int) -> str:
    return f'[for n in range({count}) : "attribute${{n}}"]'


class ProjectionTooWide(Rule[Table]):
    meta = RuleMeta(
        id="DDB210",
        name="projection-too-wide",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="The indexes of a table project more than 100 named attributes together.",
        rationale=(
            "The attributes of all INCLUDE projections of a table are counted together, global and local; one that two "
            "indexes project counts twice. DynamoDB refuses more than 100 of them when the table is applied; neither "
            "`terraform validate` nor `terraform plan` sees it. ALL is not limited."
        ),
        remedy="Project fewer attributes, or ALL.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html"
            "#projected-secondary-index-attributes",
            "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GlobalSecondaryIndex.html",
        ),
        good=(
            Example("Two attributes.", table(_index("email", '["name", "status"]'), attributes="id email")),
            Example(
                "A hundred over two indexes.",
                table(_index("email", _numbered(50)) + _index("phone", _numbered(50)), attributes="id email phone"),
            ),
            Example(
                "ALL projects whatever there is.",
                table(_index("email", "[]", '"ALL"'), attributes="id email"),
            ),
        ),
        bad=(
            Example(
                "A hundred and one.",
                table(_index("email", _numbered(101)), header="# expect: DDB210", attributes="id email"),
            ),
            Example(
                "An attribute that two indexes project counts twice.",
                table(
                    _index("email", _numbered(51)) + _index("phone", _numbered(51)),
                    header="# expect: DDB210",
                    attributes="id email phone",
                ),
            ),
            Example(
                "Too many of them are certain, whatever else there is.",
                variable("included", "list(string)")
                + table(
                    _index("email", _numbered(101)) + _index("phone", "var.included"),
                    header="# expect: DDB210",
                    attributes="id email phone",
                ),
            ),
        ),
        unknown=(
            Example(
                "The attributes are a variable without a value.",
                variable("included", "list(string)")
                + table(_index("email", "var.included"), header="# expect-unknown: DDB210", attributes="id email"),
            ),
            Example(
                "Whether they count depends on the projection type, which is not known.",
                variable("projection")
                + table(
                    _index("email", _numbered(101), "var.projection"),
                    header="# expect-unknown: DDB210",
                    attributes="id email",
                ),
            ),
        ),
    )
    subject = Table

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        lists = [(index, included(index)) for index in subject.indexes]
        certain = [(index, found) for index, found in lists if index.certain and found.least]
        total = sum(found.least for _, found in certain)
        because = first_unknown(*(found.unknown for _, found in lists), subject.indexes_unknown)
        if total > _LIMIT:
            at_least = "at least " if because is not None else ""
            yield fail(
                f"the indexes of {subject.label} project {at_least}{total} named attributes, and DynamoDB allows "
                f"{_LIMIT} for all indexes together",
                subject.header,
                label=f"{at_least}{total} projected attributes",
                help="project fewer attributes, or ALL",
                related=tuple(
                    Related(index.non_key_attributes.span, f"{found.least} of them, of {index.label}")
                    for index, found in certain[:_MOST_SHOWN]
                ),
            )
        elif because is not None:
            message = f"whether the indexes of {subject.label} project more than {_LIMIT} named attributes is not known"
            yield unknown(message, subject.header, because=because, label="may project more")
