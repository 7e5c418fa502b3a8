"""The data sources that were read for a plan, from the state in its archive.

Source: state file format version 4, internal/states/statefile/version4.go of https://github.com/hashicorp/terraform .
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec

from ddbaudit.foundation.source import StructuredFile
from ddbaudit.frontends.plan.addresses import address_text
from ddbaudit.frontends.plan.archive import STATE, Archive
from ddbaudit.frontends.plan.msgpack_values import Marks, Path, ValueReader, label
from ddbaudit.ir.plan import KEPT_ALWAYS, Change, keeps_all
from ddbaudit.ir.schema import resource_schema
from ddbaudit.ir.value import Absent


class _Resource(msgspec.Struct):
    mode: str
    type: str
    name: str
    module: str = ""
    instances: msgspec.Raw = msgspec.Raw(b"[]")


class _Instance(msgspec.Struct):
    attributes: dict[str, Any] | None = None
    index_key: str | int | None = None
    sensitive_attributes: list[list[dict[str, Any]]] = []
    deposed: str = ""


class _State(msgspec.Struct):
    version: int
    resources: list[_Resource] | None = None


_INSTANCES = msgspec.json.Decoder(list[_Instance], float_hook=Decimal)


def read_data(content: bytes, archive: Archive, file: StructuredFile, budget: list[int]) -> Iterator[Change]:
    """The data sources in a state; PlanError when it is none."""
    try:
        state = msgspec.json.decode(content, type=_State)
        resources = [(r, _INSTANCES.decode(r.instances)) for r in state.resources or () if r.mode == "data"]
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise archive.broken(STATE, "it is no state of a known form") from None
    if state.version != 4:
        raise archive.broken(STATE, f"it has the version {state.version}; known is version 4")
    for resource, instances in resources:
        for instance in instances:
            yield _read(resource, instance, file, budget)


def _read(resource: _Resource, instance: _Instance, file: StructuredFile, budget: list[int]) -> Change:
    address = address_text(resource.module, "data", resource.type, resource.name, instance.index_key)
    kept = None if keeps_all(resource.type, "data") else KEPT_ALWAYS
    reader = ValueReader(lambda path: file.place(label(address, path)), budget)
    marks = Marks.of(_path(steps) for steps in instance.sensitive_attributes)
    after = reader.resource(instance.attributes, resource_schema("data", resource.type), kept, marks)
    return Change(
        address,
        resource.module,
        "data",
        resource.type,
        resource.name,
        instance.index_key,
        ("read",),
        Absent(),
        after,
        file.place(address),
    )


def _path(steps: list[dict[str, Any]]) -> Path:
    """A path of `sensitive_attributes`; it ends where a step is no name, key or index."""
    path: list[str | int] = []
    for step in steps:
        found = step.get("value")
        found = found.get("value") if isinstance(found, dict) else found
        if isinstance(found, bool) or not isinstance(found, (str, int)):
            break
        path.append(found)
    return tuple(path)
