"""Every example of every rule says what the rule reports on it, and nothing else is reported."""

from __future__ import annotations

import pytest

from ddbaudit.engine.registry import load_rules
from ddbaudit.testing.cases import Case, cases, run_case

CASES = list(cases(load_rules().rules))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_example(case: Case) -> None:
    result = run_case(case)
    source = "\n".join(f"{n:3} {line}" for n, line in enumerate(case.example.hcl.splitlines(), 1))
    report = "\n".join(f"  {p.verdict.value} at {p.primary.begin.line}: {p.message}" for p in result.problems)
    explained = "\n".join(result.differences)
    assert not result.differences, f"{case.example.title}\n{explained}\nreported:\n{report}\n{source}"
