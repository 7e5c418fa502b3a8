"""A plan held against a source that is not the one it was made of: whatever was edited is named, at its place.

The plans are real (`fixtures/fusion`): one that makes everything, and one of the same source after it was applied.
"""

from __future__ import annotations

import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from ddbaudit.app.audit import Settings, audit
from ddbaudit.foundation.diagnostic import Level
from ddbaudit.sdk.report import ExitCode
from tests.plan.fusing import FUSION, disagreements, fused, read

EDITS = FUSION / "edits"
SOURCE = EDITS / "after"


@dataclass(frozen=True)
class Edit:
    """`old` is replaced by `new` in a file; all of `says` must be in what is said of it."""

    old: str
    new: str
    says: tuple[str, ...] = ()
    file: str = "main.tf"


def _edits(kind: str) -> dict[str, Edit]:
    listed = tomllib.loads((EDITS / "edits.toml").read_text())[kind]
    return {name: Edit(**{**said, "says": tuple(said.get("says", ()))}) for name, said in listed.items()}


VALUES, INSTANCES, HARMLESS = _edits("values"), _edits("instances"), _edits("harmless")
EVERY = {**VALUES, **INSTANCES}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A copy of the source that may be edited."""
    copy = shutil.copytree(SOURCE, tmp_path / "after")
    shutil.copytree(SOURCE / "vault", copy / "vaults")
    return copy


def apply(edit: Edit, source: Path) -> None:
    path = source / edit.file
    text = path.read_text()
    assert text.count(edit.old) >= 1, edit.old
    path.write_text(text.replace(edit.old, edit.new, 1))


@pytest.mark.parametrize("plan", ["create", "no-op"])
@pytest.mark.parametrize("kind", EVERY)
def test_every_edit_is_named_where_it_was_made(kind: str, plan: str, source: Path) -> None:
    edit = EVERY[kind]
    apply(edit, source)
    said = disagreements(fused(read(EDITS / plan / "plan.json"), source))
    assert any(all(name in line for name in edit.says) for line in said), said


@pytest.mark.parametrize("plan", ["create", "no-op"])
@pytest.mark.parametrize("file", ["plan.json", "tfplan"])
def test_nothing_is_said_of_the_source_that_the_plan_was_made_of(plan: str, file: str) -> None:
    assert disagreements(fused(read(EDITS / plan / file), SOURCE)) == []


@pytest.mark.parametrize("plan", ["create", "no-op"])
@pytest.mark.parametrize("kind", HARMLESS)
def test_nothing_is_said_of_edits_that_change_nothing(kind: str, plan: str, source: Path) -> None:
    apply(HARMLESS[kind], source)
    assert disagreements(fused(read(EDITS / plan / "plan.json"), source)) == []


def test_what_the_configuration_in_a_plan_does_not_tell_is_seen_in_values(source: Path) -> None:
    """A binary plan held against files on disk: there is no configuration to compare, only values and instances."""
    apply(VALUES["a local behind a name"], source)
    apply(INSTANCES["one instance more"], source)
    said = "\n".join(disagreements(fused(read(EDITS / "create" / "tfplan"), source)))
    assert 'name is "map-survey-sheets" in the plan, "maps-survey-sheets" now' in said
    assert "aws_dynamodb_table.spare[2]: the source makes this instance, the plan lacks it" in said


def test_many_differences_are_counted(source: Path) -> None:
    text = (source / "main.tf").read_text()
    more = "\n".join(f'resource "aws_sqs_queue" "q{i}" {{}}' for i in range(50))
    (source / "main.tf").write_text(text + more)
    said = disagreements(fused(read(EDITS / "create" / "plan.json"), source))
    assert len(said) == 21
    assert sum("there are 30 further differences" in line for line in said) == 1


def test_a_stale_plan_makes_the_run_incomplete(source: Path) -> None:
    apply(VALUES["a literal argument"], source)
    report = audit(Settings((str(EDITS / "create" / "plan.json"),), (str(source),)))
    stale = [d for d in report.diagnostics if d.code == "PLAN014"]
    assert report.outcome.code is ExitCode.INCOMPLETE
    assert [d.level for d in stale] == [Level.ERROR]
    assert stale[0].span is not None
    assert stale[0].span.text == '"PROVISIONED"'
    assert Path(stale[0].span.path).name == "main.tf"


def test_a_sensitive_value_is_not_told(tmp_path: Path) -> None:
    source = shutil.copytree(FUSION / "known-later" / "after", tmp_path / "after")
    text = (source / "main.tf").read_text()
    edited = text.replace("Secret  = var.secret", 'Secret  = "${var.secret}-and-more"').replace(
        '"somebody else"', "var.secret"
    )
    (source / "main.tf").write_text(
        edited.replace('name         = "tide-readings"', 'name         = "x-${var.secret}"')
    )
    evaluation = fused(read(FUSION / "known-later" / "plan.json"), source)
    said = "\n".join(disagreements(evaluation))
    assert "aws_dynamodb_table.grown: name" in said
    assert "canary" not in said
