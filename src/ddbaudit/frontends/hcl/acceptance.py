"""Whether the validations of a variable accept a value, asked without an instance of its module."""

from __future__ import annotations

from collections.abc import Callable

from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.convert import ConversionError, convert
from ddbaudit.frontends.hcl.expressions import evaluate
from ddbaudit.frontends.hcl.module import ModuleRuntime
from ddbaudit.frontends.hcl.providers import ProviderMap
from ddbaudit.frontends.hcl.scope import EvalError, Scope
from ddbaudit.frontends.hcl.session import Session
from ddbaudit.frontends.hcl.source import Decl, ModuleSource
from ddbaudit.frontends.hcl.variables import Variable
from ddbaudit.ir.types import BOOL
from ddbaudit.ir.value import Cause, Known, Unknown, Value, string


def accepts(decl: Decl, text: str, source: ModuleSource, session: Session) -> bool | None:
    """True when the type and every validation accept the text; None when one cannot be evaluated without more."""
    from ddbaudit.frontends.hcl.calls import declare_variables

    runtime = ModuleRuntime(session.aside(), source, "", ProviderMap({}), ".")
    declare_variables(runtime)
    try:
        value = convert(string(text), runtime.declared[decl.name].type)
    except ConversionError:
        return False
    for name in runtime.declared:
        runtime.supplied[name] = _constant(value) if name == decl.name else _anything
    found: bool | None = True
    for block, file in decl.body.blocks_of("validation"):
        for attribute in block.body.attributes:
            if attribute.name != "condition":
                continue
            answer = _answer(Scope(runtime, file), attribute.expr)
            if answer is False:
                return False
            found = found and answer
    return found


def _constant(value: Value) -> Callable[[Variable], Value]:
    return lambda variable: value


def _anything(variable: Variable) -> Value:
    return Unknown(variable.type, Cause("no-value", "any value", variable.decl.header))


def _answer(scope: Scope, condition: ast.Expr) -> bool | None:
    try:
        value = convert(evaluate(condition, scope), BOOL)
    except (EvalError, ConversionError):
        return False
    return value.data is True if isinstance(value, Known) else None
