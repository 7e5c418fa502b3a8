"""python-hcl2 behind the adapter: the tree of our own parser, no exception, and never a silent loss."""

from __future__ import annotations

import gc
import re
import subprocess
import sys
import types
from importlib import metadata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.source import SourceFile
from ddbaudit.frontends.hcl import ast, hcl2_adapter
from ddbaudit.frontends.hcl.compare import ast_equal
from ddbaudit.frontends.hcl.hcl2_adapter import load_library, parse_python_hcl2
from ddbaudit.frontends.hcl.parser import Limits, parse_native
from ddbaudit.frontends.hcl.relocate import walk
from tests.hcl import render


def parse(text: str) -> ast.File:
    return parse_python_hcl2(SourceFile("main.tf", text))


def body(text: str) -> list[str]:
    file = parse(text)
    assert file.diagnostics == []
    return render.body(file.body)


def expr(text: str) -> str:
    (line,) = body(f"x = {text}\n")
    return line.removeprefix("x = ")


def problems(text: str) -> list[str]:
    file = parse(text)
    assert file.body.broken == bool(file.diagnostics)
    found = [(item.code, item.span, item.detail) for item in file.diagnostics]
    return [f"{code} {span.begin.line}:{span.begin.column} {detail}" for code, span, detail in found if span]


class TestTree:
    def test_blocks_and_attributes(self) -> None:
        text = 'resource "aws_x" y {\n  a = 1\n  in {}\n  for = 2 # c\n}\n'
        assert body(text) == ['resource "aws_x" "y":', "  a = 1", "  for = 2", "  in:"]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("-12", "(- 12)"),
            ("-1.5", "(- 1.5)"),
            ("-12.b", "(- 12.b)"),
            ("a.*.b[0]", "attr_splat(a; @.b)[0]"),
            ("a.*.b.0.c[0].d", "attr_splat(a; @.b[0].c)[0].d"),
            ("a[*].b[0].c", "splat(a; @.b[0].c)"),
            ("a[*].b[*].c", "splat(a; splat(@.b; @.c))"),
            ("a[*].b.*.c[1]", "splat(a; attr_splat(@.b; @.c)[1])"),
            ("(a[*].b)[0]", "paren(splat(a; @.b))[0]"),
            ("(x # foo\n && y)", "paren((&& x y))"),
            ("a - b - c * d", "(- (- a b) (* c d))"),
            ("a ? b : c ? d : e", "(? a b (? c d e))"),
            ("{in = 1, a.b = 2, (c) = 3, true = 4, 5 = 6}", '{"in": 1, a.b: 2, paren(c): 3, "true": 4, 5: 6}'),
            ("provider::aws::f(a, b...)", "provider::aws::f(a, b...)"),
            ("{for k, v in a : k => v... if c}", "for(k,v in a: k => v ... if c)"),
            (r'"\u00e9\U0001F600\n\"\\"', '"é😀\\n\\"\\\\"'),
            ('"a$${b}%%{c}$d"', '"a${b}%{c}$d"'),
            ('"${a}"', "w(a)"),
            ('"%{ if a ~}  x %{~ else }y%{ endif }"', 't[%if(a; "x"; "y")]'),
            ('"%{ for k, v in a }${k}%{ endfor }"', "t[%for(k,v in a; ${k})]"),
            ("<<-E\n    a ${b}\n      c\n    E\n", 't["a " ${b} "\\n  c\\n"]'),
            ('<<E\n"${f("x")}" $${y}\nE\n', 't["\\"" ${f("x")} "\\" ${y}\\n"]'),
        ],
    )
    def test_expressions(self, text: str, expected: str) -> None:
        assert expr(text) == expected

    def test_ends_are_tight(self) -> None:
        text = "a = 1 + 2 # c1\n\n  # c2\nb = <<E\nx\nE\nc = 3\n"
        found = [text[item.start : item.end] for item in parse(text).body.attributes]
        assert found == ["a = 1 + 2", "b = <<E\nx\nE", "c = 3"]

    def test_comments(self) -> None:
        text = "# a\nx = (1 # b\n  + 2) // c\n/* d */ y = (3 /* e */ == 4)\r\n# f\r\n"
        found = [text[item.start : item.end] for item in parse(text).comments]
        assert found == ["# a", "# b", "// c", "/* d */", "/* e */", "# f"]

    def test_the_parser_is_named(self) -> None:
        assert (parse("").parser, parse("").json) == ("python-hcl2", False)


SWALLOW = """\
resource "aws_dynamodb_resource_policy" "a" {
  policy = <<EOF
{"x": 1}
EOF\x20
}
resource "aws_dynamodb_table" "hidden" {
  name = "no-pitr"
}
resource "aws_dynamodb_resource_policy" "b" {
  policy = <<EOF
{"y": 2}
EOF
}
"""


class TestRefusals:
    def test_a_heredoc_that_swallows_resources_is_refused(self) -> None:
        blocks = [child for child in load_library()(SWALLOW).children[0].children if child.data == "block"]
        assert len(blocks) == 1, "the library sees all three resources by now: this guard may go"
        assert problems(SWALLOW) == [
            "HCL101 2:12 python-hcl2 does not see the end of this heredoc and swallows the text behind it."
        ]

    @pytest.mark.parametrize("marker", ["<<EOF", "<<-EOF"])
    @pytest.mark.parametrize("blank", [" ", "\t", "  \t", " \r"])
    def test_every_form_of_it(self, marker: str, blank: str) -> None:
        text = f"a = {marker}\nx\nEOF{blank}\nb = 1\nc = {marker}\ny\nEOF\n"
        assert [item[:10] for item in problems(text)] == ["HCL101 1:5"]

    def test_an_indented_marker_ends_a_heredoc(self) -> None:
        assert body("a = <<E\nx\n  E\nb = <<E\ny\nE\n") == ['a = "x\\n"', 'b = "y\\n"']

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("a = 1\na = 2\n", '2:1 "a" is set a second time in this body.'),
            ('a = "\\x"\n', "1:6 '\\\\x' is no escape sequence of HCL."),
            ('a = "\\ud800"\n', "1:6 '\\\\ud800' is no escape sequence of HCL."),
            ('a = "x\ny"\n', "1:7 A quoted string must end on the line that it starts on."),
            ('a "b${c}" {}\n', "1:3 A block label cannot hold a template."),
            ("a = b.*.c.*.d\n", "1:10 A splat cannot stand within an attribute-only splat."),
            ("a = b.0.1\n", "1:9 Two indexes in a row cannot be written with dots."),
            ('a = "%{ if \\"x\\" }y%{ endif }"\n', "1:12 Quotes inside a template directive must not be escaped."),
            ('a = "%{ if x }"\n', "1:6 This template directive is never closed."),
            ('a = "%{ endif }"\n', "1:6 This template directive closes nothing that is open here."),
            ('a = "$${b ${c} }"\n', "1:6 python-hcl2 cannot tell where this escaped template sequence ends."),
        ],
    )
    def test_what_the_library_lets_through(self, text: str, expected: str) -> None:
        assert problems(text) == [f"HCL101 {expected}"]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("a = \n", '1:5 python-hcl2: "\\n\\n" was not expected here.'),
            ("a = 1\nb {\n", "3:1 python-hcl2: the file ends too early."),
            ("a = (1\n", "2:1 python-hcl2: the file ends too early."),
            ("x = ]\n", '1:5 python-hcl2: "]\\n\\n" was not expected here.'),
        ],
    )
    def test_what_the_library_rejects(self, text: str, expected: str) -> None:
        assert problems(text) == [f"HCL101 {expected}"]

    @pytest.mark.usefixtures("usual_stack")
    @pytest.mark.parametrize("text", ["a = " + "[" * 3000 + "]" * 3000, "a = " + "f(" * 2000 + ")" * 2000])
    def test_deep_nesting_is_no_crash(self, text: str) -> None:
        assert problems(text) == ["HCL101 1:1 The file is nested too deeply for python-hcl2."]

    def test_trees_are_no_higher_than_those_of_our_own_parser(self) -> None:
        (attribute,) = parse("x = 1" + " + 1" * 300).body.attributes
        assert sum(isinstance(node, ast.Binary) for node in walk(attribute)) == 300
        assert [item[:6] for item in problems("x = 1" + " + 1" * 2000)] == ["HCL003"]
        assert problems("x = " + "[" * 100 + "]" * 100) == []
        file = parse_python_hcl2(SourceFile("main.tf", "x = [[[1]]]"), Limits(max_depth=2))
        assert [(item.code, item.where) for item in file.diagnostics] == [("HCL003", "main.tf:1:8")]

    @given(st.text(alphabet='ab=1"${}%<E\n\t []().,*#/-~\\é', max_size=60))
    @settings(max_examples=300, deadline=None)
    def test_never_raises(self, text: str) -> None:
        for node in walk(parse(text).body):
            assert 0 <= node.start <= node.end <= len(text)


class TestLibrary:
    @pytest.fixture(autouse=True)
    def _afresh(self) -> None:
        load_library.cache_clear()

    def test_importing_the_adapter_does_not_import_the_library(self) -> None:
        code = "import sys, ddbaudit.frontends.hcl.hcl2_adapter; print('hcl2' in sys.modules, 'lark' in sys.modules)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout == "False False\n"

    def test_a_module_without_the_new_functions_is_a_fork(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "hcl2", types.ModuleType("hcl2"))
        with pytest.raises(UsageError) as caught:
            load_library()
        assert caught.value.message == "python-hcl2 shares its module name hcl2 with a fork that is installed too"
        assert "checkov" in caught.value.help

    def test_an_installed_fork_is_found(self, monkeypatch: pytest.MonkeyPatch) -> None:
        known = metadata.distribution
        monkeypatch.setattr(
            metadata, "distribution", lambda name: known("pytest" if name == "bc-python-hcl2" else name)
        )
        with pytest.raises(UsageError, match="shares its module name"):
            load_library()

    def test_a_missing_library(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "hcl2", None)
        with pytest.raises(UsageError) as caught:
            load_library()
        assert caught.value.message.startswith("python-hcl2 cannot be imported (")
        assert caught.value.help == "Install python-hcl2 8.1 or later."

    def test_the_garbage_collector_is_left_as_it_was(self) -> None:
        parse("a = (\n")
        assert gc.isenabled()
        gc.disable()
        try:
            parse("a = 1\n")
            assert not gc.isenabled()
        finally:
            gc.enable()

    def test_any_exception_becomes_a_diagnostic(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(text: str) -> None:
            raise KeyError(text)

        monkeypatch.setattr(hcl2_adapter, "load_library", lambda: broken)
        assert problems("a = 1") == ["HCL101 1:1 python-hcl2: \"'a = 1'\"."]


NAMES = st.sampled_from(["a", "b", "var", "each_x", "x-y"])
TERMS = st.sampled_from(["1", "2.5", "true", "null", '"s"', '""', '"p${a}q"', '"${b}"', '"$${c}"', "a", "b.c", "f()"])


def _compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||"])
    steps = st.sampled_from([".c", "[0]", "[*]", ".*", ".d", '["k"]'])
    return st.one_of(
        st.builds("{} {} {}".format, inner, operators, inner),
        st.builds("{} ? {} : {}".format, inner, inner, inner),
        st.builds("({})".format, inner),
        st.builds("!({})".format, inner),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("{{ {} = {}, ({}) = {} }}".format, NAMES, inner, inner, inner),
        st.builds("f({}, {}...)".format, inner, inner),
        st.builds("[for k, v in {} : {} if {}]".format, inner, inner, inner),
        st.builds("{{for v in {} : {} => {}...}}".format, inner, inner, inner),
        st.builds('"%{{ if {} }}x ${{{}}}%{{ else ~}} y%{{ endif }}"'.format, inner, inner),
        st.builds("({}){}{}{}".format, inner, steps, steps, steps),
        st.builds("(\n{} # c\n&& {}\n)".format, inner, inner),
    )


@given(st.recursive(TERMS, _compound, max_leaves=12))
@settings(max_examples=300, deadline=None)
def test_both_parsers_give_the_same_tree(text: str) -> None:
    source = SourceFile("main.tf", f"x = {text}\n")
    native, other = parse_native(source), parse_python_hcl2(source)
    if re.search(r"\.\*(\.\w+)*\.\*", text):
        # A splat within an attribute-only splat; nothing else here is wrong.
        assert native.diagnostics
        assert other.diagnostics
        return
    assert native.diagnostics == []
    assert other.diagnostics == []
    assert ast_equal(native.body, other.body) is None
    assert render.body(native.body) == render.body(other.body)
