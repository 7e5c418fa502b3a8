"""EST709: secrets in the plain environment of containers and functions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.environment_variables import Environment, EnvironmentVariable, names_of_secrets
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Params, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.environment_examples import function, task
from ddbaudit_rules._support.examples import variable
from ddbaudit_rules._support.secrets import form_of, hidden, holds_secret, names_secret

_HELP = "name the secret under `secrets` of the container, or read it from Secrets Manager or Parameter Store at start"
_ARN = '"arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-AbCdEf"'


class SecretInEnvironmentParams(Params, frozen=True):
    """Parameters: what is no secret."""

    allowed: Annotated[
        tuple[str, ...], msgspec.Meta(description="names of variables that look like those of secrets and are none")
    ] = ()


class SecretInEnvironment(Rule[Environment]):
    """Parameters: `allowed`, names of variables that only look like those of secrets."""

    meta = RuleMeta(
        id="EST709",
        name="secret-in-environment",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="A secret is written into the plain environment of a container or function.",
        rationale=(
            "Environment variables of task definitions and functions are shown to everybody who may describe them, "
            "and stand in the Terraform state and in every plan. ECS fetches what `secrets` names when a task starts; "
            "a function can read Secrets Manager or Parameter Store. A variable counts as secret by its name "
            "(password, secret, token, API key, private key), not when the name goes on (`_ARN`, `_NAME`, `_TTL`) or "
            "the value is an ARN, a path or the name of a stored secret; and, whatever its name, by a known form such "
            "as `AKIA…`."
        ),
        remedy="Store the secret in Secrets Manager or Parameter Store, and hand over its ARN.",
        references=(
            "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html",
            "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
        ),
        good=(
            Example(
                "The container names a stored secret.",
                task(f'secrets = [{{ name = "DB_PASSWORD", valueFrom = {_ARN} }}]'),
            ),
            Example(
                "The ARN of a secret, and words about secrets.", function(f"DB_SECRET = {_ARN}", 'TOKEN_TTL = "3600"')
            ),
            Example("It only looks like one.", function('MAGIC_TOKEN = "abc"'), {"allowed": ["MAGIC_TOKEN"]}),
        ),
        bad=(
            Example("A password of a function.", function('DB_PASSWORD = "hunter2" # expect: EST709')),
            Example(
                "A secret of a container, from a variable with a default.",
                variable("jwt_secret", default='"s3cr3t"')
                + task('environment = [{ name = "JWT_SECRET", value = var.jwt_secret }] # expect: EST709'),
            ),
            Example(
                "The form of an access key.",
                function('UPLOADER = "AKIAIOSFODNN7EXAMPLE" # expect: EST709'),
            ),
            Example(
                "A password in an address.",
                function('DATABASE = "postgres://orders:hunter2@db.internal/orders" # expect: EST709'),
            ),
        ),
        unknown=(
            Example(
                "The value is a variable without a value.",
                variable("password") + function("DB_PASSWORD = var.password # expect-unknown: EST709"),
            ),
            Example(
                "All of the environment is a variable without a value.",
                variable("environment", "list(map(string))")
                + task("environment = var.environment", header="# expect-unknown: EST709"),
            ),
        ),
    )
    subject = Environment
    params = SecretInEnvironmentParams

    def check(self, subject: Environment, context: RuleContext) -> Iterator[Problem]:
        if not subject.variables and subject.unknown is None:
            raise NotApplicable("it has no environment variables")
        pointers = context.estate.once(names_of_secrets)
        for found in subject.variables:
            if found.name not in context.params.allowed:
                yield from _judge(subject, found, pointers)
        if subject.unknown is not None:
            message = f"whether {subject.address} has a secret in its plain environment is not known"
            yield unknown(message, subject.span, because=subject.unknown, label="may hold more variables")


def _judge(subject: Environment, found: EnvironmentVariable, pointers: frozenset[str]) -> Iterator[Problem]:
    form = form_of(found.value)
    detail = ".".join(filter(None, (found.container, found.name)))
    verdict = Verdict.FAIL if not names_secret(found.name) else holds_secret(found, pointers)
    if form is not None or verdict is Verdict.PASS:
        message = f'the variable "{found.name}" in the plain environment of {subject.address} is a secret'
        label = f"has the form of {form}" if form is not None else "a secret in plain text"
        yield fail(message, hidden(found.value), label=label, help=_HELP, detail=detail)
    elif verdict is Verdict.UNKNOWN:
        message = f'whether the variable "{found.name}" of {subject.address} is a secret in plain text is not known'
        yield unknown(message, found.value, label="may be a secret", help=_HELP, detail=detail)
