"""Conversion of values between Terraform's types, and the type that several types have in common.

Source: zclconf/go-cty, package cty/convert, which decides by types first: a conversion is looked up for two types
(`_find`), then applied to a value. Unsafe conversions may fail for some values (string to number).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeAlias, cast

from ddbaudit.frontends.hcl.equality import equals, has_known_length, make_set, raw_equal
from ddbaudit.frontends.hcl.mismatch import mismatch
from ddbaudit.frontends.hcl.numbers import NumberError, format_number, parse_number
from ddbaudit.frontends.hcl.typeshape import replace_dynamic, type_string, without_optional
from ddbaudit.frontends.hcl.unify import unify, unify_types
from ddbaudit.ir.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    CollectionType,
    ObjectType,
    Primitive,
    TupleType,
    Type,
)
from ddbaudit.ir.value import Absent, Known, Unknown, Value, unknowns

__all__ = ["ConversionError", "convert", "equals", "has_known_length", "make_set", "raw_equal", "type_string", "unify"]

Path: TypeAlias = tuple[str | int, ...]
Conversion: TypeAlias = Callable[[Value, Path], Value]
_Maker: TypeAlias = Callable[[Sequence[Value], Known, Path], Value]


class ConversionError(Exception):
    """The value cannot be converted, in Terraform's words; `path` leads to the element at fault."""

    def __init__(self, message: str, path: Path = ()) -> None:
        super().__init__(message)
        self.message = message
        self.path = path


def convert(value: Value, type: Type) -> Value:
    """`value` as a value of `type`; ConversionError when that is impossible.

    Null and unknown values take on the type. `any` inside the type is replaced by what the value has, elements of one
    collection being unified.
    """
    if isinstance(value, Known) and value.kind == type.kind and isinstance(type, Primitive):
        return value
    given = value.type
    if given == without_optional(type):
        return value
    conversion = find_conversion(given, type, True)
    if conversion is None:
        raise ConversionError(mismatch(given, type, find_conversion))
    return conversion(value, ())


@lru_cache(maxsize=8192)
def find_conversion(given: Type, wanted: Type, unsafe: bool) -> Conversion | None:
    """The conversion between two types; None when there is none. Null and unknown values take the type themselves."""
    known = _find_known(given, wanted, unsafe)
    if known is None:
        return None

    def conversion(value: Value, path: Path) -> Value:
        if wanted == DYNAMIC:
            return value
        if isinstance(value, Known):
            return known(value, path)
        result = replace_dynamic(value.type, without_optional(wanted))
        if isinstance(value, Unknown):
            return _unknown_as(value, result)
        return Absent(result, value.origin, value.sensitive)

    return conversion


def _unknown_as(value: Unknown, type: Type) -> Value:
    """What is known of a string stays with it; of other values that they are one symbol, and the known elements of a
    map. A tuple that is not null gives a list of known length."""
    if isinstance(value.type, TupleType) and value.not_null and type.kind == "list":
        element = type.element if isinstance(type, CollectionType) else DYNAMIC
        items = tuple(Unknown(element, value.cause, sensitive=value.sensitive) for _ in value.type.elements)
        return Known("list", items, element, value.origin, value.sensitive)
    keeps = type == STRING or value.symbol is not None
    return Unknown(
        type,
        value.cause,
        value.parts if keeps else None,
        value.origin,
        value.sensitive,
        value.not_null,
        value.structure if type == STRING else _partial_as(value.structure, type),
    )


def _partial_as(partial: Value | None, type: Type) -> Value | None:
    """The known elements of a map or object, converted as those of `type`."""
    if not isinstance(partial, Known) or not isinstance(partial.data, dict):
        return None
    items: dict[str, Value] = {}
    for name, item in partial.data.items():
        wanted = type.get(name) if isinstance(type, ObjectType) else getattr(type, "element", None)
        try:
            if wanted is not None:
                items[name] = convert(item, wanted)
        except ConversionError:
            continue
    if isinstance(type, ObjectType):
        return _remade(partial, "object", items)
    return _remade(partial, "map", items, type.element) if isinstance(type, CollectionType) else None


def _find_known(given: Type, wanted: Type, unsafe: bool) -> Conversion | None:
    if wanted == DYNAMIC:
        return _same
    if given == DYNAMIC:
        return (lambda value, path: convert(value, wanted)) if unsafe else None
    if isinstance(given, Primitive) or isinstance(wanted, Primitive):
        return _find_primitive(given, wanted, unsafe)
    if isinstance(wanted, TupleType):
        return _tuple_to_tuple(given, wanted, unsafe) if isinstance(given, TupleType) else None
    if isinstance(wanted, ObjectType):
        return _find_object(given, wanted, unsafe)
    assert isinstance(wanted, CollectionType)
    if isinstance(given, CollectionType):
        return _collection_to_collection(given, wanted, unsafe)
    structural = ObjectType if wanted.kind == "map" else TupleType
    return _structural_to_collection(given, wanted, unsafe) if isinstance(given, structural) else None


def _same(value: Value, path: Path) -> Value:
    return value


def _find_primitive(given: Type, wanted: Type, unsafe: bool) -> Conversion | None:
    if wanted == STRING and given in (NUMBER, BOOL):
        return _to_string
    if given == STRING and unsafe:
        return {NUMBER: _to_number, BOOL: _to_bool}.get(cast(Primitive, wanted))
    return None


def _to_string(value: Value, path: Path) -> Value:
    assert isinstance(value, Known)
    text = ("true" if value.data else "false") if value.kind == "bool" else format_number(value.number)
    return Known("string", text, None, value.origin, value.sensitive)


def _to_number(value: Value, path: Path) -> Value:
    assert isinstance(value, Known)
    try:
        number = parse_number(value.text)
    except NumberError as error:
        raise ConversionError(str(error), path) from None
    if number is None:
        raise ConversionError("a number is required", path)
    return Known("number", number, None, value.origin, value.sensitive)


_BOOLS = {"true": True, "1": True, "false": False, "0": False}


def _to_bool(value: Value, path: Path) -> Value:
    assert isinstance(value, Known)
    answer = _BOOLS.get(value.text)
    if answer is None:
        lower = value.text.lower()
        hint = f'; to convert from string, use lowercase "{lower}"' if lower in ("true", "false") else ""
        raise ConversionError("a bool is required" + hint, path)
    return Known("bool", answer, None, value.origin, value.sensitive)


def _remade(source: Known, kind: str, data: tuple[Value, ...] | dict[str, Value], element: Type | None = None) -> Known:
    return Known(kind, data, element, source.origin, source.sensitive)


def _steps(pairs: Sequence[tuple[Type, Type]], unsafe: bool) -> list[Conversion | None] | None:
    """The conversion of each element, None in it where nothing is to do; None when one is impossible."""
    steps: list[Conversion | None] = []
    for given, wanted in pairs:
        step = None if given == wanted else find_conversion(given, wanted, unsafe)
        if step is None and given != wanted:
            return None
        steps.append(step)
    return steps


def _tuple_to_tuple(given: TupleType, wanted: TupleType, unsafe: bool) -> Conversion | None:
    if len(given.elements) != len(wanted.elements):
        return None
    steps = _steps(list(zip(given.elements, wanted.elements, strict=True)), unsafe)
    if steps is None:
        return None

    def conversion(value: Value, path: Path) -> Value:
        assert isinstance(value, Known)
        pairs = zip(steps, value.items, strict=True)
        items = tuple(v if s is None else s(v, (*path, i)) for i, (s, v) in enumerate(pairs))
        return _remade(value, "tuple", items)

    return conversion


def _find_object(given: Type, wanted: ObjectType, unsafe: bool) -> Conversion | None:
    if isinstance(given, ObjectType):
        return _object_to_object(given, wanted, unsafe)
    if isinstance(given, CollectionType) and given.kind == "map" and unsafe:
        return _map_to_object(given, wanted)
    return None


def _absent(wanted: ObjectType, name: str) -> Absent:
    type_ = wanted.get(name)
    assert type_ is not None
    return Absent(without_optional(type_))


def _object_to_object(given: ObjectType, wanted: ObjectType, unsafe: bool) -> Conversion | None:
    steps: dict[str, Conversion | None] = {}
    for name, wanted_type in wanted.attributes:
        given_type = given.get(name)
        if given_type is None:
            if name not in wanted.optional:
                return None
            continue
        step = None if given_type == wanted_type else find_conversion(given_type, wanted_type, unsafe)
        if step is None and given_type != wanted_type:
            return None
        steps[name] = step

    def conversion(value: Value, path: Path) -> Value:
        assert isinstance(value, Known)
        result: dict[str, Value] = {}
        for name, _ in wanted.attributes:
            if name not in steps:
                result[name] = _absent(wanted, name)
                continue
            item, step = value.mapping[name], steps[name]
            result[name] = item if step is None else step(item, (*path, name))
        return _remade(value, "object", result)

    return conversion


def _map_to_object(given: CollectionType, wanted: ObjectType) -> Conversion | None:
    steps: dict[str, Conversion | None] = {}
    for name, wanted_type in wanted.attributes:
        if given.element == wanted_type:
            continue
        steps[name] = find_conversion(given.element, wanted_type, True)
        if steps[name] is None and name not in wanted.optional:
            return None

    def conversion(value: Value, path: Path) -> Value:
        assert isinstance(value, Known)
        result: dict[str, Value] = {}
        for name, wanted_type in wanted.attributes:
            item = value.mapping.get(name)
            if item is None:
                if name not in wanted.optional:
                    raise ConversionError(f'map has no element for required attribute "{name}"', path)
                result[name] = _absent(wanted, name)
            elif name not in steps:
                result[name] = item
            else:
                step = steps[name]
                if step is None:
                    reason = mismatch(item.type, wanted_type, find_conversion)
                    raise ConversionError(f'map element type is incompatible with attribute "{name}": {reason}', path)
                result[name] = step(item, (*path, name))
        return _remade(value, "object", result)

    return conversion


def _collection_to_collection(given: CollectionType, wanted: CollectionType, unsafe: bool) -> Conversion | None:
    if (given.kind == "map") != (wanted.kind == "map"):
        return None
    if wanted.kind == "set" and given.kind == "list" and not unsafe:
        return None
    step = None if given.element == wanted.element else find_conversion(given.element, wanted.element, unsafe)
    if step is None and given.element != wanted.element:
        return None
    element = wanted.element
    fallback = given.element if element == DYNAMIC else without_optional(element)

    def conversion(value: Value, path: Path) -> Value:
        assert isinstance(value, Known)
        if wanted.kind == "list" and given.kind == "set" and not has_known_length(value):
            blocking = next(unknowns(value))
            return Unknown(CollectionType("list", given.element), blocking.cause, None, value.origin, value.sensitive)
        if wanted.kind == "map":
            items = {k: v if step is None else step(v, (*path, k)) for k, v in value.mapping.items()}
            return _map(value, _unify_mapping(items, element, path, False), fallback, path)
        elements = [v if step is None else step(v, (*path, i)) for i, v in enumerate(value.items)]
        return _sequence(value, wanted.kind, elements, fallback, path)

    return conversion


def _map(source: Known, items: dict[str, Value], fallback: Type, path: Path) -> Value:
    element = common_type(list(items.values()), fallback, "map", path)
    return _remade(source, "map", {key: _typed(item, element) for key, item in items.items()}, element)


def _typed(value: Value, element: Type) -> Value:
    """An element of no known type has that of its collection."""
    if element == DYNAMIC or isinstance(value, Known) or value.type != DYNAMIC:
        return value
    if isinstance(value, Unknown):
        return value.with_type(element)
    return Absent(element, value.origin, value.sensitive)


def _sequence(source: Known, kind: str, elements: Sequence[Value], fallback: Type, path: Path) -> Value:
    element = common_type(elements, fallback, kind, path)
    elements = [_typed(value, element) for value in elements]
    if kind == "set":
        made = make_set(element, elements)
        return Known("set", made.data, element, source.origin, source.sensitive or made.sensitive)
    return _remade(source, "list", tuple(elements), element)


def _structural_to_collection(given: Type, wanted: CollectionType, unsafe: bool) -> Conversion | None:
    if isinstance(given, TupleType):
        types = given.elements
    else:
        types = tuple(t for _, t in cast(ObjectType, given).attributes)
    if not types:
        fallback = without_optional(wanted.element)
        empty: tuple[Value, ...] | dict[str, Value] = {} if wanted.kind == "map" else ()
        return lambda value, path: _remade(cast(Known, value), wanted.kind, empty, fallback)
    element = wanted.element
    if element == DYNAMIC:
        unified = unify_types(types, unsafe)
        if unified is None:
            return None
        element = unified
        if element == DYNAMIC and wanted.kind != "map" and any(t != DYNAMIC for t in types):
            return None
    steps = _steps([(t, element) for t in types], unsafe)
    if steps is None:
        return None
    return _apply_steps(wanted.kind, steps, element, unsafe)


def _apply_steps(kind: str, steps: list[Conversion | None], element: Type, unsafe: bool) -> Conversion:
    def conversion(value: Value, path: Path) -> Value:
        assert isinstance(value, Known)
        if kind == "map":
            pairs = zip(steps, value.mapping.items(), strict=True)
            items = {k: v if s is None else s(v, (*path, k)) for s, (k, v) in pairs}
            return _map(value, _unify_mapping(items, element, path, unsafe), element, path)
        sequence = zip(steps, value.items, strict=True)
        elements: Sequence[Value] = [v if s is None else s(v, (*path, i)) for i, (s, v) in enumerate(sequence)]
        if kind == "list":
            elements = _unify_values(elements, path, unsafe)
        return _sequence(value, kind, elements, element, path)

    return conversion


def _unify_mapping(items: dict[str, Value], element: Type, path: Path, unsafe: bool) -> dict[str, Value]:
    if not items or isinstance(element, (Primitive, TupleType)):
        return items
    return dict(zip(items, _unify_values(list(items.values()), path, unsafe), strict=True))


def _unify_values(values: Sequence[Value], path: Path, unsafe: bool) -> Sequence[Value]:
    """Brings elements that `any` left with different types to one type."""
    types = [v.type for v in values]
    if all(t == types[0] for t in types):
        return values
    unified = unify_types(types, unsafe)
    if unified is None:
        raise ConversionError("cannot find a common base type for all elements", path)
    result: list[Value] = []
    for value, type_ in zip(values, types, strict=True):
        step = None if type_ == unified else find_conversion(type_, unified, unsafe)
        result.append(value if step is None else step(value, path))
    return result


def common_type(values: Sequence[Value], fallback: Type, kind: str, path: Path) -> Type:
    """The one type that the elements of a collection have, leaving out those of no known type."""
    found: Type | None = None
    for value in values:
        type_ = value.type
        if found is None or found == DYNAMIC:
            found = type_
        elif type_ not in (DYNAMIC, found):
            raise ConversionError(f"element types must all match for conversion to {kind}", path)
    return fallback if found is None else found
