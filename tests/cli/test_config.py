"""The configuration: where it is found, what it may say, and that it explains itself."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.harness import NO_PITR, TABLE, UNKNOWN_PITR, Shell

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "schema" / "config-1.json").read_text())
FULL = """\
parser = "native"
cross_check = false
rules = ["policy/"]
fail_on = "high"
unknown = "warn"
ignore = ["DDB1"]
baseline = "known.json"
models = ["design/orders.yaml"]

[suppressions]
reason = "optional"
until = "required"

[packs]
"live/*" = ["baseline", "ours.yaml"]

[environments]
"live/eu/*" = "prod"

[environments.dev]
roots = ["infra"]
var_files = ["{root}/dev.tfvars"]
vars = { name = "dev", count = 2, on = true }
workspace = "dev"
protected = false
packs = "baseline"
severities = { DDB103 = "low" }

[environments.dev.params.DDB401]
pattern = "dev-{entity}"
"""


def _settings(shell: Shell, *args: str) -> dict[str, tuple[Any, str]]:
    data = json.loads(shell.run("config", *args, "-o", "json").out)
    return {row["name"]: (row["value"], row["from"]) for row in data["settings"]}


def test_without_a_file_every_setting_has_its_default(shell: Shell) -> None:
    run = shell.run("config")
    assert run.code == 0
    assert run.out.startswith("# no configuration file\n")
    assert 'fail_on = "medium"  # default\n' in run.out
    assert {source for _, source in _settings(shell).values()} == {"default"}


def test_every_setting_has_its_value_and_line(shell: Shell) -> None:
    shell.write("ddbaudit.toml", FULL)
    found = _settings(shell)
    assert found["fail_on"] == ("high", "ddbaudit.toml:4")
    assert found["baseline"] == ("known.json", "ddbaudit.toml:7")
    assert found["suppressions.until"] == ("required", "ddbaudit.toml:12")
    assert found['packs."live/*"'] == (["baseline", "ours.yaml"], "ddbaudit.toml:15")
    assert found['environments."live/eu/*"'] == ("prod", "ddbaudit.toml:18")
    assert found["environments.dev.vars"] == ({"name": "dev", "count": "2", "on": "true"}, "ddbaudit.toml:23")
    assert found["environments.dev.params"] == ({"DDB401": {"pattern": "dev-{entity}"}}, "ddbaudit.toml:29")


def test_the_schema_accepts_it_and_refuses_what_is_refused(shell: Shell) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(tomllib.loads(FULL), SCHEMA)
    for wrong in ('fail_on = "hihg"\n', "pack = 1\n", "[environments.dev]\nroot = 1\n", "[packs]\na = 1\n"):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(tomllib.loads(wrong), SCHEMA)
        shell.write("ddbaudit.toml", wrong)
        assert shell.run("config").code == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('fail_on = "hihg"\n', '(did you mean "high"?)'),
        ('[suppressions]\nreasn = "optional"\n', 'unknown key "reasn" in [suppressions] (did you mean "reason"?)'),
        ("[environments.dev]\nvar_file = 1\n", '(did you mean "var_files"?)'),
        ("[environments.dev]\nprotected = 1\n", "protected must be true or false"),
        ("[environments.dev]\nvars = {a = [1]}\n", "must be a text, a number or a truth value"),
        ('[environments.dev]\nseverities = {DDB101 = "fatal"}\n', "must be one of high, medium, low, info"),
        ('baseline = ""\n', "must be the path of a baseline"),
        ('rules = "policy"\n', "must be a list of files and directories"),
        ("models = 1\n", "must be a list of data models"),
    ],
)
def test_what_is_not_understood_is_2_and_named(shell: Shell, text: str, says: str) -> None:
    shell.write("main.tf", TABLE)
    shell.write("ddbaudit.toml", text)
    for run in (shell.check(), shell.run("config")):
        assert run.code == 2
        assert says in run.err


def test_it_is_found_upwards_in_a_project_file_too(shell: Shell) -> None:
    shell.write("pyproject.toml", '[project]\nname = "x"\n\n[tool.ddbaudit]\nfail_on = "low"\n')
    shell.write("a/pyproject.toml", "[tool.black]\nline-length = 100\n")
    shell.write("a/b/main.tf", TABLE)
    assert _settings(shell, "a/b")["fail_on"] == ("low", "pyproject.toml:5")
    shell.write("a/ddbaudit.toml", 'fail_on = "high"\n')
    assert _settings(shell, "a/b")["fail_on"] == ("high", "a/ddbaudit.toml:1")


def test_the_lines_of_other_tools_are_not_taken_for_settings(shell: Shell) -> None:
    text = '[tool.other]\nfail_on = "x"\n\n[tool.ddbaudit.packs]\n"*" = "baseline"\n\n[tool.last]\nparser = 1\n'
    shell.write("pyproject.toml", text)
    found = _settings(shell)
    assert found['packs."*"'] == (["baseline"], "pyproject.toml:5")
    assert found["fail_on"] == ("medium", "default")


def test_two_configurations_in_one_directory_are_2(shell: Shell) -> None:
    shell.write("main.tf", TABLE)
    shell.write("pyproject.toml", "[tool.ddbaudit]\n")
    shell.write("ddbaudit.toml", "")
    run = shell.check()
    assert run.code == 2
    assert "has a ddbaudit.toml and a [tool.ddbaudit] in pyproject.toml" in run.err


def test_a_project_file_that_is_named_must_speak_of_ddbaudit(shell: Shell) -> None:
    shell.write("main.tf", TABLE)
    shell.write("pyproject.toml", "[tool.black]\n")
    run = shell.check("--config", "pyproject.toml")
    assert run.code == 2
    assert "there is no [tool.ddbaudit]" in run.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('fail_on = "never"\n', 'fail_on = "never" in ddbaudit.toml'),
        ('ignore = ["DDB101"]\n', "ignore = DDB101 in ddbaudit.toml"),
    ],
)
def test_what_loosens_the_gate_is_printed(shell: Shell, text: str, said: str) -> None:
    shell.write("main.tf", NO_PITR)
    shell.write("ddbaudit.toml", text)
    run = shell.check()
    assert run.code == 0
    assert f"loosened: {said}\n" in run.out
    assert f"# loosened: {said}\n" in shell.run("config").out


def test_the_command_line_overrides_it(shell: Shell) -> None:
    shell.write("main.tf", NO_PITR)
    shell.write("ddbaudit.toml", 'fail_on = "never"\n')
    run = shell.check("--fail-on", "medium")
    assert run.code == 1
    assert "loosened" not in run.out


def test_unknown_verdicts_may_warn(shell: Shell) -> None:
    shell.write("main.tf", UNKNOWN_PITR)
    shell.write("ddbaudit.toml", 'unknown = "warn"\n')
    assert shell.check().code == 0
    assert shell.check("--unknown", "fail").code == 3


def test_a_rule_to_ignore_that_does_not_exist_is_2(shell: Shell) -> None:
    shell.write("main.tf", TABLE)
    shell.write("ddbaudit.toml", 'ignore = ["DDB999"]\n')
    assert shell.check().code == 2


def test_the_baseline_of_the_configuration_is_used_and_kept(shell: Shell) -> None:
    shell.write("infra/main.tf", NO_PITR)
    shell.write("infra/ddbaudit.toml", 'baseline = "known.json"\n')
    assert shell.run("baseline", "create", "infra").code == 0
    assert (shell.cwd / "infra" / "known.json").is_file()
    assert shell.run("check", "infra").code == 0
    assert shell.run("check", "infra", "--no-ignores").code == 1


def test_what_a_suppression_must_say_is_configured(shell: Shell) -> None:
    shell.write("main.tf", f"# ddbaudit: ignore[DDB101]\n{NO_PITR}")
    shell.write("ddbaudit.toml", '[suppressions]\nreason = "optional"\n')
    run = shell.check()
    assert run.code == 0
    assert 'loosened: suppressions.reason = "optional" in ddbaudit.toml' in run.out
    shell.write("ddbaudit.toml", '[suppressions]\nreason = "optional"\nuntil = "required"\n')
    assert "it has no end, so it suppresses nothing" in shell.check().out


def test_files_of_packs_stand_beside_the_configuration(shell: Shell) -> None:
    shell.write("infra/main.tf", NO_PITR)
    shell.write("infra/own.yaml", "name: own\ndescription: Ours.\nrules:\n  DDB101: low\n")
    shell.write("infra/ddbaudit.toml", '[packs]\n"*" = "own.yaml"\n')
    report = shell.run("check", "infra", "-o", "json").report
    assert report["inventory"]["packs"] == ["own"]
    shell.write("infra/ddbaudit.toml", '[environments.dev]\nroots = ["."]\npacks = ["own.yaml"]\n')
    report = shell.run("check", "infra", "-o", "json").report
    assert (report["inventory"]["packs"], report["inventory"]["roots"][0]["environment"]) == (["own"], "dev")
