"""A configuration in JSON syntax, as `terraform` reads it from `.tf.json`.

Source: https://developer.hashicorp.com/terraform/language/syntax/json
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ddbaudit.frontends.hcl import ast

_NAMES = {
    "type": "variable",
    "provider": "*",
    "depends_on": "*",
    "iterator": "*",
    "ignore_changes": "lifecycle",
    "from": "*",
    "to": "*",
}
"""Arguments whose value is no expression: the text itself, by the block that they are in."""


def json_text(text: str, body: ast.Body) -> str:
    return json.dumps(_body(text, body, ""), indent=2, ensure_ascii=False)


def _body(text: str, body: ast.Body, type_: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for attribute in body.attributes:
        if _NAMES.get(attribute.name) in ("*", type_):
            found[attribute.name] = _names(text, attribute.expr)
        else:
            found[attribute.name] = _value(text, attribute.expr)
    for block in body.blocks:
        _add(found, [block.type, *block.labels], _body(text, block.body, block.type))
    return found


def _add(into: dict[str, Any], path: Sequence[str], inner: dict[str, Any]) -> None:
    for name in path[:-1]:
        into = into.setdefault(name, {})
    into.setdefault(path[-1], []).append(inner)


def _names(text: str, expr: ast.Expr) -> Any:
    if isinstance(expr, ast.TupleExpr):
        return [_names(text, item) for item in expr.items]
    return text[expr.start : expr.end]


def _value(text: str, expr: ast.Expr) -> Any:
    match expr:
        case ast.Literal(value=str() as value):
            return value.replace("${", "$${").replace("%{", "%%{")
        case ast.Literal(value=bool() | None as plain):
            return plain
        case ast.Literal(value=Decimal() as number):
            return int(number) if number == int(number) else float(number)
        case ast.TupleExpr(items=items):
            return [_value(text, item) for item in items]
        case ast.ObjectExpr(items=items) if all(isinstance(item.key, ast.Literal) for item in items):
            return {text[i.key.start : i.key.end].strip('"'): _value(text, i.value) for i in items}
    return f"${{{re.sub(r'#.*', '', text[expr.start : expr.end])}}}"
