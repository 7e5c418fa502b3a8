"""Shell completion: what bash is told, and that no variable of the environment turns a gate into an answer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig

import pytest

from tests.cli.harness import NO_PITR, Shell

SCRIPT = """
source <(ddbaudit completion bash)
COMP_WORDS=({words}); COMP_CWORD={at}; COMPREPLY=()
compopt() {{ :; }}
_ddbaudit_completion ddbaudit
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def completed(shell: Shell, *words: str) -> list[str]:
    """What bash offers for the last of the words."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not on the PATH")
    quoted = " ".join(f"'{word}'" for word in ("ddbaudit", *words))
    path = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [bash, "--norc", "-c", SCRIPT.format(words=quoted, at=len(words))],
        cwd=shell.cwd,
        env=shell.environment({"PATH": path}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("cri",), ["criteria"]),
        (("check", "--cross"), ["--cross-check"]),
        (("check", "--fail-on", "me"), ["medium"]),
        (("explain", "DDB10"), [f"DDB10{n}" for n in range(1, 10)]),
        (("explain", "ddb101"), ["DDB101"]),
        (("explain", "pitr-d"), ["pitr-disabled"]),
        (("completion", "b"), ["bash"]),
    ],
    ids=" ".join,
)
def test_bash_completes(shell: Shell, words: tuple[str, ...], expected: list[str]) -> None:
    assert completed(shell, *words) == expected


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_the_script_asks_by_a_command(shell: Shell, name: str) -> None:
    run = shell.run("completion", name)
    assert run.code == 0
    assert f"ddbaudit completion {name} --answer" in run.out.replace("$1", "ddbaudit")
    assert "_COMPLETE" not in run.out
    assert shell.run("completion", name, "--answer").out == "\n"
    asked = {"COMP_WORDS": "ddbaudit cri", "COMP_CWORD": "cri" if name == "fish" else "1"}
    assert "criteria" in shell.run("completion", name, "--answer", env=asked).out


def test_no_variable_turns_a_check_into_an_answer(shell: Shell) -> None:
    shell.write("main.tf", NO_PITR)
    env = {"_DDBAUDIT_COMPLETE": "bash_complete", "COMP_WORDS": "ddbaudit", "COMP_CWORD": "1"}
    assert shell.run("check", ".", env=env).code == 1


def test_a_shell_that_is_not_known(shell: Shell) -> None:
    run = shell.run("completion", "tcsh")
    assert run.code == 2
    assert "'tcsh' is not one of" in run.err
