"""Every node and comment points at exactly its own text."""

from __future__ import annotations

import pytest

from ddbaudit.foundation.source import SourceFile
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.parser import parse_expression, parse_native, parse_template
from ddbaudit.frontends.hcl.relocate import walk
from tests.hcl.parsing import good


def texts(root: ast.Node, source: str, *kinds: type[ast.Node]) -> list[str]:
    """The source of all nodes of these kinds, in source order, outer ones first."""
    nodes = [node for node in walk(root) if isinstance(node, kinds)]
    return [source[node.start : node.end] for node in sorted(nodes, key=lambda node: (node.start, -node.end))]


EXPRESSIONS: list[tuple[str, type[ast.Node], list[str]]] = [
    ("  a + b * c ", ast.Binary, ["a + b * c", "b * c"]),
    ("a ? b : c # x", ast.Conditional, ["a ? b : c"]),
    ("! a . b", ast.Unary, ["! a . b"]),
    ("a.b [0] . c", ast.GetAttr, ["a.b [0] . c", "a.b"]),
    ("a.b [0] . c", ast.Index, ["a.b [0]"]),
    ("a.0.b.1e1", ast.Literal, ["0", "1e1"]),
    ("a[*].b.c", ast.Splat, ["a[*].b.c"]),
    ("a[*].b.c", ast.SplatItem, ["[*]"]),
    ("a[ * ].b", ast.SplatItem, ["[ * ]"]),
    ("a.*.b[0]", ast.Splat, ["a.*.b"]),
    ("a.*.b[0]", ast.SplatItem, [".*"]),
    ("a[*][*].b", ast.Splat, ["a[*][*].b", "[*][*].b"]),
    ("f( a, b... ) ", ast.Call, ["f( a, b... )"]),
    ("( a )", ast.Parens, ["( a )"]),
    ("[ a, [b] ]", ast.TupleExpr, ["[ a, [b] ]", "[b]"]),
    ("{ a = 1, (b) : 2 }", ast.ObjectItem, ["a = 1", "(b) : 2"]),
    ("[for a in b : c if d] ", ast.ForExpr, ["[for a in b : c if d]"]),
    ('"a${ b }c"', ast.Template, ['"a${ b }c"']),
    ('"a${ b }c"', ast.TextPart, ["a", "c"]),
    ('"a${ b }c"', ast.Variable, ["b"]),
    ('"${ b }"', ast.TemplateWrap, ['"${ b }"']),
    ('"x%{ if a }b%{ endif }y"', ast.TemplateIf, ["%{ if a }b%{ endif }"]),
    ('"x%{ for a in b }c%{ endfor }y"', ast.TemplateFor, ["%{ for a in b }c%{ endfor }"]),
    ("<<A\nx\n  A  \n", ast.Literal, ["<<A\nx\n  A"]),
    ("<<A\n${x}\n  A  \n", ast.Template, ["<<A\n${x}\n  A"]),
    ("<<-A\n  x${y}\n  A\n", ast.TextPart, ["  x", "\n"]),
]


@pytest.mark.parametrize(("text", "kind", "expected"), EXPRESSIONS)
def test_nodes_cover_their_text(text: str, kind: type[ast.Node], expected: list[str]) -> None:
    expr, diagnostics = parse_expression(text)
    assert diagnostics == []
    assert texts(expr, text, kind) == expected


FILE = """\
# head
resource "aws_dynamodb_table" orders { # tail
  name = "x" // why
  /* two
  lines */
  ttl { enabled = true }
}
"""


def test_blocks_and_attributes_cover_their_text() -> None:
    file = good(FILE)
    block = file.body.blocks[0]
    assert FILE[block.start : block.header_end] == 'resource "aws_dynamodb_table" orders'
    assert [FILE[start:end] for start, end in block.label_spans] == ['"aws_dynamodb_table"', "orders"]
    assert FILE[block.start : block.end].endswith("}\n}")
    assert FILE[block.body.start - 1] == "{"
    assert FILE[block.body.end] == "}"
    attribute = block.body.attributes[0]
    assert FILE[attribute.start : attribute.end] == 'name = "x"'
    assert FILE[attribute.start : attribute.name_end] == "name"
    assert texts(file.body, FILE, ast.Block)[1] == "ttl { enabled = true }"
    assert (file.body.start, file.body.end) == (0, len(FILE))


def test_comments_are_kept_without_line_endings() -> None:
    file = good(FILE)
    assert [FILE[c.start : c.end] for c in file.comments] == ["# head", "# tail", "// why", "/* two\n  lines */"]


@pytest.mark.parametrize(
    ("text", "comments"),
    [
        ("# a\r\nb = 1 // c\r\n", ["# a", "// c"]),
        ("a = [ # x\n # y\n 1, /**/ /***/ 2 # z\n]", ["# x", "# y", "/**/", "/***/", "# z"]),
        ("#", ["#"]),
        ("//", ["//"]),
        ('a = "# no" # yes', ["# yes"]),
        ('a = "${ /* in */ b }"', ["/* in */"]),
        ("a = <<A\n# no\nA\n# yes\n", ["# yes"]),
        ("# a\rb\nc = 1", ["# a\rb"]),
        ("/* a */ # b", ["/* a */", "# b"]),
        ("a = 1 /* b */ /* c\n */\nd = 2", ["/* b */", "/* c\n */"]),
    ],
)
def test_comments(text: str, comments: list[str]) -> None:
    assert [text[c.start : c.end] for c in good(text).comments] == comments


def test_names_have_places() -> None:
    call, _ = parse_expression("a::b(c.d)")
    assert isinstance(call, ast.Call)
    assert call.name_end == 4
    step = call.args[0]
    assert isinstance(step, ast.GetAttr)
    assert step.name_start == 7


def test_positions_are_lines_and_columns() -> None:
    file = good('a = 1\n  b = "é${c}"\n')
    template = file.body.attributes[1].expr
    assert isinstance(template, ast.Template)
    part = template.parts[1]
    assert part.span(file.source).begin == (2, 11)


def test_expressions_and_templates_stand_where_the_caller_says() -> None:
    source = SourceFile("main.tf.json", '{"a": "x${var.b}", "c": "d.e"}')
    template, none = parse_template("x${var.b}", source, 7)
    assert none == []
    assert texts(template, source.text, ast.GetAttr) == ["var.b"]
    expr, none = parse_expression("d.e", source, 25)
    assert source.text[expr.start : expr.end] == "d.e"
    _, problems = parse_expression("d.", source, 25)
    assert [(item.span.path, item.span.start) for item in problems if item.span] == [("main.tf.json", 27)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", ""),
        ("a", "a"),
        (r"\n\"", r"\n\""),
        ('"', '"'),
        ("$${a}$", "${a}$"),
        ("a\r\n%", "a\r\n%"),
        ("\r$${", "\r${"),
    ],
)
def test_a_bare_template_has_no_escapes(text: str, value: str) -> None:
    expr, diagnostics = parse_template(text)
    assert diagnostics == []
    assert isinstance(expr, ast.Literal)
    assert expr.value == value


def test_a_file_may_be_one_expression() -> None:
    file = parse_native(SourceFile("-var", "[\n1,\n2\n] # c"), kind="expression")
    assert file.diagnostics == []
    (attribute,) = file.body.attributes
    assert attribute.name == ""
    assert texts(attribute.expr, file.source.text, ast.TupleExpr) == ["[\n1,\n2\n]"]
    assert len(file.comments) == 1
    bad = parse_native(SourceFile("-var", "1 2"), kind="expression")
    assert bad.body.broken
    assert isinstance(bad.body.attributes[0].expr, ast.BadExpr)
