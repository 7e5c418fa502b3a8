"""Whether what the source says of a block can be what a plan has of it.

Only what certainly differs counts. An older SDK makes most resources, which cannot tell "empty" from "not set"; JSON
documents are written anew; the order of sets means nothing; what is unknown on either side may be anything that fits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from ddbaudit.ir.filling import parse_json, same
from ddbaudit.ir.instance import BlockInstance
from ddbaudit.ir.value import Absent, Known, Unknown, Value, parts_of


def agrees(ours: Value, planned: Value) -> bool:
    """Whether the two may be one value."""
    if isinstance(planned, Unknown):
        return True
    if isinstance(ours, Unknown):
        return _may_be(ours, planned)
    if is_empty(ours) or is_empty(planned):
        return is_empty(ours) and is_empty(planned)
    assert isinstance(ours, Known)
    assert isinstance(planned, Known)
    x, y = ours.data, planned.data
    if isinstance(x, dict) and isinstance(y, dict):
        names = {n for n in (*x, *y) if not n.startswith("aws:")}
        return all(agrees(x.get(n, _NOTHING), y.get(n, _NOTHING)) for n in names)
    if isinstance(x, tuple) and isinstance(y, tuple):
        return _sequences_agree(ours, planned)
    return _scalars_agree(x, y)


_NOTHING = Absent()


def is_empty(value: Value) -> bool:
    """Null, "", 0, false or an empty collection."""
    return isinstance(value, Absent) or (isinstance(value, Known) and not value.data)


def _may_be(ours: Unknown, planned: Value) -> bool:
    if ours.structure is not None and isinstance(planned, Known) and isinstance(planned.data, str):
        document = parse_json(planned.data, None)
        return document is None or documents_agree(ours.structure, document)
    parts = parts_of(ours)
    if not isinstance(planned, Known) or not isinstance(planned.data, str) or len(parts) < 2:
        return True
    return _has_in_order(planned.data, [part if isinstance(part, str) else None for part in parts])


def _has_in_order(text: str, parts: Sequence[str | None]) -> bool:
    """Whether a text is made of these parts, of which None may be anything."""
    first, last = parts[0], parts[-1]
    if (first or "").lstrip().startswith(("{", "[")):  # a document, which the provider writes anew
        return True
    if not text.startswith(first or "") or not text.endswith(last or ""):
        return False
    at = 0
    for part in parts:
        found = text.find(part or "", at)
        if found < 0:
            return False
        at = found + len(part or "")
    return True


def _sequences_agree(ours: Known, planned: Known) -> bool:
    if "set" not in (ours.kind, planned.kind):
        if len(ours.items) != len(planned.items):
            return False
        return all(agrees(a, b) for a, b in zip(ours.items, planned.items, strict=True))
    return all(any(agrees(a, b) for b in planned.items) for a in ours.items) and all(
        any(agrees(a, b) for a in ours.items) for b in planned.items
    )


def _scalars_agree(x: object, y: object) -> bool:
    if isinstance(x, Decimal) and isinstance(y, Decimal):
        return x == y or float(x) == float(y)
    if isinstance(x, str) and isinstance(y, str):
        return x == y or _texts_agree(x, y)
    return _as_text(x) == _as_text(y)


def _as_text(x: object) -> str:
    return ("true" if x else "false") if isinstance(x, bool) else str(x)


def _texts_agree(x: str, y: str) -> bool:
    """The same JSON document."""
    if not x.lstrip().startswith(("{", "[")):
        return False
    ours, planned = parse_json(x, None), parse_json(y, None)
    return ours is not None and planned is not None and documents_agree(ours, planned)


def documents_agree(ours: Value, planned: Value) -> bool:
    """Whether two policy documents may be the same: in those the order of a list means nothing, and a single element
    may stand for the list of it. Source: IAM's policy grammar."""
    if isinstance(ours, Unknown):
        return ours.structure is not None or _may_be(ours, planned)
    if isinstance(planned, Unknown):
        return True
    if isinstance(ours, Known) and isinstance(planned, Known):
        x, y = ours.data, planned.data
        if isinstance(x, dict) and isinstance(y, dict):
            names = {*x, *y}
            return all(documents_agree(x.get(n, _NOTHING), y.get(n, _NOTHING)) for n in names)
        if isinstance(x, tuple) or isinstance(y, tuple):
            return _lists_agree(_listed(ours), _listed(planned))
    return same(ours, planned) or agrees(ours, planned)


def _listed(value: Known) -> tuple[Value, ...]:
    return value.data if isinstance(value.data, tuple) else (value,)


def _lists_agree(ours: tuple[Value, ...], planned: tuple[Value, ...]) -> bool:
    return all(any(documents_agree(a, b) for b in planned) for a in ours) and all(
        any(documents_agree(a, b) for a in ours) for b in planned
    )


def disagreement(block: BlockInstance, planned: Mapping[str, Value]) -> tuple[int, int]:
    """How far a block is from one of a plan: arguments that certainly differ, then those that may."""
    wrong = open_ = 0
    for name, argument in block.arguments.items():
        theirs = planned.get(name, _NOTHING)
        if not agrees(argument.value, theirs):
            wrong += 1
        elif isinstance(argument.value, Unknown) or isinstance(theirs, Unknown):
            open_ += 1
    return wrong, open_
