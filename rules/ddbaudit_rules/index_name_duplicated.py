"""DDB205: two indexes of one name."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.table import Index, Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.compare import equal, reason
from ddbaudit_rules._support.details import neutral
from ddbaudit_rules._support.examples import block, gsi, lsi, table, variable


def _dynamic(name: str) -> str:
    content = f'name            = {name}\nhash_key        = global_secondary_index.key\nprojection_type = "ALL"'
    return "\n" + block('dynamic "global_secondary_index"', "for_each = var.indexes", block("content", content))


class IndexNameDuplicated(Rule[Table]):
    meta = RuleMeta(
        id="DDB205",
        name="index-name-duplicated",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="Two indexes of a table have the same name.",
        rationale=(
            "The name of an index is unique in its table, over global and local indexes together. DynamoDB refuses "
            "the table when it is applied; neither `terraform validate` nor `terraform plan` sees it."
        ),
        remedy="Give each index a name of its own.",
        errors=("DynamoDB: ValidationException: One or more parameter values were invalid: Duplicate index name: dup",),
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GlobalSecondaryIndex.html",
            "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_LocalSecondaryIndex.html",
        ),
        good=(
            Example(
                "Two indexes, two names.",
                table(
                    gsi('"email-index"', '"email"') + "\n" + gsi('"status-index"', '"status"'),
                    attributes="id email status",
                ),
            ),
            Example(
                "The names differ, whatever the prefix is.",
                variable("prefix")
                + table(
                    gsi('"${var.prefix}-gsi1"', '"email"') + "\n" + gsi('"${var.prefix}-gsi2"', '"status"'),
                    attributes="id email status",
                ),
            ),
            Example(
                "Two tables have an index of one name.",
                table(gsi('"by-email"', '"email"'), attributes="id email")
                + "\n"
                + table(gsi('"by-email"', '"email"'), attributes="id email", name='"users"').replace("orders", "users"),
            ),
        ),
        bad=(
            Example(
                "Two global indexes of one name.",
                table(
                    gsi('"by-user"', '"email"') + "\n" + gsi('"by-user" # expect: DDB205', '"status"'),
                    attributes="id email status",
                ),
            ),
            Example(
                "A global and a local index of one name.",
                table(
                    gsi('"by-status"', '"status"') + "\n" + lsi('"by-status" # expect: DDB205', '"status"'),
                    attributes="id createdAt status",
                    range_key='"createdAt"',
                ),
            ),
            Example(
                "A dynamic block names both of its indexes after the table.",
                variable("indexes", "set(string)", '["email", "status"]')
                + table(_dynamic('"orders-index" # expect: DDB205'), attributes="id email status"),
            ),
        ),
        unknown=(
            Example(
                "One of the names is a variable without a value.",
                variable("index_name")
                + table(
                    gsi('"by-email"', '"email"') + "\n" + gsi("var.index_name # expect-unknown: DDB205", '"status"'),
                    attributes="id email status",
                ),
            ),
            Example(
                "A dynamic block over a variable without a value may make another of that name.",
                variable("indexes", "set(string)")
                + table(
                    gsi('"by-email"', '"email"') + _dynamic("global_secondary_index.key # expect-unknown: DDB205"),
                    header="# expect-unknown: DDB205",
                    attributes="id email",
                ),
            ),
        ),
    )
    subject = Table

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        for at, index in enumerate(subject.indexes):
            yield from neutral(_judge(subject, subject.indexes[:at], index), context.environment)
        because = first_unknown(subject.indexes_unknown, subject.indexes_merged)
        if because is not None:
            message = f"whether two indexes of {subject.label} have the same name is not known"
            yield unknown(message, subject.header, because=because, label="may have more indexes")


def _judge(table: Table, earlier: tuple[Index, ...], index: Index) -> Iterator[Problem]:
    name = index.name.shown
    verdicts = [equal(index.name, other.name) for other in earlier]
    same = [
        other
        for other, verdict in zip(earlier, verdicts, strict=True)
        if verdict is Verdict.PASS and other.certain and index.certain
    ]
    if same:
        yield fail(
            f'{table.label} has two indexes with the name "{name}"',
            index.name,
            label="named again",
            help="give each index a name of its own",
            related=(Related(same[0].header, f"the first {same[0].label}"),),
            detail=name,
            offset=max(len(index.name.text or name) - 1, 0),
        )
    elif any(verdict is not Verdict.FAIL for verdict in verdicts):
        because = first_unknown(reason(index.name, *(other.name for other in earlier)), table.indexes_unknown)
        message = f'whether an index of {table.label} beside "{name}" has the same name is not known'
        yield unknown(message, index.name, because=because, label="may be taken", detail=name)
