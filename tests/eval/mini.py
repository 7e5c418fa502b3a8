"""Just enough evaluation to put recorded expressions to the operators and functions: no scopes, no origins.

It also shows values as `terraform console` does, so that a recording can be compared in full: kinds, nulls, what is
unknown and where.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from ddbaudit.foundation.source import SourceFile
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.convert import ConversionError, convert, unify
from ddbaudit.frontends.hcl.equality import go_quote
from ddbaudit.frontends.hcl.files import ModuleFiles
from ddbaudit.frontends.hcl.functions import BUILTINS
from ddbaudit.frontends.hcl.functions.registry import Context, Function, FunctionError, call
from ddbaudit.frontends.hcl.functions.support import KEEPS_MARKS
from ddbaudit.frontends.hcl.numbers import NumberError, canonical, format_number
from ddbaudit.frontends.hcl.operators import OperationError, binary, template_parts, unary
from ddbaudit.frontends.hcl.parser import parse_native
from ddbaudit.frontends.hcl.template_files import render_template
from ddbaudit.ir.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    CollectionType,
    Primitive,
    TupleType,
    Type,
    friendly,
    list_of,
    map_of,
    object_of,
    set_of,
)
from ddbaudit.ir.value import (
    Absent,
    Cause,
    Known,
    Part,
    Symbol,
    Unknown,
    Value,
    is_sensitive,
    join_parts,
    object_value,
    string,
    tuple_value,
)
from tests.eval.oracle import FILES

FUNCTIONS: Mapping[str, Function] = BUILTINS
ERRORS = (FunctionError, OperationError, ConversionError, NumberError)


CONTEXT: Context = ModuleFiles(str(FILES.parent), [FILES.parent], render_template)


def unknown(type: Type, name: str, not_null: bool = False) -> Unknown:
    return Unknown(type, Cause("no-value", name), not_null=not_null)


def symbol(address: str, *path: str | int, type: Type = STRING) -> Unknown:
    return Unknown(type, Cause("computed", address), (Symbol(address, path),))


VARIABLES: Mapping[str, Value] = {
    "us": unknown(STRING, "us"),
    "un": unknown(NUMBER, "un"),
    "ub": unknown(BOOL, "ub"),
    "ul": unknown(list_of(STRING), "ul"),
    "uset": unknown(set_of(STRING), "uset"),
    "um": unknown(map_of(STRING), "um"),
    "uo": unknown(object_of({"a": STRING, "b": NUMBER}), "uo"),
    "ut": unknown(TupleType((STRING, NUMBER)), "ut"),
    "ud": unknown(DYNAMIC, "ud"),
    "greeting": string("Hi ${name}"),
    "wrapped": string("${v}"),
    "calling": string("${upper(v)}"),
    "reading": string('${file("files/a.txt")}'),
    "nested": string("${templatestring(v, {})}"),
    "broken": string("${"),
}
RESOURCE = {
    "id": symbol("terraform_data.u", "id", type=DYNAMIC),
    "output": symbol("terraform_data.u", "output", type=DYNAMIC),
}


def evaluate(text: str) -> Value:
    """The value of an expression, or one of ERRORS."""
    file = parse_native(SourceFile("test.tf", f"x = {text}\n"))
    assert not file.diagnostics, file.diagnostics
    return _value(file.body.attributes[0].expr)


def _value(expr: ast.Expr) -> Value:
    if isinstance(expr, ast.Literal):
        return _literal(expr)
    if isinstance(expr, (ast.Parens, ast.TemplateWrap)):
        return _value(expr.inner)
    if isinstance(expr, ast.TupleExpr):
        return tuple_value(tuple(map(_value, expr.items)))
    if isinstance(expr, ast.ObjectExpr):
        return object_value({_key(item.key): _value(item.value) for item in expr.items})
    if isinstance(expr, ast.Template):
        return _template(expr)
    if isinstance(expr, ast.Unary):
        return unary(expr.op, _value(expr.operand))
    if isinstance(expr, ast.Binary):
        return binary(expr.op, _value(expr.left), _value(expr.right))
    if isinstance(expr, ast.Call):
        return _call(expr)
    if isinstance(expr, ast.Conditional):
        return _conditional(expr)
    assert isinstance(expr, ast.GetAttr), expr
    if not isinstance(expr.source, ast.Variable):
        return RESOURCE[expr.name]
    return VARIABLES[expr.name]


def _conditional(expr: ast.Conditional) -> Value:
    """Of a known condition: the arm taken, as the type that both have in common."""
    arms = [_value(expr.then), _value(expr.otherwise)]
    chosen = arms[0] if _value(expr.condition).data else arms[1]  # type: ignore[attr-defined]
    types = [arm.type for arm in arms]
    for arm, other in zip(arms, types[::-1], strict=True):
        if isinstance(arm, Absent) and arm.type == DYNAMIC:
            return convert(chosen, other)
    if DYNAMIC in types:
        return chosen
    common = unify(types)
    if common is None:
        raise ConversionError("the arms have no type in common")
    return convert(chosen, common)


def _literal(expr: ast.Literal) -> Value:
    value = expr.value
    if value is None:
        return Absent()
    if isinstance(value, bool):
        return Known("bool", value)
    if isinstance(value, str):
        return string(unicodedata.normalize("NFC", value))
    return Known("number", canonical(value))


def _key(expr: ast.Expr) -> str:
    key = convert(_value(expr), STRING)
    assert isinstance(key, Known)
    return key.text


def _template(expr: ast.Template) -> Value:
    parts: list[Part] = []
    hidden: Unknown | None = None
    sensitive = False
    for part in expr.parts:
        if isinstance(part, ast.TextPart):
            parts.append(part.text)
            continue
        assert isinstance(part, ast.Expr)
        value = _value(part)
        parts.extend(template_parts(value))
        sensitive = sensitive or value.sensitive
        if isinstance(value, Unknown) and hidden is None:
            hidden = value
    if hidden is not None:
        return Unknown(STRING, hidden.cause, join_parts(parts), not_null=True, sensitive=sensitive)
    text = "".join(p for p in parts if isinstance(p, str))
    return string(unicodedata.normalize("NFC", text)).with_sensitive(sensitive)


def _call(expr: ast.Call) -> Value:
    args = [_value(arg) for arg in expr.args]
    if expr.expand:
        last = args[-1]
        assert isinstance(last, Known)
        args = [*args[:-1], *last.items]
    result = call(FUNCTIONS[expr.name], args, CONTEXT)
    if expr.name in ("nonsensitive", "issensitive") or result.sensitive:
        return result
    marks = [a.sensitive for a in args] if expr.name in KEEPS_MARKS else map(is_sensitive, args)
    return result.with_sensitive(True) if any(marks) else result


def console_text(value: Value, indent: int = 0) -> str:
    """The value as the console prints it (Terraform's repl/format.go)."""
    if isinstance(value, Unknown):
        return "(known after apply)"
    if value.sensitive:
        return "(sensitive value)"
    if isinstance(value, Absent):
        return _null(value.type)
    assert isinstance(value, Known)
    if isinstance(value.data, dict):
        inner = _mapping(value.data, indent)
        return f"tomap({inner})" if value.kind == "map" else inner
    if isinstance(value.data, tuple):
        inner = _sequence(value.data, indent)
        return inner if value.kind == "tuple" else f"to{value.kind}({inner})"
    if value.kind == "string":
        return _text(value.text, indent)
    return format_number(value.number) if value.kind == "number" else str(value.data).lower()


def _null(type: Type) -> str:
    if isinstance(type, Primitive):
        return "null" if type == DYNAMIC else f"to{type.kind}(null)"
    if isinstance(type, CollectionType):
        return f"to{type.kind}(null) /* of {friendly(type.element)} */"
    return f"null /* {friendly(type)} */"


def _text(text: str, indent: int) -> str:
    if "\n" not in text:
        return go_quote(text)
    mark = "EOT"
    lines = text.split("\n")
    while any(line.strip() == mark for line in lines):
        mark += "_"
    pad = " " * indent
    return "\n".join([f"<<{'-' if indent else ''}{mark}", *(pad + line for line in lines), pad + mark])


def _mapping(items: Mapping[str, Value], indent: int) -> str:
    pad = " " * (indent + 2)
    lines = [
        f"\n{pad}{_text(key, indent + 2)} = {console_text(item, indent + 2)}" for key, item in sorted(items.items())
    ]
    return "{" + "".join(lines) + (f"\n{' ' * indent}" if lines else "") + "}"


def _sequence(items: tuple[Value, ...], indent: int) -> str:
    pad = " " * (indent + 2)
    lines = [f"\n{pad}{console_text(item, indent + 2)}," for item in items]
    return "[" + "".join(lines) + (f"\n{' ' * indent}" if lines else "") + "]"
