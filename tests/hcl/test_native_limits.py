"""Hostile input: every limit is a diagnostic, nothing recurses too deep, and the block behind the trouble is found."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.parser import Limits, parse_expression, parse_template
from ddbaudit.frontends.hcl.relocate import children, walk
from tests.hcl.parsing import good, headers, parse

AFTER = '\nresource "x" "after" {\n  a = 1\n}\n'

# How one more level is opened and closed around an expression.
NESTING = {
    "list": ("[", "]"),
    "parens": ("(", ")"),
    "object": ("{a=", "}"),
    "call": ("f(", ")"),
    "index": ("b[", "]"),
    "template": ('"x${', '}"'),
    "wrap": ('"${', '}"'),
    "directive": ('"%{if ', '}%{endif}"'),
    "heredoc": ("<<E\n${", "}\nE\n"),
    "for": ("[for x in ", ":x]"),
    "object for": ("{for x in ", ":x=>x}"),
    "negated call": ("-f(", ")"),
    "sum": ("1+(", ")"),
    "conditional": ("c(1?1:", ")"),
}


def under(frames: int, call: Callable[[], ast.File]) -> ast.File:
    """Call with that many more frames on the stack."""
    return call() if frames == 0 else under(frames - 1, call)


@pytest.mark.parametrize("name", NESTING)
def test_deep_nesting_parses_with_hundreds_of_frames_on_the_stack(name: str) -> None:
    opening, closing = NESTING[name]
    levels = 140 if name == "conditional" else 199
    text = f"a = {opening * levels}1{closing * levels}\n"
    assert under(250, lambda: parse(text)).diagnostics == []


@pytest.mark.parametrize("name", NESTING)
@pytest.mark.parametrize("levels", [201, 1_000, 50_000])
def test_deeper_nesting_is_a_diagnostic(name: str, levels: int) -> None:
    opening, closing = NESTING[name]
    for text in (f"a = {opening * levels}1{closing * levels}", f"a = {opening * levels}"):
        file = parse(text + AFTER)
        assert file.diagnostics[0].code in ("HCL003", "HCL005")
        assert headers(file) == ["resource x after"]
        assert isinstance(file.body.attributes[0].expr, ast.BadExpr)


def test_deep_blocks() -> None:
    assert under(250, lambda: parse("b {\n" * 199 + "}\n" * 199)).diagnostics == []
    file = parse("b {\n" * 5_000 + AFTER)
    assert [item.code for item in file.diagnostics] == ["HCL003"]
    assert headers(file) == ["b!", "resource x after"]


def test_deep_directives() -> None:
    assert parse('a = "' + "%{if x}" * 199 + "%{endif}" * 199 + '"').diagnostics == []
    file = parse('a = "' + "%{if x}" * 5_000 + "%{endif}" * 5_000 + '"' + AFTER)
    assert [item.code for item in file.diagnostics] == ["HCL003"]
    assert headers(file) == ["resource x after"]


@pytest.mark.usefixtures("usual_stack")
def test_a_full_stack_is_a_diagnostic() -> None:
    for frames in range(700, 1_000, 25):
        try:
            file = under(frames, lambda: parse(f"a = {'[' * 199}{']' * 199}" + AFTER))
        except RecursionError:
            return  # not even the call fits
        assert {item.code for item in file.diagnostics} == {"HCL003"}


CHAINS = {
    "sum": ("1", "+1"),
    "product and sum": ("1", "*1+1"),
    "or": ("a", "||a"),
    "conditional": ("a", "?b:c"),
    "nested conditional": ("a", "?b"),
    "names": ("a", ".b"),
    "indexes": ("a", "[0]"),
    "old indexes": ("a", ".0.b"),
    "splats": ("a", "[*]"),
    "splat names": ("a.*", ".b"),
}


@pytest.mark.parametrize("name", CHAINS)
@pytest.mark.parametrize("length", [1_000, 10_000])
def test_long_chains_are_a_diagnostic(name: str, length: int) -> None:
    first, more = CHAINS[name]
    file = parse(f"a = {first}{more * length}" + AFTER)
    assert [item.code for item in file.diagnostics] == ["HCL003"]
    assert headers(file) == ["resource x after"]


@pytest.mark.parametrize("prefix", ["-", "!", "- ", "!-"])
def test_long_prefixes_are_a_diagnostic(prefix: str) -> None:
    assert [item.code for item in parse(f"a = {prefix * 10_000}b").diagnostics] == ["HCL003"]


@pytest.mark.parametrize("name", CHAINS)
def test_ordinary_chains_parse(name: str) -> None:
    first, more = CHAINS[name]
    if name != "nested conditional":
        good(f"a = {first}{more * 100}\n")


def height(expr: ast.Expr) -> int:
    """How many nodes lie on the longest path."""
    above = {id(expr): 1}
    highest = 1
    for node in walk(expr):
        depth = above[id(node)]
        highest = max(highest, depth)
        for child in children(node):
            above[id(child)] = depth + 1
    return highest


@pytest.mark.parametrize(
    "text",
    [
        "(" * 150 + "x" + " + 1 + 1)" * 149 + " + 1)",
        "(" * 150 + "x" + ").a" * 150,
        "f(" * 190 + "x" + ")[0]" * 190,
        "-!" * 100 + "(" + "-!" * 60 + "x)" + ".a" * 10,
        "[" * 190 + "1" + "+1" * 299 + "]" * 190,
    ],
)
def test_chains_add_up_along_a_path(text: str) -> None:
    expr, diagnostics = parse_expression(text)
    assert height(expr) < 2 * 200 + 300
    assert [item.code for item in diagnostics] in ([], ["HCL003"])


def test_siblings_do_not_add_up() -> None:
    good("a = [" + "a.b.c + d.e.f," * 1_000 + "]\n")
    good("a = f(" + "x.y[0]," * 1_000 + ")\n" + "b = [" + "1 + 2 + 3," * 1_000 + "]\n")


LINEAR = {
    "strings": "a = [" + '"abc",' * 20_000 + "]\n",
    "resources": 'resource "a" "b" {\n  x = "${var.y}-z"\n}\n' * 2_000,
    "heredoc": "a = <<EOF\n" + "some text, $ and %, and so on\n" * 60_000 + "EOF\n",
    "flush heredoc": "a = <<-EOF\n" + "   some text, $ and %\n" * 60_000 + "EOF\n",
    "template heredoc": "a = <<EOF\n" + "some ${text} and so on\n" * 10_000 + "EOF\n",
    "blank lines": "\n" * 50_000 + "a = 1\n",
    "blanks": "a =" + " " * 200_000 + "1\n",
    "signs": 'a = "' + "$%" * 50_000 + '"\n',
    "escapes": 'a = "' + "\\\\" * 100_000 + '"\n',
    "comments": "# x\n" * 50_000 + "a = [" + "/* x */" * 50_000 + "]\n",
    "long name": "a" * 500_000 + " = 1\n",
    "wide name": "é" * 50_000 + " = 1\n",
    "labels": "a " + '"b" ' * 20_000 + "{}\n",
    "object": "a = {" + "b=1," * 20_000 + "}\n",
    "heredocs": "".join(f"a{number} = <<E\nx\nE\n" for number in range(5_000)),
}


@pytest.mark.parametrize("name", LINEAR)
def test_large_but_valid(name: str) -> None:
    assert headers(good(LINEAR[name] + AFTER))[-1] == "resource x after"


BROKEN = {
    "unterminated heredoc": ("a = <<EOF\n" + "\n" * 20_000, "HCL005"),
    "unterminated heredocs": ("".join(f"a{number} = <<E{number}\n" for number in range(50)), "HCL005"),
    "markers in one line": ("a = <<EOF\n" + "EOF " * 200_000, "HCL005"),
    "unterminated interpolation": ('a = "${' + "x" * 100_000, "HCL001"),
    "blanks and nothing": ("a =" + " " * 200_000, "HCL001"),
    "comments": ("/* " * 50_000, "HCL005"),
    "quotes": ('"' * 100_000, "HCL001"),
    "braces": ("}" * 100_000, "HCL001"),
    "opening braces": ("{\n" * 50_000 + "}\n" * 50_000, "HCL001"),
    "returns": ("\r" * 50_000, "HCL004"),
    "zeros": ("\0" * 50_000, "HCL004"),
    "wide characters": ("²\n" * 50_000, "HCL004"),
    "smaller": ("<" * 50_000, "HCL004"),
    "digits": ("a = " + "1" * 500_000, "HCL003"),
    "points": ("a = 1" + "." * 200_000, "HCL001"),
    "exponent": ("a = 1e999999999", "HCL003"),
    "negative exponent": ("a = 1e-4001", "HCL003"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_large_and_broken(name: str) -> None:
    text, code = BROKEN[name]
    file = parse(text + AFTER)
    assert file.diagnostics[0].code == code
    assert headers(file) == ["resource x after"]


def test_many_unclosed_blocks_cost_one_pass() -> None:
    file = parse('resource "a" "b" {\n  x = 1\n' * 90 + 'resource "a" "c" {\n  x = 1\n}\n' * 5_000)
    assert {item.code for item in file.diagnostics} == {"HCL005"}
    assert headers(file) == ["resource a b!"] * 90 + ["resource a c"] * 5_000


def test_size_and_node_limits() -> None:
    file = parse("a = 1\n", Limits(max_size=5))
    assert [item.code for item in file.diagnostics] == ["HCL003"]
    assert file.body.broken
    assert file.body.attributes == []
    file = parse("a = [1, 2, 3]\nb = 1\n", Limits(max_nodes=3))
    assert [item.code for item in file.diagnostics] == ["HCL003"]
    assert [attribute.name for attribute in file.body.attributes] == ["a"]
    expr, diagnostics = parse_expression("[1, 2]", limits=Limits(max_size=5))
    assert isinstance(expr, ast.BadExpr)
    assert [item.code for item in diagnostics] == ["HCL003"]


def test_numbers_up_to_the_limit() -> None:
    good(f"a = {'9' * 4_000}\nb = 1e4000\nc = 1e-4000\n")


def test_errors_inside_one_item_are_limited_too() -> None:
    file = parse('a = "' + "\\q" * 5_000 + '"\n')
    assert len(file.diagnostics) == 101
    assert file.diagnostics[-1].code == "HCL003"


def test_templates_have_the_same_limits() -> None:
    for text in ('"${' * 300, "${f(" * 300, "%{if x}" * 300 + "%{endif}" * 300, "${" + "-" * 400 + "1}"):
        expr, diagnostics = parse_template(text)
        assert isinstance(expr, ast.BadExpr)
        assert len(diagnostics) == 1
