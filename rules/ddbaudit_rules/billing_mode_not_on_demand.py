"""DDB102: tables whose capacity is not on demand."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.ir.value import Known
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import table, variable

_FIX = 'set `billing_mode = "PAY_PER_REQUEST"` and remove read_capacity and write_capacity, of the indexes too'


class BillingModeNotOnDemand(Rule[Table]):
    meta = RuleMeta(
        id="DDB102",
        name="billing-mode-not-on-demand",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="A table's billing mode is not PAY_PER_REQUEST.",
        rationale=(
            "The designs ask for on-demand capacity: nobody plans capacity, and a table takes the load that comes. A "
            "table with provisioned capacity throttles whatever exceeds it. Terraform's default is PROVISIONED, so a "
            "table without `billing_mode` is a provisioned one."
        ),
        remedy='Set `billing_mode = "PAY_PER_REQUEST"` and remove the capacities of the table and of its indexes.',
        errors=('terraform plan: read_capacity must be at least 1 when billing_mode is "PROVISIONED"',),
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table",
        ),
        good=(
            Example("On-demand capacity.", table()),
            Example(
                "The mode is a variable with a default.",
                variable("billing_mode", default='"PAY_PER_REQUEST"') + table(billing_mode="var.billing_mode"),
            ),
            Example(
                "Both arms of a condition that is not known say the same.",
                variable("production", "bool")
                + table(billing_mode='var.production ? "PAY_PER_REQUEST" : "PAY_PER_REQUEST"'),
            ),
        ),
        bad=(
            Example(
                "Provisioned capacity.",
                table(billing_mode='"PROVISIONED" # expect: DDB102', read_capacity="5", write_capacity="5"),
            ),
            Example(
                "Without billing_mode a table is provisioned.",
                table(header="# expect: DDB102", billing_mode=None, read_capacity="5", write_capacity="5"),
            ),
            Example(
                "A null is no billing mode either.",
                variable("billing_mode", default="null")
                + table(billing_mode="var.billing_mode # expect: DDB102", read_capacity="1", write_capacity="1"),
            ),
        ),
        unknown=(
            Example(
                "The mode is a variable without a value.",
                variable("billing_mode") + table(billing_mode="var.billing_mode # expect-unknown: DDB102"),
            ),
            Example(
                "The mode depends on a variable without a value.",
                variable("production", "bool")
                + table(
                    billing_mode='var.production ? "PROVISIONED" : "PAY_PER_REQUEST" # expect-unknown: DDB102',
                ),
            ),
        ),
    )
    subject = Table

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        mode = subject.billing_mode
        verdict = mode.test(lambda v: isinstance(v, Known) and v.data == "PAY_PER_REQUEST", if_absent=False)
        if verdict is Verdict.UNKNOWN:
            yield unknown(f"whether {subject.label} has on-demand capacity is not known", mode, label="not known")
        elif verdict is Verdict.FAIL and not mode.is_set:
            message = f"{subject.label} has no billing_mode, which means PROVISIONED"
            yield fail(message, mode, label="no billing_mode", help=_FIX)
        elif verdict is Verdict.FAIL:
            yield fail(f"{subject.label} has the billing mode {mode.shown}", mode, label="not on demand", help=_FIX)
