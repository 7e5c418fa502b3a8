"""Cases beside the examples: resources of other kinds, parameters that are not set, what stands in two places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from ddbaudit.engine.judge import ActiveRule, Judgement, judge
from ddbaudit.engine.registry import load_rules
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.model.build import build_estate
from ddbaudit.testing.cases import evaluate_source
from ddbaudit_rules._support.examples import attribute, gsi, separate_index, table, variable

REGISTRY = load_rules()


def run(id: str, source: str, params: Mapping[str, Any] | None = None, environment: str = "dev") -> Judgement:
    rule = REGISTRY.get(id)
    active = ActiveRule(rule, rule.meta.severity, msgspec.convert(dict(params or {}), rule.params))
    judgement = judge(build_estate(evaluate_source({"main.tf": source}, environment)), [active])
    assert not judgement.crashes
    return judgement


def verdicts(id: str, source: str, params: Mapping[str, Any] | None = None) -> set[Verdict]:
    return {entry.verdict for entry in run(id, source, params).ledger}


SEPARATE = table() + separate_index('attribute_name = "email"\nattribute_type = "S"')


@pytest.mark.parametrize(
    ("id", "source", "verdict"),
    [
        # a separate index types its keys itself, uses attributes, and shares the names of the others
        ("DDB201", SEPARATE, Verdict.PASS),
        ("DDB202", table(attributes="id email") + separate_index('attribute_name = "email"'), Verdict.PASS),
        ("DDB203", SEPARATE, Verdict.PASS),
        ("DDB203", SEPARATE.replace('= "S"\n    key_type', '= "BOOL"\n    key_type'), Verdict.FAIL),
        (
            "DDB204",
            variable("type")
            + SEPARATE.replace('"email"\n    attribute_type = "S"', '"id"\n    attribute_type = var.type'),
            Verdict.UNKNOWN,
        ),
        ("DDB204", table() + separate_index('attribute_name = "id"'), Verdict.PASS),
        ("DDB204", table() + separate_index('attribute_name = "id"\nattribute_type = "S"'), Verdict.PASS),
        ("DDB205", table(gsi('"by-key"', '"id"')) + separate_index('attribute_name = "id"'), Verdict.FAIL),
        # what has no name cannot be unused, but has no valid name
        ("DDB202", table('attribute {\n  type = "S"\n}'), Verdict.PASS),
        ("DDB212", table(name=None), Verdict.FAIL),
        ("DDB212", table(name='""'), Verdict.FAIL),
        ("DDB212", table(name=f'"{"a" * 255}"'), Verdict.PASS),
        ("DDB212", table(name=f'"{"a" * 256}"'), Verdict.FAIL),
        ("DDB212", variable("x") + table(name=f'"{"a" * 256}${{var.x}}"'), Verdict.FAIL),
        ("DDB212", variable("x") + table(name='"${var.x}!"'), Verdict.FAIL),
        # nothing is asked for
        ("DDB401", table(), Verdict.NOT_APPLICABLE),
        ("DDB402", table(), Verdict.NOT_APPLICABLE),
        ("DDB403", table(), Verdict.NOT_APPLICABLE),
        ("DDB404", table(), Verdict.NOT_APPLICABLE),
        # nothing is known of the type
        ("TF601", 'resource "random_pet" "p" {\n  size = 3\n}\n', Verdict.NOT_APPLICABLE),
        ("TF602", 'resource "random_pet" "p" {\n  size = 3\n}\n', Verdict.NOT_APPLICABLE),
        # faults of other kinds are other rules' business
        ("TF601", table(name=None), Verdict.PASS),
        ("TF602", table(nme='"x"'), Verdict.PASS),
    ],
)
def test_verdicts(id: str, source: str, verdict: Verdict) -> None:
    assert verdicts(id, source) == {verdict}


def test_tables_without_instances_are_not_applicable() -> None:
    assert verdicts("DDB101", table(count="0")) == {Verdict.NOT_APPLICABLE}
    assert verdicts("DDB101", table(for_each="toset([])")) == {Verdict.NOT_APPLICABLE}


def test_a_table_that_may_have_instances_is_judged() -> None:
    source = variable("tables", "set(string)") + table(for_each="var.tables", name="each.key")
    assert verdicts("DDB101", source) == {Verdict.FAIL}


def test_case_matters_and_is_suggested() -> None:
    (finding,) = run("DDB201", table(attributes="tenantId", hash_key='"tenantID"')).findings
    assert finding.problem.message.endswith('which no attribute block declares (did you mean "tenantId"?)')


def test_details_name_no_environment() -> None:
    """The same fault in two environments has the same detail, and so is one finding."""
    source = table(gsi('"orders-{}-idx"', '"id"'), name='"orders-{}"')
    details = {
        run("DDB402", source.replace("{}", name), {"pattern": "{table}-gsi{n}"}, name).findings[0].problem.detail
        for name in ("dev", "prod")
    }
    assert details == {"orders-{env}-idx"}


def test_the_place_of_a_name_leads_to_the_part_at_fault() -> None:
    source = variable("environment", default='"Dev"') + table(name='"bbws-orders-${var.environment}"')
    (finding,) = run("DDB401", source, {"pattern": "bbws-{entity}-{env}"}).findings
    assert finding.problem.primary.text == '"bbws-orders-${var.environment}"'
    last = finding.problem.origin[-1]
    assert last.span is not None
    assert last.span.text == '"Dev"'


def test_two_types_are_named() -> None:
    (finding,) = run("DDB204", table(attribute("id", "N"))).findings
    assert finding.problem.message == 'table "orders" declares the attribute "id" with the types S and N'


def test_a_sensitive_name_is_not_said() -> None:
    secret = 'variable "name" {\n  type      = string\n  default   = "s3cret!"\n  sensitive = true\n}\n'
    for id, params in (("DDB212", {}), ("DDB401", {"pattern": "x-{entity}"})):
        (finding,) = run(id, secret + table(name="var.name"), params).findings
        assert "s3cret" not in repr((finding.problem.message, finding.problem.help, finding.problem.detail))
