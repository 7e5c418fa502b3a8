"""Every root in fixtures/evaluate against its recorded plan; recorded anew with DDBAUDIT_RECORD=1."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ddbaudit.app.audit import Settings, evaluate
from ddbaudit.app.dump import dump
from ddbaudit.frontends.hcl.sharper import IN_PLANS, SHARPER
from tests.oracle import terraform
from tests.oracle.compare import Comparison, compare

FIXTURES = Path(__file__).parents[2] / "fixtures" / "evaluate"
ROOTS = sorted(p.parent.name for p in FIXTURES.glob("*/main.tf"))


def _arguments(name: str) -> list[str]:
    """A fixture's own command line, one `name=value` or `@file` per line."""
    return _lines(name, "arguments.txt")


def _lines(name: str, file: str) -> list[str]:
    path = FIXTURES / name / file
    return path.read_text().splitlines() if path.exists() else []


def _environment(name: str) -> dict[str, str]:
    """Variables of the process environment, one `NAME=value` per line."""
    return {n: v for n, _, v in (line.partition("=") for line in _lines(name, "environment.txt"))}


def _settings(name: str) -> Settings:
    directory = FIXTURES / name
    arguments = tuple(("file", str(directory / a[1:])) if a.startswith("@") else ("var", a) for a in _arguments(name))
    return Settings(
        paths=(str(directory),), arguments=arguments, process_environment=_environment(name), workspace="default"
    )


def _flags(name: str) -> list[str]:
    return [f"-var-file={a[1:]}" if a.startswith("@") else f"-var={a}" for a in _arguments(name)]


def _plan(name: str) -> dict[str, Any]:
    return terraform.slim(terraform.plan(FIXTURES / name, ".", *_flags(name), environment=_environment(name)))


def _recorded(name: str) -> dict[str, Any]:
    path = FIXTURES / name / "plan.json"
    if terraform.RECORD:
        plan = _plan(name)
        path.write_text(json.dumps(plan, indent=1, sort_keys=True) + "\n")
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def _compared(name: str, plan: dict[str, Any]) -> Comparison:
    evaluations = [e for e in evaluate(_settings(name)) if Path(e.root).name == name]
    assert len(evaluations) == 1
    grave = [d for d in evaluations[0].diagnostics if d.level.value == "error"]
    assert not grave, [f"{d.where}: {d.detail}" for d in grave]
    assert not [f for module in evaluations[0].modules for f in module.faults]
    assert not [f for declaration in evaluations[0].declarations for f in declaration.faults]
    return compare(plan, json.loads(json.dumps(dump(evaluations))))


@pytest.mark.parametrize("name", ROOTS)
def test_what_we_know_terraform_says_too(name: str) -> None:
    result = _compared(name, _recorded(name))
    assert result.mismatches == []
    assert result.known > 0


@pytest.mark.parametrize("name", ROOTS)
def test_what_terraform_knows_we_mostly_know(name: str) -> None:
    result = _compared(name, _recorded(name))
    share = len(result.lost) / max(result.known + len(result.lost), 1)
    assert share <= 0.05, result.lost


SHARPER_PATHS = {
    "equal-symbols": r"operators: output\.unknown\.k",
    "equal-arms": r"conditionals: output\.unknown\.same",
    "tags-all-of-none": r".*\.tags_all|table-full: output\.values\.all\[\d\]",
    "partly-known-argument": r".*\.(alarm_actions|route_table_ids|tags|environment\[0\]\.variables)",
    "deferred-default": r".*: data\.aws_iam_policy_document\..*",
}
"""Which entry of the tables in sharper.py explains what we know and a plan does not; the paths are whole."""


def test_what_only_we_know_is_explained() -> None:
    paths = [f"{name}: {path}" for name in ROOTS for path in _compared(name, _recorded(name)).sharper]
    explained = {name: [p for p in paths if re.fullmatch(pattern, p)] for name, pattern in SHARPER_PATHS.items()}
    assert set(paths) == {path for found in explained.values() for path in found}
    assert all(explained.values())
    assert explained.keys() - {entry.name for entry in SHARPER} == {entry.name for entry in IN_PLANS}


@pytest.mark.terraform
@pytest.mark.parametrize("name", ROOTS)
def test_the_recorded_plan_is_what_terraform_says(name: str) -> None:
    if not terraform.available():
        pytest.skip("terraform or its provider is not available: recorded plans are used unchecked")
    fresh = _plan(name)
    recorded = json.loads((FIXTURES / name / "plan.json").read_text())
    assert json.loads(json.dumps(fresh)) == recorded
