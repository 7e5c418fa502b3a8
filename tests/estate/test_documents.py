"""What Terraform plans for every environment is what the design documents ask for: nothing less, no table more."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.estate.documents import SYSTEMS
from tests.estate.roots import REPOSITORY, ROOTS, plan_file
from tests.estate.shapes import differences, documented, planned


def tables(root: str) -> list[dict[str, Any]]:
    """The changes of `aws_dynamodb_table` in the recorded plan of `root`."""
    plan = json.loads(plan_file(root).read_text())
    return [change for change in plan["resource_changes"] if change["type"] == "aws_dynamodb_table"]


def test_every_root_is_an_environment_of_a_document_and_the_other_way_round() -> None:
    assert {f"{name}/{env}" for name, system in SYSTEMS.items() for env in system.environments} == set(ROOTS)


@pytest.mark.parametrize("root", ROOTS)
def test_the_planned_tables_are_those_of_the_document(root: str) -> None:
    system, environment = root.split("/")
    found = {table["name"]: planned(table) for change in tables(root) for table in [change["change"]["after"]]}
    expected = documented(SYSTEMS[system], environment)
    for shape in expected.values():
        shape["encryption"] = "KMS"  # whose key it is, only an apply can tell
    assert differences(expected, found) == []


@pytest.mark.parametrize("root", ROOTS)
def test_replicas_are_where_the_document_has_them(root: str) -> None:
    """Replicas can be planned only: moto ignores them, and the provider waits for them until it times out."""
    system, environment = root.split("/")
    expected = set(SYSTEMS[system].replicas.get(environment, ()))
    for change in tables(root):
        replicas = change["change"]["after"]["replica"]
        assert {replica["region_name"] for replica in replicas} == expected
        assert all(replica["point_in_time_recovery"] for replica in replicas)


def test_a_difference_of_any_kind_is_seen() -> None:
    expected = documented(SYSTEMS["access-management"], "dev")
    (name,) = expected
    others: dict[str, Any] = {
        "keys": [("PK", "S")],
        "indexes": {},
        "billing": "PROVISIONED",
        "ttl": None,
        "stream": None,
        "pitr": False,
        "encryption": "AWS_OWNED",
        "protected": True,
        "tags": {},
    }
    for part, other in others.items():
        changed = {name: {**expected[name], part: other}}
        assert [line.split(" is ")[0] for line in differences(expected, changed)] == [f"{name}: {part}"]
    assert differences(expected, {}) == [f"{name} is missing"]
    assert differences({}, expected) == [f"{name} is in no document"]


def test_the_readme_lists_every_table_with_its_environments() -> None:
    page = (REPOSITORY / "README.md").read_text()
    listed = re.findall(r"^\| ([a-z-]+) \| `([^`]+)` \| .* \| ([a-z, ]+) \|$", page, re.MULTILINE)
    assert sorted(listed) == sorted(
        (name, table.name, ", ".join(system.environments))
        for name, system in SYSTEMS.items()
        for table in system.tables
    )
