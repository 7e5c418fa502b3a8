"""`.tf.json` and `.tfvars.json` as trees: what is a block, what is a template, and where everything stands."""

from __future__ import annotations

import inspect
import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddbaudit.foundation.source import SourceFile
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.json_blocks import nested_blocks
from ddbaudit.frontends.hcl.json_syntax import parse_json
from ddbaudit.frontends.hcl.relocate import walk
from tests.hcl import render

RECORDED = json.loads((Path(__file__).parent / "data" / "terraform_json.json").read_text(encoding="utf-8"))


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


class TestDepth:
    def test_two_hundred_levels_in_all(self) -> None:
        for opening, closing in (("[", "]"), ('{"a":', "}")):
            value = opening * 197 + "1" + closing * 197
            assert problems(f'{{"locals": {{"x": {value}}}}}') == []
            assert [item[:6] for item in problems(f'{{"locals": {{"x": [[{value}]]}}}}')] == ["HCL003"]

    def test_what_is_nested_inside_a_string_counts(self) -> None:
        inner = "(" * 100 + "1" + ")" * 100
        for outer, expected in ((50, []), (150, ["HCL003"])):
            value = "[" * outer + f'"${{{inner}}}"' + "]" * outer
            assert [item[:6] for item in problems(f'{{"locals": {{"x": {value}}}}}')] == expected

    def test_deeply_nested_blocks(self) -> None:
        value = '{"dynamic": {"x": {"content": ' * 60 + "{}" + "}}}" * 60
        file = parse(f'{{"resource": {{"a": {{"b": {value}}}}}}}')
        assert file.diagnostics == []
        assert sum(isinstance(node, ast.Block) for node in walk(file.body)) == 121

    def test_a_stack_that_is_nearly_full(self) -> None:
        def deep(frames: int) -> list[str]:
            return deep(frames - 1) if frames else problems('{"locals": {"x": ' + "[" * 190 + "]" * 190 + "}}")

        depth = len(inspect.stack(0))
        assert [item[:6] for item in deep(sys.getrecursionlimit() - depth - 150)] == ["HCL003"]


class TestNestedBlocks:
    def blocks(self, value: Any, name: str = "attribute") -> tuple[list[str], list[str]]:
        file = parse(resource(**{name: value}))
        (attribute,) = file.body.blocks[0].body.attributes
        found, diagnostics = nested_blocks(attribute, file.source)
        body = ast.Body(0, 0, [], found)
        return render.body(body), [f"{item.code} {item.detail}" for item in diagnostics]

    def test_an_object_is_one_block(self) -> None:
        assert self.blocks({"//": "c", "name": "${x}"}) == (["attribute:", "  name = w(x)"], [])

    def test_an_array_is_many(self) -> None:
        assert self.blocks([{"n": 1}, {}, [{"n": 2}, {"m": 3}]]) == (
            ["attribute:", "  n = 1", "attribute:", "attribute:", "  n = 2", "  m = 3"],
            [],
        )

    def test_null_is_none(self) -> None:
        assert self.blocks(None) == ([], [])

    def test_dynamic_inside(self) -> None:
        value = {"dynamic": [{"x": {"for_each": ["${a}"], "iterator": "it", "content": [{"n": "${it.value}"}]}}]}
        assert self.blocks(value) == (
            [
                "attribute:",
                '  dynamic "x":',
                "    for_each = [w(a)]",
                "    iterator = it",
                "    content:",
                "      n = w(it.value)",
            ],
            [],
        )

    @pytest.mark.parametrize("value", ["x", 1, True, ["x"], {"a${b}": 1}])
    def test_anything_else_is_reported(self, value: Any) -> None:
        _, problems = self.blocks(value)
        assert [item[:6] for item in problems] == ["HCL203"]

    def test_places(self) -> None:
        text = '{"resource": {"a": {"b": {"ttl": {"n": 1}, "attribute": [{"n": 2}]}}}}'
        file = parse(text)
        ttl, attribute = file.body.blocks[0].body.attributes
        (one,), (two,) = (nested_blocks(item, file.source)[0] for item in (ttl, attribute))
        assert (one.header(file.source).text, text[one.start : one.end]) == ('"ttl"', '"ttl": {"n": 1}')
        assert (two.header(file.source).text, text[two.start : two.end]) == ("{", '{"n": 2}')


@pytest.mark.parametrize("name", RECORDED["valid"])
def test_accepts_what_terraform_accepts(name: str) -> None:
    assert problems(RECORDED["valid"][name]) == []


@pytest.mark.parametrize("name", RECORDED["invalid"])
def test_refuses_what_terraform_refuses(name: str) -> None:
    assert problems(RECORDED["invalid"][name]) != []


@pytest.mark.terraform
@pytest.mark.skipif(shutil.which("terraform") is None, reason="no terraform binary")
def test_terraform_still_says_what_was_recorded(tmp_path: Path) -> None:
    def validate(numbered: tuple[int, str]) -> bool:
        number, text = numbered
        directory = tmp_path / str(number)
        directory.mkdir()
        (directory / "main.tf.json").write_text(text, encoding="utf-8")
        environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
        for command in (["init", "-backend=false", "-input=false"], ["validate", "-json"]):
            done = subprocess.run(
                ["terraform", *command], cwd=directory, env=environment, capture_output=True, check=False
            )
        return bool(json.loads(done.stdout)["valid"])

    for verdict in ("valid", "invalid"):
        cases = list(enumerate(RECORDED[verdict].values(), start=0 if verdict == "valid" else 1000))
        with ThreadPoolExecutor(2) as pool:
            found = dict(zip(RECORDED[verdict], pool.map(validate, cases), strict=True))
        assert found == dict.fromkeys(RECORDED[verdict], verdict == "valid")


KEYS = st.sampled_from(["//", "a", "dynamic", "lifecycle", "${b}"])
STRINGS = st.sampled_from(["", "x", "${a}", "${", "%{if}", "\r", '"'])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | STRINGS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(["resource", "locals", "variable", "terraform", "module", "x"]), VALUES))
@settings(max_examples=300, deadline=None)
def test_any_json_gives_a_tree_inside_the_text(value: Any) -> None:
    for kind in ("config", "tfvars"):
        file = parse(value, kind)
        length = len(file.source.text)
        for node in walk(file.body):
            assert 0 <= node.start <= node.end <= length
