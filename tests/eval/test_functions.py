"""Functions: what the recordings cannot show. Symbols, structures, marks, limits, and hostile input."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbaudit.frontends.hcl.convert import equals, raw_equal
from ddbaudit.frontends.hcl.functions.csv_decoding import decode as decode_csv
from ddbaudit.frontends.hcl.functions.json_encoding import decode, encode_parts, escape
from ddbaudit.frontends.hcl.functions.registry import FunctionError, call
from ddbaudit.frontends.hcl.functions.yaml_decoding import decode as decode_yaml
from ddbaudit.frontends.hcl.functions.yaml_encoding import encode as encode_yaml
from ddbaudit.ir.types import BOOL, DYNAMIC, NUMBER, STRING, list_of, object_of, set_of
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
    list_value,
    map_value,
    number,
    object_value,
    parts_text,
    set_value,
    string,
    tuple_value,
)
from tests.eval.mini import CONTEXT, FUNCTIONS

CAUSE = Cause("computed", "later")
ARN = Symbol("aws_dynamodb_table.t", ("arn",))
TABLE = Unknown(STRING, CAUSE, (ARN,))
INDEX = Unknown(STRING, CAUSE, (ARN, "/index/*"), not_null=True)
HIDDEN = Unknown(STRING, CAUSE)


def run(name: str, *args: Value) -> Value:
    return call(FUNCTIONS[name], args, CONTEXT)


FEWER = {"list": 2, "map": 2, "plantimestamp": 3, "uuid": 3, "base64gzip": 4}
"""Functions of which there is less to record: removed ones, and what gives another value each time."""


def test_every_function_has_cases() -> None:
    from tests.eval.oracle import files, load

    exprs = [case["expr"] for path in files() for case in load(path)]
    for name in FUNCTIONS:
        calls = [e for e in exprs if f"{name}(" in e]
        assert len(calls) >= FEWER.get(name, 8), name


# --- JSON -------------------------------------------------------------------------------------------------------------


def test_jsonencode_keeps_symbols_and_structure() -> None:
    statement = object_value({"Resource": tuple_value((TABLE, INDEX)), "Effect": string("Allow")})
    result = run("jsonencode", statement)
    assert isinstance(result, Unknown)
    assert result.structure is statement
    assert result.not_null
    assert result.cause is CAUSE
    assert result.parts == ('{"Effect":"Allow","Resource":["', ARN, '","', ARN, '/index/*"]}')


def test_jsonencode_of_what_is_no_string() -> None:
    count = Unknown(NUMBER, CAUSE)
    read = Unknown(NUMBER, CAUSE, (Symbol("aws_dynamodb_table.t", ("read_capacity",)),))
    result = run("jsonencode", object_value({"a": count, "b": read}))
    assert isinstance(result, Unknown)
    assert result.parts == ('{"a":', Hole(count), ',"b":', Symbol("aws_dynamodb_table.t", ("read_capacity",)), "}")


def test_jsonencode_escapes_text_beside_symbols() -> None:
    result = run("jsonencode", tuple_value((Unknown(STRING, CAUSE, ('<"&', ARN, ">\n\u2028")),)))
    assert isinstance(result, Unknown)
    assert result.parts == ('["\\u003c\\"\\u0026', ARN, '\\u003e\\n\\u2028"]')


def test_jsonencode_of_an_unordered_set_says_no_more_than_it_knows() -> None:
    two = set_value(STRING, (string("*"), TABLE))
    result = run("jsonencode", object_value({"r": two}))
    assert isinstance(result, Unknown)
    assert result.parts is not None
    assert parts_text(result.parts) == '{"r":${…}}'
    one = set_value(STRING, (TABLE,))
    assert run("jsonencode", one).parts == ('["', ARN, '"]')  # type: ignore[attr-defined]


def test_jsonencode_of_known_values_has_its_structure() -> None:
    value = object_value({"a": number(1)})
    result = run("jsonencode", value)
    assert isinstance(result, Known)
    assert result.data == '{"a":1}'
    assert result.structure is value


def test_jsonencode_shows_its_prefix() -> None:
    assert equals(run("jsonencode", tuple_value((TABLE,))), string("{}")).data is False  # type: ignore[attr-defined]


def test_jsondecode_gives_back_what_was_encoded() -> None:
    value = map_value(list_of(STRING), {"r": list_value(STRING, (TABLE, string("*"))), "n": Absent(list_of(STRING))})
    encoded = run("jsonencode", value)
    result = run("jsondecode", encoded)
    assert isinstance(result, Known)
    assert result.kind == "object"
    assert result.mapping["r"].kind == "tuple"  # type: ignore[attr-defined]
    assert result.mapping["r"].items[0].symbol == ARN  # type: ignore[attr-defined]
    assert result.mapping["n"].type == DYNAMIC


def test_jsondecode_keeps_places() -> None:
    origin = Origin(None, "var.x")
    encoded = run("jsonencode", object_value({"a": string("x").with_origin(origin)}))
    result = run("jsondecode", encoded)
    assert isinstance(result, Known)
    assert result.mapping["a"].origin is origin
    other = string('{"a": 1}', structure=object_value({"a": string("x")}))
    assert run("jsondecode", other).mapping["a"].data == 1  # type: ignore[attr-defined]


def test_jsondecode_of_unknown_parts() -> None:
    value = object_value(
        {"list": Unknown(list_of(STRING), CAUSE), "set": set_value(STRING, (string("a"), TABLE)), "n": HIDDEN}
    )
    result = run("jsondecode", run("jsonencode", value))
    assert isinstance(result, Known)
    assert result.mapping["list"].type == DYNAMIC
    assert result.mapping["set"].type == DYNAMIC
    # It may be null, and then has no type once decoded.
    assert result.mapping["n"].type == DYNAMIC


@pytest.mark.parametrize(
    ("parts", "type"),
    [(('"ab', ARN), STRING), (("tr", ARN), BOOL), (("12", ARN), NUMBER), (("{ ", ARN), DYNAMIC), ((ARN,), DYNAMIC)],
)
def test_jsondecode_knows_the_type_by_the_first_character(parts: tuple[str | Symbol, ...], type: object) -> None:
    assert run("jsondecode", Unknown(STRING, CAUSE, parts)).type == type


def test_jsondecode_refuses_what_cannot_be_json() -> None:
    with pytest.raises(FunctionError, match="cannot begin with"):
        run("jsondecode", Unknown(STRING, CAUSE, ("xy", ARN)))


def test_deep_json_is_refused_not_fatal() -> None:
    with pytest.raises(FunctionError):
        decode("[" * 100_000)
    value: Value = number(1)
    for _ in range(2_000):
        value = tuple_value((value,))
    with pytest.raises(FunctionError):
        encode_parts(value)


def test_huge_numbers_in_json_are_refused() -> None:
    with pytest.raises(FunctionError):
        decode("1e999999999")
    assert isinstance(decode("9" * 10_000), Known)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(json_values)
def test_json_round_trip(raw: object) -> None:
    value = decode(json.dumps(raw))
    again = "".join(p for p in encode_parts(value) if isinstance(p, str))
    assert raw_equal(decode(again), value)


@given(st.text())
def test_escape_is_json(text: str) -> None:
    assert json.loads(f'"{escape(text)}"') == text


# --- YAML -------------------------------------------------------------------------------------------------------------


@given(json_values)
def test_yaml_round_trip(raw: object) -> None:
    value = decode(json.dumps(raw))
    assert raw_equal(decode_yaml(encode_yaml(value)), value)


def test_yaml_bombs_are_refused() -> None:
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
    lines += [f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)]
    with pytest.raises(FunctionError):
        decode_yaml("\n".join(lines))
    with pytest.raises(FunctionError):
        decode_yaml("[" * 5_000)


def test_yaml_makes_no_objects() -> None:
    with pytest.raises(FunctionError):
        decode_yaml("!!python/object/apply:os.system ['true']")


def test_yamlencode_of_unknown() -> None:
    assert isinstance(run("yamlencode", tuple_value((TABLE,))), Unknown)


# --- CSV --------------------------------------------------------------------------------------------------------------


@given(st.lists(st.lists(st.text(alphabet='a,"\n é', max_size=4), min_size=2, max_size=2), max_size=4))
def test_csv_round_trip(rows: list[list[str]]) -> None:
    quoted = ["x,y", *(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)]
    table = decode_csv("\n".join(quoted))
    assert isinstance(table, Known)
    read = [[row.mapping["x"].data, row.mapping["y"].data] for row in table.items]  # type: ignore[attr-defined]
    assert read == rows


# --- symbols in collections -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "args", "where"),
    [
        ("concat", (tuple_value((string("*"),)), tuple_value((TABLE,))), 1),
        ("concat", (list_value(STRING, (string("*"),)), list_value(STRING, (TABLE,))), 1),
        ("flatten", (tuple_value((tuple_value((string("*"),)), tuple_value((TABLE,)))),), 1),
        ("tolist", (tuple_value((number(1), TABLE)),), 1),
        ("reverse", (tuple_value((TABLE, string("*"))),), 1),
        ("slice", (tuple_value((string("*"), TABLE)), number(0), number(2)), 1),
        ("values", (object_value({"a": string("*"), "b": TABLE}),), 1),
        ("toset", (tuple_value((TABLE, string("*"))),), 1),
        ("setunion", (tuple_value((TABLE,)), tuple_value((string("*"),))), 1),
    ],
)
def test_symbols_stay_in_place(name: str, args: tuple[Value, ...], where: int) -> None:
    result = run(name, *args)
    assert isinstance(result, Known)
    assert result.items[where].symbol == ARN  # type: ignore[attr-defined]


def test_symbols_are_found() -> None:
    assert run("element", tuple_value((string("*"), TABLE)), number(3)) is TABLE
    assert run("lookup", object_value({"a": TABLE}), string("a"), string("d")) is TABLE
    assert run("one", tuple_value((TABLE,))) is TABLE
    merged = run("merge", object_value({"a": TABLE}), object_value({"b": string("x")}))
    assert merged.mapping["a"] is TABLE  # type: ignore[attr-defined]
    zipped = run("zipmap", tuple_value((string("k"),)), tuple_value((TABLE,)))
    assert zipped.mapping["k"] is TABLE  # type: ignore[attr-defined]
    assert run("tostring", TABLE) is TABLE


def test_a_set_of_symbols_claims_no_length() -> None:
    made = run("toset", tuple_value((TABLE, INDEX, string("*"))))
    length = run("length", made)
    assert isinstance(length, Unknown)
    assert length.not_null
    assert isinstance(run("tolist", made), Unknown)


def test_elements_keep_their_origins() -> None:
    origin = Origin(None, "var.x")
    item = string("a").with_origin(origin)
    for name in ("tolist", "toset", "reverse", "distinct", "compact", "sort"):
        result = run(name, tuple_value((item,)))
        assert result.items[0].origin is origin, name  # type: ignore[attr-defined]


# --- unknown arguments ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "args", "type"),
    [
        ("keys", (Unknown(object_of({"a": STRING}), CAUSE),), None),
        ("concat", (Unknown(list_of(STRING), CAUSE), list_value(STRING, ())), list_of(STRING)),
        ("concat", (Unknown(list_of(STRING), CAUSE), tuple_value(())), DYNAMIC),
        ("element", (Unknown(list_of(STRING), CAUSE), number(0)), STRING),
        ("setunion", (Unknown(set_of(STRING), CAUSE), tuple_value((string("a"),))), set_of(STRING)),
        ("csvdecode", (HIDDEN,), DYNAMIC),
        ("merge", (Unknown(DYNAMIC, CAUSE), object_value({})), DYNAMIC),
    ],
)
def test_types_of_unknown_results(name: str, args: tuple[Value, ...], type: object) -> None:
    result = run(name, *args)
    assert (result.type if isinstance(result, Unknown) else None) == type


# --- marks ------------------------------------------------------------------------------------------------------------


def test_marks() -> None:
    secret = string("x").with_sensitive()
    assert run("sensitive", string("x")).sensitive
    assert not run("nonsensitive", secret).sensitive
    assert run("issensitive", secret).data is True  # type: ignore[attr-defined]
    assert run("toset", tuple_value((secret,))).sensitive
    assert not is_sensitive(run("nonsensitive", run("toset", tuple_value((secret,)))))
    assert run("flatten", tuple_value((tuple_value((string("a"),)).with_sensitive(),))).sensitive
    assert run("zipmap", tuple_value((secret,)), tuple_value((number(1),))).sensitive
    assert not run("concat", tuple_value((secret,)), tuple_value(())).sensitive


def test_sensitive_text_stays_out_of_messages() -> None:
    for name in ("tonumber", "tobool", "base64decode"):
        with pytest.raises(FunctionError) as caught:
            run(name, string("hunter2!").with_sensitive())
        assert "hunter2" not in caught.value.message


# --- limits -----------------------------------------------------------------------------------------------------------


def test_setproduct_does_not_explode() -> None:
    many = tuple_value(tuple(number(i) for i in range(400)))
    with pytest.raises(FunctionError, match="combinations"):
        run("setproduct", many, many)


@pytest.mark.parametrize(("name", "message"), [("list", "use tolist"), ("map", "use tomap")])
def test_removed_functions_say_what_to_write(name: str, message: str) -> None:
    with pytest.raises(FunctionError, match=message):
        run(name, string("a"))


@pytest.mark.parametrize(
    ("name", "args", "message", "argument"),
    [
        ("tonumber", (string("x"),), 'cannot convert "x" to number', 0),
        ("tobool", (string("x"),), 'only the strings "true" or "false"', 0),
        ("tolist", (string("x"),), "cannot convert string to list of any single type", 0),
        ("tomap", (tuple_value(()),), "cannot convert tuple to map of any single type", 0),
        ("lookup", (object_value({}), string("k")), 'the given object has no attribute "k"', 0),
        ("element", (tuple_value(()), number(0)), "empty list", None),
        ("slice", (tuple_value(()), number(0), number(1)), "greater than the length", 2),
        ("zipmap", (tuple_value((string("a"),)), tuple_value(())), r"number of keys \(1\)", None),
        ("index", (tuple_value((string("a"),)), string("b")), "item not found", None),
        ("one", (tuple_value((string("a"), string("b"))),), "zero or one elements", 0),
        ("concat", (string("a"),), "all arguments must be lists or tuples; got string", 0),
        ("merge", (string("a"),), "arguments must be maps or objects", None),
        ("csvdecode", (string("a\n1,2"),), "CSV parse error on line 2: wrong number of fields", None),
        ("jsondecode", (string("{"),), "invalid JSON", None),
        ("yamldecode", (string("a: ["),), "line 1", None),
        ("base64decode", (string("%"),), "failed to decode base64", None),
        ("alltrue", (Absent(),), "argument must not be null", 0),
        ("range", (number(1025),), "more than 1024 values", None),
    ],
)
def test_messages(name: str, args: tuple[Value, ...], message: str, argument: int | None) -> None:
    with pytest.raises(FunctionError, match=message) as caught:
        run(name, *args)
    assert caught.value.argument == argument


def test_booleans_are_no_numbers() -> None:
    # Python's True == 1 must not leak into sets and equality.
    assert equals(boolean(True), number(1)).data is False  # type: ignore[attr-defined]
    mixed = run("distinct", tuple_value((string("1"), string("true"))))
    assert len(mixed.items) == 2  # type: ignore[attr-defined]
