"""Several reports of one run: what is written where, and that no format changes the exit code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree

import pytest

from tests.cli.harness import BROKEN, NO_PITR, TABLE, Shell

MACHINE = ("json", "sarif", "junit", "github", "gitlab", "markdown", "html")


def test_all_formats_in_one_run(shell: Shell) -> None:
    shell.write("main.tf", NO_PITR)
    run = shell.check("-o", "text", *(part for name in MACHINE for part in ("-o", f"{name}=out/{name}")))
    assert run.code == 4, "the directory is not there"
    (shell.cwd / "out").mkdir()
    run = shell.check("-o", "text", *(part for name in MACHINE for part in ("-o", f"{name}=out/{name}")))
    assert run.code == 1
    assert run.last.endswith("violations (exit 1)")
    written = {name: (shell.cwd / "out" / name).read_text("utf-8") for name in MACHINE}
    assert json.loads(written["json"])["outcome"]["code"] == 1
    assert json.loads(written["sarif"])["runs"][0]["invocations"][0]["exitCode"] == 1
    assert ElementTree.fromstring(written["junit"]).get("failures") == "1"
    assert written["github"].startswith("::error file=main.tf,line=12,")
    assert json.loads(written["gitlab"])[0]["check_name"] == "DDB101 pitr-disabled"
    assert "## ❌ ddbaudit: violations (exit 1)" in written["markdown"]
    assert "<h1>✗ ddbaudit: violations (exit 1)</h1>" in written["html"]
    assert written["html"].count("<svg ") == 1


@pytest.mark.parametrize(("content", "code"), [(TABLE, 0), (NO_PITR, 1), (BROKEN, 3)])
def test_the_code_does_not_depend_on_the_format(shell: Shell, content: str, code: int) -> None:
    shell.write("main.tf", content)
    assert {name: shell.check("-o", name).code for name in MACHINE} == dict.fromkeys(MACHINE, code)


@pytest.mark.parametrize("name", MACHINE)
def test_formats_for_machines_do_not_load_rich(shell: Shell, name: str) -> None:
    shell.write("main.tf", NO_PITR)
    code = (
        "import sys; from ddbaudit.cli.group import run; "
        f"run(['check', '.', '-o', '{name}=out']); print(sorted(m for m in sys.modules if m.split('.')[0] == 'rich'))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=shell.cwd, env=shell.environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr


def test_the_job_summary_is_appended_to(shell: Shell) -> None:
    shell.write("main.tf", NO_PITR)
    summary = shell.write("summary.md", "# Before\n")
    env = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    run = shell.check("-o", "github", env=env)
    assert run.code == 1
    assert run.out.startswith("::error ")
    assert summary.read_text("utf-8").startswith("# Before\n<!-- ddbaudit -->\n## ❌ ddbaudit: violations (exit 1)\n")
    shell.check("-o", "text", env=env)
    assert summary.read_text("utf-8").count("<!-- ddbaudit -->") == 1, "only -o github writes there"


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is there on Linux only")
def test_a_job_summary_that_cannot_be_written_is_4(shell: Shell) -> None:
    shell.write("main.tf", TABLE)
    for target in ("/dev/full", str(Path("nowhere") / "summary.md")):
        run = shell.check("-o", "github", env={"GITHUB_STEP_SUMMARY": target})
        assert run.code == 4
        assert "the job summary" in run.err


@pytest.mark.parametrize(
    ("content", "name", "code", "begin"),
    [
        (TABLE, "svg", 0, '<svg xmlns="http://www.w3.org/2000/svg"'),
        (NO_PITR, "mermaid", 0, "flowchart LR\n"),
        (NO_PITR, "dot", 0, "digraph estate {\n"),
        (BROKEN, "mermaid", 3, "flowchart LR\n"),
    ],
)
def test_a_graph_is_drawn_whatever_is_found(shell: Shell, content: str, name: str, code: int, begin: str) -> None:
    shell.write("main.tf", content)
    run = shell.run("graph", ".", "-o", name)
    assert run.code == code
    assert run.out.startswith(begin)
    assert ("incomplete: main.tf:2:10" in run.err) is (code == 3)
    (shell.cwd / "main.tf").unlink()
    assert shell.run("graph", ".").code == 3, "there is nothing to draw"
    assert shell.run("graph", ".", "-o", "png").code == 2


@pytest.mark.parametrize("name", [b"a\n::error::x.tf", b"a\xff\xfe.tf", b"a\x1b[31m.tf", "a\u202eft\\b.tf".encode()])
def test_files_of_any_name_in_every_format(shell: Shell, name: bytes) -> None:
    Path(os.fsdecode(os.fsencode(shell.cwd) + b"/" + name)).write_text(NO_PITR)
    for output in MACHINE:
        run = shell.check("-o", output, env={"GITHUB_ACTIONS": "true"})
        assert run.code == 1
        commands = re.findall(r"^\s*::(?!error file=)", run.out, re.MULTILINE)
        assert not commands
        assert not re.search(r"[\x1b\u202e\udc80-\udcff]", run.out)
        if output == "sarif":
            place = run.report["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
            assert unquote_to_bytes(place["uri"]) == name
    shell.run("check", ".", "-o", "json=report.json")
    assert shell.run("merge", "report.json", "-o", "json=fleet.json", "-o", "html=fleet.html").code == 1
    found = json.loads((shell.cwd / "fleet.json").read_text("ascii"))["findings"][0]["primary"]["file"]
    assert os.fsencode(found) == name
