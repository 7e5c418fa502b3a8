"""TF611: arguments that the provider is going to drop."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.verdict import Severity
from ddbaudit.ir.instance import Declaration
from ddbaudit.sdk.problem import Problem, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import block, table
from ddbaudit_rules._support.faults import problems

_BUCKET = 'resource "aws_s3_bucket" "exports"'
_ROLE = 'resource "aws_iam_role" "orders"'
_TRUST = 'assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })'


class ArgumentDeprecated(Rule[Declaration]):
    meta = RuleMeta(
        id="TF611",
        name="argument-deprecated",
        severity=Severity.LOW,
        since="0.1.0",
        summary="An argument or block is set that the provider marks as deprecated.",
        rationale=(
            "Terraform warns of it (`Argument is deprecated`) and goes on. The next major version of the provider has "
            "no such argument, and then refuses the whole configuration, or no longer does what it did. The marks are "
            "those of the AWS provider 5.100; types whose schema is not known are not judged."
        ),
        remedy="Use what the provider's documentation names in its place.",
        references=(
            "https://developer.hashicorp.com/terraform/plugin/sdkv2/best-practices/deprecations",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/version-6-upgrade",
        ),
        good=(
            Example("Nothing is deprecated.", table()),
            Example(
                "The rules of a bucket are a resource of their own.",
                block(_BUCKET, 'bucket = "bbws-exports"')
                + "\n"
                + block(
                    'resource "aws_s3_bucket_versioning" "exports"',
                    "bucket = aws_s3_bucket.exports.id",
                    block("versioning_configuration", 'status = "Enabled"'),
                ),
            ),
            Example("Null is not set.", block(_ROLE, f"managed_policy_arns = null\n{_TRUST}")),
        ),
        bad=(
            Example("An argument.", block(_BUCKET, 'bucket = "bbws-exports"\nacl    = "private" # expect: TF611')),
            Example(
                "A block.",
                block(
                    _BUCKET,
                    'bucket = "bbws-exports"',
                    block("versioning", "enabled = true", header="# expect: TF611"),
                ),
            ),
            Example(
                "Policies that a role lists itself.",
                block(_ROLE, f"managed_policy_arns = [] # expect: TF611\n{_TRUST}"),
            ),
        ),
        unknown=(
            Example(
                "A part of the block cannot be parsed.",
                table('table_class = = "STANDARD"', header="# expect-unknown: TF611"),
            ),
            Example(
                "A nested block cannot be parsed.",
                table("ttl {\n  attribute_name = [\n}", header="# expect-unknown: TF611"),
            ),
        ),
    )
    subject = Declaration
    faults = frozenset({"deprecated-argument"})

    def check(self, subject: Declaration, context: RuleContext) -> Iterator[Problem]:
        if context.estate.evaluation.written is None:
            raise NotApplicable("a plan does not hold the source; Terraform has warned when it was made")
        if not subject.schema_known:
            raise NotApplicable(f"the schema of {subject.type} is not known")
        yield from problems(subject.warnings, self.faults)
        if subject.broken:
            message = f"whether arguments of {subject.address} are deprecated is not known: it cannot be parsed"
            yield unknown(message, subject.header, label="not all of it can be parsed")
