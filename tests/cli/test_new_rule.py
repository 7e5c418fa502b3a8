"""`ddbaudit new-rule`: what it writes passes its own tests, and nothing is written over."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.cli.harness import TABLE, Shell

REPOSITORY = Path(__file__).parents[2]


def test_a_file_that_passes_its_tests_and_judges(shell: Shell) -> None:
    run = shell.run("new-rule", "ORD101", "deletion-protection-off")
    assert run.code == 0
    assert run.out.startswith("written: policy/deletion-protection-off.yaml\n\nNext:\n")
    assert "ddbaudit test policy/deletion-protection-off.yaml" in run.out
    tested = shell.run("test", "policy")
    assert tested.code == 0
    assert tested.last == "4 examples of 1 rule: 4 as expected, 0 not"
    shell.write("tf/main.tf", TABLE)
    checked = shell.run("check", "tf", "--rules", "policy")
    assert checked.code == 1
    assert "ORD101" in checked.out
    assert "aws_dynamodb_table.orders can be deleted: deletion_protection_enabled is not set" in checked.out


def test_the_file_is_what_its_schema_says(shell: Shell) -> None:
    import json

    from jsonschema import Draft202012Validator

    from ddbaudit.foundation.strict_yaml import read_yaml

    shell.run("new-rule", "ORD101", "deletion-protection-off", "--dir", "here/and there")
    text = (shell.cwd / "here/and there/deletion-protection-off.yaml").read_text("utf-8")
    assert "ddbaudit test here/and there/deletion-protection-off.yaml" in text
    schema = json.loads((REPOSITORY / "docs" / "schema" / "rules-1.json").read_text("utf-8"))
    assert Draft202012Validator(schema).is_valid(read_yaml(text, "x.yaml").plain())


def test_nothing_is_written_over(shell: Shell) -> None:
    shell.write("policy/a-fault.yaml", "mine")
    run = shell.run("new-rule", "ORD101", "a-fault")
    assert run.code == 2
    assert "policy/a-fault.yaml is there already" in run.err
    assert (shell.cwd / "policy/a-fault.yaml").read_text() == "mine"
    shell.write("ddbaudit-rules-ord/pyproject.toml", "mine")
    run = shell.run("new-rule", "ORD101", "a-fault", "--python")
    assert run.code == 2
    assert [p.name for p in (shell.cwd / "ddbaudit-rules-ord").iterdir()] == ["pyproject.toml"]
    (shell.cwd / "policy/gone.yaml").symlink_to("nowhere")
    assert shell.run("new-rule", "ORD101", "gone").code == 2
    assert not (shell.cwd / "policy/nowhere").exists()


MISTAKES = [
    (["ORD1", "a-fault"], 'the id "ORD1" is not of the form ORD101'),
    (["DDB150", "a-fault"], "ids that begin with DDB belong to ddbaudit"),
    (["PLAN101", "a-fault"], "ids that begin with PLAN belong to ddbaudit"),
    (["ORD101", "A_Fault"], "is not made of lower-case words"),
    (["ORD101", "../a"], "is not made of lower-case words"),
    (["ORD101", "pitr-disabled"], "there is a rule pitr-disabled already"),
    (["ORD101", "class", "--python"], 'a module of Python cannot be called "class"'),
    (["ORD101"], "Missing argument 'NAME'"),
]


@pytest.mark.parametrize(("arguments", "message"), MISTAKES, ids=[" ".join(m[0]) for m in MISTAKES])
def test_a_mistake_is_2_and_writes_nothing(shell: Shell, arguments: list[str], message: str) -> None:
    run = shell.run("new-rule", *arguments)
    assert run.code == 2
    assert message in run.err
    assert list(shell.cwd.iterdir()) == []


def test_an_id_of_the_configured_rules_is_taken(shell: Shell) -> None:
    shell.run("new-rule", "ORD101", "a-fault")
    shell.write("ddbaudit.toml", 'rules = ["policy"]\n')
    run = shell.run("new-rule", "ORD101", "another-fault")
    assert run.code == 2
    assert "there is a rule ORD101 already" in run.err


def test_a_folder_that_cannot_be_made_is_2_and_one_that_cannot_be_written_4(shell: Shell) -> None:
    shell.write("policy", "a file")
    run = shell.run("new-rule", "ORD101", "a-fault")
    assert run.code == 2
    assert "policy cannot be made: a file is in its way" in run.err
    run = shell.run("new-rule", "ORD101", "a-fault", "--dir", "/proc/1")
    assert run.code == 4
    assert "/proc/1/a-fault.yaml cannot be written" in run.err


@pytest.mark.slow
def test_a_package_that_is_found_where_it_is_installed(shell: Shell, tmp_path: Path) -> None:
    """Built, installed into a clean environment without network, and found there through its entry point."""
    assert shell.run("new-rule", "ORD102", "protection-off", "--python").code == 0
    package = shell.cwd / "ddbaudit-rules-ord"
    venv = tmp_path / "venv"
    command(sys.executable, "-m", "venv", "--without-pip", venv, cwd=tmp_path)
    python = venv / "bin" / "python"
    site = Path(command(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path).strip())
    lent = [REPOSITORY / "src", REPOSITORY / "rules", sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    (site / "lent.pth").write_text("".join(f"{path}\n" for path in lent))
    install = ("-m", "pip", "install", "-q", "--no-index", "--no-deps", "--no-build-isolation")
    command(python, *install, package, cwd=tmp_path)
    assert (site / "ddbaudit_rules_ord" / "protection_off.py").is_file()

    listed = command(python, "-m", "ddbaudit", "rules", cwd=tmp_path)
    assert "ORD102  protection-off" in listed
    assert "DDB101  pitr-disabled" in listed
    tested = command(python, "-m", "ddbaudit", "test", "--installed", cwd=tmp_path)
    assert "ok    ORD102-protection-off-unknown-1" in tested
    assert "FAIL" not in tested
    own = command(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", package / "tests", cwd=package)
    assert "4 passed" in own
    (tmp_path / "tf").mkdir()
    (tmp_path / "tf" / "main.tf").write_text(TABLE)
    assert "0 errors" in command(python, "-m", "ddbaudit", "check", "tf", cwd=tmp_path)
    checked = command(python, "-m", "ddbaudit", "check", "tf", "--select", "ORD102", cwd=tmp_path, code=1)
    assert "aws_dynamodb_table.orders can be deleted" in checked


def command(*parts: str | Path, cwd: Path, code: int = 0) -> str:
    env = {"PATH": "/usr/bin:/bin", "HOME": str(cwd), "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INDEX": "1"}
    done = subprocess.run(
        [str(part) for part in parts], cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def test_the_package_is_python_in_short_lines(shell: Shell) -> None:
    shell.run("new-rule", "ORD102", "protection-off", "--python")
    package = shell.cwd / "ddbaudit-rules-ord"
    for path in package.rglob("*.py"):
        compile(path.read_text("utf-8"), str(path), "exec")
        assert max(map(len, path.read_text("utf-8").splitlines())) <= 120
