"""DDB109: capacities of tables and indexes that are on demand."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.ir.value import Known
from ddbaudit.model.attr import Attr
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.compare import reason
from ddbaudit_rules._support.details import neutral
from ddbaudit_rules._support.examples import table, variable
from ddbaudit_rules._support.limits import is_settled
from ddbaudit_rules._support.operation import capacity_gsi

_EMAIL = "id email"


class CapacityWithOnDemand(Rule[Table]):
    meta = RuleMeta(
        id="DDB109",
        name="capacity-with-on-demand",
        severity=Severity.LOW,
        since="0.1.0",
        summary="A table or index on demand has a read or write capacity.",
        rationale=(
            "Under PAY_PER_REQUEST nothing has a capacity. On the table Terraform refuses it when it plans; on an "
            "index it plans, applies, and shows the same difference for ever, because DynamoDB does not take it. A "
            "capacity of 0 counts as none, as it does for the provider."
        ),
        remedy="Remove the capacities, or set `billing_mode` to PROVISIONED.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table",
        ),
        good=(
            Example("On demand without capacities.", table()),
            Example(
                "Provisioned capacity.",
                table(billing_mode='"PROVISIONED"', read_capacity="5", write_capacity="5"),
            ),
            Example(
                "The capacity goes with the mode.",
                variable("billing_mode", default='"PAY_PER_REQUEST"')
                + table(
                    billing_mode="var.billing_mode",
                    read_capacity='var.billing_mode == "PROVISIONED" ? 5 : null',
                    write_capacity='var.billing_mode == "PROVISIONED" ? 5 : 0',
                ),
            ),
        ),
        bad=(
            Example("The table has a capacity.", table(read_capacity="5 # expect: DDB109")),
            Example(
                "An index has both capacities.",
                table(capacity_gsi('"email-index"', "5 # expect: DDB109", "5 # expect: DDB109"), attributes=_EMAIL),
            ),
            Example(
                "The capacity is the default of a variable.",
                variable("write_capacity", "number", "5") + table(write_capacity="var.write_capacity # expect: DDB109"),
            ),
        ),
        unknown=(
            Example(
                "The capacity is a variable without a value.",
                variable("read_capacity", "number") + table(read_capacity="var.read_capacity # expect-unknown: DDB109"),
            ),
            Example(
                "The billing mode is a variable without a value.",
                variable("billing_mode")
                + table(billing_mode="var.billing_mode", read_capacity="5 # expect-unknown: DDB109"),
            ),
        ),
    )
    subject = Table

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        on_demand = subject.billing_mode.test(
            lambda v: isinstance(v, Known) and v.data == "PAY_PER_REQUEST", if_absent=False
        )
        if on_demand is Verdict.FAIL:
            return
        yield from neutral(_judge(subject, on_demand), context.environment)
        if subject.indexes_unknown is not None:
            message = f"whether all indexes of {subject.label} are without capacities is not known"
            yield unknown(message, subject.header, because=subject.indexes_unknown, label="may have more indexes")


def _judge(table: Table, on_demand: Verdict) -> Iterator[Problem]:
    for owner, detail, certain, name, capacity in _capacities(table):
        verdict = on_demand & _is_capacity(capacity) & (Verdict.PASS if certain else Verdict.UNKNOWN)
        if verdict is Verdict.PASS:
            yield fail(
                f"{owner} is on demand and has a {name} of {capacity.shown}",
                capacity,
                label="does nothing",
                help=f"remove {name}",
                related=(Related(table.billing_mode.span, "the billing mode"),),
                detail=f"{detail}{name}",
            )
        elif verdict is Verdict.UNKNOWN:
            message = f"whether {owner} is on demand and has a {name} is not known"
            because = reason(capacity, table.billing_mode)
            yield unknown(message, capacity, because=because, label="may do nothing", detail=f"{detail}{name}")


def _capacities(table: Table) -> Iterator[tuple[str, str, bool, str, Attr]]:
    """Owner, beginning of the detail, whether it certainly exists, and the name and value of the capacity."""
    yield table.label, "", True, "read_capacity", table.read_capacity
    yield table.label, "", True, "write_capacity", table.write_capacity
    for index in table.indexes:
        owner, detail = f"{index.label} of {table.label}", f"{index.name.shown}:"
        yield owner, detail, index.certain, "read_capacity", index.read_capacity
        yield owner, detail, index.certain, "write_capacity", index.write_capacity


def _is_capacity(capacity: Attr) -> Verdict:
    """What is known only after apply is what DynamoDB will say: a plan shows every capacity that is configured."""
    if is_settled(capacity):
        return Verdict.FAIL
    return capacity.test(lambda v: isinstance(v, Known) and v.data != 0, if_absent=False)
