"""Conversion, unification, equality and sets: what the recordings cannot show, and laws that hold for all values."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbaudit.frontends.hcl.convert import (
    ConversionError,
    convert,
    equals,
    find_conversion,
    make_set,
    raw_equal,
    type_string,
    unify,
)
from ddbaudit.frontends.hcl.equality import hash_text, identity
from ddbaudit.ir.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    CollectionType,
    TupleType,
    Type,
    list_of,
    map_of,
    object_of,
    set_of,
)
from ddbaudit.ir.value import (
    Absent,
    Cause,
    Hole,
    Known,
    Origin,
    Symbol,
    Unknown,
    Value,
    boolean,
    is_sensitive,
    is_wholly_known,
    list_value,
    map_value,
    number,
    object_value,
    string,
    tuple_value,
)

CAUSE = Cause("computed", "aws_dynamodb_table.t.arn")
ARN = Symbol("aws_dynamodb_table.t", ("arn",))
HIDDEN = Unknown(STRING, CAUSE)


def symbol(*parts: str | Symbol, type: Type = STRING) -> Unknown:
    return Unknown(type, CAUSE, parts or (ARN,))


# --- strategies -------------------------------------------------------------------------------------------------------

texts = st.text(alphabet="ab1é. ", max_size=4)
scalars: st.SearchStrategy[Value] = st.one_of(
    texts.map(string), st.integers(-9, 99).map(number), st.booleans().map(boolean), st.just(Absent()).map(lambda v: v)
)


def _containers(inner: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    names = st.sampled_from(["a", "b", "c"])
    return st.one_of(
        st.lists(inner, max_size=3).map(lambda items: tuple_value(tuple(items))),
        st.dictionaries(names, inner, max_size=3).map(object_value),
    )


values = st.recursive(scalars, _containers, max_leaves=8)
hidden_values = st.recursive(st.one_of(scalars, st.just(HIDDEN)), _containers, max_leaves=8)
types = st.recursive(
    st.sampled_from([STRING, NUMBER, BOOL, DYNAMIC]),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["list", "set", "map"]), inner).map(lambda kt: CollectionType(*kt)),
        st.lists(inner, max_size=2).map(lambda ts: TupleType(tuple(ts))),
        st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2).map(object_of),
    ),
    max_leaves=5,
)


def _converted(value: Value, type: Type) -> Value | None:
    try:
        return convert(value, type)
    except ConversionError:
        return None


@given(values)
def test_a_value_converts_to_its_own_type(value: Value) -> None:
    assert convert(value, value.type) is value
    assert convert(value, DYNAMIC) is value


@given(hidden_values, types)
def test_converting_twice_is_converting_once(value: Value, type: Type) -> None:
    once = _converted(value, type)
    if once is not None:
        twice = convert(once, type)
        assert twice.type == once.type
        assert not is_wholly_known(once) or raw_equal(once, twice)


@given(hidden_values, types)
def test_a_converted_value_has_the_type(value: Value, type: Type) -> None:
    result = _converted(value, type)
    if result is not None and not type.has_dynamic():
        assert result.type == type


@given(values, types)
def test_what_types_rule_out_never_converts(value: Value, type: Type) -> None:
    possible = value.type == type or find_conversion(value.type, type, True) is not None
    assert possible or _converted(value, type) is None


@given(st.lists(types, min_size=1, max_size=4))
def test_every_type_converts_to_the_common_one(given_types: list[Type]) -> None:
    common = unify(given_types)
    if common is not None and not any(t.has_dynamic() for t in given_types):
        assert all(t == common or find_conversion(t, common, True) is not None for t in given_types)


@given(types)
def test_one_type_is_its_own_common_type(type: Type) -> None:
    assert unify([type]) == type
    assert unify([type, type]) == type


@given(values)
def test_equal_to_itself(value: Value) -> None:
    assert raw_equal(value, value)
    assert identity(value) == identity(value)


@given(hidden_values, hidden_values)
def test_equality_has_no_sides(a: Value, b: Value) -> None:
    left, right = equals(a, b), equals(b, a)
    assert getattr(left, "data", None) == getattr(right, "data", None)


@given(values, values)
def test_equality_of_known_values_is_known(a: Value, b: Value) -> None:
    assert isinstance(equals(a, b), Known)


@given(st.lists(texts.map(string), max_size=6))
def test_a_set_holds_each_value_once_in_order(items: list[Known]) -> None:
    made = make_set(STRING, items)
    kept = [v.text for v in made.items if isinstance(v, Known)]
    assert kept == sorted(set(kept), key=str.encode)
    assert {v.text for v in items} == set(kept)
    assert raw_equal(made, make_set(STRING, items[::-1]))


@given(st.lists(st.one_of(texts.map(string), st.just(HIDDEN)), max_size=6))
def test_a_set_drops_nothing_unknown(items: list[Value]) -> None:
    made = make_set(STRING, items)
    assert sum(v is HIDDEN for v in made.items) == sum(v is HIDDEN for v in items)


# --- what conversion keeps --------------------------------------------------------------------------------------------


def test_a_symbol_stays_one() -> None:
    assert convert(symbol(ARN, "/index/*"), STRING).parts == (ARN, "/index/*")  # type: ignore[attr-defined]
    as_string = convert(symbol(type=NUMBER), STRING)
    assert isinstance(as_string, Unknown)
    assert as_string.symbol == ARN
    assert as_string.type == STRING
    items = convert(tuple_value((symbol(), string("*"))), list_of(STRING))
    assert isinstance(items, Known)
    assert items.items[0].symbol == ARN  # type: ignore[attr-defined]
    as_set = convert(tuple_value((symbol(), string("*"))), set_of(STRING))
    assert isinstance(as_set, Known)
    assert [type(v) for v in as_set.items] == [Known, Unknown]


def test_parts_do_not_outlive_the_string() -> None:
    text = symbol("1", ARN)
    assert convert(text, NUMBER).parts is None  # type: ignore[attr-defined]
    assert convert(symbol(), NUMBER).symbol == ARN  # type: ignore[attr-defined]


def test_cause_and_not_null_stay() -> None:
    source = Unknown(NUMBER, CAUSE, not_null=True)
    result = convert(source, STRING)
    assert isinstance(result, Unknown)
    assert result.cause is CAUSE
    assert result.not_null


def test_origin_and_marks_stay() -> None:
    origin = Origin(None, "var.x")
    source = number(5).with_origin(origin).with_sensitive()
    result = convert(source, STRING)
    assert result.origin is origin
    assert result.sensitive
    listed = convert(tuple_value((source, string("a"))), list_of(STRING))
    assert isinstance(listed, Known)
    assert listed.items[0].origin is origin
    assert listed.items[0].sensitive
    assert not listed.sensitive


def test_a_set_is_sensitive_for_what_is_in_it() -> None:
    made = convert(tuple_value((string("a").with_sensitive(), string("b"))), set_of(STRING))
    assert made.sensitive
    assert not is_sensitive(made.with_sensitive(False))


def test_an_unknown_tuple_has_a_length() -> None:
    source = Unknown(TupleType((STRING, NUMBER)), CAUSE, not_null=True)
    result = convert(source, list_of(STRING))
    assert isinstance(result, Known)
    assert len(result.items) == 2
    assert not isinstance(convert(Unknown(TupleType((STRING,)), CAUSE), list_of(STRING)), Known)


def test_known_elements_of_an_unknown_map_are_converted_too() -> None:
    partial = object_value({"a": number(1), "b": tuple_value(())})
    source = Unknown(DYNAMIC, CAUSE, structure=partial)
    result = convert(source, map_of(STRING))
    assert isinstance(result, Unknown)
    assert isinstance(result.structure, Known)
    assert {k: v.data for k, v in result.structure.mapping.items()} == {"a": "1"}  # type: ignore[attr-defined]
    as_object = convert(source, object_of({"a": STRING, "z": NUMBER}))
    assert isinstance(as_object, Unknown)
    assert list(as_object.structure.mapping) == ["a"]  # type: ignore[union-attr]


# --- objects ----------------------------------------------------------------------------------------------------------


def test_optional_attributes() -> None:
    wanted = object_of({"a": STRING, "b": NUMBER, "c": list_of(STRING)}, frozenset({"b", "c"}))
    result = convert(object_value({"a": number(1), "x": boolean(True)}), wanted)
    assert isinstance(result, Known)
    assert result.mapping["a"].data == "1"  # type: ignore[attr-defined]
    assert isinstance(result.mapping["b"], Absent)
    assert result.mapping["b"].type == NUMBER
    assert result.mapping["c"].type == list_of(STRING)
    assert "x" not in result.mapping
    assert result.type == object_of({"a": STRING, "b": NUMBER, "c": list_of(STRING)})


def test_optional_attributes_inside_collections() -> None:
    inner = object_of({"a": STRING, "b": NUMBER}, frozenset({"b"}))
    result = convert(
        object_value({"x": object_value({"a": string("1")}), "y": object_value({"a": string("2"), "b": string("3")})}),
        map_of(inner),
    )
    assert type_string(result.type) == type_string(map_of(object_of({"a": STRING, "b": NUMBER})))
    null = convert(Absent(), inner)
    assert null.type == object_of({"a": STRING, "b": NUMBER})


def test_a_map_as_an_object() -> None:
    wanted = object_of({"a": NUMBER, "b": NUMBER}, frozenset({"b"}))
    result = convert(map_value(STRING, {"a": string("1"), "z": string("?")}), wanted)
    assert isinstance(result, Known)
    assert result.mapping["a"].data == Decimal(1)  # type: ignore[attr-defined]
    assert isinstance(result.mapping["b"], Absent)
    with pytest.raises(ConversionError, match='map has no element for required attribute "a"'):
        convert(map_value(STRING, {}), wanted)


# --- messages ---------------------------------------------------------------------------------------------------------

_EMPTY = tuple_value(())
_PERSON = object_of({"age": NUMBER, "name": STRING, "tags": map_of(STRING)})


@pytest.mark.parametrize(
    ("value", "type", "message", "path"),
    [
        (string("x"), NUMBER, "a number is required", ()),
        (string("x"), BOOL, "a bool is required", ()),
        (string("True"), BOOL, 'a bool is required; to convert from string, use lowercase "true"', ()),
        (number(1), BOOL, "bool required", ()),
        (tuple_value(()), STRING, "string required", ()),
        (tuple_value((string("1"), string("x"))), list_of(NUMBER), "a number is required", (1,)),
        (tuple_value((string("1"), tuple_value(()))), list_of(NUMBER), "element 1: number required", ()),
        (tuple_value((string("1"), _EMPTY)), list_of(DYNAMIC), "all list elements must have the same type", ()),
        (object_value({"a": _EMPTY, "b": number(1)}), map_of(DYNAMIC), "all map elements must have the same type", ()),
        (object_value({}), list_of(STRING), "list of string required", ()),
        (list_value(STRING, ()), map_of(STRING), "map of string required", ()),
        (list_value(list_of(STRING), ()), list_of(STRING), "incorrect list element type: string required", ()),
        (object_value({}), _PERSON, 'attributes "age", "name", and "tags" are required', ()),
        (object_value({"age": number(1)}), _PERSON, 'attributes "name" and "tags" are required', ()),
        (object_value({"age": number(1), "name": string("x")}), _PERSON, 'attribute "tags" is required', ()),
        (
            object_value({"age": tuple_value(()), "name": string("x"), "tags": object_value({})}),
            _PERSON,
            'attribute "age": number required',
            (),
        ),
        (
            object_value({"age": string("x"), "name": string("x"), "tags": object_value({})}),
            _PERSON,
            "a number is required",
            ("age",),
        ),
        (string("x"), list_of(DYNAMIC), "list of any single type required", ()),
        (map_value(STRING, {"k": string("x")}), map_of(NUMBER), "a number is required", ("k",)),
    ],
)  # fmt: skip
def test_messages_are_terraforms(value: Value, type: Type, message: str, path: tuple[str | int, ...]) -> None:
    with pytest.raises(ConversionError) as caught:
        convert(value, type)
    assert caught.value.message == message
    assert caught.value.path == path


# --- equality of what is partly known ---------------------------------------------------------------------------------

OTHER = Symbol("aws_dynamodb_table.u", ("arn",))


@pytest.mark.parametrize(
    ("a", "b", "answer"),
    [
        (symbol(ARN), symbol(ARN), True),
        (symbol(ARN, "/x"), symbol(ARN, "/x"), True),
        (symbol(ARN), symbol(OTHER), None),
        (symbol(ARN), string("arn:aws:x"), None),
        (symbol("a-", ARN), string("b-c"), False),
        (symbol("a-", ARN), string("a"), False),
        (symbol("a-", ARN), string("a-b"), None),
        (symbol(ARN, "/x"), string("y"), False),
        (symbol(ARN, "/x"), string("a/x"), None),
        (symbol("é", ARN), string("e"), None),
        (symbol("e", ARN), string("é"), None),
        (symbol("=", ARN), string("≠"), None),
        (Unknown(STRING, CAUSE, (Hole(HIDDEN),)), Unknown(STRING, CAUSE, (Hole(HIDDEN),)), None),
        (HIDDEN, HIDDEN, None),
        (HIDDEN, Absent(), None),
        (Unknown(STRING, CAUSE, not_null=True), Absent(), False),
        (HIDDEN, number(1), False),
        (Unknown(DYNAMIC, CAUSE), number(1), None),
        (tuple_value((HIDDEN, string("a"))), tuple_value((string("x"), string("b"))), False),
        (tuple_value((symbol(ARN),)), tuple_value((symbol(ARN),)), True),
    ],
)
def test_partly_known(a: Value, b: Value, answer: bool | None) -> None:
    for left, right in ((a, b), (b, a)):
        result = equals(left, right)
        assert (result.data if isinstance(result, Known) else None) is answer
        assert result.type == BOOL


@pytest.mark.parametrize(
    ("a", "b", "answer"),
    [
        ((ARN,), (ARN, "/x"), False),
        ((ARN, "/x"), (ARN, "/y"), False),
        ((ARN, "/x"), ("p", ARN, "/x"), False),
        ((ARN, "/x"), (OTHER, "/x"), None),
        ((ARN, OTHER), (OTHER, ARN), None),
    ],
)
def test_templates_around_symbols(
    a: tuple[str | Symbol, ...], b: tuple[str | Symbol, ...], answer: bool | None
) -> None:
    left = Unknown(STRING, CAUSE, a, not_null=True)
    right = Unknown(STRING, CAUSE, b, not_null=True)
    result = equals(left, right)
    assert (result.data if isinstance(result, Known) else None) is answer


# --- sets -------------------------------------------------------------------------------------------------------------


def test_order_of_sets() -> None:
    numbers = make_set(NUMBER, [number(10), number(9), number(-1)])
    assert [v.number for v in numbers.items if isinstance(v, Known)] == [-1, 9, 10]
    bools = make_set(BOOL, [boolean(True), boolean(False)])
    assert [v.data for v in bools.items if isinstance(v, Known)] == [False, True]
    mixed = make_set(STRING, [Absent(STRING), HIDDEN, string("z"), string("\U0001f600"), string("\uffee")])
    assert [type(v) for v in mixed.items] == [Known, Known, Known, Unknown, Absent]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (number(1), "1"),
        (number(Decimal("1e21")), "1e+21"),
        (number(Decimal("0.00001")), "1e-05"),
        (number(Decimal("12345678901")), "1.23456789e+10"),
        (number(Decimal("1234567890")), "1234567890"),
        (number(Decimal("0.0001")), "0.0001"),
        (number(Decimal("1.23456789012")), "1.23456789"),
        (number(Decimal("-0")), "-0"),
        (string('a"\n\x01é\u200b'), '"a\\"\\n\\x01é\\u200b"'),
        (boolean(True), "T"),
        (Absent(), "~"),
        (HIDDEN, "?"),
        (object_value({"b": number(1), "a": string("x")}), '<"x";1;>'),
        (tuple_value((number(1),)), "<1;>"),
        (list_value(NUMBER, (number(1),)), "[1;]"),
        (map_value(NUMBER, {"k": number(1)}), '{"k":1;}'),
    ],
)
def test_text_that_orders_collections(value: Value, text: str) -> None:
    assert hash_text(value) == text
