"""Attributes compared with three answers."""

from __future__ import annotations

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Hole, Unknown
from ddbaudit.model.attr import Attr
from ddbaudit.model.globs import literal, same


def equal(one: Attr, two: Attr) -> Verdict:
    """Whether two attributes hold the same string. What is not set equals nothing; unknown parts may hold anything,
    but the same unknown part is the same text."""
    if not one.is_set or not two.is_set:
        return Verdict.FAIL
    if one.text is not None and two.text is not None:
        return Verdict.PASS if one.text == two.text else Verdict.FAIL
    return same(literal(one.parts), literal(two.parts))


def may_be_unset(attr: Attr) -> bool:
    """Whether an attribute may turn out null or empty: it is not known, and no part of it is known either."""
    return attr.is_unknown and all(isinstance(part, Hole) for part in attr.parts)


def reason(*attrs: Attr) -> Unknown | None:
    """Why the first unknown one of them is unknown."""
    return next((attr.unknown for attr in attrs if attr.unknown is not None), None)
