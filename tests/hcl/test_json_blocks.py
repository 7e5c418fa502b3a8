"""Nested blocks out of JSON attributes, and how much nesting is taken on."""

from __future__ import annotations

import inspect
import json
import sys
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


def parse(value: Any, kind: str = "config") -> ast.File:
    text = value if isinstance(value, str) else json.dumps(value)
    return parse_json(SourceFile("main.tf.json", text), kind=kind)


def problems(text: str) -> list[str]:
    return [item.code for item in parse(text).diagnostics]


class TestDepth:
    def test_two_hundred_levels_in_all(self) -> None:
        for opening, closing in (("[", "]"), ('{"a":', "}")):
            value = opening * 197 + "1" + closing * 197
            assert problems(f'{{"locals": {{"x": {value}}}}}') == []
            assert problems(f'{{"locals": {{"x": [[{value}]]}}}}') == ["HCL003"]

    def test_what_is_nested_inside_a_string_counts(self) -> None:
        inner = "(" * 100 + "1" + ")" * 100
        for outer, expected in ((50, []), (150, ["HCL003"])):
            value = "[" * outer + f'"${{{inner}}}"' + "]" * outer
            assert problems(f'{{"locals": {{"x": {value}}}}}') == expected

    def test_deeply_nested_blocks(self) -> None:
        value = '{"dynamic": {"x": {"content": ' * 60 + "{}" + "}}}" * 60
        file = parse(f'{{"resource": {{"a": {{"b": {value}}}}}}}')
        assert file.diagnostics == []
        assert sum(isinstance(node, ast.Block) for node in walk(file.body)) == 121

    def test_a_stack_that_is_nearly_full(self) -> None:
        def deep(frames: int) -> list[str]:
            return deep(frames - 1) if frames else problems('{"locals": {"x": ' + "[" * 190 + "]" * 190 + "}}")

        depth = len(inspect.stack(0))
        assert deep(sys.getrecursionlimit() - depth - 150) == ["HCL003"]


class TestNestedBlocks:
    def blocks(self, value: Any, name: str = "attribute") -> tuple[list[str], list[str]]:
        file = parse({"resource": {"aws_dynamodb_table": {"t": {name: value}}}})
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
