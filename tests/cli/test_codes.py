"""Every code that a diagnostic can carry is explained, and no other is."""

from __future__ import annotations

import re
from pathlib import Path

from ddbaudit.cli.codes import CODES
from tests.cli.harness import Shell

SOURCE = Path(__file__).parents[2] / "src"
CODE = re.compile(r"\"((?:HCL|EVAL|VAR|IO|CFG|PLAN|POL|SUP|MOD(?=0))[0-9]{3})\"")


def _used() -> dict[str, set[str]]:
    """The codes in the source, each with the summaries that stand beside it."""
    found: dict[str, set[str]] = {}
    for path in SOURCE.rglob("*.py"):
        if path.name == "codes.py":
            continue
        text = path.read_text("utf-8")
        for match in CODE.finditer(text):
            beside = re.match(r",\s*(?!\"PLAN)(?:Level\.[A-Z]+,\s*)?\"([^\"]+)\"", text[match.end() :])
            found.setdefault(match[1], set()).update([beside[1]] if beside else [])
    return found


def test_every_code_in_use_is_explained_and_no_other() -> None:
    assert set(CODES) == set(_used())


def test_a_code_has_one_meaning() -> None:
    for code, summaries in _used().items():
        if code == "HCL101":  # both kinds of rejection by the second parser
            continue
        assert summaries <= {CODES[code][0]}, code


def test_the_paragraphs_are_sentences() -> None:
    for title, paragraph in CODES.values():
        assert not title.endswith(".")
        assert paragraph.endswith(".")
        assert 80 < len(paragraph) < 600


def test_a_code_is_explained_in_any_case(shell: Shell) -> None:
    run = shell.run("explain", "mod001")
    assert run.code == 0
    assert run.out.startswith("MOD001 Module not available\n\n")
    assert "terraform init" in run.out
