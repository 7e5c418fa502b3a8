"""Values as Terraform has them: Known, Absent (null) or Unknown, each with its type and the way it came by.

Nothing here evaluates. Three things are peculiar to this project:

* *Origin*: every value remembers the expression that made it and, through `parents`, where its ingredients came from.
  The chain of a finding (expression, local, variable, module argument, tfvars line) is read off it.
* *Symbol*: an attribute that only the provider knows after apply, yet of a known resource instance. It is Unknown, but
  a string made of it keeps its parts: `"${aws_dynamodb_table.t.arn}/index/*"` is `(Symbol, "/index/*")`.
* *structure*: a string that `jsonencode` or a policy document made keeps the value it was made of, so that rules point
  at the expression and not into text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias, Union

from ddbaudit.foundation.source import Span
from ddbaudit.ir.origin import Origin as Origin  # noqa: PLC0414 - part of this interface
from ddbaudit.ir.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    CollectionType,
    TupleType,
    Type,
    object_of,
)


@dataclass(frozen=True, slots=True)
class Symbol:
    """An attribute of a resource, data source or module that is known only after apply, or not at all.

    `address` is absolute (`module.a["x"].aws_dynamodb_table.t[0]`, `data.aws_caller_identity.me`); `path` is the way
    to the attribute (`("arn",)`, `("replica", 0, "arn")`).
    """

    address: str
    path: tuple[str | int, ...]

    @property
    def attribute(self) -> str:
        """The last attribute name, such as `arn`."""
        for step in reversed(self.path):
            if isinstance(step, str):
                return step
        return ""

    def __str__(self) -> str:
        return self.address + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in self.path)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a value is unknown. `kind` is stable and machine-readable, `text` a phrase for people.

    Kinds: `computed` (known after apply), `no-value` (a variable without value), `impure` (timestamp(), uuid()),
    `data` (a data source that must be read), `missing-module`, `broken` (unparsable source), `error` (the expression is
    invalid; a diagnostic says why), `unsupported`, `workspace`, `limit`, `cycle`.
    """

    kind: str
    text: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Hole:
    """The unknown part of a partly known string; `value` is what stands there."""

    value: Unknown


Part: TypeAlias = Union[str, Symbol, Hole]  # noqa: UP007 - used at runtime by typing consumers of 3.11


class Value:
    """Base of Known, Absent and Unknown. Values are never changed after they are made; `with_*` copies."""

    __slots__ = ("origin", "sensitive")

    origin: Origin | None
    sensitive: bool

    @property
    def type(self) -> Type:
        raise NotImplementedError

    def with_origin(self, origin: Origin | None) -> Value:
        raise NotImplementedError

    def with_sensitive(self, sensitive: bool = True) -> Value:
        raise NotImplementedError

    def __bool__(self) -> bool:
        raise TypeError("a Value has no truth value; look at `.data`")


Data: TypeAlias = Union[str, Decimal, bool, tuple["Value", ...], Mapping[str, "Value"]]  # noqa: UP007


class Known(Value):
    """A value that is known, though collections may hold unknown elements.

    `kind` is one of string, number, bool, list, set, tuple, map, object. `data` is accordingly a str (NFC), Decimal,
    bool, tuple of values (a set's are free of duplicates and in Terraform's order) or dict of values (in key order).
    `element` is the element type of list, set and map, else None. `structure` is the value that a JSON string was
    encoded from, if any.
    """

    __slots__ = ("data", "element", "kind", "structure")

    def __init__(
        self,
        kind: str,
        data: Data,
        element: Type | None = None,
        origin: Origin | None = None,
        sensitive: bool = False,
        structure: Value | None = None,
    ) -> None:
        self.kind = kind
        self.data = data
        self.element = element
        self.origin = origin
        self.sensitive = sensitive
        self.structure = structure

    @property
    def type(self) -> Type:
        kind = self.kind
        if kind == "string":
            return STRING
        if kind == "number":
            return NUMBER
        if kind == "bool":
            return BOOL
        if kind == "tuple":
            return TupleType(tuple(v.type for v in self.items))
        if kind == "object":
            return object_of({k: v.type for k, v in self.mapping.items()})
        return CollectionType(kind, self.element or DYNAMIC)

    @property
    def text(self) -> str:
        """The data of a string."""
        assert isinstance(self.data, str)
        return self.data

    @property
    def number(self) -> Decimal:
        """The data of a number."""
        assert isinstance(self.data, Decimal)
        return self.data

    @property
    def items(self) -> tuple[Value, ...]:
        """The elements of a list, set or tuple."""
        assert isinstance(self.data, tuple)
        return self.data

    @property
    def mapping(self) -> Mapping[str, Value]:
        """The elements of a map or object."""
        assert isinstance(self.data, dict)
        return self.data

    def with_origin(self, origin: Origin | None) -> Known:
        return Known(self.kind, self.data, self.element, origin, self.sensitive, self.structure)

    def with_sensitive(self, sensitive: bool = True) -> Known:
        if self.sensitive == sensitive:
            return self
        return Known(self.kind, self.data, self.element, self.origin, sensitive, self.structure)

    def __repr__(self) -> str:
        return f"Known({self.kind}, {'(sensitive)' if self.sensitive else repr(self.data)})"


class Absent(Value):
    """Null: a value that is not set. Also what an omitted argument has (then `origin` is None)."""

    __slots__ = ("_type",)

    def __init__(self, type: Type = DYNAMIC, origin: Origin | None = None, sensitive: bool = False) -> None:
        self._type = type
        self.origin = origin
        self.sensitive = sensitive

    @property
    def type(self) -> Type:
        return self._type

    def with_origin(self, origin: Origin | None) -> Absent:
        return Absent(self._type, origin, self.sensitive)

    def with_sensitive(self, sensitive: bool = True) -> Absent:
        return Absent(self._type, self.origin, sensitive)

    def __repr__(self) -> str:
        return "Absent()"


class Unknown(Value):
    """A value that is not known, and why.

    `parts` is set for strings of which something is known: text, symbols and holes, in order, adjacent texts joined. A
    bare symbol is `(Symbol,)`, of whatever type. `not_null` tells that it cannot turn out null.
    """

    __slots__ = ("_type", "cause", "not_null", "parts", "structure")

    def __init__(
        self,
        type: Type,
        cause: Cause,
        parts: tuple[Part, ...] | None = None,
        origin: Origin | None = None,
        sensitive: bool = False,
        not_null: bool = False,
        structure: Value | None = None,
    ) -> None:
        self._type = type
        self.cause = cause
        self.parts = parts
        self.origin = origin
        self.sensitive = sensitive
        self.not_null = not_null
        self.structure = structure

    @property
    def type(self) -> Type:
        return self._type

    @property
    def symbol(self) -> Symbol | None:
        """The symbol, when this value is exactly one."""
        if self.parts is not None and len(self.parts) == 1 and isinstance(self.parts[0], Symbol):
            return self.parts[0]
        return None

    def with_origin(self, origin: Origin | None) -> Unknown:
        return Unknown(self._type, self.cause, self.parts, origin, self.sensitive, self.not_null, self.structure)

    def with_sensitive(self, sensitive: bool = True) -> Unknown:
        return Unknown(self._type, self.cause, self.parts, self.origin, sensitive, self.not_null, self.structure)

    def with_type(self, type: Type) -> Unknown:
        return Unknown(type, self.cause, self.parts, self.origin, self.sensitive, self.not_null, self.structure)

    def __repr__(self) -> str:
        return f"Unknown({self.cause.kind}, {self.parts!r})" if self.parts else f"Unknown({self.cause.kind})"


def all_sensitive(value: Value) -> Value:
    """The value as somebody declared it sensitive: then what a JSON string was encoded from is so too, whereas a string
    that is sensitive for one of its parts keeps the others."""
    if isinstance(value, Known) and value.structure is not None:
        whole = all_sensitive(value.structure)
        return Known(value.kind, value.data, value.element, value.origin, True, whole)
    if isinstance(value, Unknown) and value.structure is not None:
        whole = all_sensitive(value.structure)
        return Unknown(value.type, value.cause, value.parts, value.origin, True, value.not_null, whole)
    return value.with_sensitive()


def string(text: str, origin: Origin | None = None, *, structure: Value | None = None) -> Known:
    return Known("string", text, None, origin, False, structure)


def number(value: Decimal | int, origin: Origin | None = None) -> Known:
    return Known("number", Decimal(value), None, origin)


def boolean(value: bool, origin: Origin | None = None) -> Known:
    return Known("bool", value, None, origin)


def tuple_value(items: tuple[Value, ...], origin: Origin | None = None) -> Known:
    return Known("tuple", items, None, origin)


def list_value(element: Type, items: tuple[Value, ...], origin: Origin | None = None) -> Known:
    return Known("list", items, element, origin)


def set_value(element: Type, items: tuple[Value, ...], origin: Origin | None = None) -> Known:
    """A set of elements that are already free of duplicates and in Terraform's order (see frontends.hcl.convert)."""
    return Known("set", items, element, origin)


def map_value(element: Type, items: Mapping[str, Value], origin: Origin | None = None) -> Known:
    return Known("map", dict(sorted(items.items())), element, origin)


def object_value(items: Mapping[str, Value], origin: Origin | None = None) -> Known:
    return Known("object", dict(sorted(items.items())), None, origin)


def is_wholly_known(value: Value) -> bool:
    """True when neither the value nor anything inside is unknown (null is known)."""
    return next(iter(unknowns(value)), None) is None


def unknowns(value: Value) -> Iterator[Unknown]:
    """All unknown values inside, depth first; iterative, so that depth is no matter."""
    stack = [value]
    while stack:
        here = stack.pop()
        if isinstance(here, Unknown):
            yield here
        elif isinstance(here, Known):
            data = here.data
            if isinstance(data, tuple):
                stack.extend(reversed(data))
            elif isinstance(data, dict):
                stack.extend(reversed(list(data.values())))


def is_sensitive(value: Value) -> bool:
    """True when the value or anything inside is marked sensitive."""
    stack = [value]
    while stack:
        here = stack.pop()
        if here.sensitive:
            return True
        if isinstance(here, Known):
            data = here.data
            if isinstance(data, tuple):
                stack.extend(data)
            elif isinstance(data, dict):
                stack.extend(data.values())
    return False


def parts_of(value: Value) -> tuple[Part, ...]:
    """A string-like value as template parts: text of a known string, the parts of an unknown one, or one hole."""
    if isinstance(value, Known) and isinstance(value.data, str):
        return (value.data,)
    if isinstance(value, Unknown):
        return value.parts if value.parts is not None else (Hole(value),)
    return ()


def part_width(part: Part) -> int:
    """How many characters a part of a string counts for in `Origin.widths`: a symbol or hole as many as its name."""
    return len(part) if isinstance(part, str) else len(str(part))


def join_parts(parts: Iterator[Part] | list[Part]) -> tuple[Part, ...]:
    """Adjacent texts joined, empty ones dropped."""
    result: list[Part] = []
    for part in parts:
        if isinstance(part, str):
            if not part:
                continue
            if result and isinstance(result[-1], str):
                result[-1] += part
                continue
        result.append(part)
    return tuple(result)


def parts_text(parts: tuple[Part, ...]) -> str:
    """Parts as people read them: `${aws_dynamodb_table.t.arn}/index/*`, a hole as `${…}`."""
    return "".join(p if isinstance(p, str) else f"${{{p}}}" if isinstance(p, Symbol) else "${…}" for p in parts)
