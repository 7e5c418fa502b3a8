"""DDB212: names of tables and indexes that DynamoDB does not take."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.text import plural
from ddbaudit.foundation.verdict import Severity
from ddbaudit.ir.value import part_width
from ddbaudit.model.attr import Attr
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.details import neutral
from ddbaudit_rules._support.examples import gsi, table, variable

_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")
_FIX = "use 3 to 255 of the characters a-z, A-Z, 0-9, `_`, `.` and `-`"


class NameInvalid(Rule[Table]):
    meta = RuleMeta(
        id="DDB212",
        name="name-invalid",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="The name of a table or index is outside of what DynamoDB takes.",
        rationale=(
            "Names of tables and indexes have 3 to 255 characters out of `a-z`, `A-Z`, `0-9`, `_`, `.` and `-`. "
            "DynamoDB refuses others when the table is applied; neither `terraform validate` nor `terraform plan` "
            "looks. A name of which only parts are known is judged by those."
        ),
        remedy="Use 3 to 255 of the allowed characters.",
        errors=(
            "DynamoDB: ValidationException: TableName must be at least 3 characters long and at most 255 "
            "characters long",
        ),
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html",
            "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html",
        ),
        good=(
            Example("Letters and a hyphen.", table(gsi('"email-index"', '"email"'), attributes="id email")),
            Example(
                "Every allowed character, in a name put together.",
                variable("environment", default='"dev"') + table(name='"Orders_v1.2-${var.environment}"'),
            ),
            Example(
                "The longest name that a table can have, and the shortest of an index.",
                'locals {\n  suffix = join("", [for i in range(249) : "x"])\n}\n\n'
                + table(gsi('"gsi"', '"email"'), attributes="id email", name='"orders${local.suffix}"'),
            ),
        ),
        bad=(
            Example("Two characters are too few.", table(name='"ab" # expect: DDB212')),
            Example(
                "A blank in the name of an index.",
                table(gsi('"by email" # expect: DDB212', '"email"'), attributes="id email"),
            ),
            Example(
                "A colon in the known part of a name.",
                variable("environment") + table(name='"orders:${var.environment}" # expect: DDB212'),
            ),
        ),
        unknown=(
            Example(
                "The name is a variable without a value.",
                variable("name") + table(name="var.name # expect-unknown: DDB212"),
            ),
            Example(
                "The end of an index name is a variable without a value.",
                variable("suffix")
                + table(
                    gsi('"email-${var.suffix}" # expect-unknown: DDB212', '"email"'),
                    attributes="id email",
                ),
            ),
        ),
    )
    subject = Table

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        yield from _judge(subject.name, f"table {subject.address}", "")
        for index in subject.indexes:
            what = f"an index of {subject.label}"
            for problem in neutral(_judge(index.name, what, index.name.shown), context.environment):
                yield problem if index.certain else _perhaps(problem, subject, index.name)
        if subject.indexes_unknown is not None:
            message = f"whether the indexes of {subject.label} have valid names is not known"
            because = subject.indexes_unknown
            yield unknown(message, subject.header, because=because, label="may have more indexes")


def _judge(name: Attr, what: str, detail: str) -> Iterator[Problem]:
    if not name.is_set:
        yield fail(f"{what} has no name", name, label="no name", help=_FIX, detail=detail)
        return
    known = "".join(part for part in name.parts if isinstance(part, str))
    found = _forbidden(name)
    if found is not None:
        offset, char = found[0], "what is not allowed" if name.value.sensitive else repr(found[1])
        message = f'the name "{_short(name.shown)}" of {what} holds {char}'
        label = "not allowed" if name.value.sensitive else f"{char} is not allowed"
        yield fail(message, name, label=label, help=_FIX, detail=_short(detail), offset=offset)
    elif len(known) > 255 or (len(known) < 3 and not name.is_unknown):
        message = f'the name "{_short(name.shown)}" of {what} has {plural(len(known), "character")}'
        yield fail(message, name, label="not 3 to 255 characters", help=_FIX, detail=_short(detail))
    elif name.is_unknown:
        yield unknown(f'whether the name "{name.shown}" of {what} is valid is not known', name, label="not all known")


def _forbidden(name: Attr) -> tuple[int, str] | None:
    """The first character that is not allowed, with its offset."""
    offset = 0
    for part in name.parts:
        for at, char in enumerate(part if isinstance(part, str) else ""):
            if char not in _CHARACTERS:
                return offset + at, char
        offset += part_width(part)
    return None


def _short(text: str) -> str:
    return text if len(text) <= 64 else f"{text[:64]}…"


def _perhaps(problem: Problem, table: Table, name: Attr) -> Problem:
    """What a fault comes to in an index that may not be there."""
    message = f"whether {table.label} has an index with an invalid name is not known"
    return unknown(message, name, because=table.indexes_unknown, label=problem.label, detail=problem.detail)
