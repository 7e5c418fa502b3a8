"""DDB206 to DDB213 and DDB217: counts at the limit, what is not certain, root modules held against each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from ddbaudit.engine.judge import ActiveRule, judge
from ddbaudit.engine.registry import load_rules
from ddbaudit.foundation.source import StructuredFile
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.plan import Plan
from ddbaudit.model.build import build_estate
from ddbaudit.model.estate import Estate
from ddbaudit.sdk.problem import Problem
from ddbaudit.testing.cases import evaluate_source
from ddbaudit_rules._support.compare import equal
from ddbaudit_rules._support.examples import block, gsi, lsi, separate_index, table, variable
from ddbaudit_rules._support.operation import provider
from tests.model.builders import Config

REGISTRY = load_rules()
SOME = variable("some", "set(string)")


def estate(source: str, environment: str = "dev", root: str = "") -> Estate:
    evaluation = evaluate_source({"main.tf": source}, environment)
    return build_estate(replace(evaluation, root=root or evaluation.root))


def judged(
    id: str, subject: Estate, params: Mapping[str, Any] | None = None, estates: tuple[Estate, ...] = ()
) -> tuple[set[Verdict], list[Problem]]:
    rule = REGISTRY.get(id)
    active = ActiveRule(rule, rule.meta.severity, msgspec.convert(dict(params or {}), rule.params))
    judgement = judge(subject, [active], estates)
    assert not judgement.crashes
    return {entry.verdict for entry in judgement.ledger}, [raw.problem for raw in judgement.findings]


def run(id: str, source: str, params: Mapping[str, Any] | None = None) -> tuple[set[Verdict], list[Problem]]:
    return judged(id, estate(source), params)


def dynamic(index: str) -> str:
    """A `dynamic` block over a variable without a value that makes indexes."""
    type_, _, body = index.partition(" {\n")
    return f'dynamic "{type_}" {{\n  for_each = var.some\n  content {{\n{body.rstrip().removesuffix("}")}  }}\n}}\n'


def indexes(count: int) -> str:
    return "\n".join(gsi(f'"by-{n}"', f'"key{n}"') for n in range(count))


def projecting(attributes: str, type_: str = '"INCLUDE"') -> str:
    lines = f'name = "by-id"\nhash_key = "id"\nprojection_type = {type_}\nnon_key_attributes = {attributes}'
    return block("global_secondary_index", lines)


# -- counts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("id", "source", "verdict"),
    [
        ("DDB206", table(indexes(20)), Verdict.PASS),
        ("DDB206", table(indexes(21)), Verdict.FAIL),
        ("DDB206", SOME + table(indexes(21) + dynamic(gsi('"x"', '"id"'))), Verdict.FAIL),
        ("DDB206", table(indexes(20) + lsi('"by-x"', '"x"'), range_key='"y"'), Verdict.PASS),
        # a resource of its own is one of them
        ("DDB206", table(indexes(20)) + separate_index('attribute_name = "x"'), Verdict.FAIL),
        ("DDB207", table(indexes(6)), Verdict.PASS),
        # a local index may not be there, and the table has no sort key
        ("DDB208", SOME + table(dynamic(lsi('"by-x"', '"x"'))), Verdict.UNKNOWN),
        ("DDB208", SOME + table(dynamic(lsi('"by-x"', '"y"')), range_key='"y"'), Verdict.UNKNOWN),
        ("DDB208", SOME + table(dynamic(lsi('"by-x"', '"x"')), range_key='"y"'), Verdict.PASS),
        ("DDB208", table(gsi('"by-x"', '"x"', '"y"'), range_key='"y"'), Verdict.PASS),
        ("DDB208", variable("x") + table(lsi('"by-x"', '"x"'), range_key='"sort-${var.x}"'), Verdict.PASS),
        # projections
        ("DDB209", SOME + table(dynamic(projecting('["a"]', '"ALL"'))), Verdict.UNKNOWN),
        ("DDB209", SOME + table(dynamic(projecting('["a"]', '"SOME"'))), Verdict.UNKNOWN),
        ("DDB209", SOME + table(dynamic(projecting('["a"]'))), Verdict.PASS),
        ("DDB209", SOME + table(dynamic(projecting("null", '"ALL"'))), Verdict.PASS),
        ("DDB209", SOME + table(projecting('setunion(["a"], var.some)')), Verdict.UNKNOWN),
        ("DDB209", variable("x") + table(projecting("[var.x]")), Verdict.PASS),
        ("DDB209", variable("x") + table(projecting("[var.x]", '"KEYS_ONLY"')), Verdict.FAIL),
        ("DDB209", SOME + table(projecting("var.some", '"ALL"')), Verdict.UNKNOWN),
        ("DDB209", table(projecting('["a"]', "null")), Verdict.PASS),
        ("DDB210", SOME + table(dynamic(projecting('["a"]'))), Verdict.UNKNOWN),
        ("DDB210", variable("x") + table(projecting('["a", var.x]', "var.x")), Verdict.UNKNOWN),
        ("DDB210", variable("x") + table(projecting("null", "var.x")), Verdict.PASS),
        ("DDB210", SOME + table(projecting("var.some", '"ALL"')), Verdict.PASS),
        # two elements of a set that are not known may be one
        ("DDB210", variable("x") + table(projecting("[for n in range(101) : var.x]")), Verdict.UNKNOWN),
        # redundant
        ("DDB213", SOME + table(gsi('"a"', '"x"') + dynamic(gsi('"b"', '"y"'))), Verdict.UNKNOWN),
        ("DDB213", table(gsi('"a"', '"x"') + lsi('"b"', '"x"'), range_key='"y"'), Verdict.PASS),
        ("DDB213", table(lsi('"b"', '"y"'), range_key='"y"'), Verdict.PASS),
        ("DDB213", table(gsi('"a"', '"x"', '"y"') + gsi('"b"', '"y"', '"x"')), Verdict.PASS),
        ("DDB213", variable("x") + table(gsi('"a"', '"x"', "var.x") + gsi('"b"', '"x"')), Verdict.UNKNOWN),
        ("DDB213", table(gsi('"a"', '"x"', '"y"') + gsi('"b"', '"x"')), Verdict.PASS),
        ("DDB213", table(projecting('["a"]')), Verdict.PASS),
        ("DDB213", SOME + table(dynamic(gsi('"a"', '"id"'))), Verdict.UNKNOWN),
    ],
)
def test_verdicts(id: str, source: str, verdict: Verdict) -> None:
    assert run(id, source)[0] == {verdict}


def test_the_quota_of_the_account() -> None:
    assert run("DDB206", table(indexes(3)), {"limit": 2})[0] == {Verdict.FAIL}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"limit": 0}, REGISTRY.get("DDB206").params)


def test_attributes_of_all_indexes_are_counted_together() -> None:
    wide = projecting("[for n in range(60) : tostring(n)]")
    _, (problem,) = run("DDB210", table(wide + wide.replace('"by-id"', '"by-x"')))
    assert "120 named attributes" in problem.message
    assert [related.note for related in problem.related] == ['60 of them, of GSI "by-id"', '60 of them, of GSI "by-x"']


def test_of_two_indexes_the_one_whose_name_comes_later_is_named() -> None:
    for source in (gsi('"a"', '"x"') + gsi('"b"', '"x"'), gsi('"b"', '"x"') + gsi('"a"', '"x"')):
        _, (problem,) = run("DDB213", table(source))
        assert problem.message == 'GSI "b" of table "orders" has the same keys as GSI "a"'
        assert problem.detail == "b"


# -- names ---------------------------------------------------------------------------------------------------------


def named(name: str, label: str = "orders", **arguments: str) -> str:
    return table(name=name, **arguments).replace('"orders" {', f'"{label}" {{', 1)


@pytest.mark.parametrize(
    ("one", "two", "verdict"),
    [
        ('"${var.x}-users"', '"${var.x}-past-users"', Verdict.FAIL),
        ('"${var.x}-users"', '"${local.y}-users"', Verdict.PASS),
        ('"${var.x}-users"', '"${upper(var.x)}-users"', Verdict.UNKNOWN),
        ('"${var.x}-users"', '"${var.z}-users"', Verdict.UNKNOWN),
        ('"users-${var.x}"', '"users-${var.x}"', Verdict.PASS),
        ('"users-${var.x}-a"', '"users-${var.x}-b"', Verdict.FAIL),
        ('"${var.x}users"', '"users"', Verdict.UNKNOWN),
        ('"${random_pet.p.id}-users"', '"${random_pet.p.id}-users"', Verdict.PASS),
        ('"users-${timestamp()}"', '"users-${timestamp()}"', Verdict.UNKNOWN),
        # null equals nothing
        ("var.x", "var.x", Verdict.UNKNOWN),
    ],
)
def test_names_of_which_parts_are_the_same(one: str, two: str, verdict: Verdict) -> None:
    source = (
        variable("x")
        + variable("z")
        + "locals {\n  y = var.x\n}\n"
        + 'resource "random_pet" "p" {}\n'
        + named(one)
        + named(two, "others")
    )
    first, second = estate(source).tables
    assert equal(first.name, second.name) is verdict


@pytest.mark.parametrize(
    ("source", "verdicts"),
    [
        (named('"a"') + named('"b"', "others"), {Verdict.PASS}),
        (named('"a"') + named("null", "others"), {Verdict.PASS}),
        (
            variable("x") + named('"a"') + named("var.x", "others") + named('"a"', "more"),
            {Verdict.PASS, Verdict.UNKNOWN, Verdict.FAIL},
        ),
        # a region of its own is an argument of provider 6.x
        (named('"a"') + named('"a"', "others", region='"eu-west-1"'), {Verdict.PASS, Verdict.UNKNOWN}),
        (
            provider('"eu-west-1"')
            + provider('"eu-west-1"', '"other"')
            + named('"a"')
            + named('"a"', "others", provider="aws.other"),
            {Verdict.PASS, Verdict.UNKNOWN},
        ),
        (SOME + named('"a-${each.key}"', for_each="var.some"), {Verdict.PASS}),
        (named('"a-${count.index}"', count="2"), {Verdict.PASS}),
        (
            variable("x")
            + provider('"eu-west-1"')
            + provider("var.x", '"other"')
            + named('"a"')
            + named('"a"', "others", provider="aws.other"),
            {Verdict.PASS, Verdict.UNKNOWN},
        ),
    ],
)
def test_tables_of_one_name(source: str, verdicts: set[Verdict]) -> None:
    assert run("DDB217", source)[0] == verdicts


@pytest.mark.parametrize(
    ("one", "two", "verdicts"),
    [
        ("eu-west-1", "eu-west-2", [Verdict.PASS, Verdict.PASS]),
        ("eu-west-1", "eu-west-1", [Verdict.PASS, Verdict.FAIL]),
    ],
)
def test_tables_with_a_region_of_their_own(one: str, two: str, verdicts: list[Verdict]) -> None:
    config = Config()
    for label, region in (("a", one), ("b", two)):
        config.add("aws_dynamodb_table", label, {"name": "a", "region": region})
    rule = REGISTRY.get("DDB217")
    judgement = judge(config.estate(), [ActiveRule(rule, rule.meta.severity, rule.params())])
    assert [entry.verdict for entry in judgement.ledger] == verdicts


def test_a_module_that_is_called_twice() -> None:
    files = {
        "main.tf": 'module "a" {\n  source = "./m"\n}\nmodule "b" {\n  source = "./m"\n}\n',
        "m/main.tf": named('"orders"'),
    }
    verdicts, (problem,) = judged("DDB217", build_estate(evaluate_source(files, "dev")))
    assert verdicts == {Verdict.PASS, Verdict.FAIL}
    assert problem.message == (
        'module.b.aws_dynamodb_table.orders creates a table with the name "orders", which '
        "module.a.aws_dynamodb_table.orders creates already"
    )


HERE = provider('"eu-west-1"') + named('"orders-dev"')
THERE = provider('"eu-west-1"') + named('"orders-dev"', "others")


def across(one: Estate, two: Estate, params: Mapping[str, Any] | None = None) -> list[Problem]:
    """What is said of the second; nothing may be said of the first, which comes before."""
    both = (one, two)
    assert judged("DDB217", one, params, both)[0] == {Verdict.PASS}
    return judged("DDB217", two, params, both)[1]


def test_root_modules_of_one_environment() -> None:
    (problem,) = across(estate(HERE, root="a/dev"), estate(THERE, root="b/dev"))
    assert problem.verdict is Verdict.FAIL
    assert problem.message.endswith("which aws_dynamodb_table.orders of a/dev creates already")


@pytest.mark.parametrize(
    ("one", "two"),
    [
        # two environments, root modules without one, one root module twice
        (estate(HERE, "dev", "a"), estate(THERE, "prod", "b")),
        (estate(HERE, "default", "a"), estate(THERE, "default", "b")),
        (estate(HERE, "dev", "a"), estate(HERE, "dev", "a")),
        # another region, another name, a name that is not known
        (estate(HERE, "dev", "a"), estate(THERE.replace("eu-west-1", "us-east-1"), "dev", "b")),
        (estate(HERE, "dev", "a"), estate(THERE.replace("orders-dev", "others-dev"), "dev", "b")),
        (estate(HERE, "dev", "a"), estate(variable("x") + THERE.replace('"orders-dev"', "var.x"), "dev", "b")),
    ],
)
def test_root_modules_that_are_not_held_against_each_other(one: Estate, two: Estate) -> None:
    assert across(one, two) == []


def test_root_modules_whose_region_nobody_gives() -> None:
    (problem,) = across(estate(named('"orders"'), root="a"), estate(named('"orders"'), root="b"))
    assert problem.verdict is Verdict.UNKNOWN
    assert 'no provider "aws" block gives a region' in problem.message


def test_root_modules_with_a_table_in_a_region_of_its_own() -> None:
    here = estate(HERE.replace("orders-dev", "orders"), root="a")
    (problem,) = across(here, estate(named('"orders"', "others", region='"eu-west-1"'), root="b"))
    assert problem.verdict is Verdict.FAIL
    assert across(here, estate(named('"orders"', "others", region='"us-east-1"'), root="b")) == []


def test_root_modules_with_a_region_that_their_provider_does_not_read() -> None:
    locked = 'terraform {\n  required_providers {\n    aws = {\n      source  = "hashicorp/aws"\n'
    locked += '      version = "~> 5.0"\n    }\n  }\n}\n\n'
    own = locked + named('"orders"', "others", region='"eu-west-1"')
    (problem,) = across(estate(HERE.replace("orders-dev", "orders"), root="a"), estate(own, root="b"))
    assert problem.verdict is Verdict.UNKNOWN
    assert problem.message.endswith("region is an argument of provider 6.x")


def test_an_environment_of_several_accounts() -> None:
    assert across(estate(HERE, root="a"), estate(THERE, root="b"), {"one_account": False}) == []


def lone_plan(source: str, path: str) -> Estate:
    made = estate(source, root=path)
    plan = Plan(StructuredFile(path), "plan", "1.2", "", ())
    return replace(made, evaluation=replace(made.evaluation, plan=plan))


def test_a_plan_without_its_source_may_be_of_the_root_module_beside_it() -> None:
    assert across(estate(HERE, root="a"), lone_plan(HERE, "plan.json")) == []
    assert across(lone_plan(HERE, "old.json"), lone_plan(HERE, "new.json")) == []
    (problem,) = across(lone_plan(HERE, "a.json"), lone_plan(THERE, "b.json"))
    assert problem.verdict is Verdict.FAIL
