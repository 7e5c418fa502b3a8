"""The second parser: python-hcl2, behind the same interface and with the same tree as our own.

The library is imported when first needed, for importing it costs more than parsing most modules. Its exceptions never
leave this module: whatever it throws becomes an HCL101 diagnostic.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.source import SourceFile, Span
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.hcl2_convert import Converter
from ddbaudit.frontends.hcl.native.hints import show
from ddbaudit.frontends.hcl.parser import DEFAULT_LIMITS, Limits, Problem
from ddbaudit.frontends.hcl.relocate import children

_LIMIT = Problem.LIMIT
_CHAINED = (ast.Binary, ast.Unary, ast.Conditional, ast.GetAttr, ast.Index, ast.Splat)
_NESTED = (
    *(ast.Block, ast.Parens, ast.TupleExpr, ast.ObjectExpr, ast.ForExpr, ast.Call),
    *(ast.Template, ast.TemplateWrap, ast.TemplateIf, ast.TemplateFor),
)
_FORK = "bc-python-hcl2"
_REMEDY = "Install ddbaudit in an environment of its own: checkov brings bc-python-hcl2, which overwrites python-hcl2."


@cache
def load_library() -> Callable[[str], Any]:
    """The library's function from text to Lark tree; UsageError when it is missing or mixed up with a fork."""
    try:
        import hcl2
    except Exception as error:  # noqa: BLE001 - half overwritten by a fork, importing it may fail in any way
        help = _REMEDY if _has_fork() else "Install python-hcl2 8.1 or later."
        raise UsageError(f"python-hcl2 cannot be imported ({show(str(error))})", help=help) from None
    parse = getattr(hcl2, "parses_to_tree", None)
    if parse is None or not hasattr(hcl2, "parses") or _has_fork():
        raise UsageError("python-hcl2 shares its module name hcl2 with a fork that is installed too", help=_REMEDY)
    found: Callable[[str], Any] = parse
    return found


def _has_fork() -> bool:
    """Whether checkov's fork is installed too: the two overwrite each other's files, whoever came last."""
    from importlib import metadata

    try:
        metadata.distribution(_FORK)
    except metadata.PackageNotFoundError:
        return False
    return True


@contextmanager
def _no_collections() -> Iterator[None]:
    """Without the garbage collector, which costs a third of the time: the library makes masses of objects that live."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def parse_python_hcl2(source: SourceFile, limits: Limits = DEFAULT_LIMITS) -> ast.File:
    """The tree that python-hcl2 gives, with tight ends and HCL's meaning of splats, operators and heredocs.

    When the library fails, or reads the file otherwise than Terraform does, diagnostics say so and the body is broken.
    UsageError when the library cannot be used at all.
    """
    parse = load_library()
    converter = Converter(source)
    length = len(source.text)
    try:
        with _no_collections():
            tree = parse(source.text)
            body = converter.body(tree.children[0], 0, length)
            comments = converter.comments(tree)
    except Exception as error:  # noqa: BLE001 - the library's parser and lexer raise a dozen unrelated types
        body = ast.Body(0, length, [], [], broken=True)
        return ast.File(source, body, [], [_failure(source, error)], parser="python-hcl2")
    too_high = _first_beyond(body, limits)
    if too_high is not None:
        span = Span(source, too_high.start, too_high.start)
        diagnostic = Diagnostic(_LIMIT.code, Level.ERROR, _LIMIT.summary, "The nesting here is too deep.", span)
        return ast.File(source, ast.Body(0, length, [], [], broken=True), [], [diagnostic], parser="python-hcl2")
    body.broken = bool(converter.diagnostics)
    return ast.File(source, body, comments, converter.diagnostics, parser="python-hcl2")


def _first_beyond(body: ast.Body, limits: Limits) -> ast.Node | None:
    """A node that stands higher in the tree than our own parser would let it, for the sake of those who walk it."""
    pending: list[tuple[ast.Node, int, int]] = [(body, 0, 0)]
    while pending:
        node, depth, chain = pending.pop()
        if depth > limits.max_depth or chain > limits.max_chain:
            return node
        depth += isinstance(node, _NESTED)
        chain += isinstance(node, _CHAINED)
        pending.extend((child, depth, chain) for child in children(node))
    return None


def _failure(source: SourceFile, error: Exception) -> Diagnostic:
    if isinstance(error, RecursionError):
        detail, offset = "The file is nested too deeply for python-hcl2.", 0
    else:
        offset = _whereabouts(error, source)
        detail = f"python-hcl2: {_reason(error)}."
    span = Span(source, offset, min(offset + 1, len(source.text)))
    return Diagnostic("HCL101", Level.ERROR, "python-hcl2 rejects the file", detail, span)


def _reason(error: Exception) -> str:
    """What the exception says, without the pages of context that Lark adds."""
    found = getattr(error, "token", getattr(error, "char", None))
    if getattr(found, "type", None) == "$END":
        return "the file ends too early"
    if isinstance(found, str):
        return f"{show(found)} was not expected here"
    first_line = (str(error).strip() or type(error).__name__).splitlines()[0]
    return show(first_line.removesuffix("."))


def _whereabouts(error: Exception, source: SourceFile) -> int:
    """The offset that an exception of Lark or of the library speaks of, directly or in its cause; else 0."""
    seen: BaseException | None = error
    while seen is not None:
        line, column = getattr(seen, "line", None), getattr(seen, "column", None)
        if isinstance(line, int) and isinstance(column, int):
            # Lark gives -1 where the text ends too early.
            return _offset(source.text, line, max(column, 1)) if line > 0 else len(source.text)
        seen = getattr(seen, "orig_exc", None) or seen.__cause__
    return 0


def _offset(text: str, line: int, column: int) -> int:
    at = 0
    for _ in range(line - 1):
        feed = text.find("\n", at)
        if feed < 0:
            return len(text)
        at = feed + 1
    return min(at + column - 1, len(text))
