"""Constants of a configuration and values of a plan side by side."""

from __future__ import annotations

from ddbaudit.ir.value import Absent, Known, Unknown, Value


def same_value(left: Value, right: Value) -> bool:
    """Whether two values are known and equal, whatever their types."""
    pending = [(left, right)]
    while pending:
        one, other = pending.pop()
        if isinstance(one, Absent) and isinstance(other, Absent):
            continue
        if not isinstance(one, Known) or not isinstance(other, Known):
            return False
        if isinstance(one.data, dict) and isinstance(other.data, dict):
            if one.data.keys() != other.data.keys():
                return False
            pending.extend((one.data[key], other.data[key]) for key in one.data)
        elif isinstance(one.data, tuple) and isinstance(other.data, tuple):
            if len(one.data) != len(other.data):
                return False
            pending.extend(zip(one.data, other.data, strict=True))
        elif one.data != other.data or isinstance(one.data, bool) != isinstance(other.data, bool):
            return False
    return True


def may_be_same(constant: Value, planned: Value) -> bool:
    """Whether a plan may show a constant so: what is unknown may be anything, and within blocks null is shown as the
    zero of its type."""
    if isinstance(planned, Unknown) or isinstance(constant, Unknown):
        return True
    if isinstance(constant, Absent) or isinstance(planned, Absent):
        return _is_zero(constant) and _is_zero(planned)
    return same_value(constant, planned)


def _is_zero(value: Value) -> bool:
    return isinstance(value, Absent) or (isinstance(value, Known) and not value.data)
