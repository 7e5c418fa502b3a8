#!/usr/bin/env python3
"""Checks many Terraform trees and prints a table of what came out: the check of ddbaudit on code it has never seen.

    python scripts/crater.py DIRECTORY... [--pack NAME] [--timeout SECONDS] [--json FILE]

Each directory is one row: files read, root modules, resource instances, tables, policies, findings by rule (FAIL, and
UNKNOWN after a "?"), diagnostics by code, seconds and exit code. Nothing is downloaded. Ends with 1 when a run crashed
(exit code 4 or a traceback) or took longer than the timeout, whatever else it found.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

COLUMNS = ("tree", "files", "roots", "instances", "tables", "policies", "findings", "diagnostics", "seconds", "exit")
TRACEBACK = "Traceback (most recent call last)"


@dataclass(slots=True)
class Row:
    """What one tree gave. `exit` is None after a timeout; `trouble` is empty unless the tool itself failed."""

    tree: str
    seconds: float
    exit: int | None
    files: int = 0
    roots: int = 0
    instances: int = 0
    tables: int = 0
    policies: int = 0
    fails: dict[str, int] = field(default_factory=dict)
    unknowns: dict[str, int] = field(default_factory=dict)
    diagnostics: dict[str, int] = field(default_factory=dict)
    trouble: str = ""

    def cells(self) -> tuple[str, ...]:
        findings = [f"{rule} {n}" for rule, n in self.fails.items()]
        findings += [f"{rule}? {n}" for rule, n in self.unknowns.items()]
        return (
            self.tree,
            str(self.files),
            str(self.roots),
            str(self.instances),
            str(self.tables),
            str(self.policies),
            ", ".join(findings),
            ", ".join(f"{code} {n}" for code, n in self.diagnostics.items()),
            f"{self.seconds:.1f}",
            self.trouble or str(self.exit),
        )


def check(directory: Path, timeout: float, pack: str) -> Row:
    """Runs `ddbaudit check` on a tree, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="ddbaudit-crater-") as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "ddbaudit", "check", str(directory), "--pack", pack, "-o", f"json={report}"]
        begin = time.monotonic()
        try:
            done = subprocess.run(command, capture_output=True, timeout=timeout, check=False)
        except subprocess.TimeoutExpired:
            return Row(directory.name, time.monotonic() - begin, None, trouble="timeout")
        row = Row(directory.name, time.monotonic() - begin, done.returncode)
        if report.exists():
            _fill(row, json.loads(report.read_text(encoding="utf-8")))
        if row.exit not in {0, 1, 2, 3} or TRACEBACK in done.stderr.decode("utf-8", "replace"):
            row.trouble = f"crash ({row.exit})"
        return row


def _fill(row: Row, report: dict[str, object]) -> None:
    document: dict[str, list[dict[str, str]]] = report  # type: ignore[assignment]
    inventory: dict[str, list[object]] = report["inventory"]  # type: ignore[assignment]
    row.files, row.policies = int(str(inventory["files"])), int(str(inventory["policies"]))
    row.roots, row.tables = len(inventory["roots"]), len(inventory["tables"])
    row.instances = int(str(inventory["resources"]))
    row.fails = _counted(f["rule"] for f in document["findings"] if f["verdict"] == "fail")
    row.unknowns = _counted(f["rule"] for f in document["findings"] if f["verdict"] == "unknown")
    row.diagnostics = _counted(d["code"] for d in document["diagnostics"])


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> int:
    parser = argparse.ArgumentParser(description="Check many Terraform trees and print a table.")
    parser.add_argument("directories", nargs="+", type=Path, metavar="DIRECTORY")
    parser.add_argument("--timeout", type=float, default=300.0, metavar="SECONDS")
    parser.add_argument("--pack", default="baseline", metavar="NAME")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    arguments = parser.parse_args()
    print(_line(COLUMNS), _line("---" for _ in COLUMNS), sep="\n")
    rows = []
    for directory in arguments.directories:
        rows.append(check(directory.resolve(), arguments.timeout, arguments.pack))
        print(_line(rows[-1].cells()), flush=True)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n", encoding="utf-8")
    return 1 if any(row.trouble for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
