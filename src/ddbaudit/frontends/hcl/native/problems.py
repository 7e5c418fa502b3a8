"""What can be wrong with HCL text, and how much of it the parser takes on."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from ddbaudit.foundation.diagnostic import Diagnostic


class Problem(enum.Enum):
    """The kinds of parse diagnostics: a stable code and its constant summary."""

    SYNTAX = ("HCL001", "Invalid syntax")
    DUPLICATE = ("HCL002", "Attribute set twice")
    LIMIT = ("HCL003", "Input exceeds a limit of the parser")
    CHARACTER = ("HCL004", "Invalid character")
    UNCLOSED = ("HCL005", "Opened but never closed")
    ESCAPE = ("HCL006", "Invalid escape sequence")
    NUMBER = ("HCL007", "Invalid number")

    @property
    def code(self) -> str:
        return self.value[0]

    @property
    def summary(self) -> str:
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much input the parser takes on; beyond it there is an HCL003 diagnostic, never a crash.

    Real code stays far below. `max_depth` counts nested brackets, blocks, interpolations and template directives.
    `max_chain` counts operators, prefixes, conditionals and `.name` or `[…]` steps, summed along one path into the
    tree. The two together bound the height of every tree, for everybody who walks one. Sizes are in code points.
    """

    max_depth: int = 200
    max_chain: int = 300
    max_size: int = 10_000_000
    max_nodes: int = 2_000_000
    max_errors: int = 100
    max_digits: int = 4_000


DEFAULT_LIMITS = Limits()


class ParseAbort(Exception):  # noqa: N818 - a jump to the recovery, never seen outside the parser
    """The item at hand cannot be parsed any further; `start` is the offset at which parsing stopped."""

    def __init__(self, diagnostic: Diagnostic, start: int) -> None:
        super().__init__(diagnostic.detail)
        self.diagnostic = diagnostic
        self.start = start
