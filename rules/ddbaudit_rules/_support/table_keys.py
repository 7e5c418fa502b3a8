"""Words for the keys of tables, and which of them a configuration makes."""

from __future__ import annotations

from ddbaudit.model.encryption import TableKey
from ddbaudit.model.kms import KmsKey
from ddbaudit.sdk.rule import NotApplicable


def made_here(key: TableKey) -> KmsKey | None:
    """The resource of a key; None when it is not known which key is meant. NotApplicable for keys from elsewhere."""
    if key.key is None and key.unknown is None:
        raise NotApplicable("the configuration does not make the key")
    return key.key


def users(key: TableKey) -> str:
    """`table "orders"`, or `table "orders" and 3 more`."""
    first, *others = key.users
    return f"{first} and {len(others)} more" if others else first
