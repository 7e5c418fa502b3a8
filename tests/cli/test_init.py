"""`ddbaudit init`: what it writes is valid for those who read it, works, and nothing is written over."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path
from typing import Any

import pytest

from ddbaudit.foundation.strict_yaml import read_yaml
from tests.cli.harness import NO_PITR, TABLE, Shell

REPOSITORY = Path(__file__).parents[2]


def accepts(schema: str, path: Path) -> None:
    """The schema that editors and services use says that the file is valid."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def yaml_of(path: Path) -> Any:
    return read_yaml(path.read_text("utf-8"), path.name).plain()


@pytest.fixture
def repository(shell: Shell) -> Shell:
    for environment in ("dev", "prod"):
        shell.write(f"live/orders/{environment}/main.tf", 'module "t" {\n  source = "../../../modules/t"\n}\n')
    shell.write("live/shared/main.tf", TABLE.replace("orders", "shared"))
    shell.write("modules/t/main.tf", TABLE)
    return shell


def test_what_it_finds_and_writes(repository: Shell) -> None:
    (repository.cwd / ".github").mkdir()
    run = repository.run("init")
    assert run.code == 0
    assert run.out == (
        "3 root modules below live: live/orders/dev, live/orders/prod, live/shared\n"
        "written: ddbaudit.toml\n"
        "written: .pre-commit-config.yaml\n"
        "written: .github/workflows/ddbaudit.yml\n"
        "\n"
        "Next:\n"
        "  1. ddbaudit check live\n"
        "  2. pre-commit install\n"
        "  3. Commit the files; the first pull request runs the gate.\n"
    )
    packs = tomllib.loads((repository.cwd / "ddbaudit.toml").read_text())["packs"]
    assert packs == {"live/orders/*": ["baseline"], "live/shared": ["baseline"]}
    assert "CFG001" not in repository.run("check", "live").out
    assert repository.run("check", "live").code == 0


@pytest.mark.parametrize("name", ["live", "my live", "a: b # c", "it's", "live[1]"])
def test_the_files_are_valid_whatever_a_directory_is_called(shell: Shell, name: str) -> None:
    for environment in ("dev", "prod"):
        shell.write(f"{name}/{environment}/main.tf", TABLE)
    (shell.cwd / ".github").mkdir()
    assert shell.run("init").code == 0
    workflow = shell.cwd / ".github/workflows/ddbaudit.yml"
    accepts("github-workflows", workflow)
    subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-config", ".pre-commit-config.yaml"], cwd=shell.cwd, check=True
    )
    steps = yaml_of(workflow)["jobs"]["ddbaudit"]["steps"]
    (script,) = [step["run"] for step in steps if step.get("name") == "ddbaudit"]
    env = {"PATH": f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"}
    done = bash(shell, script, env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads((shell.cwd / "ddbaudit.sarif").read_text())["version"] == "2.1.0"
    report = shell.run("check", name, "-o", "json")
    assert "CFG001" not in report.out


def bash(shell: Shell, script: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """As GitHub runs a step with `shell: bash`."""
    command = [shutil.which("bash") or "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(
        command, cwd=shell.cwd, env=shell.environment(env), capture_output=True, text=True, check=False
    )


def test_gitlab(repository: Shell) -> None:
    repository.write(".git/config", '[remote "origin"]\n  url = git@gitlab.example.com:orders.git\n')
    run = repository.run("init")
    assert "written: .gitlab/ddbaudit.yml\nwritten: .gitlab-ci.yml\n" in run.out
    accepts("gitlab-ci", repository.cwd / ".gitlab/ddbaudit.yml")
    accepts("gitlab-ci", repository.cwd / ".gitlab-ci.yml")
    script = yaml_of(repository.cwd / ".gitlab/ddbaudit.yml")["ddbaudit"]["script"]
    env = {"PATH": f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"}
    done = bash(repository, script[-1], env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads((repository.cwd / "gl-code-quality-report.json").read_text()) == []
    assert (repository.cwd / "ddbaudit.xml").is_file()


def test_what_is_there_stays_and_what_to_add_is_said(repository: Shell) -> None:
    kept = {
        "ddbaudit.toml": "# mine\n",
        ".pre-commit-config.yaml": "repos: []\n",
        ".gitlab-ci.yml": "stages: [test]\n",
    }
    for name, text in kept.items():
        repository.write(name, text)
    run = repository.run("init")
    assert run.code == 0
    assert {name: (repository.cwd / name).read_text() for name in kept} == kept
    assert "there already: ddbaudit.toml\n" in run.out
    assert "there already: .pre-commit-config.yaml, to which you add:\n    - repo: local\n" in run.out
    assert (
        "there already: .gitlab-ci.yml, to which you add:\n  include:\n    - local: .gitlab/ddbaudit.yml\n" in run.out
    )
    again = repository.run("init")
    assert "there already: .gitlab/ddbaudit.yml\n" in again.out
    repository.write(".pre-commit-config.yaml", "# ddbaudit is here\n")
    assert "there already: .pre-commit-config.yaml\n" in repository.run("init").out


def test_a_dry_run_writes_nothing(repository: Shell) -> None:
    before = sorted(repository.cwd.rglob("*"))
    run = repository.run("init", "--ci", "github", "--dry-run")
    assert run.code == 0
    assert "would be written: .github/workflows/ddbaudit.yml\n  # Judges" in run.out
    assert sorted(repository.cwd.rglob("*")) == before


def test_the_branch_of_the_workflow(repository: Shell) -> None:
    for path, text, expected in (
        (".git/HEAD", "ref: refs/heads/topic\n", "topic"),
        (".git/packed-refs", "0 refs/heads/master\n", "master"),
        (".git/refs/heads/main", "0\n", "main"),
        (".git/refs/remotes/origin/HEAD", "ref: refs/remotes/origin/trunk\n", "trunk"),
    ):
        repository.write(path, text)
        run = repository.run("init", "--ci", "github", "--dry-run")
        assert f'branches: ["{expected}"]' in run.out


def test_nothing_to_check(shell: Shell) -> None:
    run = shell.run("init")
    assert run.code == 2
    assert "there is no Terraform below ." in run.err
    assert shell.run("init", "nowhere").code == 2
    assert list(shell.cwd.iterdir()) == []


def test_a_file_in_the_way(repository: Shell) -> None:
    repository.write(".github", "")
    run = repository.run("init", "--ci", "github")
    assert run.code == 2
    assert ".github/workflows cannot be made: a file is in its way" in run.err


# --- the composite action ------------------------------------------------------------------------------------------


@pytest.fixture
def action(shell: Shell) -> dict[str, Any]:
    accepts("github-actions", REPOSITORY / "action.yml")
    found = yaml_of(REPOSITORY / "action.yml")
    assert isinstance(found, dict)
    return found


def run_action(shell: Shell, action: dict[str, Any], **inputs: str) -> tuple[int, str, str]:
    """The step that checks, with its inputs as GitHub hands them over: exit code, output, outputs of the step."""
    given = {name: spec["default"] for name, spec in action["inputs"].items()} | inputs
    (step,) = [step for step in action["runs"]["steps"] if step.get("id") == "check"]
    target = shell.home / "ddbaudit"
    (target / "bin").mkdir(parents=True, exist_ok=True)
    program = target / "bin" / "ddbaudit"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ddbaudit "$@"\n')
    program.chmod(0o755)
    outputs = shell.home / "outputs"
    outputs.write_text("")
    env = {"GITHUB_OUTPUT": str(outputs), "PATH": os.environ["PATH"]}
    for name, value in step["env"].items():
        filled = value.replace("${{ runner.temp }}", str(shell.home))
        for input, text in given.items():
            filled = filled.replace(f"${{{{ inputs.{input} }}}}", text)
        assert "${{" not in filled
        env[name] = filled
    assert "${{" not in step["run"]
    done = bash(shell, step["run"], env)
    return done.returncode, done.stdout + done.stderr, outputs.read_text()


def test_the_action_passes_and_fails_with_the_code(shell: Shell, action: dict[str, Any]) -> None:
    shell.write("terraform/main.tf", TABLE)
    shell.write("bad dir/main.tf", NO_PITR)
    assert run_action(shell, action)[::2] == (0, "code=0\n")
    code, out, outputs = run_action(shell, action, paths="terraform\nbad dir\n")
    assert (code, outputs) == (1, "code=1\n")
    assert "::error " in out
    assert json.loads((shell.cwd / "ddbaudit.sarif").read_text())["runs"][0]["results"]
    assert run_action(shell, action, paths="bad dir", **{"exit-zero": "true"})[0] == 0
    assert run_action(shell, action, paths="bad dir", arguments="--fail-on=never\n--select=DDB101\n")[0] == 0
    assert run_action(shell, action, paths="")[0] == 2
    assert run_action(shell, action, paths="nowhere")[0] == 2


def test_an_input_is_no_command(shell: Shell, action: dict[str, Any]) -> None:
    shell.write("terraform/main.tf", TABLE)
    for text in ("$(touch hit)", "`touch hit`", '"; touch hit; "', "--help"):
        run_action(shell, action, paths=text)
        run_action(shell, action, arguments=text)
    assert not (shell.cwd / "hit").exists()
