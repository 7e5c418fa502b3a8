"""EST702: audit buckets without encryption, versioning or a policy that insists on TLS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.bucket_access import tls_only
from ddbaudit.model.bucket_settings import EncryptionLevel, encryption, versioning
from ddbaudit.model.storage import Bucket
from ddbaudit.sdk.problem import Problem
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support import bucket_examples as some
from ddbaudit_rules._support.buckets import BucketParams, report, selected, weighed
from ddbaudit_rules._support.examples import variable

_AUDIT = {"names": ["*-audit"]}
_ALL = some.versioned() + some.encrypted() + some.tls_only()


class BucketUnprotectedParams(BucketParams, frozen=True):
    """Parameters: which buckets, and what they must have."""

    required: Annotated[
        tuple[Literal["versioning", "encryption", "tls"], ...],
        msgspec.Meta(description="what the buckets must have"),
    ] = ("versioning", "encryption", "tls")
    encrypted_with: Annotated[
        EncryptionLevel,
        msgspec.Meta(description="any: what the configuration says; kms: a KMS key, not a key of S3"),
    ] = "any"


class BucketUnprotected(Rule[Bucket]):
    """Parameters: `names`, `addresses` or `tags` of the buckets; `required` and `encrypted_with`."""

    meta = RuleMeta(
        id="EST702",
        name="bucket-unprotected",
        severity=Severity.MEDIUM,
        since="0.1.0",
        summary="An audit bucket lacks versioning, a stated encryption, or a policy that refuses requests without TLS.",
        rationale=(
            "What is kept as evidence must outlive mistakes: without versioning, overwriting or deleting an object is "
            "final. S3 encrypts every object, but with keys of its own, unless the configuration names a KMS key, "
            "whose use can be restricted and is logged. Without a policy that denies everything when "
            "`aws:SecureTransport` is false, objects may be read and written in clear text."
        ),
        remedy=(
            "Add `aws_s3_bucket_versioning`, `aws_s3_bucket_server_side_encryption_configuration`, and a bucket policy "
            "that denies `s3:*` on the bucket and its objects to everybody when `aws:SecureTransport` is false."
        ),
        references=(
            "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
            "https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_versioning",
        ),
        good=(
            Example("All three are there.", some.bucket() + _ALL, _AUDIT),
            Example(
                "Only versioning is required.", some.bucket() + some.versioned(), {**_AUDIT, "required": ["versioning"]}
            ),
            Example("It is none of the chosen buckets.", some.bucket(name='"orders-logs"'), _AUDIT),
        ),
        bad=(
            Example("Nothing is there.", some.bucket(header="# expect: EST702, EST702, EST702"), _AUDIT),
            Example(
                "Versioning is suspended.",
                some.bucket() + some.versioned('"Suspended" # expect: EST702') + some.encrypted() + some.tls_only(),
                _AUDIT,
            ),
            Example(
                "The key is one of S3.",
                some.bucket() + some.versioned() + some.encrypted('"AES256" # expect: EST702') + some.tls_only(),
                {**_AUDIT, "encrypted_with": "kms"},
            ),
            Example(
                "The policy refuses only reading.",
                some.bucket()
                + some.versioned()
                + some.encrypted()
                + some.tls_only('["s3:GetObject"]', header="# expect: EST702"),
                _AUDIT,
            ),
        ),
        unknown=(
            Example(
                "The name is a variable without a value.",
                variable("name")
                + some.bucket(name="var.name", header="# expect-unknown: EST702")
                + some.encrypted()
                + some.tls_only(),
                _AUDIT,
            ),
            Example(
                "The status is a variable without a value.",
                variable("status")
                + some.bucket(header="# expect-unknown: EST702")
                + some.versioned("var.status")
                + some.encrypted()
                + some.tls_only(),
                _AUDIT,
            ),
        ),
    )
    subject = Bucket
    params = BucketUnprotectedParams

    def check(self, subject: Bucket, context: RuleContext) -> Iterator[Problem]:
        params: BucketUnprotectedParams = context.params
        chosen, estate = selected(subject, params), context.estate
        for kind in params.required:
            if kind == "versioning":
                answer, wrong, help = versioning(subject, estate), "has no versioning", 'set its status to "Enabled"'
            elif kind == "encryption":
                answer = encryption(subject, estate, params.encrypted_with)
                kms = params.encrypted_with == "kms"
                wrong = "is not encrypted with a KMS key" if kms else "has no encryption that the configuration states"
                help = 'set sse_algorithm to "aws:kms"'
            else:
                answer, wrong = tls_only(subject, estate), "has no policy that refuses all requests without TLS"
                help = "deny s3:* on the bucket and its objects to everybody when aws:SecureTransport is false"
            found = weighed(answer, chosen, subject)
            yield from report(subject, found, wrong, label=f"no {_NOUNS[kind]}", help=help, detail=kind)


_NOUNS = {"versioning": "versioning", "encryption": "encryption configuration", "tls": "policy"}
