"""Evaluations as JSON-shaped data, in the shapes of Terraform's plan JSON (format 1 of `ddbaudit dump`).

`values` holds what is known, `unknown` mirrors it with true at every unknown leaf (as plan JSON's `after_unknown`),
`symbols` gives the text of partly known strings by attribute path, `sensitive` mirrors it with true at what is not
shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ddbaudit.foundation.diagnostic import Diagnostic
from ddbaudit.frontends.hcl.objects import instance_object
from ddbaudit.ir.instance import Evaluation, ResourceInstance
from ddbaudit.ir.value import Absent, Known, Unknown, Value, parts_text
from ddbaudit.reporters.json_ import diagnostic

FORMAT = 1

Json = Any


def dump(evaluations: Sequence[Evaluation]) -> dict[str, Json]:
    """The document that `ddbaudit dump` prints."""
    seen: dict[Diagnostic, None] = {}
    for evaluation in evaluations:
        seen.update(dict.fromkeys(evaluation.diagnostics))
    return {
        "format": FORMAT,
        "environments": [_environment(e) for e in evaluations],
        "diagnostics": [diagnostic(d) for d in sorted(seen, key=Diagnostic.sort_key)],
    }


def _environment(evaluation: Evaluation) -> dict[str, Json]:
    outputs = evaluation.modules[0].outputs if evaluation.modules else {}
    return {
        "name": evaluation.environment,
        "root": evaluation.root,
        "resources": [resource_json(r) for r in sorted(evaluation.resources, key=lambda r: r.address)],
        "outputs": {name: _shape(setting.value).as_json("value") for name, setting in sorted(outputs.items())},
    }


def resource_json(instance: ResourceInstance) -> dict[str, Json]:
    """One resource or data instance."""
    shape = _shape(instance_object(instance))
    begin = instance.body.header.begin
    return {
        "address": instance.address,
        "mode": instance.mode,
        "type": instance.type,
        **shape.as_json("values"),
        "file": instance.body.header.path,
        "line": begin.line,
    }


class _Shape:
    """A value split into what is known, unknown, symbolic and sensitive."""

    __slots__ = ("known", "sensitive", "symbols", "unknown")

    def __init__(self, known: Json, unknown: Json, sensitive: Json, symbols: dict[str, str]) -> None:
        self.known = known
        self.unknown = unknown
        self.sensitive = sensitive
        self.symbols = symbols

    def as_json(self, name: str) -> dict[str, Json]:
        result: dict[str, Json] = {} if self.known is _NOTHING else {name: self.known}
        result["unknown"] = self.unknown
        if self.symbols:
            result["symbols"] = self.symbols
        if self.sensitive not in (False, {}, []):
            result["sensitive"] = self.sensitive
        return result


_NOTHING = object()


def _shape(value: Value) -> _Shape:
    symbols: dict[str, str] = {}
    known, unknown, sensitive = _split(value, "", symbols)
    return _Shape(known, unknown, sensitive, symbols)


def _split(value: Value, path: str, symbols: dict[str, str]) -> tuple[Json, Json, Json]:
    """The known part (or _NOTHING), the mirror of unknown leaves, the mirror of sensitive ones."""
    if value.sensitive:
        return _NOTHING, isinstance(value, Unknown), True
    if isinstance(value, Unknown):
        if value.parts is not None:
            symbols[path] = parts_text(value.parts)
        return _NOTHING, True, False
    if isinstance(value, Absent):
        return None, False, False
    assert isinstance(value, Known)
    data = value.data
    if isinstance(data, tuple):
        return _split_sequence(data, path, symbols)
    if isinstance(data, dict):
        return _split_mapping(data, path, symbols)
    return (_number(data) if isinstance(data, Decimal) else data), False, False


def _split_sequence(items: Sequence[Value], path: str, symbols: dict[str, str]) -> tuple[Json, Json, Json]:
    parts = [_split(item, f"{path}[{i}]", symbols) for i, item in enumerate(items)]
    known = [None if k is _NOTHING else k for k, _, _ in parts]
    unknown = [u for _, u, _ in parts]
    sensitive = [s for _, _, s in parts]
    return known, _empty_if_false(unknown, []), _empty_if_false(sensitive, [])


def _split_mapping(items: dict[str, Value], path: str, symbols: dict[str, str]) -> tuple[Json, Json, Json]:
    known: dict[str, Json] = {}
    unknown: dict[str, Json] = {}
    sensitive: dict[str, Json] = {}
    for key, item in items.items():
        inner = f"{path}.{key}" if path else key
        k, u, s = _split(item, inner, symbols)
        if k is not _NOTHING:
            known[key] = k
        if u not in (False, [], {}):
            unknown[key] = u
        if s not in (False, [], {}):
            sensitive[key] = s
    return known, unknown, sensitive


def _empty_if_false(mirror: list[Json], empty: list[Json]) -> list[Json]:
    return empty if all(m in (False, [], {}) for m in mirror) else mirror


def _number(number: Decimal) -> int | float:
    """An int where exact; a float is the nearest JSON number, as in plan JSON."""
    return int(number) if number == number.to_integral_value() else float(number)
