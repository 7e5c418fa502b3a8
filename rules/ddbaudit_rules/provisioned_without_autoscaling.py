"""DDB110: provisioned capacity that nothing scales."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ddbaudit.foundation.source import Span
from ddbaudit.foundation.text import join_names
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.ir.value import Known
from ddbaudit.model.lifecycle import leaves_alone
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.scaling import CAPACITIES, Capacity, Scaled, Scaling, scaling_of
from ddbaudit.model.table import Index, Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.details import neutral
from ddbaudit_rules._support.examples import variable
from ddbaudit_rules._support.operation import capacity_gsi, provisioned, scaling

_INDEX = capacity_gsi('"email-index"', "5", "5")
_INDEX_ID = '"table/orders/index/email-index"'


class ProvisionedWithoutAutoscaling(Rule[Table]):
    meta = RuleMeta(
        id="DDB110",
        name="provisioned-without-autoscaling",
        severity=Severity.MEDIUM,
        since="0.1.0",
        summary="A provisioned table, or one of its global indexes, has no autoscaling.",
        rationale=(
            "Provisioned capacity is what somebody once guessed: what exceeds it is throttled, what it exceeds is paid "
            "for. Reads and writes, of the table and of each global index, scale on their own, and each needs an "
            "`aws_appautoscaling_target` and an `aws_appautoscaling_policy`. An index that does not scale holds up the "
            "writes of its table. Capacities that `ignore_changes` leaves to somebody else may be scaled elsewhere."
        ),
        remedy=(
            "Add a target and a policy for each capacity, with `ignore_changes` for the capacities, or use "
            "PAY_PER_REQUEST."
        ),
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/AutoScaling.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/appautoscaling_policy",
        ),
        good=(
            Example("Reads and writes of the table scale.", provisioned() + scaling()),
            Example(
                "So do those of its index.",
                provisioned(_INDEX, attributes="id email") + scaling() + scaling(_INDEX_ID, level="index"),
            ),
            Example(
                "The name of the table is not known, but that it is this table's.",
                variable("name") + provisioned(name="var.name") + scaling(),
            ),
        ),
        bad=(
            Example("Nothing scales.", provisioned(header="# expect: DDB110")),
            Example(
                "The index is forgotten.",
                provisioned(_INDEX.replace("{", "{ # expect: DDB110", 1), attributes="id email") + scaling(),
            ),
            Example("There is no policy.", provisioned(header="# expect: DDB110") + scaling(policies=False)),
            Example("Writes do not scale.", provisioned(header="# expect: DDB110") + scaling(capacities='["Read"]')),
        ),
        unknown=(
            Example(
                "The billing mode is a variable without a value.",
                variable("billing_mode")
                + provisioned(billing_mode="var.billing_mode", header="# expect-unknown: DDB110"),
            ),
            Example(
                "What is scaled is a variable without a value.",
                variable("table") + provisioned(header="# expect-unknown: DDB110") + scaling('"table/${var.table}"'),
            ),
            Example(
                "The capacity is left to somebody else.",
                provisioned(
                    "lifecycle {\n  ignore_changes = [read_capacity, write_capacity]\n}",
                    header="# expect-unknown: DDB110",
                ),
            ),
        ),
    )
    subject = Table

    def check(self, subject: Table, context: RuleContext) -> Iterator[Problem]:
        mode = subject.billing_mode.test(lambda v: isinstance(v, Known) and v.data == "PROVISIONED", if_absent=True)
        if mode is Verdict.FAIL:
            return
        scaling = context.estate.once(scaling_of)
        for owner in _owners(subject):
            yield from neutral(_judge(owner, mode, scaling), context.environment)
        if subject.indexes_unknown is not None:
            message = f"whether all global indexes of {subject.label} scale is not known"
            yield unknown(message, subject.header, because=subject.indexes_unknown, label="may have more indexes")


@dataclass(frozen=True, slots=True)
class _Owner:
    """A table (`index` is None) or global index with capacities."""

    table: Table
    index: Index | None
    label: str
    place: Span

    def is_left_alone(self, capacity: Capacity) -> bool:
        name = f"{capacity}_capacity" if self.index is None else "global_secondary_index"
        return leaves_alone(self.table.instance, name)


def _owners(table: Table) -> Iterator[_Owner]:
    yield _Owner(table, None, table.label, table.header)
    for index in table.indexes:
        if index.kind == "global":
            yield _Owner(table, index, f"{index.label} of {table.label}", index.header)


def _judge(owner: _Owner, mode: Verdict, scaling: Scaling) -> Iterator[Problem]:
    found = {capacity: scaling.of(owner.table, owner.index, capacity) for capacity in CAPACITIES}
    certain = mode & (Verdict.PASS if owner.index is None or owner.index.certain else Verdict.UNKNOWN)
    detail = owner.index.name.shown if owner.index is not None else ""
    missing: list[Capacity] = []
    doubtful: list[Capacity] = []
    for capacity, scaled in found.items():
        if scaled.verdict is Verdict.PASS:
            continue
        known = scaled.verdict is Verdict.FAIL and certain is Verdict.PASS and not owner.is_left_alone(capacity)
        (missing if known else doubtful).append(capacity)
    if missing:
        what = _what(found[missing[0]])
        yield fail(
            f"{owner.label} has provisioned capacity, and nothing scales its {join_names(missing)} capacity",
            owner.place,
            label=f"no {what} for {join_names(missing)} capacity",
            help="add an aws_appautoscaling_target and an aws_appautoscaling_policy, or use PAY_PER_REQUEST",
            detail=f"{detail}:{','.join(missing)}",
        )
    if doubtful:
        because = first_unknown(*(found[c].because for c in doubtful), owner.table.billing_mode.unknown)
        message = f"whether the {join_names(doubtful)} capacity of {owner.label} scales is not known"
        if because is None:
            message += ": ignore_changes leaves it to something outside of this configuration"
        yield unknown(message, owner.place, because=because, label="may not scale", detail=detail)


def _what(scaled: Scaled) -> str:
    return "policy" if scaled.target is Verdict.PASS else "target"
