"""What rules read of buckets, alarms, parameters, logs, methods and environments: from a plan as from its source."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ddbaudit.ir.plan import keeps_all
from ddbaudit.sdk.report import Report
from tests.plan.recorded import RECORDED, Laid, lay

SECRET = "mindlinks-elsewhere"
Change = dict[str, Any]


@pytest.fixture(scope="module")
def access(tmp_path_factory: pytest.TempPathFactory) -> Laid:
    return lay(RECORDED["access-management-prod"], tmp_path_factory.mktemp("access"))


@pytest.fixture(scope="module")
def minds(tmp_path_factory: pytest.TempPathFactory) -> Laid:
    return lay(RECORDED["mind-links-prod"], tmp_path_factory.mktemp("minds"))


def verdicts(report: Report) -> dict[tuple[str, str], str]:
    return {(e.rule, e.address): e.verdict.value for e in report.ledger if e.rule.startswith("EST")}


def failed(report: Report) -> list[tuple[str, str]]:
    return [(f.rule, f.address) for f in report.findings if f.rule.startswith("EST") and f.verdict.value == "fail"]


@pytest.mark.parametrize("name", ["access", "minds"])
def test_a_plan_says_what_its_source_says(name: str, request: pytest.FixtureRequest) -> None:
    """A bucket that does not exist yet has no id, and a task's ARNs are unknown: alone, the plan leaves these open."""
    laid: Laid = request.getfixturevalue(name)
    source, alone = verdicts(laid.hcl()), verdicts(laid.alone())
    assert "fail" not in source.values()
    assert verdicts(laid.binary()) == source
    assert alone.keys() == source.keys()
    opened = {rule for (rule, address), said in alone.items() if said != source[rule, address]}
    assert opened <= {"EST701", "EST702", "EST703", "EST704", "EST709"}
    assert {alone[key] for key in alone if key[0] in opened} <= {"unknown", "not-applicable"}


def changed(laid: Laid, edit: Callable[[Change], None]) -> Report:
    """The report on the plan alone, after an edit of each of its changes."""
    path = laid.root / "plan.json"
    before = path.read_text(encoding="utf-8")
    plan = json.loads(before)
    for change in plan["resource_changes"]:
        edit(change)
    path.write_text(json.dumps(plan), encoding="utf-8")
    try:
        return laid.alone()
    finally:
        path.write_text(before, encoding="utf-8")


def test_faults_in_the_values_of_a_plan_are_found(access: Laid) -> None:
    edited: dict[str, str] = {}
    values = {
        "aws_cloudwatch_log_group": ("retention_in_days", 0),
        "aws_api_gateway_method": ("authorization", "NONE"),
    }

    def edit(change: Change) -> None:
        if change["type"] in values and change["type"] not in edited:
            name, value = values[change["type"]]
            change["change"]["after"][name] = value
            edited[change["type"]] = change["address"]

    found = failed(changed(access, edit))
    assert found == [
        ("EST708", edited["aws_api_gateway_method"]),
        ("EST707", edited["aws_cloudwatch_log_group"]),
    ]


def test_an_alarm_of_a_plan_without_its_operation_is_found(access: Laid) -> None:
    edited: list[str] = []

    def edit(change: Change) -> None:
        after = change["change"].get("after") or {}
        if after.get("metric_name") == "ThrottledRequests":
            after["dimensions"] = {"TableName": after["dimensions"]["TableName"]}
            edited.append(change["address"])

    report = changed(access, edit)
    assert sorted(failed(report)) == sorted(
        [("EST705", address) for address in edited] + [("EST705", t.address) for t in report.inventory.tables]
    )


def test_a_parameter_of_a_plan_that_names_another_table_is_found_and_not_told(minds: Laid) -> None:
    edited: list[str] = []

    def edit(change: Change) -> None:
        after = change["change"].get("after") or {}
        if change["type"] == "aws_ssm_parameter" and "/dynamodb/" in after["name"] and not edited:
            after["value"] = SECRET
            edited.append(change["address"])

    report = changed(minds, edit)
    (finding,) = [f for f in report.findings if f.rule == "EST706"]
    assert finding.verdict.value == "fail"
    assert edited[0].partition('"')[2].rstrip('"]') in finding.address
    assert SECRET not in repr(report.findings)


def test_values_of_secrets_themselves_are_not_kept() -> None:
    assert keeps_all("aws_secretsmanager_secret")
    assert not keeps_all("aws_secretsmanager_secret_version")
    assert not keeps_all("aws_apigatewayv2_api")
