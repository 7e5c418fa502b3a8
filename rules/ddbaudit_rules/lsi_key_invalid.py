"""DDB208: local secondary indexes that do not fit the key of their table."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.attr import Attr
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.table import Index, Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.compare import equal, may_be_unset, reason
from ddbaudit_rules._support.details import neutral
from ddbaudit_rules._support.examples import lsi, table, variable

_BY_STATUS = lsi('"by-status"', '"status"')
_ALIAS = lsi('"by-date"', '"createdAt" # expect: DDB208')
_REMEDY = "give the table a sort key (that replaces the table), or make the index a global one"


class LsiKeyInvalid(Rule[Table]):
    meta = RuleMeta(
        id="DDB208",
        name="lsi-key-invalid",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="A local secondary index does not fit the key of its table.",
        rationale=(
            "A local index sorts the items of a partition by another attribute. DynamoDB refuses one on a table "
            "without a sort key (`Table KeySchema does not have a range key, which is required when specifying a "
            "LocalSecondaryIndex`), which neither `terraform validate` nor `terraform plan` sees. One that sorts by "
            "the table's own sort key is the table once more: it serves no query that the table does not, costs a "
            "write for every write, and limits each partition to 10 GB. Local indexes cannot be added or removed later."
        ),
        remedy="Give the table a sort key and the index another one, or use a global index.",
        errors=(
            "DynamoDB: ValidationException: One or more parameter values were invalid: Table KeySchema does "
            "not have a range key, which is required when specifying a LocalSecondaryIndex",
        ),
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html",
            "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_LocalSecondaryIndex.html",
        ),
        good=(
            Example(
                "The table has a sort key, and the index another one.",
                table(_BY_STATUS, attributes="id createdAt status", range_key='"createdAt"'),
            ),
            Example("Without local indexes a table needs no sort key.", table()),
            Example(
                "The names are not known, but they differ.",
                variable("prefix")
                + table(lsi('"by-status"', '"${var.prefix}2"'), attributes="id", range_key='"${var.prefix}1"'),
            ),
        ),
        bad=(
            Example(
                "The table has no sort key.",
                table(_BY_STATUS.replace("{", "{ # expect: DDB208", 1), attributes="id status"),
            ),
            Example(
                "The table's sort key is null.",
                variable("range_key", default="null")
                + table(
                    _BY_STATUS.replace("{", "{ # expect: DDB208", 1),
                    attributes="id status",
                    range_key="var.range_key",
                ),
            ),
            Example(
                "The index sorts by the sort key of the table.",
                table(_ALIAS, attributes="id createdAt", range_key='"createdAt"'),
            ),
        ),
        unknown=(
            Example(
                "The table's sort key is a variable without a value.",
                variable("range_key")
                + table(
                    _BY_STATUS.replace("{", "{ # expect-unknown: DDB208", 1),
                    attributes="id status",
                    range_key="var.range_key",
                ),
            ),
            Example(
                "The index's sort key is a variable without a value.",
                variable("range_key")
                + table(
                    lsi('"by-key"', "var.range_key # expect-unknown: DDB208"),
                    attributes="id createdAt",
                    range_key='"createdAt"',
                ),
            ),
        ),
    )
    subject = Table

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        for index in subject.indexes:
            if index.kind == "local":
                yield from neutral(_judge(subject, index), context.environment)


def _judge(table: Table, index: Index) -> Iterator[Problem]:
    name = index.name.shown
    missing = not table.keys.range
    if missing and index.certain:
        yield fail(
            f"{index.label} is a local index of {table.label}, which has no sort key",
            index.header,
            label="a local index",
            help=_REMEDY,
            related=(Related(table.header, "no range_key"),),
            detail=name,
        )
    elif missing or all(may_be_unset(key) for key in table.keys.range):
        because = first_unknown(reason(*table.keys.range), table.indexes_unknown)
        message = f"whether {table.label} lacks the sort key that {index.label} would need is not known"
        yield unknown(message, index.header, because=because, label="a local index", detail=name)
    else:
        for key in index.keys.range:
            yield from _judge_range_key(table, index, key)


def _judge_range_key(table: Table, index: Index, key: Attr) -> Iterator[Problem]:
    verdicts = [equal(key, other) for other in table.keys.range]
    detail = f"{index.name.shown}:{key.shown}"
    if Verdict.PASS in verdicts and index.certain:
        yield fail(
            f'{index.label} of {table.label} sorts by "{key.shown}", as the table does',
            key,
            label="the table's sort key",
            help="use another attribute, or remove the index",
            related=(Related(table.keys.range[verdicts.index(Verdict.PASS)].span, "the table's sort key"),),
            detail=detail,
        )
    elif any(verdict is not Verdict.FAIL for verdict in verdicts):
        because = first_unknown(reason(key, *table.keys.range), table.indexes_unknown)
        message = f"whether {index.label} of {table.label} sorts by another attribute than the table is not known"
        yield unknown(message, key, because=because, label="may be the table's sort key", detail=detail)
