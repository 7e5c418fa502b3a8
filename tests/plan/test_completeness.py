"""What a plan leaves out of what is configured makes a run incomplete, and says how to get a whole plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from scripts.record_plans import REPOSITORY

from ddbaudit.app.audit import Settings, evaluate
from ddbaudit.foundation.diagnostic import Level
from ddbaudit.foundation.source import StructuredFile
from ddbaudit.frontends.plan.completeness import completeness
from ddbaudit.frontends.plan.evaluation import evaluate_plan
from ddbaudit.ir.instance import Declaration
from ddbaudit.ir.plan import Plan
from tests.plan.parity import plan_of

PLANS = REPOSITORY / "fixtures" / "plans"
SCENARIOS = REPOSITORY / "fixtures" / "scenarios" / "plans"
AGAIN = "terraform plan -out=tfplan && terraform show -json tfplan > plan.json"


def recorded(name: str) -> Plan:
    return plan_of(PLANS / name / "plan.json")


def codes(plan: Plan, declared: tuple[Declaration, ...] | None = None) -> list[str]:
    found = completeness(plan, declared)
    assert all(d.level is Level.ERROR and d.path == plan.path for d in found)
    return [d.code for d in found]


def declarations(directory: Path) -> tuple[Declaration, ...]:
    (evaluation,) = evaluate(Settings((str(directory),)))
    return evaluation.declarations


WHOLE = ["create", "update", "replace", "destroy", "modules", "delete", "forget", "no-op", "drift", "import", "count"]


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_plan_is_complete_also_where_a_count_is_zero(name: str) -> None:
    assert codes(recorded(name)) == []
    assert codes(recorded(name), declarations(_source(name))) == []


def _source(name: str) -> Path:
    directory = SCENARIOS / ("drift" if name == "drift" else name)
    return directory / "after" if (directory / "after").is_dir() else directory / "before"


def test_an_errored_plan_names_what_is_not_in_it() -> None:
    (found,) = completeness(recorded("errored"))
    assert (found.code, found.summary) == ("PLAN010", "Errored plan")
    assert "aws_dynamodb_table.guests is configured and not in it" in found.detail
    assert AGAIN in found.help


def test_a_targeted_plan_is_partial_and_names_the_table_that_is_left_out() -> None:
    (found,) = completeness(recorded("target"))
    assert (found.code, found.summary) == ("PLAN011", "Partial plan")
    assert "aws_dynamodb_table.stops is configured and not in the plan" in found.detail
    assert AGAIN in found.help


def test_targets_are_named_where_the_plan_tells_them() -> None:
    (found,) = completeness(replace(recorded("target"), targets=("aws_dynamodb_table.routes",)))
    assert "-target for aws_dynamodb_table.routes" in found.detail


def test_the_source_says_what_is_configured_where_it_is_at_hand() -> None:
    partial = replace(recorded("target"), configuration=None, complete=None)
    assert codes(partial) == []
    (found,) = completeness(partial, declarations(_source("target")))
    assert found.code == "PLAN011"
    assert "aws_dynamodb_table.stops" in found.detail


def test_an_instance_that_the_source_has_and_the_plan_has_not_is_missing() -> None:
    plan = recorded("count")
    fewer = tuple(c for c in plan.changes if c.address != "aws_dynamodb_table.boxes[1]")
    (found,) = completeness(replace(plan, changes=fewer), declarations(_source("count")))
    assert found.code == "PLAN011"
    assert "aws_dynamodb_table.boxes" in found.detail


@pytest.mark.parametrize("complete", [True, None])
def test_what_certainly_has_an_instance_is_missed_whatever_the_plan_says_of_itself(complete: bool | None) -> None:
    plan = recorded("modules")
    address = 'module.service["orders"].module.table["items"].aws_dynamodb_table.this'
    fewer = tuple(c for c in plan.changes if c.address != address)
    assert codes(replace(plan, changes=fewer, complete=complete)) == []
    policy = 'module.service["stock"].aws_iam_policy.reader'
    fewer = tuple(c for c in plan.changes if c.address != policy)
    (found,) = completeness(replace(plan, changes=fewer, complete=complete))
    assert (found.code, f"{policy} is configured and not in the plan" in found.detail) == ("PLAN011", True)


def test_terraform_that_does_not_say_whether_a_plan_is_complete_proves_no_absence() -> None:
    """Releases before 1.8: a table whose count is zero cannot be told from one that was left out."""
    old = replace(recorded("count"), complete=None)
    (found,) = completeness(old)
    assert found.code == "PLAN011"
    assert "configured and not in the plan" in found.detail
    assert "--source DIR" in found.help
    assert codes(old, declarations(_source("count"))) == []
    assert None in {d.instances for d in evaluate_plan(old).declarations if d.type == "aws_dynamodb_table"}


def test_old_terraform_with_a_target_is_seen_by_what_certainly_has_an_instance() -> None:
    """Not only a table: a policy that is left out would be judged by no rule, and nothing would say so."""
    plan = recorded("no-op")
    left_out = {c.declaration for c in plan.changes if c.type.startswith("aws_iam_")}
    assert left_out
    rest = tuple(c for c in plan.changes if c.declaration not in left_out)
    (found,) = completeness(replace(plan, complete=None, changes=rest))
    assert found.code == "PLAN011"
    assert all(address in found.detail for address in left_out)


def test_deferred_changes_are_named() -> None:
    plan = plan_of(Path(__file__).parent / "hand-written" / "deferred-changes.json")
    (found,) = completeness(plan)
    assert (found.code, found.summary) == ("PLAN012", "Deferred changes")
    assert all(address in found.detail for address in plan.deferred)
    assert "apply the plan" in found.help


@pytest.mark.parametrize("name", ["refresh-only", "refresh-only-drift"])
def test_a_refresh_only_plan_plans_nothing(name: str) -> None:
    (found,) = completeness(recorded(name))
    assert (found.code, found.summary) == ("PLAN013", "Nothing was planned")
    assert AGAIN in found.help
    assert codes(recorded(name), declarations(SCENARIOS / "drift" / "after")) == ["PLAN013"]


def test_an_empty_plan_of_configured_tables_is_not_taken_for_a_clean_one() -> None:
    plan = replace(recorded("create"), changes=(), data=(), total=0)
    (found,) = completeness(plan)
    assert found.code == "PLAN013"
    assert "aws_dynamodb_table.shelves" in found.detail


def test_an_empty_state_is_not_taken_for_a_clean_one() -> None:
    (found,) = completeness(Plan(StructuredFile("state.json"), "state", "1.0", "1.11.4", ()))
    assert found.code == "PLAN013"
    assert "terraform show -json > state.json" in found.help
    assert codes(plan_of(PLANS / "no-op" / "state.json")) == []


def test_many_names_are_cut_short() -> None:
    plan = recorded("errored")
    table = (
        next(r for r in plan.configuration.resources if r.type == "aws_dynamodb_table") if plan.configuration else None
    )
    assert table is not None
    assert plan.configuration is not None
    many = tuple(replace(table, name=f"table_{number:02}") for number in range(20))
    (found,) = completeness(replace(plan, configuration=replace(plan.configuration, resources=many)))
    assert "aws_dynamodb_table.table_07 and 12 more are configured" in found.detail
