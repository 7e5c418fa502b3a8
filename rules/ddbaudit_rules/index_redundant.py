"""DDB213: indexes that serve no query which the table or another index does not."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.source import Span
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.ir.value import Known
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.table import Index, Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.compare import reason
from ddbaudit_rules._support.details import neutral
from ddbaudit_rules._support.examples import gsi, lsi, table, variable
from ddbaudit_rules._support.keys import same_keys

_BY_EMAIL = gsi('"by-email"', '"email"')


def _at(index: str, verdict: str = "expect") -> str:
    return index.replace("{", f"{{ # {verdict}: DDB213", 1)


class IndexRedundant(Rule[Table]):
    meta = RuleMeta(
        id="DDB213",
        name="index-redundant",
        severity=Severity.LOW,
        since="0.1.0",
        summary="An index has the same keys as another index, or as the table itself.",
        rationale=(
            "Two indexes of the same keys hold the same items in the same order: whatever a query asks of one, the "
            "other answers. Each costs storage and a write for every write to the table. A global index with the keys "
            "of the table is left alone where it has capacity of its own or projects less than everything: AWS "
            "describes it as an eventually consistent replica for other readers. A local index with the table's keys "
            "is DDB208."
        ),
        remedy="Remove one of them, after its readers use the other.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-indexes-general.html",
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-indexes-gsi-replica.html",
        ),
        good=(
            Example("Other keys.", table(_BY_EMAIL, attributes="id email")),
            Example(
                "One hash key, two sort keys.",
                table(
                    gsi('"by-email"', '"email"', '"createdAt"')
                    + "\n"
                    + gsi('"by-email-status"', '"email"', '"status"'),
                    attributes="id email createdAt status",
                ),
            ),
            Example(
                "A replica of the table with capacity of its own.",
                table(gsi('"replica"', '"id"'), billing_mode='"PROVISIONED"', read_capacity="5", write_capacity="5"),
            ),
        ),
        bad=(
            Example(
                "Two global indexes by one attribute.",
                table(_BY_EMAIL + "\n" + _at(gsi('"email-index"', '"email"')), attributes="id email"),
            ),
            Example(
                "Two local indexes by one attribute.",
                table(
                    lsi('"by-status"', '"status"') + "\n" + _at(lsi('"status-index"', '"status"')),
                    attributes="id createdAt status",
                    range_key='"createdAt"',
                ),
            ),
            Example("An index by the key of the table.", table(_at(gsi('"by-id"', '"id"')))),
        ),
        unknown=(
            Example(
                "The key of one index is a variable without a value.",
                variable("key")
                + table(_BY_EMAIL + "\n" + _at(gsi('"by-key"', "var.key"), "expect-unknown"), attributes="id email"),
            ),
            Example(
                "Whether the replica has capacity of its own is not known.",
                variable("billing_mode")
                + table(_at(gsi('"replica"', '"id"'), "expect-unknown"), billing_mode="var.billing_mode"),
            ),
        ),
    )
    subject = Table

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        # Plans show indexes in an order of their own: by name, the same one of two is named from every input.
        indexes = sorted(subject.indexes, key=lambda index: index.name.shown)
        for at, index in enumerate(indexes):
            yield from neutral(_judge(subject, indexes[:at], index), context.environment)
        if subject.indexes_unknown is not None:
            message = f"whether two indexes of {subject.label} have the same keys is not known"
            yield unknown(message, subject.header, because=subject.indexes_unknown, label="may have more indexes")


def _judge(table: Table, earlier: list[Index], index: Index) -> Iterator[Problem]:
    others = list(_others(table, earlier, index))
    same = next((other for other in others if other[2] is Verdict.PASS), None)
    detail = index.name.shown
    if same is not None:
        yield fail(
            f"{index.label} of {table.label} has the same keys as {same[0]}",
            index.header,
            label="the same keys",
            help="remove one of them, once nothing reads it",
            related=(Related(same[1], same[0]),),
            detail=detail,
        )
    elif any(verdict is Verdict.UNKNOWN for _, _, verdict in others):
        keys = [key for _, schema in table.key_schemas() for key in schema.attributes()]
        because = first_unknown(reason(*index.keys.attributes(), *keys, index.projection, table.billing_mode))
        message = f"whether {index.label} of {table.label} has the keys of another index or of the table is not known"
        because = first_unknown(because, table.indexes_unknown)
        yield unknown(message, index.header, because=because, label="may be redundant", detail=detail)


def _others(table: Table, earlier: list[Index], index: Index) -> Iterator[tuple[str, Span, Verdict]]:
    """What it may have the keys of: the words for it, its header, and whether it has."""
    for other in earlier:
        if other.kind == index.kind:
            same = same_keys(index.keys, other.keys)
            yield other.label, other.header, same if index.certain and other.certain else same & Verdict.UNKNOWN
    if index.kind == "global":
        everything = index.projection.test(lambda v: isinstance(v, Known) and v.data == "ALL", if_absent=False)
        shared = table.billing_mode.test(
            lambda v: isinstance(v, Known) and v.data == "PAY_PER_REQUEST", if_absent=False
        )
        same = same_keys(index.keys, table.keys) & everything & shared
        yield "the table itself", table.header, same if index.certain else same & Verdict.UNKNOWN
