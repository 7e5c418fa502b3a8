"""What the implementations of functions share."""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

from ddbaudit.frontends.hcl.functions.registry import FunctionError
from ddbaudit.frontends.hcl.numbers import is_integer, short
from ddbaudit.frontends.hcl.sharper import never_empty
from ddbaudit.ir.types import DYNAMIC, CollectionType, ObjectType, TupleType, Type
from ddbaudit.ir.value import Absent, Known, Unknown, Value, unknowns

KEEPS_MARKS = frozenset(
    {
        "chunklist", "concat", "element", "flatten", "keys", "length", "lookup", "merge", "reverse", "setproduct",
        "slice", "tolist", "tomap", "toset", "values", "zipmap",
    }
)  # fmt: skip
"""Functions whose result is sensitive when an argument itself is, but not for what is sensitive inside: that stays with
the elements, or the function marks the result. All other functions are sensitive for anything sensitive inside."""

_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", re.ASCII)

SEQUENCES = ("list", "tuple")
COLLECTIONS = ("list", "set", "tuple")


def unknown_of(type: Type, *values: Value, not_null: bool = True) -> Unknown:
    """An unknown result, for the reason that the first unknown value inside `values` has."""
    blocking = next(u for v in values for u in unknowns(v))
    return Unknown(type, blocking.cause, not_null=not_null)


def integer(value: int) -> Known:
    """A number that Terraform counts in Go's integers."""
    return Known("number", short(value))


def text(value: str) -> Known:
    return Known("string", value)


def argument_error(name: str, index: int, message: str) -> FunctionError:
    return FunctionError(f'invalid value for "{name}": {message}', index)


def whole_number(value: Value) -> int:
    """A number that must be a Go int; FunctionError without the name of the argument."""
    assert isinstance(value, Known)
    number = value.number
    if not is_integer(number) or not -(2**63) <= number < 2**63:
        raise FunctionError(
            "value must be a whole number, between -9223372036854775808 and 9223372036854775807 inclusive"
        )
    return int(number)


def items_of(value: Value) -> tuple[Value, ...]:
    """The elements of a known list, set or tuple."""
    assert isinstance(value, Known)
    return value.items


def element_type(type: Type) -> Type:
    return type.element if isinstance(type, CollectionType) else DYNAMIC


def same_kind(source: Known, items: Iterable[Value]) -> Known:
    """A list or tuple of other elements, like `source`."""
    return Known("list" if source.kind == "list" else "tuple", tuple(items), source.element)


def attribute_types(type: Type) -> tuple[tuple[str, Type], ...]:
    return type.attributes if isinstance(type, ObjectType) else ()


def tuple_types(type: Type) -> tuple[Type, ...]:
    return type.elements if isinstance(type, TupleType) else ()


def is_text(value: Value, wanted: str) -> bool:
    return isinstance(value, Known) and value.kind == "string" and value.data == wanted


def certainly_filled(value: Value) -> bool:
    """Neither null nor an empty string, whatever it turns out to be."""
    if isinstance(value, Known):
        return value.data != "" or value.kind != "string"
    return isinstance(value, Unknown) and value.parts is not None and never_empty(value.parts)


def certainly_empty(value: Value) -> bool:
    """Null or an empty string."""
    return isinstance(value, Absent) or is_text(value, "")


def number_of(value: Value) -> Decimal:
    assert isinstance(value, Known)
    return value.number


def normalized(value: str) -> str:
    """Strings are kept in Unicode's composed form."""
    return value if value.isascii() else unicodedata.normalize("NFC", value)


def decoded_base64(source: str) -> bytes | None:
    """The bytes of standard Base64 with padding, line breaks ignored; None when it is not."""
    source = source.replace("\r", "").replace("\n", "")
    return base64.b64decode(source) if _BASE64.fullmatch(source) else None
