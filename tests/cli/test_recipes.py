"""The recipes in docs/ci.md do what they say, as far as it can be seen without the services that run them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

from tests.cli.harness import NO_PITR, TABLE, Shell

REPOSITORY = Path(__file__).parents[2]
PAGE = (REPOSITORY / "docs" / "ci.md").read_text("utf-8")
PLAN = REPOSITORY / "fixtures" / "plans" / "create" / "tfplan"


def recipe(heading: str, language: str) -> str:
    """The first block of code of a language behind a heading."""
    section = PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    found = re.search(rf"^```{language}\n(.*?)^```$", section, re.S | re.M)
    assert found is not None
    return found[1]


def done(shell: Shell, *command: str, **env: str) -> tuple[int, str]:
    path = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
    ended = subprocess.run(
        command,
        cwd=shell.cwd,
        env=shell.environment({"PATH": path, **env}),
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stdout + ended.stderr


def test_atlantis_judges_the_plan_file(shell: Shell) -> None:
    (step,) = re.findall(r"- run: (.*)", recipe("Atlantis", "yaml"))
    shell.write("default.tfplan", PLAN.read_bytes())
    code, said = done(shell, "sh", "-c", step, PLANFILE=str(shell.cwd / "default.tfplan"))
    assert code == 1, said
    assert "IAM501" in said
    assert done(shell, "sh", "-c", step, PLANFILE="nowhere.tfplan")[0] == 2


def test_gitlab_runs_the_gate(shell: Shell) -> None:
    (step,) = re.findall(r"- (ddbaudit check .*)", recipe("GitLab", "yaml"))
    shell.write("terraform/main.tf", TABLE)
    assert done(shell, "sh", "-c", step)[0] == 0
    shell.write("terraform/main.tf", NO_PITR)
    assert done(shell, "sh", "-c", step)[0] == 1
    assert {"ddbaudit.xml", "gl-code-quality-report.json"} <= {path.name for path in shell.cwd.iterdir()}


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not on the PATH")
def test_make_runs_the_gate(shell: Shell) -> None:
    shell.write("Makefile", recipe("Make", "make"))
    shell.write("terraform/main.tf", TABLE)
    assert done(shell, "make", "check")[0] == 0
    shell.write("terraform/main.tf", NO_PITR)
    code, said = done(shell, "make", "check")
    assert code != 0
    assert "DDB101" in said
