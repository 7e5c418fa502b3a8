"""Functions on maps and objects.

Source: go-cty function/stdlib/collection.go and Terraform's lang/funcs/collection.go.
"""

from __future__ import annotations

from ddbaudit.frontends.hcl.convert import ConversionError, convert, unify
from ddbaudit.frontends.hcl.equality import equals
from ddbaudit.frontends.hcl.functions.registry import Context, Function, FunctionError, Param
from ddbaudit.frontends.hcl.functions.support import (
    argument_error,
    attribute_types,
    element_type,
    items_of,
    text,
    unknown_of,
)
from ddbaudit.ir.types import (
    DYNAMIC,
    STRING,
    CollectionType,
    ObjectType,
    TupleType,
    Type,
    friendly,
    list_of,
    map_of,
    object_of,
)
from ddbaudit.ir.value import (
    Absent,
    Known,
    Unknown,
    Value,
    is_sensitive,
    is_wholly_known,
    list_value,
    map_value,
    object_value,
    tuple_value,
    unknowns,
)

_LISTS = map_of(list_of(STRING))


def _keys_type(args: list[Value]) -> Type:
    type_ = args[0].type
    if isinstance(type_, ObjectType):
        return TupleType((STRING,) * len(type_.attributes))
    if type_.kind == "map":
        return list_of(STRING)
    if type_ == DYNAMIC:
        return DYNAMIC
    raise argument_error("inputMap", 0, "must have map or object type")


def _keys(context: Context, args: list[Value]) -> Value:
    type_ = _keys_type(args)
    source = args[0]
    if isinstance(type_, TupleType):
        # The type alone tells the names, so that an unknown object has them too.
        return tuple_value(tuple(text(name) for name, _ in attribute_types(source.type)))
    if not isinstance(source, Known):
        return unknown_of(type_, source)
    return list_value(STRING, tuple(map(text, source.mapping)))


def _values_type(args: list[Value]) -> Type:
    type_ = args[0].type
    if isinstance(type_, ObjectType):
        return TupleType(tuple(t for _, t in type_.attributes))
    if type_.kind == "map":
        return list_of(element_type(type_))
    if type_ == DYNAMIC:
        return DYNAMIC
    raise FunctionError("values() requires a map as the first argument")


def _values(context: Context, args: list[Value]) -> Value:
    type_ = _values_type(args)
    source = args[0]
    assert isinstance(source, Known)
    items = tuple(source.mapping.values())
    return list_value(type_.element, items) if isinstance(type_, CollectionType) else tuple_value(items)


def _lookup_type(args: list[Value]) -> Type:
    if len(args) > 3:
        raise FunctionError(f"lookup() takes two or three arguments, got {len(args)}")
    type_, key = args[0].type, args[1]
    if type_ == DYNAMIC:
        return DYNAMIC
    if isinstance(type_, ObjectType):
        if not isinstance(key, Known):
            return DYNAMIC
        found = type_.get(key.text)
        if found is not None:
            return found
        if len(args) == 3:
            return args[2].type
        raise argument_error("inputMap", 0, f'the given object has no attribute "{key.text}"')
    if type_.kind != "map":
        raise argument_error("inputMap", 0, "lookup() requires a map as the first argument")
    if len(args) == 3:
        try:
            convert(args[2], element_type(type_))
        except ConversionError:
            message = "the default value must have the same type as the map elements"
            raise argument_error("default", 2, message) from None
    return element_type(type_)


def _lookup(context: Context, args: list[Value]) -> Value:
    type_ = _lookup_type(args)
    source, key = args[0], args[1]
    if isinstance(source, Unknown) and isinstance(key, Known):
        # Of a partly known map some elements are certain (see sharper.py).
        partial = source.structure
        if isinstance(partial, Known) and isinstance(partial.data, dict) and key.text in partial.data:
            return partial.mapping[key.text]
    if not isinstance(source, Known) or not isinstance(key, Known):
        return unknown_of(type_, source, key, not_null=False)
    found = source.mapping.get(key.text)
    if found is not None:
        return found
    if len(args) < 3:
        raise FunctionError(f'lookup failed to find key "{key.text}"')
    return convert(args[2], type_)


def _merge_type(args: list[Value]) -> Type:
    if not args:
        return object_of({})
    for arg in args:
        type_ = arg.type
        if type_ == DYNAMIC:
            return DYNAMIC
        if type_.kind not in ("map", "object"):
            raise FunctionError(f'arguments must be maps or objects, got "{friendly(type_)}"')
    first = args[0].type
    if all(arg.type == first for arg in args):
        return first
    attributes: dict[str, Type] = {}
    for arg in args:
        if isinstance(arg, Unknown) and arg.type.kind == "map":
            return DYNAMIC
        if isinstance(arg, Absent):
            continue
        if isinstance(arg.type, ObjectType):
            attributes.update(arg.type.attributes)
        elif isinstance(arg, Known):
            attributes.update({name: v.type for name, v in arg.mapping.items()})
    return object_of(attributes)


def _merge(context: Context, args: list[Value]) -> Value:
    """Later arguments win. With an unknown argument the result is unknown, yet what stands behind the last unknown one
    is certain (see sharper.py) and kept as `structure`."""
    type_ = _merge_type(args)
    merged: dict[str, Value] = {}
    blocking: Unknown | None = None
    for arg in args:
        if isinstance(arg, Unknown):
            blocking = arg if blocking is None else blocking
            partial = arg.structure
            certain = isinstance(partial, Known) and isinstance(partial.data, dict)
            merged = dict(partial.mapping) if certain and isinstance(partial, Known) else {}
        elif isinstance(arg, Known):
            merged.update(arg.mapping)
    if isinstance(type_, CollectionType):
        known = map_value(type_.element, merged)
    else:
        known = object_value(merged)
    if blocking is None:
        return known
    return Unknown(type_, blocking.cause, not_null=True, structure=known if merged else None)


def _zipmap_type(args: list[Value]) -> Type:
    keys, values = args
    type_ = values.type
    if type_ == DYNAMIC:
        return DYNAMIC
    if type_.kind == "list":
        return map_of(element_type(type_))
    if not isinstance(type_, TupleType):
        raise FunctionError("values argument must be a list or tuple value")
    if not isinstance(keys, Known) or next(unknowns(keys), None) is not None:
        return DYNAMIC
    _check_sizes(len(keys.items), len(type_.elements))
    attributes: dict[str, Type] = {}
    for position, (key, element) in enumerate(zip(keys.items, type_.elements, strict=True)):
        if not isinstance(key, Known):
            raise FunctionError(f"keys list has null value at index {position}")
        attributes[key.text] = element
    return object_of(attributes)


def _check_sizes(keys: int, values: int) -> None:
    if keys != values:
        raise FunctionError(f"number of keys ({keys}) does not match number of values ({values})")


def _zipmap(context: Context, args: list[Value]) -> Value:
    type_ = _zipmap_type(args)
    keys, values = items_of(args[0]), items_of(args[1])
    if not is_wholly_known(args[0]):
        return unknown_of(type_, args[0])
    _check_sizes(len(keys), len(values))
    result: dict[str, Value] = {}
    for position, (key, value) in enumerate(zip(keys, values, strict=True)):
        if not isinstance(key, Known):
            raise FunctionError(f"keys list has null value at index {position}")
        result[key.text] = value
    made = map_value(type_.element, result) if isinstance(type_, CollectionType) else object_value(result)
    return made.with_sensitive(any(map(is_sensitive, keys)))


def _transpose(context: Context, args: list[Value]) -> Value:
    source = args[0]
    assert isinstance(source, Known)
    if not is_wholly_known(source):
        return unknown_of(_LISTS, source)
    result: dict[str, list[str]] = {}
    for name, values in source.mapping.items():
        if not isinstance(values, Known):
            raise FunctionError("input must not contain null list")
        for value in values.items:
            if not isinstance(value, Known):
                raise FunctionError("input list must not contain null string")
            result.setdefault(value.text, []).append(name)
    lists = {k: list_value(STRING, tuple(map(text, sorted(names)))) for k, names in result.items()}
    return map_value(list_of(STRING), lists)


def _matchkeys(context: Context, args: list[Value]) -> Value:
    values, keys, searchset = args
    type_ = unify([keys.type, searchset.type])
    if type_ is None:
        raise FunctionError("keys and searchset must be of the same type")
    if len(items_of(values)) != len(items_of(keys)):
        raise FunctionError("length of keys and values should be equal")
    sought, wanted = items_of(convert(keys, type_)), items_of(convert(searchset, type_))
    assert isinstance(values, Known)
    if wanted and not (is_wholly_known(values) and is_wholly_known(keys)):
        return unknown_of(values.type, values, keys)
    found: list[Value] = []
    for value, key in zip(values.items, sought, strict=True):
        answers = [equals(key, candidate) for candidate in wanted]
        if any(isinstance(a, Known) and a.data for a in answers):
            found.append(value)
        elif any(isinstance(a, Unknown) for a in answers):
            # Terraform plans an empty list here and may find elements later; that it is unknown is the truth.
            return unknown_of(values.type, searchset)
    return Known("list", tuple(found), values.element)


def _first_type(args: list[Value]) -> Type:
    return args[0].type


_ANY_LIST = list_of(DYNAMIC)

FUNCTIONS: tuple[Function, ...] = (
    Function("keys", (Param("inputMap", unknown=True),), _keys, _keys_type),
    Function(
        "lookup",
        (Param("inputMap", unknown=True), Param("key", STRING, unknown=True)),
        _lookup,
        _lookup_type,
        Param("default", null=True, unknown=True),
    ),
    Function(
        "matchkeys",
        (Param("values", _ANY_LIST), Param("keys", _ANY_LIST), Param("searchset", _ANY_LIST)),
        _matchkeys,
        _first_type,
    ),
    Function("merge", (), _merge, _merge_type, Param("maps", null=True, unknown=True)),
    Function("transpose", (Param("values", _LISTS),), _transpose, _LISTS),
    Function("values", (Param("mapping"),), _values, _values_type),
    Function("zipmap", (Param("keys", list_of(STRING)), Param("values")), _zipmap, _zipmap_type),
)
