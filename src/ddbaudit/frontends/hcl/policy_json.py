"""The text of a policy document, as the provider writes it, and what it makes of the documents that it merges.

The provider keeps a document in Go structures and prints them with encoding/json: members in a fixed order, those of
maps sorted, empty ones left out. Documents given as text are read into the same structures, which has effects of its
own: names match in any letter case, what the structures have no place for is dropped, principals are sorted.

Source: hashicorp/terraform-provider-aws, internal/service/iam (policy_model.go), and Go's encoding/json.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias

from ddbaudit.frontends.hcl.functions.json_encoding import encode_parts, escape
from ddbaudit.frontends.hcl.numbers import format_number
from ddbaudit.ir.types import STRING
from ddbaudit.ir.value import Absent, Known, Part, Unknown, Value, join_parts, parts_of, string

Node: TypeAlias = Value | Sequence["Node"] | Mapping[str, "Node"]
"""A piece of JSON: a value that is no collection, or a collection of pieces in the order of the text."""

Piece: TypeAlias = Value | Sequence[Value]
"""One string (or a list of which nothing is known), or a list of strings."""

ANYTHING = ("Action", "NotAction", "Resource", "NotResource")
PRINCIPALS = ("Principal", "NotPrincipal")
FIELDS = ("Sid", "Effect", *ANYTHING, *PRINCIPALS, "Condition")
"""The members of a statement in the order of the text."""


class DocumentError(Exception):
    """The provider refuses the document, in about its words."""


class Unwritable(Exception):  # noqa: N818 - not an error: the text depends on what is not known
    """The text cannot be told, not even with symbols and holes in it."""


# -- writing -----------------------------------------------------------------------------------------------------------


def write(node: Node, *, indented: bool) -> tuple[Part, ...]:
    """The JSON text of a node, on one line or indented by two spaces."""
    out: list[Part] = []
    _write(node, out, "\n" if indented else "")
    return join_parts(out)


def _write(node: Node, out: list[Part], line: str) -> None:
    """`line` is the line break with the indentation of what surrounds the node; empty for text on one line."""
    if isinstance(node, Value):
        out.extend(_leaf(node))
        return
    opening, closing = "{}" if isinstance(node, Mapping) else "[]"
    inner = f"{line}  " if line else ""
    out.append(opening)
    for position, item in enumerate(node):
        out.append(f"{',' if position else ''}{inner}")
        if isinstance(node, Mapping):
            out.append(f'"{escape(str(item))}":{" " if line else ""}')
            _write(node[str(item)], out, inner)
        else:
            assert not isinstance(item, str)
            _write(item, out, inner)
    out.append(f"{line}{closing}" if node else closing)


def _leaf(value: Value) -> tuple[Part, ...]:
    if isinstance(value, Known) and isinstance(value.data, Decimal):
        return (_float(value.data),)
    return encode_parts(value)


def _float(value: Decimal) -> str:
    """Go's JSON for a number, which it has read as a float."""
    number = float(value)
    size = abs(number)
    if size == float("inf"):
        raise DocumentError(f"number {value} is too large")
    if size != 0 and not 1e-6 <= size < 1e21:
        return repr(number).replace(".0e", "e").replace("e-0", "e-")
    return format_number(Decimal(repr(number)))


# -- reading -----------------------------------------------------------------------------------------------------------


def fields(value: Known, names: Sequence[str]) -> dict[str, Value]:
    """The members of an object that are known by one of `names`, in whatever letter case they are written."""
    wanted = {name.casefold(): name for name in names}
    found: dict[str, Value] = {}
    for key, item in value.mapping.items():
        name = wanted.get(key.casefold())
        if name is None:
            continue
        if name in found:
            # Which of them counts depends on their order in the text.
            raise Unwritable
        found[name] = item
    return found


def is_object(value: Value) -> bool:
    return isinstance(value, Known) and isinstance(value.data, dict)


def statement_node(value: Value) -> dict[str, Node]:
    """A statement of a document given as text, as the provider writes it again.

    `value` is what the text stands for. DocumentError when the provider refuses it.
    """
    if not isinstance(value, Known):
        raise Unwritable
    if not is_object(value):
        raise DocumentError("a statement is not an object")
    node: dict[str, Node] = {}
    found = fields(value, FIELDS)
    for name in FIELDS:
        item = found.get(name)
        if item is None:
            continue
        made = _member(name, item)
        if made is not None:
            node[name] = made
    return node


def _member(name: str, value: Value) -> Node | None:
    if name in PRINCIPALS:
        return _principals(value)
    if name == "Condition":
        return _conditions(value)
    if isinstance(value, Absent):
        return None
    if name in ANYTHING:
        if isinstance(value, Unknown) and value.type is not STRING and not value.not_null:
            raise Unwritable
        return plain(value)
    return text_member(value, name)


def text_member(value: Value, name: str) -> Value | None:
    """A member that must be a string and is left out when empty."""
    if isinstance(value, Absent):
        return None
    if isinstance(value, Known):
        if value.kind != "string":
            raise DocumentError(f"{name} must be a string")
        return value if value.data else None
    if isinstance(value, Unknown) and value.type is STRING and certainly_text(value):
        return value
    raise Unwritable


def certainly_text(value: Unknown) -> bool:
    """Whether an unknown string is neither null nor empty."""
    return any(isinstance(part, str) and part for part in value.parts or ())


def plain(value: Value) -> Node:
    """JSON that the provider passes on as it is, but for the order of members."""
    if isinstance(value, Known):
        if isinstance(value.data, tuple):
            return [plain(item) for item in value.data]
        if isinstance(value.data, dict):
            return {name: plain(item) for name, item in sorted(value.data.items())}
    return value


def principals_node(blocks: Sequence[tuple[str, Piece]]) -> Node:
    """Principals as pairs of type and identifiers, the latter one value or a list, as the provider writes them.

    Of one type, all identifiers become one list. Only a lone `*` of the type `*` stands for itself.
    """
    if len(blocks) == 1 and blocks[0][0] == "*":
        found = blocks[0][1]
        only = found if isinstance(found, Value) else found[0] if len(found) == 1 else None
        if isinstance(only, Unknown):
            raise Unwritable
        if isinstance(only, Known) and only.data == "*":
            return only
    nodes: dict[str, Piece] = {}
    for kind, found in blocks:
        nodes[kind] = _joined(nodes[kind], found) if kind in nodes else found
    return dict(sorted(nodes.items()))


def _joined(before: Piece, more: Piece) -> Sequence[Value]:
    left, right = ((part,) if isinstance(part, Value) else part for part in (before, more))
    joined = (*left, *right)
    certain = all(isinstance(v, Known) for v in joined)
    return joined if certain else AnyOrder(joined)


def _principals(value: Value) -> Node | None:
    if isinstance(value, Unknown):
        raise Unwritable
    if isinstance(value, Known) and value.kind == "string":
        return string("*", value.origin)
    if not isinstance(value, Known) or not isinstance(value.data, dict):
        raise DocumentError("unsupported data type of a principal")
    pairs = [(kind, _identifiers(kind, found)) for kind, found in sorted(value.data.items())]
    return principals_node(pairs) if pairs else None


def _identifiers(kind: str, value: Value) -> Piece:
    if isinstance(value, Known) and isinstance(value.data, tuple):
        for item in value.data:
            if isinstance(item, Absent) or (isinstance(item, Known) and item.kind != "string"):
                raise DocumentError(f'an identifier of the principal type "{kind}" must be a string')
        return descending(value.data)
    if (isinstance(value, Known) and value.kind != "string") or isinstance(value, Absent):
        raise DocumentError("unsupported data type of the identifiers of a principal")
    if isinstance(value, Unknown) and value.type is not STRING:
        raise Unwritable
    return value


def _conditions(value: Value) -> Node | None:
    if isinstance(value, Absent):
        return None
    if isinstance(value, Unknown):
        raise Unwritable
    tests: dict[str, Node] = {}
    for test, variables in sorted(_object(value).items()):
        if isinstance(variables, Absent):
            continue
        if isinstance(variables, Unknown):
            raise Unwritable
        found = {name: _condition_values(v) for name, v in sorted(_object(variables).items())}
        kept: dict[str, Node] = {name: node for name, node in found.items() if node is not None}
        if kept:
            tests[test] = kept
    return tests or None


def _object(value: Value) -> Mapping[str, Value]:
    if not isinstance(value, Known) or not isinstance(value.data, dict):
        raise DocumentError("a condition must be an object of objects")
    return value.data


def _condition_values(value: Value) -> Node | None:
    """Booleans become text; numbers and objects have no place there and are dropped."""
    if isinstance(value, Unknown):
        if value.type is STRING:
            return value
        raise Unwritable
    if not isinstance(value, Known):
        return None
    if isinstance(value.data, bool):
        return string("true" if value.data else "false", value.origin)
    if isinstance(value.data, tuple):
        if any(isinstance(item, Absent) or (isinstance(item, Known) and item.kind != "string") for item in value.data):
            raise DocumentError("the values of a condition must be strings")
        return value.data[0] if len(value.data) == 1 else value.data
    return value if isinstance(value.data, str) else None


# -- order -------------------------------------------------------------------------------------------------------------


class AnyOrder(tuple[Value, ...]):
    """Strings of which what is not known decides the order, or whether two of them are the same."""


def in_any_order(node: Node) -> bool:
    """Whether the order of a list inside is not certain."""
    if isinstance(node, AnyOrder):
        return True
    if isinstance(node, Mapping):
        return any(map(in_any_order, node.values()))
    return not isinstance(node, Value) and any(map(in_any_order, node))


def descending(values: Sequence[Value]) -> Sequence[Value]:
    """Strings from the last to the first by their bytes. Where that cannot be told, `AnyOrder`: the known ones first,
    the others as they were given."""
    known = [v for v in values if isinstance(v, Known)]
    known.sort(key=lambda v: v.text, reverse=True)
    if len(known) == len(values):
        return known
    placed: list[Value] = []
    for value in values:
        at = _place(value, placed)
        if at is None:
            return AnyOrder([*known, *(v for v in values if not isinstance(v, Known))])
        placed.insert(at, value)
    return placed


def _place(value: Value, placed: Sequence[Value]) -> int | None:
    for at, other in enumerate(placed):
        order = compare(other, value)
        if order is None:
            return None
        if order < 0:
            return at
    return len(placed)


def compare(a: Value, b: Value) -> int | None:
    """-1, 0 or 1 as the string `a` comes before, equals or comes after `b`; None when that cannot be told."""
    if any(isinstance(v, Unknown) and v.parts is None for v in (a, b)):
        return None
    left, right = parts_of(a), parts_of(b)
    for at, (x, y) in enumerate(zip(left, right, strict=False)):
        if x == y:
            continue
        if not isinstance(x, str) or not isinstance(y, str):
            return None
        if x.startswith(y):
            return 1 if at + 1 == len(right) else None
        if y.startswith(x):
            return -1 if at + 1 == len(left) else None
        return -1 if x < y else 1
    rest = left[len(right) :] or right[len(left) :]
    if rest and not any(isinstance(part, str) for part in rest):
        # A symbol or hole at the end may be empty.
        return None
    return (len(left) > len(right)) - (len(left) < len(right))
