"""Plans without their source, judged: what they say is what the configuration says, or that they cannot say it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from scripts.record_plans import REPOSITORY, recorded

from ddbaudit.app.audit import Settings, evaluate
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.frontends.plan.completeness import completeness
from ddbaudit.frontends.plan.evaluation import evaluate_plan
from ddbaudit.ir.instance import BlockGroup, BlockInstance, Evaluation, ResourceInstance
from ddbaudit.ir.plan import Change
from ddbaudit.ir.types import DYNAMIC
from ddbaudit.ir.value import Absent, Cause, Known, Unknown, Value, string
from ddbaudit.model.build import build_estate
from ddbaudit.model.reading import contains
from ddbaudit.model.table import Table
from tests.plan.parity import body_differences, differences, of, of_plan, of_source, plan_of, unknown

# The roots of the reference estate are compared as a whole in test_parity.py.
SCENARIOS = {
    name: found for name, found in recorded().items() if found.tree != "terraform" and found.directory.is_dir()
}
DATA = Path(__file__).parent / "data"
PLANS = REPOSITORY / "fixtures" / "plans"
REMEDY = "give the configuration with --source DIR"
RECOVERY = "DDB101"


def evaluated(path: Path) -> Evaluation:
    return evaluate_plan(plan_of(path))


def resource(evaluation: Evaluation, address: str) -> ResourceInstance:
    return next(r for r in evaluation.resources if r.address == address)


def tables(path: Path) -> dict[str, Table]:
    return {table.address: table for table in build_estate(evaluated(path)).tables}


def plain(value: Value) -> object:
    """A known value as text, number or bool; None when it is absent."""
    if isinstance(value, Known):
        return tuple(map(plain, value.items)) if isinstance(value.data, tuple) else value.data
    assert isinstance(value, Absent)
    return None


def why(value: object) -> str:
    assert isinstance(value, Unknown)
    return value.cause.text


# -- the same verdicts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["inflow", "dependants", "bodies"])
@pytest.mark.parametrize("pack", ["baseline", "bbws-access-management"])
def test_a_plan_says_what_its_source_says_or_leaves_it_open(name: str, pack: str) -> None:
    source = of_source(DATA / name, pack=pack)
    assert differences(source, of_plan(DATA / name / "plan.json", pack=pack)) == []


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_bodies_say_what_the_source_writes_or_leave_it_open(name: str) -> None:
    """Every argument and block that rules may read, whether or not a rule reads it today."""
    recording, plan = SCENARIOS[name], plan_of(PLANS / name / "plan.json")
    if plan.mode != "normal" or not plan.complete:
        assert completeness(plan) or plan.mode == "destroy"
        return
    values = tuple(("var", f"{key}={value}") for key, value in recording.values.items())
    (source,) = evaluate(Settings((str(recording.source),), arguments=values))
    found = evaluate_plan(plan)
    assert body_differences(source, found) == []
    assert differences(of(source), of(found)) == []


@pytest.mark.parametrize("name", ["inflow", "dependants", "bodies"])
def test_bodies_of_small_roots_say_what_the_source_writes(name: str) -> None:
    (source,) = evaluate(Settings((str(DATA / name),)))
    assert body_differences(source, evaluated(DATA / name / "plan.json")) == []


def test_every_open_verdict_names_the_remedy() -> None:
    estate = build_estate(evaluated(DATA / "inflow" / "plan.json"))
    reasons = [table.pitr.present for table in estate.tables if isinstance(table.pitr.present, Unknown)]
    assert len(reasons) == 6
    assert all(why(reason).endswith(REMEDY) for reason in reasons)


# -- blocks that look unknown --------------------------------------------------------------------------------------


def test_relevant_attributes_hold_what_dynamic_blocks_refer_to_except_by_way_of_each_value_of_a_call() -> None:
    """What `absence` relies on. When a later Terraform also lists the last two, it may rely on more."""
    told = {(address.partition("[")[0], path) for address, path in plan_of(DATA / "inflow" / "plan.json").relevant}
    keys = {address.removeprefix("aws_kms_key."): path for address, path in told if address.startswith("aws_kms_key.")}
    assert keys == {
        "direct": ("arn",),
        "local": ("arn",),
        "splat": (),
        "argument": ("arn",),
        "argument_of_argument": ("arn",),
        "each_of_resource": ("arn",),
        "data": ("arn",),
    }
    assert ("data.aws_iam_policy_document.of_key", ("json",)) in told
    assert ("module.output.aws_kms_key.this", ("arn",)) in told


def test_a_block_that_an_unknown_value_may_make_is_unknown_and_not_absent() -> None:
    plan, source = (
        [address for rule, address in unknown(found) if rule == RECOVERY]
        for found in (of_plan(DATA / "inflow" / "plan.json"), of_source(DATA / "inflow"))
    )
    assert plan == source
    assert len(plan) == 6


def test_the_reason_names_a_value_that_may_reach_the_block() -> None:
    found = tables(DATA / "inflow" / "plan.json")
    over_argument = found["module.argument.aws_dynamodb_table.this"].pitr.present
    assert "aws_kms_key.argument.arn" in why(over_argument)
    over_each = found['module.each_of_call["only"].aws_dynamodb_table.this'].pitr.present
    assert "aws_kms_key.each_of_call" in why(over_each)


def test_a_block_is_absent_where_no_unknown_value_gets_in() -> None:
    sealed = tables(DATA / "inflow" / "plan.json")['module.sealed["inflow-sealed"].aws_dynamodb_table.this']
    assert sealed.pitr.present is False
    assert sealed.ttl.present is False


def test_a_block_is_absent_where_all_that_is_unknown_depends_on_the_resource() -> None:
    """Also over arguments and outputs of modules: the ARN of the policy is unknown, and needs that of the table."""
    assert of_plan(DATA / "dependants" / "plan.json").of(RECOVERY, "module.table.aws_dynamodb_table.this") == (
        Verdict.FAIL,
    )


def test_without_relevant_attributes_everything_unknown_counts() -> None:
    """Terraform lists them since 1.2. The key that nothing refers to does not depend on the table."""
    plan = plan_of(DATA / "inflow" / "plan.json")
    old = replace(plan, terraform_version="1.1.9", relevant=())
    table = build_estate(evaluate_plan(old)).tables_by_address["aws_dynamodb_table.direct"]
    assert REMEDY in why(table.pitr.present)


def test_without_a_configuration_nothing_tells_whether_the_block_is_there() -> None:
    plan = replace(plan_of(DATA / "dependants" / "plan.json"), configuration=None)
    verdicts = of(evaluate_plan(plan))
    assert verdicts.of(RECOVERY, "module.table.aws_dynamodb_table.this") == (Verdict.UNKNOWN,)
    assert verdicts.unbalanced == ()


def test_an_impure_for_each_cannot_be_told_from_no_block() -> None:
    """The limit that `absence` states: the source knows better, the plan holds no trace of `timestamp()`."""
    address = "aws_dynamodb_table.clock"
    assert of_source(DATA / "impure").of(RECOVERY, address) == (Verdict.UNKNOWN,)
    assert of_plan(DATA / "impure" / "plan.json").of(RECOVERY, address) == (Verdict.FAIL,)


def test_a_block_that_was_there_before_and_is_not_written_is_unknown() -> None:
    """Terraform leaves what was removed from the configuration; a dynamic block would look the same."""
    found = next(iter(tables(PLANS / "blocks-removed" / "plan.json").values()))
    assert "as it was before" in why(found.pitr.present)
    assert REMEDY in why(found.pitr.present)
    # What is off is off, whoever left it so.
    assert found.ttl.enabled.flag in (False, None)


# -- what is written -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bodies() -> dict[str, Table]:
    found = tables(DATA / "bodies" / "plan.json")
    return {address.removeprefix("aws_dynamodb_table."): table for address, table in found.items()}


def test_the_attribute_of_a_ttl_that_is_off_is_known_where_it_is_a_constant(bodies: dict[str, Table]) -> None:
    constant, variable = bodies["ttl_constant"].ttl, bodies["ttl_variable"].ttl
    assert constant.extra["attribute_name"].text == "expires"
    assert constant.enabled.is_set is False
    assert REMEDY in why(variable.extra["attribute_name"].value)
    assert REMEDY in why(bodies["twice"].ttl.extra["attribute_name"].value)


def test_what_the_configuration_does_not_set_is_absent(bodies: dict[str, Table]) -> None:
    defaults = bodies["defaults"]
    assert defaults.billing_mode.is_set is False
    assert defaults.billing_mode.span == defaults.header
    assert bodies["ttl_constant"].read_capacity.is_set is False
    assert bodies["ttl_constant"].stream_view_type.is_set is False
    assert defaults.read_capacity.number == 1


def test_null_is_absent_and_a_default_that_the_plan_hides_is_not(bodies: dict[str, Table]) -> None:
    assert [key.text for key in bodies["ttl_constant"].keys.attributes()] == ["pk"]
    assert [key.text for key in bodies["ttl_variable"].keys.attributes()] == ["pk"]
    assert bodies["ttl_constant"].table_class.text == "STANDARD"
    assert REMEDY in why(bodies["ttl_variable"].table_class.value)


def test_blocks_that_the_plan_shows_as_one_are_those_of_the_configuration(bodies: dict[str, Table]) -> None:
    sets = bodies["sets"]
    assert [(a.name.text, a.type.text) for a in sets.attributes] == [("pk", "S"), ("sk", "S"), ("pk", "N")]
    assert sets.attributes_merged is None


def test_blocks_of_a_set_keep_the_order_and_the_arguments_of_the_configuration(bodies: dict[str, Table]) -> None:
    by_sk, by_pk = bodies["sets"].indexes
    assert (by_sk.name.text, [k.text for k in by_sk.keys.attributes()]) == ("by-sk", ["sk"])
    assert by_sk.non_key_attributes.is_set is False
    assert plain(by_pk.non_key_attributes.value) == ("a", "b")
    assert [k.text for k in by_pk.keys.attributes()] == ["pk", "sk"]


def test_generated_blocks_may_be_several_that_the_plan_shows_as_one(bodies: dict[str, Table]) -> None:
    twice, mixed = bodies["twice"], bodies["mixed"]
    assert [a.name.text for a in twice.attributes] == ["pk"]
    assert twice.attributes_unknown is None
    assert REMEDY in why(twice.attributes_merged)
    assert [i.name.text for i in mixed.indexes] == ["static", "made"]
    assert REMEDY in why(mixed.indexes_merged)


def test_what_may_be_null_in_a_generated_block_is_not_taken_for_set(bodies: dict[str, Table]) -> None:
    """In a set of blocks the provider has no null: it shows an empty list, and 0."""
    made = bodies["mixed"].indexes[1]
    assert made.non_key_attributes.is_set is False
    assert REMEDY in why(made.read_capacity.value)
    recovery = tables(PLANS / "no-op" / "plan.json")["aws_dynamodb_table.bids"].pitr
    assert recovery.enabled.flag is False
    assert REMEDY in why(recovery.extra["recovery_period_in_days"].value)


# -- providers -----------------------------------------------------------------------------------------------------


def test_default_tags_are_those_that_are_not_the_resources_own(bodies: dict[str, Table]) -> None:
    own, none = bodies["defaults"].tags.entries, bodies["sets"].tags.entries
    assert {key: (tag.value.text, tag.from_provider) for key, tag in own.items()} == {
        "Owner": ("storage", True),
        "Stage": ("own", False),
    }
    assert {key: (tag.value.text, tag.from_provider) for key, tag in none.items()} == {
        "Owner": ("storage", True),
        "Stage": ("test", True),
    }


def test_default_tags_that_a_resource_does_not_show_are_those_of_the_configuration() -> None:
    plan = plan_of(DATA / "bodies" / "plan.json")
    change = next(c for c in plan.changes if c.name == "sets")
    assert isinstance(change.after, Known)
    hidden = {**change.after.mapping, "tags_all": Unknown(DYNAMIC, Cause("computed", "known after apply"))}
    only = replace(plan, changes=(replace(change, after=Known("object", hidden)),))
    (table,) = build_estate(evaluate_plan(only)).tables
    assert {key: tag.value.text for key, tag in table.tags.entries.items()} == {"Owner": "storage", "Stage": "test"}
    assert table.tags.unknown is None


def test_each_resource_has_the_region_of_its_provider() -> None:
    evaluation = evaluated(PLANS / "providers" / "plan.json")
    regions = {r.address: plain(r.provider.region) for r in evaluation.tables()}
    assert len(set(regions.values())) > 1
    assert None not in regions.values()


def test_the_region_of_a_module_that_nothing_gives_a_provider_is_unknown() -> None:
    """Terraform then lists a provider of the module's own, which may be that of the root."""
    evaluation = evaluated(DATA / "inflow" / "plan.json")
    provider = resource(evaluation, "module.outer.module.table.aws_dynamodb_table.this").provider
    assert provider.name == "aws"
    assert REMEDY in why(provider.region)
    assert plain(resource(evaluation, "aws_dynamodb_table.direct").provider.region) == "eu-west-1"


# -- policies ------------------------------------------------------------------------------------------------------


def test_a_policy_text_that_is_known_is_read() -> None:
    estate = build_estate(evaluated(PLANS / "no-op" / "plan.json"))
    assert estate.policies
    assert all(policy.unknown is None and policy.statements for policy in estate.policies)


def test_a_policy_that_names_a_new_table_is_unknown_with_the_remedy() -> None:
    estate = build_estate(evaluated(PLANS / "create" / "plan.json"))
    texts = [why(p.unknown) for p in estate.policies if p.attribute == "policy"]
    assert texts
    assert all(text == f"policy is known after apply; the plan does not say more: {REMEDY}" for text in texts)


def test_a_document_is_judged_on_its_own_only_if_no_policy_is_made_of_it() -> None:
    evaluation = evaluated(PLANS / "policies-uncovered" / "plan.json")
    loose = {r.address for r in evaluation.resources if r.mode == "data"}
    source = of_source(REPOSITORY / "fixtures" / "scenarios" / "policies-uncovered")
    judged = {address for rule, address in source.by_subject if rule == "IAM501" and address.startswith("data.")}
    assert loose == judged
    assert loose


def test_inline_policies_that_are_resources_of_their_own_are_not_judged_twice() -> None:
    """An existing role lists all of its inline policies, and Terraform keeps the list."""
    listed = {"own": _inline("desk-tables"), "other": _inline("from-elsewhere")}
    plan = plan_of(PLANS / "create" / "plan.json")
    role = next(c for c in plan.changes if c.type == "aws_iam_role")
    policy = next(c for c in plan.changes if c.type == "aws_iam_role_policy")
    there = {"name": string("desk"), "inline_policy": listed["own"]}

    def inline(blocks: Value) -> BlockGroup:
        exists = _kept(role, {**there, "inline_policy": blocks})
        separate = _kept(policy, {"name": string("desk-tables"), "role": string("desk")})
        evaluation = evaluate_plan(replace(plan, changes=(exists, separate)))
        return resource(evaluation, role.address).body.group("inline_policy")

    assert inline(listed["own"]) == BlockGroup()
    assert REMEDY in why(inline(listed["other"]).unknown)


def _inline(name: str) -> Known:
    block = Known("object", {"name": string(name), "policy": string("{}")})
    return Known("set", (block,), block.type)


def _kept(change: Change, values: dict[str, Value]) -> Change:
    assert isinstance(change.after, Known)
    after = Known("object", {**change.after.mapping, **values})
    return replace(change, actions=("no-op",), before=after, after=after)


# -- modules, places, states ---------------------------------------------------------------------------------------


def test_variables_of_the_root_are_settings() -> None:
    evaluation = evaluated(DATA / "bodies" / "plan.json")
    root = evaluation.modules[0]
    assert root.address == ""
    assert {name: plain(setting.value) for name, setting in root.variables.items()} == {
        "expiry": "expires",
        "nothing": None,
        "class": "STANDARD",
    }
    assert root.variables["expiry"].span.attribute == "variables.expiry"


def test_module_instances_and_declarations_are_those_of_the_source() -> None:
    evaluation = evaluated(PLANS / "modules" / "plan.json")
    source = of_source(REPOSITORY / "fixtures" / "scenarios" / "plans" / "modules" / "after")
    declared = {address for rule, address in source.by_subject if rule == "TF601"}
    assert {d.address for d in evaluation.declarations} == declared
    modules = {address for rule, address in source.by_subject if rule == "TF603"}
    assert {m.address or "(root)" for m in evaluation.modules} == modules


def test_places_are_paths_of_attributes_and_a_block_holds_those_in_it() -> None:
    body = resource(evaluated(DATA / "bodies" / "plan.json"), "aws_dynamodb_table.sets").body
    assert body.header.attribute == "aws_dynamodb_table.sets"
    index = body.group("global_secondary_index").items[1]
    assert index.arguments["range_key"].span.attribute == "aws_dynamodb_table.sets.global_secondary_index[1].range_key"
    _check_spans(body)


def _check_spans(block: BlockInstance) -> None:
    assert contains(block.span, block.header)
    for argument in block.arguments.values():
        assert contains(block.span, argument.span)
    for group in block.blocks.values():
        for inner in (*group.items, *group.possible):
            assert contains(block.span, inner.span)
            _check_spans(inner)


def test_a_destroy_plan_leaves_the_tables_that_are_configured_without_instances() -> None:
    evaluation = evaluated(PLANS / "destroy" / "plan.json")
    assert evaluation.resources == ()
    assert evaluation.diagnostics == ()
    counts = {d.instances for d in evaluation.declarations if d.type == "aws_dynamodb_table"}
    assert counts == {0}
    verdicts = of(evaluation)
    assert verdicts.unbalanced == ()
    said = {v for (rule, _), found in verdicts.by_subject.items() if rule == RECOVERY for v in found}
    assert said == {Verdict.NOT_APPLICABLE}


def test_a_state_is_taken_as_it_is() -> None:
    state, plan = of_plan(PLANS / "no-op" / "state.json"), of_plan(PLANS / "no-op" / "plan.json")
    assert state.unbalanced == ()
    # what a state does not hold may attach a policy
    assert {rule for rule, _ in unknown(state)} <= {"IAM514"}
    tabled = {key: said for key, said in plan.by_subject.items() if key[0].startswith(("DDB", "IAM"))}
    assert all(state.of(*key) for key in tabled)
    failed = {key for key, said in tabled.items() if Verdict.FAIL in said}
    assert {key for key in tabled if Verdict.FAIL in state.of(*key)} == failed
    # the state holds what the provider has filled in, which a plan may leave out
    other = {key for key in tabled if state.of(*key) != tabled[key]}
    assert {said for key in other for said in tabled[key]} <= {Verdict.UNKNOWN, Verdict.NOT_APPLICABLE}
