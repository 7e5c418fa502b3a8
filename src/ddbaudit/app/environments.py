"""What the environment of a root module is called.

In this order: the caller's word, the configuration, the directory's name where the layout says that it is one
(`environments/prod`, or a name that the pack lists), the value of a variable `environment` or `env`, the name of a plan
file (`prod.json`). Otherwise `default`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from ddbaudit.ir.instance import Evaluation
from ddbaudit.ir.value import Known

DEFAULT = "default"
"""The environment of a root that does not say what it is."""

_HOLDERS = frozenset({"environments", "environment", "envs", "env", "stages", "live"})
_USUAL = frozenset({"dev", "test", "sit", "qa", "uat", "stage", "staging", "preprod", "prod", "production"})
_VARIABLES = ("environment", "env", "env_name", "stage")


def environment_of(
    evaluation: Evaluation, *, given: str | None, configured: str | None, listed: Collection[str]
) -> str:
    """The environment's name; `listed` are the environments that the root's packs know."""
    if given is not None:
        return given
    if configured is not None:
        return configured
    parts = PurePosixPath(directory_of(evaluation)).parts
    last = parts[-1] if parts else ""
    if last in listed or (last in _USUAL) or (len(parts) > 1 and parts[-2] in _HOLDERS):
        return last
    return _from_variables(evaluation) or _from_file(evaluation, listed) or DEFAULT


def directory_of(evaluation: Evaluation) -> str:
    """The directory of the root module; of a plan without source, that in which the plan lies."""
    plan = evaluation.plan
    if plan is None or plan.path != evaluation.root:
        return evaluation.root
    return str(PurePosixPath(evaluation.root).parent)


def told_apart(evaluations: Sequence[Evaluation]) -> list[Evaluation]:
    """Several plans of one root whose environments have no names of their own are called by their files."""
    counts = Counter((e.root, e.environment) for e in evaluations)
    return [
        replace(e, environment=f"{e.environment}: {e.plan.path}")
        if e.plan is not None and counts[e.root, e.environment] > 1
        else e
        for e in evaluations
    ]


def _from_file(evaluation: Evaluation, listed: Collection[str]) -> str | None:
    """`prod` of the plan `prod.json`, `prod.tfplan` or `prod`."""
    if evaluation.plan is None:
        return None
    stem = PurePosixPath(evaluation.plan.path).name.partition(".")[0]
    return stem if stem in listed or stem in _USUAL else None


def _from_variables(evaluation: Evaluation) -> str | None:
    root = evaluation.modules[0] if evaluation.modules else None
    if root is None:
        return None
    for name in _VARIABLES:
        setting = root.variables.get(name)
        if setting is not None and isinstance(setting.value, Known) and isinstance(setting.value.data, str):
            return setting.value.data or None
    return None
