"""Functions that change a value's type or marks.

Source: Terraform's lang/funcs (conversion.go, sensitive.go). `try` and `can` are not here: they must see expressions
and their errors, so the evaluator handles them itself, as it does for `type`, which only `terraform console` has.
"""

from __future__ import annotations

import json

from ddbaudit.frontends.hcl.convert import ConversionError, convert
from ddbaudit.frontends.hcl.functions.registry import Context, Function, FunctionError, Param
from ddbaudit.frontends.hcl.functions.support import argument_error, unknown_of
from ddbaudit.frontends.hcl.mismatch import constraint_name
from ddbaudit.ir.types import BOOL, DYNAMIC, NUMBER, STRING, Type, friendly, list_of, map_of, set_of
from ddbaudit.ir.value import Known, Unknown, Value, all_sensitive, boolean


def _converter(name: str, wanted: Type) -> Function:
    def impl(context: Context, args: list[Value]) -> Value:
        try:
            return convert(args[0], wanted)
        except ConversionError:
            raise _refusal(args[0], wanted) from None

    return Function(name, (Param("v", null=True, unknown=True),), impl, wanted)


def _refusal(value: Value, wanted: Type) -> FunctionError:
    given = friendly(value.type)
    if value.sensitive:
        return argument_error("v", 0, f"cannot convert this sensitive {given} to {constraint_name(wanted)}")
    if isinstance(value, Known) and value.kind == "string" and wanted in (BOOL, NUMBER):
        quoted = json.dumps(value.text, ensure_ascii=False)
        if wanted == BOOL:
            hint = 'only the strings "true" or "false" are allowed'
        else:
            hint = "given string must be a decimal representation of a number"
        return argument_error("v", 0, f"cannot convert {quoted} to {friendly(wanted)}; {hint}")
    return argument_error("v", 0, f"cannot convert {given} to {constraint_name(wanted)}")


def _sensitive(context: Context, args: list[Value]) -> Value:
    if args[0].origin is not None:
        args[0].origin.hide_literals()
    return all_sensitive(args[0])


def _nonsensitive(context: Context, args: list[Value]) -> Value:
    return args[0].with_sensitive(False)


def _issensitive(context: Context, args: list[Value]) -> Value:
    if args[0].sensitive:
        return boolean(True)
    return unknown_of(BOOL, args[0]) if isinstance(args[0], Unknown) else boolean(False)


def _same(context: Context, args: list[Value]) -> Value:
    # Nothing here is ephemeral: ephemeral resources and variables have no value before apply.
    return args[0]


def _same_type(args: list[Value]) -> Type:
    return args[0].type


_ANY = (Param("value", null=True, unknown=True),)

FUNCTIONS: tuple[Function, ...] = (
    _converter("tobool", BOOL),
    _converter("tolist", list_of(DYNAMIC)),
    _converter("tomap", map_of(DYNAMIC)),
    _converter("tonumber", NUMBER),
    _converter("toset", set_of(DYNAMIC)),
    _converter("tostring", STRING),
    Function("ephemeralasnull", _ANY, _same, _same_type),
    Function("issensitive", _ANY, _issensitive, BOOL),
    Function("nonsensitive", _ANY, _nonsensitive, _same_type),
    Function("sensitive", _ANY, _sensitive, _same_type),
)
