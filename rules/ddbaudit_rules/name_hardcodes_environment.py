"""DDB405: names with the environment written into them, where others take it from a value."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.estate import Estate
from ddbaudit.model.names import NamedResource, environment_words, named_resources
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.environments import environments_of
from ddbaudit_rules._support.examples import block, table, variable

_ENVIRONMENT = variable("environment", default='"dev"')
_ROLE = 'resource "aws_iam_role" "orders"'
_UNSEEN = frozenset({"broken", "error", "missing-module", "unsupported"})


def _role(name: str) -> str:
    trust = 'assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })'
    return block(_ROLE, f"name = {name}\n{trust}") + "\n"


class NameHardcodesEnvironment(Rule[NamedResource]):
    meta = RuleMeta(
        id="DDB405",
        name="name-hardcodes-environment",
        severity=Severity.MEDIUM,
        since="0.1.0",
        summary="The environment is written into a name, where other names take it from a value.",
        rationale=(
            "Where names are made of a variable for the environment, one with `dev` written into it keeps it in every "
            "environment: production then makes or uses a table, role or bucket that is called dev, or collides with "
            "it. Judged are names of resources in roots in which at least one name takes the environment from a value. "
            "What a tfvars file gives, and what is chosen by another value, varies and is not meant."
        ),
        remedy="Take the environment from the variable that the other names take it from.",
        references=(
            "https://developer.hashicorp.com/terraform/language/expressions/strings",
            "https://developer.hashicorp.com/terraform/language/values/variables",
        ),
        good=(
            Example(
                "All names take it from the variable.",
                _ENVIRONMENT + _role('"orders-${var.environment}"') + table(name='"orders-${var.environment}"'),
            ),
            Example(
                "A name that is chosen by the environment.",
                _ENVIRONMENT
                + 'locals {\n  names = { dev = "orders-dev", prod = "orders-prod" }\n}\n\n'
                + _role('"orders-${var.environment}"')
                + table(name="local.names[var.environment]"),
            ),
            Example("No name takes it from a value.", _role('"orders-dev"') + table(name='"orders-dev"')),
        ),
        bad=(
            Example(
                "It is written into the table's name.",
                _ENVIRONMENT + _role('"orders-${var.environment}"') + table(name='"orders-dev" # expect: DDB405'),
            ),
            Example(
                "It is written into a part of the name.",
                _ENVIRONMENT
                + _role('"bbws-dev-${var.environment}" # expect: DDB405')
                + table(name='"orders-${var.environment}"'),
            ),
            Example(
                "It is another environment's, even.",
                _ENVIRONMENT + _role('"orders-${var.environment}"') + table(name='"orders-prod" # expect: DDB405'),
                others={"prod": table(name='"orders-prod"')},
            ),
        ),
        unknown=(
            Example(
                "The name cannot be parsed.",
                _ENVIRONMENT
                + _role('"orders-${var.environment}"')
                + table(name='= "orders-dev" # expect-unknown: DDB405'),
            ),
            Example(
                "The expression is in error.",
                _ENVIRONMENT
                + _role('"orders-${var.environment}"')
                + table(name='"orders-${upper()}" # expect-unknown: DDB405'),
            ),
        ),
    )
    subject = NamedResource

    def check(self, subject: NamedResource, context: RuleContext) -> Iterator[Problem]:
        environments = environments_of(context)
        if not environments:
            raise NotApplicable("the environment is not known")
        if context.estate.evaluation.written is None:
            raise NotApplicable("a plan does not tell what names are made of")
        varying = _varying(context.estate, environments)
        if varying is None:
            raise NotApplicable("no name takes the environment from a value")
        what = subject.name.unknown
        for word in environment_words(subject.name, environments):
            if word.literal is not None:
                message = f'"{word.environment}" is written into the name of {subject.address}'
                related = (Related(varying.name.span, "this name takes the environment from a value"),)
                yield fail(message, subject.name, label="in every environment", related=related, offset=word.offset)
                return
        if what is not None and what.cause.kind in _UNSEEN:
            yield unknown(
                f"whether the environment is written into the name of {subject.address} is not known", subject.name
            )


def _varying(estate: Estate, environments: tuple[str, ...]) -> NamedResource | None:
    """A resource whose name takes the environment from a value."""
    return next(
        (
            resource
            for resource in estate.once(named_resources)
            if any(word.literal is None for word in environment_words(resource.name, environments))
        ),
        None,
    )
