"""What an expression can see, and how evaluation fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.source import SourceFile, Span
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.functions.registry import Context
from ddbaudit.ir.types import DYNAMIC, Type
from ddbaudit.ir.value import Cause, Unknown, Value


class EvalError(Exception):
    """The expression is invalid, as Terraform would say. `undeclared` tells that a name does not exist: the static
    check reports that once per place, so evaluation need not. `cycle` tells that a name depends on itself, `refused`
    that a value does not fit its type or is refused by a validation; `detail` then names what is given the value, the
    same in every environment."""

    def __init__(
        self,
        message: str,
        span: Span,
        *,
        help: str = "",
        undeclared: bool = False,
        cycle: bool = False,
        refused: bool = False,
        related: tuple[Related, ...] = (),
        detail: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.help = help
        self.undeclared = undeclared
        self.cycle = cycle
        self.refused = refused
        self.related = related
        self.detail = detail

    def unknown(self, type: Type = DYNAMIC) -> Unknown:
        """What stands for the value of an invalid expression."""
        return Unknown(type, Cause("error", self.message, self.span))


class Resolver(Protocol):
    """Gives values to the names of a module: `var.x`, `local.x`, `aws_x.y`, `data.x.y`, `module.x`, `path.x`."""

    @property
    def functions(self) -> Context:
        """What file functions may see."""

    def resolve(self, root: ast.Variable, steps: Sequence[ast.Expr], scope: Scope) -> tuple[Value, int]:
        """The value of a traversal's first steps and how many of `steps` it used; EvalError when there is no such name.

        `steps` are the GetAttr and Index nodes around `root`, innermost first.
        """


class Scope:
    """A module, the file an expression stands in, and the names that only hold here: `for` and iterator variables,
    `each`, `count`, `self`."""

    __slots__ = ("module", "names", "source")

    def __init__(self, module: Resolver, source: SourceFile, names: Mapping[str, Value] | None = None) -> None:
        self.module = module
        self.source = source
        self.names: Mapping[str, Value] = names or {}

    def bind(self, names: Mapping[str, Value]) -> Scope:
        return Scope(self.module, self.source, {**self.names, **names})

    def in_file(self, source: SourceFile) -> Scope:
        """The same names for an expression that stands in another file, as overrides bring them."""
        return self if source is self.source else Scope(self.module, source, self.names)

    def span(self, node: ast.Node) -> Span:
        return Span(self.source, node.start, node.end)
