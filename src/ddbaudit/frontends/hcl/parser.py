"""HCL's native syntax to the syntax tree: the parser of our own.

It takes what Terraform takes and rejects what Terraform rejects, never raises, and needs time linear in the size of the
text. After an error it goes on with the next item, so that one broken block hides no other.
"""

from __future__ import annotations

from typing import Literal

from ddbaudit.foundation.diagnostic import Diagnostic
from ddbaudit.foundation.source import SourceFile
from ddbaudit.frontends.hcl.ast import Attribute, Body, Expr, File
from ddbaudit.frontends.hcl.native.body import BodyParser
from ddbaudit.frontends.hcl.native.problems import DEFAULT_LIMITS, Limits, Problem
from ddbaudit.frontends.hcl.relocate import relocate, relocate_diagnostics

__all__ = ["DEFAULT_LIMITS", "Limits", "Problem", "parse_expression", "parse_native", "parse_template"]


def parse_native(
    source: SourceFile,
    *,
    kind: Literal["config", "expression"] = "config",
    limits: Limits = DEFAULT_LIMITS,
) -> File:
    """The tree of a file; `File.body.broken` and a diagnostic tell of every error.

    With kind `expression` the text is one expression, in which line breaks mean nothing; it arrives as the only
    attribute of the body, without a name.
    """
    parser = BodyParser(source, limits)
    if kind == "config":
        body = parser.file()
    else:
        expr = parser.alone(BodyParser.whole_expression)
        attribute = Attribute(expr.start, expr.end, "", expr.start, expr)
        body = Body(0, len(source.text), [attribute], [], broken=bool(parser.diagnostics))
    return File(source, body, parser.comments, parser.diagnostics)


def parse_expression(
    text: str, source: SourceFile | None = None, base: int = 0, limits: Limits = DEFAULT_LIMITS
) -> tuple[Expr, list[Diagnostic]]:
    """The expression that `text` is, and what is wrong with it; a `BadExpr` if it is none.

    With `source`, the text stands at offset `base` of that file and all places point there.
    """
    parser = BodyParser(SourceFile("", text), limits)
    return _at_home(parser.alone(BodyParser.whole_expression), parser, source, base)


def parse_template(
    text: str, source: SourceFile | None = None, base: int = 0, limits: Limits = DEFAULT_LIMITS
) -> tuple[Expr, list[Diagnostic]]:
    """The template that `text` is, as strings of the JSON syntax are: without quotes, backslashes mean themselves.

    Literal, Template or TemplateWrap; `source` and `base` as in `parse_expression`.
    """
    parser = BodyParser(SourceFile("", text), limits)
    return _at_home(parser.alone(BodyParser.bare), parser, source, base)


def _at_home(expr: Expr, parser: BodyParser, source: SourceFile | None, base: int) -> tuple[Expr, list[Diagnostic]]:
    if source is None:
        return expr, parser.diagnostics
    offsets = range(base, base + len(parser.text) + 1)
    relocate(expr, offsets)
    return expr, relocate_diagnostics(parser.diagnostics, source, offsets)
