"""`format` and `formatlist`. Source: go-cty, function/stdlib/format.go.

A string with unknown ingredients keeps what is certain: the texts between the verbs, what known values give, and the
symbols that verbs write as they are.
"""

from __future__ import annotations

from collections.abc import Sequence

from ddbaudit.frontends.hcl.convert import has_known_length
from ddbaudit.frontends.hcl.functions import partial
from ddbaudit.frontends.hcl.functions.format_verbs import Verb, parse_format, write
from ddbaudit.frontends.hcl.functions.json_encoding import encode_parts
from ddbaudit.frontends.hcl.functions.plain import NotEvaluatedError
from ddbaudit.frontends.hcl.functions.registry import Context, Function, FunctionError, Param
from ddbaudit.frontends.hcl.functions.support import argument_error, unknown_of
from ddbaudit.ir.types import BOOL, DYNAMIC, NUMBER, STRING, TupleType, list_of
from ddbaudit.ir.value import Absent, Cause, Hole, Known, Part, Unknown, Value, is_wholly_known, list_value, parts_of

_STRINGS = list_of(STRING)


def _format(context: Context, args: list[Value]) -> Value:
    template, *values = args
    unusable = _unusable(args)
    if unusable is not None:
        return unusable
    assert isinstance(template, Known)
    try:
        return _written(template.text, values)
    except NotEvaluatedError as reason:
        return reason.unknown("format", STRING)


def _unusable(args: Sequence[Value]) -> Unknown | None:
    """Terraform gives up on an unknown format string, and for ever on a null without type."""
    if isinstance(args[0], Unknown):
        return unknown_of(STRING, args[0])
    if any(isinstance(value, Absent) and value.type is DYNAMIC for value in args[1:]):
        return Unknown(STRING, Cause("unsupported", "Terraform never formats a null of unknown type"), not_null=True)
    return None


def _written(template: str, values: Sequence[Value]) -> Value:
    if all(map(is_wholly_known, values)):
        pieces = parse_format(template, len(values))
        return partial.from_parts([p if isinstance(p, str) else write(p, values[p.argument]) for p in pieces])
    try:
        parts: list[Part] = []
        for piece in parse_format(template, len(values)):
            parts.extend((piece,) if isinstance(piece, str) else _parts(piece, values[piece.argument]))
    except FunctionError:
        # Terraform looks at the format only when all values are known.
        return unknown_of(STRING, *values)
    return partial.from_parts(parts, *values)


def _parts(verb: Verb, value: Value) -> tuple[Part, ...]:
    if is_wholly_known(value):
        return (write(verb, value),)
    if verb.letter == "t" or (not verb.layout.width and verb.layout.precision is None):
        return _unpadded(verb, value)
    return (partial.hidden(value),)


def _unpadded(verb: Verb, value: Value) -> tuple[Part, ...]:
    """What a verb without width writes for a value that is not fully known. A part stays where the verb writes it as a
    template would."""
    letter, sharp = verb.letter, "#" in verb.layout.flags
    if isinstance(value, Unknown):
        as_template = (
            (letter == "s" and value.type in (STRING, NUMBER, BOOL))
            or (letter == "v" and value.type is STRING and not sharp)
            or (letter == "v" and value.type is BOOL)
            or (letter == "t" and value.type is BOOL)
        )
        return parts_of(value) if as_template else (_hole(verb, value),)
    if letter == "v":
        return encode_parts(value)
    raise FunctionError(f'"{verb.raw}" cannot write a collection')


def _hole(verb: Verb, value: Value) -> Hole:
    if verb.letter not in "vtbdoxXeEfgGsq":
        raise FunctionError(f'unsupported format verb "{verb.letter}" in "{verb.raw}"')
    return partial.hidden(value)


# --- formatlist ----------------------------------------------------------------------------------------------------


def _formatlist(context: Context, args: list[Value]) -> Value:
    template, *values = args
    unusable = _unusable(args)
    if unusable is not None:
        return unusable.with_type(_STRINGS)
    assert isinstance(template, Known)
    length = _common_length(values)
    if any(isinstance(v, Unknown) and _may_be_list(v) for v in values) or not all(
        has_known_length(v) for v in values if isinstance(v, Known)
    ):
        return unknown_of(_STRINGS, *values)
    try:
        rows = [[_at(value, row) for value in values] for row in range(1 if length is None else length)]
        return list_value(STRING, tuple(_written(template.text, row) for row in rows))
    except NotEvaluatedError as reason:
        return reason.unknown("formatlist", _STRINGS)


def _may_be_list(value: Unknown) -> bool:
    return value.type is DYNAMIC or value.type.kind in ("list", "set", "tuple")


def _length(value: Value) -> int | None:
    """The number of elements of a list, set or tuple, as far as it is known."""
    if isinstance(value.type, TupleType) and not isinstance(value, Absent):
        return len(value.type.elements)
    if isinstance(value, Known) and value.kind in ("list", "set") and has_known_length(value):
        return len(value.items)
    return None


def _common_length(values: Sequence[Value]) -> int | None:
    lengths = [(place, size) for place, size in enumerate(map(_length, values), start=1) if size is not None]
    for place, size in lengths:
        if size != lengths[0][1]:
            raise argument_error(
                "args",
                place,
                f"argument {place} has length {size}, which is inconsistent with argument {lengths[0][0]} of length "
                f"{lengths[0][1]}",
            )
    return lengths[0][1] if lengths else None


def _at(value: Value, row: int) -> Value:
    return value.items[row] if isinstance(value, Known) and value.kind in ("list", "set", "tuple") else value


_REST = Param("args", null=True, unknown=True)

FUNCTIONS: tuple[Function, ...] = (
    Function("format", (Param("format", STRING, unknown=True),), _format, STRING, _REST),
    Function("formatlist", (Param("format", STRING, unknown=True),), _formatlist, _STRINGS, _REST),
)
