"""Real `terraform apply` of every system to moto, and every table in it held against the design document.

moto cannot take everything. What is applied is the part that concerns DynamoDB; the rest is planned only, and
PLANNED_ONLY says why, by type. Replicas are switched off here; test_documents holds the planned ones against theirs.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.estate import standins
from tests.estate.documents import PROTECTED, SYSTEMS
from tests.estate.roots import ROOTS, plan_file
from tests.estate.shapes import Shape, differences, documented, held

APPLIED = {"aws_dynamodb_table", "aws_iam_policy"}
"""Types that are applied, with whatever they depend on: the key of the tables, for example."""
SLOW = "the provider waits for stable answers for about a minute, with no word about tables at the end"
NOT_DYNAMODB = "no part of a table or of the access to it; its plan is checked"
ROLES = "pulls in buckets, log groups and parameters; apply/test_apply_access renders its policies instead"
PLANNED_ONLY = {
    "aws_api_gateway_": NOT_DYNAMODB,
    "aws_appautoscaling_": "moto cannot list the tags of a scaling target, and the provider retries for minutes",
    "aws_cloudwatch_": NOT_DYNAMODB,
    "aws_cognito_": NOT_DYNAMODB,
    "aws_ecs_": NOT_DYNAMODB,
    "aws_iam_role": ROLES,
    "aws_kms_": "keys of tables are applied as what the tables depend on; each takes 5 to 8 s",
    "aws_lambda_": NOT_DYNAMODB,
    "aws_s3_": SLOW,
    "aws_secretsmanager_": NOT_DYNAMODB,
    "aws_sns_": NOT_DYNAMODB,
    "aws_ssm_": NOT_DYNAMODB,
    "aws_vpc_": NOT_DYNAMODB,
}
WITHOUT_REPLICAS = {"access-management/prod": {"cross_region_replication": "false"}}
"""Variables that make moto able to take a root: it ignores replicas, and the provider would wait until it times out."""
MOTO_FORGETS = {"aws_kms_key": "the rotation period"}
"""Types that differ in another plan, since moto does not give back what it was given."""
CYCLES = [*(f"{name}/dev" for name in SYSTEMS), "access-management/prod", "jobwork-planner/prod"]
"""Every system once, and of both ways to write tables (a resource, a module for each) a root that may not be destroyed.
The plans of all roots are held against the documents, so that more of them here would cost much and show little."""


def managed(root: str) -> list[dict[str, Any]]:
    changes = json.loads(plan_file(root).read_text())["resource_changes"]
    return [change for change in changes if change["mode"] == "managed"]


def verify(root: str, endpoint: str) -> list[str]:
    """How the tables that moto holds differ from those of the document."""
    system, environment = root.split("/")
    region = SYSTEMS[system].region(environment)
    dynamodb = standins.client("dynamodb", endpoint, region)
    kms = standins.client("kms", endpoint, region)
    names = [name for page in dynamodb.get_paginator("list_tables").paginate() for name in page["TableNames"]]
    found: dict[str, Shape] = {name: held(dynamodb, kms, name) for name in names}
    return differences(documented(SYSTEMS[system], environment), found)


def reset(endpoint: str) -> None:
    """Empties the server, which protects tables as AWS does and so outlives a refused destroy."""
    standins.post(f"{endpoint}/moto-api/reset")


@pytest.mark.parametrize("root", ROOTS)
def test_every_resource_is_applied_or_said_to_be_planned_only(root: str) -> None:
    types = {change["type"] for change in managed(root)}
    assert "aws_dynamodb_table" in types
    assert {kind for kind in types - APPLIED if not kind.startswith(tuple(PLANNED_ONLY))} == set()


@pytest.mark.terraform
@pytest.mark.slow
@pytest.mark.parametrize("root", CYCLES)
def test_terraform_applies_what_the_document_asks_for(root: str, moto: str) -> None:
    """Apply, look, plan again to no change; then destroy, which DynamoDB must refuse where tables are protected."""
    environment = root.split("/")[1]
    targets = [change["address"] for change in managed(root) if change["type"] in APPLIED]
    variables = WITHOUT_REPLICAS.get(root, {})
    reset(moto)
    with standins.prepared(root, moto) as terraform:
        terraform.apply(targets, variables)
        assert verify(root, moto) == []
        if PROTECTED[environment]:
            refused = terraform.destroy(variables)
            assert refused.returncode == 1
            assert "DeletionProtectionEnabled is set to True" in refused.stderr
            assert verify(root, moto) == []
        else:
            forgotten = {address for address in terraform.addresses() if address.split(".")[-2] in MOTO_FORGETS}
            assert terraform.changes(targets, variables).keys() <= forgotten
            destroyed = terraform.destroy(variables)
            assert destroyed.returncode == 0, destroyed.stderr
            assert terraform.addresses() == set()
