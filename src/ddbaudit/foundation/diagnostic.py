"""Diagnostics: what could not be read or evaluated of the input (findings say what a rule thinks of it)."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from ddbaudit.foundation.source import Span


class Level(enum.Enum):
    """How grave a diagnostic is.

    ERROR: something could not be read or evaluated, the run is incomplete (exit 3); a suppression that does not hold
    (`SUP…`) is a violation instead.
    WARNING: worth saying, the run stays complete.
    """

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Related:
    """A further place with a note, such as the first of two declarations."""

    span: Span
    note: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem with the input.

    `summary` is constant per kind of problem; `detail` says what is wrong with names; `help` says what to do.
    `path` is set where no span can be given (an unreadable file). `code` is stable: `HCL…` parsing, `EVAL…`
    evaluation, `MOD…` modules, `VAR…` variables, `IO…` files, `SUP…` suppressions. A terraform error (something
    `terraform validate` or `plan` refuses too) is still a diagnostic when the value it concerns is needed; rules may
    report it as a finding:
    `fault` is the kind of fault at the same place that says the same.
    """

    code: str
    level: Level
    summary: str
    detail: str
    span: Span | None = None
    path: str | None = None
    help: str = ""
    related: tuple[Related, ...] = field(default=())
    fault: str = ""

    @property
    def where(self) -> str:
        return str(self.span) if self.span is not None else (self.path or "")

    def sort_key(self) -> tuple[str, int, str, str]:
        if self.span is not None:
            return (self.span.path, self.span.start, self.code, self.detail)
        return (self.path or "", -1, self.code, self.detail)
