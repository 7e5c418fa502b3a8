"""The registry: lookups, and rule packages that are not in order."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import Any

import pytest

from ddbaudit.engine.registry import ENTRY_POINT_GROUP, Registry, load_rules
from ddbaudit.foundation.errors import UsageError
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem
from ddbaudit.sdk.rule import Params, Rule, RuleContext

BUILTIN = EntryPoint("builtin", "ddbaudit_rules", ENTRY_POINT_GROUP)


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_rules()


def test_lookup(registry: Registry) -> None:
    rule = registry.get("DDB101")
    assert registry.get("pitr-disabled") is rule
    assert registry.get("ddb101") is rule
    assert registry.select("pitr-disabled") == (rule,)
    assert registry.ids == tuple(sorted(registry.ids))


def test_prefixes(registry: Registry) -> None:
    assert [r.meta.id for r in registry.select("DDB1")] == [i for i in registry.ids if i.startswith("DDB1")]
    assert {r.meta.id[:3] for r in registry.select("iam")} == {"IAM"}


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        ("DDB1011", 'there is no rule "DDB1011" (did you mean "DDB101"?)'),
        ("pitr-disable", '(did you mean "pitr-disabled"?)'),
        ("XX", 'there is no rule "XX"'),
        ("", 'there is no rule ""'),
    ],
)
def test_what_is_not_there(registry: Registry, selector: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        registry.select(selector)
    assert message in error.value.message


@pytest.fixture
def package() -> Iterator[ModuleType]:
    """A rule package that tests fill."""
    module = ModuleType("some_rules")
    sys.modules["some_rules"] = module
    yield module
    del sys.modules["some_rules"]


def refused(*points: EntryPoint) -> str:
    with pytest.raises(UsageError) as error:
        load_rules(points or [EntryPoint("some", "some_rules", ENTRY_POINT_GROUP)])
    return error.value.message


def some_rule(**attributes: Any) -> type:
    """A concrete rule with the metadata of an existing one."""

    def check(self: object, subject: Table, context: RuleContext) -> Iterator[Problem]:
        yield from ()

    base = load_rules().get("DDB101")
    return type("SomeRule", (Rule,), {"meta": base.meta, "subject": Table, "check": check, **attributes})


def test_no_package_at_all() -> None:
    with pytest.raises(UsageError, match="no rules are installed"):
        load_rules([])


def test_a_package_that_cannot_be_imported(package: ModuleType) -> None:
    assert "not_there" in refused(EntryPoint("gone", "not_there", ENTRY_POINT_GROUP))
    assert 'rule package "gone (not_there)" cannot be imported' in refused(
        EntryPoint("gone", "not_there", ENTRY_POINT_GROUP)
    )


def test_a_package_that_exits(package: ModuleType) -> None:
    def rules() -> list[type]:
        raise SystemExit(0)

    package.rules = rules  # type: ignore[attr-defined]
    assert "rules() fails: SystemExit" in refused()


def test_a_package_without_rules(package: ModuleType) -> None:
    assert "is not a module with a function rules()" in refused()
    package.rules = list  # type: ignore[attr-defined]
    assert "rules() gives no rules" in refused()


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (int, "int is not a class derived from Rule"),
        ("text", "is not a class derived from Rule"),
        (some_rule(meta=None), "SomeRule has no meta"),
        (some_rule(subject=int), "SomeRule.subject is not a subject of rules"),
        (some_rule(params=int), "SomeRule.params is not a class derived from Params"),
        (type("Half", (Rule,), {}), "Half has no method check"),
    ],
)
def test_a_rule_that_is_not_in_order(package: ModuleType, rule: object, message: str) -> None:
    package.rules = lambda: [rule]  # type: ignore[attr-defined]
    assert message in refused()


def test_parameters_need_defaults(package: ModuleType) -> None:
    class Needy(Params, frozen=True):
        days: int

    package.rules = lambda: [some_rule(params=Needy)]  # type: ignore[attr-defined]
    assert "has parameters without default" in refused()


def test_an_id_that_is_taken(package: ModuleType) -> None:
    package.rules = lambda: [some_rule()]  # type: ignore[attr-defined]
    message = refused(BUILTIN, EntryPoint("some", "some_rules", ENTRY_POINT_GROUP))
    assert message == 'rule package "some": DDB101 is already taken by a rule of "builtin"'
