"""`terraform console` as the oracle: what Terraform says of an expression, recorded so that tests need no Terraform.

A recording is a JSON file of cases. Each has `expr` and what Terraform answered:

* `type`, as `type(expr)` prints it, and `display`, as the console prints the value; `json`, the text that
  `jsonencode(expr)` gives, when all of it is known; `unknown` when the value as a whole is known after apply;
* or `error`: true, and `message`.

Where we differ on purpose, `ours` is what we display; `sharper` then names the entry of SHARPER that says why, or
`apart` tells the reason.
`DDBAUDIT_RECORD=1 pytest tests/eval` asks Terraform anew and rewrites the files: to add a case, add its `expr`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "oracle"
RECORDING = os.environ.get("DDBAUDIT_RECORD") == "1"
UNKNOWN = "(known after apply)"

PRELUDE = """
resource "terraform_data" "u" {}
variable "us" { type = string }
variable "un" { type = number }
variable "ub" { type = bool }
variable "ul" { type = list(string) }
variable "uset" { type = set(string) }
variable "um" { type = map(string) }
variable "uo" { type = object({ a = string, b = number }) }
variable "ut" { type = tuple([string, number]) }
variable "ud" {}
locals {
  greeting = "Hi $${name}"
  wrapped  = "$${v}"
  calling  = "$${upper(v)}"
  reading  = "$${file(\\"files/a.txt\\")}"
  nested   = "$${templatestring(v, {})}"
  broken   = "$${"
}
"""
"""What expressions may refer to; variables without a value are unknown in the console."""

FILES = Path(__file__).parent / "files"
"""What file functions may read, as `files/…`."""

Case = dict[str, Any]
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def has_terraform() -> bool:
    return shutil.which("terraform") is not None


def files() -> list[Path]:
    return sorted(FOLDER.glob("*.json"))


def load(path: Path) -> list[Case]:
    cases: list[Case] = json.loads(path.read_text(encoding="utf-8"))
    return cases


def save(path: Path, cases: list[Case]) -> None:
    lines = ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in cases)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


class Console:
    """Runs expressions in directories that hold the prelude: one for each thread, as the console locks its state."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.local = threading.local()
        config = directory / "terraformrc"
        config.write_text("", encoding="utf-8")
        self.environment = {**os.environ, "TF_CLI_CONFIG_FILE": str(config), "CHECKPOINT_DISABLE": "1"}

    def home(self) -> Path:
        if not hasattr(self.local, "home"):
            self.local.home = self.directory / f"thread-{threading.get_ident()}"
            self.local.home.mkdir()
            (self.local.home / "main.tf").write_text(PRELUDE, encoding="utf-8")
            shutil.copytree(FILES, self.local.home / FILES.name)
        home: Path = self.local.home
        return home

    def run(self, expr: str) -> tuple[bool, str]:
        """Whether the expression is valid, and the value or the message."""
        done = subprocess.run(
            ["terraform", "console"],
            input=expr + "\n",
            capture_output=True,
            text=True,
            cwd=self.home(),
            env=self.environment,
            check=False,
        )
        if done.returncode == 0:
            return True, done.stdout.removesuffix("\n")
        lines = [line.strip("│╵╷ ") for line in _COLOUR.sub("", done.stderr).splitlines()]
        kept = [line for line in lines if line and "<console" not in line and "source code not" not in line]
        return False, " ".join(kept)

    def answer(self, expr: str) -> Case:
        valid, display = self.run(expr)
        if not valid:
            return {"error": True, "message": display}
        typed, type_ = self.run(f"type({expr})")
        answer: Case = {"type": type_ if typed else None, "display": display}
        if display == UNKNOWN:
            answer["unknown"] = True
        elif UNKNOWN not in display and "(sensitive value)" not in display:
            encodable, text = self.run(f"jsonencode({expr})")
            if encodable:
                # A JSON text is shown as a quoted string, or as a heredoc, never with line breaks of its own.
                answer["json"] = text
        return answer

    def record(self, cases: list[Case]) -> list[Case]:
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda case: self.answer(case["expr"]), cases))
        kept = ("ours", "sharper", "apart")
        return [
            {"expr": case["expr"], **answer, **{k: case[k] for k in kept if k in case}}
            for case, answer in zip(cases, answers, strict=True)
        ]
