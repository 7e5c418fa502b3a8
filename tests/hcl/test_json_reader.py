"""The JSON reader: the same values as the standard library, exact places, and a diagnostic for every fault."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddbaudit.foundation.source import SourceFile
from ddbaudit.frontends.hcl.json_reader import (
    JsonArray,
    JsonDocument,
    JsonNode,
    JsonObject,
    JsonScalar,
    JsonString,
    read_json,
    source_offsets,
    unescape,
)


def read(text: str) -> JsonDocument:
    return read_json(SourceFile("x.tf.json", text))


def problem(text: str) -> str:
    """`code line:column detail` of the only diagnostic."""
    document = read(text)
    assert document.root is None
    (only,) = document.diagnostics
    assert only.span is not None
    line, column = only.span.begin
    return f"{only.code} {line}:{column} {only.detail}"


def plain(node: JsonNode) -> Any:
    if isinstance(node, JsonObject):
        return {member.key.value: plain(member.value) for member in node.members}
    if isinstance(node, JsonArray):
        return [plain(item) for item in node.items]
    assert isinstance(node, JsonString | JsonScalar)
    return node.value


def check_places(node: JsonNode, text: str) -> None:
    """Each node's text, read on its own, is the node's value."""
    piece = text[node.start : node.end]
    assert json.loads(piece, parse_float=Decimal, parse_int=Decimal) == plain(node)
    if isinstance(node, JsonArray):
        for item in node.items:
            check_places(item, text)
    elif isinstance(node, JsonObject):
        for member in node.members:
            check_places(member.key, text)
            check_places(member.value, text)


DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=30,
)


@given(DOCUMENTS, st.booleans(), st.sampled_from([None, 0, 1, "\t"]))
@settings(max_examples=300, deadline=None)
def test_reads_what_the_standard_library_reads(value: Any, ascii_only: bool, indent: int | str | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    document = read(text)
    assert document.diagnostics == []
    assert document.root is not None
    assert plain(document.root) == json.loads(text, parse_float=Decimal, parse_int=Decimal)
    check_places(document.root, text)


@given(st.text(alphabet='{}[]:,"\\/ \n\ttrufalsn0123456789.-+eEu\x01é', max_size=60))
@settings(max_examples=1000, deadline=None)
def test_accepts_and_refuses_as_the_standard_library_does(text: str) -> None:
    document = read_json(SourceFile("x", text), allow_duplicates=True)
    try:
        json.loads(text, parse_constant=lambda name: 1 / 0)
    except (ValueError, ZeroDivisionError):
        assert document.root is None
        assert len(document.diagnostics) == 1
    else:
        assert document.root is not None
        assert document.diagnostics == []


@given(st.text())
@settings(max_examples=300, deadline=None)
def test_never_raises(text: str) -> None:
    document = read(text)
    assert (document.root is None) == any(item.code != "HCL202" for item in document.diagnostics)


@given(st.text(), st.booleans())
def test_offsets_lead_from_the_meaning_back_to_the_source(value: str, ascii_only: bool) -> None:
    body = json.dumps(value, ensure_ascii=ascii_only)[1:-1]
    offsets = source_offsets(body, 7)
    assert len(offsets) == len(value) + 1
    for index, char in enumerate(value):
        assert unescape(body[offsets[index] - 7 : offsets[index + 1] - 7]) == char
    assert offsets[-1] == len(body) + 7


def test_places_of_keys_and_values() -> None:
    document = read('{\n  "a": [1, "x"],\n  "b": {}\n}')
    root = document.root
    assert isinstance(root, JsonObject)
    first, second = root.members
    assert (root.start, root.end) == (0, 30)
    assert (first.key.start, first.key.end, first.value.start, first.value.end) == (4, 7, 9, 17)
    assert (second.key.start, second.key.end, second.value.start, second.value.end) == (21, 24, 26, 28)


def test_numbers_are_exact() -> None:
    root = read("[0.1, 1E400, -0, 123456789012345678901234567890]").root
    assert root is not None
    assert plain(root) == [Decimal("0.1"), Decimal("1E400"), 0, Decimal("123456789012345678901234567890")]


def test_a_lone_surrogate_reads_as_the_replacement_character() -> None:
    root = read(r'["\ud800", "\ud83d\ude00", "\udc00\ud83d"]').root
    assert root is not None
    assert plain(root) == ["\ufffd", "\U0001f600", "\ufffd\ufffd"]


def test_duplicate_keys_are_reported_with_both_places() -> None:
    document = read('{"a": 1,\n "b": {"a": 2},\n "a": 3}')
    assert document.root is not None
    (only,) = document.diagnostics
    assert (only.code, only.detail, str(only.span)) == ("HCL202", '"a" was already set in line 1.', "x.tf.json:3:2")
    assert [str(item.span) for item in only.related] == ["x.tf.json:1:2"]


def test_duplicate_keys_are_found_behind_escapes() -> None:
    assert [item.code for item in read(r'{"a": 1, "\u0061": 2}').diagnostics] == ["HCL202"]


VALUE = "a value (an object, an array, a string, a number, true, false or null)"
TOO_LARGE = "has more than 4000 digits or decimal places"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "HCL201 1:1 The file holds no JSON value."),
        (" \n ", "HCL201 2:2 The file holds no JSON value."),
        ("NaN", "HCL201 1:1 NaN is no JSON value; JSON knows true, false and null."),
        ('{"a": -Infinity}', "HCL201 1:7 -Infinity is no JSON value; JSON knows true, false and null."),
        ("[True]", "HCL201 1:2 True is no JSON value; JSON knows true, false and null."),
        ("[01]", "HCL201 1:2 01 is not a JSON number."),
        ("[1.]", "HCL201 1:2 1. is not a JSON number."),
        ("[+1]", "HCL201 1:2 +1 is not a JSON number."),
        ("{} {}", "HCL201 1:4 There is more text behind the end of the JSON value."),
        ('{"a": 1,}', "HCL201 1:9 Expected a property name in double quotes, found }."),
        ('{"a" 1}', "HCL201 1:6 Expected a colon behind the property name, found 1."),
        ('{"a": 1 "b": 2}', 'HCL201 1:9 Expected a comma or }, found "b".'),
        ("[1 2]", "HCL201 1:4 Expected a comma or ], found 2."),
        ("{1: 2}", "HCL201 1:2 Expected a property name in double quotes or }, found 1."),
        ("[1}", "HCL201 1:3 Expected a comma or ], found }."),
        ('{"a": [1,\n2', "HCL201 1:7 The text ends inside the array opened in line 1: expected a comma or ]."),
        ('{\n"a', "HCL201 2:1 The string has no closing quote."),
        ('["a\nb"]', "HCL201 1:2 The string is not closed on its line."),
        ('["a\tb"]', "HCL201 1:4 The control character \\t must be escaped in a JSON string."),
        (r'["a\x"]', r"HCL201 1:4 \x is no escape that JSON knows."),
        (r'["\u12g4"]', r"HCL201 1:3 \u must be followed by four hexadecimal digits."),
        ("# x\n{}", f"HCL201 1:1 Expected {VALUE}, found #."),
        ('{"a" = 1}', "HCL201 1:6 Expected a colon behind the property name, found =."),
        ("[1e99999]", f"HCL003 1:2 The number 1e99999 {TOO_LARGE}."),
        ("[" + "9" * 5000 + "]", f"HCL003 1:2 The number {'9' * 20}… {TOO_LARGE}."),
        ("[" * 201, "HCL003 1:201 There are more than 200 levels of nesting here."),
        ("[" * 100_000, "HCL003 1:201 There are more than 200 levels of nesting here."),
        ("\ufeff{}", f"HCL201 1:1 Expected {VALUE}, found \\ufeff."),
    ],
)
def test_what_is_wrong(text: str, expected: str) -> None:
    assert problem(text) == expected


def test_two_hundred_levels_are_read() -> None:
    assert read("[" * 200 + "]" * 200).diagnostics == []


@pytest.mark.parametrize(
    "text",
    [
        "[" + '"' + "\\n" * 500_000,
        '["' + "a" * 1_000_000,
        "[" + " " * 1_000_000,
        "[" + "1," * 300_000 + "1]",
        "-" * 1_000_000,
        '{"a":' + '"\\u0041' * 100_000,
    ],
)
def test_hostile_text_is_read_or_refused(text: str) -> None:
    document = read(text)
    assert (document.root is None) == bool(document.diagnostics)
