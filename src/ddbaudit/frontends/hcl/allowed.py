"""The values that a variable's own validation lists: `contains(["dev", "prod"], var.environment)`."""

from __future__ import annotations

from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.source import ModuleSource


def allowed_values(source: ModuleSource, variable: str) -> tuple[str, ...]:
    """The texts that a validation of a variable lists; none where it is written in another way."""
    decl = source.variables.get(variable)
    if decl is None:
        return ()
    for block, _ in decl.body.blocks_of("validation"):
        for attribute in block.body.attributes:
            if attribute.name == "condition":
                found = _listed(_plain(attribute.expr), variable)
                if found:
                    return found
    return ()


def _listed(expr: ast.Expr, variable: str) -> tuple[str, ...]:
    if not (isinstance(expr, ast.Call) and expr.name == "contains" and len(expr.args) == 2):
        return ()
    many, one = _plain(expr.args[0]), _plain(expr.args[1])
    if not (isinstance(one, ast.GetAttr) and one.name == variable):
        return ()
    if not (isinstance(one.source, ast.Variable) and one.source.name == "var"):
        return ()
    if isinstance(many, ast.Call) and many.name in ("tolist", "toset") and len(many.args) == 1:
        many = _plain(many.args[0])
    if not isinstance(many, ast.TupleExpr):
        return ()
    texts = [item.value for item in many.items if isinstance(item, ast.Literal) and isinstance(item.value, str)]
    return tuple(dict.fromkeys(texts)) if len(texts) == len(many.items) else ()


def _plain(expr: ast.Expr) -> ast.Expr:
    while isinstance(expr, ast.Parens):
        expr = expr.inner
    return expr
