"""Pictures of estates: who may do what with which table, and that text of the tree is only text in them."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ddbaudit.app.audit import Settings, audit
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.reporters.graph_svg import svg
from ddbaudit.reporters.graph_text import access, dot, mermaid
from ddbaudit.sdk.graph import EstateGraph, State
from tests.reporters.formats import of_text
from tests.reporters.test_formats import HOSTILE
from tests.reporters.tour import report

SVG = "{http://www.w3.org/2000/svg}"
TABLE = """
resource "aws_dynamodb_table" "orders" {
  name         = "orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  attribute {
    name = "pk"
    type = "S"
  }
  attribute {
    name = "email"
    type = "S"
  }
  global_secondary_index {
    name            = "by-email"
    hash_key        = "email"
    projection_type = "ALL"
  }
  point_in_time_recovery {
    enabled = true
  }
}
"""
ROLE = """
resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}
resource "aws_lambda_function" "app" {
  function_name = "app"
  role          = aws_iam_role.app.arn
}
"""


def inline(actions: str, resources: str) -> str:
    return f"""
resource "aws_iam_role_policy" "app" {{
  role   = aws_iam_role.app.name
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = {actions}, Resource = {resources} }}]
  }})
}}
"""


def drawn(directory: Path, text: str) -> EstateGraph:
    (directory / "main.tf").write_text(text, "utf-8")
    with contextlib.chdir(directory):
        (graph,) = audit(Settings((".",), graphs=True)).graphs
    return graph


ARN = "aws_dynamodb_table.orders.arn"


@pytest.mark.parametrize(
    ("policy", "expected", "indexes"),
    [
        (inline('"dynamodb:GetItem"', ARN), "read", ()),
        (inline('["dynamodb:GetItem", "dynamodb:PutItem"]', ARN), "read, write", ()),
        (inline('"dynamodb:Query"', f'"${{{ARN}}}/index/*"'), "read", ("by-email",)),
        (inline('"dynamodb:*"', '"*"'), "read, write, admin", ("by-email",)),
        (inline('"dynamodb:DeleteTable"', ARN), "admin", ()),
        (inline('"dynamodb:GetItem"', "var.where") + 'variable "where" {}\n', "read?", ()),
        (inline('"s3:GetObject"', '"*"'), None, ()),
        (inline('"dynamodb:GetItem"', '"arn:aws:dynamodb:*:*:table/other"'), None, ()),
        ("", None, ()),
    ],
)
def test_a_role_has_what_its_policies_grant(
    tmp_path: Path, policy: str, expected: str | None, indexes: tuple[str, ...]
) -> None:
    graph = drawn(tmp_path, TABLE + ROLE + policy)
    assert [table.name for table in graph.tables] == ["orders"]
    assert [(i.kind, i.name) for i in graph.tables[0].indexes] == [("GSI", "by-email")]
    if expected is None:
        assert (graph.principals, graph.grants) == ((), ())
        return
    (principal,), (grant,) = graph.principals, graph.grants
    assert (principal.kind, principal.name, principal.runs) == ("role", "app", ("aws_lambda_function.app",))
    assert (access(grant), grant.indexes) == (expected, indexes)


def test_what_cannot_be_seen_may_grant_anything(tmp_path: Path) -> None:
    attached = """
variable "arn" {}
resource "aws_iam_role_policy_attachment" "app" {
  role       = aws_iam_role.app.name
  policy_arn = var.arn
}
"""
    (grant,) = drawn(tmp_path, TABLE + ROLE + attached).grants
    assert access(grant) == "read?, write?, admin?"
    assert "stroke-dasharray" in svg([drawn(tmp_path, TABLE + ROLE + attached)])
    assert 'class="ge gu"' in svg([drawn(tmp_path, TABLE + ROLE + attached)])


def test_a_policy_that_nobody_has_stands_for_itself(tmp_path: Path) -> None:
    loose = (
        inline('"dynamodb:GetItem"', ARN)
        .replace("aws_iam_role_policy", "aws_iam_policy")
        .replace("  role   = aws_iam_role.app.name\n", '  name = "loose"\n')
    )
    own = f"""
resource "aws_dynamodb_resource_policy" "orders" {{
  resource_arn = {ARN}
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{
      Effect = "Allow", Action = "dynamodb:PutItem", Resource = {ARN}, Principal = {{ AWS = "arn:aws:iam::1:root" }}
    }}]
  }})
}}
"""
    graph = drawn(tmp_path, TABLE + loose + own)
    assert [(p.kind, access(g)) for p, g in zip(graph.principals, graph.grants, strict=True)] == [
        ("policy", "read"),
        ("resource policy", "write"),
    ]


def test_names_that_are_secret_are_not_told(tmp_path: Path) -> None:
    text = (TABLE + ROLE + inline('"dynamodb:GetItem"', ARN)).replace('name         = "orders"', "name = var.name")
    text = text.replace('name               = "app"', "name = var.name").replace('"by-email"', "var.name")
    variable = 'variable "name" {\n  default = "hush-1"\n  sensitive = true\n}\n'
    graph = drawn(tmp_path, text + variable)
    assert (len(graph.tables), len(graph.principals)) == (1, 1)
    for written in (svg([graph]), mermaid([graph]), dot([graph])):
        assert "hush" not in written


def test_colours_are_those_of_the_gravest_finding(tmp_path: Path) -> None:
    broken = TABLE.replace('hash_key        = "email"', 'hash_key        = "mail"')
    graph = drawn(tmp_path, broken)
    assert graph.tables[0].state is State.FAIL
    assert graph.tables[0].indexes[0].state is State.FAIL
    graph = drawn(tmp_path, TABLE.replace("enabled = true", "enabled = var.x") + 'variable "x" { type = bool }\n')
    assert (graph.tables[0].state, graph.tables[0].indexes[0].state) == (State.UNKNOWN, State.PASS)
    assert drawn(tmp_path, TABLE).tables[0].state is State.PASS


def test_suppressed_is_not_passed(tmp_path: Path) -> None:
    text = TABLE.replace("enabled = true", 'enabled = false # ddbaudit: ignore[DDB101] reason="read only"')
    assert drawn(tmp_path, text).tables[0].state is State.SUPPRESSED


def test_a_principal_with_access_to_many_tables_has_one_row_for_them() -> None:
    (dev,) = (graph for graph in report().graphs if graph.environment == "dev")
    admin = next(p for p in dev.principals if "admin" in p.name)
    tables = tuple(replace(dev.tables[0], address=f"t{n}", name=f"table-{n}") for n in range(6))
    grants = tuple(replace(dev.grants[0], principal=admin.address, table=t.address) for t in tables)
    text = svg([replace(dev, tables=tables, principals=(admin,), grants=grants)])
    assert ": all 6 tables" in text
    assert text.count('<path class="ge"') == 6


def test_the_picture_is_whole_and_nothing_lies_outside_of_it() -> None:
    root = ElementTree.fromstring(svg(report().graphs))
    _, _, width, height = map(int, root.attrib["viewBox"].split())
    rows = root.findall(f"{SVG}g")
    assert len(rows) == len(report().graphs)
    for group in rows:
        top = int(re.findall(r"\d+", group.attrib["transform"])[1])
        for box in group.iter(f"{SVG}rect"):
            assert int(box.attrib["x"]) + int(box.attrib["width"]) <= width
            assert top + int(box.attrib["y"]) + int(box.attrib["height"]) <= height
    grants = sum(len(graph.grants) for graph in report().graphs)
    assert len(list(root.iter(f"{SVG}path"))) == grants


@pytest.mark.parametrize("kind", HOSTILE)
def test_text_of_the_tree_is_only_text(kind: str, tmp_path: Path) -> None:
    graphs = of_text(tmp_path, HOSTILE[kind]).graphs
    assert sum(len(graph.tables) for graph in graphs) == 1
    root = ElementTree.fromstring(svg(graphs))
    assert {e.tag.removeprefix(SVG) for e in root.iter()} <= {
        *("svg", "style", "title", "g", "rect", "text", "path", "circle")
    }
    lines = mermaid(graphs).splitlines()
    assert lines[1].startswith("  subgraph g0[")
    assert all(re.fullmatch(r'[\w ,.#:;/<>(){}\[\]"|+-]*', line) for line in lines)
    assert sum(":::" in line for line in lines) == 1
    if shutil.which("dot") is None:
        pytest.skip("Graphviz is not there: what it makes of the DOT file was NOT tried")
    done = subprocess.run(["dot", "-Tplain"], input=dot(graphs), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert sum(line.startswith("node ") for line in done.stdout.splitlines()) == 1


def test_every_verdict_is_shown_by_a_mark_too() -> None:
    (dev,) = (graph for graph in report().graphs if graph.environment == "dev")
    for state, mark in ((State.FAIL, "✗"), (State.UNKNOWN, "?"), (State.WARNING, "!"), (State.PASS, "✓")):
        graph = replace(dev, tables=(replace(dev.tables[0], state=state, indexes=()),), principals=(), grants=())
        assert f">{mark}</text>" in svg([graph])
        assert f"{mark} shop-customers-dev" in dot([graph])
        assert f"#{ord(mark)}; shop-customers-dev" in mermaid([graph])
    assert access(replace(dev.grants[0], read=Verdict.UNKNOWN, write=Verdict.PASS)) == "read?, write"
