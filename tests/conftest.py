"""Says at the end of a run how many tests wanted to ask Terraform itself and could not."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [report for report in terminalreporter.stats.get("skipped", ()) if "terraform" in report.keywords]
    if skipped:
        terminalreporter.section("terraform", sep="!")
        terminalreporter.write_line(
            f"{len(skipped)} tests that ask Terraform itself were SKIPPED; its recorded answers stood in for it"
        )


@pytest.fixture
def usual_stack() -> Iterator[None]:
    """Python's own limit of frames; an audit in the same process raises it."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000)
    yield
    sys.setrecursionlimit(before)
