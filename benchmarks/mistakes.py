"""Who sees how many of the mistakes in fixtures/scenarios/mistakes: terraform validate and plan, checkov, ddbaudit.

Every program reads the same files. Terraform is given all rows as modules of one root, which it validates and plans in
one go (a row that keeps it from loading the root is validated alone); what `validate` refuses counts for `plan` too. A
program counts as seeing a row when it says anything about it, ddbaudit only when it reports the rule that the row
names. None of them may say anything about the rows that are harmless.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from ddbaudit.app.audit import Settings, audit
from ddbaudit.foundation.verdict import Verdict

ROWS: Final = Path(__file__).resolve().parents[1] / "fixtures" / "scenarios" / "mistakes"
ANSWERS: Final = ROWS / "answers.json"
HARMLESS: Final = "harmless"
PACKS: Final = ("baseline", "strict")

_PROVIDER: Final = re.compile(r'^provider "aws" \{\n.*?^\}\n', re.MULTILINE | re.DOTALL)
_ROW: Final = re.compile(r"rows/([\w-]+)/main\.tf")
_OFFLINE: Final = """terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A mistake, in the directory of its name. `outcome` is validate, plan, aws, silent or harmless; `says` is part of
    what is said, or what happens; `rule` reports it (None: nothing is to be reported)."""

    name: str
    mistake: str
    outcome: str
    says: str = ""
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """What one program says, by row; nothing for rows that it accepts."""

    program: str
    version: str
    rows: Mapping[str, str] = field(default_factory=dict)

    def seen(self, rows: Iterable[Row]) -> int:
        return sum(row.name in self.rows for row in rows)


def read_rows() -> tuple[Row, ...]:
    """The rows of mistakes.yaml in their order; TypeError for a field that a row does not have."""
    text = (ROWS / "mistakes.yaml").read_text(encoding="utf-8")
    return tuple(Row(name, **fields) for name, fields in yaml.safe_load(text).items())


# -- terraform -----------------------------------------------------------------------------------------------------


def ask_terraform(rows: Sequence[Row], *, plan: bool = True) -> tuple[Answers, ...]:
    """What `validate` refuses, and what `plan` does of the rest. RuntimeError with its words when it cannot."""
    version = json.loads(_terraform(".", "version", "-json").stdout)["terraform_version"]
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        names = [row.name for row in rows]
        refused = {name: _said(_validated(root / "rows" / name)) for name in _load(root, names)}
        refused |= _by_row(_validated(root))
        answers = (Answers("terraform validate", version, refused),)
        if not plan:
            return answers
        _load(root, [name for name in names if name not in refused])
        done = _terraform(root, "plan", "-json", "-input=false", "-lock=false", "-refresh=false")
        events = map(json.loads, done.stdout.splitlines())
        planned = _by_row([event["diagnostic"] for event in events if "diagnostic" in event])
        return (*answers, Answers("terraform plan", version, planned))


def _load(root: Path, names: Sequence[str]) -> list[str]:
    """Makes `root` one of these rows that Terraform can load, and tells which it cannot."""
    shutil.rmtree(root / "rows", ignore_errors=True)
    for name in names:
        copy = root / "rows" / name
        copy.mkdir(parents=True)
        text = (ROWS / name / "main.tf").read_text(encoding="utf-8")
        (copy / "main.tf").write_text(_PROVIDER.sub("", text), encoding="utf-8")
    unloadable: list[str] = []
    while True:
        calls = (f'\nmodule "row-{n}" {{\n  source = "./rows/{n}"\n}}\n' for n in names if n not in unloadable)
        (root / "main.tf").write_text(_OFFLINE + "".join(calls), encoding="utf-8")
        done = _terraform(root, "init", "-backend=false", "-input=false", "-no-color")
        if done.returncode == 0:
            return unloadable
        found = set(_ROW.findall(done.stderr)) - set(unloadable)
        if not found:
            raise RuntimeError(f"terraform init: {done.stdout}{done.stderr}")
        unloadable += sorted(found)


def _validated(directory: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(_terraform(directory, "validate", "-json").stdout)["diagnostics"]
    return found


def _by_row(diagnostics: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for diagnostic in diagnostics:
        place = _ROW.search(diagnostic.get("range", {}).get("filename", ""))
        if diagnostic["severity"] == "error":
            if place is None:
                raise RuntimeError(f"terraform speaks of no row: {diagnostic['summary']}: {diagnostic.get('detail')}")
            grouped.setdefault(place[1], []).append(diagnostic)
    return {name: _said(items) for name, items in sorted(grouped.items())}


def _said(diagnostics: Iterable[Mapping[str, Any]]) -> str:
    texts = (f"{d['summary']}: {d['detail']}" if d.get("detail") else d["summary"] for d in diagnostics)
    return " / ".join(sorted({" ".join(text.split()) for text in texts}))


def _terraform(directory: str | Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["terraform", *arguments], cwd=directory, capture_output=True, text=True, check=False, timeout=600
    )


# -- checkov and ddbaudit ------------------------------------------------------------------------------------------


def ask_checkov(program: str) -> Answers:
    """The checks that fail, by row. Its exit code says nothing of whether it looked; that it knows every row does."""
    arguments = ("-d", str(ROWS), "--framework", "terraform", "-o", "json", "--quiet", "--skip-download")
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False, timeout=600)
    report = json.loads(done.stdout)
    found: dict[str, set[str]] = {}
    for check in report["results"]["failed_checks"]:
        found.setdefault(check["file_path"].split("/")[1], set()).add(check["check_id"])
    if report["summary"]["resource_count"] < len(read_rows()):
        raise RuntimeError(f"checkov has read {report['summary']['resource_count']} resources")
    told = {name: ", ".join(sorted(checks)) for name, checks in sorted(found.items())}
    return Answers("checkov", report["summary"]["checkov_version"], told)


def ask_ddbaudit(rows: Sequence[Row], pack: str) -> Answers:
    """The rule of each row, where it is reported in that row; of harmless rows, whatever is."""
    report = audit(Settings(paths=(str(ROWS),), packs=(pack,)))
    by_row: dict[str, set[str]] = {}
    for finding in report.findings:
        name = Path(finding.primary.path).resolve().relative_to(ROWS).parts[0]
        if finding.verdict is Verdict.FAIL:
            by_row.setdefault(name, set()).add(finding.rule)
    wanted = {row.name: by_row.get(row.name, set()) for row in rows}
    told = {r.name: wanted[r.name] if r.rule is None else wanted[r.name] & {r.rule} for r in rows}
    return Answers(f"ddbaudit, {pack}", report.version, {n: ", ".join(sorted(ids)) for n, ids in told.items() if ids})


# -- the table -----------------------------------------------------------------------------------------------------


def table(rows: Sequence[Row], answers: Sequence[Answers]) -> str:
    """A line for each row, and the totals."""
    width = max(len(row.name) for row in rows)
    heads = [f"{'':<{width}}  {'outcome':<8}", *(answer.program for answer in answers)]
    lines = ["  ".join(heads)]
    for row in rows:
        cells = (("seen" if row.name in answer.rows else "-").ljust(len(answer.program)) for answer in answers)
        lines.append("  ".join((f"{row.name:<{width}}  {row.outcome:<8}", *cells)).rstrip())
    mistakes = [row for row in rows if row.outcome != HARMLESS]
    harmless = [row for row in rows if row.outcome == HARMLESS]
    later = [row for row in mistakes if row.outcome != "validate"]
    last = [row for row in later if row.outcome != "plan"]
    for title, of in (
        (f"of {len(mistakes)} mistakes", mistakes),
        (f"of the {len(later)} that validate accepts", later),
        (f"of the {len(last)} that plan accepts", last),
        (f"of {len(harmless)} harmless rows", harmless),
    ):
        cells = (str(answer.seen(of)).ljust(len(answer.program)) for answer in answers)
        lines.append("  ".join((f"{title:<{width + 10}}", *cells)).rstrip())
    return "\n".join(lines)


def _together(others: Sequence[Answers]) -> list[Answers]:
    """The same with what is validated counted as planned too: nobody plans without."""
    together: list[Answers] = []
    for answer in others:
        before = together[-1].rows if answer.program == "terraform plan" else {}
        together.append(Answers(answer.program, answer.version, {**before, **answer.rows}))
    return together


def record(answers: Sequence[Answers], rows: Sequence[Row]) -> str:
    """Answers as JSON, in the order of the rows."""
    found = {
        "programs": {answer.program: answer.version for answer in answers},
        "rows": {row.name: {a.program: a.rows[row.name] for a in answers if row.name in a.rows} for row in rows},
    }
    return json.dumps(found, indent=1) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks/mistakes", description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--checkov", default=shutil.which("checkov"), help="where it is, else found on the PATH")
    parser.add_argument("--record", action="store_true", help="write what the others say to answers.json")
    arguments = parser.parse_args()
    rows = read_rows()
    others: list[Answers] = []
    missing = []
    if shutil.which("terraform") is not None:
        others += ask_terraform(rows)
    else:
        missing.append("terraform")
    if arguments.checkov is not None:
        others.append(ask_checkov(arguments.checkov))
    else:
        missing.append("checkov")
    answers = [*_together(others), *(ask_ddbaudit(rows, pack) for pack in PACKS)]
    print(table(rows, answers))
    print("\n" + ", ".join(f"{answer.program} {answer.version}" for answer in answers))
    for program in missing:
        print(f"!! {program} is not here and was LEFT OUT", file=sys.stderr)
    if arguments.record and missing:
        print("!! nothing is recorded while a program is missing", file=sys.stderr)
        return 1
    if arguments.record:
        ANSWERS.write_text(record(others, rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
