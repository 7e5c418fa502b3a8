"""DDB111: periods of point-in-time recovery that DynamoDB does not have."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.ir.value import Known
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import table, variable

_LONGEST = 35


def _pitr(days: str, enabled: str = "true") -> str:
    return table(f"""
    point_in_time_recovery {{
      enabled                 = {enabled}
      recovery_period_in_days = {days}
    }}
    """)


class PitrPeriodOutOfRange(Rule[Table]):
    meta = RuleMeta(
        id="DDB111",
        name="pitr-period-out-of-range",
        severity=Severity.LOW,
        since="0.1.0",
        summary="The period of point-in-time recovery is not between 1 and 35 days.",
        rationale=(
            "DynamoDB keeps between 1 and 35 days for point-in-time recovery, 35 unless another period is asked for, "
            "and refuses any other number. Where point-in-time recovery is off, the period says nothing."
        ),
        remedy="Set `recovery_period_in_days` to a number from 1 to 35, or leave it out for 35.",
        errors=(
            "terraform validate: expected point_in_time_recovery.0.recovery_period_in_days to be in the "
            "range (1 - 35), got 36",
        ),
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoverySpecification.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table",
        ),
        good=(
            Example("The longest period.", _pitr("35")),
            Example("No period means 35 days.", _pitr("null")),
            Example("The shortest period, by a variable.", variable("days", "number", "1") + _pitr("var.days")),
        ),
        bad=(
            Example("A day too long.", _pitr("36 # expect: DDB111")),
            Example("No days at all.", _pitr("0 # expect: DDB111")),
            Example(
                "The period is a variable of which the default is too long.",
                variable("days", "number", "90") + _pitr("var.days # expect: DDB111"),
            ),
        ),
        unknown=(
            Example(
                "The period is a variable without a value.",
                variable("days", "number") + _pitr("var.days # expect-unknown: DDB111"),
            ),
            Example(
                "The switch is a variable without a value, and the period is too long.",
                variable("pitr", "bool") + _pitr("36 # expect-unknown: DDB111", "var.pitr"),
            ),
        ),
    )
    subject = Table

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        pitr = subject.pitr
        if pitr.present is False:
            raise NotApplicable("it has no point_in_time_recovery block")
        period = pitr.extra["recovery_period_in_days"]
        valid = period.test(lambda v: isinstance(v, Known) and _in_range(v.data), if_absent=True)
        wrong = pitr.enabled.is_true() & ~valid
        if wrong is Verdict.PASS:
            message = f"point-in-time recovery of {subject.label} has a period of {period.shown} days"
            yield fail(message, period, label=f"not from 1 to {_LONGEST}", help=f"use a number from 1 to {_LONGEST}")
        elif wrong is Verdict.UNKNOWN:
            message = f"whether {subject.label} has a period of recovery that DynamoDB has is not known"
            yield unknown(
                message,
                period,
                because=first_unknown(period.unknown, pitr.enabled.unknown),
                label="may be out of range",
            )


def _in_range(data: object) -> bool:
    return isinstance(data, Decimal) and 1 <= data <= _LONGEST
