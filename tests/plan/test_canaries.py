"""What a plan marks as sensitive is in no output: fifty canaries, and not a feather of one in any report.

The recording `secrets` holds them wherever a plan can hold a secret: variables, tags (which plans show twice, marked
and not), names and keys of tables, policies, outputs, arguments of providers, the state before.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from scripts.record_plans import PLANS, REPOSITORY

from ddbaudit.cli.group import run
from tests.cli.harness import Run, Shell, extra_rule

InProcess: TypeAlias = Callable[..., tuple[int, str]]

SECRETS = PLANS / "secrets"
SOURCE = REPOSITORY / "fixtures" / "scenarios" / "plans" / "secrets" / "after"
CANARY = re.compile(
    r"canary(?!-…)|"
    r"(?<!af-)(?:argument|default|tag|tfvars|table|before|output|data|provider|north|south|lambda)[-! ]+(?!5\.100)\d",
    re.I,
)
"""Also what is left of a canary when its head is cut off; `af-south-1` is a region, `canary-…` a comment's word,
`provider 5.100` the rules'."""
WHOLE = re.compile(r"canary-[a-z]+!?[- ]\d+")
FORMATS = ("text", "concise", "json")
PACKS = ("baseline", "bbws-site-builder", "bbws-access-management")
INPUTS = (["plan.json"], ["tfplan"], ["plan.json", "--source", "source"], ["tfplan", "--source", "source"], ["source"])


@pytest.fixture
def vault(shell: Shell) -> Shell:
    for name in ("plan.json", "tfplan"):
        shell.write(name, (SECRETS / name).read_bytes())
    for path in SOURCE.rglob("*"):
        if path.is_file():
            shell.write(f"source/{path.relative_to(SOURCE)}", path.read_bytes())
    return shell


def hits(done: Run) -> list[str]:
    """The lines in which a secret, or a part of one, is to be seen."""
    return [line for line in done.all.splitlines() if CANARY.search(line)]


def test_there_are_fifty_canaries_and_the_pattern_sees_them_all() -> None:
    found = set(WHOLE.findall((SECRETS / "plan.json").read_text()))
    assert len(found) >= 50
    assert all(CANARY.search(canary) for canary in found)
    assert all(CANARY.search(canary[7:]) for canary in found)


@pytest.mark.parametrize("arguments", INPUTS, ids=" ".join)
@pytest.mark.parametrize("pack", PACKS)
def test_no_report_holds_a_secret(vault: Shell, arguments: list[str], pack: str) -> None:
    for output in FORMATS:
        done = vault.run("check", *arguments, "--pack", pack, "-o", output, "--color")
        assert done.code in (1, 3), done.all
        assert hits(done) == []
    done = vault.run("check", *arguments, "--pack", pack, env={"DDBAUDIT_DEBUG": "1"})
    assert hits(done) == []


def test_the_rules_do_speak_of_what_is_secret(vault: Shell) -> None:
    """That nothing is to be seen is no proof if nothing was said."""
    for arguments in INPUTS:
        report = vault.run("check", *arguments, "--pack", "bbws-access-management", "-o", "json").report
        rules = {f["rule"] for f in report["findings"]}
        assert {"DDB101", "DDB102", "DDB212", "DDB401", "DDB403", "DDB404", "IAM503"} <= rules
        assert "(sensitive)" in json.dumps(report)


@pytest.mark.parametrize("arguments", INPUTS, ids=" ".join)
def test_no_dump_holds_a_secret(vault: Shell, arguments: list[str]) -> None:
    """Also what the provider derives from what is marked, and Terraform does not mark: the tags with the defaults."""
    done = vault.run("dump", *arguments)
    assert done.code in (0, 3), done.all
    assert "aws_dynamodb_table.kept" in done.out
    assert hits(done) == []


@pytest.mark.parametrize("path", ["plan.json", "tfplan", "source"])
def test_nothing_shown_of_a_resource_is_secret(vault: Shell, path: str) -> None:
    for address in (
        "aws_dynamodb_table.named",
        "aws_dynamodb_table.kept",
        'module.tenant["north"].aws_iam_policy.this',
    ):
        shown = vault.run("show", address, path)
        assert shown.code == 0, shown.all
        assert hits(shown) == []


CRASHES = {
    "with its subject": "raise ValueError(repr(subject))",
    "with its words": "raise ValueError(str(subject.name.value), [t.value for t in subject.tags.values()])",
    "deep inside": "int(str(subject))",
    "with a key": "{}[repr(subject)]",
    "with an exit": "raise SystemExit(repr(subject))",
    "with a note": "e = ValueError(1); e.add_note(repr(subject)); raise e",
}


@pytest.mark.parametrize("kind", CRASHES)
def test_a_rule_that_crashes_tells_nothing(vault: Shell, kind: str) -> None:
    vault.install("crashing_rules", extra_rule(CRASHES[kind]))
    for arguments in INPUTS[:3]:
        for output in FORMATS:
            done = vault.run("check", *arguments, "--select", "ZZZ901", "-o", output)
            assert done.code == 4, done.all
            assert "ZZZ901" in done.all
            assert hits(done) == []
        assert hits(vault.run("check", *arguments, "--select", "ZZZ901", env={"DDBAUDIT_DEBUG": "1"})) == []


def broken(text: str) -> Iterator[str]:
    """The plan, cut off and bent at and around every secret and at places drawn at random."""
    places = [m.start() for m in WHOLE.finditer(text)]
    rnd = random.Random(17)
    for place in rnd.sample(places, 30):
        yield text[:place]  # inside of the string
        yield text[: place + 9]
        end = text.index('"', place) + 1
        start = text.rindex('"', 0, place)
        string = text[start:end]
        yield text[:start] + string + string + text[end:]
        yield text[:start] + string + ":" + string + text[end:]
        yield text[:start] + "{" + string + ":1," + string + ":2}" + text[end:]
        yield text[:start] + "[" + string + "]" + text[end:]
        yield text[:end] + "\\" + text[end:]
        yield text[: place + 3] + "\x01" + text[place + 3 :]
        yield text[: place + 3] + "\\q" + text[place + 3 :]


def bent(text: str) -> Iterator[str]:
    """Well-formed, and with a secret where something else belongs."""
    for key in ("name", "mode", "type", "address", "module_address", "provider_name", "index", "action_reason"):
        yield _bend(text, {key: "canary-default-1"})
    for key, value in (
        ("actions", ["canary-default-1"]),
        ("replace_paths", [["canary-default-1"], "canary-default-2"]),
        ("after_unknown", "canary-default-1"),
        ("after_sensitive", "canary-default-1"),
        ("after", ["canary-default-1"]),
        ("before", "canary-default-1"),
    ):
        yield _bend(text, change={key: value})
    for key in (
        "format_version",
        "terraform_version",
        "timestamp",
        "errored",
        "complete",
        "variables",
        "resource_changes",
    ):
        yield json.dumps({**json.loads(text), key: "canary-default-1"})


def _bend(text: str, own: dict[str, Any] | None = None, change: dict[str, Any] | None = None) -> str:
    plan = json.loads(text)
    for resource in plan["resource_changes"]:
        resource.update(own or {})
        resource["change"].update(change or {})
    return json.dumps(plan)


def test_a_broken_plan_tells_nothing(vault: Shell, in_process: InProcess) -> None:
    text = (SECRETS / "plan.json").read_text()
    seen = 0
    for content in (*broken(text), *bent(text)):
        vault.write("plan.json", content)
        code, out = in_process("check", str(vault.cwd / "plan.json"), "-o", FORMATS[seen % 3])
        seen += 1
        assert code in (1, 3), out
        assert [line for line in out.splitlines() if CANARY.search(line)] == []
    assert seen > 250


def test_a_broken_binary_plan_tells_nothing(vault: Shell, in_process: InProcess) -> None:
    data = (SECRETS / "tfplan").read_bytes()
    rnd = random.Random(23)
    for number in range(150):
        place = rnd.randrange(len(data))
        content = data[:place] if number % 3 == 0 else data[:place] + bytes([rnd.randrange(256)]) + data[place + 1 :]
        vault.write("tfplan", content)
        code, out = in_process("check", str(vault.cwd / "tfplan"), "-o", FORMATS[number % 3])
        assert code in (1, 3), out
        assert [line for line in out.splitlines() if CANARY.search(line)] == []


@pytest.fixture
def in_process(capfd: pytest.CaptureFixture[str]) -> InProcess:
    """The command line within this process, for many runs: the exit code, and what it writes."""

    def call(*arguments: str) -> tuple[int, str]:
        code = run(list(arguments))
        written = capfd.readouterr()
        return code, written.out + written.err

    return call


def test_files_that_are_written_hold_none_either(vault: Shell, tmp_path: Path) -> None:
    done = vault.run(
        "check", "plan.json", "-o", f"json={tmp_path / 'report.json'}", "-o", f"text={tmp_path / 'report'}"
    )
    assert done.code in (1, 3)
    for name in ("report.json", "report"):
        assert not CANARY.search((tmp_path / name).read_text())
