"""TF601: arguments and blocks that the provider does not know."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.verdict import Severity
from ddbaudit.ir.instance import Declaration
from ddbaudit.sdk.problem import Problem, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import table
from ddbaudit_rules._support.faults import problems

_KINDS = frozenset({"unsupported-argument", "unsupported-block"})


class ArgumentUnsupported(Rule[Declaration]):
    meta = RuleMeta(
        id="TF601",
        name="argument-unsupported",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="A resource has an argument or block that its type does not have.",
        rationale=(
            "Terraform refuses the whole configuration (`Unsupported argument`, `Unsupported block type`). Often the "
            "name comes from the API or from CloudFormation, such as `stream_specification` or `kms_key_id`, and what "
            "it was to set is not set. The schema is that of the AWS provider 5.100; types whose schema is not known "
            "are not judged. Module calls are judged by the variables of the module."
        ),
        remedy="Use the name that the provider's documentation has, or remove the argument.",
        errors=(
            'terraform validate: Unsupported argument: An argument named "kms_key_id" is not expected here.',
            'terraform validate: Unsupported block type: Blocks of type "stream_specification" are not expected here.',
        ),
        references=(
            "https://developer.hashicorp.com/terraform/cli/commands/validate",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table",
        ),
        good=(
            Example(
                "All names are in the schema.", table('ttl {\n  attribute_name = "expiresAt"\n  enabled = true\n}')
            ),
            Example(
                "The switches of the stream are arguments, and lifecycle is Terraform's own.",
                table(
                    "lifecycle {\n  prevent_destroy = true\n}",
                    stream_enabled="true",
                    stream_view_type='"NEW_IMAGE"',
                ),
            ),
            Example(
                "What every resource takes, and a dynamic block that the type has.",
                table(
                    """
                    dynamic "attribute" {
                      for_each = toset(["id"])
                      content {
                        name = attribute.value
                        type = "S"
                      }
                    }

                    timeouts {
                      create = "10m"
                    }
                    """,
                    attributes="",
                    count="1",
                    depends_on="[]",
                ),
            ),
        ),
        bad=(
            Example(
                "The argument is named kms_key_arn.",
                table("""
                server_side_encryption {
                  enabled    = true
                  kms_key_id = "arn:aws:kms:eu-west-1:111122223333:key/orders" # expect: TF601
                }
                """),
            ),
            Example(
                "There is no such block, static or dynamic.",
                table("""
                dynamic "stream_specification" { # expect: TF601
                  for_each = [true]
                  content {
                    stream_enabled = true
                  }
                }
                """),
            ),
            Example("The name is spelt wrongly.", table(deletion_protection="true # expect: TF601")),
        ),
        unknown=(
            Example(
                "A part of the block cannot be parsed.",
                table('table_class = = "STANDARD"', header="# expect-unknown: TF601"),
            ),
            Example(
                "A nested block cannot be parsed.",
                table("ttl {\n  attribute_name = [\n}", header="# expect-unknown: TF601"),
            ),
        ),
    )
    subject = Declaration

    def check(self, subject: Declaration, context: RuleContext) -> Iterator[Problem]:
        if not subject.schema_known:
            raise NotApplicable(f"the schema of {subject.type} is not known")
        yield from problems(subject.faults, _KINDS)
        if subject.broken:
            message = f"whether all arguments of {subject.address} are supported is not known: it cannot be parsed"
            yield unknown(message, subject.header, label="not all of it can be parsed")
