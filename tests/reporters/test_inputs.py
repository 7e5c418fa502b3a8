"""Every format of plans and of trees with secrets: places without text, and no secret anywhere."""

from __future__ import annotations

import contextlib
import json
from functools import cache
from pathlib import Path

import pytest

from ddbaudit.app.audit import Settings, audit
from ddbaudit.reporters import concise, json_, text
from ddbaudit.reporters.graph_svg import svg
from ddbaudit.reporters.graph_text import dot, mermaid
from ddbaudit.reporters.style import plain
from ddbaudit.sdk.report import Report
from tests.plan.test_canaries import CANARY, SECRETS, SOURCE
from tests.reporters.formats import FORMATS
from tests.reporters.test_formats import GITLAB, Page, cases_of, commands_of, log_of, schema_of

ROOT = Path(__file__).parents[2]
PLANS = ("modules", "policies-covered", "refresh-only-drift", "unknown-name", "target")


@cache
def of_plan(name: str) -> Report:
    with contextlib.chdir(ROOT / "fixtures" / "plans" / name):
        return audit(Settings(("plan.json",), packs=("strict",), graphs=True))


@pytest.mark.parametrize("name", PLANS)
def test_plans_have_every_format(name: str) -> None:
    found = of_plan(name)
    assert found.findings or found.diagnostics
    results = log_of(FORMATS["sarif"](found))["results"]
    assert len(results) >= len(found.findings)
    assert cases_of(FORMATS["junit"](found))
    assert commands_of(FORMATS["github"](found))
    schema_of(GITLAB).validate(json.loads(FORMATS["gitlab"](found)))
    assert Page(FORMATS["html"](found)).tags <= {*Page.KNOWN, "svg", "g", "rect", "path", "circle", "text"}
    for finding in found.findings[:1]:
        attribute = finding.primary.attribute
        assert attribute is not None
        assert f"({attribute})" in results[-len(found.findings)]["locations"][0]["message"]["text"]
        assert attribute in FORMATS["github"](found)


@cache
def with_secrets(inputs: tuple[str, ...], source: str | None) -> Report:
    return audit(Settings(inputs, sources=(source,) if source else (), packs=("strict",), graphs=True))


INPUTS = (
    ((str(SECRETS / "plan.json"),), None),
    ((str(SECRETS / "tfplan"),), None),
    ((str(SECRETS / "plan.json"),), str(SOURCE)),
    ((str(SOURCE),), None),
)


@pytest.mark.parametrize(("inputs", "source"), INPUTS)
def test_no_format_holds_a_secret(inputs: tuple[str, ...], source: str | None) -> None:
    found = with_secrets(inputs, source)
    assert found.findings
    written = {name: render(found) for name, render in FORMATS.items()}
    written |= {"text": plain(text.lines(found)), "concise": plain(concise.lines(found)), "json": json_.render(found)}
    written |= {"svg": svg(found.graphs), "mermaid": mermaid(found.graphs), "dot": dot(found.graphs)}
    shown = {name: [line for line in content.splitlines() if CANARY.search(line)] for name, content in written.items()}
    assert {name: lines[:3] for name, lines in shown.items() if lines} == {}
