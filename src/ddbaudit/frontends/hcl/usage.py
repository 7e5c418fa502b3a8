"""What a module declares and nothing in it reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ddbaudit.foundation.source import Span
from ddbaudit.frontends.hcl.references import Reference
from ddbaudit.frontends.hcl.source import Decl, ModuleSource
from ddbaudit.frontends.hcl.validate import references_in, references_of
from ddbaudit.ir.written import Unread

_Name = tuple[str, ...]


def unread(source: ModuleSource) -> Iterator[Unread]:
    """Variables, locals and data sources without a reference; none where part of the module could not be read.

    A variable's own validation does not read it. A data source with conditions of its own is there to check something.
    Names that begin with `_` are unused on purpose.
    """
    if source.broken:
        return
    read = set(_read(source))
    for name, variable in source.variables.items():
        if ("var", name) not in read and not name.startswith("_"):
            yield Unread("variable", f"var.{name}", variable.header)
    for name, local in source.locals.items():
        if ("local", name) not in read and not name.startswith("_"):
            yield Unread("local value", f"local.{name}", Span(local.source, local.span.start, local.name_end))
    for (mode, type_, name), decl in source.resources.items():
        if mode == "data" and ("data", type_, name) not in read and not _checks(decl) and not name.startswith("_"):
            yield Unread("data source", f"data.{type_}.{name}", decl.header)


def _checks(decl: Decl) -> bool:
    return any(True for _ in decl.body.blocks_of("lifecycle"))


def _read(source: ModuleSource) -> Iterator[_Name]:
    yield from _names(references_of(source))
    for name, decl in source.variables.items():
        yield from (found for found in _names(references_in(decl)) if found != ("var", name))


def _names(references: Iterable[Reference]) -> Iterator[_Name]:
    for reference in references:
        if reference.root in ("var", "local"):
            yield (reference.root, *reference.steps[:1])
        elif reference.root == "data":
            yield ("data", *reference.steps[:2])
