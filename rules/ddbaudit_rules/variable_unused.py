"""TF610: variables, locals and data sources that nothing reads, and values for variables that do not exist."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.modules import Module
from ddbaudit.sdk.problem import Problem, fail
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import table, variable
from ddbaudit_rules._support.faults import problems
from ddbaudit_rules._support.modules import source_of, unread


class VariableUnused(Rule[Module]):
    meta = RuleMeta(
        id="TF610",
        name="variable-unused",
        severity=Severity.LOW,
        since="0.1.0",
        summary="A variable, local value or data source is declared and nothing reads it, or a value is given to none.",
        rationale=(
            "Whoever sets a variable expects it to change something. One that nothing reads looks like a switch and is "
            "none, such as an `enable_point_in_time_recovery` that never reaches the table; a line in a tfvars file "
            "whose name no variable has does not take effect either, and Terraform only warns of it. A data source "
            "that nothing reads still asks AWS on every plan. A variable that only its own validation mentions is not "
            "read. Names that begin with an underscore are taken as unused on purpose, and a data source with "
            "conditions of its own as a check."
        ),
        remedy="Use it where it was meant to take effect, or remove it.",
        references=(
            "https://developer.hashicorp.com/terraform/language/values/variables",
            "https://developer.hashicorp.com/terraform/language/values/locals",
        ),
        good=(
            Example("The variable is used.", variable("name", default='"orders"') + table(name="var.name")),
            Example(
                "One variable is read in the validation of another, a local in an output.",
                variable("least", "number", default="1")
                + 'variable "days" {\n  type    = number\n  default = 35\n\n  validation {\n'
                "    condition     = var.days >= var.least\n"
                '    error_message = "Too few days."\n  }\n}\n\n'
                + 'locals {\n  doubled = var.days * 2\n}\n\noutput "days" {\n  value = local.doubled\n}\n',
            ),
            Example(
                "The data source is only there to check something.",
                'data "aws_region" "current" {\n  lifecycle {\n    postcondition {\n'
                '      condition     = self.name != ""\n      error_message = "No region."\n    }\n  }\n}\n',
            ),
        ),
        bad=(
            Example(
                "The switch is not connected.",
                'variable "enable_point_in_time_recovery" { # expect: TF610\n  type    = bool\n  default = true\n}\n\n'
                + table(),
            ),
            Example(
                "The prefix is left over.",
                'locals {\n  prefix = "bbws" # expect: TF610\n  name   = "orders"\n}\n\n' + table(name="local.name"),
            ),
            Example(
                "Nothing reads the account, and only its own validation the variable.",
                'data "aws_caller_identity" "current" {} # expect: TF610\n\n'
                'variable "days" { # expect: TF610\n  type    = number\n  default = 35\n\n  validation {\n'
                '    condition     = var.days > 0\n    error_message = "Too few days."\n  }\n}\n',
            ),
        ),
        unknown=(
            Example(
                "The variable may be read where the file cannot be parsed.",
                'variable "environment" { # expect-unknown: TF610\n  type    = string\n  default = "dev"\n}\n\n'
                + table('table_class = = "STANDARD"'),
            ),
            Example(
                "A block cannot be parsed.",
                'locals { # expect-unknown: TF610\n  prefix = "bbws"\n}\n\noutput "x" {\n  value = ]\n}\n',
            ),
        ),
    )
    subject = Module
    faults = frozenset({"undeclared-input"})

    def check(self, subject: Module, context: RuleContext) -> Iterator[Problem]:
        written = source_of(subject)
        for instance in subject.instances[:1]:
            yield from problems(instance.warnings, self.faults)
        yield from unread(subject, written, "whether everything declared is read")
        for item in written.unread():
            message = f"nothing reads the {item.what} {item.name} of {subject.label}"
            yield fail(message, item.span, label="never read", detail=item.name)
