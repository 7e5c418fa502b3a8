"""Terraform's type system: primitives, collections and structural types.

Source: https://developer.hashicorp.com/terraform/language/expressions/type-constraints and cty's documentation
(zclconf/go-cty, docs/types.md). List, set, tuple, map and object are different things: conversion between them decides
equality, `for_each` keys and what a plan shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class Type:
    """Base of all types."""

    __slots__ = ()

    kind: str

    def has_dynamic(self) -> bool:
        """True when `any` occurs somewhere inside."""
        return False


@dataclass(frozen=True, slots=True)
class Primitive(Type):
    kind: str

    def has_dynamic(self) -> bool:
        return self.kind == "dynamic"

    def __str__(self) -> str:
        return "any" if self.kind == "dynamic" else self.kind


STRING = Primitive("string")
NUMBER = Primitive("number")
BOOL = Primitive("bool")
DYNAMIC = Primitive("dynamic")
"""`any`: the type is not known (yet)."""


@dataclass(frozen=True, slots=True)
class CollectionType(Type):
    """`list(T)`, `set(T)` or `map(T)`."""

    kind: str
    element: Type

    def has_dynamic(self) -> bool:
        return self.element.has_dynamic()

    def __str__(self) -> str:
        return f"{self.kind}({self.element})"


def list_of(element: Type) -> CollectionType:
    return CollectionType("list", element)


def set_of(element: Type) -> CollectionType:
    return CollectionType("set", element)


def map_of(element: Type) -> CollectionType:
    return CollectionType("map", element)


@dataclass(frozen=True, slots=True)
class TupleType(Type):
    elements: tuple[Type, ...]
    kind: str = field(default="tuple", init=False)

    def has_dynamic(self) -> bool:
        return any(t.has_dynamic() for t in self.elements)

    def __str__(self) -> str:
        return f"tuple([{', '.join(map(str, self.elements))}])"


@dataclass(frozen=True, slots=True)
class ObjectType(Type):
    """`object({a = T})`. `optional` names the attributes that a *type constraint* marks `optional()`; the types of
    values have none. Attribute names are kept sorted."""

    attributes: tuple[tuple[str, Type], ...]
    optional: frozenset[str] = frozenset()
    kind: str = field(default="object", init=False)

    def get(self, name: str) -> Type | None:
        for key, value in self.attributes:
            if key == name:
                return value
        return None

    def has_dynamic(self) -> bool:
        return any(t.has_dynamic() for _, t in self.attributes)

    def __str__(self) -> str:
        inner = ", ".join(f"{k} = optional({t})" if k in self.optional else f"{k} = {t}" for k, t in self.attributes)
        return f"object({{{inner}}})"


def object_of(attributes: Mapping[str, Type], optional: frozenset[str] = frozenset()) -> ObjectType:
    return ObjectType(tuple(sorted(attributes.items())), optional)


PRIMITIVES: Mapping[str, Primitive] = {
    "string": STRING,
    "number": NUMBER,
    "bool": BOOL,
    "any": DYNAMIC,
    "dynamic": DYNAMIC,
}


def friendly(type_: Type) -> str:
    """The name that Terraform's messages use: `string`, `list of string`, `object`, `tuple`."""
    if isinstance(type_, Primitive):
        return "dynamic" if type_.kind == "dynamic" else type_.kind
    if isinstance(type_, CollectionType):
        return f"{type_.kind} of {friendly(type_.element)}"
    return type_.kind


def from_schema(raw: object) -> Type:
    """A type from Terraform's JSON type syntax, as the provider schema has it: `"string"`, `["list", "string"]`,
    `["object", {…}]` (mappings may also be tuples of pairs). ValueError for anything else."""
    if isinstance(raw, str):
        try:
            return PRIMITIVES[raw]
        except KeyError:
            raise ValueError(f"unknown type {raw!r}") from None
    if isinstance(raw, (list, tuple)) and len(raw) >= 2:
        kind, inner = raw[0], raw[1]
        if kind in ("list", "set", "map"):
            return CollectionType(kind, from_schema(inner))
        if kind == "tuple":
            return TupleType(tuple(from_schema(t) for t in inner))
        if kind == "object":
            pairs = inner.items() if isinstance(inner, Mapping) else inner
            return object_of({name: from_schema(t) for name, t in pairs})
    raise ValueError(f"unknown type {raw!r}")
