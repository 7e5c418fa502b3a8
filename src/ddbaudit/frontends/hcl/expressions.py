"""Expressions to values, as Terraform evaluates them (HCL native syntax specification, expressions).

This module puts the table of handlers together; use `evaluate` from here.
"""

from __future__ import annotations

import unicodedata

from ddbaudit.foundation.source import Span
from ddbaudit.frontends.hcl import ast, calling, comprehensions, conditionals, templating, traversals
from ddbaudit.frontends.hcl.core import HANDLERS, evaluate
from ddbaudit.frontends.hcl.numbers import canonical
from ddbaudit.frontends.hcl.scope import Scope
from ddbaudit.ir.types import DYNAMIC
from ddbaudit.ir.value import Absent, Cause, Known, Origin, Unknown, Value

__all__ = ["evaluate"]


def _literal(expr: ast.Literal, scope: Scope) -> Value:
    origin = Origin(Span(scope.source, expr.start, expr.end))
    value = expr.value
    if isinstance(value, str):
        return Known("string", value if value.isascii() else unicodedata.normalize("NFC", value), None, origin)
    if value is None:
        return Absent(DYNAMIC, origin)
    if isinstance(value, bool):
        return Known("bool", value, None, origin)
    return Known("number", canonical(value), None, origin)


def _bad(expr: ast.BadExpr, scope: Scope) -> Value:
    span = scope.span(expr)
    return Unknown(DYNAMIC, Cause("broken", "the expression could not be parsed", span), None, Origin(span))


def _parens(expr: ast.Parens, scope: Scope) -> Value:
    return evaluate(expr.inner, scope)


HANDLERS.update(
    {
        ast.Literal: _literal,
        ast.BadExpr: _bad,
        ast.Parens: _parens,
        ast.Template: templating.template,
        ast.TemplateWrap: templating.template_wrap,
        ast.Variable: traversals.variable,
        ast.GetAttr: traversals.get_attr,
        ast.Index: traversals.index,
        ast.Splat: traversals.splat,
        ast.SplatItem: traversals.splat_item,
        ast.Unary: conditionals.unary,
        ast.Binary: conditionals.binary,
        ast.Conditional: conditionals.conditional,
        ast.TupleExpr: comprehensions.tuple_expr,
        ast.ObjectExpr: comprehensions.object_expr,
        ast.ForExpr: comprehensions.for_expr,
        ast.Call: calling.call_expr,
    }
)
