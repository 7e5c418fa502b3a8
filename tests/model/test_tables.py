"""Tables: places, absence, ignorance."""

from __future__ import annotations

from ddbaudit.ir.types import STRING
from ddbaudit.ir.value import Absent, Origin, Unknown, string
from ddbaudit.model.table import Table

from .builders import Block, Config, hole, symbol, template, unknown


def one(config: Config) -> Table:
    (table,) = config.estate().tables
    return table


def test_argument_is_at_its_expression() -> None:
    config = Config()
    config.table("orders", {"billing_mode": "PAY_PER_REQUEST", "deletion_protection_enabled": True})
    table = one(config)
    assert table.name.text == "orders"
    assert table.name.span.text == "orders"
    assert table.billing_mode.text == "PAY_PER_REQUEST"
    assert table.deletion_protection.flag is True
    assert table.label == 'table "orders"'


def test_missing_argument_is_absent_at_the_header() -> None:
    config = Config()
    config.table("orders")
    table = one(config)
    assert isinstance(table.billing_mode.value, Absent)
    assert table.billing_mode.span == table.header
    assert table.header.text == 'resource "aws_dynamodb_table" "orders"'


def test_missing_argument_of_a_broken_body_is_unknown() -> None:
    config = Config()
    config.table("orders", broken=True)
    table = one(config)
    assert table.billing_mode.unknown is not None
    assert table.billing_mode.unknown.cause.kind == "broken"
    assert table.attributes_unknown is not None
    assert table.indexes_unknown is not None
    assert table.replicas_unknown is not None
    assert isinstance(table.pitr.present, Unknown)
    assert table.pitr.enabled.is_unknown
    assert table.keys.hash[0].text == "pk"
    assert table.keys.range[0].is_unknown


def test_empty_text_is_absent_but_keeps_its_place() -> None:
    config = Config()
    origin = Origin(None, "var.sort_key")
    config.table("orders", {"range_key": string("", origin), "stream_view_type": string("", origin)})
    table = one(config)
    assert table.keys.range == ()
    assert not table.stream_view_type.is_set
    assert table.stream_view_type.value.origin is origin
    assert table.stream_view_type.span != table.header


def test_null_key_is_no_key_and_an_unknown_one_may_be() -> None:
    config = Config()
    config.table("a", {"range_key": None})
    config.table("b", {"range_key": unknown()})
    a, b = config.estate().tables
    assert a.keys.range == ()
    assert b.keys.range[0].is_unknown


def test_key_schema_blocks_of_index_and_table() -> None:
    config = Config()
    schema = [
        Block({"attribute_name": "tenant", "key_type": "HASH"}),
        Block({"attribute_name": "region", "key_type": "HASH"}),
        Block({"attribute_name": "day", "key_type": "RANGE"}),
    ]
    index = Block({"name": "by-day", "projection_type": "ALL"}, {"key_schema": schema})
    config.add("aws_dynamodb_table", "t", {"name": "t"}, {"key_schema": schema[:1], "global_secondary_index": [index]})
    table = one(config)
    assert [a.text for a in table.keys.hash] == ["tenant"]
    (gsi,) = table.indexes
    assert [a.text for a in gsi.keys.hash] == ["tenant", "region"]
    assert [a.text for a in gsi.keys.range] == ["day"]
    assert gsi.keys.hash[1].span.text == "region"


def test_key_schema_of_unknown_kind_or_number() -> None:
    config = Config()
    index = Block(
        {"name": "i"},
        {"key_schema": [Block({"attribute_name": "a", "key_type": unknown()})]},
    )
    maybe = Block({"name": "j", "hash_key": "a"}, possible={"key_schema": [Block({"attribute_name": "b"})]})
    config.table("t", blocks={"global_secondary_index": [index, maybe]})
    first, second = one(config).indexes
    assert first.keys.hash[0].is_unknown
    assert first.keys.range[0].is_unknown
    assert any(a.is_unknown for a in second.keys.range)
    assert any(a.text == "a" for a in second.keys.hash)


def test_local_index_shares_the_hash_key() -> None:
    config = Config()
    config.table(
        "t",
        {"range_key": "sk"},
        blocks={"local_secondary_index": [Block({"name": "l", "range_key": "x", "projection_type": "KEYS_ONLY"})]},
    )
    (lsi,) = one(config).indexes
    assert lsi.kind == "local"
    assert [a.text for a in lsi.keys.attributes()] == ["pk", "x"]
    assert lsi.label == 'LSI "l"'


def test_dynamic_indexes_are_uncertain() -> None:
    config = Config()
    config.table("t", possible={"global_secondary_index": [Block({"name": unknown(), "hash_key": "a"})]})
    table = one(config)
    (gsi,) = table.indexes
    assert not gsi.certain
    assert table.indexes_unknown is not None


def test_dynamic_attributes_are_not_listed() -> None:
    config = Config()
    config.table("t", blocks={"attribute": [Block({"name": "pk", "type": "S"})]}, possible={"attribute": [Block()]})
    table = one(config)
    assert [a.name.text for a in table.attributes] == ["pk"]
    assert table.attributes_unknown is not None


def test_toggle_present_absent_unknown() -> None:
    config = Config()
    config.table(
        "t",
        blocks={"point_in_time_recovery": [Block({"enabled": True, "recovery_period_in_days": 7})]},
        possible={"server_side_encryption": [Block({"enabled": True})]},
    )
    table = one(config)
    assert table.pitr.present is True
    assert table.pitr.enabled.flag is True
    assert table.pitr.extra["recovery_period_in_days"].number == 7
    assert table.pitr.header.text == "point_in_time_recovery"
    assert table.ttl.present is False
    assert table.ttl.header == table.header
    assert not table.ttl.extra["attribute_name"].is_set
    assert isinstance(table.sse.present, Unknown)
    assert table.sse.enabled.is_unknown
    assert table.sse.header.text == "server_side_encryption"


def test_ttl_without_enabled() -> None:
    config = Config()
    config.table("t", blocks={"ttl": [Block({"attribute_name": "expires"})]})
    ttl = one(config).ttl
    assert ttl.present is True
    assert not ttl.enabled.is_set
    assert ttl.enabled.span.text == "ttl"


def test_replicas() -> None:
    config = Config()
    config.table(
        "t",
        blocks={"replica": [Block({"region_name": "eu-west-1", "point_in_time_recovery": True})]},
        possible={"replica": [Block({"region_name": unknown()})]},
    )
    table = one(config)
    assert [(r.region.text, r.certain) for r in table.replicas] == [("eu-west-1", True), (None, False)]
    assert table.replicas_unknown is not None
    assert table.replicas[0].kms_key_arn.span.text == "replica"


# -- separate index resources --------------------------------------------------------------------------------------

KEYS = [Block({"attribute_name": "a", "attribute_type": "S", "key_type": "HASH"})]
PROJECTION = [Block({"projection_type": "INCLUDE", "non_key_attributes": ["x"]})]


def separate(config: Config, table_name: object, name: str = "i") -> None:
    config.add(
        "aws_dynamodb_global_secondary_index",
        name,
        {"table_name": table_name, "index_name": f"{name}-index"},  # type: ignore[dict-item]
        {"key_schema": KEYS, "projection": PROJECTION},
    )


def test_separate_index_joins_by_name() -> None:
    config = Config()
    config.table("orders")
    config.table("users")
    separate(config, "orders")
    orders, users = config.estate().tables
    (index,) = orders.indexes
    assert index.address == "aws_dynamodb_global_secondary_index.i"
    assert index.projection.text == "INCLUDE"
    assert index.own_types["a"].text == "S"
    assert index.read_capacity.span == index.header
    assert users.indexes == ()
    assert users.indexes_unknown is None


def test_separate_index_joins_by_symbol() -> None:
    config = Config()
    config.add("aws_dynamodb_table", "orders", {"name": unknown()})
    config.table("users")
    separate(config, symbol("aws_dynamodb_table.orders", "id"))
    orders, users = config.estate().tables
    assert len(orders.indexes) == 1
    assert users.indexes_unknown is None


def test_separate_index_joins_by_partly_known_name() -> None:
    config = Config()
    name = template("app-", hole(), "-orders")
    config.add("aws_dynamodb_table", "orders", {"name": name})
    config.table("users")
    separate(config, name)
    orders, users = config.estate().tables
    assert len(orders.indexes) == 1
    assert users.indexes == ()
    assert users.indexes_unknown is None


def test_separate_index_of_an_unknown_table_taints_those_it_may_belong_to() -> None:
    config = Config()
    config.table("orders-dev")
    config.table("users-dev")
    separate(config, template("orders-", hole()))
    orders, users = config.estate().tables
    assert orders.indexes == ()
    assert orders.indexes_unknown is not None
    assert users.indexes_unknown is None


def test_separate_index_with_unknown_count() -> None:
    config = Config()
    config.table("orders")
    config.add(
        "aws_dynamodb_global_secondary_index",
        "i",
        {"table_name": "orders", "index_name": "x"},
        {"key_schema": KEYS},
        expansion=unknown(),
    )
    (orders,) = config.estate().tables
    assert not orders.indexes[0].certain
    assert orders.indexes_unknown is not None


def test_estate_knows_tables_by_address() -> None:
    config = Config()
    config.table("orders")
    estate = config.estate()
    assert estate.tables_by_address["aws_dynamodb_table.orders"] is estate.tables[0]
    assert estate.tables[0].name.value.type == STRING
