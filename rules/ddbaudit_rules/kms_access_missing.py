"""IAM509: identities that may use a table, but not the customer managed key that encrypts it."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.principals import Identity
from ddbaudit.sdk.problem import Problem
from ddbaudit.sdk.rule import Example, NotApplicable, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import allow, block, policy, table, variable
from ddbaudit_rules._support.iam_examples import attached, role, role_policy
from ddbaudit_rules._support.key_access import locked_out, locked_tables

_KEY = 'resource "aws_kms_key" "orders" {\n  enable_key_rotation = true\n}\n\n'
_TABLE = table(block("server_side_encryption", "enabled     = true\nkms_key_arn = aws_kms_key.orders.arn")) + "\n"
_ITEMS = allow("GetItem PutItem", "[aws_dynamodb_table.orders.arn]")
_FAILS = allow("GetItem PutItem", "[aws_dynamodb_table.orders.arn] # expect: IAM509")
_UNSURE = allow("GetItem PutItem", "[aws_dynamodb_table.orders.arn] # expect-unknown: IAM509")
_DECRYPT = 'actions   = ["kms:Decrypt"]\nresources = [aws_kms_key.orders.arn]'
_VIA = 'condition {{\n  test     = "StringEquals"\n  variable = "kms:ViaService"\n  values   = ["{}"]\n}}'
_ROLE = role()
_IN = "\n" + role_policy()


class KmsAccessMissing(Rule[Identity]):
    meta = RuleMeta(
        id="IAM509",
        name="kms-access-missing",
        severity=Severity.MEDIUM,
        since="0.1.0",
        summary="An identity may read or write a table under a customer managed key, but not decrypt with the key.",
        rationale=(
            "DynamoDB decrypts the table's key on behalf of the caller: without kms:Decrypt on the customer managed "
            "key every read and write fails with AccessDeniedException. Counted are the identity's policies, as far as "
            "the key's policy lets the account decide, what the key's policy itself grants, and grants of the "
            "configuration. A condition on kms:ViaService must name DynamoDB; the ARN of an alias in `Resource` is not "
            "that of its key. Of keys that are made elsewhere only the identity's side is seen."
        ),
        remedy="Allow kms:Decrypt on the key, by way of DynamoDB, in the identity's policy or in the key's.",
        references=(
            "https://docs.aws.amazon.com/kms/latest/developerguide/services-dynamodb.html",
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html",
            "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html",
        ),
        good=(
            Example(
                "The key by way of DynamoDB.",
                _KEY
                + _TABLE
                + _ROLE
                + policy(_ITEMS, f"{_DECRYPT}\n\n{_VIA.format('dynamodb.eu-west-1.amazonaws.com')}")
                + _IN,
            ),
            Example(
                "The key's policy lets the role in.",
                _KEY.replace("true\n", "true\n  policy              = data.aws_iam_policy_document.key.json\n")
                + policy(
                    'actions   = ["kms:Decrypt"]\nresources = ["*"]\n\n'
                    'principals {\n  type        = "AWS"\n  identifiers = [aws_iam_role.orders.arn]\n}',
                    name="key",
                )
                + "\n"
                + _TABLE
                + _ROLE
                + policy(_ITEMS)
                + _IN,
            ),
            Example("No customer managed key.", table() + "\n" + _ROLE + policy(_ITEMS) + _IN),
        ),
        bad=(
            Example("The key is forgotten.", _KEY + _TABLE + _ROLE + policy(_FAILS) + _IN),
            Example(
                "The key may be used by way of S3 only.",
                _KEY
                + _TABLE
                + _ROLE
                + policy(_FAILS, f"{_DECRYPT}\n\n{_VIA.format('s3.eu-west-1.amazonaws.com')}")
                + _IN,
            ),
            Example(
                "AWS's own policy for DynamoDB does not decrypt.",
                _KEY + _TABLE + _ROLE + attached('"arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess" # expect: IAM509'),
            ),
        ),
        unknown=(
            Example(
                "The key is made elsewhere, and its policy may let the role in.",
                variable("kms_key_arn")
                + _TABLE.replace("aws_kms_key.orders.arn", "var.kms_key_arn")
                + _ROLE
                + policy(_UNSURE)
                + _IN,
            ),
            Example(
                "A further policy of the role is a variable without a value.",
                variable("policy_arn") + _KEY + _TABLE + _ROLE + policy(_UNSURE) + _IN + attached("var.policy_arn"),
            ),
        ),
    )
    subject = Identity

    def check(self, subject: Identity, context: RuleContext) -> Iterator[Problem]:
        if subject.kind == "group":
            raise NotApplicable("its users are judged with the policies of their groups")
        if not context.estate.once(locked_tables):
            raise NotApplicable("no table is encrypted with a customer managed key")
        yield from locked_out(subject, context.estate)
