"""Our evaluation against Terraform's plan of the same root: where we say Known, the plan must say the same.

Shapes: `dump` gives `values` and `unknown` per resource; plan JSON gives `after` and `after_unknown`. Sets of
blocks are compared regardless of order: Terraform sorts them by hash.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

Json = Any
MISSING = object()
SENSITIVE = "sensitive"


@dataclass
class Comparison:
    """`mismatches` must be empty. `known` and `lost` count leaves that the plan knows and that we do and do not know;
    `sharper` lists paths that we know and the plan does not."""

    mismatches: list[str] = field(default_factory=list)
    sharper: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    known: int = 0

    def add(self, address: str, ours: Json, our_unknown: Json, theirs: Json, their_unknown: Json) -> None:
        """Compares one resource's attributes."""
        for name in sorted({*ours, *our_unknown, *theirs, *their_unknown}):
            self._compare(
                f"{address}.{name}",
                ours.get(name, MISSING),
                our_unknown.get(name, False),
                theirs.get(name, MISSING),
                their_unknown.get(name, False),
            )

    def _compare(self, path: str, ours: Json, our_unknown: Json, theirs: Json, their_unknown: Json) -> None:
        if our_unknown == SENSITIVE:
            return
        if our_unknown is True:
            if theirs is not MISSING and their_unknown is not True:
                self.lost.append(path)
            return
        if ours is MISSING and not our_unknown:
            if theirs is not MISSING and theirs is not None:
                self.mismatches.append(f"{path}: we have nothing, terraform says {json.dumps(theirs)}")
            return
        if their_unknown is True:
            if ours is not MISSING:
                self.sharper.append(path)
            return
        theirs = None if theirs is MISSING else theirs
        if isinstance(ours, dict) and isinstance(theirs, dict):
            self._mappings(path, ours, our_unknown, theirs, their_unknown)
        elif isinstance(ours, list) and isinstance(theirs, list):
            self._sequences(path, ours, our_unknown, theirs, their_unknown)
        else:
            self.known += 1
            if not _same(ours, theirs):
                self.mismatches.append(f"{path}: we say {json.dumps(ours)}, terraform says {json.dumps(theirs)}")

    def _mappings(self, path: str, ours: Json, our_unknown: Json, theirs: Json, their_unknown: Json) -> None:
        our_unknown = our_unknown if isinstance(our_unknown, dict) else {}
        their_unknown = their_unknown if isinstance(their_unknown, dict) else {}
        self.known += not ours and not theirs
        for key in sorted({*ours, *our_unknown, *theirs, *their_unknown}):
            self._compare(
                f"{path}.{key}",
                ours.get(key, MISSING),
                our_unknown.get(key, False),
                theirs.get(key, MISSING),
                their_unknown.get(key, False),
            )

    def _sequences(self, path: str, ours: Json, our_unknown: Json, theirs: Json, their_unknown: Json) -> None:
        if len(ours) != len(theirs):
            self.mismatches.append(f"{path}: we have {len(ours)} elements, terraform has {len(theirs)}")
            return
        self.known += not ours
        left = _paired(ours, our_unknown)
        right = _paired(theirs, their_unknown)
        if all(isinstance(item, dict) for item in (*ours, *theirs)):
            right = _ordered_like(left, right)
        for i, ((a, au), (b, bu)) in enumerate(zip(left, right, strict=True)):
            self._compare(f"{path}[{i}]", a, au, b, bu)


def _paired(items: list[Json], unknown: Json) -> list[tuple[Json, Json]]:
    marks = unknown if isinstance(unknown, list) else []
    return [(item, marks[i] if i < len(marks) else False) for i, item in enumerate(items)]


def _ordered_like(left: list[tuple[Json, Json]], right: list[tuple[Json, Json]]) -> list[tuple[Json, Json]]:
    """The blocks of `right`, each at the place of the block of `left` that it agrees with best."""
    rest, found = list(right), []
    for ours in left:
        best = min(range(len(rest)), key=lambda i: (*_distance(ours, rest[i]), i))
        found.append(rest.pop(best))
    return found


def _distance(ours: tuple[Json, Json], theirs: tuple[Json, Json]) -> tuple[int, int]:
    trial = Comparison()
    trial._compare("", *ours, *theirs)
    return len(trial.mismatches), len(trial.lost) + len(trial.sharper)


def _same(ours: Json, theirs: Json) -> bool:
    """Equal, or the same JSON document: the provider writes policies anew, in an order of its own."""
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    if isinstance(ours, str) and isinstance(theirs, str) and ours.startswith("{") and ours != theirs:
        ours, theirs = _decoded(ours), _decoded(theirs)
    same: bool = ours == theirs
    return same


def _decoded(text: str) -> Json:
    try:
        return json.loads(text)
    except ValueError:
        return text


def planned(plan: Json) -> dict[str, tuple[Json, Json]]:
    """Address to (after, after_unknown) of every instance that the plan holds, data sources among them.

    A data source that is read only on apply shows its configuration and nothing else: its nulls say nothing.
    """
    found: dict[str, tuple[Json, Json]] = {}
    for change in plan.get("resource_changes", []):
        after, unknown = change["change"]["after"] or {}, change["change"]["after_unknown"] or {}
        if change["change"]["actions"] == ["read"]:
            unknown = {**{name: True for name, value in after.items() if value is None}, **unknown}
        if change["change"]["actions"] != ["delete"]:
            found[change["address"]] = (after, unknown)
    for resource in _resources(plan.get("prior_state", {}).get("values", {}).get("root_module", {})):
        found.setdefault(resource["address"], (resource["values"], {}))
    return found


def _resources(module: Json) -> list[Json]:
    return [*module.get("resources", []), *(r for m in module.get("child_modules", []) for r in _resources(m))]


def compare(plan: Json, dump: Json) -> Comparison:
    """The whole root: addresses are the same set, and every attribute agrees; outputs too."""
    result = Comparison()
    theirs = planned(plan)
    ours = {r["address"]: r for r in dump["environments"][0]["resources"]}
    for address in sorted(theirs.keys() ^ ours.keys()):
        side = "terraform" if address in theirs else "us"
        result.mismatches.append(f"{address}: only known to {side}")
    for address in sorted(theirs.keys() & ours.keys()):
        after, after_unknown = theirs[address]
        resource = ours[address]
        unknown = _hidden(resource["unknown"], resource.get("sensitive"))
        result.add(address, resource.get("values", {}), unknown, after, after_unknown)
    _outputs(result, plan, dump)
    return result


def _hidden(unknown: Json, sensitive: Json) -> Json:
    """The mirror of what is unknown with a mark at what we do not show for being sensitive."""
    if sensitive is True:
        return SENSITIVE
    if isinstance(sensitive, dict):
        unknown = unknown if isinstance(unknown, dict) else {}
        return {**unknown, **{name: _hidden(unknown.get(name), mark) for name, mark in sensitive.items()}}
    if isinstance(sensitive, list):
        unknown = unknown if isinstance(unknown, list) else [False] * len(sensitive)
        return [_hidden(u, s) for u, s in zip(unknown, sensitive, strict=True)]
    return unknown


def _outputs(result: Comparison, plan: Json, dump: Json) -> None:
    changes = plan.get("output_changes", {})
    for name, ours in dump["environments"][0]["outputs"].items():
        change = changes.get(name)
        if change is None or ours.get("sensitive") is True:
            continue
        result._compare(
            f"output.{name}",
            ours.get("value", MISSING),
            _hidden(ours["unknown"], ours.get("sensitive")),
            change.get("after", MISSING),
            change.get("after_unknown", False),
        )
