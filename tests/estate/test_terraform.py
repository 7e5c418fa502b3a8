"""The reference estate through real Terraform: formatted, valid, planned, and as we evaluate it.

Every environment is a test of its own, so that `pytest -n auto` spreads the matrix over the cores. Plans are recorded
(`DDBAUDIT_RECORD=1`), so that the comparison also runs where terraform is not available.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest

from ddbaudit.app.audit import Settings, evaluate
from ddbaudit.app.dump import dump
from tests.estate.roots import ESTATE, FLOOR, PLANS, ROOTS, plan_file
from tests.oracle import terraform
from tests.oracle.compare import compare

SUPPRESSED = '.table_class: we say "STANDARD", terraform says null'
"""The provider hides STANDARD, which is what AWS takes for null, from the plan of a new table (its
DiffSuppressFunc)."""


def fresh_plan(root: str) -> dict[str, Any]:
    """`init`, `validate` and `plan` must succeed; the plan as it is recorded."""
    result: dict[str, Any] = json.loads(
        json.dumps(terraform.slim(terraform.plan(ESTATE, f"environments/{root}")), sort_keys=True)
    )
    return result


def recorded(plan: dict[str, Any]) -> str:
    """The plan as JSON with a line for each resource, so that a change of one shows as such."""
    text = json.dumps(plan, sort_keys=True, separators=(",", ":")) + "\n"
    return text.replace('{"address":', '\n{"address":')


def test_the_known_systems_are_there_and_every_root_has_its_recorded_plan() -> None:
    assert set(ROOTS) >= {f"{system}/{env}" for system, environments in FLOOR.items() for env in environments}
    assert {plan_file(root).name for root in ROOTS} == {path.name for path in PLANS.glob("*.json")}, (
        "record the plans of new roots with DDBAUDIT_RECORD=1"
    )


@pytest.mark.parametrize("root", ROOTS)
def test_we_evaluate_what_terraform_plans(root: str) -> None:
    if terraform.RECORD:
        plan_file(root).write_text(recorded(fresh_plan(root)))
    plan = json.loads(plan_file(root).read_text())
    evaluations = evaluate(Settings(paths=(str(ESTATE / "environments" / root),)))
    assert [d for e in evaluations for d in e.diagnostics] == []
    result = compare(plan, json.loads(json.dumps(dump(evaluations))))
    assert [m for m in result.mismatches if not m.endswith(SUPPRESSED)] == []
    assert result.lost == []
    assert result.known > 50


@pytest.mark.terraform
@pytest.mark.parametrize("root", ROOTS)
def test_it_validates_and_plans_as_recorded(root: str) -> None:
    if not terraform.available():
        pytest.skip("terraform or its provider is not available: the estate's recorded plans are used unchecked")
    assert fresh_plan(root) == json.loads(plan_file(root).read_text())


@pytest.mark.terraform
def test_it_is_formatted_as_terraform_fmt_would() -> None:
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not available: the estate's formatting is not checked")
    done = subprocess.run(
        ["terraform", "fmt", "-check", "-recursive", "-diff", str(ESTATE)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


REFUSED = [
    ("jobwork-planner/prod", {"destroy_allowed": "true"}, ["destroy_allowed is for the environment dev only"]),
    ("jobwork-planner/sit", {"destroy_allowed": "true"}, ["destroy_allowed is for the environment dev only"]),
    (
        "jobwork-planner/dev",
        {"environment": "qa", "region": "Ireland"},
        ["environment must be dev, sit or prod", "region must be an AWS Region name"],
    ),
]


@pytest.mark.terraform
@pytest.mark.parametrize(("root", "variables", "errors"), REFUSED, ids=[f"{r}-{'-'.join(v)}" for r, v, _ in REFUSED])
def test_it_refuses_what_the_variables_do_not_allow(root: str, variables: dict[str, str], errors: list[str]) -> None:
    if not terraform.available():
        pytest.skip("terraform or its provider is not available: what the modules refuse is not checked")
    arguments = [f"-var={name}={value}" for name, value in variables.items()]
    with pytest.raises(AssertionError) as refusal:
        terraform.plan(ESTATE, f"environments/{root}", *arguments)
    said = " ".join(str(refusal.value).replace("│", " ").split())
    assert [error for error in errors if error not in said] == []
