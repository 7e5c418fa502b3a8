"""Functions on sets. Source: go-cty function/stdlib (set.go, and setproduct in collection.go)."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import product
from math import prod

from ddbaudit.frontends.hcl.convert import ConversionError, convert, make_set, unify
from ddbaudit.frontends.hcl.equality import has_known_length, identity
from ddbaudit.frontends.hcl.functions.registry import Context, Function, FunctionError, Param
from ddbaudit.frontends.hcl.functions.support import (
    COLLECTIONS,
    argument_error,
    element_type,
    items_of,
    tuple_types,
    unknown_of,
)
from ddbaudit.ir.types import DYNAMIC, CollectionType, TupleType, Type, list_of, set_of
from ddbaudit.ir.value import Known, Unknown, Value, is_wholly_known, list_value, tuple_value

_ANY_SET = set_of(DYNAMIC)
_MOST_COMBINATIONS = 100_000


def _set_type(args: list[Value]) -> CollectionType:
    """A set of the type that the elements have in common; empty sets of no type have no say."""
    types: list[Type] = []
    for arg in args:
        element = element_type(arg.type)
        if isinstance(arg, Known) and not arg.items and element == DYNAMIC:
            continue
        types.append(element)
    unified = unify(types)
    if unified is None:
        raise FunctionError("given sets must all have compatible element types")
    return set_of(unified)


def _as_sets(args: list[Value], type_: CollectionType) -> list[Known]:
    sets: list[Known] = []
    for index, arg in enumerate(args):
        try:
            converted = convert(arg, type_)
        except ConversionError as error:
            raise FunctionError(error.message, index) from None
        assert isinstance(converted, Known)
        sets.append(converted)
    return sets


def _identities(value: Known) -> set[Hashable]:
    return {identity(item) for item in value.items}


def _setunion(context: Context, args: list[Value]) -> Value:
    type_ = _set_type(args)
    return make_set(type_.element, [v for s in _as_sets(args, type_) for v in s.items])


def _setintersection(context: Context, args: list[Value]) -> Value:
    type_ = _set_type(args)
    first, *others = _as_sets(args, type_)
    if not all(is_wholly_known(s) for s in (first, *others)):
        return unknown_of(type_, first, *others)
    for other in others:
        keep = _identities(other)
        first = make_set(type_.element, [v for v in first.items if identity(v) in keep])
    return first


def _setsubtract(context: Context, args: list[Value]) -> Value:
    type_ = _set_type(args)
    first, other = _as_sets(args, type_)
    if not (is_wholly_known(first) and is_wholly_known(other)):
        return unknown_of(type_, first, other)
    drop = _identities(other)
    return make_set(type_.element, [v for v in first.items if identity(v) not in drop])


def _product_type(args: list[Value]) -> Type:
    if len(args) < 2:
        raise FunctionError("at least two arguments are required")
    if any(a.type == DYNAMIC for a in args):
        return DYNAMIC
    elements = TupleType(tuple(_product_element(index, arg.type) for index, arg in enumerate(args)))
    return set_of(elements) if any(a.type.kind == "set" for a in args) else list_of(elements)


def _product_element(index: int, type_: Type) -> Type:
    if type_.kind not in COLLECTIONS:
        raise argument_error("sets", index, "a set or a list is required")
    if isinstance(type_, CollectionType):
        return type_.element
    unified = unify(tuple_types(type_))
    if unified is None:
        raise argument_error("sets", index, "all elements must be of the same type")
    return unified


def _setproduct(context: Context, args: list[Value]) -> Value:
    type_ = _product_type(args)
    if not isinstance(type_, CollectionType):
        return unknown_of(type_, *args)
    if any(isinstance(a, Unknown) for a in args):
        return unknown_of(type_, *args)
    if not all(map(items_of, args)):
        return Known(type_.kind, (), type_.element)
    if not all(isinstance(a, Known) and has_known_length(a) for a in args):
        return unknown_of(type_, *args)
    if prod(len(items_of(a)) for a in args) > _MOST_COMBINATIONS:
        raise FunctionError(f"more than {_MOST_COMBINATIONS} combinations are not evaluated")
    types = tuple_types(type_.element)
    columns = [[convert(v, t) for v in items_of(a)] for a, t in zip(args, types, strict=True)]
    rows = [tuple_value(row) for row in product(*columns)]
    element = rows[0].type if type_.element.has_dynamic() else type_.element
    return make_set(element, rows) if type_.kind == "set" else list_value(element, tuple(rows))


FUNCTIONS: tuple[Function, ...] = (
    Function("setintersection", (Param("first_set", _ANY_SET),), _setintersection, _set_type, Param("other", _ANY_SET)),
    Function("setproduct", (), _setproduct, _product_type, Param("sets", unknown=True)),
    Function("setsubtract", (Param("a", _ANY_SET), Param("b", _ANY_SET)), _setsubtract, _set_type),
    Function("setunion", (Param("first_set", _ANY_SET),), _setunion, _set_type, Param("other_sets", _ANY_SET)),
)
