"""DDB108: replicas in the table's own region, or two in one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.regions import is_configured
from ddbaudit.model.replicas import GlobalTable, TableReplica
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.compare import equal, reason
from ddbaudit_rules._support.examples import variable
from ddbaudit_rules._support.operation import provider, replica, replicated, separate_replica

_IRELAND, _CAPE_TOWN = '"eu-west-1"', '"af-south-1"'


class ReplicaRegionSame(Rule[GlobalTable]):
    meta = RuleMeta(
        id="DDB108",
        name="replica-region-same",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="A replica is in the region of its table, or in that of another replica.",
        rationale=(
            "A global table has one replica per region, and the table itself is the one in its own. DynamoDB refuses "
            "another there; neither `terraform validate` nor `terraform plan` sees it. Of two `replica` blocks that "
            "agree in everything Terraform makes one, so the second region is missing in silence."
        ),
        remedy="Give each replica a region of its own, and none to the region of the provider.",
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table#replica",
        ),
        good=(
            Example("A replica in another region.", provider(_CAPE_TOWN) + replicated(replica(_IRELAND))),
            Example(
                "Two replicas in two regions.",
                provider(_CAPE_TOWN) + replicated(replica(_IRELAND), replica('"eu-west-2"')),
            ),
            Example(
                "The provider of a separate replica is in another region.",
                provider(_CAPE_TOWN) + provider(_IRELAND, '"replica"') + replicated() + separate_replica(),
            ),
        ),
        bad=(
            Example(
                "The replica is where the table is.",
                provider(_IRELAND) + replicated(replica(f"{_IRELAND} # expect: DDB108")),
            ),
            Example(
                "Two replicas in one region.",
                provider(_CAPE_TOWN)
                + replicated(
                    replica(_IRELAND),
                    replica(f"{_IRELAND} # expect: DDB108", "point_in_time_recovery = true"),
                ),
            ),
            Example(
                "The provider of a separate replica is in the table's region.",
                provider(_IRELAND)
                + provider(f"{_IRELAND} # expect: DDB108", '"replica"')
                + replicated()
                + separate_replica(),
            ),
        ),
        unknown=(
            Example(
                "The region of the replica is a variable without a value.",
                variable("replica_region")
                + provider(_CAPE_TOWN)
                + replicated(replica("var.replica_region # expect-unknown: DDB108")),
            ),
            Example(
                "The region of the provider is a variable without a value.",
                variable("region")
                + provider("var.region")
                + replicated(replica(f"{_IRELAND} # expect-unknown: DDB108")),
            ),
        ),
    )
    subject = GlobalTable

    def check(self, subject: GlobalTable, context: RuleContext) -> Iterator[Problem]:
        table, replicas = subject.table, subject.replicas
        if table is None:
            raise NotApplicable("its table is not certainly one of this configuration's")
        if not replicas and subject.unknown is None:
            raise NotApplicable("it has no replicas")
        if len(replicas) == 1 and subject.unknown is None and not is_configured(subject.region):
            raise NotApplicable("the region of its provider comes from outside of the configuration")
        for at, found in enumerate(replicas):
            yield from _judge(subject, replicas[:at], found)
        because = first_unknown(subject.unknown, subject.merged)
        if because is not None:
            message = f"whether two replicas of {subject.label} are in the same region is not known"
            yield unknown(message, table.header, because=because, label="may have more replicas")


def _judge(subject: GlobalTable, earlier: Sequence[TableReplica], found: TableReplica) -> Iterator[Problem]:
    region, own = found.region, subject.region
    others = [(other.region, "another replica", other) for other in earlier]
    # What the process environment gives cannot be held against a region that is written.
    pairs = [*([(own, "the table", None)] if is_configured(own) else []), *others]
    verdicts = [(equal(region, other), other, what, replica) for other, what, replica in pairs]
    same = [entry for entry in verdicts if entry[0] is Verdict.PASS and (entry[3] is None or entry[3].certain)]
    if same and found.certain:
        _, other, what, _ = same[0]
        yield fail(
            f"{subject.label} has a replica in {region.shown}, where {what} is already",
            region,
            label="the same region",
            help="give each replica a region of its own, which is not the table's",
            related=(Related(other.span, f"the region of {what}"),),
            detail=what,
        )
    elif any(verdict is not Verdict.FAIL for verdict, *_ in verdicts):
        because = first_unknown(reason(region, *(other for _, other, *_ in verdicts)), subject.unknown)
        message = f"whether the replica of {subject.label} has a region of its own is not known"
        yield unknown(message, region, because=because, label="may be the same region")
