"""How functions of plain values are declared: strings, numbers and bools in, one value out.

Such a function is unknown as soon as one argument is, and never null.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TypeAlias

from ddbaudit.frontends.hcl.functions.registry import Context, Function, FunctionError, Param, ResultType
from ddbaudit.frontends.hcl.functions.support import integer, normalized, text, unknown_of, whole_number
from ddbaudit.ir.types import DYNAMIC, NUMBER, STRING, Type
from ddbaudit.ir.value import Cause, Known, Unknown, Value, boolean, is_wholly_known, number

Answer: TypeAlias = str | bool | int | Value
"""What the implementations give; text is brought into composed form, numbers are Go integers."""


class NotEvaluatedError(FunctionError):
    """Terraform gives a result that we do not: because it would be too large, because nothing here gives the same, or
    because we may not look. Makes the call unknown; it must not count as an error, which `try` would take for a no."""

    def __init__(self, message: str, kind: str = "limit") -> None:
        super().__init__(message)
        self.kind = kind

    def unknown(self, name: str, type: Type) -> Unknown:
        return Unknown(type, Cause(self.kind, f"{name}: {self.message}"), not_null=True)


def plain(
    name: str,
    params: str,
    answer: Callable[..., Answer],
    result: ResultType = STRING,
    *,
    rest: tuple[str, Type] | None = None,
) -> Function:
    """A function whose parameters are strings, or numbers where `params` puts a `#` before the name.

    `answer` takes the data of the arguments: str and Decimal. `rest` names a variadic parameter.
    """
    return looking(name, params, lambda context, *data: answer(*data), result, rest=rest)


def looking(
    name: str,
    params: str,
    answer: Callable[..., Answer],
    result: ResultType = STRING,
    *,
    rest: tuple[str, Type] | None = None,
) -> Function:
    """As `plain`, for functions that look at the world: `answer` takes the context first."""

    def impl(context: Context, args: list[Value]) -> Value:
        try:
            if all(map(is_wholly_known, args)):
                return as_value(answer(context, *(arg.data for arg in args if isinstance(arg, Known))))
            return unknown_of(result(args) if callable(result) else result, *args)
        except NotEvaluatedError as reason:
            return reason.unknown(name, DYNAMIC if callable(result) else result)

    declared = tuple(
        Param(word.lstrip("#"), NUMBER if word.startswith("#") else STRING, unknown=True) for word in params.split()
    )
    variadic = None if rest is None else Param(*rest, unknown=True)
    return Function(name, declared, impl, result, variadic)


def as_value(answer: Answer) -> Value:
    if isinstance(answer, Value):
        return answer
    if isinstance(answer, str):
        return text(normalized(answer))
    return boolean(answer) if isinstance(answer, bool) else integer(answer)


def whole(value: Decimal) -> int:
    """A number that must be a Go int; FunctionError if it is not."""
    return whole_number(number(value))
