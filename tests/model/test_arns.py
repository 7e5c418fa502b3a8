"""Which tables, indexes and streams a resource covers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.instance import Provider
from ddbaudit.ir.value import Absent, Hole, Part, Symbol, join_parts, string
from ddbaudit.model.arns import _EVERY, ArnTarget, _label, _named, classify
from ddbaudit.model.estate import Estate
from ddbaudit.model.globs import Atoms
from ddbaudit.model.table import Table

from .builders import Block, Config, hole, template, unknown

PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN
ORDERS_NAME = Symbol("aws_dynamodb_table.orders", ("name",))
ORDERS = Symbol("aws_dynamodb_table.orders", ("arn",))
USERS = Symbol("aws_dynamodb_table.users", ("arn",))
ACCOUNT = Symbol("data.aws_caller_identity.me", ("account_id",))
REGION = Symbol("data.aws_region.here", ("name",))
IRELAND = Provider("aws", string("eu-west-1"), Absent())
NAME = "arn:aws:dynamodb:eu-west-1:123456789012:table/"


def two_tables() -> Estate:
    config = Config()
    index = Block({"name": "email-index", "hash_key": "email"})
    config.table("orders", {"name": "orders-dev"}, blocks={"global_secondary_index": [index]}, provider=IRELAND)
    config.table("users", {"name": "users-dev"}, provider=IRELAND)
    config.add("aws_dynamodb_table", "data", {"name": "orders-dev"}, mode="data")
    return config.estate()


@pytest.fixture
def estate() -> Estate:
    return two_tables()


def answers(target: ArnTarget, estate: Estate) -> tuple[Verdict, ...]:
    """Of the table orders: the table, its index, all indexes, its stream."""
    table = estate.tables[0]
    return (
        target.covers_table(table),
        target.covers_index(table, table.indexes[0]),
        target.covers_all_indexes(table),
        target.covers_stream(table),
    )


CASES: list[tuple[tuple[Part, ...], tuple[Verdict, ...]]] = [
    (("*",), (PASS, PASS, PASS, PASS)),
    ((ORDERS,), (PASS, FAIL, FAIL, FAIL)),
    ((ORDERS, "/index/*"), (FAIL, PASS, PASS, FAIL)),
    ((ORDERS, "/index/email-index"), (FAIL, PASS, FAIL, FAIL)),
    ((ORDERS, "/index/email-*"), (FAIL, PASS, FAIL, FAIL)),
    ((ORDERS, "/index/other"), (FAIL, FAIL, FAIL, FAIL)),
    ((ORDERS, "/index/", Hole(unknown())), (FAIL, UNKNOWN, UNKNOWN, FAIL)),
    ((ORDERS, "/*"), (FAIL, PASS, PASS, PASS)),
    ((ORDERS, "*"), (PASS, PASS, PASS, PASS)),
    ((ORDERS, "/stream/*"), (FAIL, FAIL, FAIL, PASS)),
    ((Symbol("aws_dynamodb_table.orders", ("stream_arn",)),), (FAIL, FAIL, FAIL, PASS)),
    ((USERS,), (FAIL, FAIL, FAIL, FAIL)),
    ((USERS, "/index/*"), (FAIL, FAIL, FAIL, FAIL)),
    ((Symbol("aws_sqs_queue.q", ("arn",)),), (FAIL, FAIL, FAIL, FAIL)),
    ((Symbol("module.m.aws_s3_bucket.b", ("arn",)), "/*"), (FAIL, FAIL, FAIL, FAIL)),
    ((Symbol("data.aws_ssm_parameter.arn", ("value",)),), (UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)),
    ((Symbol("data.aws_dynamodb_table.data", ("arn",)), "/index/*"), (FAIL, PASS, PASS, FAIL)),
    ((Symbol("data.aws_dynamodb_table.data", ("arn",)),), (PASS, FAIL, FAIL, FAIL)),
    ((hole(),), (UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)),
    ((hole(), "/index/*"), (FAIL, UNKNOWN, UNKNOWN, FAIL)),
    ((NAME + "orders-dev",), (PASS, FAIL, FAIL, FAIL)),
    ((NAME + "orders-dev/index/*",), (FAIL, PASS, PASS, FAIL)),
    ((NAME + "users-dev",), (FAIL, FAIL, FAIL, FAIL)),
    ((NAME + "orders-*",), (PASS, PASS, PASS, PASS)),
    ((NAME + "*",), (PASS, PASS, PASS, PASS)),
    ((NAME + "*/index/*",), (FAIL, PASS, PASS, FAIL)),
    ((NAME + "orders-???",), (PASS, FAIL, FAIL, FAIL)),
    ((NAME + "orders-??",), (FAIL, FAIL, FAIL, FAIL)),
    ((NAME + "ORDERS-DEV",), (FAIL, FAIL, FAIL, FAIL)),
    (("arn:aws:dynamodb:*:*:table/orders-dev",), (PASS, FAIL, FAIL, FAIL)),
    (("arn:aws:dynamodb:*:table/orders-dev",), (UNKNOWN, FAIL, FAIL, FAIL)),
    (("arn:aws:dynamodb:*",), (PASS, PASS, PASS, PASS)),
    (("arn:aws:dynamodb:us-*:*:table/orders-dev",), (FAIL, FAIL, FAIL, FAIL)),
    (("arn:aws:dynamodb:us-east-1:*:table/orders-dev",), (FAIL, FAIL, FAIL, FAIL)),
    (("arn:aws:dynamodb",), (PASS, PASS, PASS, PASS)),
    (("arn:aws:dynamodb:eu-west-1",), (PASS, PASS, PASS, PASS)),
    (("arn:aws:s3:::bucket/*",), (FAIL, FAIL, FAIL, FAIL)),
    (("arn:aws:dynamodb:::table/orders-dev",), (FAIL, FAIL, FAIL, FAIL)),
    (("arn:aws:dynamodb:eu-west-1:123456789012:table/${aws:username}",), (UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)),
    (("arn:aws:dynamodb:eu-west-1:123456789012:table/orders-${*}",), (FAIL, FAIL, FAIL, FAIL)),
    (("arn:aws:dynamodb:", REGION, ":", ACCOUNT, ":table/orders-dev"), (PASS, FAIL, FAIL, FAIL)),
    (
        (
            "arn:aws:dynamodb:",
            REGION,
            ":",
            ACCOUNT,
            ":table/",
            ORDERS_NAME,
            "/index/*",
        ),
        (FAIL, PASS, PASS, FAIL),
    ),
    (
        ("arn:aws:dynamodb:", REGION, ":", ACCOUNT, ":table/", Symbol("aws_dynamodb_table.users", ("id",)), "/index/*"),
        (FAIL, FAIL, FAIL, FAIL),
    ),
    (("arn:aws:dynamodb:", REGION, ":", ACCOUNT, ":table/", hole()), (UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)),
    (("arn:aws:dynamodb:", REGION, ":", ACCOUNT, ":table/users-", hole()), (FAIL, FAIL, FAIL, FAIL)),
    (("arn:aws:dynamodb:eu-west-1:", hole(), ":table/orders-dev"), (UNKNOWN, FAIL, FAIL, FAIL)),
    (("arn:aws:dynamodb:eu-west-1:", hole(), ":table/users-dev"), (FAIL, FAIL, FAIL, FAIL)),
    ((), (FAIL, FAIL, FAIL, FAIL)),
]


@pytest.mark.parametrize(("parts", "expected"), CASES, ids=lambda c: str(c)[:70])
def test_covers(parts: tuple[Part, ...], expected: tuple[Verdict, ...], estate: Estate) -> None:
    assert answers(classify(parts, estate), estate) == expected


def test_name_that_begins_like_another() -> None:
    config = Config()
    config.table("orders", {"name": "orders"})
    config.table("archive", {"name": "orders-archive"})
    estate = config.estate()
    orders, archive = estate.tables
    wide = classify((ORDERS, "*"), estate)
    assert (wide.covers_table(orders), wide.covers_table(archive)) == (PASS, PASS)
    narrow = classify((ORDERS,), estate)
    assert (narrow.covers_table(orders), narrow.covers_table(archive)) == (PASS, FAIL)
    assert narrow.tables == (orders,)


def test_partly_known_names() -> None:
    config = Config()
    gap = hole()
    config.add("aws_dynamodb_table", "a", {"name": template("app-", gap, "-orders")})
    config.add("aws_dynamodb_table", "b", {"name": template("app-", gap, "-users")})
    config.add("aws_dynamodb_table", "c", {"name": unknown()})
    estate = config.estate()
    a, b, c = estate.tables
    same = classify(("arn:aws:dynamodb:*:*:table/app-", gap, "-orders"), estate)
    assert [same.covers_table(t) for t in (a, b, c)] == [PASS, FAIL, UNKNOWN]
    wild = classify(("arn:aws:dynamodb:*:*:table/app-*-users",), estate)
    assert [wild.covers_table(t) for t in (a, b, c)] == [FAIL, PASS, UNKNOWN]
    by_name = classify(("arn:aws:dynamodb:*:*:table/", Symbol("aws_dynamodb_table.c", ("name",))), estate)
    assert [by_name.covers_table(t) for t in (a, b, c)] == [UNKNOWN, UNKNOWN, PASS]


def test_unknown_region_of_the_provider_is_that_of_the_arn() -> None:
    config = Config()
    config.table("orders", {"name": "orders"})
    estate = config.estate()
    assert classify((NAME + "orders",), estate).covers_table(estate.tables[0]) is PASS


def test_region_argument_of_the_table_itself() -> None:
    config = Config()
    config.table("orders", {"name": "orders", "region": "us-east-1"}, provider=IRELAND)
    estate = config.estate()
    assert classify((NAME + "orders",), estate).covers_table(estate.tables[0]) is FAIL
    assert classify((ORDERS,), estate).covers_table(estate.tables[0]) is PASS


def test_data_source_of_another_table() -> None:
    config = Config()
    config.table("orders", {"name": "orders"})
    config.table("secret", {"name": unknown()})
    config.add("aws_dynamodb_table", "shared", {"name": "shared"}, mode="data")
    estate = config.estate()
    target = classify((Symbol("data.aws_dynamodb_table.shared", ("arn",)), "/index/*"), estate)
    assert [target.covers_all_indexes(t) for t in estate.tables] == [FAIL, UNKNOWN]


def test_arn_of_a_separate_index() -> None:
    config = Config()
    config.table("orders", {"name": "orders"})
    config.add("aws_dynamodb_global_secondary_index", "i", {"table_name": "orders", "index_name": "by-day"})
    estate = config.estate()
    (orders,) = estate.tables
    target = classify((Symbol("aws_dynamodb_global_secondary_index.i", ("arn",)),), estate)
    assert target.covers_index(orders, orders.indexes[0]) is PASS
    assert target.covers_table(orders) is FAIL
    assert target.covers_all_indexes(orders) is FAIL


def test_touches(estate: Estate) -> None:
    orders, users = estate.tables
    gone = classify((ORDERS, "/index/gone"), estate)
    assert gone.touches(orders) is PASS
    assert gone.touches(users) is FAIL
    assert gone.tables == (orders,)
    assert classify((NAME + "orders-dev/index/email-index",), estate).touches(orders) is PASS
    assert classify((hole(),), estate).touches(orders) is UNKNOWN


def test_backups_and_exports(estate: Estate) -> None:
    orders = estate.tables[0]
    target = classify((ORDERS, "/backup/*"), estate)
    assert target.covers_backups(orders) is PASS
    assert target.covers_exports(orders) is FAIL


@pytest.mark.parametrize(
    ("parts", "service", "region", "account"),
    [
        (("*",), "*", None, None),
        ((ORDERS,), "dynamodb", None, None),
        ((NAME + "x",), "dynamodb", "eu-west-1", "123456789012"),
        (("arn:aws:dynamodb:*:", ACCOUNT, ":table/x"), "dynamodb", "*", None),
        (("arn:aws:s3:::b",), "s3", "", ""),
        ((Symbol("aws_sqs_queue.q", ("arn",)),), "other", None, None),
        ((hole(),), None, None, None),
    ],
)
def test_segments(
    parts: tuple[Part, ...], service: str | None, region: str | None, account: str | None, estate: Estate
) -> None:
    target = classify(parts, estate)
    assert (target.service, target.region, target.account) == (service, region, account)


PIECES = st.sampled_from(
    [
        *("arn:aws:dynamodb:", "arn:", "*", "?", ":", "eu-west-1:", "us-east-1:", "123456789012:", "*:", "table/"),
        *("orders-dev", "orders-", "users-dev", "/index/", "email-index", "/stream/", "/", "${aws:username}"),
        *(ORDERS, USERS, ORDERS_NAME, REGION, ACCOUNT, hole()),
    ]
)
BEGINNINGS = st.sampled_from([(), (NAME,), ("arn:aws:dynamodb:", REGION, ":", ACCOUNT, ":table/"), (ORDERS,)])


@settings(deadline=None)
@given(BEGINNINGS, st.lists(PIECES, max_size=5))
def test_shortcuts_change_nothing(beginning: tuple[Part, ...], rest: list[Part]) -> None:
    estate = two_tables()
    target = classify(join_parts([*beginning, *rest]), estate)
    table = estate.tables[0]
    whole = [target._match(arn) for arn in subjects(table)]
    assert list(answers(target, estate)) == whole


def subjects(table: Table) -> Iterator[Atoms]:
    """The ARNs that `answers` asks for."""
    for suffix in ((), tuple("/index/email-index"), (*"/index/", _EVERY), (*"/stream/", _label(table.address))):
        yield (*_named(table).arn, *suffix)
