"""Attribute access, indexing and iteration over values, with Terraform's errors."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ddbaudit.foundation.source import Span
from ddbaudit.foundation.text import suggestion
from ddbaudit.frontends.hcl.convert import ConversionError, convert
from ddbaudit.frontends.hcl.scope import EvalError
from ddbaudit.ir.types import DYNAMIC, NUMBER, STRING, CollectionType, ObjectType, TupleType, Type
from ddbaudit.ir.value import Absent, Known, Symbol, Unknown, Value, number, string


def get_attr(value: Value, name: str, span: Span) -> Value:
    """`value.name`; EvalError as Terraform would."""
    if isinstance(value, Known):
        if value.kind in ("object", "map"):
            found = value.mapping.get(name)
            if found is None:
                raise _missing_attribute(value, name, span)
            return found.with_sensitive() if value.sensitive and not found.sensitive else found
        if value.kind in ("list", "set", "tuple"):
            raise EvalError(
                f'a {value.kind} has no attribute "{name}"',
                span,
                help=f"use an index such as [0], or [*].{name} for that attribute of every element",
            )
        raise EvalError(f'a {value.kind} has no attribute "{name}"', span)
    if isinstance(value, Absent):
        raise EvalError(f'attempt to get attribute "{name}" from a null value', span)
    assert isinstance(value, Unknown)
    return _attr_of_unknown(value, name, span)


def _missing_attribute(value: Known, name: str, span: Span) -> EvalError:
    hint = suggestion(name, value.mapping)
    if value.kind == "map":
        return EvalError(f'the map has no element with the key "{name}"{hint}', span)
    return EvalError(f'the object has no attribute "{name}"{hint}', span)


def _attr_of_unknown(value: Unknown, name: str, span: Span) -> Value:
    partial = value.structure
    if isinstance(partial, Known) and partial.kind in ("map", "object") and name in partial.mapping:
        return partial.mapping[name]
    type_ = value.type
    if isinstance(type_, ObjectType):
        found = type_.get(name)
        if found is None:
            raise EvalError(f'the object has no attribute "{name}"', span)
        return _inside(value, name, found)
    if isinstance(type_, CollectionType):
        if type_.kind != "map":
            raise EvalError(f'a {type_.kind} has no attribute "{name}"', span)
        return _inside(value, name, type_.element)
    if type_ is not DYNAMIC:
        raise EvalError(f'a {type_} has no attribute "{name}"', span)
    return _inside(value, name, DYNAMIC)


def _inside(value: Unknown, step: str | int, type_: Type) -> Unknown:
    """An element of an unknown value: a symbol's path grows, anything else keeps only the cause."""
    symbol = value.symbol
    parts = (Symbol(symbol.address, (*symbol.path, step)),) if symbol is not None else None
    return Unknown(type_, value.cause, parts, value.origin, value.sensitive)


def index(value: Value, key: Value, span: Span) -> Value:
    """`value[key]`; EvalError as Terraform would."""
    if isinstance(value, Absent):
        raise EvalError("attempt to index a null value", span)
    if isinstance(key, Absent):
        raise EvalError("the index is null", span)
    if isinstance(value, Unknown):
        return _index_unknown(value, key, span)
    assert isinstance(value, Known)
    if value.kind in ("object", "map"):
        return _index_mapping(value, key, span)
    if value.kind in ("list", "tuple"):
        return _index_sequence(value, key, span)
    if value.kind == "set":
        raise EvalError(
            "a set has no indexes: its elements are not in any order", span, help="convert it with tolist()"
        )
    raise EvalError(f"a {value.kind} has no elements", span)


def _key(key: Value, type_: Type, span: Span) -> Value:
    try:
        return convert(key, type_)
    except ConversionError as error:
        raise EvalError(f"invalid index: {error.message}", span) from None


def _index_mapping(value: Known, key: Value, span: Span) -> Value:
    text = _key(key, STRING, span)
    if isinstance(text, Unknown):
        return Unknown(value.element or DYNAMIC, text.cause, None, text.origin, value.sensitive)
    assert isinstance(text, Known)
    found = value.mapping.get(text.text)
    if found is None:
        raise _missing_attribute(value, text.text, span)
    return found.with_sensitive() if value.sensitive and not found.sensitive else found


def _index_sequence(value: Known, key: Value, span: Span) -> Value:
    position = _key(key, NUMBER, span)
    if isinstance(position, Unknown):
        return Unknown(value.element or DYNAMIC, position.cause, None, position.origin, value.sensitive)
    assert isinstance(position, Known)
    at = position.number
    if at != at.to_integral_value():
        raise EvalError(f"the index {at} is no whole number", span)
    if not 0 <= at < len(value.items):
        raise EvalError(f"the index {at} is out of range: there are {len(value.items)} elements", span)
    found = value.items[int(at)]
    return found.with_sensitive() if value.sensitive and not found.sensitive else found


def _index_unknown(value: Unknown, key: Value, span: Span) -> Value:
    type_ = value.type
    step = _static_step(key)
    if isinstance(type_, CollectionType):
        if type_.kind == "set":
            raise EvalError("a set has no indexes: its elements are not in any order", span)
        element = type_.element
    elif isinstance(type_, TupleType) and isinstance(step, int) and 0 <= step < len(type_.elements):
        element = type_.elements[step]
    elif isinstance(type_, ObjectType) and isinstance(step, str):
        return _attr_of_unknown(value, step, span)
    else:
        element = DYNAMIC
    if step is None:
        return Unknown(element, value.cause, None, value.origin, value.sensitive)
    if isinstance(step, str) and value.structure is not None:
        return _attr_of_unknown(value, step, span)
    return _inside(value, step, element)


def _static_step(key: Value) -> str | int | None:
    if isinstance(key, Known):
        if isinstance(key.data, str):
            return key.data
        if isinstance(key.data, Decimal) and key.data == key.data.to_integral_value():
            return int(key.data)
    return None


def iterate(value: Known) -> Iterator[tuple[Value, Value]]:
    """The (key, value) pairs of a collection in Terraform's order; a set's elements are their own keys."""
    if value.kind in ("object", "map"):
        for key, element in value.mapping.items():
            yield string(key, element.origin), element
    elif value.kind == "set":
        for element in value.items:
            yield element, element
    else:
        for position, element in enumerate(value.items):
            yield number(position), element


def is_iterable(value: Known) -> bool:
    return value.kind in ("object", "map", "list", "set", "tuple")
