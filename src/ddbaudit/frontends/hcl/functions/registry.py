"""What a Terraform function is, and how one is called.

A function declares its parameters; `call` does what cty does for every function (zclconf/go-cty, cty/function): it
converts the arguments, refuses null and answers unknown for unknown arguments, unless the parameter says otherwise.
Origins and sensitivity of the result are the caller's business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ddbaudit.frontends.hcl.convert import ConversionError, convert
from ddbaudit.ir.types import DYNAMIC, Type
from ddbaudit.ir.value import Absent, Unknown, Value


class FunctionError(Exception):
    """The call is invalid, as Terraform would say; `argument` is the index of the argument at fault, if one is."""

    def __init__(self, message: str, argument: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.argument = argument


class Context(Protocol):
    """What impure functions may see of the world. Paths are relative to the root module's directory, as in
    Terraform. `plan_timestamp` is when the plan was made, empty where there is none."""

    plan_timestamp: str

    def read_file(self, path: str) -> bytes:
        """The bytes of a file inside the module tree; FunctionError when missing, unreadable or outside of it."""

    def file_exists(self, path: str) -> bool:
        """Whether a regular file is there; FunctionError outside the module tree."""

    def list_files(self, path: str, pattern: str) -> list[str]:
        """The regular files below `path` that match a `fileset` pattern, relative, sorted."""

    def absolute_path(self, path: str) -> str | None:
        """`abspath(path)`; None when the answer would depend on the machine."""

    def render_template(self, path: str, text: str, variables: Mapping[str, Value]) -> Value:
        """Evaluates `text` as a template with only `variables` in scope (templatefile, templatestring)."""


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter. `null` and `unknown` tell that the implementation wants to see such arguments itself."""

    name: str
    type: Type = DYNAMIC
    null: bool = False
    unknown: bool = False


Impl = Callable[[Context, list[Value]], Value]
ResultType = Type | Callable[[list[Value]], Type]


@dataclass(frozen=True, slots=True)
class Function:
    """A built-in function; `result` is the type of an unknown result, or computes it from the arguments."""

    name: str
    params: tuple[Param, ...]
    impl: Impl
    result: ResultType = DYNAMIC
    variadic: Param | None = None

    def param(self, index: int) -> Param | None:
        return self.params[index] if index < len(self.params) else self.variadic


def call(function: Function, args: Sequence[Value], context: Context) -> Value:
    """Calls `function`; FunctionError when the call is invalid."""
    _check_count(function, len(args))
    converted: list[Value] = []
    blocking: Unknown | None = None
    for index, arg in enumerate(args):
        param = function.param(index)
        assert param is not None
        value = _prepare(param, index, arg)
        if isinstance(value, Unknown) and not param.unknown and blocking is None:
            blocking = value
        converted.append(value)
    if blocking is not None:
        result = function.result(converted) if callable(function.result) else function.result
        return Unknown(result, blocking.cause, not_null=function.name not in _MAY_GIVE_NULL)
    return function.impl(context, converted)


_MAY_GIVE_NULL = frozenset(
    {
        "element", "lookup", "one", "tobool", "tolist", "tomap", "tonumber", "toset", "tostring", "sensitive",
        "nonsensitive", "ephemeralasnull", "jsondecode", "yamldecode", "yamlencode",
    }
)  # fmt: skip
"""Functions whose result may turn out null; that of any other is certainly not (asked of `terraform console`)."""


def _check_count(function: Function, count: int) -> None:
    least = len(function.params)
    if count < least:
        missing = function.params[count].name
        raise FunctionError(f'not enough arguments for "{function.name}": missing value for "{missing}"')
    if count > least and function.variadic is None:
        raise FunctionError(f'too many arguments for "{function.name}": it takes {least}', least)


def _prepare(param: Param, index: int, arg: Value) -> Value:
    if isinstance(arg, Absent) and not param.null:
        raise FunctionError(f'invalid value for "{param.name}": argument must not be null', index)
    try:
        return arg if param.type is DYNAMIC else convert(arg, param.type)
    except ConversionError as error:
        raise FunctionError(f'invalid value for "{param.name}": {error.message}', index) from None
