"""`templatefile` and `templatestring`: text evaluated as a template that sees nothing but its variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ddbaudit.foundation.source import SourceFile
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.expressions import evaluate
from ddbaudit.frontends.hcl.functions.registry import Context, FunctionError
from ddbaudit.frontends.hcl.parser import parse_template
from ddbaudit.frontends.hcl.scope import EvalError, Scope
from ddbaudit.ir.value import Value


class _Sealed:
    """A module without any names. Functions work, file functions too; templates may not render further templates."""

    def __init__(self, functions: Context) -> None:
        self.functions = functions

    def resolve(self, root: ast.Variable, steps: Sequence[ast.Expr], scope: Scope) -> tuple[Value, int]:
        raise EvalError(f'the template has no variable "{root.name}"', scope.span(root))


def render_template(path: str, text: str, variables: Mapping[str, Value], functions: Context) -> Value:
    """The rendered template, in which `functions` serves calls; FunctionError when it cannot be parsed or evaluated."""
    source = SourceFile(path, text)
    expr, problems = parse_template(text, source)
    if problems:
        raise FunctionError(f"{problems[0].span or path}: {problems[0].detail}", 0)
    try:
        return evaluate(expr, Scope(_Sealed(functions), source, variables))
    except EvalError as error:
        raise FunctionError(f"{error.span}: {error.message}", 0) from None
