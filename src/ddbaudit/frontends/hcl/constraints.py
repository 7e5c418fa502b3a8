"""Type constraints: `string`, `list(object({a = optional(string, "x")}))` to types and the defaults inside them.

Source: https://developer.hashicorp.com/terraform/language/expressions/type-constraints ; the way defaults are applied
follows hashicorp/hcl, ext/typeexpr/defaults.go.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ddbaudit.foundation.source import SourceFile, Span
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.scope import EvalError
from ddbaudit.ir.types import DYNAMIC, PRIMITIVES, CollectionType, ObjectType, TupleType, Type
from ddbaudit.ir.value import Absent, Known, Value

Evaluate = Callable[[ast.Expr], Value]


@dataclass(frozen=True, slots=True)
class Defaults:
    """The `optional()` defaults of an object type and of what is inside; the child "" is that of a collection's
    elements."""

    values: Mapping[str, Value] = field(default_factory=dict)
    children: Mapping[str, Defaults] = field(default_factory=dict)

    def apply(self, value: Value) -> Value:
        """The value with defaults filled in; null and unknown values stay as they are."""
        if not isinstance(value, Known):
            return value
        if value.kind in ("object", "map"):
            return self._apply_mapping(value)
        if value.kind in ("list", "set", "tuple"):
            items = tuple(self._child(str(i)).apply(v) for i, v in enumerate(value.items))
            return Known(value.kind, items, value.element and DYNAMIC, value.origin, value.sensitive)
        return value

    def _child(self, name: str) -> Defaults:
        return self.children.get(name) or self.children.get("") or _NOTHING

    def _apply_mapping(self, value: Known) -> Value:
        items = dict(value.mapping)
        for name, default in self.values.items():
            if isinstance(items.get(name, Absent()), Absent):
                items[name] = default
        items = {k: self._child(k).apply(v) for k, v in items.items()}
        return Known("object", dict(sorted(items.items())), None, value.origin, value.sensitive)


_NOTHING = Defaults()


def parse_constraint(expr: ast.Expr, source: SourceFile, evaluate: Evaluate) -> tuple[Type, Defaults]:
    """The type and defaults that a variable's `type` argument says; EvalError when it says nothing valid."""
    return _Reader(source, evaluate).read(expr)


class _Reader:
    def __init__(self, source: SourceFile, evaluate: Evaluate) -> None:
        self.source = source
        self.evaluate = evaluate

    def error(self, node: ast.Node, message: str) -> EvalError:
        return EvalError(message, Span(self.source, node.start, node.end))

    def read(self, expr: ast.Expr) -> tuple[Type, Defaults]:
        name = _name(expr)
        if name is not None:
            found = PRIMITIVES.get(name) if name != "dynamic" else None
            if found is not None:
                return found, _NOTHING
            legacy = {"list": "list", "map": "map", "set": "set"}.get(name)
            if legacy is not None:
                return CollectionType(legacy, DYNAMIC), _NOTHING
            raise self.error(expr, f'"{name}" is not a type')
        if isinstance(expr, ast.Call):
            return self._call(expr)
        raise self.error(expr, "a type constraint is a type keyword or a constructor such as list(string)")

    def _call(self, expr: ast.Call) -> tuple[Type, Defaults]:
        if expr.name in ("list", "set", "map", "object", "tuple") and len(expr.args) != 1:
            raise self.error(expr, f"{expr.name}() needs exactly one argument")
        if expr.name in ("list", "set", "map"):
            element, inner = self.read(expr.args[0])
            return CollectionType(expr.name, element), Defaults({}, {"": inner} if inner is not _NOTHING else {})
        if expr.name == "tuple":
            return self._tuple(expr.args[0])
        if expr.name == "object":
            return self._object(expr.args[0])
        if expr.name == "optional":
            raise self.error(expr, "optional() is only valid as the type of an attribute of an object")
        raise self.error(expr, f'"{expr.name}" is not a type constructor')

    def _tuple(self, arg: ast.Expr) -> tuple[Type, Defaults]:
        if not isinstance(arg, ast.TupleExpr):
            raise self.error(arg, "tuple() needs a list of types")
        read = [self.read(item) for item in arg.items]
        children = {str(i): d for i, (_, d) in enumerate(read) if d is not _NOTHING}
        return TupleType(tuple(t for t, _ in read)), Defaults({}, children)

    def _object(self, arg: ast.Expr) -> tuple[Type, Defaults]:
        if not isinstance(arg, ast.ObjectExpr):
            raise self.error(arg, "object() needs an object of types")
        types: dict[str, Type] = {}
        optional: set[str] = set()
        values: dict[str, Value] = {}
        children: dict[str, Defaults] = {}
        for item in arg.items:
            if not isinstance(item.key, ast.Literal) or not isinstance(item.key.value, str):
                raise self.error(item.key, "attribute names of an object type are plain names")
            name, expr = item.key.value, item.value
            if isinstance(expr, ast.Call) and expr.name == "optional":
                optional.add(name)
                expr, default = self._optional(expr)
                if default is not None:
                    values[name] = default
            types[name], inner = self.read(expr)
            if inner is not _NOTHING:
                children[name] = inner
        type_ = ObjectType(tuple(sorted(types.items())), frozenset(optional))
        return type_, Defaults(values, children) if values or children else _NOTHING

    def _optional(self, expr: ast.Call) -> tuple[ast.Expr, Value | None]:
        if len(expr.args) not in (1, 2):
            raise self.error(expr, "optional() takes a type and, if wanted, a default")
        return expr.args[0], self.evaluate(expr.args[1]) if len(expr.args) == 2 else None


def _name(expr: ast.Expr) -> str | None:
    """The type keyword: a bare name, or the quoted form of old configurations."""
    if isinstance(expr, ast.Variable):
        return expr.name
    if isinstance(expr, ast.Literal) and isinstance(expr.value, str):
        return expr.value
    return None
