"""What indexes project: how many non-key attributes they name, as far as that is known."""

from __future__ import annotations

from dataclasses import dataclass

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Known, Unknown
from ddbaudit.model.attr import Attr
from ddbaudit.model.reading import elements, first_unknown
from ddbaudit.model.table import Index

TYPES = ("ALL", "INCLUDE", "KEYS_ONLY")
"""Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Projection.html"""


@dataclass(frozen=True, slots=True)
class Listed:
    """`least` attributes are certainly named; `unknown` tells why there may be more."""

    least: int
    unknown: Unknown | None

    @property
    def any(self) -> Verdict:
        """Whether there is one at all."""
        if self.least:
            return Verdict.PASS
        return Verdict.FAIL if self.unknown is None else Verdict.UNKNOWN


def listed(attributes: Attr) -> Listed:
    """Of `non_key_attributes`. Elements of a set that are not known may be the same."""
    items, unknown = elements(attributes.value)
    reasons = [item for item in items if isinstance(item, Unknown)]
    distinct = isinstance(attributes.value, Known) and attributes.value.kind != "set"
    if distinct or not reasons:
        return Listed(len(items), unknown)
    return Listed(max(len(items) - len(reasons), 1), first_unknown(unknown, *reasons))


def included(index: Index) -> Listed:
    """Of an index, if its projection is INCLUDE; none for others."""
    found = listed(index.non_key_attributes)
    if index.projection.text == "INCLUDE":
        return found
    may_be = index.projection.unknown is not None and found.any is not Verdict.FAIL
    return Listed(0, first_unknown(index.projection.unknown) if may_be else None)
