"""DDB107: replicas without what protects their table."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.replicas import GlobalTable, TableReplica
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import variable
from ddbaudit_rules._support.operation import provider, replica, replicated, separate_replica
from ddbaudit_rules._support.replicas import Lack, lacks

_REGION = '"eu-west-1"'
_PITR = "point_in_time_recovery = true"
_TAGS = 'tags = {\n  Owner = "orders"\n}\n'
_SSE = "server_side_encryption {\n  enabled     = true\n  kms_key_arn = aws_kms_key.orders.arn\n}\n"
_KEYS = 'resource "aws_kms_key" "orders" {\n}\n\n'
_REPLICA = provider(_REGION, '"replica"')


class ReplicaUnprotected(Rule[GlobalTable]):
    meta = RuleMeta(
        id="DDB107",
        name="replica-unprotected",
        severity=Severity.MEDIUM,
        since="0.1.0",
        summary="A replica lacks point-in-time recovery, a key of its own, or tags.",
        rationale=(
            "Point-in-time recovery, the key and the tags are settings of each replica; none of them follows the "
            "table. A replica without them takes over when the region of the table fails, without its protection: it "
            "cannot be restored, it is encrypted with AWS's own key where the table has one of the customer's, and no "
            "rule by tags finds it. A KMS key belongs to one region, so a replica needs another key than the table."
        ),
        remedy=(
            "Set `point_in_time_recovery = true` on the replica, `kms_key_arn` to a key in its region where the table "
            "has a customer-managed key, and `propagate_tags = true`."
        ),
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table#replica",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table_replica",
        ),
        good=(
            Example("A replica like its table.", replicated(_TAGS, replica(_REGION, _PITR, "propagate_tags = true"))),
            Example(
                "Each has a key of its own.",
                _REPLICA
                + _KEYS
                + 'resource "aws_kms_key" "replica" {\n  provider = aws.replica\n}\n\n'
                + replicated(_SSE, replica(_REGION, _PITR, "kms_key_arn = aws_kms_key.replica.arn")),
            ),
            Example(
                "A replica that is a resource has tags itself.",
                _REPLICA + replicated(_TAGS) + separate_replica(_PITR, _TAGS),
            ),
        ),
        bad=(
            Example(
                "Nothing but a region.",
                replicated(_TAGS, replica(_REGION, header="# expect: DDB107, DDB107")),
            ),
            Example(
                "The replica is to use the table's key, and cannot be restored.",
                _KEYS
                + replicated(
                    _SSE,
                    replica(
                        _REGION,
                        "kms_key_arn = aws_kms_key.orders.arn # expect: DDB107",
                        "point_in_time_recovery = false # expect: DDB107",
                    ),
                ),
            ),
            Example(
                "A replica that is a resource, without tags and key.",
                _REPLICA + _KEYS + replicated(_TAGS, _SSE) + separate_replica(_PITR, header="# expect: DDB107, DDB107"),
            ),
        ),
        unknown=(
            Example(
                "The switch is a variable without a value.",
                variable("pitr", "bool")
                + replicated(replica(_REGION, "point_in_time_recovery = var.pitr # expect-unknown: DDB107")),
            ),
            Example(
                "Whether the table has a customer's key is a variable without a value.",
                variable("encrypted", "bool")
                + _KEYS
                + replicated(
                    _SSE.replace("= true", "= var.encrypted"),
                    replica(_REGION, _PITR, header="# expect-unknown: DDB107"),
                ),
            ),
        ),
    )
    subject = GlobalTable

    def check(self, subject: GlobalTable, context: RuleContext) -> Iterator[Problem]:
        if not subject.replicas and subject.unknown is None:
            raise NotApplicable("it has no replicas")
        for found in subject.replicas:
            for lack in lacks(found, subject.table):
                yield _problem(subject, found, lack)
        if subject.unknown is not None and all(found.certain for found in subject.replicas):
            message = f"whether all replicas of {subject.label} are protected is not known"
            place = subject.instance.body.header
            yield unknown(message, place, because=subject.unknown, label="may have more replicas")


def _problem(subject: GlobalTable, found: TableReplica, lack: Lack) -> Problem:
    owner, detail = f"the {found.label} of {subject.label}", f"{found.region.shown}:{lack.what}"
    if lack.verdict is Verdict.PASS and found.certain:
        return fail(f"{owner} lacks {lack.what}", lack.at, label=lack.label, help=lack.help, detail=detail)
    message = f"whether {owner} has {lack.what} is not known"
    because = lack.because if lack.because is not None else subject.unknown
    return unknown(message, lack.at, because=because, label="may be missing", detail=detail)
