"""What `lifecycle` blocks say.

Source: https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle
"""

from __future__ import annotations

from collections.abc import Callable

from ddbaudit.foundation.source import Span
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.blocks import Decoder
from ddbaudit.frontends.hcl.scope import EvalError, Scope
from ddbaudit.frontends.hcl.source import Decl
from ddbaudit.ir.types import BOOL
from ddbaudit.ir.value import Absent, Value


def prevent_destroy(decl: Decl, scope: Scope, report: Callable[[EvalError], None]) -> Value:
    for block, source in decl.body.blocks_of("lifecycle"):
        for attribute in block.body.attributes:
            if attribute.name == "prevent_destroy":
                return Decoder(report, frozenset()).value(attribute.expr, scope.in_file(source), BOOL)
    return Absent(BOOL)


def ignored_changes(decl: Decl) -> tuple[str, ...]:
    """The names in `lifecycle.ignore_changes`; `("all",)` for all of them."""
    return tuple(name for name, _ in ignored_names(decl))


def ignored_names(decl: Decl) -> list[tuple[str, Span]]:
    """Likewise, each with its place."""
    for block, source in decl.body.blocks_of("lifecycle"):
        for attribute in block.body.attributes:
            if attribute.name == "ignore_changes":
                return [(name, node.span(source)) for name, node in _ignored(attribute.expr)]
    return []


def _ignored(expr: ast.Expr) -> list[tuple[str, ast.Expr]]:
    if isinstance(expr, ast.Variable):
        return [(expr.name, expr)]
    if isinstance(expr, ast.Literal) and isinstance(expr.value, str):
        return [(expr.value, expr)]
    if isinstance(expr, ast.GetAttr | ast.Index):
        return _ignored(expr.source)
    if isinstance(expr, ast.TupleExpr):
        return [found for item in expr.items for found in _ignored(item)]
    return []
