"""TF605: accounts, regions, ARNs and environments that are written into a module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.modules import Module
from ddbaudit.sdk.problem import Problem, fail
from ddbaudit.sdk.rule import Example, Params, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import table, variable
from ddbaudit_rules._support.literals import hardcoded
from ddbaudit_rules._support.modules import reusable, unread

_ENVIRONMENTS = {"environments": ["dev", "sit", "prod"]}
_REMEDIES = {
    "account": "take it from a variable, or from data.aws_caller_identity",
    "region": "take it from a variable, or from data.aws_region",
    "ARN": "refer to the resource, or take the ARN from a variable",
    "environment": "take it from the variable for the environment",
}


class HardcodedParams(Params, frozen=True):
    """Parameters of value-hardcoded."""

    environments: Annotated[
        tuple[str, ...],
        msgspec.Meta(description="names of environments, which are then not to be written into names"),
    ] = ()
    allowed: Annotated[
        tuple[str, ...],
        msgspec.Meta(description="accounts, regions, ARNs and environments that may be written into modules"),
    ] = ()


class ValueHardcoded(Rule[Module]):
    """Parameters: `environments`, `allowed`."""

    meta = RuleMeta(
        id="TF605",
        name="value-hardcoded",
        severity=Severity.MEDIUM,
        since="0.1.0",
        summary="An account id, a region, an ARN or the name of an environment is written into a module.",
        rationale=(
            "A module that is to serve several environments must not know any of them: with production's account or "
            "region in it, the test environment reaches for production's tables, or the module cannot be used twice. "
            "Judged are modules, not the root of a configuration, which configures a provider or a backend: values are "
            "given there. Defaults of variables, texts that are only compared, object keys and the ARNs of AWS's own "
            "policies are not meant."
        ),
        remedy="Take the value from a variable, a data source or a reference.",
        references=(
            "https://developer.hashicorp.com/terraform/language/modules/develop",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html",
        ),
        good=(
            Example(
                "The environment is a variable.", variable("environment") + table(name='"orders-${var.environment}"')
            ),
            Example(
                "A policy of AWS's own, and an environment that is only compared.",
                variable("environment")
                + 'resource "aws_iam_role_policy_attachment" "logs" {\n  role       = "orders"\n'
                '  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"\n}\n\n'
                + table(deletion_protection_enabled='var.environment == "prod"'),
                _ENVIRONMENTS,
            ),
            Example(
                "The root of a configuration gives the values.",
                'provider "aws" {\n  region = "eu-west-1"\n}\n\nlocals {\n  account = "111122223333"\n}\n',
            ),
        ),
        bad=(
            Example(
                "The ARN of one key of one account.",
                table("""
                server_side_encryption {
                  enabled     = true
                  kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/orders" # expect: TF605
                }
                """),
            ),
            Example(
                "A region, and a bucket, in a heredoc.",
                'locals {\n  region    = "eu-west-1" # expect: TF605\n  statement = <<-EOT\n    {\n'
                '      "Resource": "arn:aws:s3:::bbws-orders/*" # expect: TF605\n    }\n  EOT\n}\n',
            ),
            Example("An environment in a name.", table(name='"orders-dev" # expect: TF605'), _ENVIRONMENTS),
        ),
        unknown=(
            Example(
                "More may stand in what cannot be parsed.",
                'locals { # expect-unknown: TF605\n  key = = "arn:aws:kms:eu-west-1:111122223333:key/orders"\n}\n',
            ),
            Example(
                "A block cannot be parsed.",
                'locals { # expect-unknown: TF605\n  name = "orders"\n}\n\noutput "x" {\n  value = ]\n}\n',
            ),
        ),
    )
    subject = Module
    params = HardcodedParams

    def check(self, subject: Module, context: RuleContext) -> Iterator[Problem]:
        params: HardcodedParams = context.params
        written = reusable(subject)
        yield from unread(subject, written, "whether anything is hardcoded")
        for text in written.texts():
            found = hardcoded(text.text, params.environments, params.allowed)
            if found is not None:
                what, value = found
                message = f'the {what} "{value}" is hardcoded in {subject.label}'
                yield fail(message, text.span, label=f"one {what}", help=_REMEDIES[what], detail=f"{what}:{value}")
