"""Faults that evaluation has found, as problems of the rules that report them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ddbaudit.ir.instance import Fault
from ddbaudit.sdk.problem import Problem, fail, unknown


def problems(faults: Iterable[Fault], kinds: frozenset[str]) -> Iterator[Problem]:
    """One FAIL for each fault of these kinds; UNKNOWN where the schema may not be the one that counts."""
    for fault in faults:
        if fault.kind in kinds and fault.doubt is not None:
            message = f"whether Terraform accepts this is not known: {fault.message}, but {fault.doubt.text}"
            yield unknown(message, fault.span, **_rest(fault))
        elif fault.kind in kinds:
            yield fail(fault.message, fault.span, **_rest(fault))


def _rest(fault: Fault) -> dict[str, Any]:
    return {
        "label": fault.label,
        "help": fault.help,
        "related": fault.related,
        "detail": fault.detail or fault.message,
    }
