"""All functions on collections, in one table."""

from __future__ import annotations

from ddbaudit.frontends.hcl.functions import lists, mappings, sequences, sets
from ddbaudit.frontends.hcl.functions.registry import Context, Function, FunctionError, Param
from ddbaudit.ir.types import DYNAMIC
from ddbaudit.ir.value import Value


def _removed(name: str, instead: str) -> Function:
    """`list` and `map` are still there to say what to write instead."""

    def refuse(context: Context, args: list[Value]) -> Value:
        raise FunctionError(
            f'the "{name}" function was deprecated in Terraform v0.12 and is no longer available; use {instead} '
            f"syntax to write a literal {name}"
        )

    return Function(name, (), refuse, DYNAMIC, Param("vals", null=True, unknown=True))


FUNCTIONS: tuple[Function, ...] = (
    *lists.FUNCTIONS,
    *sequences.FUNCTIONS,
    *mappings.FUNCTIONS,
    *sets.FUNCTIONS,
    _removed("list", "tolist([ ... ])"),
    _removed("map", "tomap({ ... })"),
)
