"""Faults that a rule reports are not told a second time as diagnostics."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ddbaudit.engine.judge import ActiveRule
from ddbaudit.foundation.diagnostic import Diagnostic
from ddbaudit.ir.instance import Fault
from ddbaudit.model.estate import Estate


def diagnostics_of(estate: Estate, rules: Sequence[ActiveRule]) -> Iterator[Diagnostic]:
    """The diagnostics of an estate but those that say what a rule that runs reports as a finding."""
    reported = frozenset[str]().union(*(active.rule.faults for active in rules))
    found = {(fault.kind, fault.span) for fault in _faults(estate) if fault.kind in reported}
    return (d for d in estate.evaluation.diagnostics if not d.fault or (d.fault, d.span) not in found)


def _faults(estate: Estate) -> Iterator[Fault]:
    for module in estate.modules:
        yield from (*module.faults, *module.warnings)
    for declaration in estate.declarations:
        yield from declaration.faults
    for resource in estate.resources:
        yield from resource.faults
