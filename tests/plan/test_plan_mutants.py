"""Breaking any one thing in the reference estate is seen in its plan too: with the source, and without it.

`DDBAUDIT_RECORD=1` asks Terraform for the plan of every mutated estate again (ten minutes; it needs terraform, the
provider and moto_server, as scripts/record_plans.py does). Record the estate's own plans first.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from scripts.record_plans import moto

from ddbaudit.app.audit import Settings, audit
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.sdk.report import ExitCode, Report
from tests.estate.mutants import MUTANTS
from tests.estate.test_mutants import copied, mutate
from tests.plan import mutant_plans
from tests.plan.mutant_plans import Workshop
from tests.plan.recorded import PLAN_ONLY

SAME_PLAN = {
    "keys-twice": "Terraform makes one of the two attribute blocks",
}
"""Mistakes that leave the plan as it is: without its source, nothing can be seen."""


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop | None]:
    """Where mutants are recorded, when they are to be."""
    if os.environ.get("DDBAUDIT_RECORD") != "1":
        yield None
        return
    with moto() as server:
        yield Workshop(tmp_path_factory.mktemp("workshop"), server)


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the systems that mutants are in, as working directory."""
    monkeypatch.chdir(tmp_path)
    return copied(tmp_path, without="mind-links")


def judged(path: str, *, source: str = "", environment: str) -> Report:
    """The report on one root or plan, with the packs of the root."""
    system = source.split("/")[2]
    packs = {"site-builder": "bbws-site-builder", "access-management": "bbws-access-management"}[system]
    sources = (source,) if path != source else ()
    return audit(Settings((path,), sources, packs=(packs,), environment=environment))


def told(report: Report) -> set[tuple[str, str, str, str]]:
    """The findings, without those of rules that judge changes: the estate is planned from nothing."""
    return {(f.rule, f.address, f.verdict.value, f.fingerprint) for f in report.findings if f.rule not in PLAN_ONLY}


@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_a_mutant_is_seen_in_its_plan(name: str, estate: Path, workshop: Workshop | None) -> None:
    mutant = MUTANTS[name]
    mutate(estate / mutant.file, mutant)
    if workshop is not None:
        workshop.record(mutant, name)
    outcome = mutant_plans.recorded(name)["outcome"]
    if outcome == "refused":
        assert mutant_plans.recorded(name)["said"].startswith("Error: ")
        return
    base = mutant_plans.base_of(mutant)
    root, environment = f"terraform/{base.root}", Path(base.root).name
    plan = mutant_plans.plan_of(mutant, name)
    Path("plan.json").write_text(json.dumps(plan))
    hcl = judged(root, source=root, environment=environment)
    assert mutant.rule in {f.rule for f in hcl.findings}

    fused = judged("plan.json", source=root, environment=environment)
    assert told(fused) == told(hcl), [d.detail for d in fused.diagnostics]
    packs = ("bbws-site-builder" if "site-builder" in root else "bbws-access-management",)
    alone = audit(Settings(("plan.json",), packs=packs, environment=environment))
    if outcome == "errored":
        assert plan["errored"] is True
        assert fused.outcome.code is ExitCode.INCOMPLETE
        assert alone.outcome.code is ExitCode.INCOMPLETE
        assert "PLAN010" in {d.code for d in alone.diagnostics}
    elif name in SAME_PLAN:
        assert "resource_changes" not in {change["at"][0] for change in mutant_plans.recorded(name)["changes"]}
    else:
        seen = {f.rule for f in alone.findings if f.verdict in (Verdict.FAIL, Verdict.UNKNOWN)}
        assert mutant.rule in seen, [str(f.primary) for f in alone.findings]
        assert alone.outcome.code is not ExitCode.CLEAN or not any(f.blocking for f in hcl.findings)


def test_most_mutants_reach_a_plan() -> None:
    """What Terraform refuses itself needs no gate; what it plans does."""
    count = Counter(mutant_plans.recorded(name)["outcome"] for name in MUTANTS)
    assert count["planned"] >= 50
    assert count["errored"] >= 10


def test_every_recorded_plan_has_its_mutant() -> None:
    assert {path.name.partition(".")[0] for path in mutant_plans.DIRECTORY.iterdir()} == set(MUTANTS)
