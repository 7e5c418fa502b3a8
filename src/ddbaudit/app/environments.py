"""What the environment of a root module is called.

In this order: the caller's word, the configuration, the directory's name where the layout says that it is one
(`environments/prod`, or a name that the pack lists), the value of a variable `environment` or `env`. Otherwise
`default`.
"""

from __future__ import annotations

from collections.abc import Collection
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
    parts = PurePosixPath(evaluation.root).parts
    last = parts[-1] if parts else ""
    if last in listed or (last in _USUAL) or (len(parts) > 1 and parts[-2] in _HOLDERS):
        return last
    return _from_variables(evaluation) or DEFAULT


def _from_variables(evaluation: Evaluation) -> str | None:
    root = evaluation.modules[0] if evaluation.modules else None
    if root is None:
        return None
    for name in _VARIABLES:
        setting = root.variables.get(name)
        if setting is not None and isinstance(setting.value, Known) and isinstance(setting.value.data, str):
            return setting.value.data or None
    return None
