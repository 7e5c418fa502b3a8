"""The strict YAML reader: what it gives, and what it refuses with which place."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.strict_yaml import MAX_BYTES, MAX_DEPTH, read_yaml


def plain(text: str) -> object:
    return read_yaml(text, "x.yaml").plain()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("no", "no"),
        ("Yes", "Yes"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("null", None),
        ("12", 12),
        ("-3", -3),
        ("0", 0),
        ("0x1F", 31),
        ("0o17", 15),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("12:30:45", "12:30:45"),
        ("2024-01-01", "2024-01-01"),
        ("1_000", "1_000"),
        ("0b1", "0b1"),
        ("+", "+"),
        (".", "."),
        ("'017'", "017"),
        ('"true"', "true"),
        ("|\n  12\n", "12\n"),
    ],
)
def test_scalars_follow_the_core_schema(text: str, value: object) -> None:
    found = plain(f"key: {text}")
    assert found == {"key": value}
    assert isinstance(found, dict)
    assert type(found["key"]) is type(value)


def test_collections_and_places() -> None:
    node = read_yaml("a:\n  - 1\n  - {b: c}\nd:\n", "x.yaml")
    assert node.plain() == {"a": [1, {"b": "c"}], "d": None}
    assert str(node.keys["d"]) == "x.yaml:4:1"
    assert isinstance(node.data, dict)
    assert str(node.data["a"].span).startswith("x.yaml:2:")


def test_a_bom_is_no_character() -> None:
    assert str(read_yaml("\ufeffa: 1", "x.yaml").keys["a"]) == "x.yaml:1:1"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3", 'x.yaml:3:1: the key "a" stands twice; first in line 1'),
        ("a: &x 1", "x.yaml:1:4: YAML anchors are not allowed"),
        ("- &x []", "x.yaml:1:3: YAML anchors are not allowed"),
        ("a: [b, *x]", "x.yaml:1:8: YAML aliases are not allowed"),
        ("a: !!python/object/apply:os.system [id]", "x.yaml:1:4: YAML tags are not allowed"),
        ("a: !!str 1", "x.yaml:1:4: YAML tags are not allowed"),
        ("%YAML 1.1\n---\na: 1", "YAML directives are not allowed"),
        ("a: 1\n---\nb: 1", "x.yaml:2:1: only one YAML document"),
        ("", "x.yaml: the file is empty"),
        ("# nothing\n", "x.yaml: the file is empty"),
        ("1: a", "x.yaml:1:1: a key must be text, not a number"),
        ("true: a", "x.yaml:1:1: a key must be text, not true or false"),
        ("? [a]\n: b", "x.yaml:1:3: a key must be text"),
        ("a: 017", "x.yaml:1:4: the number 017 starts with a zero"),
        ("a: .inf", "x.yaml:1:4: .inf is not a finite number"),
        ("a: 1e999", "x.yaml:1:4: the number 1e999 is too large"),
        ("a: " + "9" * 5000, "x.yaml:1:4: a number of more than 40 characters"),
        ("a: [1", "x.yaml:1:6: not valid YAML"),
        ("a: \x1b", "x.yaml:1:4: not valid YAML: special characters"),
        ("a: \ud800", "not valid YAML"),
    ],
)
def test_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        read_yaml(text, "x.yaml")
    assert message in error.value.message


def test_merge_keys_are_ordinary_keys() -> None:
    assert plain("<<: {a: 1}\nb: 2") == {"<<": {"a": 1}, "b": 2}


@pytest.mark.parametrize("opening", ["[", "- ", "{a: "])
def test_depth_is_limited_before_anything_is_built(opening: str) -> None:
    started = time.perf_counter()
    with pytest.raises(UsageError, match="nested deeper than 64 levels"):
        read_yaml(opening * 100_000, "x.yaml")
    assert time.perf_counter() - started < 30


def test_the_deepest_that_is_allowed() -> None:
    assert plain("[" * MAX_DEPTH + "]" * MAX_DEPTH) != []


def test_size_is_limited() -> None:
    with pytest.raises(UsageError, match="larger than 1024 KiB"):
        read_yaml("a" * (MAX_BYTES + 1), "x.yaml")


@given(st.text(alphabet="ab:-[]{}&*!|>'\"%#,?\n\t 01\\\x00é", max_size=60))
def test_only_usage_errors_come_out(text: str) -> None:
    with contextlib.suppress(UsageError):
        read_yaml(text, "x.yaml").plain()
