"""Text of the scanned tree is data: it never acts on a terminal, a log or a runner of CI, and names no code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.harness import NO_PITR, TABLE, Shell

HOSTILE = {
    "ESC": ("\\u001b[31mred", "\x1b"),
    "CR": ("a\\rb", "\r"),
    "newline": ("a\\n::error::b", "\n::error"),
    "NUL": ("a\\u0000b", "\0"),
    "C1": ("a\\u009b31mb", "\x9b"),
    "bidi": ("a\\u202eb", "\u202e"),
    "isolate": ("a\\u2066b", "\u2066"),
    "line separator": ("a\\u2028b", "\u2028"),
    "surrogate": ("a\\ud800b", "\ud800"),
    "markup": ("[red]a[/bold]", None),
    "workflow command": ("::error::a", "::error"),
    "old workflow command": ("##[error]a", "##["),
    "percent": ("%0A::error::a", "::error"),
    "emoji code": (":smiley: [link=https://example.com]a[/link]", None),
}
ACTIONS = {"GITHUB_ACTIONS": "true"}


def _places(text: str) -> list[str]:
    """Trees that bring hostile text into a message by different ways."""
    return [
        NO_PITR.replace('"orders"\n  billing', f'"{text}"\n  billing'),
        NO_PITR.replace('hash_key     = "pk"', f'hash_key     = "{text}"'),
        NO_PITR.replace("{\n  name", f'{{\n  for_each = toset(["{text}"])\n  name', 1),
        TABLE.replace('"pk"\n    type', f'"{text}"\n    type'),
        f'module "m" {{\n  source = "{text}"\n}}\n',
        f'resource "aws_dynamodb_table" "{text}" {{\n}}\n',
        f"{text} {{\n}}\n",
        f'locals {{\n  a = {{ "{text}" = 1 }}["x"]\n  b = file("{text}")\n}}\n'
        + TABLE.replace('"orders"\n', "local.b\n"),
        TABLE.replace("enabled = true", "enabled = var.on")
        + f'variable "on" {{\n  default = "{text}"\n  type = bool\n  validation {{\n    condition = false\n'
        + f'    error_message = "{text}"\n  }}\n}}\n',
        f'locals {{\n  a = "{text}\n}}\n',
    ]


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_never_printed_raw(shell: Shell, kind: str) -> None:
    text, raw = HOSTILE[kind]
    for number, content in enumerate(_places(text)):
        shell.write(f"place{number}/main.tf", content)
    text_out, concise, coloured = (shell.check(*a, env=ACTIONS) for a in ([], ["-o", "concise"], ["--color"]))
    assert {run.code for run in (text_out, concise, coloured)} == {3}
    assert "\x1b[31mred" not in coloured.out
    for out in (text_out.out, concise.out, re.sub(r"\x1b\[[0-9;]*m", "", coloured.out)):
        assert raw is None or raw not in out
        assert "\r" not in out
    if raw is None:
        assert text.split("]")[0] in text_out.out


def test_json_holds_hostile_text_and_no_command(shell: Shell) -> None:
    shell.write("main.tf", NO_PITR.replace('"orders"\n  b', '"##[error]::error::a"\n  b'))
    for arguments in (["check", "."], ["dump", "."]):
        run = shell.run(*arguments, *(["-o", "json"] if arguments[0] == "check" else []), env=ACTIONS)
        assert "##[" not in run.out
        assert not re.search(r"^\s*::", run.out, re.MULTILINE)
        assert "##[error]::error::a" in json.dumps(run.report)
    shown = shell.run("show", "aws_dynamodb_table.orders", env=ACTIONS)
    assert shown.code == 0
    assert "##[" not in shown.out


@pytest.mark.parametrize("kind", ["workflow command", "old workflow command", "ESC", "newline"])
def test_hostile_arguments_are_never_printed_raw(shell: Shell, kind: str) -> None:
    _, raw = HOSTILE[kind]
    text = {"workflow command": "::error::a", "old workflow command": "##[error]a", "ESC": "\x1b[31m"}.get(
        kind, "a\n::error::b"
    )
    shell.write("main.tf", TABLE)
    for arguments in (
        ["check", text],
        ["check", ".", "--select", text],
        ["check", ".", "--var", f"{text}=1"],
        ["check", ".", "--var-file", text],
        ["check", ".", "--config", text],
        ["check", ".", "--pack", f"{text}.yaml"],
        ["check", ".", "-o", text],
        ["check", ".", "-o", f"json=nowhere/{text}"],
        ["check", ".", f"--{text}"],
        ["check", ".", "--fail-on", text],
        [text],
        ["explain", text],
        ["show", text],
    ):
        run = shell.run(*arguments, env=ACTIONS)
        assert run.code in (2, 4), arguments
        assert raw is not None
        assert raw not in run.all, arguments


@pytest.mark.parametrize("name", [b"a\n::error::x.tf", b"a\xff\xfe.tf", b"a\x1b[31m.tf", "a\u202eft.tf".encode()])
def test_files_of_any_name(shell: Shell, name: bytes) -> None:
    (Path(os.fsdecode(os.fsencode(shell.cwd) + b"/" + name))).write_text(NO_PITR)
    for output in ("text", "concise", "json"):
        run = shell.check("-o", output, env=ACTIONS)
        assert run.code == 1
        assert "DDB101" in run.out
        assert not re.search(r"^\s*::|[\x1b\u202e\udc80-\udcff]", run.out, re.MULTILINE)
    run = shell.run(b"check", name)
    assert run.code == 1
    run = shell.check("-o", "json=report.json")
    assert json.loads((shell.cwd / "report.json").read_bytes())["findings"][0]["primary"]["file"] == os.fsdecode(name)


def test_nothing_of_the_tree_is_imported(shell: Shell) -> None:
    shell.write("main.tf", TABLE)
    trap = "import pathlib\npathlib.Path('trapped').touch()\n"
    for name in ("click", "yaml", "msgspec", "rich", "hcl2", "lark", "regex", "re2", "ddbaudit_rules", "sitecustomize"):
        shell.write(f"{name}.py", trap)
    shell.write("conftest.py", trap)
    for arguments in (["--color"], ["--cross-check"], ["-o", "json"]):
        assert shell.check(*arguments).code == 0
    assert not (shell.cwd / "trapped").exists()


HOOK = """
import os, sys
events = ("socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec",
          "os.posix_spawn", "os.fork", "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.chmod", "os.symlink",
          "os.link", "shutil.rmtree")
def hook(event, args):
    if event in events or (event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)):
        os.write(3, f"{event} {args!r}\\n".encode())
sys.addaudithook(hook)
"""


@pytest.mark.parametrize("arguments", ["check .", "check . --color", "dump .", "check . --cross-check"])
def test_a_run_writes_connects_and_starts_nothing(shell: Shell, arguments: str) -> None:
    shell.write("main.tf", NO_PITR + 'module "m" {\n  source = "git::https://example.com/x.git"\n}\n')
    site = shell.home / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(HOOK)
    log = shell.home / "log"
    script = f'exec "{sys.executable}" -m ddbaudit {arguments} 3>"{log}"'
    env = shell.environment({"PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"})
    done = subprocess.run(
        ["/bin/sh", "-c", script], cwd=shell.cwd, env=env, capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 3
    assert log.read_text() == ""
    assert sorted(p.name for p in shell.cwd.iterdir()) == ["main.tf"]
