"""The IAM policies, fully rendered, against what the functions and services of the documents need: both ways."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from tests.estate.access import READ, WRITE, granted, needed
from tests.estate.documents import SYSTEMS
from tests.estate.known_arns import applied
from tests.estate.roots import plan_file
from tests.oracle import terraform

ROOTS = [f"{name}/prod" for name in SYSTEMS]
"""Rendered in full; the other environments are compared with these by their plans, which is quick."""
MACHINERY = {
    "bbws-access-{env}-iam-audit-replication": "S3 itself, copying the audit archive",
    "mindlinks-contract-service-execution-{env}": "ECS itself, starting a task",
}
"""Roles that no service of a document acts under."""


@pytest.mark.terraform
@pytest.mark.parametrize("root", ROOTS)
def test_every_service_may_do_what_it_needs_and_no_more(root: str) -> None:
    if not terraform.available():
        pytest.skip("terraform or its provider is not available: the rendered IAM policies are not checked")
    system, environment = root.split("/")
    expected = needed(system, environment)
    found = granted(applied(root, SYSTEMS[system].region(environment)))
    machinery = {name.replace("{env}", environment) for name in MACHINERY}
    assert set(found) - machinery == set(expected)
    wrong = {
        name: {"missing": sorted(expected[name] - found[name]), "too much": sorted(found[name] - expected[name])}
        for name in expected
        if expected[name] != found[name]
    }
    assert wrong == {}
    for name in machinery & found.keys():
        assert not any(grant.startswith("dynamodb:") for grant in found[name]), f"{name} reaches tables"


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_environments_differ_in_names_only(system: str) -> None:
    """Of documents that name new resources a plan knows everything but the ARNs."""
    by_environment = {env: statements(f"{system}/{env}") for env in SYSTEMS[system].environments}
    production = by_environment["prod"]
    assert production
    for found in by_environment.values():
        assert found.items() <= production.items()


def statements(root: str) -> dict[str, list[str]]:
    """Address -> what is known of the statements, of every IAM policy document that is read at apply."""
    changes = json.loads(plan_file(root).read_text())["resource_changes"]
    return {
        change["address"]: sorted(known(statement) for statement in change["change"]["after"]["statement"] or ())
        for change in changes
        if change["type"] == "aws_iam_policy_document"
    }


def known(statement: Mapping[str, Any]) -> str:
    conditions = sorted((item["test"], item["variable"]) for item in statement["condition"])
    resources = len(statement["resources"] or ())
    return f"{statement['effect']} {sorted(statement['actions'])} on {resources} if {conditions}"


OWN_PARTITIONS = {
    "permission": {"PERM#p1", "PLATFORM", "ORG#o1"},
    "invitation": {"INVTOKEN#t1", "ORG#o1"},
    "team": {"ORG#o1", "ORG#o1#TEAM#t1"},
    "role": {"PLATFORM", "ORG#o1", "ORG#o1#USER#u1"},
    "audit": {"ORG#o1#DATE#2026-01-23"},
}
"""By service, the partition keys of its entities (section 8 of the document), with ids filled in. Permission sets,
invitations, teams and roles of an organisation share a partition, which IAM cannot divide."""
AUDIT = OWN_PARTITIONS["audit"]
AUTHORIZER = {"PERM#p1", "PLATFORM", "ORG#o1", "ORG#o1#TEAM#t1", "ORG#o1#USER#u1"}
"""What a decision rests on: permissions, roles and teams; neither invitation tokens nor audit events."""
PARTITIONS = {key for keys in OWN_PARTITIONS.values() for key in keys}
CHANGES = {"audit": {"PutItem"}, "authorizer": set()}
"""What a service does to its own items beyond reading, where it is not everything."""


@pytest.mark.parametrize("environment", SYSTEMS["access-management"].environments)
def test_each_service_of_access_management_reaches_its_own_entities(environment: str) -> None:
    """Own partitions as needed; audit events may be added by all and changed by none; nothing else."""
    plan = json.loads(plan_file(f"access-management/{environment}").read_text())
    for service, partitions in {**OWN_PARTITIONS, "authorizer": AUTHORIZER}.items():
        address = f'module.iam.data.aws_iam_policy_document.service["{service}"]'
        (document,) = (change for change in plan["resource_changes"] if change["address"] == address)
        allowed = document["change"]["after"]["statement"]
        for action in (*READ, *WRITE):
            reads_or_changes = action in READ or action in CHANGES.get(service, WRITE)
            expected = (partitions if reads_or_changes else set()) | (AUDIT if action == "PutItem" else set())
            assert {key for key in PARTITIONS if may(allowed, f"dynamodb:{action}", key)} == expected, (service, action)


def may(statements: Iterable[Mapping[str, Any]], action: str, leading_key: str) -> bool:
    """Whether a statement with conditions on the partition key allows `action` on items under `leading_key`."""
    return any(
        action in statement["actions"]
        and statement["condition"]
        and all(met(condition, leading_key) for condition in statement["condition"])
        for statement in statements
        if statement["effect"] == "Allow"
    )


def met(condition: Mapping[str, Any], leading_key: str) -> bool:
    if condition["variable"] != "dynamodb:LeadingKeys":
        return False
    like = any(fnmatch.fnmatchcase(leading_key, pattern) for pattern in condition["values"])
    return {"ForAllValues:StringLike": like, "ForAllValues:StringNotLike": not like}[condition["test"]]
