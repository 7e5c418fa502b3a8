"""The success criteria of documents over a tree: which of them, the run they rest on, the plans that are evidence."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ddbaudit.app.audit import Progress, audit
from ddbaudit.app.rules import configuration, registry_of
from ddbaudit.app.settings import Settings
from ddbaudit.criteria.marking import Marker, PlanEvidence
from ddbaudit.criteria.reader import read_criteria
from ddbaudit.criteria.shape import Criteria, RuleProof
from ddbaudit.engine.registry import Registry
from ddbaudit.foundation.diagnostic import Level
from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.strict_yaml import MAX_BYTES, refuse
from ddbaudit.foundation.text import join_names, safe_text, suggestion
from ddbaudit.foundation.yaml_fields import read_text
from ddbaudit.sdk.checklist import Checklist
from ddbaudit.sdk.report import Report

ERRORED = "PLAN010"
"""The code of a plan that ended with an error."""
_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class GivenPlan:
    """A plan as evidence; `root` is the directory of its root module, by default that in which the plan lies."""

    path: str
    root: str | None = None


def checklists(
    settings: Settings, names: Sequence[str], plans: Sequence[GivenPlan], progress: Progress | None = None
) -> list[Checklist]:
    """The checklists of the documents that concern the root modules below the paths, or of those that are named.

    `names` are installed criteria or files of them. UsageError when none concerns anything that is there.
    """
    config = configuration(settings.config, settings.paths[0])
    registry = registry_of(settings.rules, config, None)
    wanted = _wanted(names, registry)
    report = audit(settings, progress=progress)
    packs = {root: settings.packs or config.packs_for(root) for root, _ in report.inventory.roots}
    marker = Marker(report, packs, [_evidence(plan, settings, report) for plan in plans])
    concerned = [criteria for criteria in wanted if names or marker.roots(criteria)]
    if not concerned:
        known = join_names([criteria.name for criteria in wanted])
        message = "no document's criteria concern the root modules that were judged"
        raise UsageError(message, help=f"name them: --criteria FILE.yaml, or the pack of one of {known}")
    return [marker.checklist(criteria) for criteria in concerned]


def _wanted(names: Sequence[str], registry: Registry) -> list[Criteria]:
    known = installed(registry)
    found = [_read(name, known) for name in (names or known)]
    for criteria in found:
        for criterion in criteria.criteria:
            for proof in criterion.proofs:
                if isinstance(proof, RuleProof) and registry.find(proof.rule) is None:
                    refuse(proof.span, registry.complaint(proof.rule))
    return found


def installed(registry: Registry) -> Mapping[str, tuple[str, Any]]:
    """Name -> (shown path, file) of the criteria that rule packages ship; two of one name are an error."""
    found: dict[str, tuple[str, Any]] = {}
    for package in registry.packages:
        for file in package.criteria.iterdir() if package.criteria is not None else ():
            name, dot, suffix = file.name.rpartition(".")
            if f"{dot}{suffix}" not in _SUFFIXES:
                continue
            if name in found:
                raise UsageError(f'the criteria "{name}" are shipped twice')
            found[name] = (f"{package.name}:criteria/{file.name}", file)
    return dict(sorted(found.items()))


def _read(name: str, known: Mapping[str, tuple[str, Any]]) -> Criteria:
    if name.endswith(_SUFFIXES):
        own = os.path.basename(name).rpartition(".")[0]
        return read_criteria(read_text(name, "the file of criteria", MAX_BYTES), name, own)
    if name not in known:
        message = f'there are no criteria "{safe_text(name)}"{suggestion(name, known)}'
        raise UsageError(message, help=f"installed are {join_names(tuple(known))}; a file ends in .yaml")
    shown, file = known[name]
    return read_criteria(file.read_text("utf-8"), shown, name)


def _evidence(plan: GivenPlan, settings: Settings, report: Report) -> PlanEvidence:
    """A plan, read beside the source of its root module, so that a stale one proves nothing."""
    if not os.path.isfile(plan.path):
        raise UsageError(f"the plan {safe_text(plan.path)} is no file", help="check the spelling: --plan ROOT=FILE")
    directory = plan.root if plan.root is not None else os.path.dirname(plan.path) or "."
    root, environment = _judged_root(directory, report.inventory.roots, plan)
    bare = replace(settings, paths=(plan.path,), sources=(root,), arguments=(), models=(), rules=(), baseline=None)
    found = audit(bare)
    codes = {d.code for d in found.diagnostics}
    errors = [f"{d.code}: {d.detail}" for d in found.diagnostics if d.level is Level.ERROR]
    if not errors and not any(entry.kind == "plan" for entry in found.inventory.plans):
        errors = ["it is no plan"]
    return PlanEvidence(plan.path, root, environment, errors[0] if errors else "", ERRORED in codes)


def _judged_root(directory: str, roots: Iterable[tuple[str, str]], plan: GivenPlan) -> tuple[str, str]:
    real = os.path.realpath(directory)
    for root, environment in roots:
        if os.path.realpath(root) == real:
            return root, environment
    message = f"the plan {safe_text(plan.path)} belongs to no root module that is judged here"
    raise UsageError(message, help="say which one it was made in: --plan ROOT=FILE")
