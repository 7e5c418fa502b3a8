"""Why one type cannot be converted to another, in Terraform's words (go-cty, cty/convert/mismatch_msg.go)."""

from __future__ import annotations

from collections.abc import Callable

from ddbaudit.ir.types import DYNAMIC, CollectionType, ObjectType, TupleType, Type, friendly

Finder = Callable[[Type, Type, bool], object | None]


def mismatch(given: Type, wanted: Type, find: Finder) -> str:
    """The reason; `find` tells whether there is a conversion between two types, perhaps an unsafe one."""
    if isinstance(given, ObjectType) and isinstance(wanted, ObjectType):
        return _objects(given, wanted, find)
    if isinstance(wanted, CollectionType):
        structural = ObjectType if wanted.kind == "map" else TupleType
        if isinstance(given, structural) and wanted.element == DYNAMIC:
            return f"all {wanted.kind} elements must have the same type"
        if isinstance(given, (TupleType, ObjectType)):
            return _from_structural(given, wanted, find)
        if isinstance(given, CollectionType):
            if (given.kind == "map") != (wanted.kind == "map"):
                return f"{constraint_name(wanted)} required"
            reason = mismatch(given.element, wanted.element, find)
            return f"incorrect {wanted.kind} element type: {reason}"
    return f"{constraint_name(wanted)} required"


def constraint_name(type: Type) -> str:
    """The name of a type in a message about what is required: `list of any single type` for `list(any)`."""
    if type == DYNAMIC:
        return "any type"
    if isinstance(type, CollectionType):
        inner = "any single type" if type.element == DYNAMIC else constraint_name(type.element)
        return f"{type.kind} of {inner}"
    return friendly(type)


def _objects(given: ObjectType, wanted: ObjectType, find: Finder) -> str:
    missing = [n for n, _ in wanted.attributes if given.get(n) is None and n not in wanted.optional]
    if missing:
        return _missing(missing)
    for unsafe in (True, False):
        for name, wanted_type in wanted.attributes:
            given_type = given.get(name)
            if given_type is None or given_type == wanted_type:
                continue
            if find(given_type, wanted_type, unsafe) is None:
                return f'attribute "{name}": {mismatch(given_type, wanted_type, find)}'
    return "incorrect object attributes"


def _missing(names: list[str]) -> str:
    quoted = [f'"{n}"' for n in names]
    if len(quoted) == 1:
        return f"attribute {quoted[0]} is required"
    if len(quoted) == 2:
        return f"attributes {quoted[0]} and {quoted[1]} are required"
    return f"attributes {', '.join(quoted[:-1])}, and {quoted[-1]} are required"


def _from_structural(given: TupleType | ObjectType, wanted: CollectionType, find: Finder) -> str:
    if (wanted.kind == "map") != isinstance(given, ObjectType):
        return f"{constraint_name(wanted)} required"
    elements: list[tuple[str, Type]]
    if isinstance(given, TupleType):
        elements = [(str(i), t) for i, t in enumerate(given.elements)]
    else:
        elements = [(f'"{name}"', t) for name, t in given.attributes]
    for name, type_ in elements:
        if type_ != wanted.element and find(type_, wanted.element, True) is None:
            return f"element {name}: {mismatch(type_, wanted.element, find)}"
    return f"all elements must be {constraint_name(wanted.element)}"
