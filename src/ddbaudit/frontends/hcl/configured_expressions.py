"""Expressions as the configuration of a plan tells them: constants, and references in the notation of plan JSON.

Source: Terraform's internal/command/jsonconfig, marshalExpression.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal

from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.references import bound_names, children
from ddbaudit.ir.filling import same
from ddbaudit.ir.value import Absent, Known, Value

_STEP = re.compile(r"[.\[]")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,6})?", re.ASCII)
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_ .:/-]*")
_NOT_CONSTANT = (ast.Variable, ast.Call, ast.ForExpr, ast.TemplateFor, ast.Splat, ast.GetAttr, ast.Index, ast.BadExpr)


def nodes(expr: ast.Expr) -> Iterator[object]:
    """All nodes of an expression, itself first."""
    stack: list[object] = [expr]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(children(node))


def is_constant(expr: ast.Expr) -> bool:
    """Whether it is written without names and function calls."""
    return not any(isinstance(node, _NOT_CONSTANT) for node in nodes(expr))


def traversals(expr: ast.Expr) -> Counter[str] | None:
    """How often an expression refers to what, each reference as long as it is static; None when one of them has a key
    that is written in more than one way, or when the expression could not be parsed."""
    found: list[str] = []
    stack: list[tuple[object, frozenset[str]]] = [(expr, frozenset())]
    while stack:
        node, bound = stack.pop()
        if isinstance(node, ast.BadExpr):
            return None
        if isinstance(node, ast.GetAttr | ast.Index | ast.Variable):
            root, steps = _chain(node)
            stack.extend((s.key, bound) for s in steps if isinstance(s, ast.Index))
            if not isinstance(root, ast.Variable):
                stack.append((root, bound))
            elif root.name not in bound:
                text = _text(root, steps)
                if text is None:
                    return None
                found.append(text)
        elif isinstance(node, ast.ForExpr | ast.TemplateFor):
            inner = bound | bound_names(node)
            stack.append((node.collection, bound))
            stack.extend((child, inner) for child in children(node) if child is not node.collection)
        else:
            stack.extend((child, bound) for child in children(node))
    return longest(found)


def _chain(node: ast.Expr) -> tuple[ast.Expr, list[ast.GetAttr | ast.Index]]:
    steps: list[ast.GetAttr | ast.Index] = []
    while isinstance(node, ast.GetAttr | ast.Index):
        steps.append(node)
        node = node.source
    return node, steps[::-1]


def _text(root: ast.Variable, steps: list[ast.GetAttr | ast.Index]) -> str | None:
    text = root.name
    for step in steps:
        if isinstance(step, ast.GetAttr):
            text += f".{step.name}"
            continue
        key = step.key.value if isinstance(step.key, ast.Literal) else None
        if isinstance(key, str) and not _PLAIN_KEY.fullmatch(key):
            return None
        if isinstance(key, str):
            text += f'["{key}"]'
        elif isinstance(key, Decimal) and key == key.to_integral_value():
            text += f"[{int(key)}]"
        else:
            break
    return text.removeprefix("resource.")


def longest(references: Iterable[str]) -> Counter[str]:
    """References without those that lead to another one: plan JSON lists `aws_kms_key.k` behind `aws_kms_key.k.arn`."""
    every = Counter(references)
    for leading in {text[: step.start()] for text in every for step in _STEP.finditer(text)}:
        del every[leading]
    return every


def named(references: Iterable[str]) -> str:
    """References for messages."""
    names = sorted(references)
    return ", ".join(names[:4]) + (" and others" if len(names) > 4 else "") if names else "nothing"


def is_template(value: Value) -> bool:
    """JSON syntax: a constant is the text as written, with its interpolations."""
    return not isinstance(value, Known) or not isinstance(value.data, str | bool | Decimal) or "{" in str(value.data)


def agrees(ours: Value, planned: Value) -> bool:
    """Whether two constants are the same, whatever the types that they are written with: the attribute has one."""
    if isinstance(ours, Known) and isinstance(planned, Known):
        x, y = ours.data, planned.data
        if isinstance(x, dict) and isinstance(y, dict):
            return x.keys() == y.keys() and all(agrees(v, y[k]) for k, v in x.items())
        if isinstance(x, tuple) and isinstance(y, tuple) and "set" not in (ours.kind, planned.kind):
            return len(x) == len(y) and all(agrees(v, w) for v, w in zip(x, y, strict=True))
        if isinstance(x, str | bool | Decimal) and isinstance(y, str | bool | Decimal):
            return _written(x) == _written(y)
    return same(ours, planned)


def _written(data: str | bool | Decimal) -> str:
    if isinstance(data, bool):
        return "true" if data else "false"
    return repr(float(data)) if isinstance(data, Decimal) or _NUMBER.fullmatch(data) else data


def shown(value: Value) -> str:
    """A short scalar for messages; nothing for anything else."""
    if isinstance(value, Absent):
        return "null"
    if not isinstance(value, Known) or not isinstance(value.data, str | bool | Decimal):
        return ""
    if isinstance(value.data, bool):
        return "true" if value.data else "false"
    text = str(value.data)
    return (f'"{text}"' if value.kind == "string" else text) if len(text) <= 60 else ""
