"""`ddbaudit test`: the examples in rules are held against what the rules report."""

from __future__ import annotations

import pytest

from tests.cli.harness import Shell, extra_rule

RULE = """\
rules:
  - id: ABC101
    name: protection-off
    severity: high
    summary: A table can be deleted.
    rationale: It matters.
    remedy: Switch it on.
    references: [https://example.com]
    resource: aws_dynamodb_table
    require:
      deletion_protection_enabled: {equals: true}
    examples:
      good:
        - title: On.
          hcl: |
            resource "aws_dynamodb_table" "t" {
              deletion_protection_enabled = true
            }
      bad:
        - title: Off.
          hcl: |
            resource "aws_dynamodb_table" "t" {
              deletion_protection_enabled = false # expect: ABC101
            }
      unknown:
        - title: Who knows.
          hcl: |
            variable "x" {
              type = bool
            }
            resource "aws_dynamodb_table" "t" {
              deletion_protection_enabled = var.x # expect-unknown: ABC101
            }
"""


def test_examples_that_are_right(shell: Shell) -> None:
    shell.write("policy/a.yaml", RULE)
    for arguments in (["policy"], ["policy/a.yaml"], ["--rules", "policy"]):
        run = shell.run("test", *arguments)
        assert run.code == 0
        assert run.out.splitlines() == [
            "ok    ABC101-protection-off-good-1: On.",
            "ok    ABC101-protection-off-bad-1: Off.",
            "ok    ABC101-protection-off-unknown-1: Who knows.",
            "3 examples of 1 rule: 3 as expected, 0 not",
        ]


def test_what_is_reported_is_shown_when_asked_for(shell: Shell) -> None:
    shell.write("policy/a.yaml", RULE)
    run = shell.run("test", "policy", "-v")
    assert "      | line 2: fail: deletion_protection_enabled is false in aws_dynamodb_table.t; it must equal true" in (
        run.out
    )


WRONG = [
    (" # expect: ABC101", "", ["a bad example expects a FAIL", "line 2: ABC101 fail is reported and not expected"]),
    ("= false #", "= true #", ["line 2: ABC101 fail is expected and not reported"]),
    ("true\n", "false\n", ["line 2: ABC101 fail is reported and not expected"]),
    (
        "expect-unknown",
        "expect",
        [
            "an unknown example expects an UNKNOWN and nothing else",
            "line 5: ABC101 fail is expected and not reported",
            "line 5: ABC101 unknown is reported and not expected",
        ],
    ),
    ("# expect: ABC101", "# expect: ABC102", ["it expects ABC102, which is another rule"]),
    ("# expect: ABC101", "# expects: ABC101", ['"# expects: ABC101" is not of the form']),
    ("deletion_protection_enabled = true", "deletion_protection_enabled = = true", ["Invalid"]),
    ('"t" {\n              deletion_protection_enabled = f', '"t" {\n              count = 0\n              x = f', []),
]


@pytest.mark.parametrize(("old", "new", "said"), WRONG)
def test_examples_that_are_wrong_fail_both_ways(shell: Shell, old: str, new: str, said: list[str]) -> None:
    assert old in RULE
    shell.write("policy/a.yaml", RULE.replace(old, new, 1))
    run = shell.run("test", "policy")
    assert run.code == 1
    assert "FAIL  ABC101-protection-off-" in run.out
    assert run.last.endswith("2 as expected, 1 not")
    for line in said:
        assert f"      {line}" in run.out or line in run.out


def test_a_rule_that_cannot_be_loaded_is_2(shell: Shell) -> None:
    shell.write("policy/a.yaml", RULE.replace("equals", "equal"))
    run = shell.run("test", "policy")
    assert run.code == 2
    assert 'policy/a.yaml:11:37: there is no operator "equal" (did you mean "equals"?)' in run.err
    assert shell.run("test", "nowhere").code == 2


def test_nothing_to_test_is_3(shell: Shell) -> None:
    run = shell.run("test")
    assert run.code == 3
    assert run.out == ""
    assert "nothing to test" in run.err


def test_without_arguments_the_rules_of_the_configuration_are_tested(shell: Shell) -> None:
    shell.write("policy/a.yaml", RULE)
    shell.write("ddbaudit.toml", 'rules = ["policy"]\n')
    assert shell.run("test").last == "3 examples of 1 rule: 3 as expected, 0 not"
    shell.write("other.toml", 'rules = ["nowhere"]\n')
    assert shell.run("test", "--config", "other.toml").code == 2


def test_a_crash_in_an_example_is_a_failure(shell: Shell) -> None:
    source = extra_rule("raise ValueError('hunter2')")
    hcl = 'resource "aws_dynamodb_table" "t" {} # expect: ZZZ901\\n'
    shell.install("crashing", source.replace('Example("b", "")', f"Example('b', '{hcl}')"))
    run = shell.run("test", "--installed")
    assert run.code == 1
    assert "FAIL  ZZZ901-extra-rule-bad-1: b\n" in run.out
    assert "ZZZ901 crashed on aws_dynamodb_table.t: ValueError in crashing.py" in run.out
    assert "hunter2" not in run.all
    assert "ok    DDB101-pitr-disabled-good-1" in run.out


def test_hostile_titles_are_shown_harmlessly(shell: Shell) -> None:
    shell.write("policy/a.yaml", RULE.replace("title: On.", 'title: "\\e[31m::error::x\\nFAIL"'))
    run = shell.run("test", "policy")
    assert run.code == 0
    assert "\x1b" not in run.out
    assert len(run.out.splitlines()) == 4


@pytest.mark.parametrize("command", ["test", "new-rule"])
def test_help(shell: Shell, command: str) -> None:
    run = shell.run(command, "--help")
    assert run.code == 0
    assert "Examples:" in run.out
