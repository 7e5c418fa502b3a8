"""Functions that ask something of lists, tuples, sets and strings.

Source: go-cty function/stdlib (collection.go, sequence.go, string.go) and Terraform's lang/funcs/collection.go.
"""

from __future__ import annotations

from ddbaudit.frontends.hcl.convert import ConversionError, convert
from ddbaudit.frontends.hcl.equality import equals, has_known_length
from ddbaudit.frontends.hcl.functions import graphemes
from ddbaudit.frontends.hcl.functions.registry import Context, Function, FunctionError, Param
from ddbaudit.frontends.hcl.functions.support import (
    COLLECTIONS,
    SEQUENCES,
    argument_error,
    element_type,
    integer,
    items_of,
    number_of,
    tuple_types,
    unknown_of,
    whole_number,
)
from ddbaudit.frontends.hcl.numbers import NumberError, add, short
from ddbaudit.ir.types import BOOL, DYNAMIC, NUMBER, ObjectType, TupleType, Type, friendly, list_of
from ddbaudit.ir.value import Absent, Known, Unknown, Value, boolean, is_wholly_known, list_value

_RANGE_LIMIT = 1024


def _alltrue(context: Context, args: list[Value]) -> Value:
    items = items_of(args[0])
    # A false element decides, even behind unknown ones (see sharper.py); null counts as false.
    if any(isinstance(v, Absent) or (isinstance(v, Known) and v.data is False) for v in items):
        return boolean(False)
    return boolean(True) if is_wholly_known(args[0]) else unknown_of(BOOL, args[0])


def _anytrue(context: Context, args: list[Value]) -> Value:
    if any(isinstance(v, Known) and v.data is True for v in items_of(args[0])):
        return boolean(True)
    return boolean(False) if is_wholly_known(args[0]) else unknown_of(BOOL, args[0])


def _contains(context: Context, args: list[Value]) -> Value:
    collection, wanted = args
    if not isinstance(collection, Known) or collection.kind not in COLLECTIONS:
        raise FunctionError("argument must be list, tuple, or set")
    undecided = False
    for item in collection.items:
        answer = equals(wanted, item)
        if isinstance(answer, Unknown):
            undecided = True
        elif isinstance(answer, Known) and answer.data:
            return boolean(True)
    return unknown_of(BOOL, wanted, collection) if undecided else boolean(False)


def _element_index(value: Value) -> int:
    try:
        return whole_number(value)
    except FunctionError as error:
        raise FunctionError(f"invalid index: {error.message}") from None


def _element_type(args: list[Value]) -> Type:
    type_ = args[0].type
    if isinstance(type_, TupleType):
        if not isinstance(args[1], Known):
            return DYNAMIC
        index = _element_index(args[1])
        if not type_.elements:
            raise FunctionError("cannot use element function with an empty list")
        return type_.elements[index % len(type_.elements)]
    if type_.kind != "list" and type_ != DYNAMIC:
        raise FunctionError(f"cannot read elements from {friendly(type_)}")
    return element_type(type_)


def _element(context: Context, args: list[Value]) -> Value:
    _element_type(args)
    items, index = items_of(args[0]), _element_index(args[1])
    if not items:
        raise FunctionError("cannot use element function with an empty list")
    return items[index % len(items)]


def _index(context: Context, args: list[Value]) -> Value:
    source, wanted = args
    if not isinstance(source, Known) or source.kind not in SEQUENCES:
        raise FunctionError("argument must be a list or tuple")
    if not source.items:
        raise FunctionError("cannot search an empty list")
    for position, item in enumerate(source.items):
        answer = equals(item, wanted)
        if isinstance(answer, Unknown):
            return unknown_of(NUMBER, item, wanted)
        if isinstance(answer, Known) and answer.data:
            return integer(position)
    raise FunctionError("item not found")


def _length(context: Context, args: list[Value]) -> Value:
    value = args[0]
    type_ = value.type
    if isinstance(type_, TupleType):
        return integer(len(type_.elements))
    if isinstance(type_, ObjectType):
        return integer(len(type_.attributes))
    if type_ in (BOOL, NUMBER):
        raise FunctionError("argument must be a string, a collection type, or a structural type")
    if not isinstance(value, Known) or not has_known_length(value):
        return unknown_of(NUMBER, value)
    if value.kind == "string":
        return integer(graphemes.count(value.text))
    return integer(len(value.mapping) if value.kind == "map" else len(value.items))


def _one_type(args: list[Value]) -> Type:
    type_ = args[0].type
    if type_.kind in ("list", "set"):
        return element_type(type_)
    if type_ == DYNAMIC:
        return DYNAMIC
    elements = tuple_types(type_)
    if type_.kind != "tuple" or len(elements) > 1:
        raise _not_one()
    return elements[0] if elements else DYNAMIC


def _not_one() -> FunctionError:
    message = "must be a list, set, or tuple value with either zero or one elements"
    return argument_error("list", 0, message)


def _one(context: Context, args: list[Value]) -> Value:
    type_ = _one_type(args)
    source = args[0]
    assert isinstance(source, Known)
    if not has_known_length(source):
        return unknown_of(type_, source, not_null=False)
    if len(source.items) > 1:
        raise _not_one()
    return source.items[0] if source.items else Absent(type_)


def _range(context: Context, args: list[Value]) -> Value:
    numbers = [number_of(a) for a in args]
    if not 1 <= len(numbers) <= 3:
        raise FunctionError("must have one, two, or three arguments")
    start, end = (short(0), numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[1])
    step = numbers[2] if len(numbers) == 3 else short(-1 if end < start else 1)
    down = step < 0
    if end != start and down != (end < start):
        relation = "less than start when step is negative" if down else "greater than start when step is positive"
        raise argument_error("params", 1, f"end must be {relation}")
    values: list[Value] = []
    while start > end if down else start < end:
        if len(values) >= _RANGE_LIMIT:
            raise FunctionError(
                f"more than {_RANGE_LIMIT} values were generated; either decrease the difference between start and "
                "end or use a smaller step"
            )
        values.append(Known("number", start))
        start = add(start, step)
    return list_value(NUMBER, tuple(values))


def _sum(context: Context, args: list[Value]) -> Value:
    source = args[0]
    if not isinstance(source, Known) or not isinstance(source.data, (tuple, dict)):
        raise argument_error("list", 0, "cannot sum noniterable")
    if not source.data:
        raise argument_error("list", 0, "cannot sum an empty list")
    if source.kind not in COLLECTIONS:
        message = f"argument must be list, set, or tuple. Received {friendly(source.type)}"
        raise argument_error("list", 0, message)
    if not is_wholly_known(source):
        return unknown_of(NUMBER, source)
    total = _addend(source.items[0])
    for item in source.items[1:]:
        try:
            total = Known("number", add(total.number, _addend(item).number))
        except NumberError as error:
            raise FunctionError(str(error)) from None
    return total


def _addend(item: Value) -> Known:
    try:
        value = convert(item, NUMBER)
    except ConversionError:
        value = None
    if not isinstance(value, Known):
        raise argument_error("list", 0, "argument must be list, set, or tuple of number values")
    return value


FUNCTIONS: tuple[Function, ...] = (
    Function("alltrue", (Param("list", list_of(BOOL)),), _alltrue, BOOL),
    Function("anytrue", (Param("list", list_of(BOOL)),), _anytrue, BOOL),
    Function("contains", (Param("list"), Param("value")), _contains, BOOL),
    Function("element", (Param("list"), Param("index", NUMBER)), _element, _element_type),
    Function("index", (Param("list"), Param("value")), _index, NUMBER),
    Function("length", (Param("value", unknown=True),), _length, NUMBER),
    Function("one", (Param("list"),), _one, _one_type),
    Function("range", (), _range, list_of(NUMBER), Param("params", NUMBER)),
    Function("sum", (Param("list"),), _sum, NUMBER),
)
