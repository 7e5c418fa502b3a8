"""DDB301: tables whose encryption is below what is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.encryption import LEVELS, Level, encryption_of
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Params, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import table, variable
from ddbaudit_rules._support.kms_examples import KEY, encrypted

_WORDS: dict[Level, str] = {
    "aws-owned": "a key that AWS owns",
    "aws-managed": "the AWS managed key alias/aws/dynamodb",
    "customer-managed": "a customer managed key",
}
_ADD = "add\n  server_side_encryption {{\n    enabled = true\n{}  }}"
_CUSTOMER = {"level": "customer-managed"}
_AWS = {"level": "aws-managed"}


class EncryptionBelowRequiredParams(Params, frozen=True):
    """Parameters: the level, and keys from elsewhere."""

    level: Annotated[
        Level | None,
        msgspec.Meta(description="the least that every table must have; nothing is judged when it is not set"),
    ] = None
    customer_keys: Annotated[
        tuple[str, ...],
        msgspec.Meta(description="ARNs, with `*`, of customer managed keys that are made elsewhere"),
    ] = ()


class EncryptionBelowRequired(Rule[Table]):
    meta = RuleMeta(
        id="DDB301",
        name="encryption-below-required",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="A table is encrypted with a key of a lower level than asked for.",
        rationale=(
            "DynamoDB encrypts every table. By default the key is AWS's own, which nobody can see, restrict or revoke; "
            "with `server_side_encryption` enabled it is the account's AWS managed key, whose use CloudTrail shows; "
            "with `kms_key_arn` it is a key of one's own, with a policy and a rotation of one's own. An ARN of "
            "`alias/aws/dynamodb` is still the AWS managed key. From a written ARN of a key nobody can tell who "
            "manages it: name such keys in `customer_keys`."
        ),
        remedy="Set `server_side_encryption` with `enabled = true` and, for a customer managed key, `kms_key_arn`.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table",
        ),
        good=(
            Example("A key of the configuration.", KEY + encrypted("aws_kms_key.orders.arn"), _CUSTOMER),
            Example("The AWS managed key is enough.", encrypted(), _AWS),
            Example(
                "The key by its alias.",
                'data "aws_kms_alias" "orders" {\n  name = "alias/orders"\n}\n\n'
                + encrypted("data.aws_kms_alias.orders.target_key_arn"),
                _CUSTOMER,
            ),
            Example(
                "A key of another account that the pack knows.",
                encrypted('"arn:aws:kms:eu-west-1:111122223333:key/2f9d2f96-1192-467e-9168-07f9c7907873"'),
                {**_CUSTOMER, "customer_keys": ["arn:aws:kms:*:111122223333:key/*"]},
            ),
        ),
        bad=(
            Example("No block.", table(header="# expect: DDB301"), _AWS),
            Example("Switched off.", encrypted(enabled="false # expect: DDB301"), _AWS),
            Example("Without a key of one's own.", encrypted(header="# expect: DDB301"), _CUSTOMER),
            Example(
                "The AWS managed key by its alias.",
                encrypted('"arn:aws:kms:eu-west-1:111122223333:alias/aws/dynamodb" # expect: DDB301'),
                _CUSTOMER,
            ),
        ),
        unknown=(
            Example(
                "The key is a variable without a value.",
                variable("kms_key_arn") + encrypted("var.kms_key_arn # expect-unknown: DDB301"),
                _CUSTOMER,
            ),
            Example(
                "The switch is a variable without a value.",
                variable("encrypt", "bool") + encrypted(enabled="var.encrypt # expect-unknown: DDB301"),
                _AWS,
            ),
            Example(
                "Nobody can tell whose key a written ARN is.",
                encrypted(
                    '"arn:aws:kms:eu-west-1:111122223333:key/2f9d2f96-1192-467e-9168-07f9c7907873" '
                    "# expect-unknown: DDB301"
                ),
                _CUSTOMER,
            ),
        ),
    )
    subject = Table
    params = EncryptionBelowRequiredParams

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        level: Level | None = context.params.level
        if level is None:
            raise NotApplicable("no level of encryption is asked for")
        found = encryption_of(subject, context.estate, context.params.customer_keys)
        enough = LEVELS[LEVELS.index(level) :]
        if found.levels[-1] not in enough:
            message = f"{subject.label} is encrypted with {_WORDS[found.levels[-1]]}, but {_WORDS[level]} is asked for"
            at_most = " at most" if len(found.levels) > 1 else ""
            yield fail(message, found.at, label=f"{found.levels[-1]}{at_most}", help=_help(subject, level))
        elif found.levels[0] not in enough:
            message = f"whether {subject.label} is encrypted with {_WORDS[level]} is not known"
            if found.unknown is None:
                message += ": nothing says who manages the key of a written ARN"
            yield unknown(message, found.at, because=found.unknown, label=" or ".join(found.levels))


def _help(table: Table, level: Level) -> str:
    by_customer = level == "customer-managed"
    if table.sse.present is False:
        return _ADD.format("    kms_key_arn = aws_kms_key.<name>.arn\n" if by_customer else "")
    return "set `enabled = true`" + (" and `kms_key_arn = aws_kms_key.<name>.arn`" if by_customer else "")
