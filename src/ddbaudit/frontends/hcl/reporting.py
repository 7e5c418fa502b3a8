"""Errors of evaluation as what people get to see: faults that rules report, diagnostics, or both.

A value that Terraform refuses is a fault, so that a rule can report it as a finding, and a diagnostic for the runs in
which no such rule runs.
"""

from __future__ import annotations

from collections.abc import Callable

from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.frontends.hcl.scope import EvalError
from ddbaudit.ir.instance import Fault
from ddbaudit.ir.value import Cause

REFUSED = "invalid-value"
_PERHAPS_NONE = Cause("no-value", "whether there is any instance of this is not known")


def fault_of(error: EvalError, *, certain: bool) -> Fault | None:
    """`certain` is False for what stands in something of which there may be no instance at all."""
    doubt = None if certain else _PERHAPS_NONE
    if error.cycle:
        return Fault("cycle", error.message, error.span, error.help)
    if error.refused:
        return Fault(
            REFUSED, error.message, error.span, error.help, "refused", doubt, related=error.related, detail=error.detail
        )
    return None


def diagnostic_of(error: EvalError, *, certain: bool) -> Diagnostic | None:
    """None for what is only a fault: rules always report cycles."""
    if error.cycle:
        return None
    level = Level.ERROR if certain else Level.WARNING
    detail = error.message if certain else f"{error.message} (if there is any instance of this)"
    fault = REFUSED if error.refused else ""
    return Diagnostic(
        "EVAL001",
        level,
        "Invalid expression",
        detail,
        error.span,
        help=error.help,
        related=error.related,
        fault=fault,
    )


def keeper(
    faults: list[Fault], add: Callable[[Diagnostic], None], otherwise: Callable[[EvalError], None], *, certain: bool
) -> Callable[[EvalError], None]:
    """Reports errors in one resource: values that are refused as its own faults (and as diagnostics), the rest as
    `otherwise` does."""

    def report(error: EvalError) -> None:
        fault, diagnostic = fault_of(error, certain=certain), diagnostic_of(error, certain=certain)
        if not error.refused or fault is None or diagnostic is None:
            otherwise(error)
            return
        faults.append(fault)
        add(diagnostic)

    return report
