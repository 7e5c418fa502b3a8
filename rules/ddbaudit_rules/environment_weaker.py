"""ENV902: protected environments with weaker settings than unprotected ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.estate import Estate
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.siblings import counterpart, siblings
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Params, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import block, table, variable
from ddbaudit_rules._support.strength import Aspect, aspects

_PITR = block("point_in_time_recovery", "enabled = true")
_PITR_OFF = block("point_in_time_recovery", "enabled = false # expect: ENV902")
_KMS = block("server_side_encryption", "enabled = true")


class WeakerParams(Params, frozen=True):
    """Parameters of environment-weaker."""

    protected: Annotated[
        tuple[str, ...],
        msgspec.Meta(description="the environments whose data must not be lost, unless the configuration says which"),
    ] = ("prod", "production", "live")


class EnvironmentWeaker(Rule[Table]):
    """Parameters: `protected`."""

    meta = RuleMeta(
        id="ENV902",
        name="environment-weaker",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="A table of a protected environment has a weaker setting than the same table of an unprotected one.",
        rationale=(
            "Recovery, deletion protection and encryption are for the data of production first. Where a test "
            "environment has them and production has not, somebody has switched them on in one place and forgotten the "
            "other, or switched them off for an afternoon. Compared are point-in-time recovery and its period, "
            "deletion protection, and the level of encryption. Which environments are protected, `protected` in the "
            "configuration says, else the parameter."
        ),
        remedy="Set it in the protected environment as in the other, or stronger.",
        references=(
            "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/back-up-data.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table",
        ),
        good=(
            Example("Both have it.", table(_PITR), environment="prod", others={"dev": table(_PITR)}),
            Example("The protected one has more.", table(_PITR), environment="prod", others={"dev": table()}),
            Example("The weaker one is not protected.", table(), environment="dev", others={"prod": table(_PITR)}),
        ),
        bad=(
            Example(
                "Recovery is off where it matters most.",
                table(_PITR_OFF),
                environment="prod",
                others={"dev": table(_PITR)},
            ),
            Example(
                "Deletion protection is on in a test environment only.",
                table(header="# expect: ENV902"),
                environment="prod",
                others={"sit": table(deletion_protection_enabled="true")},
            ),
            Example(
                "The key is one that AWS owns, and its own elsewhere.",
                table(header="# expect: ENV902"),
                {"protected": ["live"]},
                environment="live",
                others={"dev": table(_KMS)},
            ),
        ),
        unknown=(
            Example(
                "The switch is a variable without a value.",
                variable("on", "bool") + table(deletion_protection_enabled="var.on # expect-unknown: ENV902"),
                environment="prod",
                others={"dev": table(deletion_protection_enabled="true")},
            ),
            Example(
                "The other one is a variable without a value.",
                table(deletion_protection_enabled="false # expect-unknown: ENV902"),
                environment="prod",
                others={"dev": variable("on", "bool") + table(deletion_protection_enabled="var.on")},
            ),
        ),
    )
    subject = Table
    params = WeakerParams

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        listed = context.params.protected
        if not _is_protected(context.estate, listed):
            raise NotApplicable("the environment is not a protected one")
        others = [other for other in siblings(context.estate, context.estates) if not _is_protected(other, listed)]
        if not others:
            raise NotApplicable("there is no unprotected environment to hold it against")
        seen: set[str] = set()
        for other in others:
            found = counterpart(subject, context.estate, other).table
            if found is None:  # ENV901 speaks of that, and of one that may not be there
                continue
            for aspect in aspects(subject, context.estate, found, other):
                if aspect.name not in seen and aspect.weaker is not Verdict.FAIL:
                    seen.add(aspect.name)
                    yield _problem(subject, aspect, other.environment)


def _is_protected(estate: Estate, listed: tuple[str, ...]) -> bool:
    said = estate.evaluation.protected
    return said if said is not None else estate.environment in listed


def _problem(subject: Table, aspect: Aspect, environment: str) -> Problem:
    related = (Related(aspect.theirs.span, f"in {environment}"),) if aspect.theirs.span != aspect.mine.span else ()
    if aspect.weaker is Verdict.PASS:
        message = f"{aspect.name} of {subject.label} is weaker than in {environment}: {aspect.contrast}"
        return fail(message, aspect.mine, label=f"weaker than in {environment}", related=related, detail=aspect.name)
    message = f"whether {aspect.name} of {subject.label} is weaker than in {environment} is not known"
    because = first_unknown(aspect.mine.unknown, aspect.theirs.unknown)
    return unknown(message, aspect.mine, because=because, label="may be weaker", related=related, detail=aspect.name)
