"""The front door: encodings, sizes, which parser's word counts, and the two parsers against each other."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddbaudit.foundation.diagnostic import Level
from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.source import SourceFile
from ddbaudit.frontends.hcl import ast, opinions
from ddbaudit.frontends.hcl.compare import ast_equal, comments_equal
from ddbaudit.frontends.hcl.parse import ParseOptions, parse_file
from ddbaudit.frontends.hcl.parser import Limits, parse_native
from ddbaudit.frontends.hcl.relocate import walk
from tests.hcl import render

AUTO = ParseOptions()
NATIVE = ParseOptions(parser="native")
LIBRARY = ParseOptions(parser="python-hcl2")
CROSS = ParseOptions(cross_check=True)


def parse(data: str | bytes, path: str = "main.tf", options: ParseOptions = AUTO) -> ast.File:
    return parse_file(data.encode() if isinstance(data, str) else data, path, options)


def problems(file: ast.File) -> list[str]:
    return [f"{item.code} {item.where} {item.detail}" for item in file.diagnostics]


class TestText:
    def test_a_byte_order_mark_is_no_text(self) -> None:
        file = parse(b"\xef\xbb\xbfa = 1\n")
        assert problems(file) == []
        assert file.source.text == "a = 1\n"
        assert (file.body.attributes[0].start, file.body.attributes[0].end) == (0, 5)

    def test_only_one_byte_order_mark_is_skipped(self) -> None:
        assert [item.code for item in parse(b"\xef\xbb\xbf\xef\xbb\xbfa = 1\n").diagnostics] == ["HCL004"]

    def test_line_endings_are_kept(self) -> None:
        file = parse(b'a = <<E\r\nx\r\nE\r\n# c\r\nb = "y"\r\n')
        assert problems(file) == []
        assert render.body(file.body) == ['a = "x\\r\\n"', 'b = "y"']
        assert file.source.position(file.body.attributes[1].start) == (5, 1)
        assert [(item.start, item.end) for item in file.comments] == [(15, 18)]

    @pytest.mark.parametrize("path", ["main.tf", "main.tf.json", "x.tfvars"])
    def test_latin_1(self, path: str) -> None:
        file = parse('a = 1\nb = "é\xe9"\n'.encode("latin-1"), path)
        assert problems(file) == [f"HCL010 {path}:2:6 Byte 0xe9 at offset 11 (line 2, column 6) is not UTF-8."]
        assert file.body.broken
        assert file.source.line(2) == 'b = "\ufffd\ufffd"'

    def test_columns_before_the_bad_byte_count_code_points(self) -> None:
        file = parse(b"\xef\xbb\xbf# \xc3\xa9\xff\n")
        assert problems(file) == ["HCL010 main.tf:1:4 Byte 0xff at offset 7 (line 1, column 4) is not UTF-8."]

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
    def test_utf_16_is_recognised_by_its_mark(self, encoding: str) -> None:
        mark = "" if encoding == "utf-16" else "\ufeff"
        file = parse((mark + "a = 1\n").encode(encoding))
        name = encoding[:6].upper()
        assert problems(file) == [f"HCL010 main.tf:1:1 The file is encoded in {name}; HCL is UTF-8."]
        assert file.body.broken

    def test_truncated_utf_8(self) -> None:
        assert problems(parse(b"a = 1 # \xe2\x82")) == [
            "HCL010 main.tf:1:9 Byte 0xe2 at offset 8 (line 1, column 9) is not UTF-8."
        ]

    def test_the_size_is_checked_before_decoding(self) -> None:
        file = parse(b"\xff" * 11, options=ParseOptions(limits=Limits(max_size=10)))
        assert problems(file) == ["HCL003 main.tf The file has 11 bytes, more than the 10 that are read."]
        assert file.body.broken
        assert problems(parse(b"#234567890", options=ParseOptions(limits=Limits(max_size=10)))) == []

    def test_empty_files(self) -> None:
        for path in ("a.tf", "a.tfvars"):
            assert (problems(parse("", path)), render.body(parse("", path).body)) == ([], [])
        assert problems(parse("", "a.tf.json")) == ["HCL201 a.tf.json:1:1 The file holds no JSON value."]

    @given(st.binary(max_size=80))
    @settings(max_examples=200, deadline=None)
    def test_never_raises(self, data: bytes) -> None:
        for path in ("a.tf", "a.tf.json", "a.tfvars"):
            file = parse(data, path)
            assert file.body.broken <= bool(file.diagnostics)


class TestKinds:
    def test_json_by_its_ending(self) -> None:
        for path in ("a.tf.json", "override.tf.json", "x.json"):
            file = parse('{"locals": {"a": "${b}"}}', path)
            assert (file.json, render.body(file.body)) == (True, ["locals:", "  a = w(b)"])

    def test_values_in_json(self) -> None:
        for path in ("terraform.tfvars.json", "x.auto.tfvars.json"):
            assert render.body(parse('{"a": "${b}"}', path).body) == ['a = "${b}"']

    def test_values_under_any_name(self) -> None:
        file = parse_file(b'{"a": "${b}"}', "prod.json", AUTO, kind="tfvars")
        assert render.body(file.body) == ['a = "${b}"']

    def test_values_are_no_blocks(self) -> None:
        file = parse('a = 1\nb "c" {\n}\n', "x.tfvars")
        assert problems(file) == ["HCL001 x.tfvars:2:1 Block b cannot stand among the values of variables."]


# Valid for Terraform, rejected by our own parser: none is known, so a stand-in plays it.
@pytest.fixture
def _native_rejects(monkeypatch: pytest.MonkeyPatch) -> None:
    def rejecting(source: SourceFile, *, limits: Limits) -> ast.File:
        return parse_native(SourceFile(source.path, "a = )\n"), limits=limits)

    monkeypatch.setattr(opinions, "parse_native", rejecting)


class TestSecondOpinion:
    def test_a_good_file_needs_none(self) -> None:
        code = (
            "import sys; from ddbaudit.frontends.hcl.parse import *;"
            "[parse_file(b'a = 1', p, ParseOptions()) for p in ('a.tf', 'a.tfvars', 'a.tf.json')];"
            "print('hcl2' in sys.modules)"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout == "False\n"

    @pytest.mark.usefixtures("_native_rejects")
    def test_what_python_hcl2_accepts_is_used_and_the_file_counts_as_incomplete(self) -> None:
        file = parse('a = 1\nb "c" {}\n')
        assert (file.parser, render.body(file.body)) == ("python-hcl2", ["a = 1", 'b "c":'])
        (notice,) = file.diagnostics
        assert (notice.code, notice.level, notice.where) == ("HCL102", Level.ERROR, "main.tf:1:5")
        assert notice.summary == "Native parser rejected, python-hcl2 accepted"
        assert notice.detail == (
            'The tree of python-hcl2 is used. The native parser says: Expected a value, found ")".'
        )

    def test_what_both_reject_keeps_the_native_recovery(self) -> None:
        file = parse('a = )\nb "c" {\n}\n')
        assert file.parser == "native"
        assert problems(file) == ['HCL001 main.tf:1:5 Expected a value, found ")".']
        assert render.body(file.body) == ["a = <BadExpr>", 'b "c":', "broken"]

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("a = 1\na = 2\n", "HCL002"),
            ('a = "\\x"\n', "HCL006"),
            ("a = " + "[" * 300 + "]" * 300 + "\n", "HCL003"),
            ('a = "x\ny"\n', "HCL005"),
            ('a "${b}" {}\n', "HCL001"),
        ],
    )
    def test_where_python_hcl2_is_lax_the_native_verdict_stands(self, text: str, code: str) -> None:
        file = parse(text)
        assert (file.parser, [item.code for item in file.diagnostics]) == ("native", [code])

    def test_limits_never_reach_python_hcl2(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(opinions, "parse_second", None)
        assert parse("a = " + "[" * 300).parser == "native"
        assert parse("a = )\n#" + "x" * 1_000_000).parser == "native"

    def test_without_the_library_the_native_verdict_stands(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def missing(source: SourceFile, limits: Limits) -> ast.File:
            raise UsageError("python-hcl2 is not here", help="Install it.")

        monkeypatch.setattr(opinions, "parse_second", missing)
        file = parse("a = )\n")
        assert [(item.code, item.level) for item in file.diagnostics] == [
            ("HCL001", Level.ERROR),
            ("HCL104", Level.WARNING),
        ]
        with pytest.raises(UsageError):
            parse("a = 1\n", options=CROSS)

    def test_native_alone(self) -> None:
        file = parse("a = )\n", options=NATIVE)
        assert (file.parser, [item.code for item in file.diagnostics]) == ("native", ["HCL001"])

    def test_python_hcl2_alone(self) -> None:
        file = parse("a = 1 # c\n", options=LIBRARY)
        assert (file.parser, render.body(file.body), len(file.comments)) == ("python-hcl2", ["a = 1"], 1)
        assert [item.code for item in parse("a = )\n", options=LIBRARY).diagnostics] == ["HCL101"]


EXPRESSIONS = """\
1 ¦ 1.5 ¦ 1e5 ¦ 1.5E-3 ¦ 12 ¦ -12 ¦ -1.5 ¦ - 1 ¦ !a ¦ !(a) ¦ !a.b ¦ -a.b[0] ¦ -(a) ¦ true ¦ null ¦ 00 ¦ a.true
"x" ¦ "" ¦ "a${b}" ¦ "${b}" ¦ "${b}c" ¦ "a$${b}c" ¦ "a%%{b}c" ¦ "$a %b $" ¦ "$$" ¦ "%%" ¦ "100%" ¦ "~" ¦ "{" ¦ "}"
"\\n\\t\\r\\"\\\\" ¦ "\\u00e9\\U0001F600é" ¦ "#no" ¦ "//no" ¦ "/* no */" ¦ "'" ¦ "${"}"}" ¦ "${a}${b}" ¦ "${"a\\"b"}"
"%{ if a }x%{ endif }" ¦ "%{ if a }x%{ else }y%{ endif }" ¦ "%{ if a == "b" }x%{ endif }"
"%{ for x in y }${x}%{ endfor }" ¦ "%{ for k, v in y ~} ${k} %{~ endfor }"
"p %{ if a ~}  x  %{~ else ~}  y  %{~ endif ~}  z" ¦ "%{ if a }%{ for b in c }%{ if d }x%{ endif }%{ endfor }%{ endif }"
"a ${"b ${c} d"} e" ¦ "${ {a = 1}.a }" ¦ "${a ? "b" : "c"}" ¦ "${a[*].b}" ¦ "${a.*.b[0]}" ¦ "${f("x", "y")}"
a.b.c ¦ a.b-c ¦ a.b[0].c ¦ a["k"] ¦ a[b.c] ¦ a.0 ¦ a.0.b ¦ a[0][1] ¦ a[-1] ¦ a[b ? 0 : 1] ¦ a["${b}"] ¦ a .b ¦ a [0]
a[*] ¦ a[*].b ¦ a[*].b.c[0] ¦ a[*].b[*].c ¦ a[*].b.*.c ¦ a[*].0 ¦ a[*][0] ¦ (a[*].b)[0] ¦ a[*].b - 1 ¦ a[*].b == c
a.* ¦ a.*.b ¦ a.*.b.c ¦ a.*.b[0] ¦ a.*.0.b ¦ a.*.b[*].c ¦ a.*.b.c[0].d ¦ a.b[*].c[d].e ¦ a.*[0] ¦ (a.*).b
f() ¦ f(a) ¦ f(a, b) ¦ f(a, b,) ¦ f(a...) ¦ f(a, b...) ¦ provider::aws::f(a) ¦ f(g(h(1))) ¦ f(a)[0].b ¦ f (a)
[] ¦ [1] ¦ [1, 2,] ¦ [1, [2, [3]]] ¦ {} ¦ {a = 1} ¦ {a : 1} ¦ {a = 1, b = 2} ¦ {a = 1, b = 2,} ¦ {a=1,}
{"a" = 1} ¦ {"a${b}" = 1} ¦ {(a) = 1} ¦ {(a.b) = 1} ¦ {a.b = 1} ¦ {1 = 2} ¦ {in = 1, if = 2} ¦ {true = 1, null = 2}
[for x in y : x] ¦ [for k, v in y : "${k}=${v}"] ¦ [for x in y : x if x != null] ¦ [for x in [for y in z : y] : x]
{for k, v in y : k => v} ¦ {for k, v in y : k => v... if v} ¦ {for s in a : s => s...} ¦ [for s in a : s.b[0]]
a + b ¦ a - b ¦ a-b ¦ a * b / c % d ¦ a + b * c ¦ (a + b) * c ¦ a - b - c ¦ a/b ¦ a%b ¦ 1 + -2 ¦ 1 - -2 ¦ -a + -b
a == b ¦ a != b && c || d ¦ a < b ¦ a <= b ¦ a > b ¦ a >= b ¦ !a && !b ¦ !a == b ¦ "a"=="b" ¦ (((a)))
a ? b : c ¦ a ? b : c ? d : e ¦ a ? b ? c : d : e ¦ (a ? b : c) ? d : e ¦ a == b ? c : d
"""
LONGER = [
    "[\n1,\n2\n]",
    "[\n# c\n1, // d\n2 /* e */\n]",
    "[a # c\n]",
    "{\na = 1\nb = 2\n}",
    "{\na = 1,\n# c\nb = 2\n}",
    "{a=1\n\n\nb=2}",
    "{ /* c */ a = 1 }",
    "[\nfor x in y :\nx\nif x\n]",
    "{\nfor k, v in y :\nk => v\nif v\n}",
    "(\na\n&&\nb\n)",
    "(a\n+ b)",
    "(a # c\n && b)",
    "(a\n|| b /* c */\n|| c)",
    "(a\n? b\n: c)",
    "f(\na,\nb\n)",
    "f(a, # c\nb)",
    "f( /* c */ a /* d */ )",
    "a /* c */ + b",
    "a ? /* c */ b : c",
    "a[\n0\n]",
    "<<EOT\nx\nEOT",
    "<<EOT\nEOT",
    "<<-EOT\n    a\n      b\n    EOT",
    "<<EOT\na ${b} c\nEOT",
    "<<-EOT\n  a ${b}\n    c\n  EOT",
    "<<EOT\n%{ if a }\nx\n%{ endif }\nEOT",
    '<<EOT\n${jsonencode({a = "b"})}\nEOT',
    '<<E\n$${a} "q" \\n\nE',
    "<<-EOT\n  ${~ a ~}\n  b\n  EOT",
    "<<E-F\n  E2\nE-F",
    "[<<A\nx\nA\n, <<B\ny\nB\n]",
    "f(<<A\nx\nA\n)",
    '{ "a" : <<X\ny\nX\n b = 1\n}',
]
BODIES = [
    "",
    "\n\n",
    "# only",
    "a = 1",
    "a\t=\t1\n",
    'resource "a" "b" {\n}\n',
    'resource "a" "b" {}\n',
    "resource a b {}\n",
    "a { b = 1 }\n",
    "a {\n\n  b {\n    c {}\n  }\n\n}\n",
    "# c\na = 1 # d\n// e\n/* f\n g */ b = 2\n",
    "in {}\nfor = 1\nnull = 2\ntrue {}\n",
    'a "b\\"c" {}\n',
    'a "null" true {}\n',
    "a = 1\r\nb = <<E\r\nx\r\nE\r\nc {\r\n d = [\r\n 1\r\n ]\r\n}\r\n",
    "a { # c\n b = 1 /* d */\n # e\n}\n",
    "moved {\n from = a.b\n to = a.c[0]\n}\n",
    "dynamic x {\n for_each = a\n content {\n  y = x.value\n }\n}\n",
]


def battery() -> list[str]:
    terms = [term.strip() for line in EXPRESSIONS.splitlines() for term in line.split("¦")]
    return [f"x = {term}\n" for term in terms + LONGER] + BODIES


class TestCrossCheck:
    @pytest.mark.parametrize("text", battery())
    def test_both_agree(self, text: str) -> None:
        for options in (CROSS, ParseOptions(parser="python-hcl2", cross_check=True)):
            assert problems(parse(text, options=options)) == []

    @pytest.mark.parametrize("text", battery())
    def test_ends_and_comments_agree_too(self, text: str) -> None:
        native, other = parse(text, options=NATIVE), parse(text, options=LIBRARY)
        assert [(item.start, item.end) for item in native.comments] == [(i.start, i.end) for i in other.comments]
        ends = [[(type(node), node.start, node.end) for node in walk(file.body)] for file in (native, other)]
        assert ends[0] == ends[1]

    @pytest.mark.parametrize(
        ("text", "gap"),
        [
            ("x = <<EOT\nx\nEOT \n", "blanks behind the end marker of a heredoc"),
            ("x = <<E\nx\nE\t\ny = <<E\ny\nE\n", "blanks behind the end marker of a heredoc"),
            ("x = (a\n.b)\n", 'a line break before ".name" or "[key]"'),
            ("x = {for k, v in y : k\n=> v}\n", 'a line break before "=>"'),
            ("x = (a\n- b)\n", 'a line break before "-"'),
            ("x = [for k,\nv in y : x]\n", "a line break inside brackets or a template"),
            ('x = "${\na\n}"\n', "a line break inside brackets or a template"),
            ('a /* c */ "b" {}\n', "comments in the middle of a line"),
            ("x = {a /* c */ = 1}\n", "comments in the middle of a line"),
            ("π = 1\n", "names beyond ASCII"),
            ("x = [é]\n", "names beyond ASCII"),
            ('x = core::upper("y")\n', "function names in two parts"),
            ('x = "${~ a ~}"\n', "strip markers in interpolations"),
            ("x = !!a\n", "a sign before a sign"),
            ("x = - -a\n", "a sign before a sign"),
            ('x = "$${"\n', "escaped template sequences"),
            ('x = "$${a ${b}}"\n', "escaped template sequences"),
        ],
    )
    def test_valid_files_that_python_hcl2_rejects_are_named(self, text: str, gap: str) -> None:
        file = parse(text, options=CROSS)
        assert file.parser == "native"
        (only,) = file.diagnostics
        assert (only.code, only.level, only.summary) == ("HCL103", Level.ERROR, "Parsers disagree")
        assert only.detail.startswith("python-hcl2 rejects what the native parser accepts: python-hcl2")
        assert only.detail.endswith(f" Known gap of python-hcl2: {gap}.")
        assert problems(parse(text)) == []

    def test_the_swallowed_table_is_there_and_the_disagreement_is_said(self) -> None:
        text = "a {\n x = <<E\n1\nE \n}\ntable {}\nb {\n x = <<E\n2\nE\n}\n"
        file = parse(text, options=CROSS)
        assert [block.type for block in file.body.blocks] == ["a", "table", "b"]
        assert problems(file) == [
            "HCL103 main.tf:2:6 python-hcl2 rejects what the native parser accepts: python-hcl2 does not see the end"
            " of this heredoc and swallows the text behind it. Known gap of python-hcl2: blanks behind the end marker"
            " of a heredoc."
        ]

    def test_what_only_python_hcl2_accepts(self) -> None:
        file = parse("x = a ?\nb :\nc\n", options=CROSS)
        assert problems(file)[1:] == [
            "HCL103 main.tf:1:8 The native parser rejects what python-hcl2 accepts: Expected a value, found the end of"
            " the line."
        ]

    def test_what_both_reject_is_no_disagreement(self) -> None:
        assert [item.code for item in parse("x = )\n", options=CROSS).diagnostics] == ["HCL001"]

    def test_trees_that_differ(self) -> None:
        assert problems(parse("y = 1\nx = 1.e5\n", options=CROSS)) == [
            "HCL103 main.tf:2:5 The parsers read this differently; native against python-hcl2, at attributes[1].expr:"
            " Literal against GetAttr e5."
        ]

    def test_limits_still_hold(self) -> None:
        file = parse("a = " + "[" * 300 + "]" * 300, options=CROSS)
        assert [item.code for item in file.diagnostics] == ["HCL003"]


class TestCompare:
    def difference(self, left: str, right: str) -> str | None:
        one, other = (parse_native(SourceFile("x", text)) for text in (left, right))
        found = ast_equal(one.body, other.body) or comments_equal(one, other)
        return None if found is None else f"{found.left_start},{found.right_start} {found}"

    @pytest.mark.parametrize(
        ("left", "right", "expected"),
        [
            ("a = 1\n", "a = 1 \n", None),
            ("a = 1\n", "a = 1.0\n", None),
            ("a = 1\n", "a =  1\n", "4,5 attributes[0].expr.start: 4 against 5"),
            ("a = 1\n", "a = 2\n", "4,4 attributes[0].expr.value: Decimal('1') against Decimal('2')"),
            ("a = 1\n", "a = true\n", "4,4 attributes[0].expr.value: Decimal('1') against True"),
            ("a = 1\n", 'a = "1"\n', "4,4 attributes[0].expr.value: Decimal('1') against '1'"),
            ("a = b\n", "a = c\n", "4,4 attributes[0].expr.name: 'b' against 'c'"),
            ("a = b\n", "a = (b)\n", "4,4 attributes[0].expr: Variable b against Parens"),
            ("a = b ? c : d\n", "a = b ? c : e\n", "12,12 attributes[0].expr.otherwise.name: 'd' against 'e'"),
            ("a = [1]\n", "a = [1, 2]\n", "4,4 attributes[0].expr.items.length: 1 against 2"),
            ("a {}\n", "a {}\nb {}\n", "0,0 blocks.length: 1 against 2"),
            ("a b {}\n", 'a "c" {}\n', "0,0 blocks[0].labels[0]: 'b' against 'c'"),
            ("a {\nb=1\n}\n", "a {\nb=1\nc=1\n}\n", "3,3 blocks[0].body.attributes.length: 1 against 2"),
            ("a = 1 # c\n", "a = 1\n", "6,6 comments: a comment against none"),
            ("a = 1\n", "a = 1 # c\n", "6,6 comments: none against a comment"),
        ],
    )
    def test_first_difference(self, left: str, right: str, expected: str | None) -> None:
        assert self.difference(left, right) == expected

    def test_long_chains_need_no_recursion(self) -> None:
        text = "a = 1" + " + 1" * 300 + "\n"
        assert self.difference(text, text) is None
        assert (self.difference(text, text.replace("1\n", "2\n")) or "").endswith("Decimal('1') against Decimal('2')")
