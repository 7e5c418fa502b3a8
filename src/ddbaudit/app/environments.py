"""What the environment of a root module is called.

In this order: the configuration, the directory's name where the layout says that it is one (`environments/prod`, or a
name that the pack lists), the value of a variable `environment` or `env`, the name of a plan file (`prod.json`).
Otherwise `default`, or what the caller says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Final

from ddbaudit.ir.instance import Evaluation
from ddbaudit.ir.value import Known

DEFAULT: Final = "default"
"""The environment of a root that does not say what it is."""

HOLDERS: Final = frozenset({"environments", "environment", "envs", "env", "stages", "live"})
USUAL: Final = frozenset({"dev", "test", "sit", "qa", "uat", "stage", "staging", "preprod", "prod", "production"})
VARIABLES: Final = ("environment", "env", "env_name", "stage")


def environment_of(evaluation: Evaluation, configured: str | None, listed: Collection[str]) -> str | None:
    """The environment's name, None where nothing tells; `listed` are the environments that the root's packs know."""
    if configured is not None:
        return configured
    return (
        from_layout(directory_of(evaluation), listed)
        or from_variables(evaluation)
        or _from_file(evaluation, listed)
        or None
    )


def from_layout(directory: str, listed: Collection[str]) -> str | None:
    """The name of a directory, as shown, where it is that of an environment."""
    parts = PurePosixPath(directory).parts
    last = parts[-1] if parts else ""
    if last in listed or last in USUAL or (len(parts) > 1 and parts[-2] in HOLDERS):
        return last
    return None


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
    return stem if stem in listed or stem in USUAL else None


def from_variables(evaluation: Evaluation) -> str | None:
    """The value of the root module's environment variable."""
    root = evaluation.modules[0] if evaluation.modules else None
    if root is None:
        return None
    for name in VARIABLES:
        setting = root.variables.get(name)
        if setting is not None and isinstance(setting.value, Known) and isinstance(setting.value.data, str):
            return setting.value.data or None
    return None
