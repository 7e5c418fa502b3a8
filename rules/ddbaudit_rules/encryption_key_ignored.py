"""DDB306: a key that DynamoDB does not use, as encryption with KMS is not enabled."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.encryption import setting_of
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.compare import may_be_unset
from ddbaudit_rules._support.examples import block, table, variable
from ddbaudit_rules._support.kms_examples import KEY, encrypted

_ARN = "aws_kms_key.orders.arn"


class EncryptionKeyIgnored(Rule[Table]):
    meta = RuleMeta(
        id="DDB306",
        name="encryption-key-ignored",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="A table names a KMS key, but its encryption with KMS is not enabled.",
        rationale=(
            "With `enabled = false` DynamoDB encrypts the table with a key that AWS owns, and `kms_key_arn` says "
            "nothing: neither `terraform validate` nor `plan` nor `apply` complains. Whoever reads the configuration "
            "takes the table for encrypted with that key."
        ),
        remedy="Set `enabled = true`, or remove `kms_key_arn`.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SSESpecification.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table",
        ),
        good=(
            Example("The key is used.", KEY + encrypted(_ARN)),
            Example("Switched off, and no key.", encrypted(enabled="false")),
            Example(
                "Switch and key go together.",
                variable("encrypt", "bool", "false")
                + KEY
                + encrypted(f"var.encrypt ? {_ARN} : null", enabled="var.encrypt"),
            ),
        ),
        bad=(
            Example("Switched off.", KEY + encrypted(f"{_ARN} # expect: DDB306", enabled="false")),
            Example(
                "A variable switches it off.",
                variable("encrypt", "bool", "false")
                + KEY
                + encrypted(f"{_ARN} # expect: DDB306", enabled="var.encrypt"),
            ),
            Example(
                "A dynamic block that is there.",
                KEY
                + table(
                    block(
                        'dynamic "server_side_encryption"',
                        f"for_each = [{_ARN}]",
                        block(
                            "content",
                            "enabled     = false\nkms_key_arn = server_side_encryption.value # expect: DDB306",
                        ),
                    )
                ),
            ),
        ),
        unknown=(
            Example(
                "The switch is a variable without a value.",
                variable("encrypt", "bool")
                + KEY
                + encrypted(f"{_ARN} # expect-unknown: DDB306", enabled="var.encrypt"),
            ),
            Example(
                "The key is a variable without a value, perhaps null.",
                variable("kms_key_arn") + encrypted("var.kms_key_arn # expect-unknown: DDB306", enabled="false"),
            ),
        ),
    )
    subject = Table

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        setting = setting_of(subject)
        enabled, arn = setting.enabled, setting.arn
        if not arn.is_set:
            raise NotApplicable("no key is named")
        if enabled.flag is True:
            return
        if setting.unknown is None and not enabled.is_unknown and not may_be_unset(arn):
            yield fail(
                f"{subject.label} names a KMS key, but is encrypted with one that AWS owns: encryption is not enabled",
                arn,
                label="this key is not used",
                help="set `enabled = true`, or remove kms_key_arn",
                related=(Related(enabled.span, "not enabled"),),
            )
        else:
            message = f"whether {subject.label} names a KMS key that is not used is not known"
            because = first_unknown(setting.unknown, enabled.unknown, arn.unknown)
            yield unknown(message, arn, because=because, label="may not be used")
