"""The three values of a judgement, and the two further states that the ledger knows."""

from __future__ import annotations

import enum


class Verdict(enum.Enum):
    """PASS, FAIL or UNKNOWN; in the ledger also NOT_APPLICABLE and ERROR (the rule crashed).

    The operators are Kleene's three-valued logic and defined on the first three only. A verdict has no truth value.
    """

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"
    ERROR = "error"

    def __and__(self, other: Verdict) -> Verdict:
        if Verdict.FAIL in (self, other):
            return Verdict.FAIL
        return Verdict.UNKNOWN if Verdict.UNKNOWN in (self, other) else Verdict.PASS

    def __or__(self, other: Verdict) -> Verdict:
        if Verdict.PASS in (self, other):
            return Verdict.PASS
        return Verdict.UNKNOWN if Verdict.UNKNOWN in (self, other) else Verdict.FAIL

    def __invert__(self) -> Verdict:
        return {Verdict.PASS: Verdict.FAIL, Verdict.FAIL: Verdict.PASS}.get(self, self)

    def __bool__(self) -> bool:
        raise TypeError("a Verdict has more than two values; compare with `is`")


class Severity(enum.IntEnum):
    """How much a finding matters; ordered, so that `>=` compares against `--fail-on`."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def label(self) -> str:
        return self.name.lower()

    @classmethod
    def parse(cls, text: str) -> Severity:
        """The severity of that (lower-case) name; ValueError otherwise."""
        try:
            return cls[text.upper()]
        except KeyError:
            raise ValueError(f"unknown severity {text!r}: use one of high, medium, low, info") from None
