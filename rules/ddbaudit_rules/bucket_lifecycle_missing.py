"""EST703: audit buckets whose objects stay in the most expensive tier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec

from ddbaudit.foundation.text import join_names
from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.bucket_settings import moves_to
from ddbaudit.model.storage import Bucket
from ddbaudit.sdk.problem import Problem
from ddbaudit.sdk.rule import Example, NotApplicable, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.bucket_examples import bucket, tiers
from ddbaudit_rules._support.buckets import BucketParams, report, selected, weighed
from ddbaudit_rules._support.examples import block, variable

_TIERS = {"names": ["*-audit"], "tiers": {"warm": ["STANDARD_IA"], "cold": ["GLACIER", "DEEP_ARCHIVE"]}}


class BucketLifecycleParams(BucketParams, frozen=True):
    """Parameters: which buckets, and the tiers that their objects go through."""

    tiers: Annotated[
        Mapping[str, tuple[str, ...]],
        msgspec.Meta(description="the tiers beside the first one: name and the storage classes that count as it"),
    ] = msgspec.field(default_factory=dict)


class BucketLifecycleMissing(Rule[Bucket]):
    """Parameters: `names`, `addresses` or `tags` of the buckets, and `tiers`."""

    meta = RuleMeta(
        id="EST703",
        name="bucket-lifecycle-missing",
        severity=Severity.MEDIUM,
        since="0.1.0",
        summary="The objects of an audit bucket do not move to a tier that the pack asks for.",
        rationale=(
            "Audit records are read for some weeks and kept for years. Objects stay in the class that they were "
            "written to (STANDARD, the hot tier) unless a lifecycle rule that is enabled moves them on. A rule whose "
            "filter leaves objects out moves only the others, and does not count here."
        ),
        remedy="Add a rule without filter to `aws_s3_bucket_lifecycle_configuration`, with a transition for each tier.",
        references=(
            "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_lifecycle_configuration",
        ),
        good=(
            Example("Both tiers are there.", bucket() + tiers('"STANDARD_IA"', '"GLACIER"'), _TIERS),
            Example("Another class of the tier.", bucket() + tiers('"STANDARD_IA"', '"DEEP_ARCHIVE"'), _TIERS),
            Example("It is none of the chosen buckets.", bucket(name='"orders-logs"'), _TIERS),
        ),
        bad=(
            Example("There are no rules.", bucket(header="# expect: EST703, EST703"), _TIERS),
            Example("One tier is missing.", bucket(header="# expect: EST703") + tiers('"STANDARD_IA"'), _TIERS),
            Example(
                "The rule is off.",
                bucket() + tiers('"STANDARD_IA" # expect: EST703', '"GLACIER" # expect: EST703', status='"Disabled"'),
                _TIERS,
            ),
            Example(
                "The rule is about a part of the objects.",
                bucket()
                + tiers(
                    '"STANDARD_IA" # expect: EST703',
                    '"GLACIER" # expect: EST703',
                    filter_=block("filter", 'prefix = "logins/"'),
                ),
                _TIERS,
            ),
        ),
        unknown=(
            Example(
                "The storage class is a variable without a value.",
                variable("cold") + bucket(header="# expect-unknown: EST703") + tiers('"STANDARD_IA"', "var.cold"),
                _TIERS,
            ),
            Example(
                "Whether it is a chosen bucket depends on a variable without a value.",
                variable("suffix")
                + bucket(name='"orders-${var.suffix}"', header="# expect-unknown: EST703")
                + tiers('"STANDARD_IA"'),
                _TIERS,
            ),
        ),
    )
    subject = Bucket
    params = BucketLifecycleParams

    def check(self, subject: Bucket, context: RuleContext) -> Iterator[Problem]:
        params: BucketLifecycleParams = context.params
        if not params.tiers:
            raise NotApplicable("no tiers are asked for")
        chosen = selected(subject, params)
        for tier, classes in params.tiers.items():
            answer = weighed(moves_to(subject, context.estate, classes), chosen, subject)
            wrong = f"does not move all of its objects to the {tier} tier"
            help = f"add an enabled rule without filter, with a transition to {join_names(classes, 'or')}"
            label = f"no transition to {join_names(classes, 'or')}"
            yield from report(subject, answer, wrong, label=label, help=help, detail=tier)
