"""Every operator on every state of a value: known, partly known, absent, unknown, sensitive."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.policy.operators import OPERATORS
from tests.policy.asking import TABLE, problems, verdict

P, F, U = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN

SECRET = 'variable "secret" {\n  type      = string\n  sensitive = true\n  default   = "hunter2"\n}\n'
UNKNOWN = (
    'variable "x" {\n  type = string\n}\nvariable "n" {\n  type = number\n}\nvariable "l" {\n  type = list(string)\n}\n'
)
KEY = 'resource "aws_kms_key" "k" {}\n'

# operator with its operand -> what it says of `name`, by the expression that gives it ("" where it is not written)
TEXTS: dict[str, dict[str, Verdict]] = {
    "equals: orders": {
        '"orders"': P,
        '"Orders"': F,
        '"orders "': F,
        "": F,
        "null": F,
        "var.x": U,
        '"orders-${var.x}"': F,
        '"ord${var.x}"': U,
        '"${var.x}s"': U,
        '"${var.x}x"': F,
        '"o${var.x}d${var.x}s"': U,
        "aws_kms_key.k.arn": U,
        "var.secret": F,
    },
    "equals: hunter2": {"var.secret": P},
    "not-equals: orders": {'"orders"': F, '"x"': P, "": P, "null": P, "var.x": U, '"orders-${var.x}"': P},
    "in: [orders, loans]": {'"orders"': P, '"loans"': P, '"x"': F, "": F, "var.x": U, '"x-${var.x}"': F},
    "not-in: [orders, loans]": {'"orders"': F, '"x"': P, "": P, "var.x": U, '"x-${var.x}"': P, '"o${var.x}"': U},
    'matches: "[a-z]+-dev"': {
        '"orders-dev"': P,
        '"orders-dev-2"': F,
        '"x orders-dev"': F,
        '"orders-dev\\n"': F,
        "": F,
        "var.x": U,
        '"orders-${var.x}"': U,
        "var.secret": F,
    },
    'matches: "(?i)ORDERS.*"': {'"orders-dev"': P, '"Orders"': P},
    "starts-with: orders-": {
        '"orders-dev"': P,
        '"orders"': F,
        "": F,
        "var.x": U,
        '"orders-${var.x}"': P,
        '"ord${var.x}"': U,
        '"loans-${var.x}"': F,
        '"${var.x}orders-"': U,
    },
    "ends-with: -dev": {
        '"orders-dev"': P,
        '"orders-dev2"': F,
        "": F,
        "var.x": U,
        '"${var.x}-dev"': P,
        '"${var.x}ev"': U,
        '"${var.x}-prod"': F,
        '"-dev${var.x}"': U,
    },
    "contains: bill": {'"billing"': P, '"orders"': F, "": F, "var.x": U, '"${var.x}-billing"': P, '"b${var.x}"': U},
    "length: 6": {'"orders"': P, '"orders1"': F, "": F, "var.x": U, '"orders-${var.x}"': F, '"ord${var.x}"': U},
    "length: {at-least: 1}": {'"o"': P, '""': F, "": F, "var.x": U, '"o${var.x}"': P},
    "length: {at-most: 3}": {'"ord"': P, '"orders"': F, "": P, "var.x": U, '"orders${var.x}"': F},
    "exists: true": {'"x"': P, '""': P, "": F, "null": F, "var.x": U, '"o-${var.x}"': P, "aws_kms_key.k.arn": P},
    "exists: false": {'"x"': F, "": P, "null": P, "var.x": U, '"o-${var.x}"': F, "var.secret": F},
    "known: true": {'"x"': P, "": P, "null": P, "var.x": F, '"o-${var.x}"': F, "aws_kms_key.k.arn": F, "var.secret": P},
}
NUMBERS: dict[str, dict[str, Verdict]] = {
    "equals: 5": {"5": P, "5.0": P, "4": F, "": F, "var.n": U},
    "not-equals: 5": {"5": F, "4": P, "": P, "var.n": U},
    "in: [5, 7]": {"7": P, "6": F, "": F, "var.n": U},
    "at-least: 5": {"5": P, "4": F, "500": P, "": F, "null": F, "var.n": U},
    "at-least: 4.5": {"5": P, "4": F},
    "at-most: 5": {"5": P, "6": F, "": F, "var.n": U},
    "{at-least: 2, at-most: 5}": {"1": F, "2": P, "5": P, "6": F, "": F, "var.n": U},
}
FLAGS: dict[str, dict[str, Verdict]] = {
    "equals: true": {"true": P, "false": F, '"true"': P, "": F, "null": F, "var.x": U},
    "not-equals: true": {"true": F, "false": P, "": P, "var.x": U},
    "equals: false": {"false": P, "true": F, "": F},
}
LISTS: dict[str, dict[str, Verdict]] = {
    "contains: a": {
        '["a", "b"]': P,
        '["b"]': F,
        "[]": F,
        "": F,
        "var.l": U,
        '["a", var.x]': P,
        '["b", var.x]': U,
        'concat(["b"], var.l)': U,
    },
    "length: 2": {'["a", "b"]': P, '["a"]': F, "": F, "var.l": U},
    "length: {at-least: 2}": {'["a", "b", var.x]': P, '["a"]': F, "var.l": U},
    "exists: true": {'["a"]': P, "": F, "null": F, "var.l": U},
    "known: true": {'["a"]': P, '["a", var.x]': F, "var.l": F},
    "{any: {equals: a}}": {
        '["a", "b"]': P,
        '["b"]': F,
        "[]": F,
        "": F,
        "var.l": U,
        '["a", var.x]': P,
        '["b", var.x]': U,
    },
    "{all: {starts-with: a}}": {
        '["a1", "a2"]': P,
        '["a1", "b"]': F,
        "[]": P,
        "": P,
        "var.l": U,
        '["b", var.x]': F,
        '["a", var.x]': U,
    },
    "{none: {equals: a}}": {'["a", "b"]': F, '["b"]': P, "[]": P, "": P, "var.l": U, '["b", var.x]': U},
}
ARGUMENTS = (
    ("name", "aws_dynamodb_table", TEXTS),
    ("read_capacity", "aws_dynamodb_table", NUMBERS),
    ("stream_enabled", "aws_dynamodb_table", FLAGS),
    ("security_group_ids", "aws_dax_cluster", LISTS),
)


def rows() -> list[tuple[str, str, str, str, Verdict]]:
    return [
        (argument, resource, operator, value, expected)
        for argument, resource, table in ARGUMENTS
        for operator, answers in table.items()
        for value, expected in answers.items()
    ]


def source(argument: str, resource: str, value: str) -> str:
    body = f"  {argument} = {value}" if value else ""
    return f'resource "{resource}" "t" {{\n{body}\n}}\n{UNKNOWN}{SECRET}{KEY}'


@pytest.mark.parametrize(("argument", "resource", "operator", "value", "expected"), rows())
def test_answers(argument: str, resource: str, operator: str, value: str, expected: Verdict) -> None:
    asked = operator if operator.startswith("{") else f"{{{operator}}}"
    hcl = source(argument, resource, value)
    assert verdict(f"require:\n  {argument}: {asked}", hcl, resource) is expected


@pytest.mark.parametrize(
    ("argument", "resource", "operator", "value", "expected"),
    [test for test in rows() if "known" not in test[2]],
)
def test_forbid_answers_the_opposite(
    argument: str, resource: str, operator: str, value: str, expected: Verdict
) -> None:
    asked = operator if operator.startswith("{") else f"{{{operator}}}"
    hcl = source(argument, resource, value)
    assert verdict(f"forbid:\n  {argument}: {asked}", hcl, resource) is ~expected


def test_every_operator_is_in_the_tables() -> None:
    asked = " ".join(operator for table in (TEXTS, NUMBERS, FLAGS, LISTS) for operator in table)
    assert set(re.findall(r"([a-z-]+):", asked)) >= set(OPERATORS)
    for name in OPERATORS:
        tables = (TEXTS, NUMBERS, FLAGS, LISTS)
        found = [answers for table in tables for operator, answers in table.items() if f"{name}:" in operator]
        assert any("" in answers for answers in found), name
        assert any(value.startswith("var.") for answers in found for value in answers), name


@pytest.mark.parametrize("operator", [o for o in TEXTS if "known" not in o])
@pytest.mark.parametrize("word", ["require", "forbid"])
def test_secrets_are_never_told(operator: str, word: str) -> None:
    hcl = source("name", "aws_dynamodb_table", '"x-${var.secret}-y"')
    message = 'message: "{path} is {value}"'
    for problem in problems(f"{word}:\n  name: {{{operator}}}\n{message}", hcl):
        told = " ".join((problem.message, problem.label, problem.detail, *(r.note for r in problem.related)))
        assert "hunter2" not in told.replace(operator, "")
        quoted = [problem.primary, *(r.span for r in problem.related), *(link.span for link in problem.origin)]
        assert not any("hunter2" in span.quoted for span in quoted if span is not None)


def test_an_expression_that_backtracks_is_no_danger() -> None:
    hcl = TABLE % f'  name = "{"a" * 4000}!"'
    assert verdict('require:\n  name: {matches: "^(a+)+$"}', hcl) is F


def test_texts_are_compared_in_one_normal_form() -> None:
    composed, decomposed = "caf\u00e9", "cafe\u0301"
    for left, right in itertools.product((composed, decomposed), repeat=2):
        hcl = TABLE % f'  name = "{left}"'
        for operator in ("equals", "starts-with", "ends-with", "contains", "matches"):
            if operator == "matches" and right == decomposed:
                continue  # in an expression every character stands for itself
            assert verdict(f'require:\n  name: {{{operator}: "{right}"}}', hcl) is P


def test_the_page_describes_every_operator() -> None:
    page = (Path(__file__).parents[2] / "docs" / "writing-rules.md").read_text("utf-8")
    for operator in OPERATORS.values():
        row = f"| `{operator.name}` | {operator.meaning} | {operator.absent} | {operator.unknown} |"
        assert row in page, row
