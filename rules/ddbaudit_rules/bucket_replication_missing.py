"""EST704: audit buckets that are not copied to another region, where the environment asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.attached import Answer
from ddbaudit.model.bucket_settings import copied_elsewhere, copies_of_others
from ddbaudit.model.storage import Bucket
from ddbaudit.sdk.problem import Problem
from ddbaudit.sdk.rule import Example, NotApplicable, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.bucket_examples import bucket, copied, two_regions
from ddbaudit_rules._support.buckets import BucketParams, report, selected, weighed
from ddbaudit_rules._support.examples import variable

_REQUIRED = {"names": ["orders-*"], "required": True}


class BucketReplicationParams(BucketParams, frozen=True):
    """Parameters: which buckets, and whether this environment asks for copies of them."""

    required: Annotated[
        bool, msgspec.Meta(description="whether the buckets must be copied to another region; set it per environment")
    ] = False


class BucketReplicationMissing(Rule[Bucket]):
    """Parameters: `names`, `addresses` or `tags` of the buckets, and `required`."""

    meta = RuleMeta(
        id="EST704",
        name="bucket-replication-missing",
        severity=Severity.MEDIUM,
        since="0.1.0",
        summary="An audit bucket is not copied to another region, although its environment asks for that.",
        rationale=(
            "A bucket is in one region. When that is lost, so is what only stands there: audit records must survive "
            "what they are to explain. S3 copies new objects when a replication rule is enabled and its destination "
            "is a bucket of another region; what is there already is not copied."
        ),
        remedy="Add `aws_s3_bucket_replication_configuration` with an enabled rule to a bucket of another region.",
        references=(
            "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_replication_configuration",
        ),
        good=(
            Example("It is copied; the copy need not be.", two_regions() + bucket() + copied(), _REQUIRED),
            Example("This environment does not ask for it.", bucket(), {"names": ["orders-*"]}),
            Example("It is none of the chosen buckets.", bucket(name='"logs"'), _REQUIRED),
        ),
        bad=(
            Example("There is no replication.", bucket(header="# expect: EST704"), _REQUIRED),
            Example(
                "The rule is off.",
                two_regions() + bucket() + copied(status='"Disabled" # expect: EST704'),
                _REQUIRED,
            ),
            Example(
                "The copy is in the same region.",
                two_regions('"eu-west-1"') + bucket() + copied(destination="aws_s3_bucket.copy.arn # expect: EST704"),
                _REQUIRED,
            ),
        ),
        unknown=(
            Example(
                "The region of the copy is a variable without a value.",
                variable("region") + two_regions("var.region") + bucket(header="# expect-unknown: EST704") + copied(),
                _REQUIRED,
            ),
            Example(
                "The destination is a bucket of another configuration.",
                two_regions()
                + bucket(header="# expect-unknown: EST704")
                + copied(destination='"arn:aws:s3:::elsewhere"').replace('"orders-copy"', '"other"'),
                _REQUIRED,
            ),
        ),
    )
    subject = Bucket
    params = BucketReplicationParams

    def check(self, subject: Bucket, context: RuleContext) -> Iterator[Problem]:
        params: BucketReplicationParams = context.params
        if not params.required:
            raise NotApplicable("the environment asks for no copies")
        chosen = selected(subject, params)
        is_copy, because = copies_of_others(subject, context.estate)
        if is_copy is Verdict.PASS:
            raise NotApplicable("it is itself the copy of another bucket")
        answer = weighed(copied_elsewhere(subject, context.estate), chosen, subject)
        if answer.verdict is Verdict.FAIL and is_copy is Verdict.UNKNOWN:
            answer = Answer(Verdict.UNKNOWN, None, because)
        yield from report(
            subject,
            answer,
            "is not copied to another region",
            label="no replication configuration",
            help="add an aws_s3_bucket_replication_configuration with an enabled rule to a bucket of another region",
        )
