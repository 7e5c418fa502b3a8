"""Runs `python -m ddbaudit` as a user's shell would, in a scrubbed environment on a small tree."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from ddbaudit.cli.group import run
from ddbaudit.cli.main import _guarded

TABLE = """\
resource "aws_dynamodb_table" "orders" {
  name         = "orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"

  attribute {
    name = "pk"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }
}
"""
NO_PITR = TABLE.replace("enabled = true", "enabled = false")
UNKNOWN_PITR = TABLE.replace("enabled = true", "enabled = var.pitr") + 'variable "pitr" {\n  type = bool\n}\n'
BROKEN = 'resource "aws_dynamodb_table" "broken" {\n  name = \n'


@dataclass(frozen=True)
class Run:
    """What a process left behind; `out` and `err` with undecodable bytes kept as surrogates."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        return self.out + self.err

    @property
    def report(self) -> dict[str, Any]:
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    @property
    def last(self) -> str:
        return self.out.rstrip("\n").rsplit("\n", 1)[-1]


@dataclass
class Shell:
    """A working directory, a home beside it and an environment that holds nothing else of the machine."""

    cwd: Path
    home: Path
    env: dict[str, str] = field(default_factory=dict)

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        base = {"PATH": os.defpath, "HOME": str(self.home), "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
        return {**base, **self.env, **(extra or {})}

    def write(self, name: str, text: str | bytes = TABLE) -> Path:
        """Makes a file below the working directory."""
        path = self.cwd / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def start(
        self, *args: str | bytes, env: Mapping[str, str] | None = None, **options: Any
    ) -> subprocess.Popen[bytes]:
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, **options}
        command = [sys.executable, "-m", "ddbaudit", *args]
        return subprocess.Popen(command, cwd=self.cwd, env=self.environment(env), **options)

    def run(
        self, *args: str | bytes, env: Mapping[str, str] | None = None, process: bool = False, **options: Any
    ) -> Run:
        """`ddbaudit ARGS` to its end; fails when a traceback is to be seen.

        It runs in this process where that makes no difference, since starting Python takes most of the time that a
        test has; in a `process` of its own where the environment or the streams are what it is about, and always
        when DDBAUDIT_TEST_PROCESSES=1.
        """
        text = [arg for arg in args if isinstance(arg, str)]
        if process or options or len(text) < len(args) or self._needs_a_process(env):
            started = self.start(*args, env=env, **options)
            out, err = started.communicate(timeout=600)
            done = Run(started.returncode, _text(out), _text(err))
        else:
            done = self._run_here(text, self.environment(env))
        if (env or {}).get("DDBAUDIT_DEBUG") != "1":
            assert "Traceback" not in done.all, done.err
        return done

    def _needs_a_process(self, env: Mapping[str, str] | None) -> bool:
        given = {**self.env, **(env or {})}
        ours = {"PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE"}
        shown = any(name.startswith(("PYTHON", "LC_", "LANG", "DDBAUDIT_")) for name in given.keys() - ours)
        return shown or os.environ.get("DDBAUDIT_TEST_PROCESSES") == "1"

    def _run_here(self, args: list[str], environment: Mapping[str, str]) -> Run:
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", "surrogateescape", "\n") for _ in range(2))
        before = (Path.cwd(), dict(os.environ), sys.stdin, sys.stdout, sys.stderr)
        with open(os.devnull, encoding="utf-8") as nothing:
            try:
                os.chdir(self.cwd)
                _set_environment(environment)
                sys.stdin, sys.stdout, sys.stderr = nothing, out, err
                code = _guarded(partial(run, args))
            finally:
                cwd, environ, sys.stdin, sys.stdout, sys.stderr = before
                os.chdir(cwd)
                _set_environment(environ)
        return Run(code, *(_text(_written(stream)) for stream in (out, err)))

    def check(self, *args: str | bytes, env: Mapping[str, str] | None = None, **options: Any) -> Run:
        """`ddbaudit check . ARGS`"""
        return self.run("check", ".", *args, env=env, **options)

    def json(self, *args: str) -> dict[str, Any]:
        """The report of `ddbaudit check . ARGS -o json`."""
        return self.check(*args, "-o", "json").report

    def install(self, name: str, module: str) -> None:
        """Puts a rule package of that name, with an entry point, on the import path."""
        site = self.home / "site"
        info = site / f"{name}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[ddbaudit.rules]\n{name} = {name}\n")
        (site / f"{name}.py").write_text(module)
        self.env["PYTHONPATH"] = str(site)


def _set_environment(environment: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)


def _written(stream: io.TextIOWrapper) -> bytes:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue()


def _text(data: bytes | None) -> str:
    return (data or b"").decode("utf-8", "surrogateescape")


EXTRA_RULE = """
from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.table import Table
from ddbaudit.sdk.rule import Example, Rule, RuleMeta

class Extra(Rule[Table]):
    meta = RuleMeta(
        id="ZZZ901", name="extra-rule", severity=Severity.HIGH, since="1.0", summary="Extra.", rationale="Extra.",
        remedy="None.", references=("https://example.com",), good=(Example("a", ""),), bad=(Example("b", ""),),
        unknown=(),
    )
    subject = Table

    def check(self, subject, context):
        BODY
        yield

def rules():
    return [Extra]
"""


def extra_rule(body: str) -> str:
    """The source of a rule package whose one rule does `body` (one line) on every table."""
    return EXTRA_RULE.replace("BODY", body)
