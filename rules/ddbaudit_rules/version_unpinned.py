"""TF609: modules that do not say which versions they need."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.modules import Module
from ddbaudit.sdk.problem import Problem, fail
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import table
from ddbaudit_rules._support.modules import source_of, unread

_AWS = '\n    aws = {{\n      source  = "hashicorp/aws"{}\n    }}\n'
_VERSIONS = 'terraform {{\n  required_version = ">= 1.0.0"\n\n  required_providers {{' + "{}" + "  }}\n}}\n\n"


def _versions(version: str = '\n      version = ">= 5.0.0"') -> str:
    return _VERSIONS.format(_AWS.format(version))


class VersionUnpinned(Rule[Module]):
    meta = RuleMeta(
        id="TF609",
        name="version-unpinned",
        severity=Severity.MEDIUM,
        since="0.1.0",
        summary="A module does not say which version of Terraform, or of a provider that it uses, it needs.",
        rationale=(
            "Without a constraint `terraform init` takes the newest provider there is: the next major version, in "
            "which arguments are gone or mean something else, arrives unasked. Every module says what it was written "
            "for; Terraform then chooses a version that suits all of them. A constraint of any kind satisfies the rule."
        ),
        remedy="Add `required_version` and, per provider, `version` in a `terraform` block.",
        references=(
            "https://developer.hashicorp.com/terraform/language/providers/requirements",
            "https://developer.hashicorp.com/terraform/language/expressions/version-constraints",
        ),
        good=(
            Example("Both are asked for.", _versions() + table()),
            Example(
                "Nothing is used that has versions of its own.",
                'terraform {\n  required_version = ">= 1.0.0"\n}\n\nresource "terraform_data" "x" {}\n',
            ),
            Example(
                "The short form.",
                _VERSIONS.format('\n    aws = "~> 5.0"\n') + table(),
            ),
        ),
        bad=(
            Example("No version of Terraform is asked for, nor of the provider.", table(header="# expect: TF609")),
            Example("A source is no version.", _versions("") + table(header="# expect: TF609")),
            Example(
                "Only the provider has a version.",
                _versions().replace('  required_version = ">= 1.0.0"\n\n', "").replace("{", "{ # expect: TF609", 1)
                + table(),
            ),
        ),
        unknown=(
            Example(
                "The constraint may be in what cannot be parsed.",
                "terraform { # expect-unknown: TF609\n  required_version = = 1\n}\n",
            ),
            Example(
                "Another block cannot be parsed.",
                'locals { # expect-unknown: TF609\n  name = ]\n}\n\nresource "aws_kms_key" "orders" {}\n',
            ),
        ),
    )
    subject = Module

    def check(self, subject: Module, context: RuleContext) -> Iterator[Problem]:
        written = source_of(subject)
        if written.broken:
            yield from unread(subject, written, "which versions are needed")
            return
        if written.version is None:
            message = f"{subject.label} does not say which version of Terraform it needs"
            help = 'add required_version = ">= …" to a terraform block'
            yield fail(message, written.header, label="no required_version", help=help, detail="terraform")
        for name, place in written.used.items():
            if name not in written.constrained:
                message = f'{subject.label} does not say which version of the provider "{name}" it needs'
                help = f"add version to {name} in required_providers"
                yield fail(message, place, label="used here", help=help, detail=name)
