"""What the rules say about their examples, word for word.

`DDBAUDIT_UPDATE=1 pytest tests/rules/test_messages.py` writes the file anew; the difference is for a person to read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ddbaudit.engine.registry import load_rules
from ddbaudit.foundation.source import Span
from ddbaudit.sdk.problem import Problem
from ddbaudit.testing.cases import Case, cases, run_case

GOLDEN = Path(__file__).parent / "messages.txt"


def place(span: Span | None) -> str:
    if span is None:
        return "-"
    text = span.text.replace("\n", "\\n")
    return f"{span.begin.line}:{span.begin.column} {text if len(text) <= 60 else text[:57] + '...'}"


def said(problem: Problem) -> Iterator[str]:
    yield f"  {problem.verdict.value}: {problem.message}"
    yield f"    at      {place(problem.primary)}"
    for name in ("label", "help", "detail"):
        if getattr(problem, name):
            yield f"    {name:<7} {getattr(problem, name)}".replace("\n", "\n            ")
    yield from (f"    related {place(related.span)} ({related.note})" for related in problem.related)
    yield from (f"    origin  {place(link.span)} ({link.note})" for link in problem.origin)


def section(case: Case) -> Iterator[str]:
    yield f"{case.id}: {case.example.title}"
    for problem in run_case(case).problems:
        yield from said(problem)
    yield ""


def test_messages() -> None:
    chosen = [case for case in cases(load_rules().rules) if case.kind != "good"]
    found = "\n".join(line for case in chosen for line in section(case))
    if os.environ.get("DDBAUDIT_UPDATE"):
        GOLDEN.write_text(found, encoding="utf-8")
    assert found == GOLDEN.read_text(encoding="utf-8")
