"""From the value of a policy document to its statements.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html. The value is the object that
`jsonencode` or a policy document encoded, or that a text was read into (see `policy_text`). Where only a part of it can
be seen, the rest is Unknown, never absent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from ddbaudit.foundation.source import Span
from ddbaudit.ir.types import DYNAMIC, STRING
from ddbaudit.ir.value import Absent, Cause, Known, Unknown, Value, string
from ddbaudit.model.attr import Attr
from ddbaudit.model.iam import Condition, Principal, Statement, Terms
from ddbaudit.model.reading import elements, first_unknown, members, unknown_attr

PRINCIPAL_KINDS = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})
_EFFECTS = ("Allow", "Deny")
_PAIRS = (("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal"))


@dataclass(slots=True)
class Document:
    """What a document says. `objects` are the statements' own values, in the order of `statements`; `invalid` is the
    first thing that makes AWS refuse the document."""

    statements: list[Statement] = field(default_factory=list)
    objects: list[Value] = field(default_factory=list)
    unknown: Unknown | None = None
    invalid: str | None = None

    def refuse(self, reason: str) -> None:
        if self.invalid is None:
            self.invalid = reason

    def hide(self, unknown: Unknown | None) -> None:
        if self.unknown is None:
            self.unknown = unknown


def document_of(value: Value, place: Span, *, implicit_allow: bool = False) -> Document:
    """Reads a document. `place` is the expression that holds it, for what has no place of its own."""
    document = Document()
    if not _is_object(value):
        if isinstance(value, Unknown):
            document.hide(value)
        else:
            document.refuse("the document is not a JSON object")
        return document
    entries, unknown = members(value)
    document.hide(unknown)
    if "Statement" not in entries and unknown is None:
        document.refuse("the document has no Statement")
    for number, item in enumerate(_statement_values(entries.get("Statement"), document), 1):
        reader = _StatementReader(item, _place(item, place), document, f"statement {number}", implicit_allow)
        document.statements.append(reader.statement())
        document.objects.append(item)
    return document


def _statement_values(value: Value | None, document: Document) -> Iterator[Value]:
    """The statement objects, which may stand in a list or alone."""
    if value is None or isinstance(value, Absent):
        return
    if _is_object(value):
        yield value
        return
    items, unknown = elements(value)
    document.hide(unknown)
    if isinstance(value, Known) and not isinstance(value.data, tuple):
        document.refuse("Statement is neither an object nor a list of objects")
    for item in items:
        if _is_object(item):
            yield item
        elif isinstance(item, Unknown):
            document.hide(item)
        else:
            document.refuse("an element of Statement is not an object")


def _is_object(value: Value | None) -> bool:
    """Whether the value is an object of which at least something may be seen."""
    seen = value.structure if isinstance(value, Unknown) else value
    return isinstance(seen, Known) and isinstance(seen.data, dict)


def _place(value: Value, otherwise: Span) -> Span:
    span = value.origin.span if value.origin is not None else None
    return span if span is not None else otherwise


class _StatementReader:
    def __init__(self, value: Value, span: Span, document: Document, label: str, implicit_allow: bool) -> None:
        self.entries, self.unknown = members(value)
        self.span = span
        self.document = document
        self.label = label
        self.implicit_allow = implicit_allow

    def statement(self) -> Statement:
        sid = self._get("Sid")
        self._check_pairs()
        principals, principals_unknown = self._principals()
        conditions, conditions_unknown = self._conditions()
        return Statement(
            sid=sid.data if isinstance(sid, Known) and isinstance(sid.data, str) and sid.data else None,
            effect=self._effect(),
            actions=self._terms("Action"),
            not_actions=self._terms("NotAction"),
            resources=self._terms("Resource"),
            not_resources=self._terms("NotResource"),
            principals=principals,
            principals_unknown=principals_unknown,
            conditions=conditions,
            conditions_unknown=conditions_unknown,
            span=self.span,
        )

    def _get(self, name: str) -> Value:
        """A member; Absent when it is not there, Unknown when it cannot be seen whether it is."""
        if name in self.entries:
            return self.entries[name]
        return Unknown(DYNAMIC, self.unknown.cause, None, self.unknown.origin) if self.unknown is not None else Absent()

    def _refuse(self, reason: str) -> None:
        self.document.refuse(f"{self.label} {reason}")

    def _check_pairs(self) -> None:
        for plain, negated in _PAIRS:
            if all(isinstance(self._get(name), Known) for name in (plain, negated)):
                self._refuse(f"has both {plain} and {negated}")
        if all(isinstance(self._get(name), Absent) for name in ("Action", "NotAction")):
            self._refuse("has neither Action nor NotAction")

    def _effect(self) -> Attr:
        value = self._get("Effect")
        if isinstance(value, Absent) and self.implicit_allow:
            return Attr(string("Allow", value.origin), self.span)
        if isinstance(value, Absent):
            self._refuse("has no Effect")
        elif isinstance(value, Known) and value.data not in _EFFECTS:
            self._refuse("has an Effect that is neither Allow nor Deny")
        return Attr(value, _place(value, self.span))

    def _terms(self, name: str) -> Terms:
        return self._read_terms(self._get(name), name, self.span)

    def _read_terms(self, value: Value, name: str, otherwise: Span) -> Terms:
        place = _place(value, otherwise)
        if isinstance(value, Absent):
            return Terms((), None, otherwise, False, value.origin)
        if _is_text(value):
            return Terms((Attr(_as_text(value), place),), None, place, True, value.origin)
        items, unknown = elements(value)
        if isinstance(value, Known) and not isinstance(value.data, tuple):
            self._refuse(f"has {name} that is neither a string nor a list of strings")
        found: list[Attr] = []
        for item in items:
            if _is_text(item) or isinstance(item, Unknown):
                found.append(Attr(_as_text(item), _place(item, place)))
            elif not isinstance(item, Absent):
                self._refuse(f"has an element of {name} that is not a string")
        return Terms(tuple(found), unknown, place, True, value.origin)

    # -- principals ------------------------------------------------------------------------------------------------

    def _principals(self) -> tuple[tuple[Principal, ...], Unknown | None]:
        if not isinstance(self.entries.get("NotPrincipal", Absent()), Absent):
            # Whom it leaves out says nothing of whom it admits: rules must not read it as "nobody".
            cause = Cause("unsupported", "NotPrincipal admits everybody but those it names", self.span)
            return (), Unknown(DYNAMIC, cause)
        value = self._get("Principal")
        if isinstance(value, Absent):
            return (), None
        if _is_text(value):
            return self._lone_principal(value)
        entries, unknown = members(value)
        unknown = first_unknown(unknown, self.unknown)
        if isinstance(value, Known) and not isinstance(value.data, dict):
            self._refuse('has a Principal that is neither "*" nor an object')
        place = _place(value, self.span)
        principals = tuple(
            Principal(kind, self._read_terms(found, "Principal", place))
            for kind, found in entries.items()
            if not isinstance(found, Absent)
        )
        if any(kind not in PRINCIPAL_KINDS for kind in entries):
            self._refuse("has a Principal of a kind that IAM does not know")
        return principals, unknown

    def _lone_principal(self, value: Value) -> tuple[tuple[Principal, ...], Unknown | None]:
        if isinstance(value, Unknown):
            return (), value
        terms = self._read_terms(value, "Principal", self.span)
        if terms.items[0].text != "*":
            self._refuse('has a Principal that is neither "*" nor an object')
        return (Principal("*", terms),), None

    # -- conditions ------------------------------------------------------------------------------------------------

    def _conditions(self) -> tuple[tuple[Condition, ...], Unknown | None]:
        value = self._get("Condition")
        place = _place(value, self.span)
        operators, unknown = members(value)
        if isinstance(value, Known) and not isinstance(value.data, dict):
            self._refuse("has a Condition that is not an object")
        conditions: list[Condition] = []
        for operator, keys in operators.items():
            entries, more = members(keys)
            unknown = first_unknown(unknown, more)
            for key, found in entries.items():
                terms = self._read_terms(found, "Condition", place)
                unknown = first_unknown(unknown, terms.unknown)
                unseen = () if terms.unknown is None else (unknown_attr(terms.unknown, terms.span, STRING),)
                conditions.append(Condition(operator, key, (*terms.items, *unseen)))
        return tuple(conditions), unknown


def _is_text(value: Value) -> bool:
    """Whether the value is one string. IAM also takes numbers and booleans, such as an account id, for their text."""
    if isinstance(value, Known):
        return not isinstance(value.data, tuple | dict)
    return isinstance(value, Unknown) and (value.type == STRING or value.parts is not None)


def _as_text(value: Value) -> Value:
    if not isinstance(value, Known) or isinstance(value.data, str | tuple | dict):
        return value
    text = f"{value.data:f}" if isinstance(value.data, Decimal) else str(value.data).lower()
    return string(text, value.origin).with_sensitive(value.sensitive)
