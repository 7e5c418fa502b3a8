"""Exit 2: what the caller got wrong is said, with a suggestion, and nothing is judged."""

from __future__ import annotations

import re

import pytest

from tests.cli.harness import NO_PITR, TABLE, Shell

MISTAKES = [
    (["check", "nowhere"], "the path nowhere does not exist", "check the spelling"),
    (["check", ".", "nowhere.tf"], "the path nowhere.tf does not exist", ""),
    (["check"], "Missing argument 'PATH...'", "ddbaudit check --help"),
    (["check", ".", "--fail-onn", "high"], "--fail-onn", "--fail-on"),
    (["check", ".", "--var"], "'--var' requires an argument", "ddbaudit check --help"),
    (["check", ".", "--fail-on", "severe"], "'severe' is not one of", "ddbaudit check --help"),
    (["check", ".", "--unknown", "pass"], "'pass' is not one of", ""),
    (["check", ".", "--parser", "none"], "'none' is not one of", ""),
    (["chek", "."], 'there is no command "chek" (did you mean "check"?)', "ddbaudit --help"),
    (["--chek"], "--chek", ""),
    (["check", ".", "--select", "DDB999"], 'there is no rule "DDB999"', "use an id"),
    (["check", ".", "--select", "pitr-disable"], '(did you mean "pitr-disabled"?)', ""),
    (["check", ".", "--ignore", "DDB1O1"], '(did you mean "DDB101"?)', ""),
    (["check", ".", "--ignore", "ZZZ"], 'there is no rule "ZZZ"', ""),
    (["check", ".", "--pack", "baselin"], 'there is no pack "baselin" (did you mean "baseline"?)', "installed packs"),
    (["check", ".", "--pack", "nowhere.yaml"], "nowhere.yaml: the pack cannot be read", ""),
    (["check", ".", "--var-file", "nowhere.tfvars"], "the variable file nowhere.tfvars does not exist", "--var-file"),
    (["check", ".", "--var", "nosuch=1"], '--var sets "nosuch", which no root module declares', ""),
    (["check", ".", "--var", "pitr"], '--var "pitr" has no value', "--var name=value"),
    (["check", ".", "--config", "nowhere.toml"], "nowhere.toml: the configuration cannot be read", ""),
    (["check", ".", "-o", "jsn"], 'unknown output format "jsn" (did you mean "json"?)', "text"),
    (["check", ".", "-o", "json="], 'no file behind "json="', "-o json=FILE"),
    (["check", "some.tfvars"], "some.tfvars is a variable file", "--var-file some.tfvars"),
    (["check", ".", "--source", "."], "--source goes with a plan, and none is given", "check the directory"),
    (["check", "notes.txt", "--source", "nowhere"], "--source nowhere is no directory", "in which the plan was made"),
    (["check", "notes.txt", "--var", "x=1"], "a plan has values for its variables already", "leave --var"),
    (["check", "-", "-"], "standard input (-) can be read once only", "write the plans to files"),
    (["explain", "pitr-disable"], '(did you mean "pitr-disabled"?)', "ddbaudit rules"),
    (["explain", "HCL999"], 'there is no rule and no code "HCL999"', ""),
    (["show", "aws_dynamodb_table.order"], '(did you mean "aws_dynamodb_table.orders"?)', ""),
    (["dump", "nowhere"], "the path nowhere does not exist", ""),
]


def _id(value: object) -> str:
    return " ".join(value) if isinstance(value, list) else ""


@pytest.mark.parametrize(("arguments", "message", "help"), MISTAKES, ids=_id)
def test_a_mistake_of_the_caller_is_2_and_says_what_to_do(
    shell: Shell, arguments: list[str], message: str, help: str
) -> None:
    shell.write("main.tf", NO_PITR + 'variable "pitr" {\n  default = 1\n}\n')
    shell.write("notes.txt", "")
    shell.write("some.tfvars", "")
    run = shell.run(*arguments)
    assert run.code == 2
    assert run.err.startswith("error: ")
    assert message in run.err
    assert help in run.err
    assert run.out == ""


CONFIGURATIONS = [
    ('[pack]\n"." = ["baseline"]\n', 'ddbaudit.toml: unknown key "pack" (did you mean "packs"?)'),
    ('[packs]\n"." = ["baselin"]\n', '(did you mean "baseline"?)'),
    ('[packs]\n"." = 1\n', "must be the name of a pack or a list of names"),
    ('[environments]\n"." = ""\n', "must be the name of an environment"),
    ("packs = 1\n", "[packs] must be a table"),
    ("[packs\n", "not valid TOML"),
    ('parser = "nativ"\n', 'parser must be one of auto, native, python-hcl2 (did you mean "native"?)'),
    ("cross_check = 1\n", "cross_check must be true or false"),
]


@pytest.mark.parametrize(("text", "message"), CONFIGURATIONS)
def test_a_mistake_in_the_configuration_is_2(shell: Shell, text: str, message: str) -> None:
    shell.write("main.tf", TABLE)
    shell.write("ddbaudit.toml", text)
    run = shell.check()
    assert run.code == 2
    assert message in run.err


PACKS = [
    ("name: x\ndescription: d\nrules:\n  DDB999:\n", 'there is no rule "DDB999"'),
    ("name: x\ndescription: d\nrule:\n  DDB101:\n", '(did you mean "rules"?)'),
    ("name: x\ndescription: d\nrules: {}\n", "no rules"),
    ("name: x\ndescription: d\nrules:\n  DDB101: hihg\n", "hihg"),
    ("name: x\ndescription: d\nrules:\n  DDB101:\n    params: {nosuch: 1}\n", "nosuch"),
    ("name: &a x\ndescription: d\nrules:\n  DDB101:\n", "anchors are not allowed"),
    ("", "the file is empty"),
]


@pytest.mark.parametrize(("text", "message"), PACKS)
def test_a_mistake_in_a_pack_is_2_at_its_place(shell: Shell, text: str, message: str) -> None:
    shell.write("main.tf", TABLE)
    shell.write("ours.yaml", text)
    run = shell.check("--pack", "ours.yaml")
    assert run.code == 2
    assert run.err.startswith("error: ours.yaml")
    assert message in run.err


def test_a_glob_of_the_configuration_that_matches_nothing_is_said(shell: Shell) -> None:
    shell.write("main.tf", TABLE)
    shell.write("ddbaudit.toml", '[packs]\n"live/*" = ["baseline"]\n')
    run = shell.check()
    assert run.code == 0
    assert 'warning[CFG001] Unused configuration: "live/*"' in run.out


@pytest.mark.parametrize(
    ("checked", "unused"),
    [
        (".", ["live/*/prod", "stages/x/*", "stages/z"]),
        ("live", ["live/*/prod"]),
        ("live/a/dev", ["live/*/prod"]),
        ("live/a/dev/main.tf", ["live/*/prod"]),
        ("stages", ["stages/x/*", "stages/z"]),
        ("stages/y", []),
        ("other", []),
    ],
)
def test_a_glob_for_what_is_not_checked_now_is_not_called_unused(shell: Shell, checked: str, unused: list[str]) -> None:
    for directory in ("live/a/dev", "stages/y", "other"):
        shell.write(f"{directory}/main.tf", TABLE)
    packs = "".join(f'"{glob}" = "baseline"\n' for glob in ("live/*/prod", "stages/x/*", "stages/y"))
    shell.write("ddbaudit.toml", f'[packs]\n{packs}[environments]\n"stages/z" = "test"\n')
    run = shell.run("check", checked)
    assert run.code == 0
    assert re.findall('Unused configuration: "(.*?)"', run.out) == unused


def test_a_rule_package_that_cannot_be_imported_is_2(shell: Shell) -> None:
    shell.write("main.tf", TABLE)
    shell.install("brokenrules", "import nosuchmodule\n")
    run = shell.check()
    assert run.code == 2
    assert 'rule package "brokenrules (brokenrules)" cannot be imported' in run.err
    assert "nosuchmodule" in run.err


def test_a_rule_package_that_leaves_the_process_is_2(shell: Shell) -> None:
    shell.write("main.tf", TABLE)
    shell.install("leaving", "raise SystemExit(0)\n")
    run = shell.check()
    assert run.code == 2
    assert "cannot be imported" in run.err


@pytest.mark.parametrize("command", ["", "check", "dump", "show", "explain", "rules"])
def test_help_is_0_and_shows_examples(shell: Shell, command: str) -> None:
    run = shell.run(*([command] if command else []), "--help")
    assert run.code == 0
    assert f"ddbaudit {command}".strip() in run.out
    assert "Examples:" in run.out


def test_no_arguments_show_the_help_and_judge_nothing(shell: Shell) -> None:
    run = shell.run()
    assert run.code == 2
    assert "Usage: ddbaudit" in run.all


def test_version(shell: Shell) -> None:
    assert shell.run("--version").out.startswith("ddbaudit ")
    assert shell.run("--version").code == 0
