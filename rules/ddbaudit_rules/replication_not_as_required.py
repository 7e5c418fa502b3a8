"""DDB113: tables that are not replicated to the regions that the pack names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import msgspec

from ddbaudit.foundation.text import join_names
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.replicas import GlobalTable
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Params, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import table, variable
from ddbaudit_rules._support.operation import provider, replica, replicated, separate_replica

_IRELAND = {"regions": ["eu-west-1"]}
_NONE: dict[str, list[str]] = {"regions": []}


class ReplicationParams(Params, frozen=True):
    """Parameters: the regions that are wanted. None: whatever there is."""

    regions: Annotated[
        tuple[str, ...] | None,
        msgspec.Meta(description="the regions that tables are replicated to; an empty list: to none"),
    ] = None


class ReplicationNotAsRequired(Rule[GlobalTable]):
    meta = RuleMeta(
        id="DDB113",
        name="replication-not-as-required",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="A table lacks a replica that the pack requires, or has one that it does not want.",
        rationale=(
            "The replica is what the environment fails over to: without it there is nothing in the other region when "
            "the first one fails. Where none is wanted, a replica costs each write a second time and takes the data "
            "to a region that nobody has agreed to."
        ),
        remedy="Add a `replica` for each region that the pack names, and remove the others.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GlobalTables.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table#replica",
        ),
        good=(
            Example("The replica is there.", replicated(replica('"eu-west-1"')), _IRELAND, environment="prod"),
            Example(
                "The replica is a resource of its own.",
                provider('"eu-west-1"', '"replica"') + replicated() + separate_replica(),
                _IRELAND,
                environment="prod",
            ),
            Example("None is wanted, and there is none.", table(), _NONE),
        ),
        bad=(
            Example("There is no replica.", table(header="# expect: DDB113"), _IRELAND, environment="prod"),
            Example(
                "The replica is in another region.",
                replicated(replica('"us-east-1" # expect: DDB113'), header="# expect: DDB113"),
                _IRELAND,
                environment="prod",
            ),
            Example("None is wanted, and there is one.", replicated(replica('"eu-west-1" # expect: DDB113')), _NONE),
        ),
        unknown=(
            Example(
                "The region is a variable without a value.",
                variable("failover_region")
                + replicated(
                    replica("var.failover_region # expect-unknown: DDB113"), header="# expect-unknown: DDB113"
                ),
                _IRELAND,
                environment="prod",
            ),
            Example(
                "The regions are a variable without a value.",
                variable("regions", "set(string)")
                + replicated(
                    """
                    dynamic "replica" {
                      for_each = var.regions
                      content {
                        region_name = replica.value # expect-unknown: DDB113
                      }
                    }
                    """
                ),
                _NONE,
            ),
        ),
    )
    subject = GlobalTable
    params = ReplicationParams

    def check(self, subject: GlobalTable, context: RuleContext) -> Iterator[Problem]:
        regions, table = context.params.regions, subject.table
        if regions is None:
            raise NotApplicable("no regions are named to replicate to")
        if table is None:
            raise NotApplicable("its table is not certainly one of this configuration's")
        yield from _missing(subject, table, regions)
        yield from _unwanted(subject, regions)


def _missing(subject: GlobalTable, table: Table, regions: Sequence[str]) -> Iterator[Problem]:
    """The regions without a replica. The table's own needs none."""
    there = {found.region.text for found in subject.replicas if found.certain} | {subject.region.text}
    missing = [region for region in regions if region not in there]
    doubts = (found.region.unknown for found in subject.replicas)
    because = first_unknown(subject.unknown, *doubts)
    if missing and because is None:
        message = f"{table.label} has no replica in {join_names(missing)}"
        fix = f"add a replica block for {join_names(missing)}"
        yield fail(message, table.header, label="no replica", help=fix, detail=",".join(missing))
    elif missing:
        message = f"whether {table.label} has a replica in {join_names(missing)} is not known"
        yield unknown(message, table.header, because=because, label="may lack it", detail=",".join(missing))


def _unwanted(subject: GlobalTable, regions: Sequence[str]) -> Iterator[Problem]:
    wanted = f"only to {join_names(regions)}" if regions else "to no region"
    for found in subject.replicas:
        region = found.region
        verdict = region.test(lambda v, text=region.text: text not in regions, if_absent=False)  # type: ignore[misc]
        if verdict is Verdict.PASS and found.certain:
            message = f"{subject.label} has a replica in {region.shown}, and is to be replicated {wanted}"
            yield fail(message, region, label="not wanted here", help="remove the replica", detail=region.shown)
        elif verdict is not Verdict.FAIL:
            message = f"whether {subject.label} has a replica that is not wanted is not known"
            because = first_unknown(region.unknown, subject.unknown)
            yield unknown(message, region, because=because, label="may not be wanted", detail=region.shown)
    if subject.unknown is not None and all(found.certain for found in subject.replicas):
        message = f"whether {subject.label} has a replica that is not wanted is not known"
        place = subject.instance.body.header
        yield unknown(message, place, because=subject.unknown, label="may have more replicas", detail="more")
