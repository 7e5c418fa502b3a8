"""Packs: reading, extending, merging; every mistake is a usage error with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from ddbaudit.engine.packs import (
    builtin_packs,
    find_pack,
    load_pack,
    load_pack_file,
    merge_packs,
    pack_names,
)
from ddbaudit.engine.registry import Registry, RulePackage, load_rules
from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.verdict import Severity

HEAD = "name: mine\ndescription: Mine.\n"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_rules()


def test_settings_with_overrides_per_environment(registry: Registry) -> None:
    pack = load_pack(
        HEAD
        + """
environments: [dev, prod]
rules:
  pitr-disabled: medium
  DDB401:
    severity: low
    params: {pattern: "x-{entity}-{env}"}
    environments:
      prod:
        severity: high
        params: {pattern: "y-{entity}-{env}"}
""",
        "mine.yaml",
        registry,
    )
    pitr, naming = registry.get("DDB101"), registry.get("DDB401")
    assert list(pack.rules) == ["DDB101", "DDB401"]
    assert pack.severity(pitr, "prod") is Severity.MEDIUM
    assert pack.severity(naming, "dev") is Severity.LOW
    assert pack.severity(naming, "prod") is Severity.HIGH
    assert pack.params(naming, "dev") == naming.params(pattern="x-{entity}-{env}")
    assert pack.params(naming, "prod") == naming.params(pattern="y-{entity}-{env}")
    assert pack.severity(registry.get("DDB102"), "dev") is Severity.HIGH


def test_a_pack_overrides_what_it_extends(registry: Registry) -> None:
    text = HEAD + "extends: bbws-access-management\nrules:\n  DDB102: off\n  DDB402: {params: {pattern: 'gsi{n}'}}\n"
    pack = load_pack(text, "mine.yaml", registry)
    base = find_pack("bbws-access-management", registry)
    assert pack.environments == base.environments
    assert set(base.rules) - set(pack.rules) == {"DDB102"}
    assert pack.rules["DDB402"].params == {"pattern": "gsi{n}"}
    assert pack.rules["DDB401"] == base.rules["DDB401"]


def test_a_pack_in_a_file_extends_a_file_beside_it(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("name: base\ndescription: Base.\nrules:\n  DDB101: low\n")
    child = tmp_path / "child.yaml"
    child.write_text("name: child\ndescription: Child.\nextends: [base.yaml]\nrules:\n  DDB102:\n")
    pack = load_pack_file(child, registry)
    assert pack.rules["DDB101"].severity is Severity.LOW
    assert set(pack.rules) == {"DDB101", "DDB102"}


def test_a_circle_of_packs(registry: Registry, tmp_path: Path) -> None:
    for one, other in (("a", "b"), ("b", "a")):
        text = f"name: {one}\ndescription: One.\nextends: {other}.yaml\nrules:\n  DDB101:\n"
        (tmp_path / f"{one}.yaml").write_text(text)
    with pytest.raises(UsageError, match="extends itself"):
        load_pack_file(tmp_path / "a.yaml", registry)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("description: x", 'mine.yaml:1:1: a pack needs the field "name"'),
        ("name: My Pack\ndescription: x", 'mine.yaml:1:7: the name "My Pack"'),
        (HEAD, "mine.yaml: the pack has no rules"),
        (HEAD + "rulez: {}", 'mine.yaml:3:1: a pack has no field "rulez" (did you mean "rules"?)'),
        (HEAD + "rules: [DDB101]", 'mine.yaml:3:8: "rules" is a mapping of rules to settings, not a list'),
        (HEAD + "rules:\n  DDB1O1:\n", 'mine.yaml:4:3: there is no rule "DDB1O1"'),
        (HEAD + "rules:\n  pitr-disbled:\n", '(did you mean "pitr-disabled"?)'),
        (HEAD + "rules:\n  DDB101:\n  pitr-disabled:\n", "mine.yaml:5:3: DDB101 is set twice"),
        (HEAD + "rules:\n  DDB101:\n  DDB101:\n", 'mine.yaml:5:3: the key "DDB101" stands twice'),
        (HEAD + "rules:\n  DDB101: hihg\n", '4:11: there is no severity "hihg" (did you mean "high"?)'),
        (HEAD + "rules:\n  DDB101: {severty: low}\n", 'has no field "severty" (did you mean "severity"?)'),
        (HEAD + "rules:\n  DDB101: 3\n", "4:11: a rule's setting is a mapping, not a number"),
        (HEAD + "rules:\n  DDB101: {params: {days: 3}}\n", "4:21: DDB101 params: object contains unknown field `days`"),
        (HEAD + "rules:\n  DDB401: {params: {patern: x}}\n", '(did you mean "pattern"?)'),
        (HEAD + "rules:\n  DDB401: {params: {pattern: 3}}\n", "4:30: DDB401 params: expected `str`, got `int`"),
        (HEAD + "rules:\n  DDB401: {params: {pattern: 'x-{evn}'}}\n", '(did you mean "env"?)'),
        (HEAD + "rules:\n  DDB401: {params: {pattern: 'x-{env'}}\n", "has no counterpart"),
        (HEAD + "rules:\n  DDB404:\n    params:\n      values:\n        A: {equal: x}\n", "7:13: DDB404 params"),
        (HEAD + "rules:\n  DDB404:\n    params:\n      values:\n        A: {}\n", "needs exactly one of"),
        (HEAD + "rules:\n  DDB101: {environments: {prod: high}}\n", 'DDB101 is set for an environment "prod"'),
        (HEAD + "environments: [dev, dev]\nrules:\n  DDB101:\n", '"environments" lists "dev" twice'),
        (HEAD + "extends: baselin\nrules:\n  DDB101:\n", 'no pack "baselin" (did you mean "baseline"?)'),
        (HEAD + "environments: [1]\nrules:\n  DDB101:\n", '"environments" is a list of names, and a number is none'),
        (HEAD + "environments: [dev]\nrules:\n  DDB101: {environments: [dev]}\n", "is a mapping of environments"),
        (HEAD + "rules:\n  DDB101: {params: 3}\n", '4:20: "params" is a mapping, not a number'),
        (HEAD + "rules:\n  DDB101: {severity: 3}\n", "4:22: a severity is text, not a number"),
        (HEAD + "extends: bbws-site-builder\nenvironments: [x]\nrules:\n  DDB101: {environments: {dev: low}}\n", "dev"),
        (HEAD + "rules:\n  DDB403: {params: {required: [a, 3]}}\n", "4:35: DDB403 params"),
        ("name: mine\ndescription: ''\n", '2:14: "description" is text, not nothing'),
        ("- a\n", "mine.yaml:1:1: a pack is a mapping, not a list"),
        (HEAD + "extends: {a: b}\n", '"extends" is a list of names, not a mapping'),
    ],
)
def test_mistakes(registry: Registry, text: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        load_pack(text, "mine.yaml", registry)
    assert message in error.value.message
    assert error.value.exit_code == 2


def test_parameters_of_an_environment_are_checked_too(registry: Registry) -> None:
    text = HEAD + "environments: [dev]\nrules:\n  DDB401:\n    environments:\n      dev: {params: {pattern: 3}}\n"
    with pytest.raises(UsageError, match=r"mine.yaml:7:31: DDB401 params"):
        load_pack(text, "mine.yaml", registry)


def test_a_missing_file(registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load_pack_file(tmp_path / "none.yaml", registry)
    (tmp_path / "latin.yaml").write_bytes(b"name: \xe9")
    with pytest.raises(UsageError, match="it is not UTF-8"):
        load_pack_file(tmp_path / "latin.yaml", registry)


def test_merging_keeps_all_rules_and_the_highest_severity(registry: Registry) -> None:
    one = load_pack("name: one\ndescription: One.\nrules:\n  DDB101: low\n  DDB102:\n", "one.yaml", registry)
    two = load_pack("name: two\ndescription: Two.\nrules:\n  DDB101: high\n  DDB201:\n", "two.yaml", registry)
    merged = merge_packs([one, two])
    assert merged.name == "one + two"
    assert list(merged.rules) == ["DDB101", "DDB102", "DDB201"]
    assert merged.rules["DDB101"].severity is Severity.HIGH


def test_packs_that_contradict_each_other(registry: Registry) -> None:
    packs = [find_pack(name, registry) for name in ("bbws-site-builder", "bbws-access-management")]
    with pytest.raises(UsageError, match="different values"):
        merge_packs(packs)
    with pytest.raises(UsageError, match="no pack"):
        merge_packs([])


def test_the_packs_that_ship(registry: Registry) -> None:
    packs = builtin_packs(registry)
    systems = ("bbws-access-management", "bbws-site-builder", "jobwork-planner", "mind-links")
    assert tuple(packs) == pack_names(registry) == ("baseline", *systems, "strict")
    assert set(packs["strict"].rules) == set(registry.ids)
    for name in systems:
        assert set(packs["baseline"].rules) <= set(packs[name].rules)
        middle = "staging" if name == "mind-links" else "sit"
        assert packs[name].environments == ("dev", middle, "prod")


def test_a_pack_whose_name_is_not_that_of_its_file(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("name: other\ndescription: Other.\nrules:\n  DDB101:\n")
    package = RulePackage("some", registry.rules, tmp_path)
    with pytest.raises(UsageError, match='calls itself "other", not "one" as its file'):
        find_pack("one", Registry([package]))


def test_a_pack_that_is_shipped_twice(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("name: one\ndescription: One.\nrules:\n  DDB101:\n")
    packages = [RulePackage("some", registry.rules, tmp_path), RulePackage("more", (), tmp_path)]
    with pytest.raises(UsageError, match='"one" is shipped twice, by "some" and "more"'):
        pack_names(Registry(packages))
