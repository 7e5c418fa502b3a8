"""Types seen as shapes: without `optional()`, with `any` filled in, and as `terraform console` prints them."""

from __future__ import annotations

from functools import lru_cache

from ddbaudit.frontends.hcl.unify import unify_types
from ddbaudit.ir.types import DYNAMIC, CollectionType, ObjectType, Primitive, TupleType, Type, object_of


@lru_cache(maxsize=4096)
def without_optional(type: Type) -> Type:
    """The type with all `optional()` marks removed: what values of a constrained type have."""
    if isinstance(type, CollectionType):
        return CollectionType(type.kind, without_optional(type.element))
    if isinstance(type, TupleType):
        return TupleType(tuple(map(without_optional, type.elements)))
    if isinstance(type, ObjectType):
        return ObjectType(tuple((name, without_optional(t)) for name, t in type.attributes))
    return type


@lru_cache(maxsize=4096)
def replace_dynamic(given: Type, wanted: Type) -> Type:
    """`wanted` with each `any` in it replaced by what `given` has in that place."""
    if given == DYNAMIC:
        return wanted
    if wanted == DYNAMIC:
        return given
    if isinstance(wanted, CollectionType):
        element = _element_of(given, wanted.kind)
        return wanted if element is None else CollectionType(wanted.kind, replace_dynamic(element, wanted.element))
    if isinstance(wanted, TupleType) and isinstance(given, TupleType):
        return TupleType(tuple(map(replace_dynamic, given.elements, wanted.elements)))
    if isinstance(wanted, ObjectType):
        if isinstance(given, CollectionType):
            return object_of({name: replace_dynamic(given.element, t) for name, t in wanted.attributes})
        if isinstance(given, ObjectType):
            return object_of({n: replace_dynamic(given.get(n) or DYNAMIC, t) for n, t in wanted.attributes})
    return wanted


def _element_of(given: Type, kind: str) -> Type | None:
    if isinstance(given, CollectionType):
        return given.element if (given.kind == "map") == (kind == "map") else None
    if isinstance(given, TupleType) and kind != "map":
        return unify_types(given.elements, True) or DYNAMIC
    if isinstance(given, ObjectType) and kind == "map":
        return unify_types([t for _, t in given.attributes], True) or DYNAMIC
    return None


def type_is_filled(type: ObjectType | TupleType) -> bool:
    return bool(type.attributes if isinstance(type, ObjectType) else type.elements)


def type_string(type: Type, indent: int = 0) -> str:
    """The type as `type()` prints it in `terraform console`."""
    if isinstance(type, Primitive):
        return type.kind
    if isinstance(type, CollectionType):
        if isinstance(type.element, (ObjectType, TupleType)) and type_is_filled(type.element):
            pad = "    " * (indent + 1)
            return f"{type.kind}(\n{pad}{type_string(type.element, indent + 1)},\n{'    ' * indent})"
        return f"{type.kind}({type_string(type.element, indent)})"
    inner = "    " * (indent + 1)
    if isinstance(type, TupleType):
        if not type.elements:
            return "tuple([])"
        lines = "".join(f"{inner}{type_string(t, indent + 1)},\n" for t in type.elements)
        return f"tuple([\n{lines}{'    ' * indent}])"
    assert isinstance(type, ObjectType)
    if not type.attributes:
        return "object({})"
    lines = "".join(f"{inner}{name}: {type_string(t, indent + 1)},\n" for name, t in type.attributes)
    return f"object({{\n{lines}{'    ' * indent}}})"
