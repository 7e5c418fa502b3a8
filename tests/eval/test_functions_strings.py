"""Strings, formats and patterns: what the recordings cannot show. Symbols, structures, limits, hostile input."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbaudit.frontends.hcl.functions import casing, graphemes
from ddbaudit.frontends.hcl.functions.format_numbers import exact, general
from ddbaudit.frontends.hcl.functions.registry import FunctionError, call
from ddbaudit.frontends.hcl.numbers import rounded, short
from ddbaudit.ir.types import BOOL, DYNAMIC, NUMBER, STRING, TupleType, list_of, object_of
from ddbaudit.ir.value import (
    Absent,
    Cause,
    Hole,
    Known,
    Part,
    Symbol,
    Unknown,
    Value,
    list_value,
    number,
    object_value,
    parts_text,
    string,
    tuple_value,
)
from tests.eval.mini import CONTEXT, FUNCTIONS

CAUSE = Cause("computed", "later")
ARN = Symbol('module.m["a.b"].aws_dynamodb_table.t[0]', ("arn",))
TABLE = Unknown(STRING, CAUSE, (ARN,))
INDEX = Unknown(STRING, CAUSE, (ARN, "/index/*"), not_null=True)
LATER = Unknown(STRING, CAUSE)
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


def run(name: str, *args: Value) -> Value:
    return call(FUNCTIONS[name], args, CONTEXT)


def shown(value: Value) -> str:
    """A known text, or the parts of an unknown one."""
    if isinstance(value, Known):
        return value.text
    assert isinstance(value, Unknown)
    assert value.type is STRING
    assert value.not_null
    return parts_text(value.parts) if value.parts is not None else "unknown"


def strings(*items: Value) -> Known:
    return list_value(STRING, items)


# --- symbols and holes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (run("join", string("/"), strings(string("a"), TABLE, string("b"))), f"a/${{{ARN}}}/b"),
        (run("join", string(""), strings(TABLE, string("/index/*"))), f"${{{ARN}}}/index/*"),
        (run("join", string("-"), strings(string("a"), LATER)), "a-${…}"),
        (run("join", string("-"), strings(LATER)), "unknown"),
        (run("join", TABLE, strings(string("a"), string("b"))), "unknown"),
        (run("join", string("-"), strings(string("a")), Unknown(list_of(STRING), CAUSE)), "unknown"),
        (run("join", string("-"), strings(TABLE, Absent(STRING))), "unknown"),
        (run("join", string("-"), strings(string(""), TABLE)), f"-${{{ARN}}}"),
        (run("format", string("%s/index/*"), TABLE), f"${{{ARN}}}/index/*"),
        (run("format", string("%v/index/%s"), TABLE, string("i")), f"${{{ARN}}}/index/i"),
        (run("format", string("%s"), INDEX), f"${{{ARN}}}/index/*"),
        (run("format", string("%[2]s:%[1]s"), TABLE, number(5)), f"5:${{{ARN}}}"),
        (run("format", string("a%%-%5s"), TABLE), "a%-${…}"),
        (run("format", string("a-%.3s"), TABLE), "a-${…}"),
        (run("format", string("a-%q"), TABLE), "a-${…}"),
        (run("format", string("a-%#v"), TABLE), "a-${…}"),
        (run("format", string("a-%d"), Unknown(NUMBER, CAUSE, (ARN,))), "a-${…}"),
        (run("format", string("a-%s"), Unknown(NUMBER, CAUSE, (ARN,))), f"a-${{{ARN}}}"),
        (run("format", string("a-%v"), Unknown(NUMBER, CAUSE, (ARN,))), "a-${…}"),
        (run("format", string("a-%t"), Unknown(BOOL, CAUSE, (ARN,))), f"a-${{{ARN}}}"),
        (run("format", string("a-%s"), Unknown(DYNAMIC, CAUSE, (ARN,))), "a-${…}"),
        (run("format", string("a-%v"), tuple_value((TABLE, number(1)))), f'a-["${{{ARN}}}",1]'),
        (run("format", string("a-%s"), tuple_value((TABLE,))), "unknown"),
        (run("format", string("a-%z"), TABLE), "unknown"),
        (run("format", string("a"), TABLE), "unknown"),
        (run("format", string("a-%d %d"), string("x"), TABLE), "unknown"),
        (run("format", TABLE, string("x")), "unknown"),
        (run("format", string("%s"), Absent(DYNAMIC)), "unknown"),
        (run("lower", Unknown(STRING, CAUSE, ("A-", ARN, "/INDEX"), not_null=True)), "a-${…}/index"),
        (run("upper", INDEX), "${…}/INDEX/*"),
        (run("lower", TABLE), "unknown"),
        (run("trimprefix", Unknown(STRING, CAUSE, ("arn:x:", ARN), not_null=True), string("arn:")), f"x:${{{ARN}}}"),
        (run("trimprefix", Unknown(STRING, CAUSE, ("arn:", ARN), not_null=True), string("urn:")), f"arn:${{{ARN}}}"),
        (run("trimprefix", Unknown(STRING, CAUSE, ("arn:", ARN), not_null=True), string("arn:")), f"${{{ARN}}}"),
        (run("trimprefix", Unknown(STRING, CAUSE, ("ar", ARN), not_null=True), string("arn:")), "unknown"),
        (run("trimsuffix", INDEX, string("/*")), f"${{{ARN}}}/index"),
        (run("trimsuffix", INDEX, string("x")), f"${{{ARN}}}/index/*"),
        (run("trimsuffix", TABLE, string("x")), "unknown"),
        (run("trimsuffix", INDEX, LATER), "unknown"),
        (run("chomp", Unknown(STRING, CAUSE, (ARN, "/x\n\n"), not_null=True)), f"${{{ARN}}}/x"),
        (run("chomp", Unknown(STRING, CAUSE, (ARN, "\n"), not_null=True)), "unknown"),
        (run("trimspace", Unknown(STRING, CAUSE, (" a", ARN, "b "), not_null=True)), f"a${{{ARN}}}b"),
        (run("trimspace", TABLE), "unknown"),
        (run("replace", INDEX, string("/"), string("-")), "unknown"),
        (run("substr", INDEX, number(0), number(3)), "unknown"),
        (run("title", INDEX), "unknown"),
    ],
)
def test_what_is_kept_of_partly_known_strings(value: Value, text: str) -> None:
    assert shown(value) == text


def test_formatlist_keeps_symbols_by_element() -> None:
    result = run("formatlist", string("%s/*"), strings(TABLE, string("x"), LATER))
    assert isinstance(result, Known)
    assert [shown(item) for item in result.items] == [f"${{{ARN}}}/*", "x/*", "${…}/*"]
    repeated = run("formatlist", string("%s/%s"), TABLE, strings(string("a"), string("b")))
    assert isinstance(repeated, Known)
    assert [shown(item) for item in repeated.items] == [f"${{{ARN}}}/a", f"${{{ARN}}}/b"]


@pytest.mark.parametrize(
    "args",
    [
        (Unknown(list_of(STRING), CAUSE),),
        (Unknown(DYNAMIC, CAUSE),),
        (Unknown(TupleType((STRING,)), CAUSE),),
        (strings(string("a")), Unknown(list_of(STRING), CAUSE)),
        (Absent(DYNAMIC),),
    ],
)
def test_formatlist_of_unknown_length(args: tuple[Value, ...]) -> None:
    result = run("formatlist", string("%s" * len(args)), *args)
    assert isinstance(result, Unknown)
    assert result.type == list_of(STRING)
    assert result.not_null


def test_lengths_must_agree_although_one_list_is_unknown() -> None:
    known, unknown = strings(string("a")), Unknown(TupleType((STRING, STRING)), CAUSE)
    with pytest.raises(FunctionError, match="inconsistent") as caught:
        run("formatlist", string("%s %s"), known, unknown)
    assert caught.value.argument == 2


@pytest.mark.parametrize("name", ["chomp", "trimspace"])
def test_stripping_keeps_what_json_was_made_of(name: str) -> None:
    structure = object_value({"a": TABLE})
    for source in (
        Known("string", '{"a":1}\n', structure=structure),
        Unknown(STRING, CAUSE, ('{"a":"', ARN, '"}\n'), not_null=True, structure=structure),
    ):
        result = run(name, source)
        assert isinstance(result, (Known, Unknown))
        assert result.structure is structure
        assert shown(result)[-1] == "}"


@pytest.mark.parametrize(
    ("name", "parts", "wanted", "answer"),
    [
        ("startswith", ("ab", ARN), "a", True),
        ("startswith", ("ab", ARN), "ab", None),
        ("startswith", ("a-", ARN), "a-", True),
        ("startswith", ("a<", ARN), "a<", None),
        ("startswith", ("a-", ARN), "b", False),
        ("startswith", ("a-", ARN), "a-b", None),
        ("startswith", ("e", ARN), "\u00e9", None),
        ("startswith", (ARN, "a"), "a", None),
        ("startswith", (ARN, "a"), "", True),
        ("endswith", (ARN, "-a"), "a", True),
        ("endswith", (ARN, "-a"), "-a", True),
        ("endswith", (ARN, "-a"), "b", False),
        ("endswith", (ARN, "-a"), "x-a", None),
        ("endswith", (ARN, "\u0301"), "\u0301", None),
        ("endswith", ("a", ARN), "a", None),
        ("endswith", ("a", ARN), "", True),
        ("strcontains", ("a", ARN, "b"), "b", True),
        ("strcontains", ("a", ARN, "b"), "a", None),
        ("strcontains", ("a-", ARN), "a-", True),
        ("strcontains", (ARN,), "arn", None),
        ("strcontains", (ARN,), "", True),
    ],
)
def test_questions_about_partly_known_strings(
    name: str, parts: tuple[Part, ...], wanted: str, answer: bool | None
) -> None:
    result = run(name, Unknown(STRING, CAUSE, parts, not_null=True), string(wanted))
    assert (result.data if isinstance(result, Known) else None) is answer
    assert isinstance(run(name, string("x"), LATER), Unknown)


@given(st.lists(st.sampled_from(["a", "-", "e", "\u0301", "\u00e9", "<", "\u0338", "1"]), min_size=1, max_size=5))
def test_no_completion_contradicts_an_answer(pieces: list[str]) -> None:
    """Whatever a hole turns out to be, an answer that was given before holds."""
    import unicodedata

    before, after = "".join(pieces[:2]), "".join(pieces[2:])
    normal = [unicodedata.normalize("NFC", text) for text in (before, after)]
    parts = tuple(p for p in (normal[0], Hole(LATER), normal[1]) if p != "")
    value = Unknown(STRING, CAUSE, parts, not_null=True)
    for wanted in (normal[0], normal[1], "e", "\u00e9", "-", "<", "a", "\u226e", "1"):
        for name in ("startswith", "endswith", "strcontains"):
            early = run(name, value, string(wanted))
            if isinstance(early, Known):
                for filling in ("", "e", "\u0301", "-", "\u0338x"):
                    text = unicodedata.normalize("NFC", before + filling + after)
                    late = run(name, string(text), string(wanted))
                    assert isinstance(late, Known)
                    assert late.data is early.data, (name, parts, filling, wanted)


# --- characters ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("abc", ["a", "b", "c"]),
        ("a\r\nb\n\r", ["a", "\r\n", "b", "\n", "\r"]),
        (f"a{FAMILY}b", ["a", FAMILY, "b"]),
        ("\U0001f1e9\U0001f1ea\U0001f1eb", ["\U0001f1e9\U0001f1ea", "\U0001f1eb"]),
        ("e\u0301x", ["e\u0301", "x"]),
        ("\u0915\u094d\u0924", ["\u0915\u094d", "\u0924"]),
        ("\u1112\u1161\u11ab\uae00", ["\u1112\u1161\u11ab", "\uae00"]),
        ("\ud55c\u200d\U0001f600", ["\ud55c\u200d\U0001f600"]),
        ("a\u200d\U0001f600", ["a\u200d", "\U0001f600"]),
        ("\u0600a\u0600", ["\u0600a", "\u0600"]),
        ("\u0301\u0301", ["\u0301\u0301"]),
        ("\ufffd\u0301", ["\ufffd", "\u0301"]),
        ("\u200b\u0301", ["\u200b", "\u0301"]),
        ("\u2764\ufe0f\u200d\U0001f525", ["\u2764\ufe0f\u200d\U0001f525"]),
    ],
)
def test_grapheme_clusters(text: str, expected: list[str]) -> None:
    assert graphemes.clusters(text) == expected
    assert graphemes.count(text) == len(expected)


@given(st.text(max_size=30))
def test_clusters_lose_nothing(text: str) -> None:
    found = graphemes.clusters(text)
    assert "".join(found) == text
    assert all(found)
    assert graphemes.count(text) == len(found)


@pytest.mark.parametrize(
    ("text", "upper", "lower", "title"),
    [
        ("stra\u00dfe", "STRA\u00dfE", "stra\u00dfe", "Stra\u00dfe"),
        ("\u0130I", "\u0130I", "ii", "\u0130I"),
        ("\u1fb3 \ufb01", "\u1fbc \ufb01", "\u1fb3 \ufb01", "\u1fbc \ufb01"),
        ("\u01c6x", "\u01c4X", "\u01c6x", "\u01c5x"),
        ("\u039f\u03a3 a", "\u039f\u03a3 A", "\u03bf\u03c3 a", "\u039f\u03a3 A"),
        ("\u10d0", "\u1c90", "\u10d0", "\u10d0"),
        ("\ua7cb\u0264", "\ua7cb\u0264", "\ua7cb\u0264", "\ua7cb\u0264"),
        ("a_b-c\u2019d\u00a0e", "A_B-C\u2019D\u00a0E", "a_b-c\u2019d\u00a0e", "A_b-C\u2019d\u00a0E"),
    ],
)
def test_case(text: str, upper: str, lower: str, title: str) -> None:
    assert (casing.upper(text), casing.lower(text), casing.title(text)) == (upper, lower, title)


# --- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["0", "1", "0.1", "-2.5", "1e23", "1e-30", "123456789012345678901234567890.5"])
def test_exact_is_what_the_decimal_names(text: str) -> None:
    for precision in (512, 64, 53):
        value = rounded(Decimal(text), precision)
        value = short(value, precision) if precision < 512 else value
        ratio = exact(value)
        assert ratio.denominator & (ratio.denominator - 1) == 0
        again = Decimal(ratio.numerator).normalize() / ratio.denominator if ratio.denominator == 1 else None
        assert again is None or again == value or precision < 512
        assert abs(ratio.numerator).bit_length() <= precision or ratio.denominator == 1


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_exact_floats(value: float) -> None:
    number_ = short(Decimal(repr(value)), 53)
    assert float(exact(number_)) == value


@given(st.integers(-(10**8), 10**8), st.integers(-12, 12))
def test_general_reads_back(digits: int, power: int) -> None:
    value = Decimal(digits).scaleb(power)
    assert Decimal(general(value)) == value


# --- limits and hostile input ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("format", (string("%999999999999d"), number(1))),
        ("format", (string("%.200000f"), number(1))),
        ("format", (string("%[99999999999999]s"), string("x"))),
        ("formatlist", (string("%200000s"), string("x"))),
        ("indent", (number(10**9), string("a\nb"))),
        ("replace", (string("a" * 5000), string("a"), string("b" * 5000))),
        ("replace", (string("a" * 5000), string("/a/"), string("b" * 5000))),
        ("parseint", (string("9" * 2000), number(10))),
        ("pow", (number(2), number(Decimal("0.3")))),
        ("regexall", (string(r"\B"), string("\u00e9\u00e9"))),
        ("regex", (string("(?P<a>x)(?P<a>y)"), string("xy"))),
    ],
)
def test_what_is_too_much_is_unknown(name: str, args: tuple[Value, ...]) -> None:
    began = time.monotonic()
    result = run(name, *args)
    assert time.monotonic() - began < 2
    assert isinstance(result, Unknown)
    assert result.cause.kind in ("limit", "unsupported")
    assert result.cause.text.startswith(f"{name}: ")


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("^(a+)+$", "a" * 50_000 + "!"),
        ("(a|a)*b", "a" * 50_000),
        ("(.*)(.*)(.*)(.*)x", "a" * 20_000),
    ],
)
def test_hostile_patterns_take_no_time(pattern: str, text: str) -> None:
    began = time.monotonic()
    with pytest.raises(FunctionError):
        run("regex", string(pattern), string(text))
    run("replace", string(text), string(f"/{pattern}/"), string("$1"))
    assert time.monotonic() - began < 5


def test_many_matches_are_found_in_linear_time() -> None:
    began = time.monotonic()
    result = run("regexall", string("."), string("\u00e9" * 50_000))
    assert isinstance(result, Known)
    assert len(result.items) == 50_000
    assert time.monotonic() - began < 5


def test_long_strings_of_emoji() -> None:
    began = time.monotonic()
    assert graphemes.count(FAMILY * 20_000) == 20_000
    assert graphemes.count("\u200d" * 100_000) == 1
    assert graphemes.count("\u1100" * 100_000) == 1
    assert time.monotonic() - began < 5


# --- patterns --------------------------------------------------------------------------------------------------------


def test_result_types_of_patterns() -> None:
    for pattern, type_ in (
        ("a", STRING),
        ("(a)(b)", TupleType((STRING, STRING))),
        ("(?P<y>a)(?P<x>b)", object_of({"x": STRING, "y": STRING})),
    ):
        one, every = run("regex", string(pattern), LATER), run("regexall", string(pattern), LATER)
        assert (one.type, every.type) == (type_, list_of(type_))
    assert run("regex", LATER, string("a")).type is DYNAMIC
    assert run("regexall", LATER, string("a")).type == list_of(DYNAMIC)


@pytest.mark.parametrize("pattern", [r"\C", r"a\C", "(?P<\u00e9>a)", "(", "a**", r"\1", "(?=a)", "(?P<a>x)(y)", r"\pX"])
def test_patterns_that_go_refuses(pattern: str) -> None:
    for text in (string("a"), LATER):
        with pytest.raises(FunctionError) as caught:
            run("regex", string(pattern), text)
        assert caught.value.argument == 0


def test_quoted_patterns() -> None:
    assert shown(run("regex", string(r"\Q\C\E"), string(r"x\C"))) == r"\C"
    assert shown(run("regex", string(r"\\C"), string(r"x\C"))) == r"\C"
