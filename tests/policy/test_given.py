"""Rules of one's own in a run: how they are given, what packs make of them, how the run ends."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pytest

from tests.cli.conftest import compiled, shell
from tests.cli.harness import TABLE, Shell, extra_rule
from tests.policy.asking import rule_text

__all__ = ["compiled", "shell"]

ROOT = Path(__file__).parents[2]
PROTECTED = rule_text("require:\n  deletion_protection_enabled: {equals: true}")
CAPACITY = (
    rule_text("params: {least: 5}\nrequire:\n  read_capacity: {at-least: {param: least}}")
    .replace("ABC101", "ABC102")
    .replace("some-fault", "capacity-low")
)


@pytest.fixture
def tree(shell: Shell) -> Shell:
    shell.write("tf/main.tf", TABLE)
    shell.write("policy/rules.yaml", PROTECTED)
    return shell


def reported(shell: Shell, *arguments: str) -> list[tuple[str, str, str]]:
    """(rule, verdict, severity) of a run's findings by rules of one's own."""
    found = shell.run("check", "tf", "-o", "json", *arguments).report["findings"]
    return [(f["rule"], f["verdict"], f["severity"]) for f in found if f["rule"].startswith("ABC")]


def test_a_rule_that_is_given_runs_and_blocks(tree: Shell) -> None:
    clean = tree.run("check", "tf")
    assert clean.code == 0
    for path in ("policy", "policy/rules.yaml"):
        run = tree.run("check", "tf", "--rules", path)
        assert run.code == 1
        assert "ABC101" in run.out
        assert "deletion_protection_enabled is not set in aws_dynamodb_table.orders; it must equal true" in run.out
        assert "help: Put it right." in run.out


def test_the_ledger_holds_each_verdict(tree: Shell) -> None:
    report = tree.run("check", "tf", "--rules", "policy", "-o", "json").report
    entries = [entry for entry in report["ledger"]["entries"] if entry["rule"] == "ABC101"]
    assert [(entry["address"], entry["verdict"]) for entry in entries] == [("aws_dynamodb_table.orders", "fail")]
    assert "ABC101" in report["rules"]


def test_the_configuration_names_rules_relative_to_itself(tree: Shell) -> None:
    tree.write("ddbaudit.toml", 'rules = ["policy/"]\n')
    assert reported(tree) == [("ABC101", "fail", "medium")]
    (tree.cwd / "elsewhere").mkdir()
    there = Shell(tree.cwd / "elsewhere", tree.home, tree.env)
    assert there.run("check", "../tf").code == 1
    assert reported(tree, "--rules", "policy/rules.yaml") == [("ABC101", "fail", "medium")]
    assert "from policy/rules.yaml" in tree.run("rules").out
    assert tree.run("explain", "some-fault").out.startswith("ABC101 some-fault (medium)\n\n  Something is wrong.")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rules = 1", "rules must be a list of files and directories"),
        ('rules = [""]', "rules must be a list of files and directories"),
        ('rules = ["nowhere"]', "nowhere: there is no such file or directory of rules"),
        ('rulse = ["policy"]', 'unknown key "rulse" (did you mean "rules"?)'),
    ],
)
def test_a_mistake_in_the_configuration_is_2(tree: Shell, text: str, message: str) -> None:
    tree.write("ddbaudit.toml", f"{text}\n")
    run = tree.run("check", "tf")
    assert run.code == 2
    assert message in run.err
    assert run.out == ""


PACK = "name: ours\ndescription: Ours.\nextends: baseline\nenvironments: [dev, prod]\nrules:\n"


def test_packs_set_severity_and_parameters_by_environment(tree: Shell) -> None:
    tree.write("policy/capacity.yaml", CAPACITY)
    tree.write("tf/main.tf", TABLE.replace('hash_key     = "pk"', 'hash_key     = "pk"\n  read_capacity = 6'))
    tree.write(
        "ours.yaml",
        PACK + "  ABC101: low\n  capacity-low:\n    environments:\n      prod: {severity: high, params: {least: 10}}\n",
    )
    given = ("--rules", "policy", "--pack", "ours.yaml")
    assert reported(tree, *given, "--env", "dev") == [("ABC101", "fail", "low")]
    assert reported(tree, *given, "--env", "prod") == [("ABC101", "fail", "low"), ("ABC102", "fail", "high")]


def test_a_pack_switches_a_rule_off_and_another_that_extends_it_on(tree: Shell) -> None:
    tree.write("off.yaml", PACK + "  ABC101: off\n")
    tree.write("on.yaml", "name: on\ndescription: On.\nextends: off.yaml\nrules:\n  ABC101: high\n")
    tree.write("other.yaml", "name: other\ndescription: Other.\nrules:\n  DDB101:\n")
    given = ("--rules", "policy")
    assert reported(tree, *given, "--pack", "off.yaml") == []
    assert reported(tree, *given, "--pack", "off.yaml", "--pack", "other.yaml") == []
    assert reported(tree, *given, "--pack", "on.yaml") == [("ABC101", "fail", "high")]
    assert reported(tree, *given, "--pack", "other.yaml") == [("ABC101", "fail", "medium")]
    assert reported(tree, *given, "--ignore", "ABC101") == []
    assert reported(tree, *given, "--ignore", "some-fault") == []
    assert reported(tree, *given, "--select", "DDB") == []
    assert reported(tree, *given, "--select", "ABC") == [("ABC101", "fail", "medium")]


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ("    params: {leest: 1}\n", '(did you mean "least"?)'),
        ("    params: {least: many}\n", "expected"),
        ("    params: {least: 1, other: 2}\n", "unknown field `other`"),
    ],
)
def test_parameters_that_do_not_suit_are_2_at_their_place(tree: Shell, rules: str, message: str) -> None:
    tree.write("policy/capacity.yaml", CAPACITY)
    tree.write("ours.yaml", PACK + "  ABC102:\n" + rules)
    run = tree.run("check", "tf", "--rules", "policy", "--pack", "ours.yaml")
    assert run.code == 2
    assert run.err.startswith("error: ours.yaml:7:")
    assert message in run.err


def test_a_parameter_is_checked_as_the_operand_that_it_becomes(tree: Shell) -> None:
    text = rule_text('params: {form: "[a-z]+"}\nrequire:\n  name: {matches: {param: form}}')
    tree.write("policy/rules.yaml", text)
    tree.write("ours.yaml", PACK + '  ABC101:\n    params: {form: "("}\n')
    run = tree.run("check", "tf", "--rules", "policy", "--pack", "ours.yaml")
    assert run.code == 2
    assert "is not a regular expression of RE2" in run.err


MISTAKES = [
    (["--rules", "nowhere"], "nowhere: there is no such file or directory of rules"),
    (["--rules", "empty"], "empty: there are no rules"),
    (["--rules", "none.yaml"], "none.yaml:1:8: there are no rules in this file"),
    (["--rules", "policy", "--rules", "copy.yaml"], "ABC101 is already taken at policy/rules.yaml:2:9"),
    (["--rules", "taken.yaml"], "pitr-disabled is already taken by the rule DDB101 pitr-disabled"),
    (["--rules", "typo.yaml"], 'typo.yaml:11:7: aws_dynamodb_table has no argument or block "nmae"'),
    (["--rules", "main.tf"], "main.tf: a file of rules is called *.yaml or *.yml"),
]


@pytest.mark.parametrize(("arguments", "message"), MISTAKES, ids=[" ".join(m[0]) for m in MISTAKES])
@pytest.mark.parametrize("command", ["check", "rules", "explain"])
def test_a_rule_that_cannot_be_loaded_is_2(tree: Shell, command: str, arguments: list[str], message: str) -> None:
    (tree.cwd / "empty").mkdir()
    tree.write("none.yaml", "rules: []\n")
    tree.write("copy.yaml", PROTECTED)
    tree.write("main.tf", TABLE)
    tree.write("taken.yaml", PROTECTED.replace("some-fault", "pitr-disabled"))
    tree.write("typo.yaml", PROTECTED.replace("deletion_protection_enabled", "nmae"))
    subject = {"check": ["tf"], "rules": [], "explain": ["DDB101"]}[command]
    run = tree.run(command, *subject, *arguments)
    assert run.code == 2
    assert message in run.err
    assert run.out == ""


def test_a_rule_that_finds_nothing_to_judge_is_said(tree: Shell) -> None:
    tree.write(
        "policy/key.yaml",
        rule_text("require: {is_enabled: {equals: true}}", "aws_kms_key")
        .replace("101", "103")
        .replace("some-fault", "key-off"),
    )
    run = tree.run("check", "tf", "--rules", "policy")
    assert "warning[POL001] Rule without a subject: ABC103 found nothing to judge" in run.out
    assert "ABC101 found nothing" not in run.out
    tree.write("policy/rules.yaml", PROTECTED.replace("    require", "    environments: [production]\n    require"))
    run = tree.run("check", "tf", "--rules", "policy", "--env", "prod")
    assert run.code == 0
    assert "ABC101 and ABC103 found nothing to judge" in run.out


# --- plans ----------------------------------------------------------------------------------------------------------

PLAN = ROOT / "fixtures" / "plans" / "create" / "plan.json"


def plan_findings(shell: Shell, text: str, *arguments: str) -> tuple[int, list[tuple[str, str]]]:
    shell.write("own.yaml", text)
    run = shell.run("check", str(PLAN), "--rules", "own.yaml", "--select", "ABC", "-o", "json", *arguments)
    return run.code, sorted((f["verdict"], f["address"]) for f in run.report["findings"])


def test_a_plan_without_source_is_judged_as_far_as_it_is_read(shell: Shell) -> None:
    code, found = plan_findings(shell, rule_text("require: {billing_mode: {equals: PAY_PER_REQUEST}}"))
    assert (code, found) == (1, [("fail", "aws_dynamodb_table.shelves")])
    code, found = plan_findings(shell, rule_text("require: {replica: {exists: false}}"))
    assert code == 0
    code, found = plan_findings(shell, rule_text("require: {ttl.enabled: {equals: true}}"))
    assert (code, found) == (3, [("unknown", "aws_dynamodb_table.shelves")])


def test_a_type_that_is_not_read_of_plans_is_unknown_but_for_its_tags(shell: Shell) -> None:
    plan = ROOT / "fixtures" / "plans" / "network-of-blocks" / "plan.json"
    for asked, code in (("cidr_block: {exists: true}", 3), ("tags_all.Nobody: {exists: false}", 0)):
        shell.write("own.yaml", rule_text(f"require: {{{asked}}}", "aws_vpc"))
        run = shell.run("check", str(plan), "--rules", "own.yaml", "--select", "ABC")
        assert run.code == code
        assert ("is not read from a plan of aws_vpc" in run.out) == (code == 3)
        assert ("--source DIR" in run.out) == (code == 3)


def test_data_sources_that_a_plan_does_not_show_make_the_run_incomplete(shell: Shell) -> None:
    plan = ROOT / "fixtures" / "plans" / "data-sources" / "plan.json"
    shell.write("own.yaml", rule_text("require: {name: {exists: true}}", "data.aws_dynamodb_table"))
    run = shell.run("check", str(plan), "--rules", "own.yaml", "--select", "ABC", "-o", "json")
    assert run.code == 3
    found = [d for d in run.report["diagnostics"] if d["code"] == "POL002"]
    assert found
    assert "data.aws_dynamodb_table." in found[0]["detail"]
    assert "--source DIR" in found[0]["help"]


# --- Python ---------------------------------------------------------------------------------------------------------


def test_a_rule_that_crashes_is_an_error_for_its_instance_and_the_others_go_on(tree: Shell) -> None:
    body = 'assert subject.name.text != "orders", "hunter2"; return'
    tree.install("crashing", extra_rule(body))
    tree.write("tf/more.tf", TABLE.replace('"orders"', '"loans"'))
    run = tree.run("check", "tf", "--rules", "policy", "--select", "ZZZ,ABC", "-o", "json")
    assert run.code == 4
    entries = {(e["rule"], e["address"]): e["verdict"] for e in run.report["ledger"]["entries"]}
    assert entries["ZZZ901", "aws_dynamodb_table.orders"] == "error"
    assert entries["ZZZ901", "aws_dynamodb_table.loans"] == "pass"
    assert entries["ABC101", "aws_dynamodb_table.orders"] == "fail"
    assert "hunter2" not in run.all


@pytest.mark.parametrize("given", ["yield None", "yield 'text'", "return 5", "yield from [Problem]"])
def test_a_check_that_yields_no_problem_is_an_error(tree: Shell, given: str) -> None:
    source = extra_rule(given).replace("class Extra", "from ddbaudit.sdk.problem import Problem\n\nclass Extra")
    tree.install("odd", source.replace("        yield\n", "") if given.startswith("return") else source)
    run = tree.run("check", "tf", "--select", "ZZZ", "-o", "json")
    assert run.code == 4
    assert [entry["verdict"] for entry in run.report["ledger"]["entries"]] == ["error"]


def test_a_package_may_hold_rules_about_resource_types(tree: Shell) -> None:
    source = textwrap.dedent(extra_rule("raise ValueError(subject.type)"))
    source = source.replace(
        "subject = Table", 'subject = ResourceInstance\n    resource_types = frozenset({"aws_kms_key"})'
    )
    source = source.replace(
        "from ddbaudit.model.table import Table", "from ddbaudit.ir.instance import ResourceInstance"
    )
    source = source.replace("Rule[Table]", "Rule[ResourceInstance]")
    tree.install("narrow", source)
    tree.write("tf/key.tf", 'resource "aws_kms_key" "k" {}\n')
    report = tree.run("check", "tf", "--select", "ZZZ", "-o", "json").report
    assert [(e["address"], e["verdict"]) for e in report["ledger"]["entries"]] == [("aws_kms_key.k", "error")]
    wrong = source.replace("subject = ResourceInstance", "subject = Table").replace(
        "from ddbaudit.ir", "from ddbaudit.model.table import Table\nfrom ddbaudit.ir"
    )
    (tree.home / "site" / "narrow.py").write_text(wrong)
    run = tree.run("check", "tf")
    assert run.code == 2
    assert "resource_types suits rules over ResourceInstance only" in run.err


def test_the_rules_of_a_file_do_not_hide_those_of_a_package(tree: Shell) -> None:
    tree.install("extra", extra_rule("return"))
    tree.write("policy/rules.yaml", PROTECTED.replace("ABC101", "ZZZ901"))
    run = tree.run("check", "tf", "--rules", "policy")
    assert run.code == 2
    assert "ZZZ901 is already taken by the rule ZZZ901 extra-rule" in run.err


# --- start-up -------------------------------------------------------------------------------------------------------

LOADED = """
import json, sys
from ddbaudit.app.audit import Settings, audit
report = audit(Settings(paths=("tf",), rules=tuple(sys.argv[1:])))
print(json.dumps(sorted(name for name in sys.modules if name.startswith(("ddbaudit.policy", "re2")))))
"""


def test_nothing_that_reads_rules_is_loaded_unless_rules_are_given(tree: Shell) -> None:
    import subprocess
    import sys

    def loaded(*arguments: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", LOADED, *arguments],
            cwd=tree.cwd,
            env=tree.environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        names = json.loads(done.stdout)
        assert isinstance(names, list)
        return names

    assert loaded() == []
    assert "ddbaudit.policy.reader" in loaded("policy")
    assert "re2" not in loaded("policy")  # no rule there has an expression
