"""Comments and baselines hide the same of a plan as of its source; a plan alone has no comments."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from ddbaudit.app.audit import Settings, audit
from ddbaudit.app.baselines import create
from ddbaudit.sdk.report import Report
from tests.plan.recorded import RECORDED, Laid, lay

FILE = "tfconfig/m-/main.tf"
COMMENT = b'# ddbaudit: ignore[DDB101] reason="restored from exports"'


@pytest.fixture
def laid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Laid:
    monkeypatch.chdir(tmp_path)
    return lay(RECORDED["update"], tmp_path)


def commented(text: bytes, line: int) -> bytes:
    """With the comment above a line."""
    lines = text.split(b"\n")
    return b"\n".join([*lines[: line - 1], COMMENT, *lines[line - 1 :]])


def rules(report: Report, *, live: bool) -> list[str]:
    return [finding.rule for finding in report.findings if (finding.suppressed is None) is live]


def test_a_comment_in_the_source_of_a_plan(laid: Laid) -> None:
    found = next(f for f in laid.with_source().findings if f.rule == "DDB101")
    path = laid.root / "main.tf"
    path.write_bytes(commented(path.read_bytes(), found.primary.begin.line))
    for report in (laid.hcl(), laid.with_source()):
        assert rules(report, live=False) == ["DDB101"]
        assert "DDB101" not in rules(report, live=True)
        assert report.diagnostics == ()
    assert rules(laid.alone(), live=False) == []


def test_a_comment_in_the_configuration_that_a_binary_plan_carries(laid: Laid) -> None:
    found = next(f for f in laid.binary().findings if f.rule == "DDB101")
    path = laid.root / "tfplan"
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[FILE] = commented(parts[FILE], found.primary.begin.line)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    report = laid.binary()
    assert rules(report, live=False) == ["DDB101"]
    assert report.diagnostics == ()


def test_a_baseline_of_the_source_holds_for_the_plan_with_its_source(laid: Laid, tmp_path: Path) -> None:
    """A plan alone is known by its own path: it has a baseline of its own."""
    source = Settings((str(laid.root),), select=("DDB101",), environment="x")
    path = str(tmp_path / "known.json")
    Path(path).write_text(create(source, path, "").text)
    plan = replace(source, paths=(str(laid.root / "plan.json"),), sources=(str(laid.root),), baseline=path)
    assert rules(audit(plan), live=False) == ["DDB101"]
    assert rules(audit(replace(plan, sources=())), live=True) == ["DDB101"]
