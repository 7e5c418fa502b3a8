"""The same input gives the same bytes, and a run loads no more than it needs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.harness import NO_PITR, TABLE, UNKNOWN_PITR, Shell


def _estate(shell: Shell) -> None:
    shell.write("live/prod/main.tf", 'module "orders" {\n  source = "../../orders"\n  pitr   = false\n}\n')
    shell.write("live/dev/main.tf", 'module "orders" {\n  source = "../../orders"\n  pitr   = false\n}\n')
    shell.write("orders/main.tf", UNKNOWN_PITR)
    shell.write("other/main.tf", UNKNOWN_PITR)
    shell.write("more/main.tf", NO_PITR.replace('"orders"\n  b', '"größe"\n  b'))
    shell.write("bad/main.tf", "}}}\n")


@pytest.mark.parametrize("output", ["text", "concise", "json"])
def test_the_bytes_do_not_depend_on_hash_seed_or_locale(shell: Shell, output: str) -> None:
    _estate(shell)
    seeds: list[dict[str, str]] = [{"PYTHONHASHSEED": str(seed)} for seed in range(4)]
    locales: list[dict[str, str]] = [{"LC_ALL": name} for name in ("C", "POSIX", "en_US.ISO-8859-1", "C.UTF-8")]
    outs = {shell.check("-o", output, env=env).out for env in (*seeds, *locales, {"PYTHONUTF8": "0", "LC_ALL": "C"})}
    assert len(outs) == 1


def test_paths_are_relative_to_the_working_directory(shell: Shell) -> None:
    _estate(shell)
    from_above = shell.run("check", ".", "-o", "concise").out
    absolute = shell.run("check", str(shell.cwd), "-o", "concise").out
    assert from_above == absolute
    inside = Shell(shell.cwd / "more", shell.home).run("check", ".", "-o", "concise").out
    assert inside.startswith("main.tf:")


def test_the_order_of_paths_and_of_directory_entries_does_not_matter(shell: Shell, tmp_path: Path) -> None:
    _estate(shell)
    first = shell.run("check", "live", "more", "other", "-o", "json").out
    second = shell.run("check", "other", "more", "live", "-o", "json").out
    assert first == second


def _imported(shell: Shell, *arguments: str) -> set[str]:
    """The top-level packages that a run imports."""
    command = [sys.executable, "-X", "importtime", "-m", "ddbaudit", *arguments]
    done = subprocess.run(command, cwd=shell.cwd, env=shell.environment(), capture_output=True, check=False, timeout=60)
    return set(re.findall(rb"\|\s+([A-Za-z0-9_]+)", done.stderr)) and {
        name.decode() for name in re.findall(rb"\|\s+([A-Za-z0-9_]+)(?:\n|\.)", done.stderr)
    }


def test_the_version_loads_nothing_that_it_does_not_need(shell: Shell) -> None:
    loaded = _imported(shell, "--version")
    assert "ddbaudit" in loaded
    assert not loaded & {"rich", "hcl2", "lark", "click", "yaml", "msgspec", "dataclasses", "re", "ddbaudit_rules"}


def test_a_plain_check_loads_no_terminal_and_no_second_parser(shell: Shell) -> None:
    shell.write("main.tf", TABLE)
    loaded = _imported(shell, "check", ".")
    assert "ddbaudit_rules" in loaded
    assert not loaded & {"rich", "hcl2", "lark", "re2", "regex", "asyncio", "subprocess", "socket", "unittest"}


def test_colour_only_for_terminals_or_on_demand(shell: Shell) -> None:
    shell.write("main.tf", NO_PITR)
    assert "\x1b" not in shell.check().out
    assert "\x1b[" in shell.check("--color").out
    assert "\x1b[" in shell.check(env={"FORCE_COLOR": "1"}).out
    assert "\x1b" not in shell.check(env={"FORCE_COLOR": "1", "NO_COLOR": "1"}).out
    assert "\x1b" not in shell.check("--no-color", env={"FORCE_COLOR": "1"}).out
