"""What is said while values are unknown holds whatever they turn out to be.

Conditions are made up; each is asked once with unknown variables, and once for every combination of values for them. A
PASS or FAIL in ignorance must be the verdict of all of these.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ddbaudit.engine.judge import ActiveRule, judge
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.model.build import build_estate
from ddbaudit.model.estate import Estate
from ddbaudit.testing.cases import evaluate_source
from tests.policy.asking import rule

VALUES = {
    "text": ("null", '"ALL"', '"a-b"', '""'),
    "number": ("null", "1", "5"),
    "names": ("[]", '["a"]', '["a", "b"]'),
    "flag": ("true", "false"),
}
TYPES = {"text": "string", "number": "number", "names": "list(string)", "flag": "bool"}
TABLE = """
provider "aws" {
  default_tags {
    tags = { Team = "orders" }
  }
}

resource "aws_dynamodb_table" "t" {
  name          = "orders-${var.flag ? "ALL" : "x"}"
  billing_mode  = var.text
  read_capacity = var.number

  global_secondary_index {
    name            = "first"
    hash_key        = "pk"
    projection_type = var.text
  }

  dynamic "global_secondary_index" {
    for_each = var.names
    content {
      name            = global_secondary_index.value
      hash_key        = "pk"
      projection_type = var.flag ? "ALL" : "KEYS_ONLY"
    }
  }

  dynamic "ttl" {
    for_each = var.flag ? [1] : []
    content {
      enabled        = true
      attribute_name = var.text
    }
  }

  dynamic "replica" {
    for_each = var.names
    content {
      region_name = replica.value
    }
  }

  tags = merge({ Owner = var.text }, var.flag ? { Team = "loans" } : {})
}
"""
TESTS = {
    "name": ("{starts-with: orders-}", "{ends-with: ALL}", "{equals: orders-x}", "{contains: ders}"),
    "billing_mode": ("{equals: ALL}", "{exists: true}", "{in: [ALL, a-b]}", "{length: {at-least: 1}}"),
    "read_capacity": ("{at-least: 2}", "{at-most: 3}", "{exists: false}", "{not-equals: 5}"),
    "global_secondary_index": (
        "{length: 1}",
        "{length: {at-least: 2}}",
        "{any: {projection_type: {equals: ALL}}}",
        "{all: {projection_type: {not-equals: ALL}}}",
        "{none: {name: {equals: a}}}",
        "{any: {name: {equals: b}, projection_type: {equals: KEYS_ONLY}}}",
    ),
    "global_secondary_index[*].projection_type": ("{equals: ALL}", "{any: {equals: ALL}}", "{none: {exists: false}}"),
    "ttl": ("{exists: true}", "{all: {enabled: {equals: true}}}", "{any: {attribute_name: {equals: ALL}}}"),
    "ttl.enabled": ("{equals: true}", "{exists: false}"),
    "ttl[*].attribute_name": ("{equals: a-b}", "{not-equals: a-b}"),
    "replica": ("{exists: true}", "{all: {region_name: {equals: a}}}", "{any: {region_name: {equals: b}}}"),
    "replica[*].region_name": ("{equals: a}", "{exists: false}"),
    "tags.Owner": ("{exists: true}", "{equals: ALL}"),
    "tags.Team": ("{exists: true}", "{equals: loans}"),
    "tags_all.Team": ("{equals: orders}", "{exists: true}"),
    "tags": ("{all: {equals: ALL}}", "{any: {equals: loans}}", "{length: {at-least: 2}}"),
}


def source(values: dict[str, str] | None) -> str:
    variables = [
        f'variable "{name}" {{\n  type = {type_}\n' + (f"  default = {values[name]}\n" if values else "") + "}\n"
        for name, type_ in TYPES.items()
    ]
    return "".join(variables) + TABLE


@cache
def ignorant() -> Estate:
    return build_estate(evaluate_source({"main.tf": source(None)}, "dev"))


@cache
def informed() -> tuple[tuple[dict[str, str], Estate], ...]:
    return tuple(_informed())


def _informed() -> Iterator[tuple[dict[str, str], Estate]]:
    for chosen in itertools.product(*VALUES.values()):
        values = dict(zip(VALUES, chosen, strict=True))
        yield values, build_estate(evaluate_source({"main.tf": source(values)}, "dev"))


leaves = st.sampled_from([f"'{path}': {test}" for path, tests in TESTS.items() for test in tests])


def combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    parts = st.lists(inner, min_size=1, max_size=3)
    return st.tuples(st.sampled_from(("any", "all", "none")), parts).map(
        lambda made: f"{made[0]}: [{', '.join(f'{{{part}}}' for part in made[1])}]"
    )


conditions = st.recursive(leaves, combined, max_leaves=4)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(("require", "forbid")), conditions, st.none() | leaves)
def test_ignorance_never_lies(word: str, condition: str, when: str | None) -> None:
    made = rule(f"{word}:\n  {condition}" + (f"\nwhen:\n  {when}" if when else ""))
    active = ActiveRule(made, made.meta.severity, made.params())

    def verdict(estate: Estate) -> Verdict:
        judgement = judge(estate, [active])
        assert judgement.crashes == []
        (entry,) = judgement.ledger
        # What a rule is not for, it does not fault.
        return Verdict.PASS if entry.verdict is Verdict.NOT_APPLICABLE else entry.verdict

    said = verdict(ignorant())
    for values, estate in informed():
        found = verdict(estate)
        assert found is not Verdict.UNKNOWN, values
        assert said in (Verdict.UNKNOWN, found), values
