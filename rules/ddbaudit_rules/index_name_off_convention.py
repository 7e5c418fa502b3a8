"""DDB402: index names that do not follow the naming convention."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.table import Index, Table
from ddbaudit.sdk.problem import Problem, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.details import neutral
from ddbaudit_rules._support.examples import gsi, table, variable
from ddbaudit_rules._support.naming import NamingParams, Pattern, compile_pattern, judge_name

_BY_ATTRIBUTE = {"pattern": "{attribute}-index"}
_NUMBERED = {"pattern": "{table}-gsi{n}"}


class IndexNamingParams(NamingParams, frozen=True):
    """The same parameters; the pattern may use `{table}` and `{attribute}` too."""

    bound: ClassVar[tuple[str, ...]] = ("env", "table", "attribute")


class IndexNameOffConvention(Rule[Table]):
    """Parameters: `pattern`, such as `{attribute}-index` or `{table}-gsi{n}`, and `placeholders`."""

    meta = RuleMeta(
        id="DDB402",
        name="index-name-off-convention",
        severity=Severity.LOW,
        since="0.1.0",
        summary="An index's name does not match the naming pattern of the pack.",
        rationale=(
            "Code names the index in every query, and policies name it in ARNs. In the pattern, `{attribute}` is one "
            "of the key attributes of the index, `{table}` the name of the table, `{n}` a number and `{env}` the "
            "environment that is being evaluated; the pack may define placeholders of its own, also `attribute`. A "
            "name of which only parts are known is judged by those."
        ),
        remedy="Name the index as the pattern says. Renaming an index makes it anew: change its readers with it.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html",
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html",
        ),
        good=(
            Example(
                "The index is named by its hash key.",
                table(gsi('"email-index"', '"email"'), attributes="id email"),
                _BY_ATTRIBUTE,
            ),
            Example(
                "The indexes are numbered.",
                table(gsi('"orders-gsi1"', '"email"'), attributes="id email"),
                _NUMBERED,
            ),
            Example(
                "The pack lists the words.",
                table(gsi('"tenant-index"', '"tenantId"'), attributes="id tenantId"),
                {"pattern": "{key}-index", "placeholders": {"key": ["email", "tenant"]}},
            ),
        ),
        bad=(
            Example(
                "The index is not named by a key of its own.",
                table(gsi('"mail-index" # expect: DDB402', '"email"'), attributes="id email"),
                _BY_ATTRIBUTE,
            ),
            Example(
                "The number is missing.",
                table(gsi('"orders-gsi" # expect: DDB402', '"email"'), attributes="id email"),
                _NUMBERED,
            ),
            Example(
                "The known end is wrong already.",
                variable("key") + table(gsi('"${var.key}_idx" # expect: DDB402', '"email"'), attributes="id email"),
                _BY_ATTRIBUTE,
            ),
        ),
        unknown=(
            Example(
                "The name of the table is a variable without a value.",
                variable("name")
                + table(
                    gsi('"orders-gsi1" # expect-unknown: DDB402', '"email"'),
                    attributes="id email",
                    name="var.name",
                ),
                _NUMBERED,
            ),
            Example(
                "A part of the index name is a variable without a value.",
                variable("key")
                + table(gsi('"${var.key}-index" # expect-unknown: DDB402', '"email"'), attributes="id email"),
                _BY_ATTRIBUTE,
            ),
        ),
    )
    subject = Table
    params = IndexNamingParams

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        params: IndexNamingParams = context.params
        if not params.pattern:
            raise NotApplicable("no pattern is set for index names")
        for index in subject.indexes:
            yield from neutral(_judge(params, subject, index, context.environment), context.environment)
        if subject.indexes_unknown is not None:
            message = f"whether all indexes of {subject.label} are named by the convention is not known"
            because = subject.indexes_unknown
            yield unknown(message, subject.header, because=because, label="may have more indexes")


def _judge(params: IndexNamingParams, table: Table, index: Index, environment: str) -> Iterator[Problem]:
    pattern = _pattern(params, table, index, environment)
    for problem in judge_name(index.name, f"{index.kind} index of {table.label}", pattern):
        related = (Related(index.header, f"the index of {table.label}"),)
        certain = replace(problem, related=related, detail=index.name.shown)
        yield certain if index.certain else _perhaps(table, index)


def _pattern(params: IndexNamingParams, table: Table, index: Index, environment: str) -> Pattern:
    keys = tuple(index.keys.range if index.kind == "local" else index.keys.attributes())
    bound = {
        "env": ((environment,),),
        "table": (table.name.parts,),
        "attribute": tuple(key.parts for key in keys),
    }
    pattern = compile_pattern(params.pattern, params.placeholders, bound)
    secret = any(found.value.sensitive for found in (table.name, *keys))
    return replace(pattern, shown=params.pattern, legend="") if secret else pattern


def _perhaps(table: Table, index: Index) -> Problem:
    message = f"whether {table.label} has an index off the convention is not known"
    return unknown(message, index.name, because=table.indexes_unknown, label="may be off the convention")
