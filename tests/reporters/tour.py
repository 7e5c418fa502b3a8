"""The report on fixtures/scenarios/report-tour, made once for all reporters."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import cache
from pathlib import Path

from ddbaudit.app.audit import Settings, audit, evaluate
from ddbaudit.app.dump import dump
from ddbaudit.engine.outcome import Leniency
from ddbaudit.sdk.report import Report

TREE = Path(__file__).parents[2] / "fixtures" / "scenarios" / "report-tour"
RULES = ("DDB101", "DDB102", "DDB201", "DDB202", "IAM501", "IAM503", "TF603")
"""Named, so that a new rule does not change the report."""


@cache
def report() -> Report:
    with contextlib.chdir(TREE):
        loosened = ("--select " + ",".join(RULES),)
        settings = Settings((".",), select=RULES, loosened=loosened, leniency=Leniency(), graphs=True)
        found = audit(settings)
    # What rules say of themselves may change without the report.
    catalogue = tuple(replace(e, rationale=f"Why {e.id}.", references=_REFERENCES) for e in found.catalogue)
    return replace(found, version="0.0.0", catalogue=catalogue)


_REFERENCES = ("https://docs.aws.amazon.com/amazondynamodb/", "HLD-04 Database Tables")


def dumped() -> dict[str, object]:
    with contextlib.chdir(TREE):
        return dump(evaluate(Settings((".",))))
