"""Short cuts into the native parser for tests."""

from __future__ import annotations

from ddbaudit.foundation.diagnostic import Diagnostic
from ddbaudit.foundation.source import SourceFile
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.parser import DEFAULT_LIMITS, Limits, parse_expression, parse_native
from tests.hcl import render


def parse(text: str, limits: Limits = DEFAULT_LIMITS) -> ast.File:
    return parse_native(SourceFile("main.tf", text), limits=limits)


def good(text: str) -> ast.File:
    """A file without errors."""
    file = parse(text)
    assert file.diagnostics == []
    assert not file.body.broken
    return file


def codes(text: str) -> list[str]:
    return [item.code for item in parse(text).diagnostics]


def places(file: ast.File) -> list[str]:
    """Each diagnostic as `line:column code text`."""
    return [place(item) for item in file.diagnostics]


def place(item: Diagnostic) -> str:
    assert item.span is not None
    begin = item.span.begin
    return f"{begin.line}:{begin.column} {item.code} {item.span.text}"


def shape(text: str) -> str:
    """The tree of an expression as text."""
    expr, diagnostics = parse_expression(text)
    assert diagnostics == []
    return render.expr(expr)


def headers(file: ast.File) -> list[str]:
    """The blocks of the file: type and labels, with `!` for a broken one."""
    return [" ".join([block.type, *block.labels]) + ("!" if block.body.broken else "") for block in file.body.blocks]
