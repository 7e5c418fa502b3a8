"""Names that a module does not declare: `path`, `terraform`, and those that exist only in some blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ddbaudit.foundation.source import Span
from ddbaudit.foundation.text import suggestion
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.inputs import Inputs
from ddbaudit.frontends.hcl.scope import EvalError, Scope
from ddbaudit.ir.types import BOOL, STRING
from ddbaudit.ir.value import Cause, Origin, Unknown, Value, string

Steps = Sequence[ast.Expr]


class _Session(Protocol):
    inputs: Inputs


class Surroundings(Protocol):
    """The module instance that an expression stands in; `path` is its `path.module`."""

    path: str

    @property
    def session(self) -> _Session: ...


def name_behind(steps: Steps, at: int, root: ast.Variable, scope: Scope) -> ast.GetAttr:
    """The static name at a step of a traversal; EvalError when something else stands there."""
    step = steps[at] if at < len(steps) else None
    if not isinstance(step, ast.GetAttr):
        message = f'"{root.name}" must be followed by a name, such as {root.name}.name'
        raise EvalError(message, scope.span(root), undeclared=True)
    return step


def undeclared(what: str, span: Span, names: Sequence[str], name: str) -> EvalError:
    """The error for a name that nothing declares."""
    return EvalError(f"{what} is not declared{suggestion(name, names)}", span, undeclared=True)


def path(module: Surroundings, root: ast.Variable, steps: Steps, scope: Scope) -> tuple[Value, int]:
    """`path.module`, `path.root`; `path.cwd` depends on the machine."""
    step = name_behind(steps, 0, root, scope)
    span = scope.span(step)
    if step.name == "module":
        return string(module.path, Origin(span)), 1
    if step.name == "root":
        return string(".", Origin(span)), 1
    if step.name == "cwd":
        cause = Cause("impure", "path.cwd depends on the machine", span)
        return Unknown(STRING, cause, None, Origin(span), not_null=True), 1
    hint = suggestion(step.name, ["module", "root", "cwd"])
    raise EvalError(f"path.{step.name} does not exist{hint}", span)


def terraform(module: Surroundings, root: ast.Variable, steps: Steps, scope: Scope) -> tuple[Value, int]:
    """`terraform.workspace`, known only when the caller gives it."""
    step = name_behind(steps, 0, root, scope)
    span = scope.span(step)
    if step.name in ("workspace", "env"):
        name = module.session.inputs.workspace
        if name is not None:
            return string(name, Origin(span, "", (Origin(None, "--workspace"),))), 1
        cause = Cause("workspace", "the workspace is not known; give it with --workspace", span)
        return Unknown(STRING, cause, None, Origin(span), not_null=True), 1
    if step.name == "applying":
        return Unknown(BOOL, Cause("impure", "terraform.applying depends on the run", span), None, Origin(span)), 1
    hint = suggestion(step.name, ["workspace"])
    raise EvalError(f"terraform.{step.name} does not exist{hint}", span)


def absent(module: Surroundings, root: ast.Variable, steps: Steps, scope: Scope) -> tuple[Value, int]:
    """`each`, `count` and `self` where the block around has none."""
    where = {
        "each": "each.key and each.value exist only in blocks with for_each",
        "count": "count.index exists only in blocks with count",
        "self": "self exists only in provisioners and conditions",
    }
    raise EvalError(where[root.name], scope.span(root))
