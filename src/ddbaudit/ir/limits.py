"""What the AWS provider says of the values of arguments, which its schema does not: enumerations, ranges, ARNs, JSON,
arguments that exclude each other, and the regions that it knows.

`data/values.json` holds it for the types that rules judge; `scripts/refresh_values.py` records it from the answers of
`terraform validate` and states the format. It is read when first asked for. What is not in it is not known.
"""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

import msgspec

from ddbaudit.ir.schema import Mode


@dataclass(frozen=True, slots=True)
class Limit:
    """Which values an argument takes; what is empty or None is no limit.

    `path` names the argument after the blocks it stands in. `low` and `high` bound a whole number. `arn`: "checked" is
    the form of an ARN with the partition, region and account in it, "parsed" the form alone. `json`: "object" or any
    JSON text.
    """

    path: tuple[str, ...]
    one_of: tuple[str | int, ...] = ()
    low: int | None = None
    high: int | None = None
    arn: Literal["", "checked", "parsed"] = ""
    json: Literal["", "object", "any"] = ""

    @property
    def name(self) -> str:
        """`point_in_time_recovery.recovery_period_in_days`."""
        return ".".join(self.path)


class _Document(msgspec.Struct):
    regions: list[str]
    managed: dict[str, dict[str, dict[str, Any]]]
    data: dict[str, dict[str, dict[str, Any]]]
    conflicts: dict[str, list[list[str]]]


NO_LIMITS: Final[tuple[Limit, ...]] = ()


@cache
def limits_of(mode: Mode, type_name: str) -> tuple[Limit, ...]:
    """Those of a type's arguments that have any."""
    found = (_document().managed if mode == "managed" else _document().data).get(type_name)
    return tuple(_limit(name, given) for name, given in found.items()) if found is not None else NO_LIMITS


@cache
def conflicts_of(type_name: str) -> tuple[tuple[str, ...], ...]:
    """Pairs of names at the top of a resource of which at most one may be set."""
    return tuple(tuple(pair) for pair in _document().conflicts.get(type_name, ()))


@cache
def regions() -> frozenset[str]:
    """The names of the regions of AWS that the provider knows."""
    return frozenset(_document().regions)


def _limit(name: str, given: dict[str, Any]) -> Limit:
    low, high = given.get("range", (None, None))
    path = tuple(name.split("."))
    return Limit(path, tuple(given.get("one_of", ())), low, high, given.get("arn", ""), given.get("json", ""))


@cache
def _document() -> _Document:
    content = pkgutil.get_data(__package__, "data/values.json")
    if content is None:
        raise FileNotFoundError("values.json")
    return msgspec.json.decode(content, type=_Document)
