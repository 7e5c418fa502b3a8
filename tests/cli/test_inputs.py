"""What there is to read: everything read is 0 or 1, anything that cannot be read or parsed is 3 and said."""

from __future__ import annotations

import os
import socket

import pytest

from tests.cli.harness import BROKEN, NO_PITR, TABLE, Shell


def test_an_empty_directory_is_3_unless_allowed(shell: Shell) -> None:
    run = shell.check()
    assert run.code == 3
    assert "nothing to check: there is no Terraform file (*.tf, *.tf.json)" in run.out
    assert run.last.endswith("incomplete (exit 3)")
    allowed = shell.check("--allow-empty")
    assert allowed.code == 0
    assert "loosened: --allow-empty" in allowed.out


def test_files_without_tables_are_0_and_counted(shell: Shell) -> None:
    for number in range(12):
        shell.write(f"file{number}.tf", f"locals {{\n  a{number} = 1\n}}\n")
    run = shell.check()
    assert run.code == 0
    assert run.last.startswith("0 tables, 0 policies, 1 root in 12 files")


def test_an_explicit_file_stands_for_its_module(shell: Shell) -> None:
    shell.write("main.tf", TABLE.replace("enabled = true", "enabled = local.pitr"))
    shell.write("locals.tf", "locals {\n  pitr = true\n}\n")
    run = shell.run("check", "main.tf")
    assert run.code == 0
    assert "1 table, 0 policies, 1 root in 2 files" in run.last


def test_explicit_files_of_one_module_are_checked_once(shell: Shell) -> None:
    shell.write("a.tf", NO_PITR)
    shell.write("b.tf", "locals {}\n")
    run = shell.run("check", "a.tf", "b.tf", "-o", "concise")
    assert run.code == 1
    assert run.out.count("error[DDB101]") == 1


def test_a_file_called_like_an_option(shell: Shell) -> None:
    shell.write("-rf.tf", NO_PITR)
    run = shell.run("check", "--", "-rf.tf")
    assert run.code == 1
    assert "error[DDB101]" in run.out
    assert shell.run("check", "-rf.tf").code == 2


def test_every_file_unparsable(shell: Shell) -> None:
    shell.write("a.tf", BROKEN)
    shell.write("b.tf", "}}}\n")
    run = shell.check()
    assert run.code == 3
    assert "2 files not parsed" in run.last
    assert "error[HCL" in run.out
    assert "a.tf:" in run.out
    assert "b.tf:" in run.out


def test_one_broken_file_does_not_hide_the_findings_of_the_other(shell: Shell) -> None:
    shell.write("good.tf", NO_PITR)
    shell.write("bad.tf", BROKEN)
    run = shell.check()
    assert run.code == 3
    assert "error[DDB101]" in run.out
    assert "1 file not parsed" in run.last
    assert "because: bad.tf:" in run.out


def test_what_a_broken_file_may_define_is_unknown(shell: Shell) -> None:
    shell.write("good.tf", TABLE.replace("enabled = true", "enabled = local.pitr"))
    shell.write("bad.tf", "locals {\n  pitr = \n}\n")
    run = shell.check()
    assert run.code == 3
    assert "unknown[DDB101]" in run.out


def test_unparsed_files_may_be_allowed_by_name(shell: Shell) -> None:
    shell.write("good.tf", TABLE)
    shell.write("bad.tf", "}}}\n")
    run = shell.check("--allow-unparsed", "bad.tf")
    assert run.code == 0
    assert "loosened: --allow-unparsed bad.tf" in run.out
    assert shell.check("--allow-unparsed", "good.tf").code == 3


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (TABLE.replace("orders", "bestellungen-für").encode("latin-1"), "is not UTF-8"),
        (TABLE.encode("utf-16"), "UTF-16"),
        (TABLE.encode("utf-32"), "UTF-32"),
        (b"\xff" + TABLE.encode(), "is not UTF-8"),
        (TABLE.encode() + b"\0", "U+0000"),
    ],
    ids=["latin-1", "utf-16", "utf-32", "stray byte", "NUL"],
)
def test_another_encoding_is_3(shell: Shell, data: bytes, message: str) -> None:
    shell.write("main.tf", data)
    run = shell.check()
    assert run.code == 3
    assert message in run.out


@pytest.mark.parametrize(
    "data",
    [b"\xef\xbb\xbf" + NO_PITR.encode(), NO_PITR.replace("\n", "\r\n").encode(), NO_PITR.encode().rstrip()],
    ids=["BOM", "CRLF", "no final newline"],
)
def test_a_byte_order_mark_and_any_line_ending_are_fine(shell: Shell, data: bytes) -> None:
    shell.write("main.tf", data)
    finding = shell.json()["findings"][0]
    assert finding["rule"] == "DDB101"
    assert finding["primary"]["start"] == {"line": 12, "column": 15}
    assert finding["primary"]["text"] == "false"


def _fifo(shell: Shell) -> None:
    os.mkfifo(shell.cwd / "odd.tf")


def _socket(shell: Shell) -> None:
    here = os.getcwd()
    os.chdir(shell.cwd)  # the path of a socket has few characters
    try:
        socket.socket(socket.AF_UNIX).bind("odd.tf")
    finally:
        os.chdir(here)


def _dangling(shell: Shell) -> None:
    (shell.cwd / "odd.tf").symlink_to("nowhere.tf")


def _loop(shell: Shell) -> None:
    (shell.cwd / "odd.tf").symlink_to("odd.tf")


def _outside(shell: Shell) -> None:
    (shell.home / "secret.tf").write_text(TABLE)
    (shell.cwd / "odd.tf").symlink_to(shell.home / "secret.tf")


@pytest.mark.parametrize("make", [_fifo, _socket, _dangling, _loop, _outside])
def test_a_file_that_cannot_be_read_is_3(shell: Shell, make: object) -> None:
    shell.write("main.tf", NO_PITR)
    assert callable(make)
    make(shell)
    run = shell.check()
    assert run.code == 3
    assert "error[IO001] File could not be read: odd.tf: " in run.out
    assert "error[DDB101]" in run.out


def test_a_directory_called_like_a_file_is_a_directory(shell: Shell) -> None:
    shell.write("odd.tf/main.tf", NO_PITR)
    run = shell.check("-o", "concise")
    assert run.code == 1
    assert "odd.tf/main.tf:12:15: error[DDB101]" in run.out


def test_json_syntax_is_checked(shell: Shell) -> None:
    shell.write(
        "main.tf.json",
        """{"resource": {"aws_dynamodb_table": {"orders": {
        "name": "orders", "billing_mode": "PAY_PER_REQUEST", "hash_key": "pk",
        "attribute": [{"name": "pk", "type": "S"}]}}}}""",
    )
    run = shell.check()
    assert run.code == 1
    assert "error[DDB101]" in run.out


@pytest.mark.parametrize(
    "text",
    ['{"resource": {}, "resource": {}}', "[" * 5000, "", '{"locals": {"a": NaN}}', '{"a": 1} x'],
    ids=["duplicate key", "deep", "empty", "NaN", "rest"],
)
def test_json_that_is_no_configuration_is_3(shell: Shell, text: str) -> None:
    shell.write("main.tf", TABLE)
    shell.write("more.tf.json", text)
    run = shell.check()
    assert run.code == 3
    assert "more.tf.json" in run.out


def test_an_override_file_is_merged(shell: Shell) -> None:
    shell.write("main.tf", TABLE)
    shell.write(
        "main_override.tf",
        'resource "aws_dynamodb_table" "orders" {\n  point_in_time_recovery {\n    enabled = false\n  }\n}\n',
    )
    run = shell.check("-o", "concise")
    assert run.code == 1
    assert "main_override.tf:3:15: error[DDB101]" in run.out
    assert "1 table" in run.last


def test_opentofu_files_are_3(shell: Shell) -> None:
    shell.write("main.tf", TABLE)
    shell.write("main.tofu", TABLE)
    run = shell.check()
    assert run.code == 3
    assert "error[IO002] Unsupported file kind: main.tofu is an OpenTofu file" in run.out


def test_nesting_without_end_is_3(shell: Shell) -> None:
    shell.write("main.tf", "locals {\n  a = " + "[" * 100_000 + "\n}\n")
    run = shell.check()
    assert run.code == 3
    assert "error[HCL" in run.out


def test_a_cycle_of_modules_is_3(shell: Shell) -> None:
    shell.write("a/main.tf", 'module "b" {\n  source = "../b"\n}\n')
    shell.write("b/main.tf", 'module "a" {\n  source = "../a"\n}\n')
    assert shell.check().code == 3


def test_a_link_back_to_its_parent_ends(shell: Shell) -> None:
    shell.write("main.tf", NO_PITR)
    (shell.cwd / "again").symlink_to(".")
    run = shell.check("-o", "concise")
    assert run.code == 1
    assert run.out.count("error[DDB101]") == 1


HEREDOC = TABLE + "locals {\n  text = <<EOF\nx\nEOF \n}\n"
"""Valid, though python-hcl2 refuses the blank behind the end marker."""


@pytest.mark.parametrize("setting", ['parser = "python-hcl2"', "cross_check = true"])
def test_the_configuration_chooses_the_parser_and_the_command_line_overrides_it(shell: Shell, setting: str) -> None:
    shell.write("main.tf", HEREDOC)
    assert shell.check().code == 0
    shell.write("ddbaudit.toml", setting + "\n")
    run = shell.check()
    assert run.code == 3
    assert "main.tf" in run.last or "1 file not parsed" in run.last
    assert shell.check("--parser", "native", "--no-cross-check").code == 0
