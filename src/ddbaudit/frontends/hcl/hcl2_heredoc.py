"""Heredocs of python-hcl2: the library takes them as one opaque token, and sometimes takes far too much.

Its lexer wants the end marker directly before the line break. A blank behind the marker makes it run on to the next
heredoc with the same marker and swallow everything between, resources included, without an error. So the end of each
heredoc is looked for here anew, and a token that runs past it is refused.
"""

from __future__ import annotations

from collections.abc import Callable

from ddbaudit.foundation.diagnostic import Diagnostic
from ddbaudit.foundation.source import SourceFile
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.parser import parse_expression

SWALLOWED = "python-hcl2 does not see the end of this heredoc and swallows the text behind it."


def _end_marker(text: str, start: int, end: int, marker: str) -> tuple[int, int]:
    """The first line between two offsets that holds nothing but the marker: where the marker and the line end."""
    at = text.index("\n", start) + 1
    while at < end:
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        line = text[at:stop]
        if line.strip() == marker:
            return at + len(line.rstrip()), stop
        at = stop + 1
    return end, end


def heredoc(
    source: SourceFile,
    start: int,
    end: int,
    diagnostics: list[Diagnostic],
    problem: Callable[[int, int, str], None],
) -> ast.Expr:
    """The expression of the heredoc token between two offsets.

    Its body is parsed by the native parser: the library leaves `${…}` in it unread, and takes indentation off
    differently from Terraform.
    """
    first = source.text[start : source.text.index("\n", start)].rstrip()
    marker_end, line_end = _end_marker(source.text, start, end, first.lstrip("<-"))
    if line_end + 1 < end:
        problem(start, start + len(first), SWALLOWED)
    expr, problems = parse_expression(source.text[start:line_end] + "\n", source, start)
    diagnostics.extend(problems)
    if expr.end != marker_end and not problems:
        problem(start, start + len(first), SWALLOWED)
    return expr
