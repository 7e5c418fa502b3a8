"""Which parser's word counts: our own, python-hcl2's as a second opinion, or both against each other."""

from __future__ import annotations

from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.source import SourceFile, Span
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.parser import Limits, Problem, parse_native

# python-hcl2 is known to let these through, or must not be asked (limits): there our own parser has the last word.
_STANDING = frozenset(problem.code for problem in (Problem.DUPLICATE, Problem.LIMIT, Problem.ESCAPE, Problem.NUMBER))
# python-hcl2 reads some 300 KB a second; a broken file larger than this is not worth the wait.
_LARGEST_SECOND_OPINION = 1_000_000


def _errors(file: ast.File) -> list[Diagnostic]:
    return [item for item in file.diagnostics if item.level is Level.ERROR]


def parse_auto(source: SourceFile, limits: Limits) -> ast.File:
    """Our own parser's tree; where it finds errors and python-hcl2 finds none, that one's, with a notice."""
    native = parse_native(source, limits=limits)
    errors = _errors(native)
    if not errors or len(source.text) > _LARGEST_SECOND_OPINION:
        return native
    if any(error.code in _STANDING for error in errors):
        return native
    try:
        other = parse_second(source, limits)
    except UsageError as error:
        native.diagnostics.append(_no_second_opinion(errors[0], error))
        return native
    if _errors(other):
        return native
    other.diagnostics.append(_accepted_by_second(errors[0]))
    return other


def parse_second(source: SourceFile, limits: Limits) -> ast.File:
    """python-hcl2's tree."""
    from ddbaudit.frontends.hcl.hcl2_adapter import parse_python_hcl2

    return parse_python_hcl2(source, limits)


def parse_both(source: SourceFile, limits: Limits, *, second_first: bool) -> ast.File:
    """The tree of the preferred parser, with an HCL103 error where the other one sees something else."""
    from ddbaudit.frontends.hcl.compare import ast_equal, comments_equal
    from ddbaudit.frontends.hcl.hcl2_gaps import known_gap

    native = parse_native(source, limits=limits)
    other = parse_second(source, limits)
    kept = other if second_first else native
    native_errors, other_errors = _errors(native), _errors(other)
    if native_errors and other_errors:
        return kept
    if native_errors:
        what = f"The native parser rejects what python-hcl2 accepts: {native_errors[0].detail}"
        kept.diagnostics.append(_disagreement(native_errors[0].span, what))
    elif other_errors:
        what = f"python-hcl2 rejects what the native parser accepts: {other_errors[0].detail}"
        kept.diagnostics.append(_disagreement(other_errors[0].span, what, known_gap(other_errors[0])))
    else:
        difference = ast_equal(native.body, other.body) or comments_equal(native, other)
        if difference is not None:
            span = Span(source, difference.left_start, min(difference.left_start + 1, len(source.text)))
            what = f"The parsers read this differently; native against python-hcl2, at {difference}."
            kept.diagnostics.append(_disagreement(span, what))
    return kept


def _disagreement(span: Span | None, detail: str, gap: str = "") -> Diagnostic:
    help = "Write it in another way that both parsers read alike, or drop the cross-check."
    if gap:
        detail = f"{detail} Known gap of python-hcl2: {gap}."
    return Diagnostic("HCL103", Level.ERROR, "Parsers disagree", detail, span, help=help)


def _accepted_by_second(error: Diagnostic) -> Diagnostic:
    return Diagnostic(
        "HCL102",
        Level.ERROR,
        "Native parser rejected, python-hcl2 accepted",
        f"The tree of python-hcl2 is used. The native parser says: {error.detail}",
        error.span,
        help="Correct it if terraform validate rejects it too; else report it, and set --parser python-hcl2 meanwhile.",
    )


def _no_second_opinion(error: Diagnostic, reason: UsageError) -> Diagnostic:
    return Diagnostic(
        "HCL104",
        Level.WARNING,
        "No second opinion",
        f"python-hcl2 could not be asked about the errors in this file: {reason.message}.",
        error.span,
        help=reason.help,
    )
