"""Rules made of a condition, and what they say of a piece of Terraform."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import msgspec

from ddbaudit.engine.judge import ActiveRule, Judgement, judge
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.model.build import build_estate
from ddbaudit.policy.reader import PolicyType, read_rules
from ddbaudit.sdk.problem import Problem
from ddbaudit.testing.cases import evaluate_source

FILE = "policy.yaml"
META = """\
rules:
  - id: ABC101
    name: some-fault
    severity: medium
    summary: Something is wrong.
    rationale: It matters.
    remedy: Put it right.
    references: [https://example.com]
    resource: {resource}
{body}
    examples:
      good: [{{title: Fine., hcl: "# nothing"}}]
      bad: [{{title: Not fine., hcl: "# nothing"}}]
"""
TABLE = 'resource "aws_dynamodb_table" "t" {\n%s\n}\n'


def rule_text(body: str, resource: str = "aws_dynamodb_table") -> str:
    """The text of a file with one rule; `body` is its condition."""
    return META.format(resource=resource, body=textwrap.indent(textwrap.dedent(body).strip("\n"), "    "))


def rule(body: str, resource: str = "aws_dynamodb_table") -> PolicyType:
    (written,) = read_rules(rule_text(body, resource), FILE)
    return written.rule


def judged(
    kind: PolicyType, hcl: str, environment: str = "dev", params: Mapping[str, object] | None = None
) -> Judgement:
    """What a rule makes of Terraform source."""
    estate = build_estate(evaluate_source({"main.tf": hcl}, environment))
    active = ActiveRule(kind, kind.meta.severity, msgspec.convert(dict(params or {}), kind.params))
    return judge(estate, [active])


def problems(body: str, hcl: str, resource: str = "aws_dynamodb_table", environment: str = "dev") -> list[Problem]:
    judgement = judged(rule(body, resource), hcl, environment)
    assert judgement.crashes == []
    return [raw.problem for raw in judgement.findings]


def verdict(body: str, hcl: str, resource: str = "aws_dynamodb_table", environment: str = "dev") -> Verdict:
    """The one verdict of a rule of that condition."""
    judgement = judged(rule(body, resource), hcl, environment)
    assert judgement.crashes == []
    (entry,) = judgement.ledger
    return entry.verdict


def lines(found: list[Problem]) -> list[tuple[int, str]]:
    """Where and what, in short."""
    return [(problem.primary.begin.line, problem.verdict.value) for problem in found]
