"""The front door: from the bytes of one file to its tree, by the parser or parsers that the options name.

A file that cannot be read or parsed never vanishes: it comes back as a tree with a `broken` body and an ERROR
diagnostic, which makes the run incomplete.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import Literal

from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.source import SourceFile, Span
from ddbaudit.foundation.text import safe_text
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.opinions import parse_auto, parse_both, parse_second
from ddbaudit.frontends.hcl.parser import DEFAULT_LIMITS, Limits, Problem, parse_native

ParserChoice = Literal["auto", "native", "python-hcl2"]
Kind = Literal["config", "tfvars"]

_TFVARS = (".tfvars", ".tfvars.json")
# Longest first: the mark of UTF-32 LE begins with that of UTF-16 LE.
_FOREIGN_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


@dataclass(frozen=True, slots=True)
class ParseOptions:
    """Which parser reads native syntax.

    `auto`: our own, and where it finds errors python-hcl2 as a second opinion. `native` and `python-hcl2`: that one
    alone. With `cross_check` both read each file and must agree on it, else the file counts as incomplete.
    """

    parser: ParserChoice = "auto"
    cross_check: bool = False
    limits: Limits = DEFAULT_LIMITS


def parse_file(data: bytes, path: str, options: ParseOptions, *, kind: Kind | None = None) -> ast.File:
    """The tree of a file's content; `path` is the path to show, and its ending tells the syntax.

    The ending also tells configuration from values of variables, unless `kind` does (`-var-file` takes any name).
    Raises UsageError when the options ask for python-hcl2 and it cannot be used; for no content of a file.
    """
    if len(data) > options.limits.max_size:
        return _too_large(len(data), path, options.limits)
    try:
        text = data.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError:
        return _not_utf8(data, path)
    source = SourceFile(path, text)
    kind = kind or ("tfvars" if path.endswith(_TFVARS) else "config")
    if path.endswith(".json"):
        from ddbaudit.frontends.hcl.json_syntax import parse_json

        return parse_json(source, kind=kind, limits=options.limits)
    file = _parse_hcl(source, options)
    if kind == "tfvars":
        _refuse_blocks(file)
    return file


def _parse_hcl(source: SourceFile, options: ParseOptions) -> ast.File:
    limits, by_library = options.limits, options.parser == "python-hcl2"
    if options.cross_check:
        return parse_both(source, limits, second_first=by_library)
    if by_library:
        return parse_second(source, limits)
    if options.parser == "native":
        return parse_native(source, limits=limits)
    return parse_auto(source, limits)


def _refuse_blocks(file: ast.File) -> None:
    """The values of variables are attributes; Terraform refuses blocks among them."""
    for block in file.body.blocks:
        detail = f"Block {safe_text(block.type)} cannot stand among the values of variables."
        span, problem = block.header(file.source), Problem.SYNTAX
        help = "Values are written as name = value."
        file.diagnostics.append(Diagnostic(problem.code, Level.ERROR, problem.summary, detail, span, help=help))


def _too_large(size: int, path: str, limits: Limits) -> ast.File:
    detail = f"The file has {size} bytes, more than the {limits.max_size} that are read."
    problem = Problem.LIMIT
    diagnostic = Diagnostic(problem.code, Level.ERROR, problem.summary, detail, path=path, help="Split the file.")
    return ast.File(SourceFile(path, ""), ast.Body(0, 0, [], [], broken=True), [], [diagnostic])


def _not_utf8(data: bytes, path: str) -> ast.File:
    """An empty tree over the text as far as it can be shown, with the place of the first bad byte."""
    skipped = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    data = data[skipped:]
    for mark, name in _FOREIGN_MARKS:
        if data.startswith(mark):
            what = f"The file is encoded in {name}; HCL is UTF-8."
            return _undecodable(path, "", 0, what)
    prefix, where = _valid_prefix(data)
    source = SourceFile(path, prefix)
    line, column = source.position(len(prefix))
    what = f"Byte 0x{data[where]:02x} at offset {where + skipped} (line {line}, column {column}) is not UTF-8."
    return _undecodable(path, data.decode("utf-8", "replace"), len(prefix), what)


def _valid_prefix(data: bytes) -> tuple[str, int]:
    """The text before the first byte that is not UTF-8, and the offset of that byte."""
    try:
        return data.decode("utf-8"), len(data)
    except UnicodeDecodeError as error:
        return data[: error.start].decode("utf-8"), error.start


def _undecodable(path: str, text: str, offset: int, detail: str) -> ast.File:
    source = SourceFile(path, text)
    span = Span(source, offset, min(offset + 1, len(text)))
    help = "Save the file as UTF-8."
    diagnostic = Diagnostic("HCL010", Level.ERROR, "File is not UTF-8", detail, span, help=help)
    return ast.File(source, ast.Body(0, len(text), [], [], broken=True), [], [diagnostic])
