"""Wildcards: against brute force, and with what is not known."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.model.globs import Atom, Atoms, Gap, Wild, literal, match, same, wild_match

from .builders import hole

ALPHABET = "ab:"


def as_regex(pattern: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern), re.DOTALL)


def atoms(pattern: str) -> Atoms:
    return tuple({"*": Wild.ANY, "?": Wild.ONE}.get(c, c) for c in pattern)


@settings(deadline=None)
@given(st.text("ab*?:", max_size=8), st.text(ALPHABET, max_size=8))
def test_wild_match_is_the_regular_expression(pattern: str, text: str) -> None:
    expected = as_regex(pattern).fullmatch(text) is not None
    assert wild_match(pattern, text) is expected
    assert match(atoms(pattern), tuple(text)) is (Verdict.PASS if expected else Verdict.FAIL)


def test_wild_match_does_not_explode() -> None:
    assert not wild_match("a*" * 60 + "b", "a" * 5000)


FILLINGS = ["".join(p) for n in range(4) for p in itertools.product("ab", repeat=n)]


def filled(side: list[str | int], filling: tuple[str, ...]) -> str:
    return "".join(filling[a] if isinstance(a, int) else a for a in side)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["a", "b", "*", "?", 0, 1]), max_size=4),
    st.lists(st.sampled_from(["a", "b", 0, 1]), max_size=4),
)
def test_match_holds_for_every_filling(pattern: list[str | int], subject: list[str | int]) -> None:
    """Brute force over what two gaps may hold: a PASS or FAIL must hold for all of it."""
    gaps = {i: Gap(i, frozenset("ab")) for i in (0, 1)}

    def side(items: list[str | int], wild: bool) -> Atoms:
        return tuple(gaps[a] if isinstance(a, int) else atoms(a)[0] if wild else a for a in items)

    verdict = match(side(pattern, True), side(subject, False))
    answers = {
        as_regex(filled(pattern, f)).fullmatch(filled(subject, f)) is not None
        for f in itertools.product(FILLINGS, repeat=2)
    }
    if verdict is Verdict.PASS:
        assert answers == {True}
    if verdict is Verdict.FAIL:
        assert answers == {False}
    if answers == {False} and not any(isinstance(a, int) for a in (*pattern, *subject)):
        assert verdict is Verdict.FAIL


@pytest.mark.parametrize(
    ("pattern", "subject", "verdict"),
    [
        ((Gap(1),), (Gap(1),), Verdict.PASS),
        ((Gap(1),), (Gap(2),), Verdict.UNKNOWN),
        ((Wild.ANY,), (Gap(2),), Verdict.PASS),
        ((Wild.INNER,), (Gap(2),), Verdict.UNKNOWN),
        ((Wild.INNER,), (Gap(2, frozenset("ab")),), Verdict.PASS),
        ((Wild.INNER,), ("a", ":"), Verdict.FAIL),
        ((Wild.ONE,), (Gap(2, frozenset("ab")),), Verdict.UNKNOWN),
        (("x",), (Gap(2, frozenset("ab")),), Verdict.FAIL),
        (("a", "b"), (Gap(2, frozenset("ab"), free=True),), Verdict.PASS),
        ((), (Gap(2, frozenset("ab"), free=True),), Verdict.FAIL),
        ((Gap(1, frozenset("ab"), free=True),), ("a", "b"), Verdict.PASS),
        ((Gap(1, frozenset("ab"), free=True),), ("a", ":"), Verdict.FAIL),
        ((Gap(1),), ("a", "b"), Verdict.UNKNOWN),
        ((Gap(1),), (Gap(2, every=True),), Verdict.UNKNOWN),
        (("a", Wild.ANY), (Gap(2, every=True),), Verdict.FAIL),
        (("a", Wild.ANY), ("a", Gap(2, every=True)), Verdict.PASS),
        ((Wild.ANY, Wild.ANY), (Gap(2, every=True),), Verdict.PASS),
        ((Wild.ONE,), (Gap(2, every=True),), Verdict.FAIL),
    ],
)
def test_gaps(pattern: tuple[Atom, ...], subject: tuple[Atom, ...], verdict: Verdict) -> None:
    assert match(pattern, subject) is verdict


def test_same() -> None:
    x, y = hole(), hole()
    assert same(literal(("app-", x)), literal(("app-", x))) is Verdict.PASS
    assert same(literal(("app-", x)), literal(("app-", y))) is Verdict.UNKNOWN
    assert same(literal(("app-", x)), literal(("web-", y))) is Verdict.FAIL
    assert same(literal(("app-", x)), literal(("app",))) is Verdict.FAIL
