"""After an error the parser goes on with the next item: one broken block hides no other, and none vanishes silently."""

from __future__ import annotations

import pytest

from ddbaudit.frontends.hcl import ast
from tests.hcl import render
from tests.hcl.parsing import good, headers, parse, places

BEFORE = 'resource "a" "before" {\n  x = 1\n}\n'
AFTER = 'resource "a" "after" {\n  x = 1\n}\n'


BROKEN = [
    "  y = = 2",
    "  y = 'z'",
    "  y = [1, 2",
    "  y = f(1, 2",
    "  y = (1",
    '  y = "unterminated',
    '  y = "${unterminated"',
    '  y = "${unterminated',
    "  y = {\n    a = 1\n    b = = 2\n  }",
    "  y = {\n    a = 1\n    b 2\n  }",
    "  y = 1 z = 2",
    "  y {\n    z = = 1\n  }",
    "  y { z = 1, w = 2 }",
    "  !",
    '  "y" = 1',
    "  y",
    '  y = "a" "b"',
    "  y = \\",
    "  y = [for a in b a]",
    '  y = "%{ if a }"',
    "  y = <<EOF\n  no end",
    "  y = <<EOF \n  text\nEOF",
    "  y = /* open",
]


@pytest.mark.parametrize("line", BROKEN)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_broken_block_keeps_its_neighbours(line: str, newline: str) -> None:
    text = f'{BEFORE}\nresource "a" "broken" {{\n  first = 1\n{line}\n  last = 1\n}}\n\n{AFTER}'.replace("\n", newline)
    file = parse(text)
    assert len(file.diagnostics) == 1
    assert file.body.broken
    assert headers(file) == ["resource a before", "resource a broken!", "resource a after"]
    kept = file.body.blocks[1].body.attributes
    assert kept[0].name == "first"
    assert isinstance(kept[0].expr, ast.Literal)


def test_a_brace_that_closes_too_early_keeps_the_neighbours() -> None:
    file = parse(f'{BEFORE}resource "a" "broken" {{\n  x = 1 }}\n  y = 2\n}}\n{AFTER}')
    assert headers(file) == ["resource a before", "resource a broken!", "resource a after"]


def test_the_attribute_at_fault_is_there_with_an_unknown_value() -> None:
    file = parse('b "c" {\n  first = 1\n  second = [1, = 2]\n  third = 3\n}\n')
    assert render.body(file.body) == ['b "c":', "  first = 1", "  second = <BadExpr>", "  broken", "broken"]


@pytest.mark.parametrize("count", [1, 2, 5])
def test_every_broken_block_is_reported(count: int) -> None:
    text = (BEFORE + 'resource "a" "broken" {\n  y = = 1\n}\n') * count + AFTER
    file = parse(text)
    assert len(file.diagnostics) == count
    assert headers(file) == ["resource a before", "resource a broken!"] * count + ["resource a after"]


@pytest.mark.parametrize(
    "header",
    [
        'resource "a" "b"',
        'resource "a" "b" [',
        'resource "a" b = 1',
        'resource "a" "b {',
        'resource "a" {{',
        "resource 1 {",
    ],
)
def test_a_broken_header_keeps_the_neighbours(header: str) -> None:
    file = parse(f"{BEFORE}{header}\n  x = 1\n}}\n{AFTER}")
    assert file.diagnostics
    assert headers(file)[0] == "resource a before"
    assert headers(file)[-1] == "resource a after"


def test_a_known_header_is_kept() -> None:
    file = parse('resource "a" "b"\n{\n  x = 1\n}\n' + AFTER)
    assert headers(file) == ["resource a b!", "resource a after"]
    block = file.body.blocks[0]
    assert block.header(file.source).text == 'resource "a" "b"'


def test_a_missing_closing_brace_is_found_where_it_is_missing() -> None:
    text = 'resource "a" "open" {\n  x = 1\n  t {\n    y = 1\n}\n\n' + BEFORE + AFTER
    file = parse(text)
    assert places(file) == ['1:1 HCL005 resource "a" "open"']
    assert "before line 7" in file.diagnostics[0].detail
    assert headers(file) == ["resource a open!", "resource a before", "resource a after"]
    block = file.body.blocks[0]
    assert file.source.text[block.start : block.end] == text[: text.index("\n\n")]
    assert [child.type for child in block.body.blocks] == ["t"]


def test_several_missing_braces() -> None:
    text = 'resource "a" "one" {\n  x = 1\n\nmodule "two" {\n  t {\n\n' + BEFORE + "locals {\n  y = 1\n"
    file = parse(text)
    assert [place.split()[0] for place in places(file)] == ["1:1", "4:1", "10:1"]
    assert headers(file) == ["resource a one!", "module two!", "resource a before", "locals!"]


def test_a_missing_brace_and_another_error() -> None:
    text = 'resource "a" "open" {\n  x = 1\n\n' + BEFORE + 'resource "a" "bad" {\n  y = = 1\n}\n' + AFTER
    file = parse(text)
    assert places(file) == ['1:1 HCL005 resource "a" "open"', "8:7 HCL001 ="]
    assert headers(file) == ["resource a open!", "resource a before", "resource a bad!", "resource a after"]


def test_an_unclosed_object_ends_at_the_next_block() -> None:
    file = parse('resource "a" "open" {\n  tags = {\n    a = 1\n\n' + AFTER)
    assert len(file.diagnostics) == 1
    assert headers(file) == ["resource a open!", "resource a after"]


def test_a_brace_too_many() -> None:
    file = parse(BEFORE + "}\n" + AFTER)
    assert places(file) == ["4:1 HCL001 }"]
    assert headers(file) == ["resource a before", "resource a after"]


def test_indented_blocks_are_found_by_their_depth() -> None:
    file = parse("  a {\n    x = = 1\n    b {\n    }\n  }\n  c {\n  }\n")
    assert headers(file) == ["a!", "c"]


def test_nested_blocks_at_the_first_column_are_no_top_level_blocks() -> None:
    file = parse('resource "a" "b" {\nx = = 1\nttl {\nenabled = true\n}\n}\n' + AFTER)
    assert headers(file) == ["resource a b!", "resource a after"]


def test_blocks_inside_strings_comments_and_heredocs_are_none() -> None:
    inside = '/*\nresource "no" "comment" {\n*/\n# resource "no" "line" {\n'
    text = f'resource "a" "b" {{\n  x = = 1\n{inside}  y = <<EOF\nresource "no" "heredoc" {{\nEOF\n}}\n{AFTER}'
    file = parse(text)
    assert headers(file) == ["resource a b!", "resource a after"]
    assert [text[c.start : c.start + 2] for c in file.comments] == ["/*", "# "]


def test_variables_files_lose_only_the_broken_attribute() -> None:
    file = parse('a = 1\nb = [1,\nc = 3\nd = "x\ne = {\n  f = = 1\n}\ng = 7\n')
    assert len(file.diagnostics) == 3
    assert [attribute.name for attribute in file.body.attributes] == ["a", "b", "c", "d", "e", "g"]
    bad = [attribute.name for attribute in file.body.attributes if isinstance(attribute.expr, ast.BadExpr)]
    assert bad == ["b", "d", "e"]


def test_comments_are_kept_once_around_errors() -> None:
    text = "# one\na = 1 # two\nb = = 2 # three\n# four\nc = 3 # five\n"
    file = parse(text)
    assert [text[c.start : c.end] for c in file.comments] == ["# one", "# two", "# three", "# four", "# five"]


def test_an_unterminated_heredoc_swallows_nothing() -> None:
    file = parse('resource "a" "b" {\n  x = <<EOF\n  text\n  EOF;\n}\n' + AFTER)
    assert places(file) == ["2:7 HCL005 <<EOF"]
    assert headers(file) == ["resource a b!", "resource a after"]


def test_blanks_behind_an_end_marker_hide_no_resource() -> None:
    text = (
        'resource "aws_dynamodb_resource_policy" "a" {\n  policy = <<EOF\n{"x": 1}\nEOF \n}\n'
        'resource "aws_dynamodb_table" "hidden" { name = "no-pitr" }\n'
        'resource "aws_dynamodb_resource_policy" "b" {\n  policy = <<EOF\n{"y": 2}\nEOF\n}\n'
    )
    assert [block.labels[1] for block in good(text).body.blocks] == ["a", "hidden", "b"]
    assert [block.labels[1] for block in good(text.replace("EOF \n", "\tEOF\t \n")).body.blocks] == ["a", "hidden", "b"]


def test_a_file_of_nothing_but_errors_ends() -> None:
    file = parse("x = = 1\n" * 1000)
    assert len(file.diagnostics) == 101
    assert file.diagnostics[-1].code == "HCL003"
    assert file.body.broken
