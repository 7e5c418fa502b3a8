"""DDB112: tables of protected environments that can be destroyed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.lifecycle import prevent_destroy
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Params, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import table, variable

_PROTECTED = {"protected": True}


class RemovalParams(Params, frozen=True):
    """Parameters: whether the environment is a protected one."""

    protected: Annotated[bool, msgspec.Meta(description="whether tables must not be destroyed in passing")] = False


class RemovalNotPrevented(Rule[Table]):
    meta = RuleMeta(
        id="DDB112",
        name="removal-not-prevented",
        severity=Severity.MEDIUM,
        since="0.1.0",
        summary="A table of a protected environment has neither deletion protection nor `prevent_destroy`.",
        rationale=(
            "Terraform destroys what leaves the configuration, and replaces a table of which a key changes: the items "
            "are gone either way. One of two settings has to stand in the way: deletion protection, with which "
            "DynamoDB refuses, or `prevent_destroy`, with which Terraform does, as long as the resource is in the "
            "configuration."
        ),
        remedy="Set `deletion_protection_enabled = true`, or `prevent_destroy = true` in the `lifecycle` block.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html",
            "https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle",
        ),
        good=(
            Example(
                "DynamoDB refuses to delete the table.",
                table(deletion_protection_enabled="true"),
                _PROTECTED,
                environment="prod",
            ),
            Example(
                "Terraform refuses to plan it.",
                table("lifecycle {\n  prevent_destroy = true\n}"),
                _PROTECTED,
                environment="prod",
            ),
            Example("The environment is not protected.", table()),
        ),
        bad=(
            Example("There is neither.", table(header="# expect: DDB112"), _PROTECTED, environment="prod"),
            Example(
                "Both are off.",
                table(
                    "lifecycle {\n  prevent_destroy = false\n}",
                    deletion_protection_enabled="false # expect: DDB112",
                ),
                _PROTECTED,
                environment="prod",
            ),
            Example(
                "It is on in another environment.",
                variable("environment", default='"prod"')
                + table(deletion_protection_enabled='var.environment == "sit" # expect: DDB112'),
                _PROTECTED,
                environment="prod",
            ),
        ),
        unknown=(
            Example(
                "The switch is a variable without a value.",
                variable("protected", "bool")
                + table(deletion_protection_enabled="var.protected # expect-unknown: DDB112"),
                _PROTECTED,
                environment="prod",
            ),
            Example(
                "It depends on a variable without a value.",
                variable("environment")
                + table(deletion_protection_enabled='var.environment == "prod" # expect-unknown: DDB112'),
                _PROTECTED,
                environment="prod",
            ),
        ),
    )
    subject = Table
    params = RemovalParams

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        if not context.params.protected:
            raise NotApplicable("the environment is not a protected one")
        protection, kept = subject.deletion_protection, prevent_destroy(subject.instance, context.estate)
        verdict = protection.is_true() | kept.is_true()
        if verdict is Verdict.FAIL:
            yield fail(
                f"nothing prevents {subject.label} from being destroyed",
                protection,
                label="off" if protection.is_set else "no deletion_protection_enabled and no prevent_destroy",
                help="set `deletion_protection_enabled = true`",
            )
        elif verdict is Verdict.UNKNOWN:
            because = first_unknown(protection.unknown, kept.unknown)
            message = f"whether anything prevents {subject.label} from being destroyed is not known"
            yield unknown(message, protection, because=because, label="may be off")
