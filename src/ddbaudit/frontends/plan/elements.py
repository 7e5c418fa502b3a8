"""Elements of plan JSON: objects whose small fields say how their large ones are to be read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from ddbaudit.frontends.plan.problems import Problem
from ddbaudit.frontends.plan.scanner import Scanner
from ddbaudit.ir.instance import Mode
from ddbaudit.ir.plan import PlanError

Fields = Mapping[str, Any]
KIND = ("mode", "type")
"""The fields that decide how much of an element is kept."""

_MODES: Mapping[str, Mode] = {"managed": "managed", "data": "data"}

MOST_VALUES_OF_OTHERS = 200_000
"""Values of managed resources of other providers. No rule reads them, only expressions that refer to them."""

LargeReader = Callable[[Scanner, Fields], Any]


def read_element(
    scanner: Scanner, small: Collection[str], large: Mapping[str, LargeReader], needed: Collection[str]
) -> dict[str, Any]:
    """The fields of an object by name. A large one is read by its reader, to which the small ones are given; when the
    `needed` among those stand behind it, as in JSON whose keys were sorted, it is held until they are known."""
    fields: dict[str, Any] = {}
    held: dict[str, Scanner] = {}
    for key in scanner.object():
        if key in small:
            fields[key] = scanner.value()
        elif key in large:
            if all(name in fields for name in needed):
                fields[key] = large[key](scanner, fields)
            else:
                held[key] = scanner.hold()
    for key, inner in held.items():
        fields[key] = large[key](inner, fields)
    return fields


def text(scanner: Scanner, fields: Fields, name: str, default: str | None = None) -> str:
    """A field that is a string; PlanError (PLAN001) when it is none, or absent without a default."""
    found = fields.get(name)
    if found is None and default is not None:
        return default
    if not isinstance(found, str):
        raise malformed(scanner, f"{name} is no string" if name in fields else f"{name} is missing")
    return found


def kind(scanner: Scanner, fields: Fields) -> tuple[Mode | None, str]:
    """The mode and type of an element; no mode for what is neither a resource nor a data source."""
    return _MODES.get(text(scanner, fields, "mode")), text(scanner, fields, "type")


def is_other(mode: Mode | None, type_: str) -> bool:
    """Whether a resource is managed by another provider than that of AWS."""
    return mode == "managed" and not type_.startswith("aws_")


def items(scanner: Scanner, raw: Any, name: str) -> list[Any]:
    """A list; null is an empty one."""
    if raw is None:
        return []
    if not isinstance(raw, list):
        raise malformed(scanner, f"{name} is no list")
    return raw


def path(scanner: Scanner, raw: Any) -> tuple[str | int, ...]:
    """A path of attributes, as `replace_paths` and `relevant_attributes` have them."""
    if not isinstance(raw, list) or not all(isinstance(s, (str, int)) and not isinstance(s, bool) for s in raw):
        raise malformed(scanner, "a path is no list of names and indexes")
    return tuple(raw)


def strings(scanner: Scanner, raw: Any, name: str) -> tuple[str, ...]:
    """A list of strings; null is an empty one."""
    found = items(scanner, raw, name)
    if not all(isinstance(item, str) for item in found):
        raise malformed(scanner, f"{name} is no list of strings")
    return tuple(found)


def malformed(scanner: Scanner, detail: str) -> PlanError:
    """The refusal of JSON that is valid but not of the form that Terraform writes."""
    return scanner.error(Problem.NOT_A_PLAN, f"{scanner.where or 'the document'}: {detail}")
