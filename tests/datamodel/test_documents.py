"""The models of the documents: what was decided holds, what the documents say against themselves is found."""

from __future__ import annotations

import pytest
from scripts import contradictions

from ddbaudit.app.models import Models, installed
from ddbaudit.datamodel.findings import all_faults
from ddbaudit.datamodel.shape import DataModel
from ddbaudit.engine.registry import load_rules

REGISTRY = load_rules()
MODELS = {model.system: model for model in Models(REGISTRY).find(installed(REGISTRY))}


@pytest.mark.parametrize("model", MODELS.values(), ids=list(MODELS))
def test_what_was_decided_contradicts_nothing(model: DataModel) -> None:
    assert [fault.message for _, fault in all_faults(model)] == []


@pytest.mark.parametrize("model", MODELS.values(), ids=list(MODELS))
def test_every_contradiction_of_a_document_has_a_decision(model: DataModel) -> None:
    undecided = [fault.message for _, fault in all_faults(model.as_written()) if "decisions/" not in decision(fault)]
    assert undecided == []


decision = contradictions.decision


@pytest.mark.parametrize(
    ("system", "rule", "told", "number"),
    [
        ("mind-links", "MOD809", '"24+ Global Secondary Indexes", but there are only 19 indexes', "0204"),
        ("mind-links", "MOD809", "client-invitations has TTL and is not listed", "0204"),
        ("mind-links", "MOD809", "website-events has no TTL among these tables", "0204"),
        ("mind-links", "MOD809", "auth-sessions has no point-in-time recovery", "0205"),
        ("mind-links", "MOD808", '"read" is a key of index "read-index"', "0201"),
        ("mind-links", "MOD807", '"List recent uploads" cannot be served', "0202"),
        ("mind-links", "MOD807", '"List recent leads" cannot be served', "0202"),
        ("mind-links", "MOD807", '"Schedule demos" cannot be served', "0202"),
        ("mind-links", "MOD807", '"Time series of events" cannot be served', "0202"),
        ("mind-links", "MOD807", '"Time series of sessions" cannot be served', "0202"),
        ("bbws-access-management", "MOD809", "4 tables, GSIs", "0100"),
        ("bbws-access-management", "MOD807", '"Find team by name within org" cannot be served', "0112"),
        ("bbws-site-builder", "MOD808", '"tenantId" is a key of index "tenant-index"', "0121"),
    ],
)
def test_a_contradiction_is_found_and_decided(system: str, rule: str, told: str, number: str) -> None:
    found = [fault for id, fault in all_faults(MODELS[system].as_written()) if id == rule and told in fault.message]
    assert [fault.decision for fault in found] == [number]
    assert all(fault.span.path.endswith(f"{system}.yaml") for fault in found)


def test_the_page_is_fresh() -> None:
    assert contradictions.PAGE.read_text("utf-8") == contradictions.page()
