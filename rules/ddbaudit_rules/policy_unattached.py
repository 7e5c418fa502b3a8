"""IAM514: policies and policy documents that nothing attaches, outputs or refers to."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.iam import Policy
from ddbaudit.model.uses import use_of
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import allow, block, policy, table, variable
from ddbaudit_rules._support.iam_examples import attached, managed, role

_DOCUMENT = table() + "\n" + policy(allow("GetItem", "[aws_dynamodb_table.orders.arn]")) + "\n"
_POLICY = _DOCUMENT + managed() + "\n"
_ARN = "aws_iam_policy.orders.arn"


class PolicyUnattached(Rule[Policy]):
    meta = RuleMeta(
        id="IAM514",
        name="policy-unattached",
        severity=Severity.LOW,
        since="0.1.0",
        summary="Nothing attaches, outputs or refers to a policy or policy document.",
        rationale=(
            "A managed policy grants nothing until it is attached, and a policy document nothing until a policy is "
            "made of it. One that nothing uses is most often an attachment that was forgotten. An output, a local or "
            "an argument that refers to it counts as a use, also where `count` is 0 this time; a reference in an "
            "attachment counts if the attachment is of that policy."
        ),
        remedy="Attach the policy, output its ARN, or remove it.",
        references=(
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role_policy_attachment",
        ),
        good=(
            Example("Attached to a role.", _POLICY + role() + attached(_ARN)),
            Example("An output leads to it.", _POLICY + block('output "policy_arn"', f"value = {_ARN}")),
            Example(
                "Attached to a role of another configuration.",
                _POLICY
                + block(
                    'resource "aws_iam_role_policy_attachment" "orders"', f'role       = "orders"\npolicy_arn = {_ARN}'
                ),
            ),
            Example(
                "Attached where that is asked for.",
                variable("attach", "bool", "false")
                + _POLICY
                + role()
                + attached(_ARN).replace("{\n", "{\n  count = var.attach ? 1 : 0\n\n", 1),
            ),
        ),
        bad=(
            Example("A managed policy by itself.", _DOCUMENT + managed(header="# expect: IAM514")),
            Example(
                "A document of which no policy is made.",
                _DOCUMENT.replace('"orders" {\n  statement', '"orders" { # expect: IAM514\n  statement'),
            ),
            Example(
                "One of two is attached.",
                _DOCUMENT
                + managed()
                + "\n"
                + managed("writers", header="# expect: IAM514")
                + "\n"
                + role()
                + attached(_ARN),
            ),
        ),
        unknown=(
            Example(
                "What is attached is a variable without a value.",
                variable("policy_arn")
                + _DOCUMENT
                + managed(header="# expect-unknown: IAM514")
                + "\n"
                + role()
                + attached("var.policy_arn"),
            ),
            Example(
                "A part of what is attached is a variable without a value.",
                variable("name")
                + _DOCUMENT
                + managed(header="# expect-unknown: IAM514")
                + "\n"
                + role()
                + attached('"arn:aws:iam::111122223333:policy/${var.name}"'),
            ),
        ),
    )
    subject = Policy

    def check(self, subject: Policy, context: RuleContext) -> Iterator[Problem]:
        is_document = subject.kind == "document"
        if not is_document and (subject.kind != "identity" or subject.instance.type != "aws_iam_policy"):
            raise NotApplicable("it is part of what it is for")
        (verdict, doubt), header = use_of(subject, context.estate), subject.instance.body.header
        if verdict is Verdict.FAIL:
            yield fail(
                f"nothing {'uses' if is_document else 'attaches or outputs'} {subject.label}",
                header,
                label="no policy is made of it" if is_document else "grants nothing to anybody",
                help="make a policy of it, or remove it" if is_document else "attach it, output its ARN, or remove it",
            )
        elif verdict is Verdict.UNKNOWN:
            yield unknown(f"whether anything uses {subject.label} is not known", header, because=doubt)
