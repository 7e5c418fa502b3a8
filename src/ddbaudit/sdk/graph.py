"""What a picture of an estate shows: tables and indexes, who has access to them, and what the audit says of each."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from ddbaudit.foundation.verdict import Verdict


class State(enum.Enum):
    """The gravest finding on something: `FAIL` blocks, `WARNING` does not, `NONE` was judged by no rule."""

    FAIL = "fail"
    UNKNOWN = "unknown"
    WARNING = "warning"
    SUPPRESSED = "suppressed"
    PASS = "pass"  # noqa: S105 - a verdict, not a password
    NONE = "none"


@dataclass(frozen=True, slots=True)
class IndexNode:
    """`kind` is GSI or LSI; `certain` is False for an index that may not be there."""

    name: str
    kind: str
    state: State
    certain: bool = True


@dataclass(frozen=True, slots=True)
class TableNode:
    """`name` is the name as far as known, or the address."""

    name: str
    address: str
    state: State
    indexes: tuple[IndexNode, ...]


@dataclass(frozen=True, slots=True)
class PrincipalNode:
    """Who has access: `kind` is `role`, `user`, `group`, `permission set`, `policy` (attached to nobody here) or
    `resource policy` (of a table). `runs` is what runs as a role, such as `Lambda function`s by their addresses."""

    name: str
    address: str
    kind: str
    state: State
    runs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """What a principal may do with a table: PASS certainly, FAIL not, UNKNOWN perhaps.

    `read` and `write` are of items, by way of the table or, for `read`, of an index; `admin` of the table itself. A
    condition on what is allowed is taken to be met. `indexes` are the names of those that it may certainly query.
    """

    principal: str
    table: str
    read: Verdict
    write: Verdict
    admin: Verdict
    indexes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EstateGraph:
    """One root module in one environment. Grants name addresses of `principals` and `tables`."""

    root: str
    environment: str
    tables: tuple[TableNode, ...]
    principals: tuple[PrincipalNode, ...]
    grants: tuple[Grant, ...]
