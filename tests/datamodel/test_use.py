"""Data models in use: from packs, the configuration and the command line; what goes wrong, and what is never loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ddbaudit.app.audit import Settings, audit
from ddbaudit.cli.group import run
from ddbaudit.foundation.errors import UsageError
from ddbaudit.sdk.report import ExitCode
from ddbaudit_rules._support.design_examples import NAMED, designed, model
from ddbaudit_rules._support.examples import table

PACK = """\
name: orders
description: Orders.
extends: baseline
models: [orders.yaml]
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root module `live/dev` with the table `orders-dev`, and a model beside it that also has `items`."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "live" / "dev"
    folder.mkdir(parents=True)
    pitr = "\n  point_in_time_recovery {\n    enabled = true\n  }\n"
    versions = 'terraform {\n  required_version = ">= 1.5.0"\n}\n\n'
    versions += 'variable "environment" {\n  type    = string\n  default = "dev"\n}\n\n'
    (folder / "main.tf").write_text(versions + table(pitr, name=NAMED.replace("dev", "${var.environment}")))
    (tmp_path / "design").mkdir()
    (tmp_path / "design" / "orders.yaml").write_text(model(designed(), designed(key="items")))
    return tmp_path


def missing(settings: Settings) -> list[str]:
    report = audit(settings)
    return [f"{f.rule} {f.primary.path}" for f in report.findings if f.rule.startswith("MOD")]


def test_by_the_command_line(root: Path) -> None:
    assert missing(Settings(("live",))) == []
    assert missing(Settings(("live",), models=("design/orders.yaml",))) == ["MOD801 design/orders.yaml"]


def test_by_a_pack_beside_which_it_stands(root: Path) -> None:
    (root / "design" / "pack.yaml").write_text(PACK)
    assert missing(Settings(("live",), packs=("design/pack.yaml",))) == ["MOD801 design/orders.yaml"]


def test_by_a_pack_that_extends_one(root: Path) -> None:
    (root / "design" / "base.yaml").write_text(PACK)
    (root / "pack.yaml").write_text("name: more\ndescription: More.\nextends: design/base.yaml\n")
    assert missing(Settings(("live",), packs=("pack.yaml",))) == ["MOD801 design/orders.yaml"]


@pytest.mark.parametrize(
    ("config", "found"),
    [
        ('models = ["design/orders.yaml"]', ["MOD801 design/orders.yaml"]),
        ('[models]\n"live/*" = "design/orders.yaml"', ["MOD801 design/orders.yaml"]),
        ('[models]\n"live/prod" = ["design/orders.yaml"]', []),
        (
            '[models]\n"live/*" = ["design/orders.yaml"]\n"live/dev" = ["design/orders.yaml"]',
            ["MOD801 design/orders.yaml"],
        ),
    ],
)
def test_by_the_configuration(root: Path, config: str, found: list[str]) -> None:
    (root / "ddbaudit.toml").write_text(config)
    assert missing(Settings(("live",))) == found


def test_several_models_have_a_table_each(root: Path) -> None:
    (root / "items.yaml").write_text(model(designed(key="items")).replace("system: orders", "system: items"))
    (root / "orders.yaml").write_text(model())
    assert missing(Settings(("live",), models=("items.yaml", "orders.yaml"))) == ["MOD801 items.yaml"]


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ("models = 3", "models must be a list of data models"),
        ('[models]\n"live/*" = []', '[models] "live/*" must be the name of a data model'),
        ('models = ["design/order.yaml"]', "design/order.yaml: the data model cannot be read: there is no such file"),
        ('models = ["mindlinks"]', 'there is no data model "mindlinks" (did you mean "mind-links"?)'),
    ],
)
def test_what_is_not_understood_is_refused(root: Path, config: str, told: str) -> None:
    (root / "ddbaudit.toml").write_text(config)
    with pytest.raises(UsageError) as refused:
        audit(Settings(("live",)))
    assert told in refused.value.message


def test_a_mistake_in_a_model_ends_the_run(root: Path) -> None:
    path = root / "design" / "orders.yaml"
    path.write_text(path.read_text().replace("hash: id", "hsh: id", 1))
    with pytest.raises(UsageError) as refused:
        run(["check", "live", "--model", "design/orders.yaml"])
    assert refused.value.exit_code == ExitCode.USAGE
    assert refused.value.message == 'design/orders.yaml:9:5: a table has no field "hsh" (did you mean "hash"?)'


class TestModelCheck:
    def test_the_documents_are_in_order(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["model", "check", "-o", "concise"]) == ExitCode.CLEAN
        assert "34 tables" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("name", "code"),
        [("mind-links", ExitCode.VIOLATIONS), ("jobwork-planner", ExitCode.CLEAN)],
    )
    def test_as_written(self, name: str, code: ExitCode, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["model", "check", name, "--as-written", "-o", "concise"]) == code
        assert ("MOD809" in capsys.readouterr().out) == (code is ExitCode.VIOLATIONS)

    def test_those_of_the_configuration(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (root / "ddbaudit.toml").write_text('models = ["design/orders.yaml"]')
        assert run(["model", "check"]) == ExitCode.CLEAN
        assert "2 tables" in capsys.readouterr().out

    def test_a_pattern_that_nothing_serves(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        pattern = "patterns:\n  By e-mail: {table: orders, operation: Query, where: {email: equals}}"
        (root / "orders.yaml").write_text(model(rest=pattern))
        assert run(["model", "check", "orders.yaml"]) == ExitCode.VIOLATIONS
        assert "orders.yaml:13:3" in capsys.readouterr().out


def test_without_a_model_nothing_of_models_is_loaded(root: Path) -> None:
    code = (
        "import sys; from ddbaudit.cli.group import run; code = run(['check', 'live', '-o', 'json']); "
        "sys.exit(code or any(name.startswith('ddbaudit.datamodel') for name in sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout[-2000:] + found.stderr
