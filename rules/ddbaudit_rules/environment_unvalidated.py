"""TF606: environment variables that take any text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from ddbaudit.foundation.text import join_names
from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.modules import Module
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Params, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import block
from ddbaudit_rules._support.modules import source_of

_PARAMS = {"environments": ["dev", "sit", "prod"]}
_NO_ENVIRONMENT = "no-such-environment"


def _environment(condition: str | None, header: str = "") -> str:
    message = 'error_message = "Environment must be dev, sit or prod."'
    validation = block("validation", f"condition     = {condition}\n{message}") if condition else ""
    return block('variable "environment"', "type = string", validation, header=header)


class EnvironmentParams(Params, frozen=True):
    """Parameters of environment-unvalidated."""

    environments: Annotated[
        tuple[str, ...],
        msgspec.Meta(description="the environments that there are; without them nothing is judged"),
    ] = ()
    names: Annotated[tuple[str, ...], msgspec.Meta(description="the names of variables that hold the environment")] = (
        "environment",
        "env",
    )


class EnvironmentUnvalidated(Rule[Module]):
    """Parameters: `environments`, `names`."""

    meta = RuleMeta(
        id="TF606",
        name="environment-unvalidated",
        severity=Severity.LOW,
        since="0.1.0",
        summary="The variable for the environment has no validation, or one that does not list the environments.",
        rationale=(
            "The environment's name goes into the names of tables and decides what is protected. A misspelt one makes "
            "new, empty and unprotected tables and no error. The validation is tried out: it must accept every "
            "environment of the pack and refuse a word that is none, in whatever way it is written."
        ),
        remedy='Add `validation { condition = contains(["dev", …], var.environment) … }` with the environments.',
        references=(
            "https://developer.hashicorp.com/terraform/language/values/variables",
            "https://developer.hashicorp.com/terraform/language/validate",
        ),
        good=(
            Example("A list.", _environment('contains(["dev", "sit", "prod"], var.environment)'), _PARAMS),
            Example("A pattern.", _environment('can(regex("^(dev|sit|prod)$", var.environment))'), _PARAMS),
            Example("No variable holds the environment.", 'variable "name" {\n  type = string\n}\n', _PARAMS),
        ),
        bad=(
            Example("No validation.", _environment(None, "# expect: TF606"), _PARAMS),
            Example(
                "Production is refused.",
                _environment('contains(["dev", "sit"], var.environment)', "# expect: TF606"),
                _PARAMS,
            ),
            Example("Anything is accepted.", _environment("length(var.environment) > 1", "# expect: TF606"), _PARAMS),
        ),
        unknown=(
            Example(
                "The validation depends on another variable.",
                'variable "environments" {\n  type = list(string)\n}\n\n'
                + _environment("contains(var.environments, var.environment)", "# expect-unknown: TF606"),
                _PARAMS,
            ),
            Example(
                "The validation may be in what cannot be parsed.",
                block('variable "environment"', "type = = string", header="# expect-unknown: TF606"),
                _PARAMS,
            ),
        ),
    )
    subject = Module
    params = EnvironmentParams

    def check(self, subject: Module, context: RuleContext) -> Iterator[Problem]:
        params: EnvironmentParams = context.params
        if not params.environments:
            raise NotApplicable("no environments are set")
        listed = join_names(params.environments)
        for variable in source_of(subject).variables:
            if variable.name not in params.names:
                continue
            name = f"var.{variable.name} of {subject.label}"
            if variable.broken:
                message = f"whether {name} has a validation is not known: it cannot be parsed"
                yield unknown(message, variable.header, detail=variable.name)
                continue
            if not variable.validated:
                yield fail(f"{name} takes any text", variable.header, label="no validation", detail=variable.name)
                continue
            answers = {text: variable.accepts(text) for text in (*params.environments, _NO_ENVIRONMENT)}
            surplus = answers.pop(_NO_ENVIRONMENT)
            refused = [text for text, answer in answers.items() if answer is False]
            if refused or surplus:
                what = f"refuses {join_names(refused)}" if refused else "accepts what is no environment"
                message = f"the validation of {name} {what}"
                yield fail(message, variable.header, label=what, help=f"list {listed}", detail=variable.name)
            elif surplus is None or None in answers.values():
                message = (
                    f"whether the validation of {name} lists {listed} is not known: it depends on more than the value"
                )
                yield unknown(message, variable.header, detail=variable.name)
