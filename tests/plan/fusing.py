"""Recorded plans fused with sources, as the application does it, for the tests of fusion."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from scripts.record_plans import read_kept

from ddbaudit.app.dump import dump
from ddbaudit.frontends.hcl.evaluate import evaluate_root
from ddbaudit.frontends.hcl.filesystem import snapshot_loader
from ddbaudit.frontends.hcl.inputs import Inputs
from ddbaudit.frontends.hcl.loader import Loader
from ddbaudit.frontends.hcl.parse import ParseOptions
from ddbaudit.frontends.hcl.roots import bases
from ddbaudit.frontends.plan.binary import read_binary
from ddbaudit.frontends.plan.fusion import fuse
from ddbaudit.frontends.plan.reader import read_json
from ddbaudit.ir.instance import Evaluation
from ddbaudit.ir.plan import Plan

FUSION = Path(__file__).parents[2] / "fixtures" / "fusion"
_OPTIONS = ParseOptions("auto", False)


def read(path: Path) -> Plan:
    if path.suffix == ".json":
        return read_json(io.BytesIO(read_kept(path)), str(path))
    return read_binary(path.read_bytes(), str(path))


def fused(plan: Plan, source: Path) -> Evaluation:
    """The plan with the source in a directory."""
    return fuse(evaluate_root(str(source), Loader(_OPTIONS, bases([str(source)])), Inputs(), "", plan), plan)


def carried(plan: Plan, beside: Path) -> Evaluation:
    """A binary plan with the source that it carries; `beside` is where the plan lies."""
    assert plan.snapshot is not None
    base = str(beside.resolve())
    return fuse(evaluate_root(base, snapshot_loader(plan.snapshot, base, _OPTIONS), Inputs(), "", plan), plan)


def alone(source: Path, values: dict[str, str] | None = None) -> Evaluation:
    """The source without any plan."""
    arguments = tuple(("var", f"{name}={value}") for name, value in (values or {}).items())
    loader = Loader(_OPTIONS, bases([str(source)]))
    return evaluate_root(str(source), loader, Inputs(arguments, {}, "default"), "")


def disagreements(evaluation: Evaluation) -> list[str]:
    """What PLAN014 says, with the places."""
    return [f"{d.where} {d.detail}" for d in evaluation.diagnostics if d.code == "PLAN014"]


def dumped(evaluation: Evaluation) -> dict[str, Any]:
    """What `ddbaudit dump` shows of each resource, by address."""
    shown = json.loads(json.dumps(dump([evaluation])))
    return {resource["address"]: resource for resource in shown["environments"][0]["resources"]}


def count_unknown(mark: Any) -> int:
    """How many leaves a mirror of unknown values marks."""
    if isinstance(mark, dict):
        return sum(map(count_unknown, mark.values()))
    if isinstance(mark, list):
        return sum(map(count_unknown, mark))
    return int(mark is True)
