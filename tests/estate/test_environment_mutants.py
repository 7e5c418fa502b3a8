"""Environments of the reference estate set against each other: what differs in one of them is seen, and where."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from ddbaudit.app.audit import Settings, audit
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.sdk.report import Finding

TERRAFORM = Path(__file__).parents[2] / "terraform"
AM = "environments/access-management"
MODULE = "modules/dynamodb-access-management/main.tf"
SB = "modules/dynamodb-site-builder"


@dataclass(frozen=True)
class Change:
    """`old` becomes `new` in a file; the rule speaks at, or the value comes from, the line with `at`, in these
    environments."""

    file: str
    old: str
    new: str
    rule: str
    at: str
    environments: tuple[str, ...]


RESOURCE = 'resource "aws_dynamodb_table" "access_management" {\n'
CHANGES = {
    "table in dev only": Change(
        MODULE, RESOURCE, f'{RESOURCE}  count = var.environment == "dev" ? 1 : 0\n', "ENV901", RESOURCE, ("dev",)
    ),
    "table not in prod": Change(
        MODULE, RESOURCE, f'{RESOURCE}  count = var.environment == "prod" ? 0 : 1\n', "ENV901", RESOURCE, ("dev", "sit")
    ),
    "prod without recovery": Change(
        f"{AM}/prod/terraform.tfvars",
        "pitr_enabled                = true",
        "pitr_enabled = false",
        "ENV902",
        "pitr_enabled = false",
        ("prod",),
    ),
    "sit protected, prod not": Change(
        f"{AM}/prod/terraform.tfvars",
        "deletion_protection_enabled = true",
        "deletion_protection_enabled = false",
        "ENV902",
        "deletion_protection_enabled = false",
        ("prod",),
    ),
    "prod encrypted less": Change(
        f"{AM}/prod/main.tf",
        "enable_server_side_encryption = true",
        "enable_server_side_encryption = false",
        "ENV902",
        "enable_server_side_encryption = false",
        ("prod",),
    ),
    "prod recovers three days": Change(
        MODULE,
        "recovery_period_in_days = ",
        'recovery_period_in_days = var.environment == "prod" ? 3 : ',
        "ENV902",
        "recovery_period_in_days = ",
        ("prod",),
    ),
    "dev in another region": Change(
        f"{AM}/dev/terraform.tfvars",
        'region                      = "eu-west-1"',
        'region = "eu-west-2"',
        "ENV903",
        "eu-west-2",
        ("dev",),
    ),
    "sit without recovery": Change(
        f"{AM}/sit/terraform.tfvars",
        "pitr_enabled                = true",
        "pitr_enabled = false",
        "ENV903",
        "pitr_enabled = false",
        ("sit",),
    ),
    "prod not replicated": Change(
        f"{AM}/prod/terraform.tfvars",
        "cross_region_replication    = true",
        "cross_region_replication = false",
        "ENV903",
        RESOURCE,
        ("prod",),
    ),
    "prod fails over elsewhere": Change(
        f"{AM}/prod/terraform.tfvars",
        'failover_region             = "eu-west-1"',
        'failover_region = "us-east-1"',
        "ENV903",
        RESOURCE,
        ("prod",),
    ),
}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(TERRAFORM / AM, tmp_path / AM, ignore=shutil.ignore_patterns(".terraform*"))
    shutil.copytree(TERRAFORM / "modules", tmp_path / "modules", ignore=shutil.ignore_patterns(".terraform*"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(*rules: str) -> list[Finding]:
    report = audit(Settings(paths=(AM,), packs=("bbws-access-management",), select=rules or ("ENV9",)))
    return list(report.findings)


def test_the_environments_of_the_estate_agree(tree: Path) -> None:
    assert found() == []


@pytest.mark.parametrize("name", CHANGES)
def test_what_differs_in_an_environment_is_seen_where_it_is(name: str, tree: Path) -> None:
    change = CHANGES[name]
    path = tree / change.file
    text = path.read_text()
    assert text.count(change.old) == 1
    path.write_text(text.replace(change.old, change.new))
    findings = [finding for finding in found() if finding.rule == change.rule]
    assert findings, name
    assert {finding.verdict for finding in findings} == {Verdict.FAIL}
    assert {e for finding in findings for e in finding.environments} == set(change.environments)
    for finding in findings:
        spans = [finding.primary, *(link.span for link in finding.origin if link.span is not None)]
        lines = [span.source.line(span.begin.line) for span in spans]
        assert any(change.at.strip() in line for line in lines), lines


def test_an_index_that_one_environment_lacks_is_seen_at_the_index(tree: Path) -> None:
    """In a copy of the module that prod alone calls."""
    shutil.copytree(tree / "modules/dynamodb-access-management", tree / "modules/own")
    main = tree / AM / "prod" / "main.tf"
    main.write_text(main.read_text().replace("modules/dynamodb-access-management", "modules/own"))
    own = tree / "modules/own/main.tf"
    text = own.read_text()
    first = text.index("  global_secondary_index {")
    own.write_text(text[:first] + text[text.index("\n  }\n", first) + len("\n  }\n") :])
    (finding,) = found("ENV901")
    assert finding.environments == ("dev", "sit")
    assert finding.primary.path.endswith(MODULE)
    assert finding.primary.text.startswith("global_secondary_index")
    assert "is not in prod" in finding.message


def test_systems_are_not_held_against_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(TERRAFORM, tmp_path / "t", ignore=shutil.ignore_patterns(".terraform*", "mind-links*"))
    monkeypatch.chdir(tmp_path)
    report = audit(Settings(paths=("t/environments",), select=("ENV901",)))
    assert report.findings == ()
    assert {entry.verdict for entry in report.ledger} == {Verdict.PASS}
