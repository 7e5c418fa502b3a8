"""ENV903: tables that are not as the pack's table of environments says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.replicas import GlobalTable
from ddbaudit.sdk.problem import Problem
from ddbaudit.sdk.rule import Example, NotApplicable, Params, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.environment_table import Row, recovery_as, region_as, replication_as
from ddbaudit_rules._support.examples import block, table, variable
from ddbaudit_rules._support.operation import provider, replica, replicated

_PITR = block("point_in_time_recovery", "enabled = true")
_DEV = {"environments": {"dev": {"region": "eu-west-1", "pitr": True, "replication": False}}}
_FAILOVER = {"environments": {"prod": {"replication": True, "failover_region": "eu-west-1"}}}


class EnvironmentTableParams(Params, frozen=True):
    """Parameters of environment-table-disagrees."""

    environments: Annotated[
        dict[str, Row],
        msgspec.Meta(description="for each environment its `region`, `pitr`, `replication` and `failover_region`"),
    ] = msgspec.field(default_factory=dict)


class EnvironmentTableDisagrees(Rule[GlobalTable]):
    """Parameters: `environments`."""

    meta = RuleMeta(
        id="ENV903",
        name="environment-table-disagrees",
        severity=Severity.MEDIUM,
        since="0.1.0",
        summary="A table is not as the pack's table of environments says.",
        rationale=(
            "Designs end in a table: for each environment its region, whether its tables can be recovered to a point "
            "in time, whether they are replicated and to which region one fails over. It is what operators plan by "
            "when something breaks, and one wrong line in a file of variables makes it untrue."
        ),
        remedy="Set the value as the table of environments says, or correct the table.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GlobalTables.html",
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html",
        ),
        good=(
            Example("All is as it says.", provider('"eu-west-1"') + table(_PITR), _DEV),
            Example(
                "The replica is where one fails over to.",
                provider('"af-south-1"') + replicated(replica('"eu-west-1"')),
                _FAILOVER,
                environment="prod",
            ),
            Example("The table does not know the environment.", table(), _DEV, environment="sandbox"),
        ),
        bad=(
            Example("Another region.", provider('"eu-west-2" # expect: ENV903') + table(_PITR), _DEV),
            Example("No point-in-time recovery.", provider('"eu-west-1"') + table(header="# expect: ENV903"), _DEV),
            Example(
                "One fails over to another region.",
                provider('"af-south-1"') + replicated(replica('"us-east-1"'), header="# expect: ENV903"),
                _FAILOVER,
                environment="prod",
            ),
            Example(
                "It is replicated and should not be.",
                provider('"eu-west-1"') + replicated(_PITR, replica('"eu-west-2" # expect: ENV903')),
                _DEV,
            ),
        ),
        unknown=(
            Example(
                "The region is a variable without a value.",
                variable("region") + provider("var.region # expect-unknown: ENV903") + table(_PITR),
                _DEV,
            ),
            Example(
                "The region one fails over to is a variable without a value.",
                variable("other")
                + provider('"af-south-1"')
                + replicated(replica("var.other"), header="# expect-unknown: ENV903"),
                _FAILOVER,
                environment="prod",
            ),
        ),
    )
    subject = GlobalTable
    params = EnvironmentTableParams

    def check(self, subject: GlobalTable, context: RuleContext) -> Iterator[Problem]:
        row = context.params.environments.get(context.environment)
        if row is None:
            raise NotApplicable("the table of environments does not know this one")
        table = subject.table
        if table is None:
            raise NotApplicable("its table is not certainly one of this configuration's")
        yield from region_as(subject, row, context.estate)
        yield from recovery_as(table, row)
        yield from replication_as(subject, table, row)
