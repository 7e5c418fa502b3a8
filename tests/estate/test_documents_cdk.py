"""The CDK app in examples/: its committed templates have the tables of the Terraform, and are what it synthesises."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.estate.documents import PROTECTED, SYSTEMS
from tests.estate.roots import REPOSITORY, plan_file
from tests.estate.shapes import Shape, definition, planned

APP = REPOSITORY / "examples" / "cdk-jobwork-planner"
ENVIRONMENTS = SYSTEMS["jobwork-planner"].environments
OWN_TAGS = {"ManagedBy", "Module"}
"""Tags that tell the two apart."""


def template(environment: str) -> Path:
    return APP / "templates" / f"jobwork-planner-{environment}.template.json"


def tables(environment: str) -> list[dict[str, Any]]:
    resources = json.loads(template(environment).read_text())["Resources"].values()
    assert {resource["Type"] for resource in resources} == {"AWS::DynamoDB::Table"}
    return list(resources)


def synthesised(table: Mapping[str, Any]) -> Shape:
    """The shape of an `AWS::DynamoDB::Table` by its properties, which are named as those of the API are.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
    """
    recovery = table["PointInTimeRecoverySpecification"]
    assert not table.keys() & {"LocalSecondaryIndexes", "TimeToLiveSpecification", "StreamSpecification"}
    return {
        **definition(table),
        "billing": table["BillingMode"],
        "ttl": None,
        "stream": None,
        "pitr": recovery["PointInTimeRecoveryEnabled"],
        "encryption": "KMS" if table["SSESpecification"]["SSEEnabled"] else "AWS_OWNED",
        "protected": table["DeletionProtectionEnabled"],
        "tags": {tag["Key"]: tag["Value"] for tag in table["Tags"] if tag["Key"] not in OWN_TAGS},
    }


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_templates_have_the_tables_of_the_terraform(environment: str) -> None:
    found = {table["Properties"]["TableName"]: table["Properties"] for table in tables(environment)}
    changes = json.loads(plan_file(f"jobwork-planner/{environment}").read_text())["resource_changes"]
    plans = [change["change"]["after"] for change in changes if change["type"] == "aws_dynamodb_table"]
    expected = {}
    for plan in plans:
        shape = planned(plan)
        shape["tags"] = {key: value for key, value in shape["tags"].items() if key not in OWN_TAGS}
        expected[plan["name"]] = shape
        (recovery,) = plan["point_in_time_recovery"]
        period = found[plan["name"]]["PointInTimeRecoverySpecification"]["RecoveryPeriodInDays"]
        assert period == recovery["recovery_period_in_days"]
    assert {name: synthesised(table) for name, table in found.items()} == expected


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_tables_may_be_removed_in_dev_only(environment: str) -> None:
    policy = "Retain" if PROTECTED[environment] else "Delete"
    for table in tables(environment):
        assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == policy


def cdk_python() -> str | None:
    """A Python that has aws-cdk-lib, which is too large to be a dependency of the tests."""
    if python := os.environ.get("DDBAUDIT_CDK_PYTHON"):
        return python
    return sys.executable if importlib.util.find_spec("aws_cdk") else None


@pytest.mark.slow
def test_the_app_synthesises_the_committed_templates(tmp_path: Path) -> None:
    python = cdk_python()
    if python is None:
        pytest.skip("aws-cdk-lib is not installed, and DDBAUDIT_CDK_PYTHON names no Python that has it: no synthesis")
    done = subprocess.run(
        [python, "app.py"],
        cwd=APP,
        env={**os.environ, "CDK_OUTDIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.glob("*.template.json")} == {template(env).name for env in ENVIRONMENTS}
    for environment in ENVIRONMENTS:
        assert (tmp_path / template(environment).name).read_text() == template(environment).read_text()
