"""EST705: tables whose throttles nobody is told of, and alarms on throttles that never fire."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.alarms import OPERATION, Alarm, Watched, requests_of, watch
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Params, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.alarm_examples import alarm, dimensions, query
from ddbaudit_rules._support.examples import table, variable

_REQUIRED = {"required": True}
_TABLE = "aws_dynamodb_table.orders.name"


class ThrottleAlarmParams(Params, frozen=True):
    """Parameters: whether every table needs an alarm."""

    required: Annotated[bool, msgspec.Meta(description="whether every table must have an alarm on its throttles")] = (
        False
    )


class ThrottleAlarmMissing(Rule[Watched]):
    """Parameters: `required`; alarms that never fire are told without it too."""

    meta = RuleMeta(
        id="EST705",
        name="throttle-alarm-missing",
        severity=Severity.MEDIUM,
        since="0.1.0",
        summary="A table has no alarm on its throttles, or an alarm on them watches a metric that does not exist.",
        rationale=(
            "A throttled table refuses requests, on-demand tables too. DynamoDB publishes `ThrottledRequests` by table "
            "and operation, never by table alone: an alarm on it without the dimension `Operation` watches a metric "
            "without data and never fires. `ReadThrottleEvents` and `WriteThrottleEvents` are published by table; "
            "those of an index have the dimension `GlobalSecondaryIndexName` and do not count those of the table."
        ),
        remedy=(
            "Watch `ReadThrottleEvents` and `WriteThrottleEvents` with the dimension `TableName`, or the sum of "
            "`ThrottledRequests` over the operations in use, each with `TableName` and `Operation`."
        ),
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html",
            "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_metric_alarm",
        ),
        good=(
            Example("An alarm on one operation.", table() + alarm(dimensions(Operation='"GetItem"')), _REQUIRED),
            Example(
                "Events are counted by table.", table() + alarm(dimensions(), metric="WriteThrottleEvents"), _REQUIRED
            ),
            Example(
                "A sum over operations.",
                table() + alarm(query("GetItem") + query("PutItem"), metric=None),
                _REQUIRED,
            ),
            Example("No alarms are required.", table()),
        ),
        bad=(
            Example("There is no alarm.", table(header="# expect: EST705"), _REQUIRED),
            Example(
                "The alarm has no operation.",
                table() + alarm(dimensions(header="# expect: EST705")),
            ),
            Example(
                "The alarm is on another table.",
                table(header="# expect: EST705") + alarm(dimensions('"invoices"', Operation='"GetItem"')),
                _REQUIRED,
            ),
            Example(
                "The alarm is on an index only.",
                table(header="# expect: EST705")
                + alarm(dimensions(GlobalSecondaryIndexName='"by-email"'), metric="ReadThrottleEvents"),
                _REQUIRED,
            ),
            Example("The alarm has no dimensions.", alarm("", header="# expect: EST705")),
        ),
        unknown=(
            Example(
                "The table of the alarm is a variable without a value.",
                variable("name")
                + table(header="# expect-unknown: EST705")
                + alarm(dimensions("var.name", Operation='"GetItem"')),
                _REQUIRED,
            ),
            Example(
                "The dimensions are a variable without a value.",
                variable("dimensions", "map(string)")
                + table(header="# expect-unknown: EST705")
                + alarm("dimensions = var.dimensions # expect-unknown: EST705"),
                _REQUIRED,
            ),
        ),
    )
    subject = Watched
    params = ThrottleAlarmParams

    def check(self, subject: Watched, context: RuleContext) -> Iterator[Problem]:
        if subject.alarm is not None:
            yield from _without_data(subject.alarm)
            return
        if not context.params.required:
            raise NotApplicable("no alarms are required")
        assert subject.table is not None
        yield from _unwatched(subject.table, context)


def _without_data(alarm: Alarm) -> Iterator[Problem]:
    """The first metric of an alarm that certainly does not exist; else the first that may not."""
    for verdict in (Verdict.FAIL, Verdict.UNKNOWN):
        metric = next((m for m in requests_of(alarm) if m.has(OPERATION) is verdict), None)
        if metric is not None and verdict is Verdict.FAIL:
            message = f"{alarm.label} watches a metric that does not exist: ThrottledRequests without an operation"
            help = (
                "add the dimension Operation, one metric for each operation; or watch the ThrottleEvents of the table"
            )
            yield fail(message, metric.span, label="no Operation", help=help)
            return
        if metric is not None:
            message = f"whether {alarm.label} watches a metric that exists is not known"
            yield unknown(message, metric.span, because=metric.unknown, label="may have no Operation")


def _unwatched(table: Table, context: RuleContext) -> Iterator[Problem]:
    answer = watch(table, context.estate)
    if answer.verdict is Verdict.FAIL:
        help = "add an aws_cloudwatch_metric_alarm on ReadThrottleEvents and on WriteThrottleEvents of the table"
        yield fail(f"{table.label} has no alarm on its throttles", table.header, label="no alarm", help=help)
    elif answer.verdict is Verdict.UNKNOWN:
        message = f"whether {table.label} has an alarm on its throttles is not known"
        yield unknown(message, table.header, because=answer.because, label="may have no alarm")
