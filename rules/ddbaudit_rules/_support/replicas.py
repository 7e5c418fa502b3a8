"""What a replica lacks that its table has: each a setting of its own that does not follow the table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ddbaudit.foundation.source import Span
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Unknown
from ddbaudit.model.attr import Attr
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.replicas import TableReplica
from ddbaudit.model.table import Table, Tags
from ddbaudit_rules._support.compare import equal
from ddbaudit_rules._support.operation import is_given

_AWS_MANAGED = "alias/aws/dynamodb"


@dataclass(frozen=True, slots=True)
class Lack:
    """What a replica lacks for certain (PASS) or perhaps (UNKNOWN)."""

    verdict: Verdict
    what: str
    at: Attr | Span
    label: str
    help: str
    because: Unknown | None = None


def lacks(replica: TableReplica, table: Table | None) -> Iterator[Lack]:
    """Point-in-time recovery, a key of its own and tags; of the last two nothing can be said without the table."""
    found = [_recovery(replica)]
    if table is not None:
        found += [_key(replica, table), _tags(replica, table)]
    yield from (lack for lack in found if lack.verdict is not Verdict.FAIL)


def _recovery(replica: TableReplica) -> Lack:
    pitr = replica.pitr
    label = f"point_in_time_recovery is {pitr.shown}" if pitr.is_set else "no point_in_time_recovery"
    fix = "set `point_in_time_recovery = true`"
    return Lack(~pitr.is_true(), "point-in-time recovery", pitr, label, fix, pitr.unknown)


def _key(replica: TableReplica, table: Table) -> Lack:
    own, main = replica.kms_key_arn, table.sse.extra["kms_key_arn"]
    managed = main.text is not None and main.text.endswith(_AWS_MANAGED)
    wanted = table.sse.enabled.is_true() & is_given(main) & (Verdict.FAIL if managed else Verdict.PASS)
    shared = equal(own, main) if own.is_set else Verdict.FAIL
    label = "the key of the table, in another region" if shared is Verdict.PASS else "no kms_key_arn"
    missing = ~is_given(own) | (shared if shared is Verdict.PASS else Verdict.FAIL)
    because = first_unknown(*(a.unknown for a in (table.sse.enabled, main, own) if is_given(a) is Verdict.UNKNOWN))
    fix = "set kms_key_arn to a key in the replica's region"
    return Lack(wanted & missing, "a customer-managed key of its own", own, label, fix, because)


def _tags(replica: TableReplica, table: Table) -> Lack:
    wanted, why = _has_tags(table.tags), table.tags.unknown
    own = replica.tags
    if own is not None:
        because = first_unknown(own.unknown, why)
        return Lack(wanted & ~_has_tags(own), "tags", own.span, "no tags", "give it the tags of the table", because)
    switch = replica.propagate_tags
    label = f"propagate_tags is {switch.shown}" if switch.is_set else "no propagate_tags"
    because = first_unknown(switch.unknown, why)
    return Lack(wanted & ~switch.is_true(), "the table's tags", switch, label, "set `propagate_tags = true`", because)


def _has_tags(tags: Tags) -> Verdict:
    if tags.entries:
        return Verdict.PASS
    return Verdict.FAIL if tags.unknown is None else Verdict.UNKNOWN
