"""Says at the end of a run how many tests wanted to ask Terraform itself and could not."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [report for report in terminalreporter.stats.get("skipped", ()) if "terraform" in report.keywords]
    if skipped:
        terminalreporter.section("terraform", sep="!")
        terminalreporter.write_line(
            f"{len(skipped)} tests that ask Terraform itself were SKIPPED; its recorded answers stood in for it"
        )
