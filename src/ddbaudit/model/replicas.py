"""Global tables: tables with their replicas, be they `replica` blocks or resources of their own.

Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html,
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table_replica (its provider's
region is the replica's). The version 2017.11.29 (`aws_dynamodb_global_table`) joins tables that are configured each for
itself; it has no replicas in this sense.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ddbaudit.foundation.source import Span
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.types import STRING
from ddbaudit.ir.value import Absent, Cause, Unknown
from ddbaudit.model.arns import classify
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.reading import Nested, attr, first_unknown, nested, text_attr
from ddbaudit.model.regions import region_of
from ddbaudit.model.subjects import judged
from ddbaudit.model.table import Table, Tags
from ddbaudit.model.tags import tags_of

REPLICA = "aws_dynamodb_table_replica"


@dataclass(frozen=True, slots=True)
class TableReplica:
    """One replica. A `replica` block takes over the table's tags with `propagate_tags`; a resource of its own has
    `tags` and an `instance`. `certain` is False where it may not be there, or be there more than once."""

    region: Attr
    pitr: Attr
    kms_key_arn: Attr
    header: Span
    certain: bool
    propagate_tags: Attr
    tags: Tags | None = None
    instance: ResourceInstance | None = None

    @property
    def label(self) -> str:
        """`replica in eu-west-1`, for messages."""
        return f"replica in {self.region.shown}"


@dataclass(frozen=True, slots=True)
class GlobalTable:
    """A table with its replicas. Without `table`: a replica whose table is not certainly one of this root's.

    `unknown` tells why there may be more replicas, `merged` why one may stand for several that say the same, and
    `consistency` is the mode of consistency, where a replica gives one (an argument of provider 6.x).
    """

    table: Table | None
    replicas: tuple[TableReplica, ...]
    instance: ResourceInstance
    unknown: Unknown | None = None
    merged: Unknown | None = None
    consistency: Attr | None = None

    @property
    def address(self) -> str:
        return self.instance.address

    @property
    def label(self) -> str:
        return self.table.label if self.table is not None else f"the table of {self.instance.address}"

    @property
    def region(self) -> Attr:
        """The region of the table; without the table, that of the replica."""
        return region_of(self.instance)


def global_tables(estate: Estate) -> tuple[GlobalTable, ...]:
    """Every table, then the replicas that belong to none of them for certain."""
    separate = [r for r in estate.resources if r.mode == "managed" and r.type == REPLICA]
    owned: dict[str, list[ResourceInstance]] = {}
    doubts: dict[str, Unknown] = {}
    strays: list[ResourceInstance] = []
    for instance in separate:
        owner = _owner(instance, estate, doubts)
        if owner is None:
            strays.append(instance)
        else:
            owned.setdefault(owner.address, []).append(instance)
    tables = (_of_table(t, owned.get(t.address, ()), doubts.get(t.address), estate) for t in estate.tables)
    return (*tables, *(GlobalTable(None, (_separate(r),), r) for r in strays))


def _owner(instance: ResourceInstance, estate: Estate, doubts: dict[str, Unknown]) -> Table | None:
    """The table that a replica certainly belongs to; else `doubts` gets those that it may belong to."""
    arn = text_attr(instance.body, "global_table_arn")
    target = classify(arn.parts, estate)
    verdicts = [(table, target.covers_table(table)) for table in estate.tables]
    certain = [table for table, verdict in verdicts if verdict is Verdict.PASS]
    if len(certain) == 1:
        return certain[0]
    cause = Cause("computed", f"{instance.address} may be one of its replicas", instance.body.header)
    for table, verdict in verdicts:
        if verdict is not Verdict.FAIL:
            doubts.setdefault(table.address, Unknown(STRING, cause, None, arn.value.origin))
    return None


def _of_table(table: Table, separate: Sequence[ResourceInstance], doubt: Unknown | None, estate: Estate) -> GlobalTable:
    blocks = nested(table.instance.body, "replica")
    inline = (
        TableReplica(r.region, r.pitr, r.kms_key_arn, r.header, r.certain, r.propagate_tags) for r in table.replicas
    )
    expansion = first_unknown(*(r.expansion for r in separate))
    return GlobalTable(
        table,
        (*inline, *(_separate(r) for r in separate)),
        table.instance,
        first_unknown(table.replicas_unknown, doubt, expansion),
        blocks.merged,
        _consistency(blocks),
    )


def _separate(instance: ResourceInstance) -> TableReplica:
    body = instance.body
    return TableReplica(
        region_of(instance),
        attr(body, "point_in_time_recovery"),
        text_attr(body, "kms_key_arn"),
        body.header,
        instance.expansion is None,
        Attr(Absent(), body.header),
        tags_of(instance),
        instance,
    )


def _consistency(blocks: Nested) -> Attr | None:
    """What is certain, or unknown, of the mode of consistency; all replicas of a table have the same."""
    found = [text_attr(block, "consistency_mode") for block in (*blocks.items, *blocks.possible)]
    return next((mode for mode in found if mode.is_set), None)


judged(GlobalTable, "table with its replicas", lambda e: e.once(global_tables))
