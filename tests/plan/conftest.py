"""What the tests of plan input share: a shell as users have it, and plans laid beside the source they were made in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.harness import Shell


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all runs keep their compiled modules: outside of the tree under test."""
    return tmp_path_factory.mktemp("compiled")


@pytest.fixture
def shell(tmp_path: Path, compiled: Path) -> Shell:
    """An empty tree to check, with a home beside it."""
    for name in ("tree", "home"):
        (tmp_path / name).mkdir()
    env = {"PYTHONPYCACHEPREFIX": str(compiled), "PYTHONDONTWRITEBYTECODE": ""}
    return Shell(tmp_path / "tree", tmp_path / "home", env)
