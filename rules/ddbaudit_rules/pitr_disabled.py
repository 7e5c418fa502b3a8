"""DDB101: tables without point-in-time recovery."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import table, variable

_FIX = "add\n  point_in_time_recovery {\n    enabled = true\n  }"


class PitrDisabled(Rule[Table]):
    meta = RuleMeta(
        id="DDB101",
        name="pitr-disabled",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="A table has no point-in-time recovery.",
        rationale=(
            "Without point-in-time recovery, what a faulty release or a mistaken delete has overwritten is gone: "
            "DynamoDB keeps no older versions of items, and an on-demand backup only holds what the table held when "
            "it was made. Point-in-time recovery is off unless it is switched on. A table whose block is missing is "
            "as unprotected as one with `enabled = false`, although a plan shows the missing block as known after "
            "apply."
        ),
        remedy="Add a `point_in_time_recovery` block with `enabled = true`.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table",
        ),
        good=(
            Example(
                "Point-in-time recovery is on.",
                table("""
                point_in_time_recovery {
                  enabled = true
                }
                """),
            ),
            Example(
                "The switch is a variable with a default.",
                variable("pitr", "bool", "true")
                + table("""
                point_in_time_recovery {
                  enabled                 = var.pitr
                  recovery_period_in_days = 35
                }
                """),
            ),
            Example(
                "A dynamic block makes one everywhere but in the development environment.",
                variable("environment", default='"sit"')
                + table("""
                dynamic "point_in_time_recovery" {
                  for_each = var.environment == "dev" ? [] : [true]
                  content {
                    enabled = point_in_time_recovery.value
                  }
                }
                """),
            ),
        ),
        bad=(
            Example("There is no block.", table(header="# expect: DDB101")),
            Example(
                "It is on in production only.",
                variable("environment", default='"dev"')
                + table("""
                point_in_time_recovery {
                  enabled = var.environment == "prod" # expect: DDB101
                }
                """),
            ),
            Example(
                "A dynamic block makes none here.",
                variable("pitr", "bool", "false")
                + table(
                    """
                    dynamic "point_in_time_recovery" {
                      for_each = var.pitr ? [true] : []
                      content {
                        enabled = true
                      }
                    }
                    """,
                    header="# expect: DDB101",
                ),
            ),
        ),
        unknown=(
            Example(
                "The switch is a variable without a value.",
                variable("pitr", "bool")
                + table("""
                point_in_time_recovery {
                  enabled = var.pitr # expect-unknown: DDB101
                }
                """),
            ),
            Example(
                "Whether there is a block depends on a variable without a value.",
                variable("pitr", "bool")
                + table("""
                dynamic "point_in_time_recovery" { # expect-unknown: DDB101
                  for_each = var.pitr ? [true] : []
                  content {
                    enabled = true
                  }
                }
                """),
            ),
        ),
    )
    subject = Table

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        pitr = subject.pitr
        if pitr.present is False:
            message = f"{subject.label} has no point-in-time recovery"
            yield fail(message, subject.header, label="no point_in_time_recovery block", help=_FIX)
            return
        verdict = pitr.enabled.is_true(if_absent=False)
        if verdict is Verdict.FAIL:
            message = f"point-in-time recovery of {subject.label} is off"
            yield fail(message, pitr.enabled, label=f"enabled is {pitr.enabled.shown}", help="set `enabled = true`")
        elif verdict is Verdict.UNKNOWN:
            message = f"whether {subject.label} has point-in-time recovery is not known"
            yield unknown(message, pitr.enabled, label="may be off")
