"""Whole root modules with what Terraform says of them, recorded so that tests need no Terraform.

Beside each root lies its `expected.json`: the `outputs` of a plan, or its `errors` by address. Of a root in `APPLIED`
it is the outputs after an apply, the identifier of each resource being written as a reference to it.
`DDBAUDIT_RECORD=1 pytest tests/eval` asks Terraform anew.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.eval.oracle import RECORDING, has_terraform

FIXTURES = Path(__file__).parents[2] / "fixtures" / "evaluate"
EXPECTED = "expected.json"
APPLIED = frozenset({"unknown"})
"""Names of the roots that are applied: they have no resources but `terraform_data`."""

__all__ = ["RECORDING", "Terraform", "Unavailable", "expected", "has_terraform", "roots", "save"]


class Unavailable(Exception):
    """The provider cannot be installed here."""


def roots(name: str) -> list[Path]:
    return sorted(path for path in (FIXTURES / name).iterdir() if path.is_dir())


def expected(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((root / EXPECTED).read_text(encoding="utf-8"))
    return found


def save(root: Path, recorded: dict[str, Any]) -> None:
    text = json.dumps(recorded, ensure_ascii=False, indent=2, sort_keys=True)
    (root / EXPECTED).write_text(f"{text}\n", encoding="utf-8")


class Terraform:
    """Runs Terraform on a copy of a root. Expects that providers can be installed."""

    def __init__(self, root: Path, directory: Path) -> None:
        self.root = root
        self.home = directory / root.name
        shutil.copytree(root, self.home, ignore=shutil.ignore_patterns(EXPECTED))

    def record(self) -> dict[str, Any]:
        self._init()
        if self.root.name in APPLIED:
            return self._applied()
        lines = self._run("plan", "-json", "-input=false", "-lock=false", "-out=plan", check=False)
        errors = _errors(lines)
        if errors:
            return {"errors": errors}
        planned = json.loads(self._run("show", "-json", "plan"))["planned_values"]
        return {"outputs": _values(planned["outputs"])}

    def _applied(self) -> dict[str, Any]:
        self._run("apply", "-input=false", "-auto-approve")
        state = self._run("show", "-json")
        for resource in json.loads(state)["values"]["root_module"]["resources"]:
            if resource["mode"] == "managed":
                state = state.replace(resource["values"]["id"], f"${{{resource['address']}.id}}")
        return {"outputs": _values(json.loads(state)["values"]["outputs"])}

    def _init(self) -> None:
        done = self._process("init", "-input=false", "-backend=false")
        if done.returncode != 0:
            raise Unavailable(done.stderr)

    def _run(self, command: str, *arguments: str, check: bool = True) -> str:
        done = self._process(command, *arguments)
        assert not check or done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def _process(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        line = ["terraform", command, "-no-color", *arguments]
        return subprocess.run(line, cwd=self.home, capture_output=True, encoding="utf-8", check=False)


def _values(outputs: dict[str, Any]) -> dict[str, Any]:
    return {name: output.get("value") for name, output in outputs.items()}


def _errors(lines: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in filter(None, lines.splitlines()):
        diagnostic = json.loads(line).get("diagnostic")
        if diagnostic is not None and diagnostic["severity"] == "error":
            found[diagnostic["address"]] = diagnostic["summary"]
    return found
