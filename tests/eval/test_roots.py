"""Root modules: every directory with Terraform files is a root or is reached from one."""

from __future__ import annotations

from pathlib import Path

import pytest

from ddbaudit.app.audit import Settings, audit
from ddbaudit.frontends.hcl.loader import Loader
from ddbaudit.frontends.hcl.parse import ParseOptions
from ddbaudit.frontends.hcl.roots import find_roots


def tree(root: Path, calls: dict[str, list[str]]) -> Path:
    for directory, sources in calls.items():
        folder = root / directory
        folder.mkdir(parents=True, exist_ok=True)
        text = "".join(f'module "m{n}" {{\n  source = "{source}"\n}}\n' for n, source in enumerate(sources))
        (folder / "main.tf").write_text(text, encoding="utf-8")
    return root.resolve()


def roots(root: Path) -> list[str]:
    found = find_roots([str(root)], Loader(ParseOptions(), [root]))
    return [Path(directory).relative_to(root).as_posix() for directory in found.directories]


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ({".": ["./a"], "a": []}, ["."]),
        ({".": [], "example": [".."]}, ["example"]),
        ({".": [], "examples/x": ["../.."], "examples/y": ["../../"]}, ["examples/x", "examples/y"]),
        ({"a": ["."]}, ["a"]),
        ({"a": ["./"]}, ["a"]),
        ({"a": ["../b"], "b": ["../a"]}, ["a"]),
        ({"a": ["../b"], "b": ["../a", "../c"], "c": []}, ["a"]),
        ({"a": ["../b"], "b": ["../a"], "live": ["../b"]}, ["live"]),
        ({"a": ["../gone"]}, ["a"]),
    ],
)
def test_roots(tmp_path: Path, calls: dict[str, list[str]], expected: list[str]) -> None:
    assert roots(tree(tmp_path, calls)) == expected


def test_a_module_that_is_never_made_is_read(tmp_path: Path) -> None:
    """Terraform reads it too and refuses what cannot be parsed."""
    root = tree(tmp_path, {"a": [], "a/b": []})
    (root / "main.tf").write_text('module "a" {\n  source = "./a"\n  count  = 0\n}\n', encoding="utf-8")
    (root / "a" / "main.tf").write_text('module "b" {\n  source = "./b"\n}\n', encoding="utf-8")
    (root / "a" / "b" / "main.tf").write_text('resource "aws_dynamodb_table" "t" {\n  name = \n}\n', encoding="utf-8")
    report = audit(Settings(paths=(str(root),)))
    assert int(report.outcome.code) == 3
    assert report.inventory.files == 3
    assert [Path(path).name for path in report.inventory.files_unparsed] == ["main.tf"]
