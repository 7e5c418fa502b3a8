"""What rules of one's own say of a configuration, of its plan, and of both together never contradicts itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripts.record_plans import Recording

from ddbaudit.app.audit import Settings, audit
from ddbaudit.foundation.verdict import Verdict
from tests.plan.recorded import RECORDED, lay

RULES = (str(Path(__file__).parents[2] / "fixtures" / "policies"),)
CHANGING = [r for r in RECORDED.values() if not {"-destroy", "-refresh-only"} & set(r.arguments)]

Ledger = dict[tuple[str, str], Verdict]


def ledger(path: Path, sources: tuple[str, ...] = (), arguments: tuple[tuple[str, str], ...] = ()) -> Ledger:
    settings = Settings((str(path),), sources, arguments, rules=RULES, select=("ORG",))
    report = audit(settings)
    assert report.errors == ()
    passing = (Verdict.PASS, Verdict.NOT_APPLICABLE)
    return {
        (entry.rule, entry.address): Verdict.PASS if entry.verdict in passing else entry.verdict
        for entry in report.ledger
    }


def contradictions(one: Ledger, two: Ledger) -> list[tuple[str, str]]:
    """Where one says PASS and the other FAIL."""
    return sorted(key for key in one.keys() & two.keys() if {one[key], two[key]} == {Verdict.PASS, Verdict.FAIL})


@pytest.mark.parametrize("recording", CHANGING, ids=lambda r: r.name)
def test_no_input_contradicts_another(recording: Recording, tmp_path: Path) -> None:
    laid = lay(recording, tmp_path)
    values = tuple(("var", f"{name}={value}") for name, value in laid.recording.values.items())
    source = ledger(laid.root, (), values)
    alone = ledger(laid.root / "plan.json")
    fused = ledger(laid.root / "plan.json", (str(laid.root),))
    assert contradictions(source, alone) == []
    assert contradictions(source, fused) == []
    assert contradictions(alone, fused) == []
    for key, verdict in source.items():
        if key in fused and verdict is not Verdict.UNKNOWN:
            assert fused[key] is verdict, key


def test_there_is_something_to_compare(tmp_path: Path) -> None:
    laid = lay(RECORDED["create"], tmp_path)
    found = ledger(laid.root / "plan.json", (str(laid.root),))
    assert {Verdict.PASS, Verdict.FAIL} <= set(found.values())
    assert len({rule for rule, _ in found}) > 8
