"""`.tf.json` and `.tfvars.json` as trees: what is a block, what is a template, and where everything stands."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ddbaudit.foundation.source import SourceFile
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.json_syntax import parse_json
from ddbaudit.frontends.hcl.relocate import walk
from tests.hcl import render


def parse(value: Any, kind: str = "config") -> ast.File:
    text = value if isinstance(value, str) else json.dumps(value)
    return parse_json(SourceFile("main.tf.json", text), kind=kind)


def lines(value: Any, kind: str = "config") -> list[str]:
    file = parse(value, kind)
    assert file.diagnostics == []
    assert file.json
    return render.body(file.body)


def problems(value: Any, kind: str = "config") -> list[str]:
    file = parse(value, kind)
    return [
        f"{item.code} {item.span.begin.line}:{item.span.begin.column} {item.detail}"
        for item in file.diagnostics
        if item.span
    ]


def resource(**arguments: Any) -> dict[str, Any]:
    return {"resource": {"aws_dynamodb_table": {"t": arguments}}}


def inside(**arguments: Any) -> list[str]:
    header, *body = lines(resource(**arguments))
    assert header == 'resource "aws_dynamodb_table" "t":'
    return [line.removeprefix("  ") for line in body]


class TestBlocks:
    def test_labels_come_from_nested_objects(self) -> None:
        text = {"resource": {"a": {"x": {}, "y": {"n": 1}}, "b": {"z": {}}}, "locals": {"k": 1}}
        assert lines(text) == [
            'resource "a" "x":',
            'resource "a" "y":',
            "  n = 1",
            'resource "b" "z":',
            "locals:",
            "  k = 1",
        ]

    def test_arrays_of_objects_are_allowed_at_every_level(self) -> None:
        text = [
            {"resource": [{"a": [{"x": [{"n": 1}, {"n": 2}]}, {"y": {}}]}]},
            {"resource": {"b": {"z": [[{"n": 1}, {"m": 2}]]}}},
        ]
        assert lines(text) == [
            'resource "a" "x":',
            "  n = 1",
            'resource "a" "x":',
            "  n = 2",
            'resource "a" "y":',
            'resource "b" "z":',
            "  n = 1",
            "  m = 2",
        ]

    def test_repeated_block_properties_add_up(self) -> None:
        text = '{"resource": {"a": {"x": {}}}, "resource": {"a": {"y": {}}, "a": {"z": {}}}}'
        assert lines(text) == ['resource "a" "x":', 'resource "a" "y":', 'resource "a" "z":']

    def test_null_is_no_block(self) -> None:
        assert lines({"resource": {"a": {"x": None}}, "locals": None}) == []

    def test_comments_are_dropped_from_bodies_and_kept_in_values(self) -> None:
        text = {"//": "c", "locals": {"//": "c", "o": {"//": "v"}}}
        assert lines(text) == ["locals:", '  o = {"//": "v"}']

    def test_every_top_level_type(self) -> None:
        text = {
            "terraform": {"required_version": ">= 1"},
            "provider": {"aws": [{"alias": "a"}, {}]},
            "variable": {"v": {}},
            "output": {"o": {"value": "${1}"}},
            "module": {"m": {"source": "./m"}},
            "data": {"d": {"x": {}}},
            "ephemeral": {"e": {"x": {}}},
            "action": {"k": {"x": {"config": {"a": 1}}}},
            "moved": [{"from": "a.b", "to": "a.c"}],
            "removed": {"from": "a.b", "lifecycle": {"destroy": False}},
            "import": {"to": "a.b[each.key]", "id": "x"},
            "check": {"c": {"data": {"d": {"x": {}}}, "assert": {"condition": "${true}"}}},
        }
        assert lines(text) == [
            "terraform:",
            '  required_version = ">= 1"',
            'provider "aws":',
            '  alias = "a"',
            'provider "aws":',
            'variable "v":',
            'output "o":',
            "  value = w(1)",
            'module "m":',
            '  source = "./m"',
            'data "d" "x":',
            'ephemeral "e" "x":',
            'action "k" "x":',
            "  config:",
            "    a = 1",
            "moved:",
            "  from = a.b",
            "  to = a.c",
            "removed:",
            "  from = a.b",
            "  lifecycle:",
            "    destroy = false",
            "import:",
            "  to = a.b[each.key]",
            '  id = "x"',
            'check "c":',
            '  data "d" "x":',
            "  assert:",
            "    condition = w(true)",
        ]

    def test_the_parser_is_named(self) -> None:
        file = parse({})
        assert (file.parser, file.json, file.comments) == ("json", True, [])


class TestModes:
    def test_arguments_are_templates_all_the_way_down(self) -> None:
        value = {"k${a}": ["${b}", "x${c}", "$${d}", "%{ if e }1%{ endif }"], "l": {"m": None, "n": True, "o": 1.50}}
        assert inside(tags=value) == [
            'tags = {t["k" ${a}]: [w(b), t["x" ${c}], "${d}", t[%if(e; "1"; )]], "l": {"m": null, "n": true, "o": 1.5}}'
        ]

    def test_backslashes_and_quotes_mean_themselves(self) -> None:
        assert inside(a='C:\\new "x" ${f("y\\n")}') == ['a = t["C:\\\\new \\"x\\" " ${f("y\\n")}]']

    def test_meta_arguments_of_a_resource(self) -> None:
        found = inside(
            provider="aws.west",
            depends_on=["aws_kms_key.k", "module.m"],
            count="${var.n}",
            lifecycle={
                "prevent_destroy": "true",
                "ignore_changes": ["read_capacity", 'tags["a"]'],
                "replace_triggered_by": ["a.b[count.index].id"],
                "precondition": [{"condition": "${x}", "error_message": "m ${y}"}],
            },
            provisioner=[{"local-exec": {"command": "echo ${x}", "when": "destroy", "on_failure": "continue"}}],
            connection={"host": "${self.id}"},
        )
        assert found == [
            "provider = aws.west",
            "depends_on = [aws_kms_key.k, module.m]",
            "count = w(var.n)",
            "lifecycle:",
            '  prevent_destroy = "true"',
            '  ignore_changes = [read_capacity, tags["a"]]',
            "  replace_triggered_by = [a.b[count.index].id]",
            "  precondition:",
            "    condition = w(x)",
            '    error_message = t["m " ${y}]',
            'provisioner "local-exec":',
            '  command = t["echo " ${x}]',
            "  when = destroy",
            "  on_failure = continue",
            "connection:",
            "  host = w(self.id)",
        ]

    def test_ignore_all_changes(self) -> None:
        assert inside(lifecycle={"ignore_changes": "all"}) == ["lifecycle:", "  ignore_changes = all"]

    def test_dynamic_blocks(self) -> None:
        content = {"name": "${it.key}", "dynamic": {"inner": {"for_each": [], "content": {}}}}
        found = inside(dynamic={"attribute": {"for_each": "${var.a}", "iterator": "it", "content": content}})
        assert found == [
            'dynamic "attribute":',
            "  for_each = w(var.a)",
            "  iterator = it",
            "  content:",
            "    name = w(it.key)",
            '    dynamic "inner":',
            "      for_each = []",
            "      content:",
        ]

    def test_variables_are_literal_but_for_their_type(self) -> None:
        text = {
            "variable": {
                "v": {
                    "type": "object({a = string, b = optional(list(number), [1])})",
                    "default": {"${k}": "${x"},
                    "description": "${x",
                    "validation": {"condition": "${var.v == 1}", "error_message": "no"},
                }
            }
        }
        assert lines(text) == [
            'variable "v":',
            '  type = object({"a": string, "b": optional(list(number), [1])})',
            '  default = {"${k}": "${x"}',
            '  description = "${x"',
            "  validation:",
            "    condition = w((== var.v 1))",
            '    error_message = "no"',
        ]

    def test_terraform_settings_are_literal(self) -> None:
        text = {
            "terraform": {
                "backend": {"s3": {"bucket": "${b}", "assume_role": {"role_arn": "${r}"}}},
                "cloud": {"workspaces": {"name": "${n}"}},
                "required_providers": {
                    "//": "c",
                    "aws": {"source": "hashicorp/aws", "configuration_aliases": ["aws.west"]},
                    "old": "~> 1",
                },
                "provider_meta": {"p": {"a": "${x}"}},
            }
        }
        assert lines(text) == [
            "terraform:",
            '  backend "s3":',
            '    bucket = "${b}"',
            '    assume_role = {"role_arn": "${r}"}',
            "  cloud:",
            "    workspaces:",
            '      name = "${n}"',
            "  required_providers:",
            '    aws = {"source": "hashicorp/aws", "configuration_aliases": [aws.west]}',
            '    old = "~> 1"',
            '  provider_meta "p":',
            "    a = w(x)",
        ]

    def test_module_source_is_literal_and_providers_are_references(self) -> None:
        call = {"source": "./${x}", "version": "~> 1", "providers": {"aws": "aws.west", "aws.b": "aws"}, "name": "${x}"}
        assert lines({"module": {"m": call}}) == [
            'module "m":',
            '  source = "./${x}"',
            '  version = "~> 1"',
            '  providers = {"aws": aws.west, aws.b: aws}',
            "  name = w(x)",
        ]

    def test_values_of_variables_are_literal(self) -> None:
        text = {"//": "c", "a": "${x} %{if} $${y}", "m": {"${k}": ["${v}"], "//": 1}}
        assert lines(text, "tfvars") == ['a = "${x} %{if} $${y}"', 'm = {"${k}": ["${v}"], "//": 1}']


class TestPlaces:
    TEXT = '{\n "resource": {\n  "aws_x": {\n   "t": {"n": "a${b.c}", "l": [1]},\n   "u": [{"n": 2}]\n  }\n }\n}'

    def spans(self, root: ast.Node) -> dict[str, str]:
        text = self.TEXT
        found: dict[str, str] = {}
        for node in walk(root):
            found.setdefault(type(node).__name__, text[node.start : node.end])
        return found

    def test_blocks(self) -> None:
        file = parse(self.TEXT)
        first, second = file.body.blocks
        assert self.TEXT[first.start : first.end] == '"t": {"n": "a${b.c}", "l": [1]}'
        assert str(first.header(file.source)) == "main.tf.json:4:4"
        assert first.header(file.source).text == '"t"'
        assert [self.TEXT[a:b] for a, b in first.label_spans] == ['"aws_x"', '"t"']
        assert self.TEXT[first.body.start : first.body.end] == '"n": "a${b.c}", "l": [1]'
        assert self.TEXT[second.start : second.end] == '{"n": 2}'
        assert second.header(file.source).text == "{"

    def test_expressions(self) -> None:
        file = parse(self.TEXT)
        attribute = file.body.blocks[0].body.attributes[0]
        assert self.TEXT[attribute.start : attribute.name_end] == '"n"'
        assert self.spans(attribute) == {
            "Attribute": '"n": "a${b.c}"',
            "Template": '"a${b.c}"',
            "TextPart": "a",
            "GetAttr": "b.c",
            "Variable": "b",
        }

    def test_escapes_shift_no_place(self) -> None:
        text = r'{"locals": {"a": "\u0022\n${f(\"x\", b.c)}\t"}}'
        file = parse(text)
        found = [
            (type(node).__name__, text[node.start : node.end])
            for node in walk(file.body.blocks[0].body.attributes[0].expr)
        ]
        assert sorted(found) == [
            ("Call", r"f(\"x\", b.c)"),
            ("GetAttr", "b.c"),
            ("Literal", r"\"x\""),
            ("Template", r'"\u0022\n${f(\"x\", b.c)}\t"'),
            ("TextPart", r"\t"),
            ("TextPart", r"\u0022\n"),
            ("Variable", "b"),
        ]
        (get,) = [node for node in walk(file.body) if isinstance(node, ast.GetAttr)]
        assert text[get.name_start : get.end] == "c"

    def test_errors_behind_escapes_point_at_the_source(self) -> None:
        assert problems(r'{"locals": {"a": "\"\"\"${b.}"}}') == ['HCL001 1:29 Expected a name behind ".", found "}".']


UNFINISHED = "The text ends inside the object opened in line 1: expected a property name in double quotes or }."


class TestProblems:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ('{"locals": {"a": 1, "a": 2}}', ['HCL202 1:21 "a" was already set in line 1.']),
            ('{"locals": {"a": {"b": 1, "b": 2}}}', ['HCL202 1:27 "b" was already set in line 1.']),
            ('{"locals": "x"}', ['HCL203 1:12 An object or an array of objects is needed here, for "locals" blocks.']),
            (
                '{"resource": {"a": {}}}',
                ['HCL203 1:20 A "resource" block needs 2 labels; at least one property must name one here.'],
            ),
            ('{"resuorce": {}}', ['HCL204 1:2 There is no block type "resuorce" (did you mean "resource"?).']),
            ('{"locals": {"a": "${b"}}', ["HCL005 1:19 ${ is not closed: expected } before the end of the file."]),
            ('{"locals": {', [f"HCL201 1:12 {UNFINISHED}"]),
        ],
    )
    def test_what_is_wrong(self, value: str, expected: list[str]) -> None:
        assert problems(value) == expected

    def test_a_bad_template_costs_only_its_argument(self) -> None:
        file = parse({"locals": {"a": "${", "b": "${1}"}})
        assert render.body(file.body) == ["locals:", "  a = <BadExpr>", "  b = w(1)"]
        assert [item.code for item in file.diagnostics] == ["HCL005"]

    def test_a_value_that_cannot_be_a_block_breaks_the_body(self) -> None:
        file = parse({"locals": {"a": 1}, "resource": "x"})
        assert render.body(file.body) == ["locals:", "  a = 1", "broken"]

    def test_what_is_no_json_breaks_the_file(self) -> None:
        file = parse("{")
        assert render.body(file.body) == ["broken"]

    def test_values_need_an_object(self) -> None:
        assert problems("[{}]", "tfvars") == ["HCL203 1:1 An object is needed here, for the values of variables."]
        assert parse("[{}]", "tfvars").body.broken
