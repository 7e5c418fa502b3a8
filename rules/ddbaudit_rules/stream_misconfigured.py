"""DDB105: stream settings of which one is missing."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.text import join_names
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import table, variable
from ddbaudit_rules._support.limits import is_settled
from ddbaudit_rules._support.operation import is_given

_VIEWS = ("NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY")


class StreamMisconfigured(Rule[Table]):
    meta = RuleMeta(
        id="DDB105",
        name="stream-misconfigured",
        severity=Severity.MEDIUM,
        since="0.1.0",
        summary="A table has a stream view type and no stream, or a stream without a valid view type.",
        rationale=(
            "`stream_view_type` alone makes no stream: `stream_enabled` is false unless it is set, Terraform plans and "
            "applies that without a word, and whoever reads the stream waits for records that never come. A stream "
            "without a view type is refused by the plan, as is a view type that DynamoDB does not have. With "
            "`stream_enabled = false` the stream is off because somebody said so, whatever the view type."
        ),
        remedy="Set both `stream_enabled = true` and `stream_view_type`, or neither.",
        errors=(
            "terraform plan: stream_view_type is required when stream_enabled = true",
            'terraform validate: expected stream_view_type to be one of ["NEW_IMAGE" "OLD_IMAGE" '
            '"NEW_AND_OLD_IMAGES" "KEYS_ONLY" ""], got NEW_IMAGES',
        ),
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_StreamSpecification.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table",
        ),
        good=(
            Example(
                "A stream of new and old images.",
                table(stream_enabled="true", stream_view_type='"NEW_AND_OLD_IMAGES"'),
            ),
            Example(
                "The stream is switched off here.",
                variable("stream_enabled", "bool", "false")
                + table(stream_enabled="var.stream_enabled", stream_view_type='"NEW_IMAGE"'),
            ),
            Example("An empty view type is none.", table(stream_enabled="false", stream_view_type='""')),
        ),
        bad=(
            Example(
                "A view type alone makes no stream.",
                table(header="# expect: DDB105", stream_view_type='"NEW_IMAGE"'),
            ),
            Example(
                "A stream needs a view type.",
                table(header="# expect: DDB105", stream_enabled="true"),
            ),
            Example(
                "There is no such view type.",
                table(stream_enabled="true", stream_view_type='"NEW_IMAGES" # expect: DDB105'),
            ),
        ),
        unknown=(
            Example(
                "The view type is a variable without a value.",
                variable("view_type")
                + table(stream_enabled="true", stream_view_type="var.view_type # expect-unknown: DDB105"),
            ),
            Example(
                "The switch is a variable without a value, and there is no view type.",
                variable("stream_enabled", "bool")
                + table(stream_enabled="var.stream_enabled # expect-unknown: DDB105"),
            ),
        ),
    )
    subject = Table

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        enabled, view = subject.stream_enabled, subject.stream_view_type
        if not enabled.is_set and not view.is_set:
            raise NotApplicable("it has no stream settings")
        on, named = enabled.is_true(), is_given(view)
        views = join_names(_VIEWS, "or")
        if view.text is not None and view.text not in _VIEWS:
            message = f"{subject.label} has the stream view type {view.shown}, which DynamoDB does not have"
            yield fail(message, view, label="no view type", help=f"use {views}")
        elif on is Verdict.PASS and named is Verdict.FAIL:
            message = f"{subject.label} has a stream without a view type"
            yield fail(message, view, label="no stream_view_type", help=f"set `stream_view_type` to {views}")
        elif not enabled.is_set and named is Verdict.PASS:
            yield fail(
                f"{subject.label} has a stream view type and no stream",
                enabled,
                label="no stream_enabled, which means false",
                help="set `stream_enabled = true`, or leave stream_view_type out",
                related=(Related(view.span, "the view type is set here"),),
            )
        elif on is Verdict.FAIL and is_settled(view):
            return  # what DynamoDB will say of a stream that is off
        elif view.is_unknown:
            yield unknown(f"whether the stream of {subject.label} is in order is not known", view, label="not known")
        elif enabled.unknown is not None and not (enabled.unknown.not_null and named is Verdict.PASS):
            message = f"whether the stream of {subject.label} is in order is not known"
            yield unknown(message, enabled, label="may be on, off or not set")
