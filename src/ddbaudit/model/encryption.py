"""How tables are encrypted at rest, and with which keys.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html. DynamoDB encrypts
every table. Without `server_side_encryption`, or with `enabled = false`, the key is one that AWS owns; with it, the AWS
managed key `alias/aws/dynamodb`, or the one that `kms_key_arn` names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.value import Unknown
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.globs import wild_match
from ddbaudit.model.kms import KmsKey, makes_key, named_key
from ddbaudit.model.reading import attr, first_unknown, nested, text_attr
from ddbaudit.model.subjects import judged
from ddbaudit.model.table import Table

Level = Literal["aws-owned", "aws-managed", "customer-managed"]
LEVELS: Final[tuple[Level, ...]] = ("aws-owned", "aws-managed", "customer-managed")
RESOURCE_POLICY: Final = "aws_dynamodb_resource_policy"
_REPLICA = "aws_dynamodb_table_replica"


@dataclass(frozen=True, slots=True)
class Encryption:
    """The levels that a table may have, lowest first; `unknown` tells why there is more than one, if a value does.
    `at` is what decides."""

    levels: tuple[Level, ...]
    at: Attr
    unknown: Unknown | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """`enabled` and `kms_key_arn` of a table. `unknown` tells why the block that holds them may not be there."""

    enabled: Attr
    arn: Attr
    unknown: Unknown | None = None


def setting_of(table: Table) -> Setting:
    """What `server_side_encryption` says; of a block that may be there, what it would say."""
    found = nested(table.instance.body, "server_side_encryption")
    if not found.items and found.possible:
        block = found.possible[0]
        return Setting(attr(block, "enabled"), text_attr(block, "kms_key_arn"), found.unknown)
    return Setting(table.sse.enabled, table.sse.extra["kms_key_arn"])


def encryption_of(table: Table, estate: Estate, customer_keys: tuple[str, ...] = ()) -> Encryption:
    """`customer_keys` are ARNs (with `*`) of customer managed keys that the configuration does not make."""
    setting = setting_of(table)
    enabled = setting.enabled
    if enabled.flag is not True and not enabled.is_unknown:
        return Encryption(("aws-owned",), enabled)
    by_key = _of_key(setting.arn, estate, customer_keys)
    because = first_unknown(setting.unknown, enabled.unknown)
    return by_key if because is None else Encryption(("aws-owned", *by_key.levels), enabled, because)


def _of_key(arn: Attr, estate: Estate, customer_keys: tuple[str, ...]) -> Encryption:
    if not arn.is_set:
        return Encryption(("aws-managed",), arn)
    text = arn.text
    if text is not None and any(wild_match(pattern, text) for pattern in customer_keys):
        return Encryption(("customer-managed",), arn)
    named = named_key(arn, estate)
    if named.manager is None:
        return Encryption(("aws-managed", "customer-managed"), arn, first_unknown(named.unknown, arn.unknown))
    return Encryption(("aws-managed" if named.manager == "aws" else "customer-managed",), arn)


@dataclass(frozen=True, slots=True)
class TableKey:
    """A key that tables or their replicas name. `key` is None for keys that the configuration does not make, and where
    it is not known which of its own is meant, if any; `unknown` then tells why, and all that is unknown for one reason
    counts as one. `users` says what names it, `arn` is where first."""

    key: KmsKey | None
    users: tuple[str, ...]
    arn: Attr
    instance: ResourceInstance
    unknown: Unknown | None = None

    @property
    def address(self) -> str:
        """That of the key; of the first table when there is no such resource."""
        return self.instance.address


def table_keys(estate: Estate) -> tuple[TableKey, ...]:
    """Every key that encrypts a table or may do so, in the order of the tables. Keys that AWS manages are left out:
    nobody sets anything about them."""
    found: dict[tuple[bool, str], TableKey] = {}
    may_be_own = bool(estate.evaluation.missing) or any(makes_key(r) for r in estate.resources)
    for label, arn, instance in _uses(estate):
        named = named_key(arn, estate)
        if named.manager == "aws":
            continue
        unknown = None
        if named.key is None and may_be_own:
            unknown = first_unknown(named.unknown, arn.unknown if named.manager is None else None)
        use = TableKey(named.key, (label,), arn, named.key.instance if named.key is not None else instance, unknown)
        key = named.key.address if named.key is not None else unknown.cause.text if unknown is not None else label
        known = found.get((use.key is None, key))
        found[use.key is None, key] = use if known is None else replace(known, users=(*known.users, label))
    return tuple(found.values())


def _uses(estate: Estate) -> Iterator[tuple[str, Attr, ResourceInstance]]:
    """What names a key: words for it, the argument, and the resource."""
    for table in estate.tables:
        setting = setting_of(table)
        if setting.arn.is_set and (setting.enabled.flag is True or setting.enabled.is_unknown):
            yield table.label, setting.arn, table.instance
        for replica in table.replicas:
            if replica.kms_key_arn.is_set:
                yield f"the replica of {table.label} in {replica.region.shown}", replica.kms_key_arn, table.instance
    for instance in estate.resources:
        if instance.type == _REPLICA and (arn := text_attr(instance.body, "kms_key_arn")).is_set:
            yield instance.address, arn, instance


judged(TableKey, "KMS key of tables", lambda estate: estate.once(table_keys))
