"""Faults that evaluation has found, as problems of the rules that report them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ddbaudit.ir.instance import Fault
from ddbaudit.sdk.problem import Problem, fail


def problems(faults: Iterable[Fault], kinds: frozenset[str]) -> Iterator[Problem]:
    """One FAIL for each fault of these kinds."""
    for fault in faults:
        if fault.kind in kinds:
            yield fail(fault.message, fault.span, label=fault.label, help=fault.help, detail=fault.message)
