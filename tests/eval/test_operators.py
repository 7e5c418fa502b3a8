"""Operators, template parts, and one test for each place where we know more than Terraform says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ddbaudit.frontends.hcl.convert import equals
from ddbaudit.frontends.hcl.functions.registry import call
from ddbaudit.frontends.hcl.operators import OperationError, binary, template_parts, unary
from ddbaudit.frontends.hcl.sharper import SHARPER, never_empty
from ddbaudit.ir.types import BOOL, DYNAMIC, NUMBER, STRING, list_of, map_of
from ddbaudit.ir.value import (
    Absent,
    Cause,
    Hole,
    Known,
    Part,
    Symbol,
    Unknown,
    Value,
    boolean,
    map_value,
    number,
    object_value,
    string,
    tuple_value,
)
from tests.eval.mini import CONTEXT, FUNCTIONS

CAUSE = Cause("computed", "later")
ARN = Symbol('module.m["a.b"].aws_dynamodb_table.t[0]', ("arn",))
LATER = Unknown(BOOL, CAUSE)
TABLE = Unknown(STRING, CAUSE, (ARN,))
INDEX = Unknown(STRING, CAUSE, (ARN, "/index/*"), not_null=True)


def run(name: str, *args: Value) -> Value:
    return call(FUNCTIONS[name], args, CONTEXT)


def data(value: Value) -> object:
    assert isinstance(value, Known)
    return value.data


# --- sharper ----------------------------------------------------------------------------------------------------------


def and_false() -> None:
    assert data(binary("&&", LATER, boolean(False))) is False
    assert data(binary("&&", boolean(False), LATER)) is False
    assert isinstance(binary("&&", LATER, boolean(True)), Unknown)


def or_true() -> None:
    assert data(binary("||", LATER, boolean(True))) is True
    assert data(binary("||", boolean(True), LATER)) is True
    assert isinstance(binary("||", LATER, boolean(False)), Unknown)


def equal_symbols() -> None:
    assert data(equals(INDEX, INDEX)) is True
    assert data(binary("!=", TABLE, TABLE)) is False


def unequal_around_symbols() -> None:
    assert data(equals(Unknown(STRING, CAUSE, ("app-", ARN), not_null=True), string("web-1"))) is False
    assert data(binary("!=", INDEX, string("arn:x/stream/y"))) is True


def unequal_later_element() -> None:
    assert data(equals(tuple_value((TABLE, string("a"))), tuple_value((string("x"), string("b"))))) is False


def alltrue_false() -> None:
    assert data(run("alltrue", tuple_value((LATER, boolean(False))))) is False


def never_empty_strings() -> None:
    assert data(run("compact", tuple_value((TABLE, string(""), INDEX)))) == (TABLE, INDEX)
    assert run("coalesce", TABLE, string("x")) is TABLE
    stream = Unknown(STRING, CAUSE, (Symbol("aws_dynamodb_table.t", ("stream_arn",)),))
    assert isinstance(run("compact", tuple_value((stream,))), Unknown)
    assert isinstance(run("coalesce", stream, string("x")), Unknown)


def coalesce_last() -> None:
    stream = Unknown(STRING, CAUSE, (Symbol("aws_dynamodb_table.t", ("stream_arn",)),))
    assert run("coalesce", Absent(), stream, string("")) is stream


def distinct_symbols() -> None:
    template = Unknown(STRING, CAUSE, (ARN,), not_null=True)
    result = run("distinct", tuple_value((template, INDEX, template)))
    assert [v.parts for v in data(result)] == [(ARN,), (ARN, "/index/*")]  # type: ignore[attr-defined]
    assert isinstance(run("distinct", tuple_value((TABLE, string("arn:aws:x")))), Unknown)


def merge_after_unknown() -> None:
    tags = Unknown(map_of(STRING), CAUSE)
    merged = run("merge", tags, map_value(STRING, {"Name": string("x")}))
    assert isinstance(merged, Unknown)
    assert data(run("lookup", merged, string("Name"))) == "x"
    assert isinstance(run("lookup", merged, string("Team")), Unknown)
    again = run("merge", merged, object_value({"Team": string("y")}))
    assert isinstance(again, Unknown)
    assert isinstance(again.structure, Known)
    assert list(again.structure.mapping) == ["Name", "Team"]
    overridden = run("merge", map_value(STRING, {"Name": string("x")}), tags)
    assert isinstance(overridden, Unknown)
    assert overridden.structure is None


def known_ends() -> None:
    table = Unknown(STRING, CAUSE, ("orders-", ARN, "/index/*"), not_null=True)
    assert data(run("startswith", table, string("orders-"))) is True
    assert data(run("startswith", table, string("users-"))) is False
    assert data(run("endswith", table, string("/*"))) is True
    assert data(run("strcontains", table, string("/index/"))) is True
    assert isinstance(run("startswith", table, string("orders-e")), Unknown)
    assert isinstance(run("strcontains", table, string("q")), Unknown)
    cut = run("trimsuffix", table, string("/*"))
    assert isinstance(cut, Unknown)
    assert cut.parts == ("orders-", ARN, "/index")
    letters = Unknown(STRING, CAUSE, ("e", ARN), not_null=True)
    assert isinstance(run("startswith", letters, string("e")), Unknown)


PROOFS: dict[str, Callable[[], None]] = {
    "and-false": and_false,
    "or-true": or_true,
    "equal-symbols": equal_symbols,
    "unequal-around-symbols": unequal_around_symbols,
    "unequal-later-element": unequal_later_element,
    "alltrue-false": alltrue_false,
    "never-empty": never_empty_strings,
    "coalesce-last": coalesce_last,
    "distinct-symbols": distinct_symbols,
    "known-ends": known_ends,
    "merge-after-unknown": merge_after_unknown,
}


@pytest.mark.parametrize("name", [entry.name for entry in SHARPER])
def test_sharper(name: str) -> None:
    PROOFS[name]()


@pytest.mark.parametrize(
    ("parts", "answer"),
    [
        (("x",), True),
        ((ARN,), True),
        ((Symbol("aws_iam_role.r", ("id",)),), True),
        ((Symbol("aws_dynamodb_table.t", ("stream_arn",)),), False),
        ((Symbol("aws_dynamodb_table.t", ("replica", 0, "arn")),), False),
        ((Symbol("data.aws_kms_key.k", ("arn",)),), False),
        ((Symbol("module.m.data.aws_kms_key.k", ("arn",)),), False),
        ((Symbol("terraform_data.t", ("id",)),), False),
        ((Hole(LATER),), False),
        ((Hole(LATER), "x"), True),
        ((), False),
    ],
)
def test_never_empty(parts: tuple[Part, ...], answer: bool) -> None:
    assert never_empty(parts) is answer


# --- operators --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("op", ["+", "-", "*", "/", "%", "<", "<=", ">", ">=", "&&", "||"])
def test_null_operands(op: str) -> None:
    good = boolean(True) if op in ("&&", "||") else number(1)
    for index, operands in enumerate(((Absent(), good), (good, Absent()))):
        with pytest.raises(OperationError) as caught:
            binary(op, *operands)
        assert caught.value.message == "Error during operation: argument must not be null."
        assert caught.value.operand == index


def test_operands_of_the_wrong_type() -> None:
    with pytest.raises(OperationError) as caught:
        binary("+", number(1), string("a"))
    assert caught.value.message == "Unsuitable value for right operand: a number is required."
    assert caught.value.summary == "Invalid operand"
    assert caught.value.operand == 1
    with pytest.raises(OperationError, match="Unsuitable value for unary operand: bool required"):
        unary("!", number(1))


@pytest.mark.parametrize("op", ["+", "-", "*", "/", "%"])
def test_unknown_operands(op: str) -> None:
    hidden = Unknown(NUMBER, CAUSE)
    for result in (binary(op, hidden, number(1)), binary(op, number(1), hidden)):
        assert isinstance(result, Unknown)
        assert result.type == NUMBER
        assert result.cause is CAUSE
        assert result.not_null


def test_unary_unknown_and_marks() -> None:
    result = unary("!", LATER.with_sensitive())
    assert isinstance(result, Unknown)
    assert result.sensitive
    assert unary("-", number(1).with_sensitive()).sensitive
    assert binary("+", number(1).with_sensitive(), number(1)).sensitive
    assert binary("==", number(1), number(1).with_sensitive()).sensitive
    assert binary("&&", boolean(False), LATER.with_sensitive()).sensitive


def test_an_unknown_of_no_type_is_taken_for_what_is_needed() -> None:
    hidden = Unknown(DYNAMIC, CAUSE)
    assert binary("+", hidden, number(1)).type == NUMBER
    assert binary("&&", hidden, boolean(True)).type == BOOL
    assert binary("==", hidden, number(1)).type == BOOL


# --- templates --------------------------------------------------------------------------------------------------------


def test_template_parts() -> None:
    assert template_parts(string("x")) == ("x",)
    assert template_parts(number(5)) == ("5",)
    assert template_parts(boolean(True)) == ("true",)
    assert template_parts(TABLE) == (ARN,)
    assert template_parts(INDEX) == (ARN, "/index/*")
    assert template_parts(Unknown(NUMBER, CAUSE, (ARN,))) == (ARN,)
    assert template_parts(Unknown(DYNAMIC, CAUSE, (ARN,))) == (ARN,)
    hidden = Unknown(list_of(STRING), CAUSE)
    assert template_parts(hidden) == (Hole(hidden),)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (Absent(), "The expression result is null. Cannot include a null value in a string template."),
        (tuple_value(()), "Cannot include the given value in a string template: string required."),
        (object_value({}), "Cannot include the given value in a string template: string required."),
    ],
)
def test_what_has_no_place_in_a_template(value: Value, message: str) -> None:
    with pytest.raises(OperationError) as caught:
        template_parts(value)
    assert caught.value.message == message
    assert caught.value.summary == "Invalid template interpolation value"
