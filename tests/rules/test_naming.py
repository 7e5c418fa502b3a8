"""Naming patterns, regular expressions and the matching of strings that are known in part."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbaudit.foundation.source import SourceFile
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.types import STRING
from ddbaudit.ir.value import Cause, Hole, Part, Symbol, Unknown, string
from ddbaudit.model.attr import Attr
from ddbaudit_rules._support.automaton import Automaton
from ddbaudit_rules._support.naming import check_pattern, compile_pattern
from ddbaudit_rules._support.regex import parse_regex

HERE = SourceFile("main.tf", "").span(0, 0)
UNKNOWN = Unknown(STRING, Cause("no-value", "no value"))
HOLE = Hole(UNKNOWN)
DEV = {"env": (("dev",),)}


def attr(*parts: Part) -> Attr:
    if all(isinstance(part, str) for part in parts):
        return Attr(string("".join(map(str, parts))), HERE)
    return Attr(Unknown(STRING, UNKNOWN.cause, parts), HERE)


@pytest.mark.parametrize(
    ("parts", "verdict", "offset"),
    [
        (("bbws-tenants-dev",), Verdict.PASS, 0),
        (("bbws-audit-events-dev",), Verdict.PASS, 0),
        (("bbws-tenants-prod",), Verdict.FAIL, 16),
        (("bbws-Tenants-dev",), Verdict.FAIL, 5),
        (("dev-tenants",), Verdict.FAIL, 0),
        (("bbws--dev",), Verdict.FAIL, 5),
        (("",), Verdict.FAIL, 0),
        (("bbws-", HOLE), Verdict.UNKNOWN, 0),
        (("bbws-tenants-", HOLE), Verdict.UNKNOWN, 0),
        ((HOLE,), Verdict.UNKNOWN, 0),
        ((HOLE, "-dev"), Verdict.UNKNOWN, 0),
        ((HOLE, "-DEV"), Verdict.FAIL, len(str(HOLE)) + 1),
        ((HOLE, "-prod"), Verdict.FAIL, len(str(HOLE)) + 4),
        (("prod-", HOLE), Verdict.FAIL, 0),
        (("bbws-", HOLE, "_x-dev"), Verdict.FAIL, 5 + len(str(HOLE))),
        (("bbws-", Symbol("random_pet.name", ("id",)), "-dev"), Verdict.UNKNOWN, 0),
    ],
)
def test_known_parts_decide(parts: tuple[Part, ...], verdict: Verdict, offset: int) -> None:
    found = compile_pattern("bbws-{entity}-{env}", {}, DEV).match(attr(*parts))
    assert found == (verdict, offset)


def test_what_is_bound_and_not_all_known_is_never_certain() -> None:
    pattern = compile_pattern("{table}-gsi{n}", {}, {"table": (("orders-", HOLE),)})
    assert pattern.match(attr("orders-x-gsi1"))[0] is Verdict.UNKNOWN
    assert pattern.match(attr("orders-x-gsi"))[0] is Verdict.FAIL
    assert pattern.match(attr("order"))[0] is Verdict.FAIL
    assert pattern.unknown is UNKNOWN


def test_one_of_several_texts() -> None:
    pattern = compile_pattern("{attribute}-index", {}, {"attribute": (("email",), ("PK",))})
    assert pattern.match(attr("PK-index"))[0] is Verdict.PASS
    assert pattern.match(attr("pk-index"))[0] is Verdict.FAIL
    assert pattern.legend == "{attribute} is email or PK"


def test_the_pack_defines_placeholders() -> None:
    pattern = compile_pattern("{env}-{service}-{n}", {"service": ["auth", "user"], "n": "[1-9]"}, DEV)
    assert pattern.match(attr("dev-auth-1"))[0] is Verdict.PASS
    assert pattern.match(attr("dev-auth-12"))[0] is Verdict.FAIL
    assert pattern.shown == "dev-{service}-{n}"
    assert pattern.legend == "{service} is auth or user and {n} matches [1-9]"


@pytest.mark.parametrize(
    ("pattern", "definitions", "message"),
    [
        ("{entty}", {}, 'did you mean "entity"'),
        ("{}", {}, 'placeholder "{}"'),
        ("a{env", {}, "no counterpart"),
        ("a}", {}, "no counterpart"),
        ("{env}", {"env": ["dev"]}, "cannot be the name of a placeholder"),
        ("{x}", {"x": []}, "is empty"),
        ("{x}", {"x": "("}, "not closed"),
    ],
)
def test_patterns_that_are_not_in_order(pattern: str, definitions: dict[str, str | list[str]], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message) if "{" in message else message):
        check_pattern(pattern, definitions, ("env",))


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("^a$", "leave out"),
        ("a**", "a repetition of a repetition"),
        ("*", "unexpected"),
        ("(a", "not closed"),
        ("a)", "unexpected"),
        ("[a", "unexpected end"),
        ("[z-a]", "not in order"),
        ("a{3,2}", "in order"),
        ("a{300}", "at most 255"),
        (r"\b", "not supported"),
        ("(?=a)", "only groups"),
        ("a" * 300, "longer than 256"),
    ],
)
def test_expressions_that_are_refused(expression: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_regex(expression)


def test_an_expression_that_would_explode() -> None:
    with pytest.raises(ValueError, match="too large"):
        Automaton(parse_regex("((a{255}){255}){255}"))


def test_hostile_expressions_are_linear() -> None:
    automaton = Automaton(parse_regex("(a+)+b"))
    started = time.perf_counter()
    assert automaton.run(["a" * 5000])[0] is Verdict.FAIL
    assert time.perf_counter() - started < 30


_ATOMS = st.sampled_from(["a", "b", "-", "[ab]", "[^a]", r"\d", ".", "(a|b-)", "(?:ab)"])
_EXPRESSIONS = st.lists(st.tuples(_ATOMS, st.sampled_from(["", "*", "+", "?", "{2}", "{1,2}", "{1,}"])), max_size=5)


@given(_EXPRESSIONS, st.text(alphabet="ab-1", max_size=8))
def test_the_automaton_agrees_with_re(pieces: list[tuple[str, str]], text: str) -> None:
    expression = "".join(atom + count for atom, count in pieces)
    expected = re.fullmatch(expression, text, re.DOTALL) is not None
    assert (Automaton(parse_regex(expression)).run([text])[0] is Verdict.PASS) is expected


@given(_EXPRESSIONS, st.text(alphabet="ab-1", max_size=6), st.data())
def test_a_hole_is_sound(pieces: list[tuple[str, str]], text: str, data: st.DataObject) -> None:
    """If the whole text matches, no hole in its place may lead to FAIL."""
    automaton = Automaton(parse_regex("".join(atom + count for atom, count in pieces)))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    holed = automaton.run([text[:start], HOLE, text[end:]])[0]
    assert holed is not Verdict.PASS
    if automaton.run([text])[0] is Verdict.PASS:
        assert holed is Verdict.UNKNOWN
