"""Reports for the formats that other programs read: trees with text of any kind, and every sort of finding."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ddbaudit.app.audit import Settings, audit
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.reporters import github, gitlab, html, junit, markdown, sarif
from ddbaudit.sdk.report import ExitCode, LedgerEntry, Report, Suppression
from tests.reporters.tour import report

FORMATS: dict[str, Callable[[Report], str]] = {
    "sarif": sarif.render,
    "junit": junit.render,
    "github": github.render,
    "gitlab": gitlab.render,
    "markdown": markdown.render,
    "html": html.render,
}
TABLE = """\
resource "aws_dynamodb_table" "t" {{
  for_each     = toset(["{0}"])
  name         = "{0}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk" # {1}

  attribute {{
    name = "{0}"
    type = "S"
  }}
}}
"""


def of_text(directory: Path, text: str) -> Report:
    """The audit of a tree that brings a text into messages, addresses, source lines and file names.

    The text may hold escapes of HCL; in comments and file names it stands as it is, as far as it can.
    """
    raw = text.replace("/", "").replace("\\n", "\n")[:200]
    (directory / f"a{raw}.tf").write_text(TABLE.format(text, text.replace("\\n", " ")), "utf-8")
    (directory / "broken.tf").write_text(f'locals {{\n  a = "{text}\n}}\n', "utf-8")
    (directory / "module.tf").write_text(f'module "m" {{\n  source = "{text}/x"\n}}\n', "utf-8")
    with contextlib.chdir(directory):
        return audit(Settings((".",), loosened=(f"--ignore {text}",), graphs=True))


def every_kind() -> Report:
    """The tour with a finding that is suppressed, one that does not block, and a rule that crashed."""
    tour = report()
    findings = list(tour.findings)
    findings[2] = replace(findings[2], suppressed=Suppression("comment", "read by key alone", "2027-01-31"))
    findings[3] = replace(findings[3], blocking=False, severity=Severity.LOW)
    findings[4] = replace(findings[4], suppressed=Suppression("baseline", ""))
    crash = LedgerEntry("DDB101", "aws_dynamodb_table.sessions", "default", "broken", Verdict.ERROR, "KeyError")
    ledger = tuple(crash if (e.rule, e.address) == (crash.rule, crash.address) else e for e in tour.ledger)
    error = "rule DDB101 crashed on aws_dynamodb_table.sessions: KeyError in pitr_disabled.py:40"
    outcome = replace(tour.outcome, code=ExitCode.INTERNAL, reasons=(error, *tour.outcome.reasons))
    return replace(tour, findings=tuple(findings), ledger=ledger, errors=(error,), outcome=outcome)


def clean() -> Report:
    """A report with nothing in it to complain of."""
    tour = report()
    outcome = replace(tour.outcome, code=ExitCode.CLEAN, complete=True, reasons=())
    return replace(tour, findings=(), diagnostics=(), ledger=(), outcome=outcome)
