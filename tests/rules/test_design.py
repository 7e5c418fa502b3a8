"""Rules about data models beyond their examples: what is not known, what is written otherwise, plans, several roots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from ddbaudit.datamodel.reader import read_model
from ddbaudit.engine.judge import ActiveRule, judge
from ddbaudit.engine.registry import load_rules
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.model.build import build_estate
from ddbaudit.model.estate import Estate
from ddbaudit.testing.cases import evaluate_source
from ddbaudit.testing.changes import plan_between
from ddbaudit_rules._support.design_examples import INDEXED, NAMED, designed, model
from ddbaudit_rules._support.examples import (
    allow,
    attribute,
    block,
    dynamic_attributes,
    gsi,
    lsi,
    policy,
    separate_index,
    table,
    variable,
)
from ddbaudit_rules._support.iam_examples import managed, role, role_policy

REGISTRY = load_rules()
FAIL, UNKNOWN = Verdict.FAIL, Verdict.UNKNOWN


def estate_of(source: str, text: str, environment: str = "dev") -> Estate:
    models = (read_model(text, "model.yaml"),)
    return build_estate(evaluate_source({"main.tf": source}, environment), models)


def run(
    id: str, estate: Estate, params: Mapping[str, Any] | None = None, others: tuple[Estate, ...] = ()
) -> tuple[list[Verdict], list[str]]:
    """The verdicts of the ledger, and the messages."""
    rule = REGISTRY.get(id)
    active = ActiveRule(rule, rule.meta.severity, msgspec.convert(dict(params or {}), rule.params))
    judgement = judge(estate, [active], (estate, *others))
    assert judgement.crashes == []
    return [entry.verdict for entry in judgement.ledger], [raw.problem.message for raw in judgement.findings]


UNNAMED = variable("name") + table(name="var.name")


@pytest.mark.parametrize(
    ("rule", "what"),
    [("MOD803", "the keys"), ("MOD804", "the indexes"), ("MOD805", "the TTL"), ("MOD806", "the stream")],
)
def test_a_table_whose_name_is_not_known_is_never_as_designed(rule: str, what: str) -> None:
    reason = 'variable "name" has no value'
    message = f"whether table aws_dynamodb_table.orders has {what} of the data model is not known: {reason}"
    assert run(rule, estate_of(UNNAMED, model())) == ([UNKNOWN], [message])


@pytest.mark.parametrize("rule", ["MOD803", "MOD804", "MOD805", "MOD806", "DDB214", "DDB215"])
def test_a_table_that_the_model_does_not_have_is_the_matter_of_one_rule(rule: str) -> None:
    assert run(rule, estate_of(table(), model())) == ([Verdict.NOT_APPLICABLE], [])


@pytest.mark.parametrize("rule", ["MOD801", "MOD802", "MOD803", "MOD807", "MOD809", "IAM510"])
def test_without_a_model_there_is_nothing_to_judge(rule: str) -> None:
    estate = build_estate(evaluate_source({"main.tf": table()}, "dev"))
    assert run(rule, estate) == ([], [])


class TestKeys:
    def test_those_of_a_backup_are_not_in_the_configuration(self) -> None:
        source = table(name=NAMED, hash_key=None, attributes="", restore_source_name='"old"')
        verdicts, messages = run("MOD803", estate_of(source, model()))
        assert (verdicts, messages) == (
            [UNKNOWN],
            ['whether the hash key of table "orders-dev" is "id" is not known: it comes with the backup'],
        )

    def test_a_type_that_may_be_declared(self) -> None:
        source = variable("keys", "set(string)") + table(dynamic_attributes(), name=NAMED, attributes="")
        verdicts, messages = run("MOD803", estate_of(source, model()))
        assert verdicts == [UNKNOWN]
        assert messages[0].startswith('the type of "id", a key of table "orders-dev", is not known')

    def test_a_declaration_without_a_type_is_not_of_another_type(self) -> None:
        source = table('attribute {\n  name = "id"\n}', name=NAMED, attributes="")
        assert run("MOD803", estate_of(source, model())) == ([Verdict.PASS], [])

    def test_keys_of_several_attributes(self) -> None:
        source = table(name=NAMED, hash_key=None, attributes="id email").replace(
            "}\n\n", '}\n\n  key_schema {\n    attribute_name = "id"\n    key_type       = "HASH"\n  }\n\n', 1
        )
        verdicts, _ = run("MOD803", estate_of(source, model(designed(hash="[id, email]"))))
        assert verdicts == [FAIL]


class TestIndexes:
    def test_one_that_may_not_be_there(self) -> None:
        body = block(
            'dynamic "global_secondary_index"',
            "for_each = var.on ? [1] : []",
            block("content", 'name = "email-index"\nhash_key = "email"\nprojection_type = "ALL"'),
        )
        source = variable("on", "bool") + table(body, name=NAMED, attributes="id email")
        verdicts, messages = run("MOD804", estate_of(source, model(designed(INDEXED))))
        assert verdicts == [UNKNOWN]
        assert messages[0].startswith('whether table "orders-dev" has GSI "email-index" is not known')

    def test_a_local_one_instead_of_a_global_one(self) -> None:
        source = table(lsi('"email-index"', '"email"'), name=NAMED, range_key='"at"', attributes="id at email")
        text = model(designed("range: at", INDEXED, attributes="{id: S, at: S, email: S}"))
        assert run("MOD804", estate_of(source, text)) == (
            [FAIL],
            ['LSI "email-index" of table "orders-dev" is a local index, and a global one in the data model'],
        )

    def test_local_ones_alike(self) -> None:
        source = table(lsi('"by-email"', '"email"'), name=NAMED, range_key='"at"', attributes="id at email")
        indexes = "indexes:\n  by-email: {kind: local, range: email}"
        text = model(designed("range: at", indexes, attributes="{id: S, at: S, email: S}"))
        assert run("MOD804", estate_of(source, text)) == ([Verdict.PASS], [])

    @pytest.mark.parametrize(("type_", "verdict"), [("S", Verdict.PASS), ("N", FAIL)])
    def test_one_that_is_a_resource_with_types_of_its_own(self, type_: str, verdict: Verdict) -> None:
        index = separate_index(f'attribute_name = "email"\nattribute_type = "{type_}"')
        source = table(name=NAMED) + index
        text = model(designed("indexes:\n  by-key: {hash: email}"))
        verdicts, messages = run("MOD804", estate_of(source, text))
        assert verdicts == [verdict]
        assert len(messages) == (verdict is FAIL)

    def test_a_key_of_another_type(self) -> None:
        source = table(gsi('"email-index"', '"email"') + attribute("email", "N"), name=NAMED)
        _, messages = run("MOD804", estate_of(source, model(designed(INDEXED))))
        assert messages == [
            '"email", a key of GSI "email-index" of table "orders-dev", is of type N, and S in the data model'
        ]

    def test_a_key_of_the_table_is_the_matter_of_another_rule(self) -> None:
        source = table(gsi('"id-index"', '"id"') + attribute("id", "N"), name=NAMED, attributes="")
        text = model(designed("indexes:\n  id-index: {hash: id}"))
        assert run("MOD804", estate_of(source, text)) == ([Verdict.PASS], [])
        assert run("MOD803", estate_of(source, text))[0] == [FAIL]

    @pytest.mark.parametrize(
        ("attributes", "verdict", "told"),
        [
            (
                '["note"]',
                FAIL,
                'GSI "email-index" of table "orders-dev" projects other attributes than the data model: note',
            ),
            ("var.names", UNKNOWN, 'whether GSI "email-index" of table "orders-dev" projects the attributes of the'),
            ("[var.name]", UNKNOWN, 'whether GSI "email-index" of table "orders-dev" projects the attributes of the'),
        ],
    )
    def test_other_attributes_are_projected(self, attributes: str, verdict: Verdict, told: str) -> None:
        index = gsi('"email-index"', '"email"').replace('"ALL"', f'"INCLUDE"\n  non_key_attributes = {attributes}')
        source = variable("names", "list(string)") + variable("name") + table(index, name=NAMED, attributes="id email")
        text = model(designed(INDEXED.replace("email}", "email, projection: INCLUDE, include: [total]}")))
        verdicts, messages = run("MOD804", estate_of(source, text))
        assert verdicts == [verdict]
        assert messages[0].startswith(told)


class TestTables:
    def test_a_plan_that_destroys_everything_misses_nothing(self) -> None:
        evaluation = evaluate_source({"main.tf": "locals {}\n"}, "dev")
        plan = replace(plan_between(evaluate_source({"main.tf": table(name=NAMED)}, "dev"), evaluation), mode="destroy")
        estate = build_estate(replace(evaluation, plan=plan), (read_model(model(), "model.yaml"),))
        assert run("MOD801", estate)[0] == [Verdict.NOT_APPLICABLE]

    @pytest.mark.parametrize("field", [{"targets": ("a.b",)}, {"deferred": ("a.b",)}, {"errored": True}])
    def test_a_plan_of_a_part_says_nothing_of_the_rest(self, field: dict[str, Any]) -> None:
        evaluation = evaluate_source({"main.tf": "locals {}\n"}, "dev")
        plan = replace(plan_between(evaluation, evaluation), **field)
        estate = build_estate(replace(evaluation, plan=plan), (read_model(model(), "model.yaml"),))
        assert run("MOD801", estate)[0] == [UNKNOWN]

    def test_a_missing_module_may_create_it(self) -> None:
        estate = estate_of('module "a" {\n  source = "example.com/a/b"\n}\n', model())
        verdicts, messages = run("MOD801", estate)
        assert verdicts == [UNKNOWN]
        assert "is not known" in messages[0]

    def test_another_root_module_of_another_environment_does_not_create_it(self) -> None:
        here = estate_of(table(name=NAMED), model(designed(), designed(key="items")))
        there = estate_of(table(name='"items-prod"'), model(designed(), designed(key="items")), "prod")
        assert FAIL in run("MOD801", here, others=(there,))[0]

    def test_another_root_module_that_may_create_it_is_no_answer(self) -> None:
        text = model(designed(), designed(key="items"))
        there = estate_of(variable("n") + table(name='"${var.n}-dev"'), text)
        assert FAIL in run("MOD801", estate_of(table(name=NAMED), text), others=(there,))[0]

    def test_an_environment_that_the_model_does_not_know(self) -> None:
        assert run("MOD802", estate_of(table(name='"orders-qa"'), model(), "qa")) == ([Verdict.PASS], [])


PRINCIPAL = """
principals:
  service: {%s}
patterns:
  By e-mail: {table: orders, index: email-index, operation: Query, where: {email: equals}, principal: service}
"""
INDEX = gsi('"email-index"', '"email"')
ARN = "aws_dynamodb_table.orders.arn"


class TestAccess:
    def test_a_principal_that_is_not_there(self) -> None:
        text = model(designed(INDEXED), rest=PRINCIPAL % "role: nobody")
        source = table(INDEX, name=NAMED, attributes="id email") + "\n" + role()
        for rule in ("IAM510", "IAM511"):
            assert run(rule, estate_of(source, text)) == ([Verdict.NOT_APPLICABLE], [])

    def test_an_index_that_is_missing_is_the_matter_of_another_rule(self) -> None:
        text = model(designed(INDEXED), rest=PRINCIPAL % "role: orders")
        assert run("IAM510", estate_of(table(name=NAMED) + "\n" + role(), text)) == ([Verdict.PASS], [])

    def test_an_index_that_may_be_there(self) -> None:
        text = model(designed(INDEXED), rest=PRINCIPAL % "role: orders")
        source = variable("index") + table(gsi("var.index", '"email"'), name=NAMED, attributes="id email")
        assert run("IAM510", estate_of(source + "\n" + role(), text))[0] == [UNKNOWN]

    def test_what_nothing_serves_is_the_matter_of_another_rule(self) -> None:
        text = model(designed(INDEXED), rest=(PRINCIPAL % "role: orders").replace("where: {email: equals}, ", ""))
        source = table(INDEX, name=NAMED, attributes="id email") + "\n" + role()
        assert run("IAM510", estate_of(source, text)) == ([Verdict.PASS], [])

    def test_a_policy_that_cannot_be_seen(self) -> None:
        text = model(designed(INDEXED), rest=PRINCIPAL % "policy: orders")
        source = table(INDEX, name=NAMED, attributes="id email") + "\n" + variable("policy")
        source += block('resource "aws_iam_policy" "orders"', 'name   = "orders"\npolicy = var.policy')
        for rule in ("IAM510", "IAM511"):
            assert run(rule, estate_of(source, text))[0] == [UNKNOWN]

    def test_a_policy_about_something_else(self) -> None:
        text = model(designed(INDEXED), rest=PRINCIPAL % "policy: orders")
        source = table(INDEX, name=NAMED, attributes="id email") + "\n"
        source += policy(allow("Query", '["arn:aws:dynamodb:eu-west-1:111122223333:table/other"]')) + "\n" + managed()
        assert run("IAM510", estate_of(source, text))[0] == [FAIL]
        assert run("IAM511", estate_of(source, text)) == ([Verdict.PASS], [])

    @pytest.mark.parametrize(
        ("table_tag", "role_tag", "verdict"),
        [
            ('"billing"', '"orders"', FAIL),
            ('"orders"', '"orders"', Verdict.PASS),
            ("var.owner", '"orders"', UNKNOWN),
            ('"billing"', "var.owner", UNKNOWN),
            (None, '"orders"', Verdict.PASS),
            ('"billing"', None, Verdict.NOT_APPLICABLE),
        ],
    )
    def test_owners_by_tags(self, table_tag: str | None, role_tag: str | None, verdict: Verdict) -> None:
        tags = {name: f"{{ Service = {value} }}" for name, value in (("t", table_tag), ("r", role_tag)) if value}
        source = variable("owner") + table(name=NAMED, tags=tags.get("t")) + "\n"
        source += role(more=f"tags = {tags['r']}" if role_tag else "")
        source += policy(allow("GetItem", f"[{ARN}]")) + "\n" + role_policy()
        estate = build_estate(evaluate_source({"main.tf": source}, "dev"))
        assert run("IAM505", estate, {"tag": "Service"})[0] == [verdict]

    def test_many_actions_in_one_message(self) -> None:
        text = model(designed(INDEXED), rest=PRINCIPAL % "role: orders")
        source = table(INDEX, name=NAMED, attributes="id email") + "\n" + role()
        source += policy(allow("*", f'["${{{ARN}}}", "${{{ARN}}}/index/*"]')) + "\n" + role_policy()
        _, messages = run("IAM511", estate_of(source, text))
        assert messages == [
            'role "orders" may BatchGetItem, BatchWriteItem, ConditionCheckItem and 10 more on table "orders-dev", '
            "which no pattern of it needs"
        ]


def test_an_index_that_the_model_does_not_have_is_the_matter_of_one_rule() -> None:
    patterns = "patterns:\n  By email:\n    {table: orders, index: email-index, operation: Query, "
    patterns += "where: {email: equals}, reads: [id]}"
    text = model(designed(INDEXED, attributes="{id: S, email: S, note: S}"), rest=patterns)
    both = gsi('"other-index"', '"email"') + gsi('"email-index"', '"email"')
    verdicts, messages = run("DDB214", estate_of(table(both, name=NAMED, attributes="id email"), text))
    assert verdicts == [FAIL]
    assert [message[:17] for message in messages] == ['GSI "email-index"']
    only = table(gsi('"other-index"', '"email"'), name=NAMED, attributes="id email")
    assert run("DDB214", estate_of(only, text)) == ([Verdict.NOT_APPLICABLE], [])


@pytest.mark.parametrize("rule", ["MOD803", "MOD804"])
def test_an_attribute_whose_name_is_not_known_may_be_that_of_a_key(rule: str) -> None:
    unnamed = '  attribute {\n    name = var.name\n    type = "N"\n  }\n'
    known = {"MOD803": "email", "MOD804": "id"}[rule]
    body = unnamed + gsi('"email-index"', '"email"')
    found = run(rule, estate_of(variable("name") + table(body, name=NAMED, attributes=known), model(designed(INDEXED))))
    key = {
        "MOD803": '"id", a key of table "orders-dev"',
        "MOD804": '"email", a key of GSI "email-index" of table "orders-dev"',
    }
    assert found == ([UNKNOWN], [f'the type of {key[rule]}, is not known: variable "name" has no value'])
