"""Errors that end a run. Everything else is a diagnostic, a finding or an ERROR verdict in the ledger."""

from __future__ import annotations


class DdbauditError(Exception):
    """Base of all errors that this project raises on purpose; `exit_code` is what the process ends with."""

    exit_code = 4

    def __init__(self, message: str, *, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help


class UsageError(DdbauditError):
    """Bad command line, configuration, policy, rule id or missing path: nothing was judged."""

    exit_code = 2


class InternalError(DdbauditError):
    """Our own fault, or a requested output could not be written."""

    exit_code = 4
