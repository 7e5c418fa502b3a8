"""DDB302: keys of tables that are not rotated."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.encryption import TableKey
from ddbaudit.model.kms import EXTERNAL, REPLICA, KmsKey, named_key
from ddbaudit.model.reading import first_unknown
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import block, variable
from ddbaudit_rules._support.kms_examples import encrypted, key
from ddbaudit_rules._support.table_keys import made_here, users

_TABLE = encrypted("aws_kms_key.orders.arn")
_PRIMARY = 'resource "aws_kms_key" "primary"'
_REPLICA = key("primary_key_arn = aws_kms_key.primary.arn", kind="aws_kms_replica_key")


class KmsKeyRotationDisabled(Rule[TableKey]):
    meta = RuleMeta(
        id="DDB302",
        name="kms-key-rotation-disabled",
        severity=Severity.MEDIUM,
        since="0.1.0",
        summary="The key of a table is not rotated automatically.",
        rationale=(
            "KMS rotates the material of a customer managed key only where that is switched on; what was encrypted "
            "before stays readable, and nothing else changes. Without rotation all data of the key's lifetime hangs on "
            "one piece of key material. A replica of a multi-Region key is rotated with its primary key. Keys with "
            "imported material and keys in custom key stores cannot be rotated automatically; keys that the "
            "configuration does not make are judged where they are made."
        ),
        remedy="Set `enable_key_rotation = true` on the key.",
        references=(
            "https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html",
            "https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key",
        ),
        good=(
            Example("The key is rotated.", key("enable_key_rotation = true") + _TABLE),
            Example(
                "A replica of a key that is rotated.",
                block(_PRIMARY, "multi_region        = true\nenable_key_rotation = true")
                + "\n"
                + _REPLICA
                + encrypted("aws_kms_replica_key.orders.arn"),
            ),
            Example("A key that no table uses.", key() + encrypted()),
            Example("A key from elsewhere.", variable("kms_key_arn") + encrypted("var.kms_key_arn")),
        ),
        bad=(
            Example("Rotation is not switched on.", key(header="# expect: DDB302") + _TABLE),
            Example("It is switched off.", key("enable_key_rotation = false # expect: DDB302") + _TABLE),
            Example(
                "A key that the table has by its alias.",
                key(header="# expect: DDB302")
                + block(
                    'resource "aws_kms_alias" "orders"',
                    'name          = "alias/orders"\ntarget_key_id = aws_kms_key.orders.key_id',
                )
                + "\n"
                + encrypted("aws_kms_alias.orders.target_key_arn"),
            ),
            Example(
                "The primary key of a replica.",
                block(_PRIMARY, "multi_region = true", header="# expect: DDB302")
                + "\n"
                + _REPLICA
                + encrypted("aws_kms_replica_key.orders.arn"),
            ),
        ),
        unknown=(
            Example(
                "The switch is a variable without a value.",
                variable("rotate", "bool") + key("enable_key_rotation = var.rotate # expect-unknown: DDB302") + _TABLE,
            ),
            Example(
                "A variable without a value says which key it is.",
                variable("own_key", "bool")
                + key("enable_key_rotation = true")
                + encrypted("var.own_key ? aws_kms_key.orders.arn : null # expect-unknown: DDB302"),
            ),
        ),
    )
    subject = TableKey

    def check(self, subject: TableKey, context: RuleContext) -> Iterator[Problem]:
        key, at, because = made_here(subject), subject.arn, subject.unknown
        if key is not None and key.type == REPLICA:
            at, primary = key.primary, named_key(key.primary, context.estate)
            key, because = primary.key, primary.unknown
            if key is None and because is None:
                raise NotApplicable("the configuration does not make the primary key")
        if key is None:
            message = f"whether the key of {users(subject)} is rotated is not known"
            yield unknown(message, at, because=because, label="not known which key")
        elif key.type in EXTERNAL:
            raise NotApplicable("keys with imported material cannot be rotated automatically")
        else:
            yield from _judge(subject, key)


def _judge(subject: TableKey, key: KmsKey) -> Iterator[Problem]:
    verdict = key.rotation.is_true()
    if verdict is not Verdict.PASS and key.custom_store.is_set:
        if not key.custom_store.is_unknown:
            raise NotApplicable("keys in custom key stores cannot be rotated automatically")
        verdict = Verdict.UNKNOWN
    related = (Related(subject.arn.span, f"the key of {users(subject)}"),)
    if verdict is Verdict.FAIL:
        message = f"{key.address}, the key of {users(subject)}, is not rotated"
        label = f"rotation is {'off' if key.rotation.is_set else 'not switched on'}"
        yield fail(message, key.rotation, label=label, help="set `enable_key_rotation = true`", related=related)
    elif verdict is Verdict.UNKNOWN:
        because = first_unknown(key.rotation.unknown, key.custom_store.unknown)
        message = f"whether {key.address}, the key of {users(subject)}, is rotated is not known"
        yield unknown(message, key.rotation, because=because, label="may not be rotated", related=related)
