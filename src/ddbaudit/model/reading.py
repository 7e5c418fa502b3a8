"""Reading evaluated blocks: arguments as `Attr`s with their places, nested blocks with what may be there beside them.

Everything that tells absence from ignorance is here. An argument that is not written is Absent at the header of its
block, unless the block's source could not be parsed completely: then it is Unknown.
"""

from __future__ import annotations

from dataclasses import dataclass

from ddbaudit.foundation.source import Span
from ddbaudit.ir.instance import BlockInstance
from ddbaudit.ir.types import DYNAMIC, STRING, Type
from ddbaudit.ir.value import Absent, Cause, Known, Unknown, Value
from ddbaudit.model.attr import Attr


def broken(block: BlockInstance, type_: Type = DYNAMIC) -> Unknown:
    """What stands for something that may be written in the unparsable part of a block."""
    return Unknown(type_, Cause("broken", f"the {block.type} block could not be parsed completely", block.header))


def attr(block: BlockInstance, name: str) -> Attr:
    """The argument at its expression; when it is not written, Absent (or Unknown) at the block's header."""
    argument = block.arguments.get(name)
    if argument is not None:
        return Attr(argument.value, argument.span)
    return Attr(broken(block) if block.broken else Absent(), block.header)


def text_attr(block: BlockInstance, name: str) -> Attr:
    """Like `attr`, for names, keys and references, where the provider takes "" for not set."""
    return without_empty(attr(block, name))


def without_empty(found: Attr) -> Attr:
    """ "" as Absent, with its place and the way it came by."""
    if isinstance(found.value, Known) and found.value.data == "":
        return Attr(Absent(STRING, found.value.origin, found.value.sensitive), found.span)
    return found


def absent(span: Span) -> Attr:
    return Attr(Absent(), span)


def unknown_attr(reason: Unknown, span: Span, type_: Type = DYNAMIC) -> Attr:
    """Something that is unknown because something else is."""
    return Attr(Unknown(type_, reason.cause, None, reason.origin), span)


@dataclass(frozen=True, slots=True)
class Nested:
    """The nested blocks of one type: those that certainly exist, those that may, why there may be more, and why one may
    stand for several."""

    items: tuple[BlockInstance, ...]
    possible: tuple[BlockInstance, ...]
    unknown: Unknown | None
    merged: Unknown | None = None

    @property
    def all(self) -> tuple[tuple[BlockInstance, bool], ...]:
        """Every block with whether it certainly exists."""
        return (*((b, True) for b in self.items), *((b, False) for b in self.possible))

    def place(self, otherwise: Span) -> Span:
        """Where to point when the blocks are spoken of: the `dynamic` block's header, if there is one."""
        first = next(iter((*self.items, *self.possible)), None)
        return first.header if first is not None else otherwise


def nested(block: BlockInstance, type_: str) -> Nested:
    group = block.group(type_)
    unknown = group.unknown
    if unknown is None and group.possible:
        unknown = Unknown(DYNAMIC, Cause("computed", f"the number of {type_} blocks is not known", block.header))
    if unknown is None and block.broken:
        unknown = broken(block)
    return Nested(group.items, group.possible, unknown, group.merged)


def first_unknown(*reasons: Unknown | None) -> Unknown | None:
    """The first reason, if there is one. (A Value has no truth value, so `or` will not do.)"""
    return next((reason for reason in reasons if reason is not None), None)


def elements(value: Value) -> tuple[tuple[Value, ...], Unknown | None]:
    """The known elements of a list, set or tuple and why there may be more; of anything else, none.

    An Unknown may carry what is known of it as its structure.
    """
    if isinstance(value, Known):
        found = value.items if isinstance(value.data, tuple) else ()
        return tuple(item.with_sensitive() for item in found) if value.sensitive else found, None
    if isinstance(value, Unknown):
        known = value.structure
        return (known.items if isinstance(known, Known) and isinstance(known.data, tuple) else ()), value
    return (), None


def members(value: Value) -> tuple[dict[str, Value], Unknown | None]:
    """The known entries of a map or object and why there may be more; likewise."""
    if isinstance(value, Known):
        found = dict(value.mapping) if isinstance(value.data, dict) else {}
        return {key: entry.with_sensitive() for key, entry in found.items()} if value.sensitive else found, None
    if isinstance(value, Unknown):
        known = value.structure
        return (dict(known.mapping) if isinstance(known, Known) and isinstance(known.data, dict) else {}), value
    return {}, None


def own_place(value: Value, within: Span) -> Span:
    """The place of an element when it is written inside `within`, else `within`: the expression that holds it."""
    span = value.origin.span if value.origin is not None else None
    return span if span is not None and contains(within, span) else within


def contains(outer: Span, inner: Span) -> bool:
    return outer.source is inner.source and outer.start <= inner.start and inner.end <= outer.end
