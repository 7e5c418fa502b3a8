"""How many indexes of one kind a table has, against what DynamoDB allows."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.model.table import IndexKind, Table
from ddbaudit.sdk.problem import Problem, fail, unknown

_MOST_SHOWN = 5


def judge_count(table: Table, kind: IndexKind, limit: int, help: str) -> Iterator[Problem]:
    """FAIL when more than `limit` indexes of the kind certainly exist; UNKNOWN when more may exist than are listed."""
    certain = [index for index in table.indexes if index.kind == kind and index.certain]
    if len(certain) > limit:
        separate = [index for index in certain if index.address is not None]
        yield fail(
            f"{table.label} has {len(certain)} {kind} secondary indexes, and DynamoDB allows {limit}",
            table.header,
            label=f"{len(certain)} {kind} secondary indexes",
            help=help,
            related=tuple(Related(index.header, f"{index.label} is one of them") for index in separate[:_MOST_SHOWN]),
        )
    elif table.indexes_unknown is not None:
        message = f"whether {table.label} has more than {limit} {kind} secondary indexes is not known"
        yield unknown(message, table.header, because=table.indexes_unknown, label="may have more indexes")
