"""EST707: log groups that keep logs for ever."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.globs import wild_match
from ddbaudit.model.logs import LogGroup
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Params, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import block, variable


def _group(*lines: str, header: str = "") -> str:
    head = 'resource "aws_cloudwatch_log_group" "orders"'
    return block(head, "\n".join(('name = "/aws/lambda/orders"', *lines)), header=header)


class LogGroupRetentionParams(Params, frozen=True):
    """Parameters: what may stay."""

    kept: Annotated[
        tuple[str, ...],
        msgspec.Meta(description="the log groups that are kept for ever on purpose, by address; * and ?"),
    ] = ()


class LogGroupWithoutRetention(Rule[LogGroup]):
    """Parameters: `kept`, the log groups that are kept for ever on purpose."""

    meta = RuleMeta(
        id="EST707",
        name="log-group-without-retention",
        severity=Severity.LOW,
        since="0.1.0",
        summary="A log group keeps its logs for ever.",
        rationale=(
            "CloudWatch keeps logs until their retention ends, and without `retention_in_days`, or with 0, it never "
            "does: what is billed grows every month, and personal data in logs outlives its purpose."
        ),
        remedy="Set `retention_in_days`.",
        references=(
            "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_log_group",
        ),
        good=(
            Example("Logs are kept for a month.", _group("retention_in_days = 30")),
            Example(
                "The days are a variable with a default.",
                variable("days", "number", "365") + _group("retention_in_days = var.days"),
            ),
            Example("A group of the class DELIVERY keeps for two days.", _group('log_group_class = "DELIVERY"')),
            Example("It is kept on purpose.", _group(), {"kept": ["aws_cloudwatch_log_group.*"]}),
        ),
        bad=(
            Example("It does not say.", _group(header="# expect: EST707")),
            Example("0 is for ever.", _group("retention_in_days = 0 # expect: EST707")),
            Example(
                "Here there is none.",
                variable("environment", default='"dev"')
                + _group('retention_in_days = var.environment == "prod" ? 365 : null # expect: EST707'),
            ),
        ),
        unknown=(
            Example(
                "The days are a variable without a value.",
                variable("days", "number") + _group("retention_in_days = var.days # expect-unknown: EST707"),
            ),
            Example(
                "The class is a variable without a value.",
                variable("class") + _group("log_group_class = var.class # expect-unknown: EST707"),
            ),
        ),
    )
    subject = LogGroup
    params = LogGroupRetentionParams

    def check(self, subject: LogGroup, context: RuleContext) -> Iterator[Problem]:
        if any(wild_match(pattern, subject.address) for pattern in context.params.kept):
            raise NotApplicable("it is kept for ever on purpose")
        if subject.log_class.text == "DELIVERY":
            raise NotApplicable("a group of the class DELIVERY keeps logs for two days")
        retention = subject.retention
        if retention.is_unknown:
            message = f"whether {subject.label} keeps its logs for ever is not known"
            yield unknown(message, retention, label="may be 0 or null")
        elif retention.number in (None, 0) and subject.log_class.is_unknown:
            message = f"whether {subject.label} keeps its logs for ever is not known"
            yield unknown(message, subject.log_class, label="may be DELIVERY")
        elif retention.number in (None, 0):
            label = f"is {retention.shown}" if retention.is_set else "no retention_in_days"
            help = "set `retention_in_days` to the days that logs are needed"
            yield fail(f"{subject.label} keeps its logs for ever", retention, label=label, help=help)
