"""Plan JSON and state JSON as values: what is known, absent, unknown and sensitive, and of which type."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from scripts.record_plans import read_kept

from ddbaudit.foundation.source import StructuredFile
from ddbaudit.frontends.plan.instances import InstanceReader
from ddbaudit.frontends.plan.reader import read_json
from ddbaudit.frontends.plan.scanner import Scanner
from ddbaudit.ir.plan import Change, Plan, keeps_all
from ddbaudit.ir.schema import resource_schema
from ddbaudit.ir.types import DYNAMIC
from ddbaudit.ir.value import Absent, Known, Unknown, Value
from tests.plan.small_plan import PLAN, TABLE, changes, document, read

FIXTURES = Path(__file__).parents[2] / "fixtures" / "plans"
RECORDED = sorted(path.parent.name for path in FIXTURES.glob("*/plan.json*"))
STATES = sorted(path.parent.name for path in FIXTURES.glob("*/state.json"))


def at(value: Value, *steps: str | int) -> Value:
    for step in steps:
        assert isinstance(value, Known), (value, step)
        value = value.mapping[step] if isinstance(step, str) else value.items[step]
    return value


def recorded(name: str, file: str = "plan.json") -> tuple[Any, Plan]:
    text = read_kept(FIXTURES / name / file)
    return json.loads(text, parse_float=Decimal), read_json(io.BytesIO(text), file)


# Real plans: the three trees of JSON and the values say the same


def test_there_are_plans_to_read() -> None:
    assert len(RECORDED) >= 40
    assert STATES


@pytest.mark.parametrize("name", RECORDED)
def test_every_instance_of_a_plan_is_read(name: str) -> None:
    raw, plan = recorded(name)
    elements = raw.get("resource_changes", [])
    assert [c.address for c in plan.changes] == [e["address"] for e in elements]
    for change, element in zip(plan.changes, elements, strict=True):
        assert change.actions == tuple(element["change"]["actions"])
        assert change.module == element.get("module_address", "")
        assert change.key == element.get("index")
        agree(change, element["change"])
    assert plan.total == sum(e["change"]["actions"] not in (["delete"], ["forget"]) for e in elements)
    assert plan.diagnostics == ()
    assert (plan.errored, plan.complete) == (raw["errored"], raw["complete"])


def agree(change: Change, raw: dict[str, Any]) -> None:
    """Both values of a change say exactly what the trees say."""
    kept = None if keeps_all(change.type, change.mode) else {"tags", "tags_all"}
    for value, name, unknown in ((change.before, "before", {}), (change.after, "after", raw.get("after_unknown", {}))):
        if raw[name] is None and not unknown:
            assert isinstance(value, Absent)
            continue
        sensitive = raw.get(f"{name}_sensitive") or {}
        for path, part in parts(value):
            if kept is None or (path and path[0] in kept):
                same(part, look(raw[name], path), covers(unknown, path), covers(sensitive, path))
        expected = set(raw[name] or {}) | set(unknown if isinstance(unknown, dict) else ())
        assert {path[0] for path, _ in parts(value) if path} >= expected & (kept or expected)


def parts(value: Value, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Value]]:
    yield path, value
    if isinstance(value, Known) and isinstance(value.data, tuple):
        for index, item in enumerate(value.data):
            yield from parts(item, (*path, index))
    elif isinstance(value, Known) and isinstance(value.data, dict):
        for key, item in value.data.items():
            yield from parts(item, (*path, key))


def look(raw: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        if isinstance(raw, list):
            raw = raw[int(step)]
        else:
            raw = raw.get(step) if raw is not None else None
    return raw


def covers(tree: Any, path: tuple[str | int, ...]) -> bool:
    """Whether a tree of marks has true on the way to a path."""
    for step in path:
        if tree is True or not tree:
            break
        if isinstance(tree, list) and isinstance(step, int):
            tree = tree[step] if step < len(tree) else None
        else:
            tree = tree.get(step)
    return tree is True


def same(part: Value, raw: Any, unknown: bool, sensitive: bool) -> None:
    assert isinstance(part, Unknown) == unknown
    if sensitive:
        assert part.sensitive
    if isinstance(part, Known):
        if isinstance(part.data, tuple | dict):
            assert len(part.data) >= len(raw)
        else:
            assert part.data == raw
            assert isinstance(part.data, bool) == isinstance(raw, bool)
    elif isinstance(part, Absent):
        assert raw is None


@pytest.mark.parametrize("name", STATES)
def test_every_instance_of_a_state_is_read(name: str) -> None:
    raw, state = recorded(name, "state.json")
    resources = raw["values"]["root_module"]["resources"]
    assert (state.kind, state.mode, state.configuration, state.complete) == ("state", "normal", None, None)
    assert [c.address for c in state.changes] == [r["address"] for r in resources if r["mode"] == "managed"]
    assert [c.address for c in state.data] == [r["address"] for r in resources if r["mode"] == "data"]
    assert state.total == len(state.changes)
    for change in state.changes:
        assert change.actions == ("no-op",)
        assert change.before is change.after
        assert at(change.after, "tags_all").type is not DYNAMIC


def told(change: Change) -> tuple[object, ...]:
    """All of a change, comparably."""
    values = []
    for value in (change.before, change.after):
        for path, part in parts(value):
            data = part.data if isinstance(part, Known) and not isinstance(part.data, tuple | dict) else None
            values.append((path, type(part).__name__, data, str(part.type), part.sensitive))
    head = (change.address, change.module, change.mode, change.type, change.name, change.key, change.deposed)
    return (*head, change.actions, change.reason, change.replace_paths, change.previous_address, values)


# Values


def test_values_have_the_types_of_the_schema() -> None:
    after = changes(read(PLAN))[TABLE].after
    assert str(at(after, "attribute").type) == "set(object({name = string, type = string}))"
    assert at(after, "point_in_time_recovery").type.kind == "list"
    assert at(after, "point_in_time_recovery", 0, "enabled").type.kind == "bool"
    capacity = at(after, "read_capacity")
    assert isinstance(capacity, Known)
    assert capacity.number == Decimal(5)
    assert str(at(after, "tags").type) == "map(string)"
    schema = resource_schema("managed", "aws_dynamodb_table")
    assert schema is not None
    assert isinstance(after, Known)
    assert after.mapping.keys() == schema.attributes.keys() | schema.blocks.keys()


def test_null_is_absent_and_what_comes_after_apply_is_unknown() -> None:
    plan = read(PLAN)
    after = changes(plan)[TABLE].after
    assert isinstance(at(after, "replica", 0, "kms_key_arn"), Absent)
    assert isinstance(at(after, "timeouts"), Absent)
    assert isinstance(at(after, "range_key"), Absent)
    for path in (("arn",), ("replica", 0, "arn"), ("server_side_encryption",), ("tags", "Id"), ("tags_all",)):
        found = at(after, *path)
        assert isinstance(found, Unknown), path
        assert found.cause.kind == "computed"
        assert found.cause.span is not None
        assert found.type is not DYNAMIC
    assert str(at(after, "replica", 0, "arn").type) == "string"
    cause = at(after, "replica", 0, "arn")
    assert isinstance(cause, Unknown)
    assert str(cause.cause.span) == f"plan.json:{TABLE}.replica[0].arn"


@pytest.mark.parametrize(
    ("known", "unknown", "whole"),
    [
        ([{"region_name": "a"}], [{"arn": True}, {}], True),
        ([], [True], True),
        (None, [{"arn": True}], True),
        ("text", {"arn": True}, True),
        ([{"region_name": "a"}], [{}, {}], False),
        ([{"region_name": "a"}], False, False),
    ],
)
def test_where_the_trees_disagree_nothing_is_known(known: Any, unknown: Any, whole: bool) -> None:
    plan = document()
    change = plan["resource_changes"][0]["change"]
    change["after"]["replica"], change["after_unknown"]["replica"] = known, unknown
    found = at(changes(read(plan))[TABLE].after, "replica")
    assert isinstance(found, Unknown) == whole


def test_what_is_left_out_as_a_whole_keeps_its_unknown_parts() -> None:
    """Terraform up to 1.0 leaves out objects of which nothing is known."""
    plan = document()
    change = plan["resource_changes"][0]["change"]
    del change["after"]["tags"]
    found = at(changes(read(plan))[TABLE].after, "tags")
    assert isinstance(found, Known)
    assert isinstance(found.mapping["Id"], Unknown)


def test_what_a_plan_marks_sensitive_is_marked() -> None:
    found = changes(read(PLAN))
    after = found[TABLE].after
    assert at(after, "tags", "Team").sensitive
    assert not at(after, "tags").sensitive
    assert not at(after, "name").sensitive
    policy = found['module.roles["a"].aws_iam_role_policy.p[0]']
    assert at(policy.before, "policy").sensitive
    assert not at(policy.after, "policy").sensitive


def test_a_mark_inside_of_a_set_is_one_on_the_set() -> None:
    plan = document()
    plan["resource_changes"][0]["change"]["after_sensitive"]["replica"] = [{"region_name": True}]
    after = changes(read(plan))[TABLE].after
    assert at(after, "replica").sensitive


def test_what_the_schema_says_is_sensitive_is_marked() -> None:
    schema = resource_schema("managed", "aws_iam_access_key")
    assert schema is not None
    assert schema.attributes["secret"].sensitive
    change = {"actions": ["no-op"], "before": {"secret": "x", "user": "u"}, "after": {"secret": "x", "user": "u"}}
    head = {"address": "aws_iam_access_key.k", "mode": "managed", "type": "aws_iam_access_key", "name": "k"}
    found = changes(read(document(resource_changes=[{**head, "change": change}])))["aws_iam_access_key.k"]
    assert at(found.after, "secret").sensitive
    assert at(found.before, "secret").sensitive
    assert not at(found.after, "user").sensitive


def test_a_type_without_schema_is_typed_by_its_shape() -> None:
    values = {"a": [1, {"b": None}], "c": {"d": True}, "e": "x"}
    change = {"actions": ["create"], "before": None, "after": values, "after_unknown": {"a": [False, {"f": True}]}}
    head = {"address": "acme_thing.t", "mode": "managed", "type": "acme_thing", "name": "t"}
    after = changes(read(document(resource_changes=[{**head, "change": change}])))["acme_thing.t"].after
    assert at(after, "a").type.kind == "tuple"
    assert at(after, "c").type.kind == "object"
    assert isinstance(at(after, "a", 1, "b"), Absent)
    assert isinstance(at(after, "a", 1, "f"), Unknown)


def test_values_of_another_schema_are_read_by_their_shape_and_told_of() -> None:
    plan = document()
    plan["resource_changes"][0]["change"]["after"] |= {"name": ["orders"], "of_the_future": {"a": 1}}
    found = read(plan)
    after = changes(found)[TABLE].after
    assert at(after, "name", 0).type.kind == "string"
    assert at(after, "of_the_future", "a").type.kind == "number"
    [diagnostic] = found.diagnostics
    assert (diagnostic.code, diagnostic.where) == ("PLAN016", f"plan.json:{TABLE}")
    assert f"{TABLE}.name" in diagnostic.detail


def test_of_types_that_no_rule_reads_only_tags_are_kept() -> None:
    after = changes(read(PLAN))['aws_instance.i["x"]'].after
    assert isinstance(after, Known)
    assert after.mapping.keys() == {"tags", "tags_all"}
    assert isinstance(at(after, "tags", "Team"), Known)


def test_of_other_providers_no_more_is_read_than_has_room() -> None:
    change = {
        "actions": ["create"],
        "before": None,
        "after": {"hex": "ff", "tags": None},
        "after_unknown": {"id": True},
    }
    elements = [
        {"address": f"{type_}.r", "mode": "managed", "type": type_, "name": "r", "change": change}
        for type_ in ("random_id", "random_pet", "aws_sqs_queue")
    ]
    file = StructuredFile("plan.json")
    reader = InstanceReader(file, others=2)
    id_, pet, queue = reader.changes(Scanner(io.BytesIO(json.dumps(elements).encode()), file))
    assert isinstance(at(id_.after, "hex"), Known)
    assert isinstance(pet.after, Unknown)
    assert pet.after.cause.kind == "limit"
    assert isinstance(pet.before, Absent)
    assert isinstance(queue.after, Known)


# Changes


def test_what_a_change_tells() -> None:
    plan = read(PLAN)
    policy = changes(plan)['module.roles["a"].aws_iam_role_policy.p[0]']
    assert (policy.module, policy.name, policy.key) == ('module.roles["a"]', "p", 0)
    assert policy.declaration == 'module.roles["a"].aws_iam_role_policy.p'
    assert (policy.actions, policy.reason) == (("delete", "create"), "replace_because_cannot_update")
    assert policy.previous_address == "aws_iam_role_policy.q"
    assert policy.replace_paths == (("name",), ("tags", 0))
    gone = changes(plan)["aws_instance.gone"]
    assert gone.deposed == "deadbeef"
    assert not gone.remains
    assert isinstance(gone.after, Absent)
    assert plan.total == 3


def test_a_change_has_a_place_in_the_file() -> None:
    text = json.dumps(PLAN, indent=2)
    plan = read_json(io.BytesIO(text.encode()), "plan.json")
    place = changes(plan)[TABLE].place
    line = next(n for n, row in enumerate(text.split("\n"), 1) if '"resource_changes"' in row) + 1
    assert (place.begin.line, place.begin.column) == (line, 5)
    assert str(place) == f"plan.json:{TABLE}"
    assert place.text == ""


def test_the_order_of_keys_has_no_say() -> None:
    one, other = read(PLAN), read(PLAN, sort_keys=True)
    assert [told(change) for change in one.changes] == [told(change) for change in other.changes]
    assert one.configuration is not None
    assert other.configuration is not None
    assert [r.declaration for r in one.configuration.resources] == [
        r.declaration for r in other.configuration.resources
    ]
    assert one.configuration.calls[0].arguments.keys() == other.configuration.calls[0].arguments.keys()
    assert other.variables["password"].sensitive


def test_resources_that_are_neither_managed_nor_data_are_left_out() -> None:
    element = {"address": "ephemeral.aws_lambda_invocation.i", "mode": "ephemeral", "type": "t", "name": "i"}
    plan = document(resource_changes=[{**element, "change": {"actions": ["open"]}}])
    assert read(plan).changes == ()


# The rest of a plan


def test_variables_have_their_values_and_the_marks_of_the_configuration() -> None:
    variables = read(PLAN).variables
    password, sizes = variables["password"], variables["sizes"]
    assert isinstance(password, Known)
    assert password.text == "hunter2"
    assert password.sensitive
    assert isinstance(sizes, Known)
    assert [v.number for v in sizes.items[:2] if isinstance(v, Known)] == [Decimal(1), Decimal("2.5")]
    assert not sizes.sensitive
    assert isinstance(variables["none"], Absent)


def test_what_else_a_plan_tells() -> None:
    plan = read(PLAN)
    assert (plan.kind, plan.format_version, plan.terraform_version) == ("plan", "1.2", "1.11.4")
    assert (plan.timestamp, plan.complete, plan.errored) == ("2026-01-01T00:00:00Z", True, False)
    assert plan.deferred == ("aws_sqs_queue.later",)
    assert plan.relevant == ((TABLE, ("replica", 0, "arn")),)
    [region] = plan.data
    assert (region.address, region.module, region.actions) == ("module.a.data.aws_region.here", "module.a", ("read",))
    assert at(region.after, "name").sensitive
    assert isinstance(region.before, Absent)


def test_what_older_versions_do_not_say_is_not_known() -> None:
    plan = read(document(complete=None, errored=None, timestamp=None, relevant_attributes=None))
    assert (plan.complete, plan.errored, plan.timestamp, plan.relevant) == (None, False, "", ())


def test_the_configuration_as_far_as_plan_json_tells_it() -> None:
    configuration = read(PLAN).configuration
    assert configuration is not None
    table, instance, policy = configuration.resources
    assert (table.declaration, table.provider) == (TABLE, "aws")
    assert table.body.blocks.keys() == {"attribute", "timeouts"}
    name = table.body.blocks["attribute"][0].arguments["name"].constant
    assert isinstance(name, Known)
    assert name.text == "pk"
    capacity = table.body.arguments["read_capacity"].constant
    assert isinstance(capacity, Known)
    assert capacity.number == 5
    assert isinstance(table.body.arguments["range_key"].constant, Absent)
    assert table.body.arguments["name"].references == ("var.name",)
    assert (table.body.arguments["tags"].constant, table.body.arguments["tags"].references) == (None, ())
    assert (instance.body.arguments, instance.for_each is not None) == ({}, True)
    assert (policy.declaration, policy.count is not None) == ("module.roles.aws_iam_role_policy.p", True)


def test_the_calls_of_a_configuration() -> None:
    configuration = read(PLAN).configuration
    assert configuration is not None
    assert [(c.path, c.source) for c in configuration.calls] == [
        ("module.roles", "./roles"),
        ("module.roles.module.inner", "./inner"),
    ]
    roles = configuration.calls[0]
    assert roles.arguments["table"].references == (f"{TABLE}.arn", TABLE)
    assert isinstance(roles.arguments["size"].constant, Known)
    assert roles.for_each is not None
    assert isinstance(roles.for_each.constant, Known)
    assert configuration.outputs["", "arn"].references == (f"{TABLE}.arn", TABLE)


def test_providers_without_their_credentials() -> None:
    configuration = read(PLAN).configuration
    assert configuration is not None
    aws = configuration.providers["aws"]
    assert aws.arguments.keys() == {"region"}
    tags = aws.blocks["default_tags"][0].arguments["tags"].constant
    assert isinstance(tags, Known)
    assert tags.kind == "map"
    assert configuration.providers["module.a:helm"].arguments == {}


# How a plan was made


@pytest.mark.parametrize(
    ("name", "mode"),
    [("destroy", "destroy"), ("refresh-only", "refresh-only"), ("delete", "normal"), ("no-op", "normal")],
)
def test_the_mode_of_recorded_plans(name: str, mode: str) -> None:
    assert recorded(name)[1].mode == mode


def configured(*resources: dict[str, Any], **call: Any) -> dict[str, Any]:
    head = {"mode": "managed", "type": "aws_sqs_queue", "name": "q"}
    module = {"resources": [head | resource for resource in resources]}
    calls = {"a": {"source": "./a", "module": module, **call}} if call else {}
    return {"root_module": {"module_calls": calls} if call else module}


ONE = {"constant_value": 1}
DELETED = {
    "address": "aws_sqs_queue.q",
    "mode": "managed",
    "type": "aws_sqs_queue",
    "name": "q",
    "change": {"actions": ["delete"], "before": {}, "after": None},
}
STATE = {"values": {"root_module": {"resources": [{k: DELETED[k] for k in ("address", "mode", "type", "name")}]}}}
CONFIGURED: dict[str, Any] = configured({})
REASON = {"action_reason": "delete_because_no_resource_config"}


@pytest.mark.parametrize(
    ("changes_", "configuration", "prior", "mode"),
    [
        pytest.param([], configured(), None, "normal", id="nothing-configured"),
        pytest.param([], CONFIGURED, None, "refresh-only", id="configured-not-planned"),
        pytest.param([], configured({"count_expression": ONE}), None, "normal", id="perhaps-no-instances"),
        pytest.param([], configured({}, for_each_expression=ONE), None, "normal", id="perhaps-no-module"),
        pytest.param([], configured({}, expressions={}), None, "refresh-only", id="configured-in-a-module"),
        pytest.param([], configured({"mode": "data"}), None, "normal", id="only-data-sources"),
        pytest.param([], configured({"count_expression": ONE}), STATE, "refresh-only", id="there-and-not-planned"),
        pytest.param([DELETED], CONFIGURED, STATE, "destroy", id="all-removed"),
        pytest.param([DELETED | REASON], CONFIGURED, STATE, "normal", id="removed-for-a-reason"),
        pytest.param([DELETED], configured(), STATE, "normal", id="removed-and-nothing-configured"),
        pytest.param([DELETED | {"deposed": "x"}], CONFIGURED, STATE, "normal", id="only-deposed-objects"),
    ],
)
def test_how_a_plan_was_made(changes_: Any, configuration: Any, prior: Any, mode: str) -> None:
    plan = document(
        resource_changes=changes_ or None,
        configuration=configuration,
        prior_state=prior,
        planned_values={"root_module": {}},
        applyable=False,
    )
    assert read(plan).mode == mode


def test_planned_values_make_a_plan_normal() -> None:
    assert read(document(resource_changes=[DELETED])).mode == "normal"


# States


def test_a_state_with_modules_data_sources_and_deposed_objects() -> None:
    values = json.loads(json.dumps(PLAN["prior_state"]["values"]))
    table = {"address": TABLE, "mode": "managed", "type": "aws_dynamodb_table", "name": "orders"}
    values["root_module"]["resources"] = [
        {**table, "values": {"name": "orders", "hash_key": "pk"}, "sensitive_values": {"name": True}},
        {**table, "deposed_key": "beef", "values": {"name": "old"}, "sensitive_values": {}},
    ]
    state = read({"format_version": "1.0", "terraform_version": "1.11.4", "values": values})
    assert (state.kind, state.total) == ("state", 1)
    current, deposed = state.changes
    assert at(current.after, "name").sensitive
    assert (deposed.deposed, deposed.remains) == ("beef", False)
    assert [c.address for c in state.data] == ["module.a.data.aws_region.here"]


def test_a_state_in_which_nothing_is_left() -> None:
    state = read({"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": {}}})
    assert (state.kind, state.changes, state.total) == ("state", (), 0)
