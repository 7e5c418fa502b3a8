"""The native parser against Terraform: which text is HCL (`terraform fmt`), and what templates mean (`console`).

Both answers are recorded; `DDBAUDIT_RECORD=1 pytest tests/hcl/test_native_oracle.py` asks Terraform anew. To add a
case, add its text to the JSON file with any answer, and record.
"""

from __future__ import annotations

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ddbaudit.frontends.hcl.parser import parse_expression
from tests.hcl.constants import value
from tests.hcl.parsing import parse
from tests.hcl.test_native_shapes import ALL, BODIES, HEREDOCS, LITERALS, TEMPLATES
from tests.hcl.test_native_strict import LEXICAL, SYNTAX

RECORD = os.environ.get("DDBAUDIT_RECORD") == "1"
HERE = Path(__file__).parent
FMT, VALUES = HERE / "oracle_fmt.json", HERE / "oracle_templates.json"


def recorded(path: Path) -> dict[str, Any]:
    answers: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return answers


def write(path: Path, answers: dict[str, Any]) -> None:
    path.write_text(json.dumps(answers, indent=0, ensure_ascii=True, sort_keys=True) + "\n", encoding="utf-8")


def terraform(*arguments: str, text: str, directory: Path) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    return subprocess.run(
        ["terraform", *arguments], input=text.encode(), cwd=directory, env=environment, capture_output=True, check=False
    )


def console(expressions: list[str], directory: Path) -> list[Any] | None:
    """What Terraform makes of expressions; None when one of them fails."""
    lines = [f"  x{number} = {text}\n" for number, text in enumerate(expressions)]
    (directory / "main.tf").write_text(f"locals {{\n{''.join(lines)}}}\n", encoding="utf-8", newline="")
    asked = ", ".join(f"local.x{number}" for number in range(len(expressions)))
    done = terraform("console", "-no-color", text=f"jsonencode([{asked}])\n", directory=directory)
    try:
        values: list[Any] = json.loads(json.loads(done.stdout))
    except ValueError:
        return None
    return values


@pytest.mark.skipif(not RECORD, reason="DDBAUDIT_RECORD is not set")
def test_record_fmt(tmp_path: Path) -> None:
    texts = {*recorded(FMT), *(text for text, _ in [*BODIES, *SYNTAX, *LEXICAL]), *(f"x = {text}\n" for text, _ in ALL)}
    ordered = sorted(texts)
    with ThreadPoolExecutor(4) as pool:
        done = pool.map(lambda text: terraform("fmt", "-", text=text, directory=tmp_path).returncode == 0, ordered)
        write(FMT, dict(zip(ordered, done, strict=True)))


@pytest.mark.skipif(not RECORD, reason="DDBAUDIT_RECORD is not set")
def test_record_values(tmp_path: Path) -> None:
    cases = {*recorded(VALUES), *(text for text, _ in [*LITERALS, *TEMPLATES, *HEREDOCS])}
    answers: dict[str, Any] = {}
    for text in sorted(cases):
        found = console([text], tmp_path)
        if found is not None:
            answers[text] = found[0]
    write(VALUES, answers)


def test_the_verdicts_are_terraforms() -> None:
    wrong = {text for text, valid in recorded(FMT).items() if (not parse(text).diagnostics) is not valid}
    assert wrong == set()


def test_the_verdicts_cover_both() -> None:
    verdicts = list(recorded(FMT).values())
    assert min(verdicts.count(True), verdicts.count(False)) > 200


@pytest.mark.parametrize("text", recorded(VALUES))
def test_the_value_is_terraforms(text: str) -> None:
    expr, diagnostics = parse_expression(text)
    assert diagnostics == []
    assert value(expr) == recorded(VALUES)[text]
