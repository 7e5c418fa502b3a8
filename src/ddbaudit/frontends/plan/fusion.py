"""A plan and the source behind it as one evaluation: values of both, places of the source, and what does not agree."""

from __future__ import annotations

from dataclasses import replace

from ddbaudit.frontends.plan.completeness import completeness
from ddbaudit.frontends.plan.overlay import overlay
from ddbaudit.frontends.plan.staleness import staleness
from ddbaudit.ir.instance import Evaluation
from ddbaudit.ir.plan import Plan


def fuse(evaluation: Evaluation, plan: Plan) -> Evaluation:
    """The source as evaluated under the plan, with what the plan knows beyond it and a diagnostic for every way in
    which the two disagree or the plan leaves something out."""
    fused = overlay(evaluation, plan)
    problems = (*staleness(evaluation, plan), *completeness(plan, evaluation.declarations))
    return replace(fused, diagnostics=(*fused.diagnostics, *problems))
