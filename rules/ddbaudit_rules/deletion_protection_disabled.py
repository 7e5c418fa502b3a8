"""DDB103: tables without deletion protection where the pack asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Params, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import table, variable

_FIX = "set `deletion_protection_enabled = true`"
_REQUIRED = {"required": True}


class DeletionProtectionParams(Params, frozen=True):
    """Parameters: whether it is asked for."""

    required: Annotated[bool, msgspec.Meta(description="whether tables must have deletion protection")] = False


class DeletionProtectionDisabled(Rule[Table]):
    meta = RuleMeta(
        id="DDB103",
        name="deletion-protection-disabled",
        severity=Severity.MEDIUM,
        since="0.1.0",
        summary="A table has no deletion protection where the pack asks for it.",
        rationale=(
            "With deletion protection DynamoDB refuses to delete the table, whoever asks: Terraform, the console or a "
            "script. It is off unless it is switched on. Packs ask for it per environment, as a table that is made for "
            "a day of tests is to go as easily as it came."
        ),
        remedy="Set `deletion_protection_enabled = true`.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table",
        ),
        good=(
            Example("Deletion protection is on.", table(deletion_protection_enabled="true"), _REQUIRED),
            Example(
                "It is on in the environment that is judged.",
                variable("environment", default='"prod"')
                + table(deletion_protection_enabled='var.environment != "dev"'),
                _REQUIRED,
                environment="prod",
            ),
            Example("Nobody asks for it.", table()),
        ),
        bad=(
            Example("The argument is missing, which means off.", table(header="# expect: DDB103"), _REQUIRED),
            Example(
                "Deletion protection is off.",
                table(deletion_protection_enabled="false # expect: DDB103"),
                _REQUIRED,
            ),
            Example(
                "A null is off, too.",
                variable("protected", "bool", "null")
                + table(deletion_protection_enabled="var.protected # expect: DDB103"),
                _REQUIRED,
            ),
        ),
        unknown=(
            Example(
                "The switch is a variable without a value.",
                variable("protected", "bool")
                + table(deletion_protection_enabled="var.protected # expect-unknown: DDB103"),
                _REQUIRED,
            ),
            Example(
                "It depends on a variable without a value.",
                variable("environment")
                + table(deletion_protection_enabled='var.environment == "prod" # expect-unknown: DDB103'),
                _REQUIRED,
            ),
        ),
    )
    subject = Table
    params = DeletionProtectionParams

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        if not context.params.required:
            raise NotApplicable("no deletion protection is asked for")
        protection = subject.deletion_protection
        verdict = protection.is_true()
        if verdict is Verdict.FAIL and not protection.is_set:
            message = f"{subject.label} has no deletion protection"
            yield fail(message, protection, label="no deletion_protection_enabled", help=_FIX)
        elif verdict is Verdict.FAIL:
            yield fail(f"deletion protection of {subject.label} is off", protection, label="off", help=_FIX)
        elif verdict is Verdict.UNKNOWN:
            message = f"whether {subject.label} has deletion protection is not known"
            yield unknown(message, protection, label="may be off")
