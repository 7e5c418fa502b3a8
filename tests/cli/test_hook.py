"""`ddbaudit hook`: the root modules that changed files concern, no fewer; and the real pre-commit that runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.cli.harness import NO_PITR, TABLE, Run, Shell

REPOSITORY = Path(__file__).parents[2]
CALL = 'module "orders" {{\n  source = "{}"\n}}\n'
WHO = ["-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not on the PATH")


def git(shell: Shell, *arguments: str) -> None:
    subprocess.run(["git", *WHO, *arguments], cwd=shell.cwd, env=shell.environment(), check=True, capture_output=True)


@pytest.fixture
def estate(shell: Shell) -> Shell:
    """Three roots, two of which call a module that has a fault; all of it committed."""
    shell.env["PATH"] = os.environ["PATH"]
    shell.write("modules/table/main.tf", NO_PITR)
    shell.write("modules/orders/main.tf", CALL.format("../table"))
    shell.write("live/dev/main.tf", CALL.format("../../modules/orders"))
    shell.write("live/prod/main.tf", CALL.format("../../modules/orders"))
    shell.write("other/main.tf", NO_PITR.replace("orders", "others"))
    shell.write("other/extra.tf", "locals {}\n")
    shell.write("README.md", "Orders.\n")
    git(shell, "init", "-q")
    git(shell, "add", "-A")
    git(shell, "commit", "-qm", "first")
    return shell


def concerned(run: Run) -> list[str]:
    """The files and environments in which the fault was found; `-o json`."""
    findings = run.report["findings"]
    live = {e for f in findings if f["primary"]["file"].startswith("modules/") for e in f["environments"]}
    return [*sorted(live), *sorted({p for f in findings if (p := f["primary"]["file"]).startswith("other/")})]


CASES = {
    "its own file": ("live/dev/main.tf", ["dev"]),
    "a module of a module": ("modules/table/main.tf", ["dev", "prod"]),
    "its values": ("live/prod/terraform.tfvars", ["prod"]),
    "values in a directory of their own": ("live/prod/values/blue.tfvars", ["prod"]),
    "a file in a module's directory that is gone": ("modules/orders/gone.tf", ["dev", "prod"]),
}


@pytest.mark.parametrize("case", CASES)
def test_the_roots_that_a_file_concerns(estate: Shell, case: str) -> None:
    changed, expected = CASES[case]
    run = estate.run("hook", changed, "--select", "DDB101", "-o", "json")
    assert run.code == 1, run.all
    assert concerned(run) == expected


@pytest.mark.parametrize("changed", ["README.md", "other/notes/x.md", "modules/unknown/main.tf"])
def test_no_root_is_concerned(estate: Shell, changed: str) -> None:
    run = estate.run("hook", changed)
    assert (run.code, run.out) == (0, "1 changed file: no root module below . is concerned\n")


@pytest.mark.parametrize(
    "changed", ["ddbaudit.toml", "policy/deep/deletion-protection-off.yaml", "packs/own.yaml", "far/away.tfvars"]
)
def test_what_concerns_every_root(estate: Shell, changed: str) -> None:
    estate.run("new-rule", "ORD101", "deletion-protection-off", "--dir", "policy/deep")
    estate.write("ddbaudit.toml", 'rules = ["policy/"]\n\n[packs]\n"live/*" = "packs/own.yaml"\n')
    estate.write("packs/own.yaml", "name: own\ndescription: Ours.\nextends: baseline\n")
    run = estate.run("hook", changed, "--select", "DDB101", "-o", "json")
    assert run.code in (1, 3), run.all
    assert "other/main.tf" in concerned(run)


def test_a_file_that_a_function_reads(estate: Shell) -> None:
    estate.write("live/dev/policy.tf", 'locals {\n  p = file("${path.module}/../p.json")\n}\n')
    for changed, expected in (("live/p.json", ["dev"]), ("live/q.json", [])):
        run = estate.run("hook", changed, "--select", "DDB101", "-o", "json")
        assert (concerned(run) if expected else run.code) == (expected or 0)
    estate.write("live/prod/policy.tf", 'locals {\n  p = [for n in ["p"] : templatefile("${n}.tpl", {})]\n}\n')
    run = estate.run("hook", "live/q.json", "--select", "DDB101", "-o", "json")
    assert concerned(run) == ["prod"]


def test_a_root_that_cannot_be_parsed_is_always_concerned(estate: Shell) -> None:
    estate.write("other/main.tf", 'resource "aws_dynamodb_table" {')
    run = estate.run("hook", "README.md")
    assert run.code == 3
    assert "other/main.tf" in run.out


def test_without_files_everything_is_checked(estate: Shell) -> None:
    run = estate.run("hook", "--select", "DDB101", "-o", "json")
    assert concerned(run) == ["dev", "prod", "other/main.tf"]


def test_deleted_files_are_asked_of_git(estate: Shell) -> None:
    git(estate, "rm", "-q", "other/extra.tf")
    for arguments in ([], ["README.md"]):
        run = estate.run("hook", *arguments, "--select", "DDB101", "-o", "json")
        assert concerned(run) == ["other/main.tf"]
    git(estate, "commit", "-qm", "second")
    refs = {"PRE_COMMIT_FROM_REF": "HEAD~1", "PRE_COMMIT_TO_REF": "HEAD"}
    assert estate.run("hook", "README.md").code == 0
    run = estate.run("hook", "README.md", "--select", "DDB101", "-o", "json", env=refs)
    assert concerned(run) == ["other/main.tf"]


def test_git_cannot_say(shell: Shell) -> None:
    shell.env["PATH"] = os.environ["PATH"]
    shell.env["GIT_CEILING_DIRECTORIES"] = str(shell.cwd.parent)
    shell.write("main.tf")
    run = shell.run("hook", "main.tf")
    assert run.code == 2
    assert "git cannot say which files are deleted" in run.err
    assert "ddbaudit check PATH" in run.err
    assert shell.run("hook", "main.tf", env={"PATH": "/nowhere"}).code == 2


def test_within_names_the_directories(estate: Shell) -> None:
    run = estate.run("hook", "--within", "live", "modules/table/main.tf", "--select", "DDB101", "-o", "json")
    assert concerned(run) == ["dev", "prod"]
    assert estate.run("hook", "--within", "other", "modules/table/main.tf").code == 0
    run = estate.run("hook", "--within", "README.md", "modules/table/main.tf")
    assert run.code == 2
    assert "README.md is no directory" in run.err


# --- the real pre-commit -------------------------------------------------------------------------------------------


@pytest.fixture
def hooked(estate: Shell, tmp_path: Path) -> Shell:
    """The estate with the hooks of this repository's manifest. They run the ddbaudit that is installed: pre-commit
    would make an environment of its own, which needs a network; the test of the package does that part."""
    manifest = tmp_path / "manifest"
    manifest.mkdir()
    shutil.copy(REPOSITORY / ".pre-commit-hooks.yaml", manifest)
    hooks = Shell(manifest, estate.home, estate.env)
    git(hooks, "init", "-q")
    git(hooks, "add", "-A")
    git(hooks, "commit", "-qm", "hooks")
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=manifest, check=True, capture_output=True, text=True)
    entries = "".join(f"      - {{id: {id}, language: system}}\n" for id in ("ddbaudit", "ddbaudit-plan"))
    text = f"repos:\n  - repo: {manifest}\n    rev: {done.stdout.strip()}\n    hooks:\n{entries}"
    estate.write(".pre-commit-config.yaml", text)
    estate.env["PATH"] = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
    estate.env["PRE_COMMIT_HOME"] = str(estate.home / "pre-commit")
    git(estate, "add", "-A")
    git(estate, "commit", "-qm", "hooks")
    pre_commit(estate, "install")
    return estate


def pre_commit(shell: Shell, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pre_commit", *arguments]
    return subprocess.run(command, cwd=shell.cwd, env=shell.environment(), capture_output=True, text=True, check=False)


def commit(shell: Shell) -> subprocess.CompletedProcess[str]:
    command = ["git", *WHO, "commit", "-m", "change"]
    return subprocess.run(command, cwd=shell.cwd, env=shell.environment(), capture_output=True, text=True, check=False)


def test_pre_commit_stops_what_breaks_a_rule(hooked: Shell) -> None:
    hooked.write("README.md", "More.\n")
    git(hooked, "add", "-A")
    assert commit(hooked).returncode == 0

    hooked.write("live/dev/extra.tf", "# no change\n")
    git(hooked, "add", "-A")
    done = commit(hooked)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "DDB101" in done.stderr
    assert "modules/table/main.tf" in done.stderr
    assert "other/main.tf" not in done.stderr

    hooked.write("modules/table/main.tf", TABLE)
    git(hooked, "add", "-A")
    done = commit(hooked)
    assert done.returncode == 0, done.stdout + done.stderr


def test_pre_commit_judges_a_commit_that_only_deletes(hooked: Shell) -> None:
    git(hooked, "rm", "-q", "modules/table/main.tf")
    done = commit(hooked)
    assert done.returncode == 1
    assert "modules/table" in done.stderr


def test_pre_commit_judges_plans_that_are_committed(hooked: Shell) -> None:
    hooked.write("plans/orders-plan.json", "{}")
    git(hooked, "add", "-A")
    done = commit(hooked)
    assert done.returncode == 1
    assert "orders-plan.json" in done.stderr
    assert "ddbaudit (plans)" in done.stderr
