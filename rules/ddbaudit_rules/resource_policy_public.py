"""DDB304: resource policies of tables that admit everybody."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.encryption import RESOURCE_POLICY
from ddbaudit.model.iam import Policy
from ddbaudit.sdk.problem import Problem
from ddbaudit.sdk.rule import Example, NotApplicable, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import block, table, variable
from ddbaudit_rules._support.kms_examples import admit, document
from ddbaudit_rules._support.openness import admissions

_GET = "dynamodb:GetItem"
_OPEN = "# expect: DDB304"
_ORGANISATION = ("StringEquals", "aws:PrincipalOrgID", '["o-a1b2c3d4e5"]')


def _policy(policy: str = "data.aws_iam_policy_document.orders.json") -> str:
    lines = f"resource_arn = aws_dynamodb_table.orders.arn\npolicy       = {policy}"
    return block('resource "aws_dynamodb_resource_policy" "orders"', lines) + "\n" + table()


def _on_stream(*statements: str) -> str:
    return (document(*statements) + _policy()).replace("orders.arn", "orders.stream_arn")


class ResourcePolicyPublic(Rule[Policy]):
    meta = RuleMeta(
        id="DDB304",
        name="resource-policy-public",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="The resource policy of a table or stream admits everybody.",
        rationale=(
            "The principal `*` is every principal of every AWS account. A condition on who calls (aws:PrincipalOrgID, "
            "aws:PrincipalAccount, aws:SourceVpce) restricts it; one on how the request is made, such as "
            "aws:SecureTransport, does not. AWS blocks public policies of tables when they are applied: neither "
            "`terraform validate` nor `terraform plan` sees it. Conditions that cannot be understood leave it open "
            "whether the policy is public."
        ),
        remedy="Name the principals, or restrict them by a condition.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-bpa-rbp.html",
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/access-control-resource-based.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_resource_policy",
        ),
        good=(
            Example("One account.", document(admit("AWS arn:aws:iam::111122223333:root", _GET)) + _policy()),
            Example("The organisation.", document(admit("AWS *", _GET, _ORGANISATION)) + _policy()),
            Example("A policy that only denies.", document(admit("* *", _GET, effect="Deny")) + _policy()),
        ),
        bad=(
            Example("Everybody.", document(admit("AWS *", _GET, mark=_OPEN)) + _policy()),
            Example(
                "Everybody, with TLS.",
                document(admit("* *", _GET, ("Bool", "aws:SecureTransport", '["true"]'), mark=_OPEN)) + _policy(),
            ),
            Example("The policy of a stream.", _on_stream(admit("AWS *", "dynamodb:GetRecords", mark=_OPEN))),
        ),
        unknown=(
            Example(
                "The policy is a variable without a value.",
                variable("policy") + _policy("var.policy # expect-unknown: DDB304"),
            ),
            Example(
                "Whom a range of addresses leaves out cannot be told.",
                document(
                    admit(
                        "AWS *",
                        _GET,
                        ("IpAddress", "aws:SourceIp", '["192.0.2.0/24"]'),
                        mark="# expect-unknown: DDB304",
                    )
                )
                + _policy(),
            ),
        ),
    )
    subject = Policy

    def check(self, subject: Policy, context: RuleContext) -> Iterator[Problem]:
        if subject.instance.type != RESOURCE_POLICY:
            raise NotApplicable("it is not the resource policy of a table")
        yield from admissions(subject, f"the resource policy {subject.address}")
