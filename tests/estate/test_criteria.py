"""The reference estate meets every criterion of its documents, and one fault unticks those that speak of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ddbaudit.app.audit import Settings
from ddbaudit.app.criteria import GivenPlan, checklists
from ddbaudit.sdk.checklist import Mark, exit_code
from tests.estate.mutants import MUTANTS, Mutant
from tests.estate.test_mutants import copied, mutate
from tests.plan.recorded import RECORDED

BY_HAND = {
    "bbws-access-management-stage-2: summary",
    "mind-links: personal-data",
    "jobwork-planner: isolation",
    "jobwork-planner: verified",
}
SB, AM, S2, JP, ML = (
    "bbws-site-builder",
    "bbws-access-management",
    "bbws-access-management-stage-2",
    "jobwork",
    "mind-links",
)


def marks(*directories: str, plans: tuple[GivenPlan, ...] = ()) -> tuple[dict[str, Mark], int]:
    found = checklists(Settings(paths=directories or ("terraform",)), (), plans)
    return {f"{c.name}: {item.id}": item.mark for c in found for item in c.items}, exit_code(found)


def systems() -> tuple[GivenPlan, ...]:
    roots = {r.root: r for r in RECORDED.values() if r.tree == "terraform"}
    return tuple(GivenPlan(str(r.directory / "tfplan"), f"terraform/{root}") for root, r in sorted(roots.items()))


def test_every_criterion_is_met(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    copied(tmp_path)
    plans = systems()
    assert len(plans) == 12
    found, code = marks(plans=plans)
    assert code == 0
    assert {name for name, mark in found.items() if mark is Mark.BY_HAND} == BY_HAND
    assert {mark for name, mark in found.items() if name not in BY_HAND} == {Mark.MET}
    assert {name.partition(":")[0] for name in found} == {SB, AM, S2, "jobwork-planner", ML}
    counts = {name: sum(n.startswith(f"{name}: ") for n in found) for name in (SB, AM, S2)}
    assert counts == {SB: 8, AM: 13, S2: 10}, "as many as the documents list"


PLANS = {f"{SB}: validates", f"{SB}: plans", f"{S2}: validates", f"{S2}: plans"}
"""Without plans these are open."""
FAULTS: dict[str, tuple[str, set[str]]] = {
    "pitr-argument": ("site-builder", {f"{SB}: recovery"}),
    "pitr-tfvars-dev": ("access-management", {f"{AM}: recovery", f"{S2}: recovery"}),
    "billing-literal": ("access-management", {f"{AM}: on-demand", f"{S2}: on-demand"}),
    "names-index-local": ("access-management", {f"{AM}: indexes", f"{S2}: names"}),
    "names-index-key": ("site-builder", {f"{SB}: indexes"}),
    "modules-call-argument": ("site-builder", {f"{SB}: validates"}),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_unticks_what_speaks_of_it(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    system, expected = FAULTS[name]
    mutant = MUTANTS[name]
    found, code = broken(system, mutant, tmp_path, monkeypatch)
    assert code == 1
    assert {n for n, mark in found.items() if mark is Mark.UNMET} == expected
    assert {n for n, mark in found.items() if mark is Mark.OPEN} == {n for n in PLANS if n in found} - expected


def test_a_table_of_another_name_is_another_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found, _ = broken("access-management", MUTANTS["names-local"], tmp_path, monkeypatch)
    assert {n for n, mark in found.items() if mark is Mark.UNMET} == {f"{AM}: name", f"{S2}: names", f"{S2}: workers"}
    of_the_table = {f"{AM}: {id}" for id in ("indexes", "expiry", "stream", "key-patterns")}
    assert {n for n, mark in found.items() if mark is Mark.OPEN} - PLANS == of_the_table


def broken(system: str, mutant: Mutant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, Mark], int]:
    monkeypatch.chdir(tmp_path)
    copied(tmp_path, without="mind-links")
    mutate(tmp_path / "terraform" / mutant.file, mutant)
    return marks(f"terraform/environments/{system}")


def test_an_environment_that_is_missing_unticks_all_that_ask_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    copied(tmp_path, without="mind-links")
    shutil.rmtree(tmp_path / "terraform/environments/jobwork-planner/prod")
    found, code = marks("terraform/environments/jobwork-planner")
    assert code == 3
    assert {mark for name, mark in found.items() if name not in BY_HAND} == {Mark.OPEN}
