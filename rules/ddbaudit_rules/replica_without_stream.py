"""DDB106: replicas of a table without the stream that replication needs."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.ir.value import Known
from ddbaudit.model.attr import Attr
from ddbaudit.model.lifecycle import leaves_alone
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.replicas import GlobalTable
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import variable
from ddbaudit_rules._support.operation import provider, replica, replicated, separate_replica

_VIEW = "NEW_AND_OLD_IMAGES"
_FIX = f'set `stream_enabled = true` and `stream_view_type = "{_VIEW}"`'
_IRELAND = replica('"eu-west-1"')
_REPLICA = provider('"eu-west-1"', '"replica"')


class ReplicaWithoutStream(Rule[GlobalTable]):
    meta = RuleMeta(
        id="DDB106",
        name="replica-without-stream",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="A table has replicas and no stream of new and old images.",
        rationale=(
            "DynamoDB replicates by a stream of new and old images and switches it on with the first replica. A "
            "configuration without it goes through once; the next apply tries to switch the stream off and fails "
            "(`Disabling Stream is not allowed for a Global Table replica`). Tables of strong consistency need no "
            "stream, and where `ignore_changes` names `stream_enabled`, Terraform leaves what DynamoDB has switched "
            "on."
        ),
        remedy=f'Set `stream_enabled = true` and `stream_view_type = "{_VIEW}"`.',
        references=(
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table#replica",
            "https://github.com/hashicorp/terraform-provider-aws/issues/43625",
        ),
        good=(
            Example("A replica and its stream.", replicated(_IRELAND)),
            Example(
                "Without replicas the stream may be any.",
                replicated(stream_view_type='"KEYS_ONLY"'),
            ),
            Example(
                "Terraform leaves the stream alone.",
                replicated(
                    _IRELAND + "\nlifecycle {\n  ignore_changes = [stream_enabled, stream_view_type]\n}",
                    stream_enabled=None,
                    stream_view_type=None,
                ),
            ),
        ),
        bad=(
            Example(
                "There is no stream.",
                replicated(_IRELAND, header="# expect: DDB106", stream_enabled=None, stream_view_type=None),
            ),
            Example(
                "The stream holds keys only.",
                replicated(_IRELAND, stream_view_type='"KEYS_ONLY" # expect: DDB106'),
            ),
            Example(
                "The replica is a resource of its own, the stream is off.",
                _REPLICA
                + replicated(stream_enabled="false # expect: DDB106", stream_view_type=None)
                + separate_replica(),
            ),
        ),
        unknown=(
            Example(
                "Whether there are replicas depends on a variable without a value.",
                variable("regions", "set(string)")
                + replicated(
                    """
                    dynamic "replica" {
                      for_each = var.regions
                      content {
                        region_name = replica.value
                      }
                    }
                    """,
                    header="# expect-unknown: DDB106",
                    stream_enabled=None,
                    stream_view_type=None,
                ),
            ),
            Example(
                "The view type is a variable without a value.",
                variable("view_type") + replicated(_IRELAND, stream_view_type="var.view_type # expect-unknown: DDB106"),
            ),
        ),
    )
    subject = GlobalTable

    def check(self, subject: GlobalTable, context: RuleContext) -> Iterator[Problem]:
        table = subject.table
        if table is None:
            raise NotApplicable("its table is not certainly one of this configuration's")
        if not subject.replicas and subject.unknown is None:
            raise NotApplicable("it has no replicas")
        if leaves_alone(table.instance, "stream_enabled"):
            raise NotApplicable("ignore_changes leaves the stream to DynamoDB, which switches it on for replication")
        mode = subject.consistency
        if mode is not None and mode.text == "STRONG":
            raise NotApplicable("replicas of strong consistency need no stream")
        enabled, view = table.stream_enabled, table.stream_view_type
        wrong = enabled if enabled.is_true() is not Verdict.PASS else view
        verdict = enabled.is_true() & view.test(lambda v: isinstance(v, Known) and v.data == _VIEW, if_absent=False)
        if verdict is Verdict.PASS:
            return
        certain = [replica for replica in subject.replicas if replica.certain]
        because = first_unknown(mode.unknown if mode is not None else None, None if certain else subject.unknown)
        if verdict is Verdict.FAIL and because is None:
            message = f"{table.label} has replicas and no stream of new and old images"
            first = Related(certain[0].header, "a replica")
            yield fail(message, _at_fault(enabled, view), label=_label(enabled, view), help=_FIX, related=(first,))
        else:
            message = f"whether {table.label} has the stream that its replicas need is not known"
            yield unknown(message, wrong, because=because, label="may lack the stream of new and old images")


def _at_fault(enabled: Attr, view: Attr) -> Attr:
    """The attribute that is certainly wrong."""
    return enabled if enabled.is_true() is Verdict.FAIL else view


def _label(enabled: Attr, view: Attr) -> str:
    found = _at_fault(enabled, view)
    name = "stream_enabled" if found is enabled else "stream_view_type"
    return f"{name} is {found.shown}" if found.is_set else f"no {name}"
