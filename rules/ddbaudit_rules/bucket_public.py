"""EST701: buckets that nothing keeps from being opened to the public."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.text import join_names
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.attached import Answer
from ddbaudit.model.bucket_access import public_access
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.storage import Bucket
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Params, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.bucket_examples import bucket, public_access_block
from ddbaudit_rules._support.examples import block, variable

_ACCOUNT = block(
    'resource "aws_s3_account_public_access_block" "account"',
    "block_public_acls = true\nblock_public_policy = true\nignore_public_acls = true\nrestrict_public_buckets = true",
)


class BucketPublicParams(Params, frozen=True):
    """Parameters: whether the account is closed already."""

    account_is_closed: Annotated[
        bool,
        msgspec.Meta(description="whether another configuration blocks public access to all buckets of the account"),
    ] = False


class BucketPublic(Rule[Bucket]):
    """Parameters: `account_is_closed` where the whole account is, by another configuration."""

    meta = RuleMeta(
        id="EST701",
        name="bucket-public",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="A bucket is not kept from being opened to the public: one of the four settings is not on.",
        rationale=(
            "A policy or an access control list can open a bucket to everybody unless all four settings of a public "
            "access block are on, of the bucket or of its account. In Terraform, a setting that is not written in an "
            "`aws_s3_bucket_public_access_block` is switched off. Without the resource, what S3 set when the bucket "
            "was made holds (all on since April 2023, all off before), and nobody sees when it is changed."
        ),
        remedy="Add an `aws_s3_bucket_public_access_block` with all four settings true.",
        references=(
            "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_public_access_block",
        ),
        good=(
            Example("All four settings are on.", bucket() + public_access_block()),
            Example("The account has them.", bucket() + _ACCOUNT),
            Example("The block names the bucket.", bucket() + public_access_block(name='"orders-audit"')),
            Example("The account is closed elsewhere.", bucket(), {"account_is_closed": True}),
        ),
        bad=(
            Example("There is no block.", bucket(header="# expect: EST701")),
            Example(
                "One setting is off.",
                bucket() + public_access_block(block_public_policy="false # expect: EST701"),
            ),
            Example(
                "A setting is not written, and so is off.",
                bucket() + public_access_block("# expect: EST701", restrict_public_buckets=None),
            ),
            Example(
                "The block is of another bucket.",
                bucket(header="# expect: EST701") + public_access_block(name='"orders-logs"'),
            ),
        ),
        unknown=(
            Example(
                "A setting is a variable without a value.",
                variable("closed", "bool")
                + bucket()
                + public_access_block(block_public_acls="var.closed # expect-unknown: EST701"),
            ),
            Example(
                "Which bucket is closed is a variable without a value.",
                variable("name") + bucket(header="# expect-unknown: EST701") + public_access_block(name="var.name"),
            ),
        ),
    )
    subject = Bucket
    params = BucketPublicParams

    def check(self, subject: Bucket, context: RuleContext) -> Iterator[Problem]:
        if context.params.account_is_closed:
            raise NotApplicable("public access to all buckets of the account is blocked elsewhere")
        found = public_access(subject, context.estate)
        off = {name: answer for name, answer in found.settings.items() if answer.verdict is Verdict.FAIL}
        doubtful = {name: answer for name, answer in found.settings.items() if answer.verdict is Verdict.UNKNOWN}
        if off:
            yield _open(subject, off, has_block=found.block is not None)
        elif doubtful:
            answers = doubtful.values()
            at = next((a.at for a in answers if a.at is not None and a.at.is_unknown), subject.header)
            because = first_unknown(*(answer.because for answer in answers))
            message = f"whether {subject.label} is kept from being opened to the public is not known"
            yield unknown(message, at, because=because, label="may be off", detail=",".join(doubtful))


def _open(bucket: Bucket, off: dict[str, Answer], *, has_block: bool) -> Problem:
    names = join_names(tuple(off))
    at = next((answer.at for answer in off.values() if answer.at is not None), None)
    detail = ",".join(off)
    if at is None or not has_block:
        message = f"nothing in the configuration keeps {bucket.label} from being opened to the public"
        help = "add an aws_s3_bucket_public_access_block with all four settings true"
        return fail(message, bucket.header, label="no public access block", help=help, detail=detail)
    message = f"{bucket.label} can be opened to the public: {names} {'is' if len(off) == 1 else 'are'} not on"
    label = f"is {at.shown}" if at.is_set else f"no {join_names(tuple(off), 'or')}"
    related = (Related(bucket.header, "the bucket"),)
    return fail(message, at, label=label, help=f"set {names} to true", related=related, detail=detail)
