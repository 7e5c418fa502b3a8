"""Every recorded expression through the whole evaluator: what tests/eval asks of operators and functions alone.

Beside that, expressions that hypothesis made up, with what Terraform said of them (made_up.json, recorded anew with
DDBAUDIT_RECORD=1). `ours` is "error" where being sharper lets us refuse at once what Terraform will refuse on apply.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ddbaudit.frontends.hcl.module import ModuleRuntime
from ddbaudit.frontends.hcl.sharper import IN_PLANS, SHARPER
from ddbaudit.frontends.hcl.typeshape import type_string
from ddbaudit.ir.value import Unknown
from tests.eval.mini import console_text
from tests.eval.oracle import RECORDING, UNKNOWN, Case, Console, files, has_terraform, load, save
from tests.oracle import expressions
from tests.oracle.expressions import InvalidError

MADE_UP = Path(__file__).parent / "made_up.json"
CASES = [(path.stem, case) for path in (*files(), MADE_UP) if path.exists() for case in load(path)]

PLANS_KNOW = {
    "terraform_data.u.id==null": "false",
    "terraform_data.u.id==1": "false",
    'formatlist("%s", terraform_data.u.id)': f"tolist([\n  {UNKNOWN},\n])",
}
"""The console takes an attribute of a resource without state for a value of any type; a plan knows its type, and that
an id is not null."""


def _wrong(case: Case, runtime: ModuleRuntime) -> str | None:
    """What is wrong with our answer; "unsure" when we do not know what Terraform refuses or knows."""
    try:
        value = expressions.value_of(case["expr"], runtime)
    except InvalidError as error:
        refused = case["ours"] == "error" if "ours" in case else bool(case.get("error"))
        return None if refused else f"we refuse it: {error}"
    shown = console_text(value)
    wanted = PLANS_KNOW.get(case["expr"], case.get("ours"))
    if wanted is not None:
        return None if shown == wanted else f"{shown} is not {wanted}"
    if case.get("error"):
        unsure = isinstance(value, Unknown) and value.cause.kind == "unsupported"
        return "unsure" if unsure else f"we say {shown}, terraform refuses it"
    if shown != case["display"]:
        return "unsure" if isinstance(value, Unknown) else f"{shown} is not {case['display']}"
    if not case.get("unknown") and type_string(value.type) != case["type"]:
        return f"{type_string(value.type)} is not {case['type']}"
    return None


def test_what_is_sharper_is_explained() -> None:
    names = {entry.name for entry in (*SHARPER, *IN_PLANS)}
    assert all(case.get("sharper") in names for case in load(MADE_UP) if "ours" in case)


def test_as_terraform(tmp_path: Path) -> None:
    runtime = expressions.module(tmp_path)
    answers = {f"{name}: {case['expr']}": _wrong(case, runtime) for name, case in CASES}
    assert {k: v for k, v in answers.items() if v not in (None, "unsure")} == {}
    unsure = [k for k, v in answers.items() if v == "unsure"]
    assert len(unsure) <= len(CASES) // 200, unsure


@pytest.mark.skipif(not RECORDING, reason="DDBAUDIT_RECORD is not set")
def test_record(tmp_path: Path) -> None:
    save(MADE_UP, Console(tmp_path).record(load(MADE_UP)))


@pytest.mark.terraform
@pytest.mark.skipif(RECORDING or not has_terraform(), reason="there is no terraform here")
def test_recordings_still_hold(tmp_path: Path) -> None:
    sample = load(MADE_UP)[::17]
    assert Console(tmp_path).record(sample) == sample
