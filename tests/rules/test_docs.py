"""The generated pages are as they would be written now, and the generator can tell."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripts import generate_docs

from ddbaudit.engine.registry import load_rules


def test_the_pages_are_fresh() -> None:
    found = generate_docs.pages(load_rules())
    assert generate_docs.stale(found, generate_docs.DOCS) == [], "run python scripts/generate_docs.py"


def test_every_page_is_linked() -> None:
    found = generate_docs.pages(load_rules())
    for path in found:
        if path.startswith("rules/DDB"):
            assert f"({path.removeprefix('rules/')})" in found["rules/index.md"]


def test_check_tells_what_is_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generate_docs, "DOCS", tmp_path)
    assert generate_docs.main(["--check"]) == 1
    assert "docs/rules/index.md is stale" in capsys.readouterr().out
    assert generate_docs.main([]) == 0
    assert generate_docs.main(["--check"]) == 0
    (tmp_path / "rules" / "DDB999-gone.md").write_text("x")
    (tmp_path / "packs.md").write_text("x")
    assert generate_docs.main(["--check"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "docs/packs.md is stale: run python scripts/generate_docs.py",
        "docs/rules/DDB999-gone.md is stale: run python scripts/generate_docs.py",
    ]
    assert generate_docs.main([]) == 0
    assert not (tmp_path / "rules" / "DDB999-gone.md").exists()
