"""What is built installs into a clean environment and works there as in the source tree: wheel, sdist and editable.

Nothing is fetched: the dependencies are those of the running environment, lent to the clean one without the ddbaudit
that is installed beside them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import ddbaudit

REPOSITORY = Path(__file__).parents[2]
PACKAGES = {"ddbaudit": "src", "ddbaudit_rules": "rules"}
TABLE = """\
resource "aws_dynamodb_table" "orders" {
  name         = "orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"

  attribute {
    name = "pk"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }
}
"""


def run(*command: str | Path, cwd: Path, code: int = 0) -> str:
    """The output of a command in an environment that names no other Python."""
    kept = {"PATH", "HOME", "TMPDIR", "SYSTEMROOT", "TEMP", "TMP"}
    env = {name: value for name, value in os.environ.items() if name in kept}
    env |= {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert done.returncode == code, f"{command}: exit {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def copy_of_the_tree(target: Path) -> Path:
    """A copy of everything that a build or a checkout needs, without what lies about in a working tree."""
    junk = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", ".hypothesis", ".terraform*", "dist")
    return Path(shutil.copytree(REPOSITORY, target, ignore=junk))


@dataclass(frozen=True)
class Built:
    tree: Path
    wheel: Path
    sdist: Path
    dependencies: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The wheel and the sdist, built from a copy, and the lent dependencies."""
    base = tmp_path_factory.mktemp("built")
    tree = copy_of_the_tree(base / "tree")
    run(sys.executable, "-m", "hatchling", "build", "-d", base / "dist", cwd=tree)
    dependencies = base / "dependencies"
    dependencies.mkdir()
    for folder in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        for entry in Path(folder).iterdir():
            if not entry.name.lstrip("_").startswith(("ddbaudit", "editable")) and entry.suffix != ".pth":
                (dependencies / entry.name).symlink_to(entry)
    (wheel,) = (base / "dist").glob("*.whl")
    (sdist,) = (base / "dist").glob("*.tar.gz")
    return Built(tree, wheel, sdist, dependencies)


class Environment:
    """A clean virtual environment with the lent dependencies behind its own packages."""

    def __init__(self, folder: Path, dependencies: Path) -> None:
        run(sys.executable, "-m", "venv", "--without-pip", folder / "venv", cwd=folder)
        self.folder = folder
        self.bin = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
        self.site = Path(self.python("import sysconfig; print(sysconfig.get_path('purelib'))").strip())
        (self.site / "dependencies.pth").write_text(f"{dependencies}\n")

    def python(self, code: str) -> str:
        return run(self.bin / "python", "-c", code, cwd=self.folder)

    def install(self, *what: str | Path) -> None:
        run(self.bin / "python", "-m", "pip", "install", "-q", "--no-deps", "--no-index", *what, cwd=self.folder)

    def ddbaudit(self, *arguments: str, code: int = 0) -> str:
        return run(self.bin / "ddbaudit", *arguments, cwd=self.folder, code=code)

    def place(self, package: str) -> Path:
        return Path(self.python(f"import {package}; print({package}.__file__)").strip()).resolve()


@pytest.fixture
def environment(built: Built, tmp_path: Path) -> Environment:
    return Environment(tmp_path, built.dependencies)


def works(environment: Environment) -> None:
    """The installed program is the source tree's: same version, same rules, and it judges."""
    assert environment.ddbaudit("--version").split()[-1] == ddbaudit.__version__
    here = run(sys.executable, "-m", "ddbaudit", "rules", "-o", "json", cwd=environment.folder)
    assert environment.ddbaudit("rules", "-o", "json") == here
    tree = environment.folder / "tree"
    tree.mkdir()
    (tree / "main.tf").write_text(TABLE)
    clean = environment.ddbaudit("check", "tree")
    assert clean.rstrip().endswith("clean (exit 0)")
    (tree / "main.tf").write_text(TABLE.replace("true", "false"))
    report: dict[str, Any] = json.loads(environment.ddbaudit("check", "tree", "-o", "json", code=1))
    assert [finding["rule"] for finding in report["findings"]] == ["DDB101"]


def sources(tree: Path) -> Iterator[str]:
    """What both packages hold in the source tree."""
    for package, above in PACKAGES.items():
        for path in (tree / above / package).rglob("*"):
            if path.is_file():
                yield path.relative_to(tree / above).as_posix()


def test_the_wheel_holds_both_packages_and_nothing_else(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as archive:
        names = set(archive.namelist())
    held = {name for name in names if ".dist-info/" not in name}
    assert held == set(sources(built.tree))
    assert {name.rpartition("/")[2] for name in names - held} >= {"METADATA", "RECORD", "entry_points.txt", "LICENSE"}
    for data in (
        "ddbaudit/py.typed",
        "ddbaudit/ir/data/aws.json",
        "ddbaudit/ir/data/defaults.json",
        "ddbaudit/model/data/dynamodb-actions.json",
        "ddbaudit_rules/py.typed",
        "ddbaudit_rules/documents/mind-links.yaml",
        "ddbaudit_rules/packs/baseline.yaml",
    ):
        assert data in held


def test_the_sdist_holds_what_a_pull_request_must_pass(built: Built) -> None:
    with tarfile.open(built.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", ".ci/run", "ddbaudit.toml"} <= names
    assert {"tests/packaging/test_install.py", "terraform/README.md", "docs/exit-codes.md"} <= names
    assert {f"src/{name}" for name in sources(built.tree) if name.startswith("ddbaudit/")} <= names
    assert not [name for name in names if name.startswith(".venv") or "__pycache__" in name]


@pytest.mark.slow
def test_the_wheel_installs_and_works(built: Built, environment: Environment) -> None:
    environment.install(built.wheel)
    for package in PACKAGES:
        assert environment.place(package).is_relative_to(environment.site.resolve())
    works(environment)


@pytest.mark.slow
def test_the_sdist_installs_and_works(built: Built, environment: Environment) -> None:
    environment.install("--no-build-isolation", built.sdist)
    for package in PACKAGES:
        assert environment.place(package).is_relative_to(environment.site.resolve())
    works(environment)


@pytest.mark.slow
def test_a_checkout_installs_editable_and_works(environment: Environment) -> None:
    tree = copy_of_the_tree(environment.folder / "checkout").resolve()
    environment.install("--no-build-isolation", "-e", tree)
    assert environment.place("ddbaudit").is_relative_to(tree / "src")
    assert environment.place("ddbaudit_rules").is_relative_to(tree / "rules")
    works(environment)
