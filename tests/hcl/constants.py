"""Just enough evaluation to compare the value of a tree without references against Terraform's."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ddbaudit.frontends.hcl import ast

Names = Mapping[str, Any]


def value(expr: ast.Expr) -> Any:
    """The value as `json.loads` would give it for Terraform's `jsonencode`."""
    return _plain(_value(expr, {}))


def _plain(item: Any) -> Any:
    if isinstance(item, Decimal):
        return int(item) if item == item.to_integral_value() else float(item)
    if isinstance(item, str):
        return unicodedata.normalize("NFC", item)
    if isinstance(item, list):
        return [_plain(part) for part in item]
    if isinstance(item, dict):
        return {key: _plain(part) for key, part in item.items()}
    return item


def _text(item: Any) -> str:
    if isinstance(item, bool):
        return "true" if item else "false"
    return str(_plain(item))


def _parts(parts: list[ast.TemplatePart], names: Names) -> str:
    return "".join(_part(part, names) for part in parts)


def _part(part: ast.TemplatePart, names: Names) -> str:
    if isinstance(part, ast.TextPart):
        return part.text
    if isinstance(part, ast.TemplateIf):
        return _parts(part.then if _value(part.condition, names) else part.otherwise, names)
    if isinstance(part, ast.TemplateFor):
        return "".join(
            _parts(part.body, {**names, part.value: item, part.key or "": key})
            for key, item in _items(_value(part.collection, names))
        )
    return _text(_value(part, names))


def _items(collection: Any) -> list[tuple[Any, Any]]:
    if isinstance(collection, dict):
        return sorted(collection.items())
    return [(Decimal(index), item) for index, item in enumerate(collection)]


def _value(expr: ast.Expr, names: Names) -> Any:
    match expr:
        case ast.Literal():
            return expr.value
        case ast.Template():
            return _parts(expr.parts, names)
        case ast.TemplateWrap() | ast.Parens():
            return _value(expr.inner, names)
        case ast.Variable():
            return names[expr.name]
        case ast.GetAttr():
            return _value(expr.source, names)[expr.name]
        case ast.Index():
            key = _value(expr.key, names)
            return _value(expr.source, names)[int(key) if isinstance(key, Decimal) else key]
        case ast.TupleExpr():
            return [_value(item, names) for item in expr.items]
        case ast.ObjectExpr():
            return {_text(_value(item.key, names)): _value(item.value, names) for item in expr.items}
        case ast.Conditional():
            return _value(expr.then if _value(expr.condition, names) else expr.otherwise, names)
        case ast.Splat():
            return [_each(expr.each, item) for item in _value(expr.source, names)]
        case ast.Unary():
            operand = _value(expr.operand, names)
            return not operand if expr.op == "!" else -operand
        case ast.Binary():
            return _binary(expr.op, _value(expr.left, names), _value(expr.right, names))
        case _:
            raise TypeError(type(expr).__name__)


def _each(each: ast.Expr, item: Any) -> Any:
    if isinstance(each, ast.GetAttr):
        return _each(each.source, item)[each.name]
    if isinstance(each, ast.Index):
        key = _value(each.key, {})
        return _each(each.source, item)[int(key)]
    assert isinstance(each, ast.SplatItem)
    return item


def _binary(op: str, left: Any, right: Any) -> Any:
    results = {
        "||": lambda: left or right,
        "&&": lambda: left and right,
        "==": lambda: left == right,
        "!=": lambda: left != right,
        "<": lambda: left < right,
        ">": lambda: left > right,
        "<=": lambda: left <= right,
        ">=": lambda: left >= right,
        "+": lambda: left + right,
        "-": lambda: left - right,
        "*": lambda: left * right,
        "/": lambda: left / right,
        "%": lambda: left % right,
    }
    return results[op]()
