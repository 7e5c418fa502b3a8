"""Every construct of the language and the tree it gives."""

from __future__ import annotations

import pytest

from tests.hcl import render
from tests.hcl.parsing import good, shape

LITERALS = [
    ('"plain"', '"plain"'),
    ('""', '""'),
    (r'"a\n\r\t\"\\b"', r'"a\n\r\t\"\\b"'),
    (r'"\u00e9\U0001F600"', '"é😀"'),
    ('"$${a} %%{b} $ % $$ %%"', '"${a} %{b} $ % $$ %%"'),
    ('"100%"', '"100%"'),
    ('"# no // comment /* here */"', '"# no // comment /* here */"'),
    ("0", "0"),
    ("007", "7"),
    ("1.50", "1.50"),
    ("1e5", "1E+5"),
    ("1E-3", "0.001"),
    ("1.e5", "1E+5"),
    ("123456789012345678901234567890.5", "123456789012345678901234567890.5"),
    ("true", "true"),
    ("false", "false"),
    ("null", "null"),
]

OPERATORS = [
    ("1 + 2 * 3", "(+ 1 (* 2 3))"),
    ("1 * 2 + 3", "(+ (* 1 2) 3)"),
    ("1 - 2 - 3", "(- (- 1 2) 3)"),
    ("8 / 4 / 2 % 3", "(% (/ (/ 8 4) 2) 3)"),
    ("a || b && c", "(|| a (&& b c))"),
    ("a && b == c", "(&& a (== b c))"),
    ("a == b < c", "(== a (< b c))"),
    ("a < b + c", "(< a (+ b c))"),
    ("a != b >= c <= d", "(!= a (<= (>= b c) d))"),
    ("a > b", "(> a b)"),
    ("-a.b + 1", "(+ (- a.b) 1)"),
    ("-1", "(- 1)"),
    ("!a == b", "(== (! a) b)"),
    ("!!a", "(! (! a))"),
    ("- -a", "(- (- a))"),
    ("--a", "(- (- a))"),
    ("-!a", "(- (! a))"),
    ("a-b", "a-b"),
    ("a -b", "(- a b)"),
    ("1-1", "(- 1 1)"),
    ("a<-b", "(< a (- b))"),
    ("(1 + 2) * 3", "(* paren((+ 1 2)) 3)"),
    ("a ? b : c", "(? a b c)"),
    ("a ? b : c ? d : e", "(? a b (? c d e))"),
    ("a ? b ? c : d : e", "(? a (? b c d) e)"),
    ("a || b ? c + 1 : d && e", "(? (|| a b) (+ c 1) (&& d e))"),
    ("a ? b : c || d", "(? a b (|| c d))"),
    ("(a\n+ b\n- c)", "paren((- (+ a b) c))"),
    ("(a\n? b\n: c)", "paren((? a b c))"),
    ("(a # one\n&& b // two\n)", "paren((&& a b))"),
]

REFERENCES = [
    ("a", "a"),
    ("_a-1", "_a-1"),
    ("größe.наме", "größe.наме"),
    ("a.b.c", "a.b.c"),
    ("a . b", "a.b"),
    ("(a\n.b)", "paren(a.b)"),
    ("a.0", "a[0]"),
    ("a.0.b", "a[0].b"),
    ("a.1e2", "a[1E+2]"),
    ("a[0]", "a[0]"),
    ('a["x"].b', 'a["x"].b'),
    ("a[\n0\n]", "a[0]"),
    ("a[b ? c : d]", "a[(? b c d)]"),
    ("a[b[0]][1]", "a[b[0]][1]"),
    ("a[*]", "splat(a; @)"),
    ("a[*].b[0].c", "splat(a; @.b[0].c)"),
    ("a.*", "attr_splat(a; @)"),
    ("a.*.b.c", "attr_splat(a; @.b.c)"),
    ("a.*.b[0].c", "attr_splat(a; @.b)[0].c"),
    ("a.*.0.b", "attr_splat(a; @[0].b)"),
    ("a.*[*].b", "splat(attr_splat(a; @); @.b)"),
    ("a[*].b.*.c", "splat(a; attr_splat(@.b; @.c))"),
    ("a[*][*].b", "splat(a; splat(@; @.b))"),
    ("(a[\n*\n])", "paren(splat(a; @))"),
    ("a[*].b == c", "(== splat(a; @.b) c)"),
    ("{}.a", "{}.a"),
    ("[][0]", "[][0]"),
    ('"x".a', '"x".a'),
    ("true.a", "true.a"),
    ("f().a[0]", "f().a[0]"),
]

CALLS = [
    ("f()", "f()"),
    ("f(a)", "f(a)"),
    ("f (a)", "f(a)"),
    ("f(a, b,)", "f(a, b)"),
    ("f(\n a,\n b\n)", "f(a, b)"),
    ("f(a...)", "f(a...)"),
    ("f(a, b...)", "f(a, b...)"),
    ("core::upper(a)", "core::upper(a)"),
    ("provider::x::f(a)", "provider::x::f(a)"),
    ("f :: g (a)", "f::g(a)"),
    ("true(a)", "true(a)"),
    ("f(g(h(a)))", "f(g(h(a)))"),
]

COLLECTIONS = [
    ("[]", "[]"),
    ("[a, 1, [b]]", "[a, 1, [b]]"),
    ("[\n a,\n b,\n]", "[a, b]"),
    ("[\n a # one\n , b\n]", "[a, b]"),
    ("{}", "{}"),
    ("{\n}", "{}"),
    ("{ a = 1 }", '{"a": 1}'),
    ("{ a : 1, b = 2, }", '{"a": 1, "b": 2}'),
    ("{\n a = 1\n b = 2\n}", '{"a": 1, "b": 2}'),
    ("{\n a = 1, # x\n\n /* y */ b = 2\n\n}", '{"a": 1, "b": 2}'),
    ('{ "a b" = 1, 2 = 3 }', '{"a b": 1, 2: 3}'),
    ("{ true = 1, false = 2, null = 3 }", '{"true": 1, "false": 2, "null": 3}'),
    ("{ (a) = 1 }", "{paren(a): 1}"),
    ('{ "${a}" = 1, "x${a}" = 2 }', '{w(a): 1, t["x" ${a}]: 2}'),
    ("{ var.x = 1, a[0] = 2, f(b) = 3 }", "{var.x: 1, a[0]: 2, f(b): 3}"),
    ("{ a = { b = [\n 1\n] } }", '{"a": {"b": [1]}}'),
    ("({ a = 1\n b = 2 })", 'paren({"a": 1, "b": 2})'),
    ("{ a = b ? c : d }", '{"a": (? b c d)}'),
    ("{ format = 1 }", '{"format": 1}'),
]

FOR_EXPRESSIONS = [
    ("[for v in a : v]", "for(v in a: v)"),
    ("[for k, v in a : v if k != 1]", "for(k,v in a: v if (!= k 1))"),
    ("[for v in a:v.*.b]", "for(v in a: attr_splat(v; @.b))"),
    ("{for v in a : v => 1}", "for(v in a: v => 1)"),
    ("{for k, v in a : k => v... if v}", "for(k,v in a: k => v ... if v)"),
    ("{\n\nfor k, v in a :\nk\n=>\nv\n}", "for(k,v in a: k => v)"),
    ("[\nfor v in a :\nv\nif\nb\n]", "for(v in a: v if b)"),
    ("[for v in a ? b : c : v ? 1 : 2]", "for(v in (? a b c): (? v 1 2))"),
    ("[for for in in : if]", "for(for in in: if)"),
    ("[for v in [for w in a : w] : v]", "for(v in for(w in a: w): v)"),
]

TEMPLATES = [
    ('"${a}"', "w(a)"),
    ('"${ a.b }"', "w(a.b)"),
    ('"${~ a ~}"', "w(a)"),
    ('"${"${a}"}"', "w(w(a))"),
    ('"${"x"}"', 'w("x")'),
    ('"${{ a = "}" }}"', 'w({"a": "}"})'),
    ('"${{}~}"', "w({})"),
    ('"${\n a\n}"', "w(a)"),
    ('"${ /* } */ a # }\n }"', "w(a)"),
    ('"x${a}y"', 't["x" ${a} "y"]'),
    ('"${a}${b}"', "t[${a} ${b}]"),
    ('"a $${b} ${c} %%{d}"', 't["a ${b} " ${c} " %{d}"]'),
    ('"%${a}"', 't["%" ${a}]'),
    ('"$$${a}"', '"$${a}"'),
    ('"x ${~ a ~} y"', 't["x" ${a} "y"]'),
    (r'"\n ${~ a ~} \n"', "t[${a}]"),
    ('"a $ ${~ b}"', 't["a $" ${b}]'),
    ('" ${~ a}"', "t[${a}]"),
    ('"%{ if a }b%{ endif }"', 't[%if(a; "b"; )]'),
    ('"%{ if a }b%{ else }c%{ endif }"', 't[%if(a; "b"; "c")]'),
    ('"x %{~ if a ~} b %{~ else ~} c %{~ endif ~} y"', 't["x" %if(a; "b"; "c") "y"]'),
    ('"%{ for v in a }${v},%{ endfor }"', 't[%for(v in a; ${v} ",")]'),
    ('"%{ for k, v in a }${k}%{ endfor }"', "t[%for(k,v in a; ${k})]"),
    ('"%{ if a }%{ for v in b }${v}%{ endfor }%{ endif }"', "t[%if(a; %for(v in b; ${v}); )]"),
    ('"%{if a}%{if b}x%{endif}%{else}%{endif}"', 't[%if(a; %if(b; "x"; ); )]'),
]

HEREDOCS = [
    ("<<EOF\na\nEOF\n", r'"a\n"'),
    ("<<EOF\nEOF\n", '""'),
    ("<<EOF\n\nEOF\n", r'"\n"'),
    ("<<EOF\na\n  EOF \t\n", r'"a\n"'),
    ("<<EOF\r\na\r\nEOF\r\n", r'"a\r\n"'),
    ("<<E-F\na\nE-F\n", r'"a\n"'),
    ("<<ÉÉ\na\nÉÉ\n", r'"a\n"'),
    ('<<EOF\n\\n " $${a} %%{b} $ %\nEOF\n', r'"\\n \" ${a} %{b} $ %\n"'),
    ("<<EOF\nEOFX\n EOF x\nEOF\n", r'"EOFX\n EOF x\n"'),
    ("<<EOF\n# no comment\nEOF\n", r'"# no comment\n"'),
    ("<<-EOF\n    a\n      b\n\n   \n    c\n  EOF\n", r'"a\n  b\n\n   \nc\n"'),
    ("<<-EOF\n\ta\n\t\tb\nEOF\n", r'"a\n\tb\n"'),
    ("<<-EOF\n  a\nb\nEOF\n", r'"  a\nb\n"'),
    ("<<EOF\n${a}\nEOF\n", r't[${a} "\n"]'),
    ("<<EOF\n  x${a}\n  EOF ${b}\nEOF\n", r't["  x" ${a} "\n  EOF " ${b} "\n"]'),
    ("<<-EOF\n    x ${a}\n      ${b}\n    EOF\n", r't["x " ${a} "\n  " ${b} "\n"]'),
    ("<<-EOF\n    x\n${a}\n    EOF\n", r't["    x\n" ${a} "\n"]'),
    ("<<EOF\n%{ for v in a ~}\n- ${v}\n%{ endfor ~}\nEOF\n", r't[%for(v in a; "- " ${v} "\n")]'),
    ("<<-EOF\n   %{ if a ~}\n   b\n   %{ endif ~}\n  EOF\n", r't[%if(a; "   b\n"; )]'),
    ("<<EOF\n${<<EOF\nx\nEOF\n}\nEOF\n", r't[${"x\n"} "\n"]'),
    ("<<EOF\n${\na\n}EOF\nEOF\n", r't[${a} "EOF\n"]'),
    ("[<<A\na\nA\n, <<B\nb\nB\n]", r'["a\n", "b\n"]'),
    ("f(<<A\na\nA\n)", r'f("a\n")'),
    ("{ a = <<A\na\nA\n b = 1 }", r'{"a": "a\n", "b": 1}'),
]

ALL = [*LITERALS, *OPERATORS, *REFERENCES, *CALLS, *COLLECTIONS, *FOR_EXPRESSIONS, *TEMPLATES, *HEREDOCS]


@pytest.mark.parametrize(("text", "tree"), ALL)
def test_expression_gives_tree(text: str, tree: str) -> None:
    assert shape(text) == tree


@pytest.mark.parametrize(("text", "tree"), [case for case in ALL if "\n" in case[0] and "<<" not in case[0]])
def test_expression_gives_the_same_tree_with_crlf(text: str, tree: str) -> None:
    assert shape(text.replace("\n", "\r\n")) == tree


BODIES = [
    ("", []),
    ("\n\n", []),
    ("# only a comment", []),
    ("a = 1", ["a = 1"]),
    ("a = 1\nb = 2 # c\n", ["a = 1", "b = 2"]),
    ("a/**/=/**/1/**/", ["a = 1"]),
    ("b {}", ["b:"]),
    ("b {\n}\n", ["b:"]),
    ("b { a = 1 }", ["b:", "  a = 1"]),
    ("b { # c\n a = 1\n}", ["b:", "  a = 1"]),
    ('b "x" y "$${z}" "\\n" {\n}', ['b "x" "y" "${z}" "\\n":']),
    ('b"x"{}', ['b "x":']),
    ('b /* 1 */ "x" /* 2\n */ "y" /* 3 */ {}', ['b "x" "y":']),
    ("b {\n c {\n  d = 1\n }\n e = 2\n}", ["b:", "  e = 2", "  c:", "    d = 1"]),
    ("b {\r\n a = 1\r\n}\r\n", ["b:", "  a = 1"]),
    ("for {\n for = 1\n if = 2\n in = 3\n}", ["for:", "  for = 1", "  if = 2", "  in = 3"]),
    ("a = 1\na {\n}\n", ["a = 1", "a:"]),
    ("größe = 1", ["größe = 1"]),
    ("a = [\n1,\n]\nb = (\n2\n)\nc = f(\n)\n", ["a = [1]", "b = paren(2)", "c = f()"]),
    ("a = {\n b = 1\n}\nc = 2", ['a = {"b": 1}', "c = 2"]),
    ("a = <<A\nx\nA\nb = 1", [r'a = "x\n"', "b = 1"]),
    ("b {\n a = <<A\nx\n A\n}\n", ["b:", r'  a = "x\n"']),
    (
        'variable "x" {\n type = map(object({\n a = string\n }))\n}',
        ['variable "x":', '  type = map(object({"a": string}))'],
    ),
    ('import {\n to = a.b["c"]\n id = "d"\n}', ["import:", '  to = a.b["c"]', '  id = "d"']),
]


@pytest.mark.parametrize(("text", "lines"), BODIES)
def test_body_gives_tree(text: str, lines: list[str]) -> None:
    assert render.body(good(text).body) == lines


def test_nested_blocks_of_all_kinds() -> None:
    file = good('check "c" {\n  data "d" "e" {}\n  assert {\n    condition = a\n  }\n}\n')
    assert render.body(file.body) == ['check "c":', '  data "d" "e":', "  assert:", "    condition = a"]
