"""Tables against a table of environments: region, recovery, replication."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.model.estate import Estate
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.regions import unread_region
from ddbaudit.model.replicas import GlobalTable
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Params


class Row(Params, frozen=True):
    """A row of the table of environments; what is not set is not judged."""

    region: str | None = None
    pitr: bool | None = None
    replication: bool | None = None
    failover_region: str | None = None


def region_as(subject: GlobalTable, row: Row, estate: Estate) -> Iterator[Problem]:
    """Whether it is in its region."""
    region, unread = subject.region, unread_region(subject.instance, estate)
    if row.region is None:
        return
    if unread is not None or region.text is None:
        message = f"whether {subject.label} is in {row.region} is not known"
        because = first_unknown(unread, region.unknown)
        yield unknown(message, region, because=because, label="may be another region", detail="region")
    elif region.text != row.region:
        message = f"{subject.label} is in {region.shown}, and the table of environments says {row.region}"
        yield fail(message, region, label=f"not {row.region}", detail="region")


def recovery_as(table: Table, row: Row) -> Iterator[Problem]:
    """Whether it can be recovered to a point in time."""
    enabled = table.pitr.enabled
    verdict = enabled.is_true()
    if row.pitr is None or verdict is (Verdict.PASS if row.pitr else Verdict.FAIL):
        return
    word = "on" if row.pitr else "off"
    if verdict is Verdict.UNKNOWN:
        message = f"whether point-in-time recovery of {table.label} is {word} is not known"
        yield unknown(message, enabled, label=f"may not be {word}", detail="pitr")
    else:
        message = f"point-in-time recovery of {table.label} is not {word}, as the table of environments says"
        yield fail(message, enabled, label=f"not {word}", detail="pitr")


def replication_as(subject: GlobalTable, table: Table, row: Row) -> Iterator[Problem]:
    """Whether it is replicated, and to where one fails over."""
    if row.replication is False:
        certain = [found for found in subject.replicas if found.certain]
        if certain:
            message = f"{table.label} is replicated, and the table of environments says that it is not"
            yield fail(message, certain[0].region, label="not wanted here", detail="replication")
        elif subject.unknown is not None:
            message = f"whether {table.label} is replicated is not known"
            yield unknown(message, table.header, because=subject.unknown, label="may be", detail="replication")
    elif row.replication or row.failover_region is not None:
        yield from _failover(subject, table, row.failover_region)


def _failover(subject: GlobalTable, table: Table, region: str | None) -> Iterator[Problem]:
    certain = [found for found in subject.replicas if found.certain and (region in (None, found.region.text))]
    if certain:
        return
    where = f" to {region}" if region is not None else ""
    because = first_unknown(subject.unknown, *(found.region.unknown for found in subject.replicas))
    if because is not None:
        message = f"whether {table.label} is replicated{where} is not known"
        yield unknown(message, table.header, because=because, label="may not be", detail="replication")
    else:
        message = f"{table.label} is not replicated{where}, as the table of environments says"
        yield fail(message, table.header, label="no replica there", detail="replication")
