"""What Terraform rejects is rejected, with a code, a tight place, and words that help."""

from __future__ import annotations

import pytest

from ddbaudit.foundation.diagnostic import Level
from ddbaudit.frontends.hcl import ast
from tests.hcl.parsing import parse, places

SYNTAX = [
    ("a", "1:2 HCL001 "),
    ("a:1", "1:2 HCL001 :"),
    ("a == 1", "1:3 HCL001 =="),
    ('"a" = 1', '1:1 HCL001 "a"'),
    ("1 = 1", "1:1 HCL001 1"),
    ("}", "1:1 HCL001 }"),
    ("a = 1 b = 2", "1:7 HCL001 b"),
    ("a = 1, b = 2", "1:6 HCL001 ,"),
    ("a = \nb = 1", "1:5 HCL001 "),
    ("a = 1 +\n2", "1:8 HCL001 "),
    ("a = (1 2)", "1:8 HCL001 2"),
    ("a = ()", "1:6 HCL001 )"),
    ("a = [1 2]", "1:8 HCL001 2"),
    ("a = [1,,2]", "1:8 HCL001 ,"),
    ("a = {b}", "1:7 HCL001 }"),
    ("a = {b = 1 c = 2}", "1:12 HCL001 c"),
    ("a = {b = 1\n, c = 2}", "2:1 HCL001 ,"),
    ("a = {b\n= 1}", "1:7 HCL001 "),
    ("a = {b =\n1}", "1:9 HCL001 "),
    ("a = ({b = 1 +\n2})", "1:14 HCL001 "),
    ("a = {for = 1}", "1:10 HCL001 ="),
    ("a = f(b...,)", "1:11 HCL001 ,"),
    ("a = f(,)", "1:7 HCL001 ,"),
    ("a = f\n(b)", "2:1 HCL001 ("),
    ("a = f::g", "1:9 HCL001 "),
    ("a = f::(b)", "1:8 HCL001 ("),
    ("a = b.", "1:7 HCL001 "),
    ("a = b.\n", "1:7 HCL001 "),
    ("a = b\n.c", "2:1 HCL001 ."),
    ("a = b[]", "1:7 HCL001 ]"),
    ("a = b[0, 1]", "1:8 HCL001 ,"),
    ("a = b[\n*]", "2:1 HCL001 *"),
    ("a = b[*\n]", "1:8 HCL001 "),
    ("a = b.*.c.*", "1:11 HCL001 *"),
    ("a = b.0.1", "1:7 HCL001 0.1"),
    ("a = b.*.0.1", "1:9 HCL001 0.1"),
    ("a = b ? c\n", "1:10 HCL001 "),
    ("a = b ?\nc : d", "1:8 HCL001 "),
    ("a = b === c", "1:9 HCL001 ="),
    ("a = b ** c", "1:8 HCL001 *"),
    ("a = .5", "1:5 HCL001 ."),
    ("a = [for]", "1:9 HCL001 ]"),
    ("a = [for x in y : x => x]", "1:21 HCL001 =>"),
    ("a = [for x in y : x...]", "1:20 HCL001 ..."),
    ("a = {for x in y : x}", "1:20 HCL001 }"),
    ("a = [for x in y : x,]", "1:20 HCL001 ,"),
    ("a = [for x, y, z in w : x]", "1:14 HCL001 ,"),
    ('a = "${}"', "1:8 HCL001 }"),
    ('a = "${b c}"', "1:10 HCL001 c"),
    ('a = "${b:c}"', "1:9 HCL001 :"),
    ('a = "%{}"', "1:8 HCL001 }"),
    ('a = "%{ fi }"', "1:9 HCL001 fi"),
    ('a = "%{ if b }c"', "1:6 HCL001 %{ if b }"),
    ('a = "%{ endif }"', "1:6 HCL001 %{ endif }"),
    ('a = "%{ for x in y }%{ else }%{ endfor }"', "1:21 HCL001 %{ else }"),
    ('a = "%{ if b }%{ else }%{ else }%{ endif }"', "1:24 HCL001 %{ else }"),
    ('a = "%{ if b }%{ endfor }"', "1:15 HCL001 %{ endfor }"),
    ("a = ~}", "1:5 HCL001 ~}"),
    ('b "l"\n{}', "1:6 HCL001 "),
    ('b "l" = 1', "1:7 HCL001 ="),
    ('b "x${y}" {}', '1:3 HCL001 "x${y}"'),
    ("b { a = 1, c = 2 }", "1:10 HCL001 ,"),
    ("b { a = 1\n}", "1:10 HCL001 "),
    ("b { c {} }", "1:7 HCL001 {"),
    ("b { a = <<E\nx\nE\n}", "3:2 HCL001 "),
    ("b {\n a = 1 }", "2:8 HCL001 }"),
    ("b {} c {}", "1:6 HCL001 c"),
    ("a = f(<<E\nx\nE)", "1:7 HCL005 <<E"),
]

LEXICAL = [
    ("a = 1\na = 2", "2:1 HCL002 a"),
    ("b {\n a = 1\n a = 2\n}", "3:2 HCL002 a"),
    ("a = 'b'", "1:5 HCL004 '"),
    ("a = `b`", "1:5 HCL004 `"),
    ("a = 1;", "1:6 HCL004 ;"),
    ("a = b & c", "1:7 HCL004 &"),
    ("a = b | c", "1:7 HCL004 |"),
    ("a = b ^ c", "1:7 HCL004 ^"),
    ("a = ~b", "1:5 HCL004 ~"),
    ("a = “b”", "1:5 HCL004 “"),
    ("a = 1\u00a0", "1:6 HCL004 \u00a0"),
    ("a = \ufeff1", "1:5 HCL004 \ufeff"),
    ("a\u00b2 = 1", "1:2 HCL004 \u00b2"),
    ("\u0301 = 1", "1:1 HCL004 \u0301"),
    ("a = 1\rb = 2", "1:6 HCL004 \r"),
    ("a = 1\x00", "1:6 HCL004 \x00"),
    ("a = <<E\nx\ry\nE\n", "2:2 HCL004 \r"),
    ("a = << E\nx\nE\n", "1:5 HCL004 <"),
    ("a = <<E \nx\nE\n", "1:5 HCL004 <"),
    ("a = <<e\u00b2\nx\ne\u00b2\n", "1:8 HCL004 \u00b2"),
    ('a = "b', "1:7 HCL005 "),
    ('a = "b\nc"', "1:7 HCL005 "),
    ('a = "b\\', "1:7 HCL005 "),
    ('a = "${b"', "1:6 HCL005 ${"),
    ('a = "%{ if b"', "1:6 HCL005 %{"),
    ('a = "${b', "1:6 HCL005 ${"),
    ("a = <<E\nx\n", "1:5 HCL005 <<E"),
    ("a = <<E\nx\nE", "1:5 HCL005 <<E"),
    ("a = <<-E\nx\nEE\n", "1:5 HCL005 <<-E"),
    ('a = <<E\n${"\nE\n', "2:4 HCL005 "),
    ("a = <<E\n${b\nE\n", "3:1 HCL001 E"),
    ("a = 1 /* b", "1:7 HCL005 /*"),
    ("a = [1,\n2", "1:5 HCL005 ["),
    ("a = {\nb = 1\n", "1:5 HCL005 {"),
    ("a = f(1", "1:6 HCL005 ("),
    ("a = b[0", "1:6 HCL005 ["),
    ('b "c" {\n a = 1\n', '1:1 HCL005 b "c"'),
    ("b { a = 1", "1:1 HCL005 b"),
    (r'a = "\x"', r"1:6 HCL006 \x"),
    (r'a = "\${b}"', r"1:6 HCL006 \$"),
    (r'a = "\u12"', r"1:6 HCL006 \u12"),
    (r'a = "\U0001F60"', r"1:6 HCL006 \U0001F60"),
    (r'a = "\ud800"', r"1:6 HCL006 \ud800"),
    (r'a = "\U00110000"', r"1:6 HCL006 \U00110000"),
    (r'b "\x" {}', r"1:4 HCL006 \x"),
    ("a = 1.2.3", "1:5 HCL007 1.2.3"),
    ("a = 1..2", "1:5 HCL007 1..2"),
    ("a = 1e5e5", "1:5 HCL007 1e5e5"),
]


@pytest.mark.parametrize(("text", "expected"), [*SYNTAX, *LEXICAL])
def test_rejected(text: str, expected: str) -> None:
    file = parse(text)
    assert places(file) == [expected]
    assert file.body.broken


@pytest.mark.parametrize("text", [case[0] for case in [*SYNTAX, *LEXICAL]])
def test_messages_are_whole_sentences_that_say_what_was_found(text: str) -> None:
    for item in parse(text).diagnostics:
        assert item.level is Level.ERROR
        assert item.detail.endswith(".")
        assert item.detail.isprintable()
        assert item.help == "" or item.help.endswith((".", "…"))


def test_messages() -> None:
    (item,) = parse("a = [1 2]").diagnostics
    assert item.summary == "Invalid syntax"
    assert item.detail == 'Expected "," or "]" behind a list element, found the number "2".'
    (item,) = parse("a = 1\na = 2\n").diagnostics
    assert item.detail == "The attribute a is already set in this body."
    assert [(other.note, str(other.span)) for other in item.related] == [("first set here", "main.tf:1:1")]
    (item,) = parse("a = \u202e").diagnostics
    assert item.detail == "Expected a value, found the character U+202E."


def test_small_errors_cost_only_their_value() -> None:
    file = parse('b {\n a = "\\x"\n c = 1.2.3\n d = 1\n d = 2\n e "${f}" {}\n}\n')
    assert [item.code for item in file.diagnostics] == ["HCL006", "HCL007", "HCL002", "HCL001"]
    body = file.body.blocks[0].body
    assert [attribute.name for attribute in body.attributes] == ["a", "c", "d"]
    assert isinstance(body.attributes[1].expr, ast.BadExpr)
    assert body.blocks[0].labels == ["${f}"]


@pytest.mark.parametrize("text", ['a = "x\x00y"', "# \x00", "a = <<E\n\x00\nE\n", 'a = "\t"', "# \r x"])
def test_odd_but_valid(text: str) -> None:
    assert parse(text).diagnostics == []
