"""Errors that end a run. Everything else is a diagnostic, a finding or an ERROR verdict in the ledger."""

from __future__ import annotations

import os


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


def describe(error: BaseException) -> str:
    """An unexpected error by its type and the line of code: `KeyError in statements.py:88`.

    Its own message is left out, because it may quote a value of the input that must not be shown.
    """
    here = error.__traceback__
    while here is not None and here.tb_next is not None:
        here = here.tb_next
    if here is None:
        return type(error).__name__
    return f"{type(error).__name__} in {os.path.basename(here.tb_frame.f_code.co_filename)}:{here.tb_lineno}"
