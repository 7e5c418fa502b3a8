"""Values for the root module's variables: which files and settings give them, in Terraform's order of precedence.

Source: https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence : the process
environment, terraform.tfvars, terraform.tfvars.json, *.auto.tfvars in lexical order, then `-var` and `-var-file` as
given.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.source import SourceFile, Span
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.loader import Loader, is_ignored, shown_path


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the caller gives. `arguments` holds `("var", "name=value")` and `("file", path)` in command-line order, and
    `(note, "name=value")` for a value that comes from somewhere else, which the note says;
    `environment` the process environment as far as TF_VAR_ goes; `workspace` None when it is not known."""

    arguments: tuple[tuple[str, str], ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    workspace: str | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A value for a variable: an expression in a tfvars file, or raw text from the command line or environment.

    `note` names where it comes from, for the chain of origins.
    """

    name: str
    note: str
    expr: ast.Expr | None = None
    source: SourceFile | None = None
    text: str = ""
    span: Span | None = None
    strict: bool = False


@dataclass(slots=True)
class GivenSet:
    """The winning value per variable, and what went wrong on the way. `broken` tells that a tfvars file could not be
    read completely, so that any variable may have another value."""

    values: dict[str, Given] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    files: list[ast.File] = field(default_factory=list)
    broken: Span | None = None

    def add(self, given: Given) -> None:
        self.values[given.name] = given


def collect(directory: str, inputs: Inputs, loader: Loader) -> GivenSet:
    """All values that are given for the root module in `directory`. UsageError for a var file that is not there."""
    result = GivenSet()
    for key, text in sorted(inputs.environment.items()):
        if key.startswith("TF_VAR_"):
            result.add(Given(key.removeprefix("TF_VAR_"), key, text=text))
    for path in automatic_files(directory, loader):
        _add_file(result, path, loader)
    for kind, argument in inputs.arguments:
        if kind == "file":
            _add_file(result, require_file(argument), loader)
        else:
            name, separator, text = argument.partition("=")
            if not separator:
                raise UsageError(f'--var "{argument}" has no value', help="write --var name=value")
            note = f"--var {name.strip()}" if kind == "var" else kind
            result.add(Given(name.strip(), note, text=text, strict=True))
    return result


def require_file(path: str) -> str:
    """The path of a var file that exists; UsageError otherwise."""
    if not os.path.isfile(path):
        raise UsageError(f"the variable file {path} does not exist", help="check the path given with --var-file")
    return path


def automatic_files(directory: str, loader: Loader) -> Sequence[str]:
    """The tfvars files that Terraform loads by itself, in order."""
    try:
        names = [n for n in loader.tree.names(directory) if not is_ignored(n)]
    except OSError:
        return []
    first = [n for n in ("terraform.tfvars", "terraform.tfvars.json") if n in names]
    automatic = [n for n in names if n.endswith((".auto.tfvars", ".auto.tfvars.json"))]
    return [os.path.join(directory, n) for n in (*first, *automatic)]


def _add_file(result: GivenSet, path: str, loader: Loader) -> None:
    file = loader.file(path)
    result.files.append(file)
    result.diagnostics.extend(file.diagnostics)
    if file.body.broken:
        result.broken = Span(file.source, 0, 0)
    for block in file.body.blocks:
        detail = f'blocks are not allowed in variable files, here is "{block.type}"'
        result.diagnostics.append(
            Diagnostic("VAR001", Level.ERROR, "Block in a variable file", detail, block.header(file.source))
        )
    for attribute in file.body.attributes:
        span = Span(file.source, attribute.expr.start, attribute.expr.end)
        note = shown_path(path).rsplit("/", 1)[-1]
        result.add(Given(attribute.name, note, attribute.expr, file.source, span=span))
