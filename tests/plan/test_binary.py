"""A binary plan says what `terraform show -json` says of it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from scripts.record_plans import read_kept

from ddbaudit.frontends.plan.binary import read_binary
from ddbaudit.frontends.plan.reader import read_json
from ddbaudit.ir.plan import KEPT_ALWAYS, Change, Plan, keeps_all
from ddbaudit.ir.value import Known, Unknown, Value, unknowns

PLANS = Path(__file__).parents[2] / "fixtures" / "plans"
RECORDED = sorted(path.parent.name for path in PLANS.glob("*/tfplan"))
DYNAMICALLY_TYPED = frozenset({"terraform_data"})
"""The types of which only a binary plan says what types the values of some attributes have."""

Json = Any


def binary(name: str) -> Plan:
    return read_binary((PLANS / name / "tfplan").read_bytes(), "tfplan")


def shown(name: str) -> Json:
    return json.loads(read_kept(PLANS / name / "plan.json"), parse_float=Decimal, parse_int=Decimal)


# --- against what Terraform prints ---------------------------------------------------------------------------------


def known(value: Value) -> Json:
    """A value as in `after`: unknown members of objects left out, unknown elements null."""
    if not isinstance(value, Known):
        return None
    if isinstance(value.data, dict):
        return {name: known(inner) for name, inner in value.data.items() if not isinstance(inner, Unknown)}
    return [known(inner) for inner in value.data] if isinstance(value.data, tuple) else value.data


def tree(value: Value, says: Callable[[Value], bool]) -> Json:
    """A tree such as `after_unknown`, without what is false."""
    if says(value):
        return True
    if isinstance(value, Known) and isinstance(value.data, dict):
        return trimmed({name: tree(inner, says) for name, inner in value.data.items()})
    if isinstance(value, Known) and isinstance(value.data, tuple):
        return trimmed([tree(inner, says) for inner in value.data])
    return None


def trimmed(found: Json) -> Json:
    if isinstance(found, dict):
        members = {name: trimmed(inner) for name, inner in found.items()}
        return {name: inner for name, inner in members.items() if inner is not None} or None
    if isinstance(found, list):
        inners = [trimmed(inner) for inner in found]
        return inners if any(inner is not None for inner in inners) else None
    return found or None


def kept(change: Change, found: Json) -> Json:
    if not isinstance(found, dict) or keeps_all(change.type, change.mode):
        return found
    return {name: inner for name, inner in found.items() if name in KEPT_ALWAYS}


def is_unknown(value: Value) -> bool:
    return isinstance(value, Unknown)


def is_sensitive(value: Value) -> bool:
    return value.sensitive


@pytest.mark.parametrize("name", RECORDED)
def test_changes_are_those_that_terraform_prints(name: str) -> None:
    changes, printed = binary(name).changes, shown(name).get("resource_changes", [])
    for change, other in zip(changes, printed, strict=True):
        assert change.address == other["address"]
        assert (change.module, change.mode) == (other.get("module_address", ""), other["mode"])
        assert (change.type, change.name, change.key) == (other["type"], other["name"], other.get("index"))
        assert list(change.actions) == other["change"]["actions"]
        assert change.reason == other.get("action_reason", "")
        assert sorted(change.replace_paths) == sorted(map(tuple, other["change"].get("replace_paths", [])))
        assert change.previous_address == other.get("previous_address")
        assert change.deposed == other.get("deposed")


@pytest.mark.parametrize("name", RECORDED)
def test_values_are_those_that_terraform_prints(name: str) -> None:
    for change, other in zip(binary(name).changes, shown(name).get("resource_changes", []), strict=True):
        printed = {key: kept(change, inner) for key, inner in other["change"].items()}
        assert known(change.before) == printed["before"]
        assert known(change.after) == printed["after"]
        assert tree(change.after, is_unknown) == trimmed(printed["after_unknown"])
        assert tree(change.before, is_unknown) is None
        assert tree(change.before, is_sensitive) == trimmed(printed["before_sensitive"])
        assert tree(change.after, is_sensitive) == trimmed(printed["after_sensitive"])


@pytest.mark.parametrize("name", RECORDED)
def test_the_plan_is_complete_and_errored_as_terraform_prints(name: str) -> None:
    plan, other = binary(name), shown(name)
    assert plan.complete == other["complete"]
    assert plan.errored == other["errored"]
    assert plan.terraform_version == other["terraform_version"]
    assert plan.timestamp == other["timestamp"]
    assert plan.workspace == "default"
    assert plan.diagnostics == ()


@pytest.mark.parametrize("name", RECORDED)
def test_variables_are_those_that_were_set(name: str) -> None:
    """JSON has the defaults of the others too."""
    printed = shown(name).get("variables", {})
    for variable, value in binary(name).variables.items():
        assert known(value) == printed[variable].get("value")


# --- against the plan that is read from that -----------------------------------------------------------------------


def same(one: Value, other: Value) -> bool:
    """Whether two values have the same type, content, unknown and sensitive parts."""
    if type(one) is not type(other) or one.sensitive != other.sensitive:
        return False
    if not isinstance(one, Known) or not isinstance(other, Known):
        return one.type == other.type
    if (one.kind, one.element) != (other.kind, other.element):
        return False
    if isinstance(one.data, dict) and isinstance(other.data, dict):
        return one.data.keys() == other.data.keys() and all(same(v, other.data[n]) for n, v in one.data.items())
    if isinstance(one.data, tuple) and isinstance(other.data, tuple):
        return len(one.data) == len(other.data) and all(map(same, one.data, other.data))
    return one.data == other.data


@pytest.mark.parametrize("name", RECORDED)
def test_the_plan_is_that_of_its_json(name: str) -> None:
    ours = binary(name)
    theirs = read_json(io.BytesIO(read_kept(PLANS / name / "plan.json")), "plan.json")
    assert (ours.kind, ours.mode, ours.total, ours.diagnostics) == (theirs.kind, theirs.mode, theirs.total, ())
    assert (ours.complete, ours.errored, ours.timestamp) == (theirs.complete, theirs.errored, theirs.timestamp)
    assert set(ours.relevant) == set(theirs.relevant)
    assert ours.deferred == theirs.deferred
    assert sorted(c.address for c in ours.data) == sorted(c.address for c in theirs.data)
    pairs = list(zip(ours.changes, theirs.changes, strict=True))
    pairs += zip(by_address(ours.data), by_address(theirs.data), strict=True)
    for one, other in pairs:
        assert described(one) == described(other)
        if one.type not in DYNAMICALLY_TYPED:
            assert same(one.before, other.before)
            assert same(one.after, other.after)


def by_address(changes: Iterable[Change]) -> list[Change]:
    return sorted(changes, key=lambda change: change.address)


def described(change: Change) -> tuple[object, ...]:
    """All of a change but its values and places."""
    kept = {f.name for f in fields(Change)} - {"before", "after", "place"}
    return tuple(getattr(change, name) for name in sorted(kept))


@pytest.mark.parametrize("name", ["unknown-name", "dynamic-unknown"])
def test_what_is_unknown_has_its_place(name: str) -> None:
    for change in binary(name).changes:
        for unknown in unknowns(change.after):
            assert unknown.cause.kind == "computed"
            assert unknown.cause.text == "known after apply"
            assert unknown.cause.span is not None
            assert str(unknown.cause.span).startswith(f"tfplan:{change.address}.")


def test_the_configuration_is_carried_along() -> None:
    snapshot = binary("modules").snapshot
    assert snapshot is not None
    assert snapshot.directories == {"": ".", "service": "modules/service", "service.table": "modules/service/table"}
    assert snapshot.manifest == {"": "", "service": "./modules/service", "service.table": "./table"}
    assert set(snapshot.files) == {"main.tf", "modules/service/main.tf", "modules/service/table/main.tf"}
    assert snapshot.lock is not None
    assert b"hashicorp/aws" in snapshot.lock


def test_targets_are_told() -> None:
    assert binary("target").targets != ()
    assert binary("create").targets == ()
