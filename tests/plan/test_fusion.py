"""A plan fused with the source that it was made of: what the source cannot know comes from the plan, all else stays.

Every recorded plan is fused, as JSON and as a binary plan; `fixtures/fusion/known-later` is a root of which the source
alone knows little.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ddbaudit.foundation.source import Span, StructuredFile
from ddbaudit.ir.instance import BlockInstance, Evaluation
from ddbaudit.ir.value import Known, Symbol, Unknown, Value
from tests.plan.fusing import FUSION, alone, carried, count_unknown, disagreements, dumped, fused, read
from tests.plan.recorded import RECORDED

LATER = FUSION / "known-later"
READ_FILES = frozenset({"service"})
"""Roots that read files with functions, which a binary plan does not carry."""


@pytest.fixture(params=sorted(RECORDED))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def of_json(name: str) -> Evaluation:
    recording = RECORDED[name]
    return fused(read(recording.directory / "plan.json"), recording.source)


def of_binary(name: str) -> Evaluation:
    directory = RECORDED[name].directory
    return carried(read(directory / "tfplan"), directory)


# --- every recorded plan ---


def test_a_plan_agrees_with_its_source(name: str) -> None:
    assert disagreements(of_json(name)) == []
    assert disagreements(of_binary(name)) == []


def test_what_the_source_knows_stays(name: str) -> None:
    recording = RECORDED[name]
    before = dumped(alone(recording.source, dict(recording.values)))
    for evaluation in (of_json(name), *([] if name in READ_FILES else [of_binary(name)])):
        after = dumped(evaluation)
        assert evaluation.plan is not None
        if evaluation.plan.mode != "normal":
            assert after == {}
            continue
        assert [a for a in before if a not in after and "[?]" not in a] == []
        lost = [line for a in before.keys() & after.keys() for line in differing(before[a], after[a], a)]
        assert lost == []


def differing(before: dict[str, Any], after: dict[str, Any], path: str) -> Iterator[str]:
    hidden = _joined(after["unknown"], after.get("sensitive"))
    yield from _differing(before["values"], before["unknown"], after["values"], hidden, path)


def _joined(unknown: Any, sensitive: Any) -> Any:
    """The mirror of what is unknown, with "sensitive" at what is not shown."""
    if sensitive is True:
        return "sensitive"
    if isinstance(sensitive, dict):
        return {**_marks(unknown), **{k: _joined(_marks(unknown).get(k), s) for k, s in sensitive.items()}}
    if isinstance(sensitive, list) and sensitive:
        return [_joined(_at(unknown, i), s) for i, s in enumerate(sensitive)]
    return unknown


def _differing(known: Any, unknown: Any, after: Any, hidden: Any, path: str) -> Iterator[str]:
    """What is known before must be there after; null says nothing of an attribute that a data source reads."""
    of_data = known is None and (path.startswith("data.") or ".data." in path)
    if unknown is True or of_data or hidden == "sensitive":
        return
    if hidden is True:
        yield f"{path}: no longer known"
    elif isinstance(known, dict) and isinstance(after, dict):
        marks, others = _marks(unknown), _marks(hidden)
        for key in known:
            yield from _differing(known[key], marks.get(key), after.get(key), others.get(key), f"{path}.{key}")
    elif isinstance(known, list) and isinstance(after, list) and len(known) == len(after):
        for i, (a, b) in enumerate(zip(known, after, strict=True)):
            yield from _differing(a, _at(unknown, i), b, _at(hidden, i), f"{path}[{i}]")
    elif known != after:
        yield f"{path}: {known!r} became {after!r}"


def _marks(unknown: Any) -> dict[str, Any]:
    return unknown if isinstance(unknown, dict) else {}


def _at(unknown: Any, index: int) -> Any:
    return unknown[index] if isinstance(unknown, list) and index < len(unknown) else False


def test_all_places_are_in_the_source(name: str) -> None:
    for evaluation in (of_json(name), of_binary(name)):
        for resource in evaluation.resources:
            for span in spans(resource.body):
                assert not isinstance(span.source, StructuredFile), f"{resource.address} {span}"


def spans(block: BlockInstance) -> Iterator[Span]:
    yield block.header
    for argument in block.arguments.values():
        yield argument.span
        yield from of_value(argument.value)
    for group in block.blocks.values():
        for item in (*group.items, *group.possible):
            yield from spans(item)


def of_value(value: Value) -> Iterator[Span]:
    if value.origin is not None:
        yield from (link.span for link in value.origin.chain() if link.span is not None)
    if isinstance(value, Unknown) and value.cause.span is not None:
        yield value.cause.span
    if isinstance(value, Known) and isinstance(value.data, tuple | dict):
        for item in value.data.values() if isinstance(value.data, dict) else value.data:
            yield from of_value(item)


def test_changes_have_the_place_of_their_block(name: str) -> None:
    evaluation = of_json(name)
    assert evaluation.plan is not None
    declared = {d.address.split("[")[0] for d in evaluation.declarations}
    for change in evaluation.plan.changes:
        if "[" not in change.module and change.declaration in declared:
            assert change.place.path.endswith((".tf", ".tf.json")), change.address
            assert change.name in change.place.text


# --- what the source cannot know ---


@pytest.fixture(params=["plan.json", "tfplan"])
def later(request: pytest.FixtureRequest) -> Evaluation:
    return fused(read(LATER / request.param), LATER / "after")


def instance(evaluation: Evaluation, address: str) -> BlockInstance:
    return next(r.body for r in evaluation.resources if r.address == address)


def text(value: Value) -> str:
    assert isinstance(value, Known)
    return value.text


def test_a_fused_plan_knows_more(later: Evaluation) -> None:
    before, after = dumped(alone(LATER / "after")), dumped(later)
    shared = before.keys() & after.keys()
    assert sum(count_unknown(after[a]["unknown"]) for a in shared) < sum(
        count_unknown(before[a]["unknown"]) for a in shared
    )
    assert sum("[?]" in address for address in before) == 5
    assert not any("[?]" in address for address in after)


def test_instance_keys_come_from_the_plan(later: Evaluation) -> None:
    made = {r.address for r in later.resources if r.type == "aws_dynamodb_table"}
    assert made == {
        "aws_dynamodb_table.base",
        "aws_dynamodb_table.counted[0]",
        'aws_dynamodb_table.each["eu-west-1"]',
        'aws_dynamodb_table.each["tide-gauges"]',
        "aws_dynamodb_table.grown",
        "aws_dynamodb_table.kept",
        'module.child["tide-gauges"].aws_dynamodb_table.this',
    }
    counts = {d.address: d.instances for d in later.declarations}
    assert (counts["aws_dynamodb_table.counted"], counts["aws_dynamodb_table.none"]) == (1, 0)
    assert (counts["module.child"], counts["module.never"]) == (1, 0)
    assert text(instance(later, 'aws_dynamodb_table.each["eu-west-1"]').value("name")) == "each-eu-west-1"


def test_values_come_from_the_plan_and_keep_their_places(later: Evaluation) -> None:
    tags = instance(later, "aws_dynamodb_table.grown").arguments["tags"]
    assert isinstance(tags.value, Known)
    known = {key: text(value) for key, value in tags.value.mapping.items()}
    assert known == {
        "Account": "123456789012",  # a data source
        "Cwd": "after",  # where Terraform ran
        "Season": "spring",  # a resource of another provider
        "Secret": "canary-of-the-harbour",
        "Source": "tide-gauges",  # part of the ARN of a table that exists
        "Stage": "flood",  # a variable
        "Zone": "eu-west-1a",
    }
    assert tags.span.text.startswith("{\n    Account = local.account")
    places = {
        key: value.origin.span.text for key, value in tags.value.mapping.items() if value.origin and value.origin.span
    }
    assert places["Source"] == "local.table"
    assert places["Cwd"] == "basename(path.cwd)"


def test_a_variable_has_the_line_that_gives_it(later: Evaluation) -> None:
    stage = later.modules[0].variables["stage"].value
    assert stage.origin is not None
    assert stage.origin.span is not None
    assert (Path(stage.origin.span.path).name, stage.origin.span.text) == ("terraform.tfvars", '"flood"')


def test_a_variable_that_the_source_gives_otherwise_is_that_of_the_plan(tmp_path: Path) -> None:
    source = tmp_path / "after"
    (source / "child").mkdir(parents=True)
    for file in ("main.tf", "child/main.tf"):
        (source / file).write_text((LATER / "after" / file).read_text())
    evaluation = fused(read(LATER / "plan.json"), source)
    variables = evaluation.modules[0].variables
    stage, secret = variables["stage"].value, variables["secret"].value
    assert (text(stage), text(secret)) == ("flood", "canary-of-the-harbour")
    assert stage.origin is not None
    assert (stage.origin.note, stage.origin.span) == ("var.stage in the plan", None)
    assert secret.sensitive
    assert not stage.sensitive
    assert [d for d in evaluation.diagnostics if d.code.startswith("VAR")] == []
    assert disagreements(evaluation) == []


def test_the_number_of_generated_blocks_is_that_of_the_plan(later: Evaluation) -> None:
    table = instance(later, "aws_dynamodb_table.grown")
    indexes = table.group("global_secondary_index")
    assert (indexes.unknown, indexes.possible) == (None, ())
    assert [text(b.value("name")) for b in indexes.items] == ["by-eu-west-1"]
    assert [text(b.value("name")) for b in table.group("attribute").items] == ["gauge", "eu-west-1"]
    assert 'dynamic "global_secondary_index"' in indexes.items[0].header.text


def test_attributes_of_aws_resources_stay_symbols(later: Evaluation) -> None:
    """The ARN is known to the plan, and a rule is to see which table it is of."""
    policy = instance(later, "aws_iam_policy.mixed").value("policy")
    assert isinstance(policy, Unknown)
    assert isinstance(policy.structure, Known)
    statement = policy.structure.mapping["Statement"]
    assert isinstance(statement, Known)
    only = statement.items[0]
    assert isinstance(only, Known)
    resources, condition = only.mapping["Resource"], only.mapping["Condition"]
    assert isinstance(resources, Known)
    arn, other = resources.items
    assert isinstance(arn, Unknown)
    assert arn.parts == (Symbol("aws_dynamodb_table.base", ("arn",)),)
    assert text(other) == "arn:aws:dynamodb:eu-west-1:123456789012:table/others"
    assert isinstance(condition, Known)
    equals = condition.mapping["StringEquals"]
    assert isinstance(equals, Known)
    assert text(equals.mapping["aws:PrincipalTag/place"]) == "after"


def test_what_the_plan_marks_sensitive_is_sensitive(later: Evaluation) -> None:
    resource = dumped(later)["aws_dynamodb_table.grown"]
    assert resource["sensitive"]["tags"] == {"Secret": True}
    assert "Secret" not in resource["values"]["tags"]


def test_the_workspace_of_a_binary_plan_is_known() -> None:
    plan = read(LATER / "tfplan")
    assert plan.workspace == "default"


def test_a_plan_without_resources_leaves_the_declarations() -> None:
    plan = read(LATER / "plan.json")
    for mode, count in (("destroy", 0), ("refresh-only", None)):
        evaluation = fused(replace(plan, mode=mode), LATER / "after")  # type: ignore[arg-type]
        assert evaluation.resources == ()
        assert {d.instances for d in evaluation.declarations} == {count}
