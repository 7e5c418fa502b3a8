"""Modules as they are written, for rules about modules; nothing is read before a rule asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ddbaudit.foundation.source import Span
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.acceptance import accepts
from ddbaudit.frontends.hcl.providers import provider_name
from ddbaudit.frontends.hcl.session import Session
from ddbaudit.frontends.hcl.source import Decl, ModuleSource
from ddbaudit.frontends.hcl.texts import texts
from ddbaudit.frontends.hcl.usage import unread
from ddbaudit.ir.written import WrittenModule, WrittenOutput, WrittenVariable

_BUILT_IN = "terraform"
_INSTALLED = "/.terraform/modules/"


def written_modules(sources: Iterable[ModuleSource], session: Session) -> tuple[WrittenModule, ...]:
    """One for each source, in their order."""
    return tuple(_module(source, session) for source in sources)


def _module(source: ModuleSource, session: Session) -> WrittenModule:
    return WrittenModule(
        directory=source.shown,
        header=source.header,
        broken=source.broken,
        installed=_INSTALLED in f"{source.directory}/".replace("\\", "/"),
        configures=_configures(source),
        variables=tuple(_variable(decl, source, session) for decl in source.variables.values()),
        outputs=tuple(_output(decl) for decl in source.outputs.values()),
        version=next((block.span for block in _version_attributes(source)), None),
        constrained=frozenset(_constrained(source)),
        used=dict(reversed(list(_used(source)))),
        texts=lambda: tuple(texts(source)),
        unread=lambda: tuple(unread(source)),
    )


def _variable(decl: Decl, source: ModuleSource, session: Session) -> WrittenVariable:
    return WrittenVariable(
        decl.name,
        decl.header,
        "type" in decl.body.attributes,
        _is_described(decl),
        any(True for _ in decl.body.blocks_of("validation")),
        decl.body.broken,
        lambda text: accepts(decl, text, source, session),
    )


def _output(decl: Decl) -> WrittenOutput:
    return WrittenOutput(decl.name, decl.header, _is_described(decl), decl.body.broken)


def _is_described(decl: Decl) -> bool:
    found = decl.body.attributes.get("description")
    if found is None:
        return False
    expr = found[0].expr
    return not (isinstance(expr, ast.Literal) and not str(expr.value or "").strip())


def _configures(source: ModuleSource) -> bool:
    if any(decl.body.attributes or decl.body.blocks for decl in source.providers.values()):
        return True
    inner = (b for block, _ in _terraform_blocks(source) for b in block.body.blocks)
    return any(block.type in ("backend", "cloud") for block in inner)


def _terraform_blocks(source: ModuleSource) -> Iterator[tuple[ast.Block, ast.File]]:
    for file in source.files:
        for block in file.body.blocks:
            if block.type == "terraform":
                yield block, file


class _Place:
    """A place, so that a search for one can find the first."""

    def __init__(self, span: Span) -> None:
        self.span = span


def _version_attributes(source: ModuleSource) -> Iterator[_Place]:
    for block, file in _terraform_blocks(source):
        for attribute in block.body.attributes:
            if attribute.name == "required_version":
                yield _Place(attribute.span(file.source))


def _constrained(source: ModuleSource) -> Iterator[str]:
    """The local names of the providers that a version is asked for, here or in the provider block itself."""
    yield from source.constrained
    for decl in source.providers.values():
        if "version" in decl.body.attributes:
            yield decl.name


def _used(source: ModuleSource) -> Iterator[tuple[str, Span]]:
    for decl in (*source.resources.values(), *source.others):
        if decl.block.type not in ("resource", "data", "ephemeral"):
            continue
        given = decl.body.attributes.get("provider")
        name = provider_name(given[0].expr) if given is not None else None
        name = (name or decl.type.split("_", 1)[0]).split(".", 1)[0]
        if name != _BUILT_IN:
            yield name, decl.header
    for decl in source.providers.values():
        yield decl.name, decl.header
