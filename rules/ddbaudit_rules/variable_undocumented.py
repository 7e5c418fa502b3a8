"""TF607: variables and outputs without type or description."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ddbaudit.foundation.source import Span
from ddbaudit.foundation.text import join_names
from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.modules import Module
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import block
from ddbaudit_rules._support.modules import source_of

_NAME = 'type        = string\ndescription = "Name of the table"'


class VariableUndocumented(Rule[Module]):
    meta = RuleMeta(
        id="TF607",
        name="variable-undocumented",
        severity=Severity.LOW,
        since="0.1.0",
        summary="A variable has no type or no description, or an output no description.",
        rationale=(
            "Variables and outputs are what others see of a module. Without a type Terraform takes any value and fails "
            "somewhere inside; without a description the next user has to read the code."
        ),
        remedy="Say what it is for, and for a variable which type it has.",
        references=(
            "https://developer.hashicorp.com/terraform/language/style",
            "https://developer.hashicorp.com/terraform/language/values/variables",
        ),
        good=(
            Example("A variable with both.", block('variable "name"', _NAME)),
            Example(
                "An output with a description.",
                block('output "name"', 'description = "Name of the table"\nvalue       = "orders"'),
            ),
            Example("A module without variables and outputs.", 'locals {\n  name = "orders"\n}\n'),
        ),
        bad=(
            Example("No type.", block('variable "name"', 'description = "Name"', header="# expect: TF607")),
            Example("No description.", block('variable "name"', "type = string", header="# expect: TF607")),
            Example(
                "An empty description, and an output without any.",
                block('variable "name"', 'type        = string\ndescription = " "', header="# expect: TF607")
                + "\n"
                + block('output "name"', "value = var.name", header="# expect: TF607"),
            ),
        ),
        unknown=(
            Example(
                "The description may be in what cannot be parsed.",
                block('variable "name"', "type = string\ndefault = = 1", header="# expect-unknown: TF607"),
            ),
            Example("The same of an output.", block('output "name"', "value = ]", header="# expect-unknown: TF607")),
        ),
    )
    subject = Module

    def check(self, subject: Module, context: RuleContext) -> Iterator[Problem]:
        written = source_of(subject)
        for variable in written.variables:
            missing = [
                word for word, given in (("type", variable.typed), ("description", variable.described)) if not given
            ]
            yield from _problem(f"var.{variable.name}", missing, variable.header, broken=variable.broken)
        for output in written.outputs:
            missing = [] if output.described else ["description"]
            yield from _problem(f"output.{output.name}", missing, output.header, broken=output.broken)


def _problem(name: str, missing: Sequence[str], header: Span, *, broken: bool) -> Iterator[Problem]:
    if not missing:
        return
    what = join_names([f"no {word}" for word in missing])
    if broken:
        yield unknown(f"whether {name} has {what} is not known: it cannot be parsed", header, detail=name)
        return
    add = join_names([f"{word} = …" for word in missing])
    yield fail(f"{name} has {what}", header, label=what, help=f"add {add}", detail=name)
