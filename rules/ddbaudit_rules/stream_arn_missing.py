"""IAM508: stream actions that are granted on a table, and functions that may not read the stream that calls them."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.streams import StreamReader
from ddbaudit.sdk.problem import Problem
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import allow, policy, table, variable
from ddbaudit_rules._support.iam_examples import attached, function, mapping, role, role_policy
from ddbaudit_rules._support.stream_access import misdirected, unread

_TABLE = table('stream_enabled   = true\nstream_view_type = "NEW_IMAGE"') + "\n"
_ARN = "[aws_dynamodb_table.orders.arn]"
_STREAM = "[aws_dynamodb_table.orders.stream_arn]"
_READ = "DescribeStream GetRecords GetShardIterator"
_SOURCE = "aws_dynamodb_table.orders.stream_arn"
_CALLED = role() + function()
_AWS = '"arn:aws:iam::aws:policy/service-role/AWSLambda{}ExecutionRole"'


class StreamArnMissing(Rule[StreamReader]):
    meta = RuleMeta(
        id="IAM508",
        name="stream-arn-missing",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="Stream actions are granted on a table instead of its stream, or a function may not read its stream.",
        rationale=(
            "DescribeStream, GetRecords and GetShardIterator are authorised on the ARN of the stream, "
            "`<table>/stream/<time>`, which the ARN of the table does not cover. Lambda reads the stream as the "
            "function's role and refuses an event source mapping whose role may not: the policies of the role are "
            "taken together, AWS's own included where their content is known. Tables without a stream and wildcards "
            "of actions are not meant."
        ),
        remedy='Name the table\'s `stream_arn`, or `"<table ARN>/stream/*"`, in the resources.',
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.Lambda.html",
            "https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html",
            "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html",
        ),
        good=(
            Example("The stream by reference.", _TABLE + policy(allow(_READ, _STREAM))),
            Example(
                "All streams of the table.",
                _TABLE + policy(allow(_READ, '["${aws_dynamodb_table.orders.arn}/stream/*"]')),
            ),
            Example(
                "AWS's own policy for functions that a stream calls.",
                _TABLE + _CALLED + attached(_AWS.format("DynamoDB")) + mapping(_SOURCE),
            ),
            Example("A table without a stream.", table() + "\n" + policy(allow(f"GetItem {_READ}", _ARN))),
        ),
        bad=(
            Example("The table only.", _TABLE + policy(allow(_READ, f"{_ARN} # expect: IAM508"))),
            Example(
                "Beside the actions on items, and the indexes.",
                _TABLE
                + policy(
                    allow(
                        f"GetItem Query {_READ}",
                        "[ # expect: IAM508\n  aws_dynamodb_table.orders.arn,\n"
                        '  "${aws_dynamodb_table.orders.arn}/index/*",\n]',
                    )
                ),
            ),
            Example(
                "A function whose role may write logs only.",
                _TABLE + _CALLED + attached(_AWS.format("Basic")) + mapping(f"{_SOURCE} # expect: IAM508"),
            ),
            Example(
                "A function whose role may read the table only.",
                _TABLE
                + _CALLED
                + policy(allow("GetItem", _ARN))
                + "\n"
                + role_policy()
                + mapping(f"{_SOURCE} # expect: IAM508"),
            ),
        ),
        unknown=(
            Example(
                "Whether the table has a stream depends on a variable without a value.",
                variable("streams", "bool")
                + table("stream_enabled = var.streams")
                + "\n"
                + policy(allow(_READ, f"{_ARN} # expect-unknown: IAM508")),
            ),
            Example(
                "The policy of the role is a variable without a value.",
                variable("policy_arn")
                + _TABLE
                + _CALLED
                + attached("var.policy_arn")
                + mapping(_SOURCE).replace("{\n", "{ # expect-unknown: IAM508\n", 1),
            ),
        ),
    )
    subject = StreamReader

    def check(self, subject: StreamReader, context: RuleContext) -> Iterator[Problem]:
        if subject.mapping is not None:
            yield from unread(subject.mapping, context.estate)
        if subject.policy is not None:
            yield from misdirected(subject.policy, context.estate)
