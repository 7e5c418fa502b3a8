"""Binary plans of other Terraform versions, and what a plan rarely holds."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from ddbaudit.frontends.plan.addresses import address_text, parse_address
from ddbaudit.frontends.plan.binary import read_binary
from ddbaudit.ir.plan import Change, Plan
from ddbaudit.ir.value import Absent, Known, Unknown
from tests.plan.archives import UNKNOWN, change, encoded, field, tfplan, typed

TABLE = "aws_dynamodb_table.t"
NAMED = {"name": "orders"}


def read(*fields: bytes, terraform: str = "1.11.4") -> Plan:
    return read_binary(tfplan(*fields, terraform=terraform), "tfplan")


def only(plan: Plan) -> Change:
    (found,) = plan.changes
    return found


@pytest.mark.parametrize(
    ("action", "values", "actions", "remains"),
    [
        (0, 1, ("no-op",), True),
        (1, 1, ("create",), True),
        (2, 2, ("read",), True),
        (3, 2, ("update",), True),
        (5, 1, ("delete",), False),
        (6, 2, ("delete", "create"), True),
        (7, 2, ("create", "delete"), True),
        (8, 1, ("forget",), False),
        (9, 2, ("create", "forget"), True),
        (10, 2, ("forget", "create"), True),
    ],
)
def test_actions(action: int, values: int, actions: tuple[str, ...], remains: bool) -> None:
    plan = read(change(TABLE, action, *([NAMED] * values)))
    found = only(plan)
    assert found.actions == actions
    assert found.remains is remains
    assert plan.total == remains
    assert isinstance(found.before, Absent) == (action == 1)
    assert isinstance(found.after, Absent) == (not remains)


@pytest.mark.parametrize(
    ("parts", "address"),
    [
        (field(3, "aws_dynamodb_table") + field(4, "t"), "aws_dynamodb_table.t"),
        (field(3, "aws_dynamodb_table") + field(4, "t") + field(6, 0), "aws_dynamodb_table.t[0]"),
        (field(2, 1) + field(3, "aws_region") + field(4, "r") + field(6, 3), "data.aws_region.r[3]"),
        (
            field(1, 'module.m["a"]') + field(3, "aws_dynamodb_table") + field(4, "t") + field(5, 'x "y"'),
            'module.m["a"].aws_dynamodb_table.t["x \\"y\\""]',
        ),
    ],
)
def test_up_to_terraform_1_0_addresses_come_in_parts(parts: bytes, address: str) -> None:
    plan = read(change("", 2 if "data" in address else 1, NAMED, NAMED, more=parts), terraform="1.0.11")
    assert only(plan).address == address
    assert plan.complete is None


def test_a_deposed_object_does_not_remain() -> None:
    plan = read(change(TABLE, 5, NAMED, more=field(7, "c0ffee00")), change(TABLE, 0, NAMED))
    assert [(c.deposed, c.remains) for c in plan.changes] == [(None, True), ("c0ffee00", False)]
    assert plan.total == 1


def test_the_end_of_a_data_source_in_the_state_is_no_change() -> None:
    assert read(change("data.aws_region.r", 5, NAMED)).changes == ()


def test_what_was_put_off_is_told() -> None:
    inner = change("aws_dynamodb_table.t[*]", 1, UNKNOWN)[2:]
    plan = read(field(27, field(1, field(1, 1)) + field(2, inner[1:] if inner[0] > 0x7F else inner)))
    assert plan.deferred == ("aws_dynamodb_table.t[*]",)
    assert plan.complete is False


def test_targets_are_resources_modules_and_actions() -> None:
    plan = read(field(5, "module.m"), field(5, TABLE), field(32, "action.aws_lambda_invoke.a"))
    assert plan.targets == ("action.aws_lambda_invoke.a", TABLE, "module.m")


@pytest.mark.parametrize(
    ("fields", "complete"),
    [
        ((field(26, 1),), True),
        ((field(20, 1),), False),
        ((field(5, TABLE),), False),
        ((field(6, TABLE),), False),
        ((field(31, b""),), False),
        ((), None),
    ],
    ids=["complete", "errored", "target", "exclude", "deferred action", "not told"],
)
def test_a_plan_is_complete_when_it_says_so(fields: tuple[bytes, ...], complete: bool | None) -> None:
    assert read(*fields).complete is complete


def test_ephemeral_variables_are_left_out() -> None:
    set_, ephemeral = (field(2, field(1, name) + field(2, typed("string", "x"))) for name in ("env", "token"))
    assert set(read(set_, ephemeral, field(28, "token")).variables) == {"env"}


def test_the_workspace_is_that_of_the_backend() -> None:
    assert read().workspace == "blue"


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        (7, "7"),
        (-7, "-7"),
        (2**63 + 1, "9223372036854775809"),
        (1.5, "1.5"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("0.1", "0.1"),
        (float("inf"), "Infinity"),
    ],
)
def test_numbers_are_exact(raw: float | str, number: str) -> None:
    variable = field(2, field(1, "n") + field(2, typed("number", raw)))
    value = read(variable).variables["n"]
    assert isinstance(value, Known)
    assert value.number == Decimal(number)


@pytest.mark.parametrize("payload", [b"\0", b"", msgspec.msgpack.encode({1: False, 2: "arn:aws:"})])
def test_refinements_of_unknown_values_tell_nothing(payload: bytes) -> None:
    unknown = msgspec.msgpack.Ext(0 if len(payload) < 2 else 12, payload)
    after = only(read(change(TABLE, 1, {"name": unknown, "global_secondary_index": unknown}))).after
    assert isinstance(after, Known)
    for name in ("name", "global_secondary_index"):
        value = after.mapping[name]
        assert isinstance(value, Unknown)
        assert value.parts is None
        assert str(value.cause.span) == f"tfplan:{TABLE}.{name}"
    assert str(after.mapping["global_secondary_index"].type).startswith("set(object(")


def test_a_mark_inside_a_set_is_a_mark_on_the_set() -> None:
    key = field(1, field(2, encoded({"name": "pk", "type": "S"})))
    path = field(4, field(1, field(1, "attribute")) + key + field(1, field(1, "name")))
    value = {"name": "orders", "attribute": [{"name": "pk", "type": "S"}], "tags": {"a": "1", "b": "2"}}
    tag = field(4, field(1, field(1, "tags")) + field(1, field(2, encoded("a"))))
    after = only(read(change(TABLE, 1, value, inner=path + tag))).after
    assert isinstance(after, Known)
    assert after.mapping["attribute"].sensitive
    assert isinstance(tags := after.mapping["tags"], Known)
    assert {name: tag.sensitive for name, tag in tags.mapping.items()} == {"a": True, "b": False}
    assert not after.mapping["name"].sensitive


def test_an_attribute_that_no_schema_knows_keeps_its_shape() -> None:
    plan = read(change(TABLE, 1, {"name": "orders", "brand_new": {"a": [1, "x", True, None]}}))
    after = only(plan).after
    assert isinstance(after, Known)
    assert str(after.mapping["brand_new"].type) == "object({a = tuple([number, string, bool, any])})"
    assert plan.diagnostics == ()


def test_a_value_of_another_type_than_the_schema_says_is_told() -> None:
    (problem,) = read(change(TABLE, 1, {"name": ["orders"]})).diagnostics
    assert problem.code == "PLAN016"
    assert problem.detail.startswith(f"{TABLE}.name: ")
    assert "terraform show -json" in problem.help


@pytest.mark.parametrize(
    "address",
    [
        "aws_dynamodb_table.t",
        'module.a.module.b["x.y[0]"].data.aws_region.here[12]',
        r'aws_x.t["a\"b\\c\n\u0085\U000e0001$${x}%%{y}$"]',
        'aws_x.straße-1["ü"]',
    ],
)
def test_addresses_are_taken_apart_and_put_together_again(address: str) -> None:
    parts = parse_address(address)
    assert parts is not None
    assert address_text(parts.module, parts.mode, parts.type, parts.name, parts.key) == address


@pytest.mark.parametrize(
    "text", ["", "t", "module.a", "a.b.c", "a.b[", 'a.b["x]', "a.b[0] ", "a.b[-1]", "module..a.b", "data.a"]
)
def test_other_text_is_no_address(text: str) -> None:
    assert parse_address(text) is None
