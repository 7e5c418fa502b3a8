"""An attribute as rules see it: a value and the place where it stands, or where it is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from ddbaudit.foundation.source import Span
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Absent, Known, Part, Unknown, Value, parts_of, parts_text


@dataclass(frozen=True, slots=True)
class Attr:
    """`span` is the expression that gives the value; when the attribute is not set, the header of the block in which
    it is missing. "" counts as not set where the model says so (see `model.build`)."""

    value: Value
    span: Span

    @property
    def is_set(self) -> bool:
        """False only when certainly not set; an unknown value may be set."""
        return not isinstance(self.value, Absent)

    @property
    def is_unknown(self) -> bool:
        return isinstance(self.value, Unknown)

    @property
    def unknown(self) -> Unknown | None:
        return self.value if isinstance(self.value, Unknown) else None

    @property
    def text(self) -> str | None:
        """The string, when it is a known one."""
        return self.value.data if isinstance(self.value, Known) and isinstance(self.value.data, str) else None

    @property
    def public(self) -> str | None:
        """The string, when it is a known one and may be told."""
        return None if self.value.sensitive else self.text

    @property
    def flag(self) -> bool | None:
        """The bool, when it is a known one."""
        return self.value.data if isinstance(self.value, Known) and isinstance(self.value.data, bool) else None

    @property
    def number(self) -> Decimal | None:
        return self.value.data if isinstance(self.value, Known) and isinstance(self.value.data, Decimal) else None

    @property
    def parts(self) -> tuple[Part, ...]:
        """The string as text, symbols and holes; empty when not set."""
        return parts_of(self.value)

    @property
    def shown(self) -> str:
        """The value for messages: text, `${…}` for what is unknown, `(sensitive)`, `null`."""
        if self.value.sensitive:
            return "(sensitive)"
        if isinstance(self.value, Known):
            data = self.value.data
            if isinstance(data, bool):
                return "true" if data else "false"
            return str(data) if isinstance(data, str | Decimal) else self.value.kind
        return parts_text(self.parts) if isinstance(self.value, Unknown) else "null"

    def test(self, predicate: Callable[[Value], bool], *, if_absent: bool) -> Verdict:
        """PASS or FAIL as the predicate says of a known value; absence as `if_absent` says; else UNKNOWN."""
        match self.value:
            case Known():
                return Verdict.PASS if predicate(self.value) else Verdict.FAIL
            case Absent():
                return Verdict.PASS if if_absent else Verdict.FAIL
            case _:
                return Verdict.UNKNOWN

    def is_true(self, *, if_absent: bool = False) -> Verdict:
        return self.test(lambda v: isinstance(v, Known) and v.data is True, if_absent=if_absent)
