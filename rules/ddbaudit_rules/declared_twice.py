"""TF613: what is declared twice, so that one of the two does not count."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.ir.instance import ModuleInstance
from ddbaudit.model.duplicates import InlineTwice, inline_twice
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import block, table, variable
from ddbaudit_rules._support.faults import problems

_ROLE = block(
    'resource "aws_iam_role" "orders"',
    'name               = "orders"\nassume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })',
)


def _inline(label: str, name: str) -> str:
    policy = 'jsonencode({ Version = "2012-10-17", Statement = [] })'
    body = f"name   = {name}\nrole   = aws_iam_role.orders.id\npolicy = {policy}"
    return "\n" + block(f'resource "aws_iam_role_policy" "{label}"', body)


class DeclaredTwice(Rule[ModuleInstance]):
    meta = RuleMeta(
        id="TF613",
        name="declared-twice",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="Something is declared twice in a module, or a role has two inline policies of one name.",
        rationale=(
            "Terraform refuses a resource, variable, local, output, provider or module call that is declared twice "
            "(`Duplicate resource`); what the second says is not judged. Two inline policies of the same name on one "
            "role it accepts: each apply writes one over the other, and the permissions of one of them are missing. "
            "What override files say is merged, and is no duplicate."
        ),
        remedy="Rename one of the two, or make one of them.",
        errors=(
            'terraform validate: Duplicate resource "aws_dynamodb_table" configuration: A '
            'aws_dynamodb_table resource named "orders" was already declared at',
        ),
        references=(
            "https://developer.hashicorp.com/terraform/language/resources/syntax",
            "https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html",
        ),
        good=(
            Example("Two tables of two names.", table() + "\n" + table().replace('"orders" {', '"users" {', 1)),
            Example("Two inline policies.", _ROLE + _inline("read", '"read"') + _inline("write", '"write"')),
            Example(
                "Their names differ, whatever the prefix is.",
                variable("prefix")
                + _ROLE
                + _inline("read", '"${var.prefix}-read"')
                + _inline("write", '"${var.prefix}-write"'),
            ),
        ),
        bad=(
            Example("The same table.", table() + "\n" + table(header="# expect: TF613")),
            Example(
                "A local and an output.",
                'locals {\n  name = "orders"\n}\n\nlocals {\n  name = "users" # expect: TF613\n}\n\n'
                'output "name" {\n  value = local.name\n}\n\noutput "name" { # expect: TF613\n  value = 1\n}\n',
            ),
            Example(
                "Two inline policies of one name.",
                _ROLE + _inline("read", '"access"') + _inline("write", '"access" # expect: TF613'),
            ),
        ),
        unknown=(
            Example(
                "The name of one is a variable without a value.",
                variable("name")
                + _ROLE
                + _inline("read", '"access"')
                + _inline("write", "var.name # expect-unknown: TF613"),
            ),
            Example(
                "The names have parts that may be the same.",
                variable("one")
                + variable("two")
                + _ROLE
                + _inline("read", '"${var.one}-access"')
                + _inline("write", '"${var.two}-access" # expect-unknown: TF613'),
            ),
        ),
    )
    subject = ModuleInstance
    faults = frozenset({"declared-twice"})

    def check(self, subject: ModuleInstance, context: RuleContext) -> Iterator[Problem]:
        yield from problems(subject.faults, self.faults)
        for twice in context.estate.once(inline_twice):
            if twice.policy.instance.module == subject.address:
                yield _inline_problem(twice)


def _inline_problem(twice: InlineTwice) -> Problem:
    policy, earlier, whose = twice.policy, twice.earlier, twice.identity.label
    related = (Related(earlier.name.span, "the other of that name"),)
    detail = f"{twice.identity.address}:{policy.address}"
    if twice.verdict is Verdict.UNKNOWN:
        message = f"whether {policy.address} and {earlier.address} have one name on {whose} is not known"
        return unknown(message, policy.name, because=twice.because, related=related, detail=detail)
    message = f"{whose} has two inline policies of one name, {earlier.address} and {policy.address}"
    return fail(message, policy.name, label="one replaces the other", related=related, detail=detail)
