"""The ways in which a gate for plans could pass without having looked: each ends with its exit code, and says why.

Every test runs the real process on files as a pipeline would have them.
"""

from __future__ import annotations

import gzip
import json
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scripts.record_plans import PLANS, REPOSITORY

from tests.cli.harness import NO_PITR, TABLE, Run, Shell

SCENARIOS = REPOSITORY / "fixtures" / "scenarios" / "plans"
HAND_WRITTEN = Path(__file__).parent / "hand-written"
CLEAN = "drift"
"""A recording without a finding: whatever it is turned into, exit 0 would mean that nobody looked."""


def check(shell: Shell, *arguments: str, **options: Any) -> Run:
    """`ddbaudit check ARGUMENTS` with the rules that the recordings were made for."""
    return shell.run("check", *arguments, "--pack", str(SCENARIOS / "pack.yaml"), **options)


def plan_of(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((PLANS / name / "plan.json").read_text())
    return found


def give(shell: Shell, plan: object, name: str = "plan.json") -> Path:
    return shell.write(name, plan if isinstance(plan, str | bytes) else json.dumps(plan))


def copy(shell: Shell, recording: str, source: str = "") -> None:
    """`plan.json` and `tfplan` in the working directory, and the files of `source` (below fixtures/scenarios/plans)."""
    for name in ("plan.json", "tfplan"):
        shell.write(name, (PLANS / recording / name).read_bytes())
    for path in (SCENARIOS / source).rglob("*.tf") if source else ():
        shell.write(str(path.relative_to(SCENARIOS / source)), path.read_bytes())


def codes(run: Run) -> set[str]:
    """The codes of the diagnostics in a text report."""
    return {word.split("]")[0] for word in run.all.replace("warning[", "error[").split("error[")[1:]}


def incomplete(run: Run, code: str, *words: str) -> None:
    assert run.code == 3, run.all
    assert code in codes(run), run.all
    assert "incomplete (exit 3)" in run.out
    for word in words:
        assert word in run.all, run.all


def test_the_recording_that_these_tests_break_is_clean(shell: Shell) -> None:
    copy(shell, CLEAN, "drift/after")
    for arguments in (["plan.json"], ["tfplan"], ["plan.json", "--source", "."]):
        run = check(shell, *arguments)
        assert run.code == 0, run.all
        assert "2 tables" in run.last


# S21: what is no plan


WRAPPED = "Running in CI\n"
NO_PLAN: dict[str, Callable[[bytes], bytes]] = {
    "an empty object": lambda plan: b"{}",
    "null": lambda plan: b"null",
    "a list": lambda plan: b"[]",
    "a string": lambda plan: b'"plan"',
    "nothing": lambda plan: b"",
    "white space": lambda plan: b" \n\n",
    "half a plan": lambda plan: plan[: len(plan) // 2],
    "all but the last brace": lambda plan: plan.rstrip()[:-1],
    "a line before": lambda plan: WRAPPED.encode() + plan,
    "a line after": lambda plan: plan + WRAPPED.encode(),
    "a plan after a plan": lambda plan: plan + plan,
    "text": lambda plan: b"Terraform will perform the following actions:\n",
    "another JSON": lambda plan: b'{"name": "shop", "dependencies": {"left-pad": "1.3.0"}}',
    "a validation": lambda plan: b'{"format_version":"1.0","valid":true,"error_count":0,"diagnostics":[]}',
    "a schema": lambda plan: b'{"format_version":"1.0","provider_schemas":{}}',
    "gzip": gzip.compress,
    "zeros": lambda plan: bytes(4096),
    "an archive": lambda plan: b"PK\x05\x06" + bytes(18),
    "the start of an archive": lambda plan: (PLANS / CLEAN / "tfplan").read_bytes()[:500],
    "Latin-1": lambda plan: plan.replace(b"weather-stations", "wetter-zürich".encode("latin-1")),
    "a comment": lambda plan: b"// plan\n" + plan,
    "not a number": lambda plan: plan.replace(b'"complete":true', b'"complete":NaN', 1),
    "a trailing comma": lambda plan: plan.rstrip()[:-1] + b",}",
}


@pytest.mark.parametrize("kind", NO_PLAN)
def test_what_is_no_plan_is_3_and_says_what_to_run(shell: Shell, kind: str) -> None:
    give(shell, NO_PLAN[kind]((PLANS / CLEAN / "plan.json").read_bytes()))
    run = check(shell, "plan.json")
    assert run.code == 3, run.all
    assert "PLAN0" in run.out, run.all
    assert "plan.json" in run.out
    assert "help:" in run.out
    assert check(shell, "plan.json", "-o", "json").report["outcome"]["complete"] is False


def test_a_log_of_plan_json_is_told_from_a_plan(shell: Shell) -> None:
    log = [
        {"@level": "info", "@message": "Terraform 1.11.4", "@module": "terraform.ui", "type": "version", "ui": "1.2"},
        {"@level": "info", "@message": "Plan: 1 to add", "changes": {"add": 1}, "type": "change_summary"},
    ]
    give(shell, "".join(json.dumps(line) + "\n" for line in log))
    incomplete(check(shell, "plan.json"), "PLAN003", "terraform show -json tfplan")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_plan_as_powershell_writes_it_is_read(shell: Shell, encoding: str) -> None:
    text = (PLANS / "update" / "plan.json").read_text()
    mark = "" if encoding in ("utf-8-sig", "utf-16") else "\ufeff"
    give(shell, (mark + text).replace("\n", "\r\n").encode(encoding))
    run = check(shell, "plan.json")
    assert run.code == 1, run.all
    assert "error[DDB101]" in run.out


def test_a_state_is_judged_as_a_state(shell: Shell) -> None:
    give(shell, (PLANS / "no-op" / "state.json").read_bytes(), "state.json")
    run = check(shell, "state.json")
    assert run.code == 1, run.all
    assert {"DDB101", "IAM501", "IAM503", "IAM504"} <= codes(run)
    assert check(shell, "state.json", "--source", ".").code == 2


def test_a_raw_state_file_is_refused_with_the_command_to_run(shell: Shell) -> None:
    raw = {"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "", "outputs": {}, "resources": []}
    for name in ("terraform.tfstate", "plan.json"):
        give(shell, raw, name)
        run = check(shell, name)
        incomplete(run, "PLAN001", "terraform show -json")


def test_the_state_of_nothing_is_not_clean(shell: Shell) -> None:
    """`terraform show -json` without a state."""
    give(shell, {"format_version": "1.0"})
    run = check(shell, "plan.json")
    assert run.code == 3, run.all


# S22: other formats


@pytest.mark.parametrize(
    "version",
    ["9.9", "2.0", "10.2", "0.1", "", None, 1.2, "1", "1.2.3", "1.x", " 1.2"],
)
def test_another_format_is_not_evaluated(shell: Shell, version: object) -> None:
    plan = plan_of(CLEAN)
    if version is None:
        del plan["format_version"]
    else:
        plan["format_version"] = version
    give(shell, plan)
    incomplete(check(shell, "plan.json"), "PLAN004", "format", "version")


def test_a_newer_minor_version_is_read_with_a_warning(shell: Shell) -> None:
    give(shell, plan_of(CLEAN) | {"format_version": "1.99", "of_the_future": [{"deep": True}]})
    run = check(shell, "plan.json")
    assert run.code == 0, run.all
    assert "warning[PLAN005]" in run.out
    assert "1.99" in run.out


# S23: parts left out


def test_a_targeted_plan_is_incomplete(shell: Shell) -> None:
    copy(shell, "target", "target/after")
    for arguments in (["plan.json"], ["tfplan"], ["plan.json", "--source", "."]):
        run = check(shell, *arguments)
        incomplete(run, "PLAN011", "without -target", "aws_dynamodb_table.stops")


def test_a_partial_plan_may_be_allowed_and_every_report_says_so(shell: Shell) -> None:
    copy(shell, "target")
    run = check(shell, "plan.json", "--allow-partial-plan")
    assert run.code == 0, run.all
    assert "loosened: --allow-partial-plan" in run.out
    assert "[PLAN011]" in run.out
    report = check(shell, "plan.json", "--allow-partial-plan", "-o", "json").report
    assert report["outcome"]["loosened"] == ["--allow-partial-plan"]
    assert "loosened: --allow-partial-plan" in check(shell, "plan.json", "--allow-partial-plan", "-o", "concise").out


def without(plan: dict[str, Any], address: str) -> dict[str, Any]:
    """The plan as if Terraform had said nothing of a resource, and yet to be complete."""
    plan["resource_changes"] = [c for c in plan["resource_changes"] if c["address"] != address]
    root = plan["planned_values"]["root_module"]
    root["resources"] = [r for r in root["resources"] if r["address"] != address]
    return plan


@pytest.mark.parametrize("complete", [True, None])
@pytest.mark.parametrize("source", [False, True])
def test_a_table_that_is_configured_and_not_planned_is_missed(
    shell: Shell, source: bool, complete: bool | None
) -> None:
    copy(shell, CLEAN, "drift/after")
    plan = without(plan_of(CLEAN), "aws_dynamodb_table.stations")
    if complete is None:
        del plan["complete"]
    give(shell, plan)
    run = check(shell, "plan.json", *(["--source", "."] if source else []))
    incomplete(run, "PLAN014" if source else "PLAN011", "aws_dynamodb_table.stations")


@pytest.mark.parametrize("source", [False, True])
def test_no_instances_because_of_count_are_no_gap(shell: Shell, source: bool) -> None:
    copy(shell, "count", "count/after")
    run = check(shell, "plan.json", *(["--source", "."] if source else []))
    assert run.code == 1, run.all
    assert codes(run) == {"DDB101"}


def test_a_plan_with_nothing_in_it_is_incomplete(shell: Shell) -> None:
    plan = plan_of(CLEAN)
    plan["resource_changes"] = []
    plan["planned_values"] = {"root_module": {}}
    give(shell, plan)
    run = check(shell, "plan.json")
    assert run.code == 3, run.all
    assert codes(run) & {"PLAN011", "PLAN013"}, run.all


# S24: modes


@pytest.mark.parametrize("recording", ["refresh-only", "refresh-only-drift"])
def test_a_refresh_only_plan_is_incomplete(shell: Shell, recording: str) -> None:
    copy(shell, recording, "drift/after")
    for arguments in (["plan.json"], ["tfplan"], ["plan.json", "--source", "."]):
        incomplete(check(shell, *arguments), "PLAN013")


def test_a_destroy_plan_judges_the_deletion(shell: Shell) -> None:
    copy(shell, "destroy", "destroy/before")
    for arguments in (["plan.json"], ["tfplan"], ["plan.json", "--source", "."]):
        run = check(shell, *arguments)
        assert run.code == 1, run.all
        assert codes(run) == {"DDB216"}
        assert run.out.count("error[DDB216]") == 2
        report = check(shell, *arguments, "-o", "json").report
        said = {e["verdict"] for e in report["ledger"]["entries"] if e["rule"] == "DDB101"}
        assert said <= {"not-applicable"}, said


@pytest.mark.parametrize("recording", ["errored", "report-tour-dev", "table-module"])
def test_an_errored_plan_is_incomplete(shell: Shell, recording: str) -> None:
    copy(shell, recording)
    for path in ("plan.json", "tfplan"):
        incomplete(check(shell, path), "PLAN010")
        run = check(shell, path, "--allow-partial-plan", "--unknown", "warn", "--exit-zero", "--allow-empty")
        assert run.code == 3, run.all


def test_a_plan_without_changes_is_judged(shell: Shell) -> None:
    copy(shell, "no-op")
    for path in ("plan.json", "tfplan"):
        run = check(shell, path)
        assert run.code == 1, run.all
        assert {"DDB101", "IAM501", "IAM503", "IAM504"} <= codes(run)


# S25: deferred changes


def test_deferred_changes_are_incomplete(shell: Shell) -> None:
    give(shell, (HAND_WRITTEN / "deferred-changes.json").read_bytes())
    run = check(shell, "plan.json")
    incomplete(run, "PLAN012", "aws_dynamodb_table.regional", "terraform plan")
    assert check(shell, "plan.json", "--allow-partial-plan").code in (0, 3)


# S26: stale plans


def test_the_time_of_a_plan_stands_in_the_reports(shell: Shell) -> None:
    copy(shell, CLEAN)
    made = plan_of(CLEAN)["timestamp"]
    for path in ("plan.json", "tfplan"):
        report = check(shell, path, "-o", "json").report
        (entry,) = report["plans"] if "plans" in report else report["inventory"]["plans"]
        assert entry["terraform_version"] == "1.11.4"
        assert entry["timestamp"] == made
        assert made[:10] in check(shell, path).out


@pytest.mark.parametrize("form", ["plan.json", "tfplan"])
def test_a_table_added_since_the_plan_is_seen(shell: Shell, form: str) -> None:
    copy(shell, CLEAN, "drift/after")
    shell.write("more.tf", NO_PITR)
    run = check(shell, form, "--source", ".")
    assert run.code == 3, run.all
    assert codes(run) & {"PLAN011", "PLAN014"}, run.all
    assert "aws_dynamodb_table.orders" in run.all


def test_a_binary_plan_and_changed_files_disagree(shell: Shell) -> None:
    copy(shell, CLEAN, "drift/after")
    shell.write("main.tf", (shell.cwd / "main.tf").read_text().replace("enabled = true", "enabled = false"))
    incomplete(check(shell, "tfplan", "--source", "."), "PLAN014", "main.tf")
    assert check(shell, "tfplan").code == 0


def test_plan_json_and_a_changed_source_disagree(shell: Shell) -> None:
    """The plan switches recovery on, the source now says off: neither of the two may be passed over."""
    copy(shell, CLEAN, "drift/after")
    shell.write("main.tf", (shell.cwd / "main.tf").read_text().replace("enabled = true", "enabled = false"))
    run = check(shell, "plan.json", "--source", ".")
    assert run.code in (1, 3), run.all
    assert codes(run) & {"PLAN014", "DDB101"}, run.all


@pytest.mark.parametrize("form", ["plan.json", "tfplan"])
def test_the_source_of_another_plan_is_noticed(shell: Shell, form: str) -> None:
    copy(shell, CLEAN, "modules/after")
    run = check(shell, form, "--source", ".")
    assert run.code == 3, run.all
    assert "PLAN014" in codes(run) or "PLAN011" in codes(run), run.all


# S27: duplicate keys


@pytest.mark.parametrize("key", ["planned_values", "resource_changes", "configuration", "format_version", "errored"])
def test_a_key_that_stands_twice_hides_nothing(shell: Shell, key: str) -> None:
    text = (PLANS / "update" / "plan.json").read_text().strip()
    empty = {"resource_changes": [], "format_version": "1.2", "errored": False}.get(key, {})
    for broken in (f'{text[:-1]},"{key}":{json.dumps(empty)}}}', f'{{"{key}":{json.dumps(empty)},{text[1:]}'):
        give(shell, broken)
        incomplete(check(shell, "plan.json"), "PLAN006", key)


def test_a_key_that_stands_twice_deep_inside_hides_nothing(shell: Shell) -> None:
    text = (PLANS / "update" / "plan.json").read_text()
    broken = text.replace('"hash_key":"meter",', '"hash_key":"meter","hash_key":"other",')
    assert broken != text
    give(shell, broken)
    incomplete(check(shell, "plan.json"), "PLAN006", "hash_key")


# What says that a value is not known, or a secret, and cannot be read


@pytest.mark.parametrize("tree", ["x", {"policy": "true"}, {"policy": 1}, ["policy"], {"policy": {"a": ["yes"]}}])
def test_a_damaged_tree_of_unknown_values_leaves_nothing_absent(shell: Shell, tree: object) -> None:
    plan = plan_of("create")
    for resource in plan["resource_changes"]:
        if resource["type"] == "aws_iam_policy":
            resource["change"]["after_unknown"] = tree
    give(shell, plan)
    run = check(shell, "plan.json")
    assert run.code == 3, run.all
    assert "IAM50" in run.out or "PLAN0" in run.out


@pytest.mark.parametrize("tree", ["x", {"name": "true"}, {"name": 1}, True])
def test_a_damaged_tree_of_secrets_hides_rather_than_shows(shell: Shell, tree: object) -> None:
    plan = plan_of("update")
    for resource in plan["resource_changes"]:
        resource["change"]["after_sensitive"] = resource["change"]["before_sensitive"] = tree
    give(shell, plan)
    run = check(shell, "plan.json")
    assert run.code in (1, 3), run.all
    assert "meter-readings" not in run.all
    assert "aws_dynamodb_table.readings" in run.all


# Row 14: limits


@pytest.mark.parametrize("kind", ["arrays", "objects", "digits", "exponent"])
def test_limits_are_diagnostics(shell: Shell, kind: str) -> None:
    value = {
        "arrays": "[" * 100_000 + "]" * 100_000,
        "objects": '{"a":' * 100_000 + "1" + "}" * 100_000,
        "digits": "1" * 100_000,
        "exponent": "1e999999999",
    }[kind]
    text = (PLANS / CLEAN / "plan.json").read_text().strip()
    give(shell, text.replace('"hash_key":"station"', f'"hash_key":{value}'))
    run = check(shell, "plan.json")
    assert run.code == 3, run.all
    assert "PLAN0" in run.out


# S28: the code comes from everything, and outputs are written or missed


def test_a_report_that_cannot_be_written_is_4(shell: Shell) -> None:
    copy(shell, "update")
    for path in ("plan.json", "tfplan"):
        run = check(shell, path, "-o", "json=nowhere/report.json")
        assert run.code == 4, run.all


@pytest.mark.parametrize("output", ["text", "concise", "json"])
def test_the_code_does_not_depend_on_the_output(shell: Shell, output: str) -> None:
    copy(shell, "update")
    copy_of_errored = (PLANS / "errored" / "plan.json").read_bytes()
    shell.write("errored.json", copy_of_errored)
    assert check(shell, "plan.json", "-o", output).code == 1
    assert check(shell, "errored.json", "-o", output).code == 3
    assert check(shell, "plan.json", "errored.json", "-o", output).code == 3


# Standard input


def piped(shell: Shell, data: bytes, *arguments: str) -> Run:
    shell.write("../home/input", data)
    with (shell.home / "input").open("rb") as stream:
        return check(shell, *arguments, stdin=stream)


def test_a_plan_comes_in_through_a_pipe(shell: Shell) -> None:
    copy(shell, "update", "update/after")
    data = (PLANS / "update" / "plan.json").read_bytes()
    for arguments in (["-"], ["-", "--source", "."]):
        run = piped(shell, data, *arguments)
        assert run.code == 1, run.all
        assert "error[DDB101]" in run.out
    assert "<stdin>" in piped(shell, data, "-").out


def test_a_real_pipe_in_pieces_is_read_to_its_end(shell: Shell) -> None:
    data = (PLANS / "update" / "plan.json").read_bytes()
    read, write = os.pipe()

    def feed() -> None:
        with open(write, "wb", buffering=0) as stream:
            for start in range(0, len(data), 1000):
                stream.write(data[start : start + 1000])

    feeder = threading.Thread(target=feed)
    feeder.start()
    with open(read, "rb") as stream:
        run = check(shell, "-", stdin=stream)
    feeder.join()
    assert run.code == 1, run.all
    assert "error[DDB101]" in run.out


def test_a_binary_plan_in_a_pipe_is_judged_or_refused(shell: Shell) -> None:
    run = piped(shell, (PLANS / "update" / "tfplan").read_bytes(), "-")
    assert run.code in (1, 3), run.all
    assert "DDB101" in run.out or "PLAN0" in run.out


def test_an_empty_pipe_is_3(shell: Shell) -> None:
    """What `terraform show` leaves when it fails in a pipe without pipefail."""
    run = piped(shell, b"", "-")
    incomplete(run, "PLAN001", "<stdin>")


def test_standard_input_is_read_once(shell: Shell) -> None:
    run = piped(shell, (PLANS / "update" / "plan.json").read_bytes(), "-", "-")
    assert run.code == 2
    assert "standard input" in run.err


# Several plans, plans and directories


def test_several_plans_are_all_judged(shell: Shell) -> None:
    for name in ("update", "create", "drift"):
        shell.write(f"{name}.json", (PLANS / name / "plan.json").read_bytes())
    run = check(shell, "update.json", "drift.json", "-o", "json")
    assert run.code == 1
    assert [(f["rule"], f["primary"]["file"]) for f in run.report["findings"]] == [
        ("DDB101", "update.json"),
        ("DDB216", "update.json"),
    ]
    assert run.report["outcome"]["counts"]["tables"] == 4
    run = check(shell, "drift.json", "create.json", "update.json", "-o", "json")
    assert {f["primary"]["file"] for f in run.report["findings"]} == {"update.json", "create.json"}
    assert run.report["outcome"]["counts"]["tables"] == 6


def test_one_bad_plan_among_several_is_not_lost(shell: Shell) -> None:
    shell.write("good.json", (PLANS / CLEAN / "plan.json").read_bytes())
    shell.write("bad.json", "{}")
    for order in (["good.json", "bad.json"], ["bad.json", "good.json"]):
        run = check(shell, *order)
        incomplete(run, "PLAN001", "bad.json")
        assert "2 tables" in run.last


def test_a_plan_and_a_directory_are_both_judged(shell: Shell) -> None:
    shell.write("plan.json", (PLANS / "update" / "plan.json").read_bytes())
    shell.write("tree/main.tf", NO_PITR)
    run = check(shell, "plan.json", "tree", "-o", "json")
    assert run.code == 1
    assert {f["address"] for f in run.report["findings"]} == {
        "aws_dynamodb_table.orders",
        "aws_dynamodb_table.readings",
    }
    shell.write("plan.json", "null")
    run = check(shell, "plan.json", "tree")
    incomplete(run, "PLAN001")
    assert "error[DDB101]" in run.out


def test_one_source_for_each_plan(shell: Shell) -> None:
    for name in ("update", "count"):
        shell.write(f"{name}.json", (PLANS / name / "plan.json").read_bytes())
        for path in (SCENARIOS / name / "after").rglob("*.tf"):
            shell.write(f"{name}/{path.relative_to(SCENARIOS / name / 'after')}", path.read_bytes())
    run = check(shell, "update.json", "count.json", "--source", "update", "--source", "count", "-o", "json")
    assert run.code == 1, run.all
    assert {f["primary"]["file"] for f in run.report["findings"]} == {"update/main.tf", "count/main.tf"}
    run = check(shell, "update.json", "count.json", "--source", "count", "--source", "update")
    assert run.code == 3, run.all
    three = ["--source", "update"] * 3
    assert check(shell, "update.json", "count.json", *three).code == 2


# Paths


@pytest.mark.parametrize("missing", ["nowhere.json", "nowhere/plan.json", "tfplan"])
def test_a_path_that_does_not_exist_is_2(shell: Shell, missing: str) -> None:
    shell.write("main.tf", TABLE)
    run = check(shell, missing)
    assert run.code == 2
    assert missing in run.err
    assert check(shell, ".", missing).code == 2


def test_a_source_that_is_no_directory_is_2(shell: Shell) -> None:
    copy(shell, "update")
    for source in ("nowhere", "plan.json", ""):
        run = check(shell, "plan.json", "--source", source)
        assert run.code == 2, run.all


def test_an_empty_source_is_3(shell: Shell) -> None:
    copy(shell, CLEAN)
    (shell.cwd / "empty").mkdir()
    for path in ("plan.json", "tfplan"):
        assert check(shell, path, "--source", "empty").code == 3


def test_a_source_without_a_plan_is_2(shell: Shell) -> None:
    shell.write("main.tf", TABLE)
    assert check(shell, ".", "--source", ".").code == 2


def test_a_directory_called_plan_json_is_a_directory(shell: Shell) -> None:
    shell.write("plan.json/main.tf", NO_PITR)
    run = check(shell, "plan.json")
    assert run.code == 1
    assert "plan.json/main.tf" in run.out
    (shell.cwd / "tfplan").mkdir()
    assert check(shell, "tfplan").code == 3


def test_what_cannot_be_read_is_3(shell: Shell) -> None:
    os.symlink("/dev/null", shell.cwd / "null.json")
    with socket.socket(socket.AF_UNIX) as listening:
        here = os.getcwd()
        os.chdir(shell.cwd)
        try:
            listening.bind("socket.json")
        finally:
            os.chdir(here)
        for name in ("null.json", "socket.json"):
            run = check(shell, name)
            incomplete(run, "IO001", name)


def test_a_plan_that_may_not_be_read_is_3(shell: Shell) -> None:
    copy(shell, CLEAN)
    (shell.cwd / "plan.json").chmod(0)
    if os.access(shell.cwd / "plan.json", os.R_OK):
        pytest.skip("this user may read every file")
    incomplete(check(shell, "plan.json"), "IO001")


def test_dangling_and_looping_links_are_told(shell: Shell) -> None:
    os.symlink("nowhere", shell.cwd / "dangling.json")
    os.symlink("loop.json", shell.cwd / "loop.json")
    for name in ("dangling.json", "loop.json"):
        assert check(shell, name).code in (2, 3)


def test_variables_do_not_go_with_a_plan(shell: Shell) -> None:
    copy(shell, CLEAN)
    shell.write("a.tfvars", "")
    for arguments in (["--var", "a=1"], ["--var-file", "a.tfvars"]):
        assert check(shell, "plan.json", *arguments).code == 2
    assert check(shell, "a.tfvars").code == 2


def test_a_plan_in_a_directory_that_is_checked_is_not_taken_for_its_answer(shell: Shell) -> None:
    """`check .` reads the configuration; a plan that lies about is neither judged nor believed."""
    copy(shell, CLEAN)
    shell.write("main.tf", NO_PITR)
    run = check(shell, ".")
    assert run.code == 1
    assert "error[DDB101]" in run.out
