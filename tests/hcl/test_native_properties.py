"""Whatever the text is: no exception, nodes within one another and within the text, and errors never silent."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.parser import parse_expression, parse_template
from ddbaudit.frontends.hcl.relocate import children, fields
from tests.hcl import render
from tests.hcl.parsing import parse, shape
from tests.hcl.test_native_places import FILE
from tests.hcl.test_native_shapes import ALL, BODIES

TOKENS = [
    *"{}()[],=:?.*%-!+/<> \t\n~&|;'$\\\"",
    *[
        "...",
        "=>",
        "::",
        "==",
        "&&",
        "||",
        "\r\n",
        "for",
        "in",
        "if",
        "a",
        "b",
        "true",
        "null",
        "1",
        "0.5",
        '"s"',
        '"${',
    ],
    *['}"', "%{if a}", "%{else}", "%{endif}", "%{for x in a}", "%{endfor}", "${~", "~}", "$${", "\\n", "\\x", "<<E\n"],
    *["<<-E\n", "\nE\n", "# c\n", "// c", "/* c */", "/*", "é", "²", "\u00a0", "\0", 'resource "a" "b" {\n', "}\n"],
]
WORDS = re.compile(r"\w+|\s|[^\w\s]")
VALID = [FILE, *(text for text, _ in BODIES), *(f"x = {text}\n" for text, _ in ALL)]

garbage = st.text(max_size=80) | st.lists(st.sampled_from(TOKENS), max_size=40).map("".join)


@st.composite
def mutated(draw: Any) -> str:
    """Valid text with a few tokens replaced, dropped or put in."""
    text = draw(st.sampled_from(VALID)) + draw(st.sampled_from(["", *VALID]))
    words = WORDS.findall(text)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(words)))
        words[at : at + draw(st.integers(0, 2))] = draw(st.lists(st.sampled_from(TOKENS), max_size=2))
    return "".join(words)


def check(node: ast.Node, start: int, end: int) -> None:
    """The node and all below it lie within the range, each child within its parent."""
    assert start <= node.start <= node.end <= end, (type(node).__name__, node.start, node.end, start, end)
    for name in fields(type(node)):
        if name.endswith(("_start", "_end")):
            assert node.start <= getattr(node, name) <= node.end, (type(node).__name__, name)
    for child in children(node):
        check(child, node.start, node.end)


def check_file(text: str) -> ast.File:
    file = parse(text)
    check(file.body, 0, len(text))
    assert (file.body.start, file.body.end) == (0, len(text))
    ends = [0, *(comment.end for comment in file.comments)]
    assert all(end <= comment.start < comment.end for end, comment in zip(ends, file.comments, strict=False))
    for item in file.diagnostics:
        assert item.span is not None
        assert 0 <= item.span.start <= item.span.end <= len(text)
    assert file.body.broken is bool(file.diagnostics)
    starts = [block.start for block in file.body.blocks]
    assert starts == sorted(set(starts))
    return file


@settings(max_examples=150, deadline=None)
@given(garbage)
def test_garbage_never_raises(text: str) -> None:
    check_file(text)
    for expr, _ in (parse_expression(text), parse_template(text)):
        check(expr, 0, len(text))


@settings(max_examples=250, deadline=None)
@given(mutated())
def test_mutations_never_raise(text: str) -> None:
    check_file(text)


@settings(max_examples=100, deadline=None)
@given(mutated())
def test_a_good_block_behind_any_trouble_is_found_or_missed_loudly(text: str) -> None:
    file = check_file(text + '\nresource "after" "all" {\n  x = 1\n}\n')
    names = [block.labels for block in file.body.blocks]
    assert ["after", "all"] in names or file.diagnostics or "<<" in text or "/*" in text


@settings(max_examples=50, deadline=None)
@given(mutated())
def test_what_stands_before_an_error_is_kept(text: str) -> None:
    before = 'resource "a" "before" {\n  x = 1\n}\n'
    alone, behind = parse(text), parse(before + text)
    assert behind.body.blocks[0].labels == ["a", "before"]
    assert not behind.body.blocks[0].body.broken
    assert len(behind.diagnostics) == len(alone.diagnostics)
    assert render.body(behind.body)[2:] == render.body(alone.body) or alone.body.attributes


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40))
def test_a_quoted_text_means_itself(text: str) -> None:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    escaped = escaped.replace("${", "$${").replace("%{", "%%{")
    expr, diagnostics = parse_expression(f'"{escaped}"')
    assert diagnostics == []
    # `$${` inside the text escapes twice over, as in Terraform; all else comes back as it was.
    assert isinstance(expr, ast.Literal)
    if not re.search(r"\$\$\{|%%\{", text):
        assert expr.value == text


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([text for text, _ in ALL]),
    st.sampled_from(["({})", "[{},]", "f({})", "a[{}]", "[for x in {} : x]"]),
)
def test_an_expression_is_the_same_in_any_brackets(text: str, brackets: str) -> None:
    assert shape(text) in shape(brackets.format(f"\n{text}\n"))
