"""Plans of the reference estate with one mistake each: recorded as the difference from the plan without the mistake.

Real Terraform made them (`DDBAUDIT_RECORD=1`, see test_plan_mutants.py); the differences are what keeps eighty plans
small. A difference is a list of `{"at": PATH, "set": VALUE}` and `{"at": PATH, "gone": true}`; a step of a path is a
key, or in a list of objects with addresses the address. What is large is kept compressed.
"""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from scripts.record_plans import (
    ESTATE,
    PLANS,
    Moto,
    Recording,
    RecordingError,
    Terraform,
    pack,
    read_kept,
    recordings,
    said_of,
)

from tests.estate.mutants import AM, Mutant
from tests.estate.test_mutants import mutate

Json: TypeAlias = Any
DIRECTORY = PLANS / "mutants"
_MISSING = object()
_UNSTABLE = frozenset({"timestamp"})
_NAMED = frozenset({"address", "resource"})


def base_of(mutant: Mutant) -> Recording:
    """The environment that the mistake is looked at in: its own, or dev for a mistake in a module."""
    parts = Path(mutant.file).parts
    if parts[0] == "environments":
        return recordings()[f"{parts[1]}-{parts[2]}"]
    return recordings()["access-management-dev" if mutant.file.startswith(AM) else "site-builder-dev"]


def recorded(name: str) -> dict[str, Json]:
    """`{"outcome": "planned" or "errored", "changes": […]}`, or `{"outcome": "refused", "said": …}`."""
    found: dict[str, Json] = json.loads(read_kept(DIRECTORY / f"{name}.json"))
    return found


def plan_of(mutant: Mutant, name: str) -> Json:
    """The plan as Terraform made it, up to the order of resources and the time."""
    base = base_of(mutant).plan()
    return apply(base, recorded(name)["changes"])


def write(name: str, made: dict[str, Json]) -> None:
    text = json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False)
    (DIRECTORY / f"{name}.json").write_text(text + "\n")
    pack(DIRECTORY)


class Workshop:
    """A copy of the estate in which one mistake after the other is made, planned and undone."""

    def __init__(self, directory: Path, server: Moto) -> None:
        self.tree = directory / "terraform"
        self.server = server
        self.ready: set[str] = set()
        shutil.copytree(ESTATE, self.tree, ignore=shutil.ignore_patterns(".terraform*"))

    def record(self, mutant: Mutant, name: str) -> None:
        DIRECTORY.mkdir(exist_ok=True)
        file = self.tree / mutant.file
        right = file.read_text()
        mutate(file, mutant)
        try:
            made = self._made(base_of(mutant))
        finally:
            file.write_text(right)
        write(name, made)

    def _made(self, base: Recording) -> dict[str, Json]:
        here = Terraform(self.tree / base.root, self.server)
        if base.name not in self.ready:
            here.init()
            self.ready.add(base.name)
        binary = here.directory / "tfplan"
        binary.unlink(missing_ok=True)
        said = ""
        try:
            here.run("plan", "-input=false", "-lock=false", "-no-color", "-out=tfplan")
        except RecordingError as error:
            said = said_of(error)
        if not binary.exists():
            return {"outcome": "refused", "said": said[said.find("Error:") :][:200]}
        plan = json.loads(here.run("show", "-json", "tfplan"))
        assert plan["errored"] is bool(said)
        before = base.plan()
        changes = list(differences(before, plan))
        assert normal(apply(before, changes)) == normal(plan)
        return {"outcome": "errored" if said else "planned", "changes": changes}


def differences(old: Json, new: Json, at: tuple[str, ...] = ()) -> Iterator[dict[str, Json]]:
    """What makes `old` into `new`, deep inside first to last."""
    if old == new or at in {(key,) for key in _UNSTABLE}:
        return
    one, other = _by_name(old), _by_name(new)
    if one is None or other is None:
        yield {"at": list(at), "set": new}
        return
    for key in [*one, *(key for key in other if key not in one)]:
        way = (*at, key)
        if key not in other:
            yield {"at": list(way), "gone": True}
        elif key not in one:
            yield {"at": list(way), "set": other[key]}
        else:
            yield from differences(one[key], other[key], way)


def apply(plan: Json, changes: list[dict[str, Json]]) -> Json:
    result = copy.deepcopy(plan)
    for change in changes:
        *way, last = change["at"]
        here = result
        for step in way:
            here = _get(here, step)
        _put(here, last, _MISSING if "gone" in change else copy.deepcopy(change["set"]))
    return result


def normal(plan: Json) -> Json:
    """Without the time, and with lists of resources in one order."""
    if isinstance(plan, dict):
        return {key: normal(value) for key, value in plan.items() if key not in _UNSTABLE}
    if isinstance(plan, list):
        items = [normal(item) for item in plan]
        return sorted(items, key=_name) if _by_name(plan) is not None else items
    return plan


def _by_name(value: Json) -> dict[str, Json] | None:
    """The members of an object, or of a list of objects that have addresses or are references to attributes."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and value and all(isinstance(item, dict) and _NAMED & item.keys() for item in value):
        named = {_name(item): item for item in value}
        return named if len(named) == len(value) else None
    return None


def _name(item: Json) -> str:
    return str(item["address"]) if "address" in item else json.dumps(item, sort_keys=True)


def _get(here: Json, step: str) -> Json:
    return here[step] if isinstance(here, dict) else next(item for item in here if _name(item) == step)


def _put(here: Json, step: str, value: Json) -> None:
    if isinstance(here, list):
        position = next((n for n, item in enumerate(here) if _name(item) == step), len(here))
        here[position : position + 1] = [] if value is _MISSING else [value]
    elif value is _MISSING:
        del here[step]
    else:
        here[step] = value
