"""Functions against `terraform console` itself, on generated arguments: where we answer, Terraform answers the same."""

from __future__ import annotations

import base64
import json
import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ddbaudit.frontends.hcl.functions.json_encoding import encode_parts
from ddbaudit.ir.value import is_wholly_known
from tests.eval.mini import ERRORS, evaluate
from tests.eval.oracle import Console, has_terraform

pytestmark = [
    pytest.mark.terraform,
    pytest.mark.skipif(not has_terraform(), reason="there is no terraform here"),
]

ERROR, INFINITE = "error", "infinite"
ONCE = settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
"""An example is a batch of calls, and Terraform takes a tenth of a second for it."""

Calls = st.SearchStrategy[list[str]]


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Console:
    return Console(tmp_path_factory.mktemp("console"))


def batches(call: st.SearchStrategy[str]) -> Calls:
    return st.lists(call, min_size=20, max_size=60)


def quote(text: str) -> str:
    """A string literal of HCL."""
    return '"' + "".join(c if c.isalnum() and c.isascii() else f"\\U{ord(c):08x}" for c in text) + '"'


def theirs(console: Console, calls: Sequence[str]) -> list[object]:
    """What Terraform answers; all calls go into one expression, as each run of it prints one value only."""
    wrapped = (f"base64encode(jsonencode(try({{v = {call}}}, {{error = true}})))" for call in calls)
    valid, shown = console.run("[" + ", ".join(wrapped) + "]")
    assert valid, shown
    answers: list[object] = []
    for line in shown.splitlines()[1:-1]:
        answer = json.loads(base64.b64decode(line.strip(' ",')), parse_float=str, parse_int=str)
        answers.append(answer.get("v", ERROR) if "error" not in answer else ERROR)
    return answers


def ours(call: str) -> object:
    """What we answer; None when we do not know."""
    try:
        value = evaluate(call)
    except ERRORS:
        return ERROR
    if not is_wholly_known(value):
        return None
    text = "".join(part for part in encode_parts(value) if isinstance(part, str))
    return json.loads(text, parse_float=str, parse_int=str)


def compare(console: Console, calls: Sequence[str], known: float = 1.0) -> None:
    """`known` is the share of calls that we must be able to evaluate."""
    answers = list(map(ours, calls))
    for call, our, their in zip(calls, answers, theirs(console, calls), strict=True):
        assert our is None or our == their, call
    assert sum(answer is not None for answer in answers) >= known * len(calls)


LETTERS = [
    *"abcE \t-_./",
    *("\u00e9", "\u0301", "\u00df", "\u0130", "\u03a3", "\U0001f44d", "\U0001f468\u200d\U0001f469", "\U0001f1e9"),
    *("\u01c6", "\u00a0", "\u0915\u094d", "\u0924", "\uac00", "\u11a8", "\ufb01", "aa"),
]
TEXT = st.lists(st.sampled_from(LETTERS), max_size=8).map(lambda p: unicodedata.normalize("NFC", "".join(p)))
SHORT = st.lists(st.sampled_from(LETTERS), max_size=2).map(lambda p: unicodedata.normalize("NFC", "".join(p)))
SMALL = st.integers(-6, 8)


def of(name: str, *args: st.SearchStrategy[object]) -> st.SearchStrategy[str]:
    """Calls of a function; texts are quoted."""

    def written(values: tuple[object, ...]) -> str:
        return f"{name}({', '.join(quote(v) if isinstance(v, str) else str(v) for v in values)})"

    return st.tuples(*args).map(written)


STRINGS = st.one_of(
    *(of(name, TEXT) for name in ("chomp", "lower", "upper", "title", "trimspace", "strrev", "length")),
    *(of(name, TEXT, SHORT) for name in ("startswith", "endswith", "strcontains", "trim", "trimprefix", "trimsuffix")),
    of("split", SHORT, TEXT),
    of("replace", TEXT, SHORT, SHORT),
    of("substr", TEXT, SMALL, SMALL),
    of("indent", st.integers(0, 3), TEXT),
)


@ONCE
@given(batches(STRINGS))
def test_strings(console: Console, calls: list[str]) -> None:
    compare(console, calls)


NUMBERS = st.one_of(
    st.integers(-(10**30), 10**30).map(str),
    st.integers(-1000, 1000).map(str),
    st.decimals(-1000, 1000, places=4).map(str),
    st.floats(1e-30, 1e30).map(repr),
    st.integers(1, 99).map(lambda n: f"(1 / {n})"),
    st.sampled_from(["pow(2, 0.5)", "pow(2, 100)", "0.5", "2.5", "1e100", "-0.0"]),
)
VERB = st.tuples(
    st.sampled_from(["", "", "0", "-", "+", " ", "#", "-0", "+0"]),
    st.sampled_from(["", "", "5", "12"]),
    st.sampled_from(["", "", ".0", ".2", ".20", ".180"]),
    st.sampled_from([*"vvdoxXbeEfgGstq"]),
).map(lambda parts: "%" + "".join(parts))


@ONCE
@given(batches(st.tuples(VERB, NUMBERS).map(lambda pair: f'format("{pair[0]}|", {pair[1]})')))
def test_formats_of_numbers(console: Console, calls: list[str]) -> None:
    compare(console, calls)


@ONCE
@given(batches(st.tuples(VERB, TEXT).map(lambda pair: f'format("{pair[0]}|", {quote(pair[1])})')))
def test_formats_of_strings(console: Console, calls: list[str]) -> None:
    compare(console, calls)


POSITIVE = st.one_of(st.integers(1, 2000).map(str), st.floats(1e-10, 1e10).map(repr))
ARITHMETIC = st.one_of(
    *(NUMBERS.map(f"{name}({{}})".format) for name in ("abs", "ceil", "floor", "signum")),
    st.tuples(NUMBERS, NUMBERS).map(lambda pair: f"max({pair[0]}, {pair[1]})"),
    st.tuples(NUMBERS, NUMBERS).map(lambda pair: f"min({pair[0]}, {pair[1]})"),
    st.tuples(POSITIVE, st.integers(2, 50)).map(lambda pair: f"log({pair[0]}, {pair[1]})"),
    st.tuples(POSITIVE, st.integers(-20, 20)).map(lambda pair: f"pow({pair[0]}, {pair[1]})"),
    of("parseint", st.text("0123456789abcXYZ-+_", max_size=6), st.integers(1, 63)),
)


@ONCE
@given(batches(ARITHMETIC))
def test_numbers(console: Console, calls: list[str]) -> None:
    compare(console, calls)


ATOMS = st.sampled_from(
    [*"abx.^$", "\\d", "\\w", "\\s", "\\b", "[ab]", "[^a]", "[[:alpha:]]", "\\pL", "(?i)", "(?m)", "\\n", "\\-", "\\Z"]
)
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map("|".join),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "*?", "{2}", "{0,2}", "{,2}", "**"])).map("".join),
        inner.map("({})".format),
        inner.map("(?:{})".format),
        inner.map("(?P<n>{})".format),
    ),
    max_leaves=6,
)
SUBJECTS = st.text("abxA1 \n\u00e9\u017f\u212a_-", max_size=8).map(lambda text: unicodedata.normalize("NFC", text))
MATCHES = st.one_of(
    of("regex", PATTERNS, SUBJECTS),
    of("regexall", PATTERNS, SUBJECTS),
    of("replace", SUBJECTS, PATTERNS.map("/{}/".format), st.sampled_from(["", "<$0>", "$1x", "$n", "$$"])),
)


@ONCE
@given(batches(MATCHES))
def test_patterns(console: Console, calls: list[str]) -> None:
    compare(console, calls, known=0.8)


STAMPS = st.datetimes().map(lambda t: t.replace(microsecond=0).isoformat())
ZONES = st.sampled_from(["Z", "+00:00", "-00:00", "+05:30", "-23:59", "+24:00", ""])
MOMENTS = st.tuples(STAMPS, st.sampled_from(["", ".5", ".123456789012", ",5"]), ZONES).map("".join)
STEPS = st.tuples(st.floats(0, 5000).map("{:.6f}".format), st.sampled_from(["ns", "us", "ms", "s", "m", "h"]))
DURATIONS = st.tuples(st.sampled_from(["", "-", "+"]), st.lists(STEPS.map("".join), max_size=3).map("".join))
LAYOUT = "YYYY YY M MM MMM MMMM D DD EEE EEEE h hh H HH AA aa m mm s ss Z ZZZ ZZZZ ZZZZZ 'x' '' - :"
LAYOUTS = st.lists(st.sampled_from(LAYOUT.split()), max_size=5)
TIMES = st.one_of(
    of("timeadd", MOMENTS, DURATIONS.map("".join)),
    of("timecmp", MOMENTS, MOMENTS),
    of("formatdate", LAYOUTS.map(" ".join), MOMENTS),
)


@ONCE
@given(batches(TIMES))
def test_times(console: Console, calls: list[str]) -> None:
    compare(console, calls)


def prefixes() -> st.SearchStrategy[str]:
    v4 = st.tuples(st.ip_addresses(v=4), st.integers(0, 33))
    v6 = st.tuples(st.ip_addresses(v=6), st.integers(0, 129))
    return st.one_of(v4, v6).map(lambda pair: f"{pair[0]}/{pair[1]}")


NETWORKS = st.one_of(
    of("cidrhost", prefixes(), st.integers(-(2**20), 2**34)),
    of("cidrnetmask", prefixes()),
    of("cidrsubnet", prefixes(), st.integers(0, 34), st.integers(0, 2**12)),
    of("cidrsubnets", prefixes(), st.integers(1, 34), st.integers(1, 12), st.integers(1, 12)),
)


@ONCE
@given(batches(NETWORKS))
def test_networks(console: Console, calls: list[str]) -> None:
    compare(console, calls, known=0.8)


HASHES = st.one_of(*(of(name, TEXT) for name in ("md5", "sha1", "sha256", "sha512", "base64sha256", "base64sha512")))


@ONCE
@given(batches(HASHES))
def test_hashes(console: Console, calls: list[str]) -> None:
    compare(console, calls)


PATHS = st.text("ab./", max_size=10)


@ONCE
@given(batches(st.one_of(of("dirname", PATHS), of("basename", PATHS))))
def test_paths(console: Console, calls: list[str]) -> None:
    compare(console, calls)


PATTERN = st.text("abcdjsonutx.*?[]{},^-\\/", max_size=8).filter(lambda pattern: ".." not in pattern)


@ONCE
@given(batches(PATTERN.map(lambda pattern: f"fileset({quote('files')}, {quote(pattern)})")))
def test_file_patterns(console: Console, calls: list[str]) -> None:
    compare(console, calls, known=0.5)
