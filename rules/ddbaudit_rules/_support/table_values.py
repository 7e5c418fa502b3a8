"""What the provider refuses of a table beyond single values: capacities against the billing mode, TTL, streams.

Source: measured with `terraform plan` (and `apply` for the capacities of indexes), hashicorp/aws 5.100: "read_capacity
must be at least 1 when billing_mode is PROVISIONED", "read_capacity can not be set when billing_mode is
PAY_PER_REQUEST" (0 is as if it were not set), "write capacity must be > 0 when billing mode is PROVISIONED" (of an
index), "stream_view_type is required when stream_enabled = true", "must be specified when ttl[0].enabled is true". Of a
table without a hash key the plan says that its attributes are unused, and nothing when it has none.
"""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.ir.value import Cause
from ddbaudit.model.attr import Attr
from ddbaudit.model.lifecycle import leaves_alone
from ddbaudit.model.table import Table
from ddbaudit.model.tables import restored_from
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit_rules._support.compare import may_be_unset, reason
from ddbaudit_rules._support.limits import is_settled, refusal

_ON_DEMAND = "PAY_PER_REQUEST"


def table_problems(table: Table, doubt: Cause | None) -> Iterator[Problem]:
    yield from _hash_key(table)
    yield from _capacities(table, doubt)
    yield from _ttl(table, doubt)
    yield from _stream(table, doubt)


def _hash_key(table: Table) -> Iterator[Problem]:
    """AWS wants exactly one (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html); a
    table that is restored has that of its source."""
    keys, source = table.keys.hash, restored_from(table)
    if not all(may_be_unset(key) for key in keys) or (source.is_set and not source.is_unknown):
        return
    if not keys and not source.is_set:
        message, help = f"{table.label} has no hash key", "name the attribute of the partition key in hash_key"
        yield fail(message, table.header, label="hash_key is missing", help=help, detail="keys")
    elif not any(map(is_settled, (*keys, source))):
        message = f"whether {table.label} has a hash key is not known"
        yield unknown(message, keys[0] if keys else source, detail="keys")


def _capacities(table: Table, doubt: Cause | None) -> Iterator[Problem]:
    """With ignore_changes the capacity of a table that exists is what counts: such tables became on demand later."""
    on_demand = table.billing_mode.text == _ON_DEMAND
    for name, value in (("read_capacity", table.read_capacity), ("write_capacity", table.write_capacity)):
        if on_demand and leaves_alone(table.instance, name):
            continue
        yield from _capacity(table, table.label, name, value, name, doubt)
    if on_demand:  # capacities of indexes are then ignored
        return
    for index in table.indexes:
        if index.kind == "global" and index.address is None:
            owner = f"{index.label} of {table.label}"
            for name, value in (("read_capacity", index.read_capacity), ("write_capacity", index.write_capacity)):
                yield from _capacity(table, owner, name, value, f"{index.name.shown}:{name}", doubt, not index.certain)


def _capacity(
    table: Table, owner: str, name: str, value: Attr, detail: str, doubt: Cause | None, possible: bool = False
) -> Iterator[Problem]:
    mode = table.billing_mode
    if mode.is_unknown:  # which is said of the billing mode itself
        return
    if value.is_unknown:
        if is_settled(value):
            return
        message = f"whether {name} of {owner} suits the billing mode is not known"
        yield unknown(message, value, detail=detail)
        return
    number = value.number or 0
    if mode.text == _ON_DEMAND:
        if number > 0:
            message = f"{name} of {owner} cannot be set when the billing mode is PAY_PER_REQUEST"
            yield from refusal(message, value, "refused", "remove it", detail, doubt, possible)
    elif (not mode.is_set or mode.text == "PROVISIONED") and number < 1:
        message = f"{name} of {owner} must be at least 1 when the billing mode is PROVISIONED"
        absent = "" if mode.is_set else " (which it is when billing_mode is not set)"
        label = f"{name} is missing" if not value.is_set else "too few"
        help = f"set {name}, or billing_mode to PAY_PER_REQUEST"
        yield from refusal(message + absent, value, label, help, detail, doubt, possible)


def _ttl(table: Table, doubt: Cause | None) -> Iterator[Problem]:
    name: Attr = table.ttl.extra["attribute_name"]
    if table.ttl.present is not True or table.ttl.enabled.flag is False or not table.ttl.enabled.is_set:
        return
    if table.ttl.enabled.is_unknown or may_be_unset(name):
        if (not name.is_set or may_be_unset(name)) and not is_settled(name):
            message = f"whether ttl of {table.label} is enabled without an attribute_name is not known"
            yield unknown(message, name, because=reason(table.ttl.enabled, name), detail="ttl")
    elif not name.is_set:
        message = f"ttl of {table.label} is enabled and has no attribute_name"
        yield from refusal(message, name, "attribute_name is missing", "name the attribute", "ttl", doubt)


def _stream(table: Table, doubt: Cause | None) -> Iterator[Problem]:
    enabled, view = table.stream_enabled, table.stream_view_type
    if enabled.flag is False or not enabled.is_set:
        return
    if not view.is_set and not enabled.is_unknown:
        message = f"the stream of {table.label} is enabled and has no stream_view_type"
        help = "add stream_view_type, such as NEW_AND_OLD_IMAGES"
        yield from refusal(message, enabled, "stream_view_type is missing", help, "stream", doubt)
    elif (not view.is_set or may_be_unset(view)) and not is_settled(view) and not is_settled(enabled):
        message = f"whether the stream of {table.label} is enabled without a stream_view_type is not known"
        yield unknown(message, enabled, because=reason(enabled, view), detail="stream")
