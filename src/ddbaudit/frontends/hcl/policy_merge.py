"""Policy documents on their way into one: their statements, and which of them remain.

Source: hashicorp/terraform-provider-aws, internal/service/iam/policy_model.go (Merge) and the order of merging in
policy_document_data_source.go.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from ddbaudit.frontends.hcl.policy_json import (
    DocumentError,
    Node,
    Unwritable,
    fields,
    is_object,
    statement_node,
    text_member,
)
from ddbaudit.ir.types import DYNAMIC
from ddbaudit.ir.value import Absent, Cause, Known, Unknown, Value
from ddbaudit.model.policy_text import PolicyTextError, value_of_text
from ddbaudit.model.reading import elements, first_unknown

Role = Literal["source", "own", "override"]

_MEMBERS = ("Version", "Id", "Statement")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as rules see it (`value`) and as it is written (`node`; None when that cannot be told). `sid` is
    None when it has none, and then nothing takes its place."""

    value: Value
    node: Node | None
    sid: str | Unknown | None


@dataclass(frozen=True, slots=True)
class Document:
    """What is known of one document. `hidden` tells why there may be more statements than listed."""

    role: Role
    statements: tuple[Statement, ...] = ()
    version: Value | None = None
    id: Value | None = None
    hidden: Unknown | None = None


@dataclass(slots=True)
class Merged:
    """The documents so far as one.

    `doubt` tells why `statements` may not be all of them, or not stand in this order; then those that a later one may
    have replaced are missing from it.
    """

    statements: list[Statement] = field(default_factory=list)
    version: Value | None = None
    id: Value | None = None
    doubt: Unknown | None = None
    _roles: list[Role] = field(default_factory=list)

    def add(self, document: Document) -> None:
        self._adopt(document)
        if document.hidden is not None:
            self._drop(document.hidden, lambda s, role: s.sid is not None and _replaces(document.role, role))
            self.doubt = first_unknown(self.doubt, document.hidden)
        for statement in document.statements:
            self._place(statement, document.role)

    def _adopt(self, document: Document) -> None:
        if document.id is not None:
            self.id = document.id
        mine, new = self.version, document.version
        if mine is None or isinstance(new, Unknown):
            self.version = mine if new is None else new
        elif isinstance(mine, Known) and isinstance(new, Known) and new.text > mine.text:
            self.version = new

    def _place(self, statement: Statement, role: Role) -> None:
        sid = statement.sid
        if isinstance(sid, Unknown):
            self._drop(sid, lambda s, other: s.sid is not None and _replaces(role, other))
        elif sid is not None:
            found = next((i for i, s in enumerate(self.statements) if s.sid == sid), None)
            if found is not None and _replaces(role, self._roles[found]):
                # A Sid never stands twice among the statements so far, so it is none of the unknown ones.
                self.statements[found], self._roles[found] = statement, role
                return
            unnamed = next((s.sid for s in self.statements if isinstance(s.sid, Unknown)), None)
            if unnamed is not None:
                self._drop(unnamed, lambda s, other: isinstance(s.sid, Unknown) and _replaces(role, other))
        self.statements.append(statement)
        self._roles.append(role)

    def _drop(self, reason: Unknown, test: Callable[[Statement, Role], bool]) -> None:
        """Takes out the statements that may have been replaced."""
        keep = [not test(s, r) for s, r in zip(self.statements, self._roles, strict=True)]
        if all(keep):
            return
        self.doubt = first_unknown(self.doubt, reason)
        self.statements = [s for s, kept in zip(self.statements, keep, strict=True) if kept]
        self._roles = [r for r, kept in zip(self._roles, keep, strict=True) if kept]


def _replaces(new: Role, old: Role) -> bool:
    """Whether a statement may replace one with its Sid. Among sources, and within the document itself, a Sid that
    occurs twice is an error."""
    return new == "override" or new != old


# -- documents given as text -------------------------------------------------------------------------------------------


def read_document(value: Value, role: Role) -> Document:
    """A document in `source_policy_documents` or `override_policy_documents`; an empty text is none. DocumentError
    when it is refused.

    Its statements are those of the value's structure, the very objects, where it has one.
    """
    if isinstance(value, Known) and not value.text:
        return Document(role)
    text = _text(value)
    known = value.structure if isinstance(value, Known | Unknown) else None
    seen, whole = _seen(known if known is not None else text)
    if seen is None:
        return Document(role, hidden=whole if whole is not None else _unreadable(value))
    try:
        found = fields(seen, _MEMBERS)
    except Unwritable:
        return Document(role, hidden=_unreadable(value))
    values, hidden = _statement_values(found.get("Statement"))
    nodes = _nodes(text, len(values)) if isinstance(value, Known | Unknown) else None
    statements = tuple(
        Statement(item, None if nodes is None else nodes[i], _sid(item)) for i, item in enumerate(values)
    )
    return Document(role, statements, _member(found, "Version"), _member(found, "Id"), first_unknown(whole, hidden))


def _text(value: Value) -> Value | None:
    """What the text stands for; None when it is wholly unknown."""
    if isinstance(value, Absent):
        raise DocumentError("null values are not allowed in a list of documents")
    try:
        return value_of_text(value)
    except PolicyTextError as error:
        if isinstance(value, Known):
            raise DocumentError(f"a document is not JSON: {error}") from None
        return None


def _seen(value: Value | None) -> tuple[Known | None, Unknown | None]:
    """The object that is visible, and why it may hold more."""
    if isinstance(value, Absent):
        return Known("object", {}), None
    whole = value if isinstance(value, Unknown) else None
    seen = value.structure if isinstance(value, Unknown) else value
    if seen is None or isinstance(seen, Unknown):
        return None, whole
    if not isinstance(seen, Known) or not is_object(seen):
        raise DocumentError("a document is not a JSON object")
    return seen, whole


def _unreadable(value: Value) -> Unknown:
    if isinstance(value, Unknown):
        return value
    cause = Cause("unsupported", "the document has members whose names differ in letter case only")
    return Unknown(DYNAMIC, cause, None, value.origin)


def _statement_values(value: Value | None) -> tuple[tuple[Value, ...], Unknown | None]:
    if value is None or isinstance(value, Absent):
        return (), None
    if isinstance(value, Known) and not isinstance(value.data, tuple):
        raise DocumentError("Statement must be a list")
    items, hidden = elements(value)
    known: list[Value] = []
    for item in items:
        seen = item.structure if isinstance(item, Unknown) else item
        if isinstance(seen, Known) and is_object(seen):
            known.append(item)
        elif isinstance(item, Unknown):
            hidden = first_unknown(hidden, item)
        else:
            raise DocumentError("a statement must be an object")
    return tuple(known), hidden


def _nodes(text: Value | None, count: int) -> list[Node | None] | None:
    """How the statements of a text are written again."""
    if not isinstance(text, Known) or not is_object(text):
        return None
    try:
        found = fields(text, _MEMBERS).get("Statement")
    except Unwritable:
        return None
    if not isinstance(found, Known) or not isinstance(found.data, tuple) or len(found.data) != count:
        return None
    return [_node(item) for item in found.data]


def _node(value: Value) -> Node | None:
    try:
        return statement_node(value)
    except Unwritable:
        return None


def _sid(statement: Value) -> str | Unknown | None:
    seen = statement.structure if isinstance(statement, Unknown) else statement
    assert isinstance(seen, Known)
    try:
        found = _member(fields(seen, ("Sid",)), "Sid")
    except Unwritable:
        return _unreadable(statement)
    if found is None:
        return statement if isinstance(statement, Unknown) else None
    return found if isinstance(found, Unknown) else found.text if isinstance(found, Known) else None


def _member(found: dict[str, Value], name: str) -> Value | None:
    """A text of the document itself; an unknown one may be empty, and is then kept all the same."""
    value = found.get(name, Absent())
    try:
        return text_member(value, name)
    except Unwritable:
        return value
