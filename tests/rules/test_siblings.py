"""Which root modules are one system in several environments, and what protected means there."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from ddbaudit.app.audit import Settings, audit
from ddbaudit.engine.judge import ActiveRule, judge
from ddbaudit.engine.registry import load_rules
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.model.build import build_estate
from ddbaudit.sdk.report import Report
from ddbaudit.testing.cases import evaluate_source
from ddbaudit_rules._support.examples import block, gsi, table, variable

PITR = block("point_in_time_recovery", "enabled = true")


def checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], rule: str) -> Report:
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(tmp_path)
    return audit(Settings(paths=(".",), select=(rule,)))


def said(report: Report) -> list[tuple[str, tuple[str, ...]]]:
    return [(finding.message, finding.environments) for finding in report.findings]


def test_one_directory_in_several_environments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = gsi('"by-email"', '"email"')
    count = 'count = var.environment == "dev" ? 1 : 0'
    main = variable("environment") + table(f"{count}\n\n{index}", attributes="id email")
    files = {"main.tf": main, "dev.tfvars": 'environment = "dev"', "prod.tfvars": 'environment = "prod"'}
    report = checked(tmp_path, monkeypatch, files, "ENV901")
    assert said(report) == [('table "orders" is not in prod', ("dev",))]


def test_several_systems_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {f"live/{env}/{name}/main.tf": table(name=f'"{name}-{env}"') for env in ("dev", "prod") for name in "ab"}
    files["live/dev/c/main.tf"] = table(name='"c-dev"')
    config = '[environments]\n"live/dev/*" = "dev"\n"live/prod/*" = "prod"\n'
    report = checked(tmp_path, monkeypatch, {**files, "ddbaudit.toml": config}, "ENV901")
    assert said(report) == []
    reasons = {entry.root: entry.reason for entry in report.ledger}
    assert reasons["live/dev/c"] == "there is no other environment to hold it against"
    assert reasons["live/dev/a"] == ""


@pytest.mark.parametrize(("name", "related"), [("orders", True), ("parcels", False)])
def test_directories_of_other_names_are_one_system_when_they_have_a_table_in_common(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, related: bool
) -> None:
    index = gsi('"by-email"', '"email"')
    files = {
        "live/main.tf": table(index, attributes="id email"),
        "trial/main.tf": table(name='"x"').replace('"orders" {', f'"{name}" {{'),
        "ddbaudit.toml": '[environments]\nlive = "prod"\ntrial = "dev"\n',
    }
    report = checked(tmp_path, monkeypatch, files, "ENV901")
    assert [message for message, _ in said(report)] == (
        ['GSI "by-email" of table "orders" is not in dev'] if related else []
    )


def test_what_cannot_be_read_elsewhere_may_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"environments/dev/main.tf": table(), "environments/prod/main.tf": 'module "m" {\n  source = "./gone"\n}\n'}
    report = checked(tmp_path, monkeypatch, files, "ENV901")
    assert [finding.verdict for finding in report.findings] == [Verdict.UNKNOWN]


def test_a_name_that_is_not_known_may_be_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = (variable("name") + table(name="var.name")).replace('"orders" {', '"other" {')
    files = {"environments/dev/main.tf": table(), "environments/prod/main.tf": other}
    report = checked(tmp_path, monkeypatch, files, "ENV901")
    assert [finding.verdict for finding in report.findings] == [Verdict.UNKNOWN, Verdict.UNKNOWN]


def test_names_of_indexes_are_compared_without_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        f"environments/{env}/main.tf": table(gsi(f'"orders-{env}-email"', '"email"'), attributes="id email")
        for env in ("dev", "prod")
    }
    assert said(checked(tmp_path, monkeypatch, files, "ENV901")) == []


def test_a_name_of_an_index_that_is_not_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unnamed = variable("index") + table(gsi("var.index", '"email"'), attributes="id email")
    named = table(gsi('"by-email"', '"email"'), attributes="id email")
    files = {"environments/dev/main.tf": named, "environments/prod/main.tf": unnamed}
    report = checked(tmp_path, monkeypatch, files, "ENV901")
    assert [finding.verdict for finding in report.findings] == [Verdict.UNKNOWN, Verdict.UNKNOWN]


@pytest.mark.parametrize(
    ("config", "weaker"),
    [
        ("", ["prod"]),
        ("[environments.prod]\nprotected = false\n", []),
        ("[environments.sit]\nprotected = true\n", ["prod", "sit"]),
        ("[environments.dev]\nprotected = true\n", []),
    ],
)
def test_the_configuration_says_what_is_protected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: str, weaker: list[str]
) -> None:
    files = {f"environments/{env}/main.tf": table(PITR if env == "dev" else "") for env in ("dev", "sit", "prod")}
    report = checked(tmp_path, monkeypatch, {**files, "ddbaudit.toml": config}, "ENV902")
    assert sorted(e for finding in report.findings for e in finding.environments) == weaker


@pytest.mark.parametrize(
    ("here", "there", "verdicts"),
    [
        ("recovery_period_in_days = 7", "", [Verdict.FAIL]),
        ("", "recovery_period_in_days = 7", []),
        ("recovery_period_in_days = 7", "recovery_period_in_days = 7", []),
        ("recovery_period_in_days = var.days", "", [Verdict.UNKNOWN]),
        ("", "recovery_period_in_days = var.days", []),
        ("recovery_period_in_days = 7", "recovery_period_in_days = var.days", [Verdict.UNKNOWN]),
    ],
)
def test_periods_are_compared_where_both_recover(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: str, there: str, verdicts: list[Verdict]
) -> None:
    def made(period: str) -> str:
        return variable("days", "number") + table(block("point_in_time_recovery", f"enabled = true\n{period}"))

    files = {"environments/prod/main.tf": made(here), "environments/dev/main.tf": made(there)}
    report = checked(tmp_path, monkeypatch, files, "ENV902")
    assert [finding.verdict for finding in report.findings] == verdicts


def test_a_written_key_may_be_weaker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arn = '"arn:aws:kms:eu-west-1:123456789012:key/12345678-1234-1234-1234-123456789012"'
    own = block("server_side_encryption", f"enabled     = true\nkms_key_arn = {arn}")
    files = {"environments/prod/main.tf": table(own), "environments/dev/main.tf": table(own)}
    report = checked(tmp_path, monkeypatch, files, "ENV902")
    assert [finding.verdict for finding in report.findings] == [Verdict.UNKNOWN]


def test_there_must_be_another_environment_with_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"environments/prod/main.tf": table(), "environments/live/main.tf": table()}
    report = checked(tmp_path, monkeypatch, files, "ENV902")
    assert {entry.reason for entry in report.ledger} == {"there is no unprotected environment to hold it against"}
    (tmp_path / "environments/live/main.tf").unlink()
    files = {"environments/dev/main.tf": table(PITR, name='"other"').replace('"orders" {', '"other" {')}
    assert said(checked(tmp_path, monkeypatch, files, "ENV902")) == []


REPLICAS = """
dynamic "replica" {
  for_each = var.regions
  content {
    region_name = replica.value
  }
}
"""


@pytest.mark.parametrize(
    ("source", "row", "verdicts"),
    [
        (
            variable("on", "bool") + table(block("point_in_time_recovery", "enabled = var.on")),
            {"pitr": True},
            [Verdict.UNKNOWN],
        ),
        (table(PITR), {"pitr": False}, [Verdict.FAIL]),
        (table(), {"pitr": False}, []),
        (table(), {"failover_region": "eu-west-1"}, [Verdict.FAIL]),
        (table(), {"replication": True}, [Verdict.FAIL]),
        (variable("regions", "set(string)") + table(REPLICAS), {"replication": False}, [Verdict.UNKNOWN]),
        (variable("regions", "set(string)") + table(REPLICAS), {"replication": True}, [Verdict.UNKNOWN]),
        (
            variable("arn")
            + table()
            + 'resource "aws_dynamodb_table_replica" "r" {\n  global_table_arn = var.arn\n}\n',
            {"replication": False},
            [Verdict.UNKNOWN],
        ),
        (table(), {}, []),
        (
            'resource "aws_dynamodb_table_replica" "r" {\n'
            '  global_table_arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/elsewhere"\n}\n',
            {"replication": False},
            [],
        ),
    ],
)
def test_the_table_of_environments(source: str, row: dict[str, object], verdicts: list[Verdict]) -> None:
    rule = load_rules().get("ENV903")
    params = msgspec.convert({"environments": {"dev": row}}, rule.params)
    estate = build_estate(evaluate_source({"main.tf": source}, "dev"))
    judgement = judge(estate, [ActiveRule(rule, rule.meta.severity, params)])
    assert not judgement.crashes
    assert [raw.problem.verdict for raw in judgement.findings] == verdicts
