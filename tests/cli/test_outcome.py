"""The exit code: one meaning each, whatever the format, and nothing loosens it but the flag that says so."""

from __future__ import annotations

import signal
import subprocess
import sys
from functools import partial

import pytest

from tests.cli.harness import BROKEN, NO_PITR, TABLE, UNKNOWN_PITR, Shell, extra_rule

TREES = {0: TABLE, 1: NO_PITR, 3: BROKEN}


@pytest.mark.parametrize("code", TREES)
def test_the_code_does_not_depend_on_the_format(shell: Shell, code: int) -> None:
    shell.write("main.tf", TREES[code])
    for formats in (["text"], ["concise"], ["json"], ["text", "json=report.json"]):
        arguments = [part for name in formats for part in ("-o", name)]
        assert shell.check(*arguments).code == code
    assert shell.json()["outcome"]["code"] == code
    assert f"(exit {code})" in shell.check().last
    assert f"(exit {code})" in shell.check("-o", "concise").last


@pytest.mark.parametrize(("code", "left"), [(0, 0), (1, 0), (3, 3)])
def test_exit_zero_changes_only_1(shell: Shell, code: int, left: int) -> None:
    shell.write("main.tf", TREES[code])
    run = shell.check("--exit-zero")
    assert run.code == left
    assert "loosened: --exit-zero" in run.out
    if code == 1:
        assert run.last.endswith("violations (1, left as exit 0 by --exit-zero)")


def test_exit_zero_does_not_change_2_and_4(shell: Shell) -> None:
    shell.write("main.tf", TABLE)
    assert shell.check("--exit-zero", "--select", "nosuch").code == 2
    shell.install("crashing", extra_rule("1 / 0"))
    assert shell.check("--exit-zero", "--select", "ZZZ901").code == 4


@pytest.mark.parametrize(
    ("level", "code"), [("low", 1), ("medium", 1), ("high", 1), ("never", 0)], ids=["low", "medium", "high", "never"]
)
def test_a_violation_of_high_severity_blocks_unless_never(shell: Shell, level: str, code: int) -> None:
    shell.write("main.tf", NO_PITR)
    run = shell.check("--fail-on", level)
    assert run.code == code
    assert ("error[DDB101]" if code else "warning[DDB101]") in run.out
    assert ("loosened: --fail-on" in run.out) is (level in ("high", "never"))


@pytest.mark.parametrize(
    ("severity", "level", "code"), [("low", "medium", 0), ("low", "low", 1), ("medium", "high", 0)]
)
def test_a_violation_below_the_level_is_a_warning(shell: Shell, severity: str, level: str, code: int) -> None:
    shell.write("main.tf", NO_PITR)
    shell.write("ours.yaml", f"name: ours\ndescription: Ours.\nrules:\n  DDB101: {severity}\n")
    run = shell.check("--pack", "ours.yaml", "--fail-on", level)
    assert run.code == code
    assert ("error[DDB101]" if code else "warning[DDB101]") in run.out


def test_unknown_counts_at_its_severity(shell: Shell) -> None:
    shell.write("main.tf", UNKNOWN_PITR)
    shell.write("ours.yaml", "name: ours\ndescription: Ours.\nrules:\n  DDB101: low\n")
    assert shell.check("--pack", "ours.yaml").code == 0
    assert shell.check("--pack", "ours.yaml", "--fail-on", "low").code == 3


def test_incomplete_wins_over_violations_and_both_are_said(shell: Shell) -> None:
    shell.write("a/main.tf", NO_PITR)
    shell.write("b/main.tf", UNKNOWN_PITR)
    run = shell.check()
    assert run.code == 3
    assert "because: 1 verdict is unknown" in run.out
    assert "because: 1 blocking violation" in run.out
    assert "error[DDB101]" in run.out


def test_a_crash_of_a_rule_is_4_and_the_other_rules_go_on(shell: Shell) -> None:
    shell.write("main.tf", NO_PITR)
    shell.install("crashing", extra_rule("raise ValueError('boom \\x1b[31m')"))
    run = shell.check("--select", "DDB101,ZZZ901")
    assert run.code == 4
    assert "error[DDB101]" in run.out
    assert "because: ZZZ901 crashed on aws_dynamodb_table.orders: ValueError in " in run.out
    assert "boom" not in run.out, "an error's own message may quote a value that must not be shown"
    report = shell.json("--select", "DDB101,ZZZ901")
    assert report["ledger"]["counts"] == {"error": 1, "fail": 1}
    assert report["outcome"]["name"] == "internal"
    assert report["errors"]


def test_a_rule_that_recurses_without_end_is_a_crash_of_it_alone(shell: Shell) -> None:
    shell.write("main.tf", NO_PITR)
    shell.install("recursing", extra_rule("list(self.check(subject, context))"))
    run = shell.check("--select", "DDB101,ZZZ901")
    assert run.code == 4
    assert "ZZZ901 crashed on aws_dynamodb_table.orders: RecursionError" in run.out
    assert "error[DDB101]" in run.out


def test_a_rule_that_ends_the_process_is_a_crash_too(shell: Shell) -> None:
    shell.write("main.tf", NO_PITR)
    shell.install("leaving", extra_rule("raise SystemExit(0)"))
    assert shell.check("--select", "ZZZ901").code == 4


def test_a_fault_of_ours_is_4_and_its_traceback_only_for_who_asks(shell: Shell) -> None:
    shell.write("main.tf", TABLE)
    shell.install("odd", extra_rule("raise type('Odd', (BaseException,), {})('odd')"))
    quiet = shell.check("--select", "ZZZ901")
    assert quiet.code == 4
    loud = shell.check("--select", "ZZZ901", env={"DDBAUDIT_DEBUG": "1"})
    assert loud.code == 4
    assert "error: internal error: Odd in " in quiet.err
    assert "Odd: odd" not in loud.err
    assert "DDBAUDIT_DEBUG=1" in quiet.err
    assert "in check" in loud.err


WAITING = "import sys, time; print('ready', file=sys.stderr, flush=True); time.sleep(60)"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_says_so_by_its_code(shell: Shell, number: signal.Signals, code: int) -> None:
    shell.write("main.tf", TABLE)
    shell.install("waiting", extra_rule(WAITING))
    heed = partial(signal.signal, signal.SIGINT, signal.default_int_handler)  # background jobs start with it ignored
    process = shell.start("check", ".", "--select", "ZZZ901", "-o", "json=report.json", preexec_fn=heed)
    assert process.stderr is not None
    assert process.stderr.readline() == b"ready\n"
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert process.returncode == code
    assert b"Traceback" not in err
    assert out == b""
    assert [p.name for p in shell.cwd.iterdir()] == ["main.tf"]


@pytest.mark.parametrize("arguments", [["check", "."], ["dump", "."]])
def test_a_reader_that_leaves_is_no_success(shell: Shell, arguments: list[str]) -> None:
    for number in range(400):
        shell.write(f"t{number}.tf", NO_PITR.replace('"orders"', f'"orders{number}"'))
    process = shell.start(*arguments)
    assert process.stdout is not None
    assert process.stdout.read(10)
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    assert process.wait(60) == 141


@pytest.mark.parametrize("arguments", ["check .", "--version", "dump .", "rules", "--help", "check . -o json"])
@pytest.mark.parametrize("closed", [">&-", ">&- 2>&-", "<&- >&- 2>&-", ">/dev/full"])
def test_output_that_cannot_be_written_is_no_success(shell: Shell, arguments: str, closed: str) -> None:
    shell.write("main.tf", TABLE)
    script = f'"{sys.executable}" -m ddbaudit {arguments} {closed}'
    done = subprocess.run(
        ["/bin/sh", "-c", script], cwd=shell.cwd, env=shell.environment(), capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 4
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr
    if "2>&-" not in closed:
        assert done.stderr.startswith(b"error: ")


@pytest.mark.parametrize("target", ["nowhere/report.json", "main.tf/report.json", "directory", "/dev/full", "/proc/x"])
def test_a_report_that_cannot_be_written_is_4(shell: Shell, target: str) -> None:
    shell.write("main.tf", NO_PITR)
    (shell.cwd / "directory").mkdir()
    run = shell.check("-o", "text", "-o", f"json={target}")
    assert run.code == 4
    assert f"error: the report {target} cannot be written" in run.err
    assert "error[DDB101]" in run.out
    assert sorted(p.name for p in shell.cwd.iterdir()) == ["directory", "main.tf"]


def test_a_report_is_replaced_at_once(shell: Shell) -> None:
    shell.write("main.tf", NO_PITR)
    old = shell.write("report.json", "old")
    before = old.stat().st_ino
    assert shell.check("-o", "json=report.json").code == 1
    assert (shell.cwd / "report.json").stat().st_ino != before
    assert (shell.cwd / "report.json").read_text() == shell.check("-o", "json").out
    assert sorted(p.name for p in shell.cwd.iterdir()) == ["main.tf", "report.json"]


def test_a_report_may_go_to_a_device(shell: Shell) -> None:
    shell.write("main.tf", NO_PITR)
    run = shell.check("-o", "json=/dev/stdout", process=True)
    assert run.code == 1
    assert run.report["outcome"]["code"] == 1
    assert shell.check("-o", "json=/dev/null").code == 1


def test_of_many_tables_some_are_named_and_all_are_counted(shell: Shell) -> None:
    for count, said in ((12, "t11 (1 index)"), (13, "t05 (1 index) and 7 more: 13 tables, 13 indexes")):
        shell.write("main.tf", "\n".join(_table(n) for n in range(count)))
        run = shell.run("check", ".", "--select", "DDB101")
        assert said in run.out
        assert len(shell.json("--select", "DDB101")["inventory"]["tables"]) == count


def _table(number: int) -> str:
    index = '  global_secondary_index {\n    name = "by-pk"\n    hash_key = "pk"\n    projection_type = "ALL"\n  }\n'
    text = TABLE.replace('"orders" {', f'"t{number}" {{').replace('= "orders"', f'= "t{number:02}"')
    return text.replace("  point_in_time", index + "  point_in_time")
