"""DDB303: keys of tables whose policy admits everybody."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.encryption import TableKey
from ddbaudit.model.kms import key_policies
from ddbaudit.sdk.problem import Problem, unknown
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import block, variable
from ddbaudit_rules._support.kms_examples import KEY, admit, document, encrypted, key
from ddbaudit_rules._support.openness import admissions
from ddbaudit_rules._support.table_keys import made_here, users

_TABLE = key("policy = data.aws_iam_policy_document.orders.json") + encrypted("aws_kms_key.orders.arn")
_ME = 'data "aws_caller_identity" "me" {}\n\n'
_ACCOUNT = ("StringEquals", "kms:CallerAccount", "[data.aws_caller_identity.me.account_id]")
_SERVICE = ("StringEquals", "kms:ViaService", '["dynamodb.eu-west-1.amazonaws.com"]')
_OPEN = "# expect: DDB303"


class KmsKeyPolicyOpen(Rule[TableKey]):
    meta = RuleMeta(
        id="DDB303",
        name="kms-key-policy-open",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="The policy of a table's key admits everybody.",
        rationale=(
            "The principal `*` in a key policy is every principal of every AWS account. A condition on who calls "
            "restricts it (kms:CallerAccount, aws:PrincipalOrgID); one on how the key is used does not: kms:ViaService "
            "lets everybody use the key through DynamoDB. The policies of AWS managed keys have both. Where a "
            "condition cannot be understood, it is not known whether the policy is open. Keys that the configuration "
            "does not make are judged where they are made."
        ),
        remedy="Name the principals, or restrict them by a condition.",
        references=(
            "https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html",
            "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
        ),
        good=(
            Example("Without a policy the key has the default one.", KEY + encrypted("aws_kms_key.orders.arn")),
            Example("The account itself.", document(admit("AWS arn:aws:iam::111122223333:root", "kms:*")) + _TABLE),
            Example(
                "Everybody of the account, through DynamoDB.",
                _ME + document(admit("AWS *", "kms:Decrypt", _SERVICE, _ACCOUNT)) + _TABLE,
            ),
        ),
        bad=(
            Example("Everybody.", document(admit("AWS *", "kms:*", mark=_OPEN)) + _TABLE),
            Example(
                "Everybody, through DynamoDB.", document(admit("AWS *", "kms:Decrypt", _SERVICE, mark=_OPEN)) + _TABLE
            ),
            Example(
                "A policy that is a resource of its own.",
                document(admit("* *", "kms:Decrypt", mark=_OPEN))
                + block(
                    'resource "aws_kms_key_policy" "orders"',
                    "key_id = aws_kms_key.orders.id\npolicy = data.aws_iam_policy_document.orders.json",
                )
                + "\n"
                + KEY
                + encrypted("aws_kms_key.orders.arn"),
            ),
        ),
        unknown=(
            Example(
                "The policy is a variable without a value.",
                variable("policy")
                + key("policy = var.policy # expect-unknown: DDB303")
                + encrypted("aws_kms_key.orders.arn"),
            ),
            Example(
                "The account is a variable without a value.",
                variable("account_id")
                + document(
                    admit(
                        "AWS *",
                        "kms:Decrypt",
                        ("StringLike", "kms:CallerAccount", "[var.account_id]"),
                        mark="# expect-unknown: DDB303",
                    )
                )
                + _TABLE,
            ),
        ),
    )
    subject = TableKey

    def check(self, subject: TableKey, context: RuleContext) -> Iterator[Problem]:
        key = made_here(subject)
        if key is None:
            message = f"whether the policy of the key of {users(subject)} admits everybody is not known"
            yield unknown(message, subject.arn, because=subject.unknown, label="not known which key")
            return
        for policy, doubt in key_policies(key, context.estate):
            problems = admissions(policy, f"the key policy {policy.address}")
            if doubt is None:
                yield from problems
            elif next(problems, None) is not None:
                message = (
                    f"whether {policy.address}, which may admit everybody, is the policy of {key.address} is not known"
                )
                yield unknown(message, policy.span, because=doubt, detail=policy.address)
