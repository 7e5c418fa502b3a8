"""Trees as short text, so that a test can state a whole one in a line."""

from __future__ import annotations

import json
from decimal import Decimal

from ddbaudit.frontends.hcl import ast


def value(item: object) -> str:
    if isinstance(item, Decimal):
        return str(item)
    return json.dumps(item, ensure_ascii=False)


def part(node: ast.TemplatePart) -> str:
    if isinstance(node, ast.TextPart):
        return value(node.text)
    if isinstance(node, ast.TemplateIf):
        arms = [" ".join(map(part, arm)) for arm in (node.then, node.otherwise)]
        return f"%if({expr(node.condition)}; {arms[0]}; {arms[1]})"
    if isinstance(node, ast.TemplateFor):
        names = node.value if node.key is None else f"{node.key},{node.value}"
        return f"%for({names} in {expr(node.collection)}; {' '.join(map(part, node.body))})"
    return f"${{{expr(node)}}}"


def expr(node: ast.Expr) -> str:
    """A fully bracketed form: `Binary` as `(+ a b)`, a template as `t"…"`, a wrapped one as `w(…)`."""
    match node:
        case ast.Literal():
            return value(node.value)
        case ast.Template():
            return f"t[{' '.join(map(part, node.parts))}]"
        case ast.TemplateWrap():
            return f"w({expr(node.inner)})"
        case ast.Variable():
            return node.name
        case ast.GetAttr():
            return f"{expr(node.source)}.{node.name}"
        case ast.Index():
            return f"{expr(node.source)}[{expr(node.key)}]"
        case ast.SplatItem():
            return "@"
        case ast.Splat():
            return f"{'splat' if node.full else 'attr_splat'}({expr(node.source)}; {expr(node.each)})"
        case ast.Call():
            return f"{node.name}({', '.join(map(expr, node.args))}{'...' if node.expand else ''})"
        case ast.Unary():
            return f"({node.op} {expr(node.operand)})"
        case ast.Binary():
            return f"({node.op} {expr(node.left)} {expr(node.right)})"
        case ast.Conditional():
            return f"(? {expr(node.condition)} {expr(node.then)} {expr(node.otherwise)})"
        case ast.Parens():
            return f"paren({expr(node.inner)})"
        case ast.TupleExpr():
            return f"[{', '.join(map(expr, node.items))}]"
        case ast.ObjectExpr():
            return "{" + ", ".join(f"{expr(item.key)}: {expr(item.value)}" for item in node.items) + "}"
        case ast.ForExpr():
            names = node.value if node.key is None else f"{node.key},{node.value}"
            key = "" if node.result_key is None else f"{expr(node.result_key)} => "
            tail = " ..." if node.group else ""
            condition = "" if node.condition is None else f" if {expr(node.condition)}"
            return f"for({names} in {expr(node.collection)}: {key}{expr(node.result_value)}{tail}{condition})"
        case _:
            return f"<{type(node).__name__}>"


def body(node: ast.Body) -> list[str]:
    """One line per attribute and block header, insides indented by two blanks."""
    lines = [f"{attribute.name} = {expr(attribute.expr)}" for attribute in node.attributes]
    for block in node.blocks:
        header = " ".join([block.type, *map(value, block.labels)])
        lines += [f"{header}:", *(f"  {line}" for line in body(block.body))]
    return [*lines, "broken"] if node.broken else lines
