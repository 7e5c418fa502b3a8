from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.harness import Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """An empty tree to check, with a home beside it."""
    for name in ("tree", "home"):
        (tmp_path / name).mkdir()
    return Shell(tmp_path / "tree", tmp_path / "home")
