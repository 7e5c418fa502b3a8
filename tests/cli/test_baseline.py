"""Baselines: what is known does not count, and nothing else is hidden by them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.harness import NO_PITR, TABLE, UNKNOWN_PITR, Shell, extra_rule

FILE = "ddbaudit-baseline.json"
ONE_MORE = NO_PITR.replace('"orders"', '"more"')
PROVISIONED = NO_PITR.replace('"PAY_PER_REQUEST"', '"PROVISIONED"\n  read_capacity = 1\n  write_capacity = 1')


def _entries(shell: Shell) -> list[dict[str, Any]]:
    found = json.loads((shell.cwd / FILE).read_text())["entries"]
    assert isinstance(found, list)
    return found


def _checked(shell: Shell, *args: str) -> tuple[int, list[str], list[str], list[str]]:
    """The exit code, the findings that count, those that do not, the codes of diagnostics."""
    report = shell.json("--baseline", FILE, *args)
    live = [f["rule"] for f in report["findings"] if f["suppressed"] is None]
    known = [f["rule"] for f in report["findings"] if f["suppressed"] is not None]
    return report["outcome"]["code"], live, known, [d["code"] for d in report["diagnostics"]]


def test_what_is_known_does_not_count_and_what_is_new_does(shell: Shell) -> None:
    shell.write("main.tf", NO_PITR)
    made = shell.run("baseline", "create", ".", "--reason", "before the review")
    assert made.code == 0
    assert "+ DDB101 aws_dynamodb_table.orders [default] in ." in made.out
    assert _checked(shell) == (0, [], ["DDB101"], [])
    run = shell.check("--baseline", FILE, "--show-suppressed")
    assert "loosened: --baseline ddbaudit-baseline.json (1 known finding does not count)" in run.out
    assert 'by the baseline (ddbaudit-baseline.json:4:5): "before the review"' in run.out
    shell.write("more.tf", ONE_MORE)
    assert _checked(shell) == (1, ["DDB101"], ["DDB101"], [])


def test_lines_may_move_and_files_be_renamed(shell: Shell) -> None:
    path = shell.write("main.tf", NO_PITR)
    shell.run("baseline", "create", ".")
    path.unlink()
    shell.write("tables.tf", "# moved\n\n\n" + NO_PITR.replace("  name  ", "\n\n  name  "))
    assert _checked(shell) == (0, [], ["DDB101"], [])


def test_it_is_found_from_any_directory(shell: Shell) -> None:
    shell.write("infra/main.tf", NO_PITR)
    shell.run("baseline", "create", "infra")
    assert _entries(shell)[0]["root"] == "infra"
    run = shell.run("check", str(shell.cwd / "infra"), "--baseline", str(shell.cwd / FILE), "-o", "json")
    assert run.code == 0


def test_an_entry_is_a_line_in_a_fixed_order_and_the_same_tree_gives_the_same_file(shell: Shell) -> None:
    shell.write("main.tf", PROVISIONED + ONE_MORE)
    shell.run("baseline", "create", ".")
    text = (shell.cwd / FILE).read_text()
    lines = [line for line in text.splitlines() if '"rule"' in line]
    assert lines == sorted(lines)
    assert len(lines) == 3
    assert "12" not in text.replace("fingerprint", "").split('"detail"')[0]
    (shell.cwd / FILE).unlink()
    shell.run("baseline", "create", ".")
    assert (shell.cwd / FILE).read_text() == text


def test_another_environment_or_root_is_not_hidden(shell: Shell) -> None:
    shell.write("environments/dev/main.tf", NO_PITR)
    shell.run("baseline", "create", ".")
    shell.write("environments/prod/main.tf", NO_PITR)
    assert _checked(shell) == (1, ["DDB101"], ["DDB101"], [])


def test_an_unknown_is_never_known(shell: Shell) -> None:
    shell.write("main.tf", UNKNOWN_PITR)
    made = shell.run("baseline", "create", ".")
    assert made.code == 3
    assert "incomplete: 1 verdict is unknown" in made.err
    assert _entries(shell) == []
    assert _checked(shell)[0] == 3
    shell.write("main.tf", NO_PITR)
    shell.run("baseline", "update", ".")
    shell.write("main.tf", UNKNOWN_PITR)
    assert _checked(shell) == (3, ["DDB101"], [], [])
    shell.run("baseline", "prune", ".")
    assert len(_entries(shell)) == 1


def test_more_of_a_kind_than_was_known_count(shell: Shell) -> None:
    shell.install("counting", extra_rule("yield from [fail('x', i.header) for i in subject.indexes]; return"))
    source = Path(shell.home / "site" / "counting.py")
    source.write_text("from ddbaudit.sdk.problem import fail\n" + source.read_text())
    index = 'global_secondary_index {\n  name = "NAME"\n  hash_key = "pk"\n  projection_type = "ALL"\n}\n'
    indexes = [index.replace("NAME", f"index-{number}") for number in range(3)]
    body = TABLE.rstrip()[:-1]
    select = ("--select", "ZZZ901")
    shell.write("main.tf", f"{body}{''.join(indexes[:2])}}}\n")
    shell.run("baseline", "create", ".", *select)
    assert [entry["count"] for entry in _entries(shell)] == [2]
    assert _checked(shell, *select)[:2] == (0, [])
    shell.write("main.tf", f"{body}{''.join(indexes)}}}\n")
    assert _checked(shell, *select)[:2] == (1, ["ZZZ901"])
    shell.write("main.tf", f"{body}{indexes[0]}}}\n")
    assert _checked(shell, *select) == (0, [], ["ZZZ901"], ["SUP005"])
    shell.run("baseline", "prune", ".", *select)
    assert ["count" in entry for entry in _entries(shell)] == [False]


def test_what_is_fixed_is_reported_and_pruned_and_comes_back_as_new(shell: Shell) -> None:
    shell.write("main.tf", PROVISIONED)
    shell.run("baseline", "create", ".", "--reason", "old")
    shell.write("main.tf", NO_PITR)
    assert _checked(shell) == (0, [], ["DDB101"], ["SUP005"])
    assert "1 entry is found no more: DDB102 at aws_dynamodb_table.orders" in shell.check("--baseline", FILE).out
    pruned = shell.run("baseline", "prune", ".")
    assert "- DDB102 aws_dynamodb_table.orders" in pruned.out
    assert [(e["rule"], e["reason"]) for e in _entries(shell)] == [("DDB101", "old")]
    shell.write("main.tf", PROVISIONED)
    assert _checked(shell) == (1, ["DDB102"], ["DDB101"], [])


def test_update_adds_what_is_new_and_keeps_reasons(shell: Shell) -> None:
    shell.write("main.tf", PROVISIONED)
    shell.run("baseline", "create", ".", "--reason", "old")
    shell.write("main.tf", NO_PITR + ONE_MORE)
    run = shell.run("baseline", "update", ".", "--reason", "new")
    assert run.out.splitlines()[-1] == f"{FILE} updated: 1 added, 1 removed, 1 entry kept"
    assert {(e["address"], e["reason"]) for e in _entries(shell)} == {
        ("aws_dynamodb_table.orders", "old"),
        ("aws_dynamodb_table.more", "new"),
    }


def test_what_is_not_checked_stays(shell: Shell) -> None:
    for name in ("a", "b"):
        shell.write(f"{name}/main.tf", NO_PITR)
    shell.run("baseline", "create", ".")
    shell.write("a/main.tf", TABLE)
    report = shell.run("check", "b", "--baseline", FILE, "-o", "json").report
    assert report["diagnostics"] == []
    shell.run("baseline", "prune", "b")
    assert len(_entries(shell)) == 2
    shell.run("baseline", "prune", ".", "--select", "DDB102")
    assert len(_entries(shell)) == 2
    shell.run("baseline", "prune", "a")
    assert [e["root"] for e in _entries(shell)] == ["b"]


def test_a_rule_that_a_pack_keeps_from_being_suppressed_counts(shell: Shell) -> None:
    shell.write("main.tf", NO_PITR)
    shell.run("baseline", "create", ".")
    pack = "name: p\ndescription: P.\nextends: baseline\nrules: {DDB101: {suppressible: false}}\n"
    shell.write("pack.yaml", pack)
    assert _checked(shell, "--pack", "pack.yaml")[:2] == (1, ["DDB101"])


def test_what_a_comment_suppresses_needs_no_entry(shell: Shell) -> None:
    shell.write("main.tf", f'# ddbaudit: ignore[DDB101] reason="x"\n{NO_PITR}')
    shell.run("baseline", "create", ".")
    assert _entries(shell) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "there is no such file"),
        ("", "not valid JSON"),
        ("[]", "Expected `object`"),
        ('{"format": 2, "entries": []}', "has the format 2"),
        ('{"format": 1, "format": 1, "entries": []}', "a key stands twice"),
        ('{"format": 1, "entries": [], "extra": 1}', "unknown field `extra`"),
        ('{"format": 1, "entries": [{"rule": "DDB101"}]}', "missing required field"),
        ("[" * 100_000, "not valid JSON"),
    ],
    ids=["missing", "empty", "list", "format", "twice", "unknown", "incomplete", "deep"],
)
def test_a_file_that_is_no_baseline_ends_the_run(shell: Shell, text: str | None, says: str) -> None:
    shell.write("main.tf", NO_PITR)
    if text is not None:
        shell.write(FILE, text)
    for arguments in (("check", ".", "--baseline", FILE), ("baseline", "update", "."), ("baseline", "prune", ".")):
        run = shell.run(*arguments)
        assert run.code == 2
        assert says in run.err


def test_an_entry_changed_by_hand_is_refused(shell: Shell) -> None:
    shell.write("main.tf", NO_PITR)
    shell.run("baseline", "create", ".")
    path = Path(shell.cwd / FILE)
    path.write_text(path.read_text().replace("aws_dynamodb_table.orders", "aws_dynamodb_table.more"))
    run = shell.check("--baseline", FILE)
    assert run.code == 2
    assert "was changed by hand" in run.err


def test_create_does_not_overwrite(shell: Shell) -> None:
    shell.write("main.tf", NO_PITR)
    assert shell.run("baseline", "create", ".").code == 0
    again = shell.run("baseline", "create", ".")
    assert again.code == 2
    assert "baseline update" in again.err


def test_no_ignores_and_a_baseline_contradict_each_other(shell: Shell) -> None:
    shell.write("main.tf", NO_PITR)
    shell.run("baseline", "create", ".")
    assert shell.check("--baseline", FILE, "--no-ignores").code == 2
