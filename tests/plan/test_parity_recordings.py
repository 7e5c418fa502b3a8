"""The recorded plans are what they claim to be: complete, of this repository's configurations, and of no machine."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from scripts import record_plans
from scripts.record_plans import PLANS, REPOSITORY, recorded, recordings, unpacked

from tests.oracle import terraform

SCENARIOS = REPOSITORY / "fixtures" / "scenarios"
RECORDED = recorded()
MACHINE = re.compile(
    rb"(?<![\w./:*}-])/(?:tmp|work|root|home|Users|var/folders|private|opt|mnt|farm)/|127\.0\.0\.1|[A-Z]:\\\\"
)
FILES = {"plan.json", "plan.json.gz", "tfplan", "state.json"}


@pytest.mark.parametrize("name", RECORDED)
def test_a_recording_is_whole(name: str) -> None:
    recording = RECORDED[name]
    found = {path.name for path in recording.directory.iterdir()}
    assert found <= FILES
    assert "tfplan" in found
    assert len(found & {"plan.json", "plan.json.gz"}) == 1
    assert ("state.json" in found) is recording.state
    plan = recording.plan()
    assert plan["format_version"] == "1.2"
    assert plan["errored"] is recording.errored
    assert recording.about.endswith(".")


def test_nothing_else_is_recorded_and_nothing_is_missing() -> None:
    assert {path.name for path in PLANS.iterdir() if path.is_dir()} == {*RECORDED, "mutants"}


def test_every_root_of_the_scenarios_is_recorded_or_refused() -> None:
    """A root is a directory that says which provider it uses, or that is the only one of its scenario. What Terraform
    says of the mistakes is recorded beside them (`benchmarks/mistakes --record`)."""
    known = {recording.source for recording in recordings().values()}
    known |= {(REPOSITORY / r.tree / r.apply).resolve() for r in recordings().values() if r.apply}
    roots = {path.parent for path in SCENARIOS.rglob("*.tf") if re.search(r'^provider "', path.read_text(), re.M)}
    roots = {root for root in roots if not root.is_relative_to(SCENARIOS / "mistakes")}
    assert len(roots) > 30
    assert {str(root.relative_to(SCENARIOS)) for root in roots - known} == set()
    assert all((REPOSITORY / r.tree / r.root).is_dir() for r in recordings().values())


def test_what_terraform_refuses_says_why() -> None:
    refused = {name: recording for name, recording in recordings().items() if recording.refused}
    assert len(refused) >= 6
    assert not [name for name, recording in refused.items() if recording.directory.exists()]


@pytest.mark.parametrize("name", RECORDED)
def test_nothing_of_the_machine_is_recorded(name: str) -> None:
    for path in RECORDED[name].directory.iterdir():
        parts = [unpacked(path)]
        if path.name == "tfplan":
            with zipfile.ZipFile(path) as archive:
                parts = [archive.read(member) for member in archive.namelist()]
        for content in parts:
            assert [match.group() for match in MACHINE.finditer(content)] == []


@pytest.mark.parametrize(
    "text", [b'"/tm' + b'p/x"', b" /wo" + b"rk/main", b"http://127.0.0.1:5000", b'"/ho' + b"me/someone"]
)
def test_the_pattern_sees_a_machine(text: bytes) -> None:
    assert MACHINE.search(text)


def meaning(text: bytes) -> list[str]:
    """The lines without comments, which say what is expected, and without what is aligned to them."""
    return [" ".join(line.partition("#")[0].split()) for line in text.decode().splitlines()]


@pytest.mark.parametrize("name", RECORDED)
def test_a_recording_is_of_the_configuration_as_it_is_now(name: str) -> None:
    """The binary plan carries its files; where one has changed since, the plan has to be recorded again."""
    recording = RECORDED[name]
    with zipfile.ZipFile(recording.directory / "tfplan") as archive:
        modules = {m["Key"]: m["Dir"] for m in json.loads(archive.read("tfconfig/modules.json"))}
        carried = [member for member in archive.namelist() if member.startswith("tfconfig/m-")]
        assert carried
        for member in carried:
            key, _, file = member.removeprefix("tfconfig/m-").partition("/")
            now = recording.source / modules[key] / file
            again = f"python scripts/record_plans.py --only {name}"
            assert now.exists(), again
            assert meaning(archive.read(member)) == meaning(now.read_bytes()), again
        written = {key: {p.name for p in (recording.source / place).glob("*.tf")} for key, place in modules.items()}
        for key, names in written.items():
            assert names == {m.rpartition("/")[2] for m in carried if m.startswith(f"tfconfig/m-{key}/")}


def test_recordings_are_small() -> None:
    large = {path: path.stat().st_size for path in PLANS.rglob("*") if path.is_file() and path.suffix != ".toml"}
    assert {str(path.relative_to(PLANS)): size for path, size in large.items() if size > record_plans.LARGE} == {}


@pytest.mark.slow
@pytest.mark.terraform
@pytest.mark.parametrize("name", ["count", "module-and-example", "no-op"])
def test_terraform_still_says_so(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One that is created, one that is refused, one with a state: made again, and compared."""
    if not terraform.available():
        pytest.skip("terraform or its provider is not available: the recorded plans are used unchecked")
    if shutil.which("moto_server") is None:
        pytest.skip("moto_server is not available: the recorded plans are used unchecked")
    code = record_plans.main(["--only", name, "--check"])
    assert code == 0, capsys.readouterr().out


def test_what_differs_is_told(tmp_path: Path) -> None:
    recording = RECORDED["update"]
    shutil.copytree(recording.directory, tmp_path / "made")
    assert record_plans.differences(recording.directory, tmp_path / "made") == []
    plan = recording.plan()
    plan["timestamp"] = "2031-01-01T00:00:00Z"
    (tmp_path / "made" / "plan.json").write_text(json.dumps(plan))
    assert record_plans.differences(recording.directory, tmp_path / "made") == []
    plan["resource_changes"][0]["change"]["actions"] = ["delete"]
    (tmp_path / "made" / "plan.json").write_text(json.dumps(plan))
    assert "delete" in "".join(record_plans.differences(recording.directory, tmp_path / "made"))
    shutil.copy(RECORDED["create"].directory / "tfplan", tmp_path / "made" / "tfplan")
    assert "tfplan: carries another configuration" in record_plans.differences(recording.directory, tmp_path / "made")


def test_unknown_names_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        record_plans.main(["--only", "nosuch"])
    assert "nosuch" in capsys.readouterr().err
