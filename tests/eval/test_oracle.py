"""Operators and functions against what `terraform console` said (see oracle.py)."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ddbaudit.frontends.hcl.functions.json_encoding import encode_parts
from ddbaudit.frontends.hcl.sharper import SHARPER
from ddbaudit.frontends.hcl.typeshape import type_string
from tests.eval.mini import ERRORS, console_text, evaluate
from tests.eval.oracle import RECORDING, Case, Console, files, has_terraform, load, save

CASES = [pytest.param(case, id=f"{path.stem}:{case['expr'][:80]}") for path in files() for case in load(path)]


@pytest.mark.skipif(not RECORDING, reason="DDBAUDIT_RECORD is not set")
@pytest.mark.parametrize("path", files(), ids=lambda path: path.stem)
def test_record(path: Path, tmp_path: Path) -> None:
    save(path, Console(tmp_path).record(load(path)))


@pytest.mark.terraform
@pytest.mark.skipif(RECORDING or not has_terraform(), reason="there is no terraform here")
@pytest.mark.parametrize("path", files(), ids=lambda path: path.stem)
def test_recordings_still_hold(path: Path, tmp_path: Path) -> None:
    sample = load(path)[::23]
    assert Console(tmp_path).record(sample) == sample


@pytest.mark.parametrize("case", CASES)
def test_as_terraform(case: Case) -> None:
    if "ours" in case:
        assert case.get("sharper") in {None, *(entry.name for entry in SHARPER)}
        assert console_text(evaluate(case["expr"])) == case["ours"]
        return
    if case.get("error"):
        with pytest.raises(ERRORS):
            evaluate(case["expr"])
        return
    value = evaluate(case["expr"])
    assert console_text(value) == case["display"]
    if not case.get("unknown"):
        assert type_string(value.type) == case["type"]
    if "json" in case:
        text = "".join(part for part in encode_parts(value) if isinstance(part, str))
        assert json.dumps(text) == json.dumps(_unquoted(case["json"]))


_GO_ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))")
_SINGLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def _unquoted(shown: str) -> str:
    """The string that the console shows quoted, with Go's escapes."""
    return _GO_ESCAPE.sub(
        lambda m: _SINGLE.get(m[4], m[4]) if m[4] else chr(int(m[1] or m[2] or m[3], 16)), shown[1:-1]
    )
