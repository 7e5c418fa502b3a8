"""EST710: functions that lose what they cannot process of a table's stream."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.mappings import StreamMapping
from ddbaudit.model.reading import first_unknown
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.compare import may_be_unset
from ddbaudit_rules._support.examples import block, table, variable

_STREAM = "aws_dynamodb_table.orders.stream_arn"
_TABLE = table(stream_enabled="true", stream_view_type='"NEW_IMAGE"') + "\n"
_DESTINATION = block(
    "destination_config", block("on_failure", 'destination_arn = "arn:aws:sqs:eu-west-1:123456789012:failed"')
)


def _mapping(*bodies: str, source: str = _STREAM, header: str = "") -> str:
    lines = f'event_source_arn  = {source}\nfunction_name     = "orders"\nstarting_position = "LATEST"'
    return block('resource "aws_lambda_event_source_mapping" "orders"', lines, *bodies, header=header)


class StreamConsumerWithoutFailureDestination(Rule[StreamMapping]):
    meta = RuleMeta(
        id="EST710",
        name="stream-consumer-without-failure-destination",
        severity=Severity.LOW,
        since="0.1.0",
        summary="A function reads a table's stream, and nobody is told of the records that it could not process.",
        rationale=(
            "Lambda tries a batch of stream records again until it succeeds, the retries are used up or the records "
            "are too old, at most 24 hours. Then it drops the batch. With an on-failure destination it sends which "
            "records these were to a queue or topic; without one, nothing is left of them."
        ),
        remedy="Add a `destination_config` block with `on_failure`, to an SQS queue or SNS topic.",
        references=(
            "https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_event_source_mapping",
        ),
        good=(
            Example("Failed batches are reported to a queue.", _TABLE + _mapping(_DESTINATION)),
            Example(
                "A queue is the source.",
                _mapping(source='"arn:aws:sqs:eu-west-1:123456789012:orders"').replace(
                    '\n  starting_position = "LATEST"', ""
                ),
            ),
            Example(
                "A stream that is not a table's.",
                _mapping(source='"arn:aws:kinesis:eu-west-1:123456789012:stream/orders"'),
            ),
        ),
        bad=(
            Example("There is no destination.", _TABLE + _mapping(header="# expect: EST710")),
            Example(
                "The stream's ARN is written out.",
                _mapping(
                    source='"arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2024-01-01T00:00:00.000"',
                    header="# expect: EST710",
                ),
            ),
            Example(
                "The destination is left out here.",
                variable("queue_arn", default="null")
                + _TABLE
                + _mapping(
                    """
                    dynamic "destination_config" {
                      for_each = var.queue_arn == null ? [] : [var.queue_arn]
                      content {
                        on_failure {
                          destination_arn = destination_config.value
                        }
                      }
                    }
                    """,
                    header="# expect: EST710",
                ),
            ),
        ),
        unknown=(
            Example(
                "The destination is a variable without a value.",
                variable("queue_arn")
                + _TABLE
                + _mapping(
                    block(
                        "destination_config",
                        block("on_failure", "destination_arn = var.queue_arn # expect-unknown: EST710"),
                    )
                ),
            ),
            Example(
                "The source is a variable without a value.",
                variable("stream_arn") + _mapping(source="var.stream_arn", header="# expect-unknown: EST710"),
            ),
        ),
    )
    subject = StreamMapping

    def check(self, subject: StreamMapping, context: RuleContext) -> Iterator[Problem]:
        of_table, destination = subject.of_table, subject.destination
        if of_table is Verdict.FAIL:
            raise NotApplicable("its source is not the stream of a table")
        if destination.is_set and not may_be_unset(destination):
            return
        if of_table is Verdict.PASS and not destination.is_set:
            message = f"{subject.address} drops the records that its function cannot process"
            help = "add\n  destination_config {\n    on_failure {\n      destination_arn = <queue or topic>\n    }\n  }"
            yield fail(message, destination, label="no on_failure destination", help=help)
            return
        because = first_unknown(destination.unknown, subject.source.unknown)
        message = f"whether {subject.address} drops the records that its function cannot process is not known"
        yield unknown(message, destination, because=because, label="may have no on_failure destination")
