"""DDB406: names of roles, buckets, alarms and other resources that do not follow the naming convention."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from ddbaudit.foundation.text import suggestion
from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.names import NAME_ARGUMENTS, NamedResource
from ddbaudit.sdk.problem import Problem
from ddbaudit.sdk.rule import Example, NotApplicable, Params, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.details import neutral
from ddbaudit_rules._support.examples import block, variable
from ddbaudit_rules._support.naming import Definition, check_pattern, compile_pattern, judge_name

_ROLES = {
    "patterns": {"aws_iam_role": "bbws-{service}-role-{env}"},
    "placeholders": {"service": ["auth", "contract"]},
}
_TRUST = 'assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })'


def _role(name: str) -> str:
    return block('resource "aws_iam_role" "orders"', f"{name}\n{_TRUST}")


class ResourceNamingParams(Params, frozen=True):
    """Parameters of resource-name-off-convention."""

    patterns: Annotated[
        dict[str, str], msgspec.Meta(description="the pattern of the names, by type of resource; others are not judged")
    ] = msgspec.field(default_factory=dict)
    placeholders: Annotated[
        dict[str, Definition],
        msgspec.Meta(description="placeholders of your own: a list of words, or a regular expression"),
    ] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        for type_, pattern in self.patterns.items():
            if type_ not in NAME_ARGUMENTS:
                raise ValueError(f'"{type_}" is no type whose names are judged{suggestion(type_, NAME_ARGUMENTS)}')
            check_pattern(pattern, self.placeholders, ("env",))


class ResourceNameOffConvention(Rule[NamedResource]):
    """Parameters: `patterns` such as {aws_iam_role: "bbws-{service}-role-{env}"}, and `placeholders`."""

    meta = RuleMeta(
        id="DDB406",
        name="resource-name-off-convention",
        severity=Severity.LOW,
        since="0.1.0",
        summary="A resource's name does not match the naming pattern that the pack has for its type.",
        rationale=(
            "Roles, policies, buckets, log groups, alarms and parameters are found by their names, in the console, in "
            "dashboards and in permissions boundaries that allow a prefix. In a pattern, `{env}` is the environment "
            "that is being evaluated, `{entity}` is words of lower-case letters and digits joined by hyphens; the pack "
            "may define placeholders of its own. Names that the provider makes up are not judged. A name of which only "
            "parts are known is judged by those."
        ),
        remedy="Put the name together as the pattern says. Renaming most resources replaces them.",
        references=(
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
            "https://developer.hashicorp.com/terraform/language/expressions/strings",
        ),
        good=(
            Example("The name matches.", _role('name = "bbws-auth-role-dev"'), _ROLES),
            Example("Another type is not judged.", 'resource "aws_sns_topic" "x" {\n  name = "x"\n}\n', _ROLES),
            Example("The provider makes the name up.", _role('name_prefix = "bbws-"'), _ROLES),
        ),
        bad=(
            Example("The environment is missing.", _role('name = "bbws-auth-role" # expect: DDB406'), _ROLES),
            Example("There is no such service.", _role('name = "bbws-billing-role-dev" # expect: DDB406'), _ROLES),
            Example(
                "The known beginning is wrong already.",
                variable("service") + _role('name = "mindlinks-${var.service}" # expect: DDB406'),
                _ROLES,
            ),
        ),
        unknown=(
            Example(
                "The service is a variable without a value.",
                variable("service") + _role('name = "bbws-${var.service}-role-dev" # expect-unknown: DDB406'),
                _ROLES,
            ),
            Example(
                "The whole name is a variable without a value.",
                variable("name") + _role("name = var.name # expect-unknown: DDB406"),
                _ROLES,
            ),
        ),
    )
    subject = NamedResource
    params = ResourceNamingParams

    def check(self, subject: NamedResource, context: RuleContext) -> Iterator[Problem]:
        params: ResourceNamingParams = context.params
        pattern = params.patterns.get(subject.instance.type)
        if pattern is None:
            raise NotApplicable(f"no pattern is set for names of {subject.instance.type}")
        if not subject.name.is_set:
            raise NotApplicable("the provider makes up the name")
        compiled = compile_pattern(pattern, params.placeholders, {"env": ((context.environment,),)})
        yield from neutral(judge_name(subject.name, subject.address, compiled), context.environment)
