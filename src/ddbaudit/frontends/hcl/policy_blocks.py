"""The `statement` blocks of a policy document: what they say as a value with places, and how they are written.

Source: hashicorp/terraform-provider-aws, internal/service/iam/policy_document_data_source.go. The order of blocks that
form a set is that of the hashes that the provider's SDK gives them (terraform-plugin-sdk, helper/schema: set.go,
serialize.go).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from ddbaudit.foundation.source import Span
from ddbaudit.frontends.hcl.policy_json import (
    AnyOrder,
    Node,
    Piece,
    Unwritable,
    compare,
    descending,
    principals_node,
    text_member,
)
from ddbaudit.frontends.hcl.policy_merge import Statement
from ddbaudit.ir.instance import Argument, BlockInstance
from ddbaudit.ir.types import DYNAMIC, STRING
from ddbaudit.ir.value import (
    Absent,
    Known,
    Origin,
    Unknown,
    Value,
    object_value,
    parts_of,
    parts_text,
    string,
    tuple_value,
)
from ddbaudit.model.reading import Nested, attr, broken, elements, first_unknown, nested

TERMS = (
    ("actions", "Action", False),
    ("not_actions", "NotAction", False),
    ("resources", "Resource", True),
    ("not_resources", "NotResource", True),
)
"""Argument, member, and whether `&{` in it stands for `${`."""

OLD_VERSION = "2008-10-17"

Refuse = Callable[[str, Span], None]


@dataclass(slots=True)
class StatementReader:
    """Reads one `statement` block. `refuse` takes what the provider refuses; the statement is read all the same."""

    block: BlockInstance
    version: Value
    refuse: Refuse
    members: dict[str, Value] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    writable: bool = True

    def read(self) -> Statement:
        sid = self._sid()
        self._effect()
        for argument, member, templated in TERMS:
            self._terms(argument, member, templated)
        self._principals("principals", "Principal")
        self._principals("not_principals", "NotPrincipal")
        self._conditions()
        value: Value = object_value(self.members, Origin(self.block.header))
        if self.block.broken:
            value = partly(value, broken(self.block))
            self.writable = False
        return Statement(value, self.nodes if self.writable else None, sid)

    def _put(self, member: str, value: Value, node: Callable[[], Node | None]) -> None:
        """Adds a member; its node is made by `node`, unless the text cannot be told."""
        self.members[member] = value
        try:
            made = node()
        except Unwritable:
            self.writable = False
            return
        if made is not None:
            self.nodes[member] = made

    def _sid(self) -> str | Unknown | None:
        value = attr(self.block, "sid").value
        if isinstance(value, Absent) or (isinstance(value, Known) and not value.data):
            return None
        self._put("Sid", value, lambda: text_member(value, "sid"))
        return value if isinstance(value, Unknown) else value.text if isinstance(value, Known) else None

    def _effect(self) -> None:
        found = attr(self.block, "effect")
        value = string("Allow") if isinstance(found.value, Absent) else found.value
        if isinstance(value, Known) and value.data not in ("Allow", "Deny"):
            self.refuse(f'expected effect to be one of ["Allow" "Deny"], got {shown_text(value)}', found.span)
        self._put("Effect", value, lambda: value)

    # -- lists of strings ----------------------------------------------------------------------------------------------

    def _terms(self, name: str, member: str, templated: bool) -> None:
        argument = self.block.arguments.get(name)
        if argument is None:
            return
        value, node = self._set(argument, templated)
        if isinstance(value, Unknown):
            # It may turn out empty, and is then left out.
            self._put(member, value, _unwritable)
        elif isinstance(value, Known) and value.items:
            self._put(member, value, lambda: node)

    def _set(self, argument: Argument, templated: bool) -> tuple[Value, Piece]:
        """A set of strings as a list in the provider's order, and how it is written."""
        value = argument.value
        if not isinstance(value, Known):
            return (value, value) if isinstance(value, Unknown) else (_list((), argument), ())
        items = descending(_distinct(self._strings(argument, templated)))
        return _list(items, argument), items[0] if len(items) == 1 else items

    def _strings(self, argument: Argument, templated: bool) -> list[Value]:
        """The elements of a known list or set, each with an origin."""
        assert isinstance(argument.value, Known)
        result: list[Value] = []
        for item in argument.value.items:
            if isinstance(item, Absent):
                self.refuse(f"null values are not allowed in {argument.name}", argument.span)
                continue
            placed = item if item.origin is not None else item.with_origin(_origin(argument))
            result.append(self._unescaped(placed, argument) if templated else placed)
        return result

    def _unescaped(self, value: Value, argument: Argument) -> Value:
        """`&{` is how `${` is written for IAM, lest Terraform takes it for its own."""
        parts = parts_of(value)
        if not any(isinstance(part, str) and "&{" in part for part in parts):
            return value
        if isinstance(self.version, Known) and self.version.data == OLD_VERSION:
            shown = f"found &{{ sequence in ({shown_text(value)})"
            self.refuse(f"{shown}, which is not supported in document version {OLD_VERSION}", argument.span)
        if isinstance(value, Unknown):
            replaced = tuple(p.replace("&{", "${") if isinstance(p, str) else p for p in parts)
            return Unknown(value.type, value.cause, replaced, value.origin, value.sensitive, value.not_null)
        assert isinstance(value, Known)
        return Known("string", value.text.replace("&{", "${"), None, value.origin, value.sensitive)

    # -- blocks --------------------------------------------------------------------------------------------------------

    def _principals(self, name: str, member: str) -> None:
        found = nested(self.block, name)
        entries: dict[str, Value] = {}
        pairs: list[tuple[str, Piece]] = []
        more = found.unknown
        for block in _set_order(found.items, _principal_text):
            kind = self._required(block, "type")
            argument = block.arguments.get("identifiers")
            if not isinstance(kind, Known) or argument is None:
                more = first_unknown(more, kind if isinstance(kind, Unknown) else None)
                continue
            value, piece = self._set(argument, True)
            entries[kind.text] = _both(entries.get(kind.text), value)
            pairs.append((kind.text, piece))
        self._object(member, entries, found, more, lambda: principals_node(_checked(pairs)))

    def _conditions(self) -> None:
        found = nested(self.block, "condition")
        tests: dict[str, dict[str, Value]] = {}
        rows: list[tuple[str, str, Piece]] = []
        more = found.unknown
        for block in _set_order(found.items, _condition_text):
            test, variable = self._required(block, "test"), self._required(block, "variable")
            argument = block.arguments.get("values")
            if not isinstance(test, Known) or not isinstance(variable, Known) or argument is None:
                more = first_unknown(more, *(v for v in (test, variable) if isinstance(v, Unknown)))
                continue
            value: Value = argument.value
            piece: Piece = value
            if not isinstance(value, Unknown):
                piece = self._strings(argument, True) if isinstance(value, Known) else ()
                value = _list(piece, argument)
            keys = tests.setdefault(test.text, {})
            keys[variable.text] = _both(keys.get(variable.text), value)
            rows.append((test.text, variable.text, piece))
        entries: dict[str, Value] = {test: object_value(keys) for test, keys in tests.items()}
        self._object("Condition", entries, found, more, lambda: _conditions_node(rows))

    def _required(self, block: BlockInstance, name: str) -> Value:
        found = attr(block, name)
        if isinstance(found.value, Absent):
            self.refuse(f"{name} is required", found.span)
        return found.value

    def _object(
        self, member: str, entries: dict[str, Value], found: Nested, more: Unknown | None, node: Callable[[], Node]
    ) -> None:
        """Adds what the blocks of one type say; `more` tells why there may be more of it."""
        if more is not None:
            seen = object_value(entries, Origin(found.place(self.block.header)))
            self._put(member, partly(seen, more), _unwritable)
        elif entries:
            value: Value = object_value(entries, Origin(found.place(self.block.header)))
            written = _attempt(node)
            if isinstance(written, Value):
                # The lone "*" stands for itself.
                value = written
            self._put(member, value, _unwritable if written is None else lambda: written)


def _unwritable() -> Node:
    raise Unwritable


def _attempt(node: Callable[[], Node]) -> Node | None:
    try:
        return node()
    except Unwritable:
        return None


def partly(seen: Value, more: Unknown) -> Unknown:
    """What is only partly visible: an Unknown that has what is visible as its structure."""
    return Unknown(DYNAMIC, more.cause, None, seen.origin, not_null=True, structure=seen)


def shown_text(value: Value) -> str:
    """A value for messages."""
    return "(sensitive value)" if value.sensitive else parts_text(parts_of(value))


def _origin(argument: Argument) -> Origin:
    return argument.value.origin or Origin(argument.span)


def _list(items: Sequence[Value], argument: Argument) -> Known:
    return Known("tuple", tuple(items), None, _origin(argument), argument.value.sensitive)


def _both(before: Value | None, more: Value) -> Value:
    """Two lists as one; Unknown when one of them is."""
    if before is None:
        return more
    (left, left_more), (right, right_more) = elements(before), elements(more)
    joined = tuple_value((*left, *right), before.origin or more.origin)
    unknown = first_unknown(left_more, right_more)
    return joined if unknown is None else partly(joined, unknown)


def _distinct(values: Iterable[Value]) -> list[Value]:
    """Without unknown strings that are certainly the same as an earlier one; known ones in sets already differ."""
    result: list[Value] = []
    unknown: list[Value] = []
    for value in values:
        if isinstance(value, Unknown):
            if any(compare(value, other) == 0 for other in unknown):
                continue
            unknown.append(value)
        result.append(value)
    return result


def _checked(pairs: Sequence[tuple[str, Piece]]) -> Sequence[tuple[str, Piece]]:
    """Unwritable when a list that is not known at all must be joined with another."""
    kinds = [kind for kind, _ in pairs]
    for kind, piece in pairs:
        if kinds.count(kind) > 1 and isinstance(piece, Unknown) and piece.type is not STRING:
            raise Unwritable
    return pairs


def _conditions_node(rows: Sequence[tuple[str, str, Piece]]) -> Node:
    """Values of the same test and variable add up; a single one stands without a list."""
    tests: dict[str, dict[str, Piece]] = {}
    for test, variable, piece in rows:
        keys = tests.setdefault(test, {})
        if variable not in keys:
            keys[variable] = piece
            continue
        before = keys[variable]
        if isinstance(before, Value) or isinstance(piece, Value):
            raise Unwritable
        joined = (*before, *piece)
        keys[variable] = joined if all(isinstance(v, Known) for v in joined) else AnyOrder(joined)
    return {test: {name: _single(keys[name]) for name in sorted(keys)} for test, keys in sorted(tests.items())}


def _single(piece: Piece) -> Piece:
    return piece if isinstance(piece, Value) or len(piece) != 1 else piece[0]


# -- the order of blocks -----------------------------------------------------------------------------------------------


def _set_order(blocks: Sequence[BlockInstance], text: Callable[[BlockInstance], str | None]) -> list[BlockInstance]:
    """The blocks without duplicates in the order of their hashes, those whose hash is not known at the end."""
    hashed: dict[str, BlockInstance] = {}
    others: list[BlockInstance] = []
    for block in blocks:
        found = text(block)
        if found is None:
            others.append(block)
        else:
            hashed.setdefault(_hash(found), block)
    return [*(hashed[code] for code in sorted(hashed)), *others]


def _hash(text: str) -> str:
    return str(zlib.crc32(text.encode()))


def _principal_text(block: BlockInstance) -> str | None:
    kind, identifiers = _texts(block.value("type")), _texts(block.value("identifiers"))
    if kind is None or identifiers is None:
        return None
    inner = "".join(sorted((f"{text};" for text in identifiers), key=_hash))
    return f"identifiers:{{{inner}}};type:{kind[0]};"


def _condition_text(block: BlockInstance) -> str | None:
    test, variable, values = (_texts(block.value(name)) for name in ("test", "variable", "values"))
    if test is None or variable is None or values is None:
        return None
    inner = "".join(f"{text};" for text in values)
    return f"test:{test[0]};values:({inner});variable:{variable[0]};"


def _texts(value: Value) -> list[str] | None:
    """A known string, or the elements of a list or set of them."""
    if not isinstance(value, Known):
        return None
    items = value.data if isinstance(value.data, tuple) else (value,)
    texts = [item.text for item in items if isinstance(item, Known) and item.kind == "string"]
    return texts if len(texts) == len(items) else None
