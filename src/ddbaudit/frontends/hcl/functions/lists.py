"""Functions that make lists and tuples of others.

Source: go-cty function/stdlib (collection.go, sequence.go, string.go) and Terraform's lang/funcs/collection.go.
"""

from __future__ import annotations

from ddbaudit.frontends.hcl.convert import ConversionError, convert, unify
from ddbaudit.frontends.hcl.equality import equals, has_known_length
from ddbaudit.frontends.hcl.functions.registry import Context, Function, FunctionError, Param
from ddbaudit.frontends.hcl.functions.support import (
    COLLECTIONS,
    SEQUENCES,
    argument_error,
    certainly_empty,
    certainly_filled,
    element_type,
    items_of,
    same_kind,
    unknown_of,
    whole_number,
)
from ddbaudit.ir.types import DYNAMIC, NUMBER, STRING, CollectionType, TupleType, Type, friendly, list_of
from ddbaudit.ir.value import Absent, Known, Unknown, Value, is_wholly_known, list_value, tuple_value


def _chunklist(context: Context, args: list[Value]) -> Value:
    source = args[0]
    assert isinstance(source, Known)
    try:
        size = whole_number(args[1])
    except FunctionError as error:
        raise FunctionError(f"invalid size: {error.message}") from None
    if size < 0:
        raise FunctionError("the size argument must be positive")
    items = source.items
    if not items:
        return list_value(source.type, ())
    step = size or len(items)
    return list_value(source.type, tuple(same_kind(source, items[i : i + step]) for i in range(0, len(items), step)))


def _coalesce_type(args: list[Value]) -> Type:
    unified = unify([a.type for a in args]) if args else None
    if unified is None:
        raise FunctionError("all arguments must have the same type")
    return unified


def _coalesce(context: Context, args: list[Value]) -> Value:
    """The first argument that is neither null nor an empty string. An unknown one is the answer when it cannot be
    empty, or when nothing usable follows (see sharper.py)."""
    type_ = _coalesce_type(args)
    candidates: list[Value] = []
    for index, arg in enumerate(args):
        try:
            value = convert(arg, type_)
        except ConversionError as error:
            raise FunctionError(error.message, index) from None
        if certainly_empty(value) and (type_ == STRING or isinstance(value, Absent)):
            continue
        candidates.append(value)
        if isinstance(value, Known) or certainly_filled(value):
            break
    if not candidates:
        raise FunctionError("no non-null, non-empty-string arguments")
    return candidates[0] if len(candidates) == 1 else unknown_of(type_, candidates[0])


def _coalescelist(context: Context, args: list[Value]) -> Value:
    if not args:
        raise FunctionError("at least one argument is required")
    for arg in args:
        if isinstance(arg, Unknown):
            break
        if arg.type.kind not in SEQUENCES:
            raise FunctionError("coalescelist arguments must be lists or tuples")
    for arg in args:
        if isinstance(arg, Unknown):
            return unknown_of(DYNAMIC, arg)
        if isinstance(arg, Known) and arg.items:
            return arg
    raise FunctionError("no non-null arguments")


def _compact(context: Context, args: list[Value]) -> Value:
    """Drops null and empty strings. Unknown strings that cannot be empty stay (see sharper.py)."""
    kept: list[Value] = []
    for value in items_of(args[0]):
        if certainly_filled(value):
            kept.append(value)
        elif not certainly_empty(value):
            return unknown_of(list_of(STRING), value)
    return list_value(STRING, tuple(kept))


def _concat_type(args: list[Value]) -> Type:
    if not args:
        raise FunctionError("at least one argument is required")
    types = [a.type for a in args]
    if all(t.kind == "list" for t in types):
        common = unify(types)
        if common is not None:
            return common
    elements: list[Type] = []
    dynamic = False
    for index, (arg, type_) in enumerate(zip(args, types, strict=True)):
        if isinstance(type_, TupleType):
            elements.extend(type_.elements)
        elif type_.kind == "list":
            dynamic = dynamic or not isinstance(arg, Known)
            elements.extend([element_type(type_)] * (len(arg.items) if isinstance(arg, Known) else 0))
        elif type_ == DYNAMIC:
            dynamic = True
        else:
            raise argument_error("seqs", index, f"all arguments must be lists or tuples; got {friendly(type_)}")
    return DYNAMIC if dynamic else TupleType(tuple(elements))


def _concat(context: Context, args: list[Value]) -> Value:
    type_ = _concat_type(args)
    if not isinstance(type_, CollectionType):
        return tuple_value(tuple(v for a in args for v in items_of(a)))
    items: list[Value] = []
    for index, arg in enumerate(args):
        try:
            items.extend(items_of(convert(arg, type_)))
        except ConversionError as error:
            raise FunctionError(error.message, index) from None
    return list_value(type_.element, tuple(items))


def _distinct(context: Context, args: list[Value]) -> Value:
    """Unknown elements stay apart where they certainly differ or are certainly the same (see sharper.py)."""
    source = args[0]
    assert isinstance(source, Known)
    kept: list[Value] = []
    for item in source.items:
        answers = [equals(other, item) for other in kept]
        if any(isinstance(a, Known) and a.data for a in answers):
            continue
        if any(isinstance(a, Unknown) for a in answers):
            return unknown_of(source.type, source)
        kept.append(item)
    return same_kind(source, kept)


def _flatten(context: Context, args: list[Value]) -> Value:
    source = args[0]
    if not isinstance(source, Known) or source.kind not in COLLECTIONS:
        raise FunctionError("can only flatten lists, sets and tuples")
    flat = _Flat()
    flat.add(source)
    result = tuple_value(tuple(flat.items)) if flat.blocking is None else unknown_of(DYNAMIC, flat.blocking)
    return result.with_sensitive(flat.sensitive)


class _Flat:
    """The elements of nested sequences in order, and what makes them unpredictable, if anything does."""

    def __init__(self) -> None:
        self.items: list[Value] = []
        self.blocking: Value | None = None
        self.sensitive = False

    def add(self, source: Known) -> None:
        self.sensitive = self.sensitive or source.sensitive
        if not has_known_length(source):
            self.blocking = source if self.blocking is None else self.blocking
            return
        for value in source.items:
            if isinstance(value, Known) and value.kind in COLLECTIONS:
                self.add(value)
            elif isinstance(value, Unknown) and (value.type == DYNAMIC or value.type.kind in COLLECTIONS):
                self.sensitive = self.sensitive or value.sensitive
                self.blocking = value if self.blocking is None else self.blocking
            else:
                self.items.append(value)


def _reverse_type(args: list[Value]) -> Type:
    type_ = args[0].type
    if isinstance(type_, TupleType):
        return TupleType(type_.elements[::-1])
    if type_.kind in ("list", "set"):
        return list_of(element_type(type_))
    if type_ == DYNAMIC:
        return DYNAMIC
    raise argument_error("list", 0, f"can only reverse list or tuple values, not {friendly(type_)}")


def _reverse(context: Context, args: list[Value]) -> Value:
    type_ = _reverse_type(args)
    items = items_of(args[0])[::-1]
    return list_value(type_.element, items) if isinstance(type_, CollectionType) else tuple_value(items)


def _slice_type(args: list[Value]) -> Type:
    type_ = args[0].type
    if type_.kind == "set":
        raise argument_error(
            "list",
            0,
            "cannot slice a set, because its elements do not have indices; explicitly convert to a list if the "
            "ordering of the result is not important",
        )
    if type_ == DYNAMIC:
        return DYNAMIC
    if type_.kind not in SEQUENCES:
        raise argument_error("list", 0, "must be a list or tuple value")
    bounds = _slice_bounds(args)
    if isinstance(type_, TupleType):
        return DYNAMIC if bounds is None else TupleType(type_.elements[bounds[0] : bounds[1]])
    return type_


def _slice_bounds(args: list[Value]) -> tuple[int, int] | None:
    source = args[0]
    size = len(source.items) if isinstance(source, Known) else None
    if isinstance(source.type, TupleType):
        size = len(source.type.elements)
    bounds: list[int] = []
    for index, name in ((1, "start"), (2, "end")):
        if not isinstance(args[index], Known):
            continue
        try:
            bound = whole_number(args[index])
        except FunctionError as error:
            raise argument_error(f"{name}_index", index, f"invalid {name} index: {error.message}") from None
        if bound < 0:
            raise argument_error(f"{name}_index", index, f"{name} index must not be less than zero")
        if size is not None and bound > size:
            message = f"{name} index must not be greater than the length of the list"
            raise argument_error(f"{name}_index", index, message)
        bounds.append(bound)
    if len(bounds) < 2:
        return None
    if bounds[0] > bounds[1]:
        raise argument_error("start_index", 1, "start index must not be greater than end index")
    return bounds[0], bounds[1]


def _slice(context: Context, args: list[Value]) -> Value:
    _slice_type(args)
    source, bounds = args[0], _slice_bounds(args)
    assert isinstance(source, Known)
    assert bounds is not None
    return same_kind(source, source.items[bounds[0] : bounds[1]])


def _sort(context: Context, args: list[Value]) -> Value:
    source = args[0]
    if isinstance(source, Unknown):
        return unknown_of(list_of(STRING), source)
    items = items_of(source)
    if not is_wholly_known(source):
        # The order is open, the length is not.
        hidden = unknown_of(STRING, source, not_null=False)
        return list_value(STRING, (hidden,) * len(items))
    for position, item in enumerate(items):
        if isinstance(item, Absent):
            raise FunctionError(f"given list element {position} is null; a null string cannot be sorted")
    return list_value(STRING, tuple(sorted(items, key=lambda v: v.text if isinstance(v, Known) else "")))


def _same_type(args: list[Value]) -> Type:
    return args[0].type


def _chunk_type(args: list[Value]) -> Type:
    return list_of(args[0].type)


FUNCTIONS: tuple[Function, ...] = (
    Function("chunklist", (Param("list", list_of(DYNAMIC)), Param("size", NUMBER)), _chunklist, _chunk_type),
    Function("coalesce", (), _coalesce, DYNAMIC, Param("vals", null=True, unknown=True)),
    Function("coalescelist", (), _coalescelist, DYNAMIC, Param("vals", null=True, unknown=True)),
    Function("compact", (Param("list", list_of(STRING)),), _compact, list_of(STRING)),
    Function("concat", (), _concat, _concat_type, Param("seqs")),
    Function("distinct", (Param("list", list_of(DYNAMIC)),), _distinct, _same_type),
    Function("flatten", (Param("list"),), _flatten, DYNAMIC),
    Function("reverse", (Param("list"),), _reverse, _reverse_type),
    Function("slice", (Param("list"), Param("start_index", NUMBER), Param("end_index", NUMBER)), _slice, _slice_type),
    Function("sort", (Param("list", list_of(STRING), unknown=True),), _sort, list_of(STRING)),
)
