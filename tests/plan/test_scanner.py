"""The scanner against Python's own reader, on any document, in pieces of any size; and against hostile documents."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbaudit.foundation.diagnostic import Diagnostic
from ddbaudit.foundation.source import StructuredFile
from ddbaudit.frontends.plan.decoding import MOST_DIGITS
from ddbaudit.frontends.plan.scanner import MOST_CAPTURED, MOST_NESTED, Scanner
from ddbaudit.ir.plan import PlanError

CHUNKS = st.integers(1, 40)
TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ['"', "\\", '\\"', "[{", "}]", ":,", "\n", "né", "\U0001f600", "", "true"]
)
NUMBERS = st.integers() | st.decimals(allow_nan=False, allow_infinity=False, places=3).map(float)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=30,
)


def scanner(text: str | bytes, chunk: int = 256 * 1024) -> Scanner:
    raw = text.encode() if isinstance(text, str) else text
    return Scanner(io.BytesIO(raw), StructuredFile("plan.json"), chunk=chunk)


def walked(scan: Scanner, choices: Iterator[bool]) -> Any:
    """A whole value, some of its parts walked through and the others decoded, as `choices` has it."""
    if scan.is_object() and next(choices):
        return {key: walked(scan, choices) for key in scan.object()}
    return scan.value()


def failure(scan: Scanner, read: Callable[[Scanner], object]) -> Diagnostic:
    """How a document is refused when it is read to its end."""

    def whole() -> None:
        read(scan)
        scan.finish()

    with pytest.raises(PlanError) as caught:
        whole()
    return caught.value.diagnostic


def drain(scan: Scanner) -> None:
    """Walk through every object and array, and read nothing."""
    if scan.is_object():
        for _ in scan.object():
            drain(scan)
    elif scan.head(1) == b"[":
        for _ in scan.array():
            drain(scan)
    else:
        scan.skip()


def members(scan: Scanner) -> None:
    """Read every member of the document."""
    for _ in scan.object():
        scan.value()


WAYS: tuple[Callable[[Scanner], object], ...] = (Scanner.value, drain, members)


def refused(text: str | bytes, chunk: int = 256 * 1024, *more: Callable[[Scanner], object]) -> str:
    """The code with which a document is refused whichever way it is read."""
    codes = {failure(scanner(text, chunk), read).code for read in (*WAYS, *more)}
    assert len(codes) == 1, codes
    return codes.pop()


@st.composite
def documents(draw: st.DrawFn) -> tuple[Any, str]:
    """A value and one way to write it."""
    value = draw(VALUES)
    indent = draw(st.sampled_from([None, 0, 3, "\t"]))
    separators = draw(st.sampled_from([(",", ":"), (" , ", " :\r\n ")]))
    text = json.dumps(value, ensure_ascii=draw(st.booleans()), indent=indent, separators=separators)
    return value, draw(st.sampled_from(["", " ", "\n\t "])) + text + draw(st.sampled_from(["", "\n"]))


def same(one: Any, other: Any) -> bool:
    """Equal, and True is not 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def reference(text: str) -> Any:
    return json.loads(text, parse_float=Decimal)


@given(documents(), CHUNKS, st.lists(st.booleans(), min_size=64, max_size=64))
def test_whatever_is_read_is_what_json_reads(document: tuple[Any, str], chunk: int, choices: list[bool]) -> None:
    _, text = document
    scan = scanner(text, chunk)
    assert same(walked(scan, iter(choices * 4)), reference(text))
    scan.finish()


@given(st.dictionaries(TEXT, VALUES, max_size=6), CHUNKS, st.data())
def test_what_is_left_alone_is_passed_over(value: dict[str, Any], chunk: int, data: st.DataObject) -> None:
    text = json.dumps({"outer": [value, value]}, ensure_ascii=data.draw(st.booleans()))
    wanted = data.draw(st.sets(st.sampled_from(sorted(value)))) if value else set()
    scan = scanner(text, chunk)
    found = []
    for _ in scan.object():
        for _ in scan.array():
            found.append({key: scan.value() for key in scan.object() if key in wanted})
    scan.finish()
    expected = {key: inner for key, inner in reference(json.dumps(value)).items() if key in wanted}
    assert all(same(one, expected) for one in found)
    assert len(found) == 2


@given(documents(), CHUNKS)
def test_what_is_held_is_read_later_as_if_it_stood_there(document: tuple[Any, str], chunk: int) -> None:
    text = '{"held": ' + document[1] + ', "behind": 1}'
    scan = scanner(text, chunk)
    held = None
    for key in scan.object():
        if key == "held":
            held = scan.hold()
    scan.finish()
    assert held is not None
    assert held.where == "held"
    assert same(held.value(), reference(document[1]))


@given(documents(), CHUNKS, st.data())
def test_what_breaks_off_is_refused_wherever_it_does(
    document: tuple[Any, str], chunk: int, data: st.DataObject
) -> None:
    raw = json.dumps({"a": document[0], "b": [{}]}).encode()
    cut = raw[: data.draw(st.integers(0, len(raw) - 1))]
    assert refused(cut, chunk, Scanner.skip) == "PLAN002"


@pytest.mark.parametrize(
    "text",
    [
        "{",
        '{"a"',
        '{"a":',
        '{"a":1',
        '{"a":1,',
        '{"a":1,}',
        '{"a" 1}',
        "{a: 1}",
        "{'a': 1}",
        '{"a": 1 "b": 2}',
        '{"a": NaN}',
        '{"a": -Infinity}',
        '{"a": 01}',
        '{"a": .5}',
        '{"a": nul}',
        '{"a": True}',
        '{"\\udc00": 1}',
        '{"a": }',
        '{"a": 1}}',
        '{"a": 1} x',
    ],
)
@pytest.mark.parametrize("chunk", [1, 3, 256])
def test_what_is_no_json_is_refused(text: str, chunk: int) -> None:
    assert refused(text, chunk) == "PLAN002"


@pytest.mark.parametrize("text", ["\\x", "\\ud800", "\t", "\\u12g4", "\x00"])
def test_strings_that_are_read_are_checked(text: str) -> None:
    for inner in (f'"{text}"', f'["{text}"]', f'{{"{text}": 1}}', f'{{"a": "{text}"}}'):
        assert failure(scanner(f'{{"a": {inner}}}'), members).code == "PLAN002"


@pytest.mark.parametrize("inner", ["[}", "{]", "[[)]]", '{"a": [1, 2}', '["]', "{#}", "[\\]", "}", "]", "[undefined]"])
@pytest.mark.parametrize("chunk", [1, 4, 256])
def test_brackets_are_counted_in_what_is_passed_over_too(inner: str, chunk: int) -> None:
    assert refused('{"a": {"b": [' + inner + "]}}", chunk, Scanner.skip, Scanner.hold) == "PLAN002"


@pytest.mark.parametrize("inner", ['{"k": 1, "k": 2}', '[{"k": 1, "\\u006b": [2]}]', '{"a": {"": 1, "": 1}}'])
def test_a_key_may_stand_once_in_what_is_read(inner: str) -> None:
    assert refused('{"a": ' + inner + "}") == "PLAN006"


@pytest.mark.parametrize("chunk", [1, 256])
def test_a_key_may_stand_once_in_what_is_walked_through(chunk: int) -> None:
    found = failure(scanner('{"a": [{"x": {"k": 1, "j": 2, "k": 3}}]}', chunk), drain)
    assert (found.code, found.detail) == ("PLAN006", 'the key "k" stands twice in a[0].x')


@pytest.mark.parametrize("depth", [MOST_NESTED + 1, 1_000, 10_000, 100_000])
@pytest.mark.parametrize("pair", ["[]", "{}"])
def test_nesting_has_a_limit(depth: int, pair: str, usual_stack: None) -> None:
    opening = "[" if pair == "[]" else '{"a":'
    assert refused('{"a":' + opening * depth + "1" + pair[1] * depth + "}", 4096, Scanner.skip) == "PLAN007"
    assert refused('{"a":' + opening * depth, 7 if depth < 5_000 else 4096, Scanner.skip) == "PLAN007"


def test_nesting_up_to_the_limit_is_read(usual_stack: None) -> None:
    text = "[" * MOST_NESTED + "]" * MOST_NESTED
    scanner(text).skip()
    assert json.dumps(scanner(text).value()) == text


@pytest.mark.parametrize(
    ("number", "value"),
    [
        ("-0", 0),
        ("0.10", Decimal("0.1")),
        ("1e3", 1000),
        ("12345678901234567890123", 12345678901234567890123),
        ("1.0", 1),
        ("-2.50", Decimal("-2.5")),
        ("0e9", 0),
        ("9" * MOST_DIGITS, int("9" * MOST_DIGITS)),
    ],
)
def test_numbers_are_exact(number: str, value: object) -> None:
    found = scanner(f"[{number}]").value()[0]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "number", ["1" * 5_000, "-" + "1" * 5_000, "0." + "1" * 5_000, "1e5000", "1e-5000", "1e" + "9" * 40]
)
def test_numbers_have_a_limit(number: str) -> None:
    assert refused(f'{{"a": {number}}}') == "PLAN007"


def test_a_key_has_a_limit() -> None:
    for end in ('": 1}}', ""):
        text = '{"a": {"' + "k" * 100_000 + end
        assert failure(scanner(text, 1024), drain).code == "PLAN007"
        assert failure(scanner(text), drain).code == "PLAN007"


class Endless:
    """A source of a JSON string of any length, or of as many elements, made as it is read."""

    def __init__(self, head: bytes, body: bytes, size: int, tail: bytes) -> None:
        self.parts = iter([head, *[body] * (size // len(body)), tail])

    def read(self, size: int) -> bytes:
        return next(self.parts, b"")


@pytest.mark.parametrize(
    ("head", "body", "tail"),
    [
        pytest.param(b'{"a": "', b"x" * 65_536, b'"}', id="one-string"),
        pytest.param(b'{"a": ["', b"\\\\" * 32_768, b'"]}', id="one-string-of-escapes"),
        pytest.param(b'{"a": [0', b',{"b": [{"c": "d"}]}' * 3_000, b"]}", id="many-elements"),
        pytest.param(b'{"a": ', b" " * 65_536, b"1}", id="white-space"),
    ],
)
def test_passing_over_takes_no_memory(head: bytes, body: bytes, tail: bytes) -> None:
    size = 4 * 1024 * 1024
    scan = Scanner(Endless(head, body, size, tail), StructuredFile("plan.json"), chunk=65_536)
    tracemalloc.start()
    try:
        assert list(scan.object()) == ["a"]
        scan.finish()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1024 * 1024


def test_a_value_that_is_read_has_a_limit() -> None:
    source = Endless(b'{"a": "', b"x" * 65_536, MOST_CAPTURED + 65_536, b'"}')
    scan = Scanner(source, StructuredFile("plan.json"), chunk=65_536)
    found = failure(scan, members)
    assert found.code == "PLAN007"
    assert "a has more than" in found.detail


@given(st.lists(st.sampled_from(["é", "x", "\U0001f600", " ", "1"]), max_size=30).map("".join), CHUNKS)
def test_places_are_lines_and_columns_of_characters(name: str, chunk: int) -> None:
    before = f'{{"a": 1,\n\n "b": {{"n": "{name}"}}, "c": '
    span = failure(scanner(before + "?}", chunk), members).span
    assert span is not None
    assert (span.begin.line, span.begin.column) == (3, len(before) - before.rindex("\n"))
    assert str(span) == f"plan.json:3:{span.begin.column}"


@pytest.mark.parametrize("chunk", [1, 64, 4096])
def test_the_place_of_an_error_inside_of_a_value(chunk: int) -> None:
    found = failure(scanner('{\n  "a": {"é": 1,\n    "b": tru }\n}', chunk), members)
    assert str(found.span) == "plan.json:3:10"


def test_messages_quote_no_values() -> None:
    """A plan holds secrets in clear."""
    for text in (
        '{"a": "hunter2\t"}',
        '{"a": hunter2}',
        '{"a": ["hunter2", "hunter2" x]}',
        '{"a": "hunter2" "hunter2"}',
    ):
        assert "hunter2" not in failure(scanner(text), members).detail
