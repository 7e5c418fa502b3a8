"""The source of a module: its files, merged with overrides, as declarations.

Source: https://developer.hashicorp.com/terraform/language/files and /language/files/override.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ddbaudit.foundation.diagnostic import Diagnostic, Level, Related
from ddbaudit.foundation.source import SourceFile, Span
from ddbaudit.foundation.text import suggestion
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.versions import Requirement
from ddbaudit.ir.instance import Fault


class BodyView:
    """A body whose parts may come from several files (overrides). `json` tells that attributes may stand for blocks."""

    __slots__ = ("attributes", "blocks", "broken", "json", "source")

    def __init__(
        self,
        attributes: dict[str, tuple[ast.Attribute, SourceFile]],
        blocks: list[tuple[ast.Block, SourceFile]],
        source: SourceFile,
        *,
        broken: bool,
        json: bool,
    ) -> None:
        self.attributes = attributes
        self.blocks = blocks
        self.source = source
        self.broken = broken
        self.json = json

    @classmethod
    def of(cls, body: ast.Body, source: SourceFile, *, json: bool) -> BodyView:
        return cls(
            {a.name: (a, source) for a in body.attributes},
            [(b, source) for b in body.blocks],
            source,
            broken=body.broken,
            json=json,
        )

    def blocks_of(self, type: str) -> Iterator[tuple[ast.Block, SourceFile]]:
        return ((b, s) for b, s in self.blocks if b.type == type)

    def overridden_by(self, other: BodyView) -> BodyView:
        """Arguments are replaced one by one, nested blocks all of a type at once; lifecycle merges by argument."""
        attributes = {**self.attributes, **other.attributes}
        replaced = {_kind(b) for b, _ in other.blocks} - {"lifecycle"}
        blocks = [(b, s) for b, s in self.blocks if _kind(b) not in replaced] + other.blocks
        return BodyView(
            attributes, blocks, self.source, broken=self.broken or other.broken, json=self.json or other.json
        )


def _kind(block: ast.Block) -> str:
    """The type of block that it makes: a `dynamic "x"` makes `x`."""
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type


@dataclass(slots=True)
class Decl:
    """A declared thing: a resource, data source, module call, variable, output or provider block."""

    name: str
    block: ast.Block
    source: SourceFile
    body: BodyView
    type: str = ""
    mode: str = ""

    @property
    def header(self) -> Span:
        return self.block.header(self.source)

    @property
    def span(self) -> Span:
        return self.block.span(self.source)


@dataclass(slots=True)
class LocalDecl:
    name: str
    expr: ast.Expr
    source: SourceFile
    span: Span
    name_end: int


@dataclass(slots=True)
class ModuleSource:
    """A module directory. `shown` is its path as people see it; `broken` tells that something could not be read or
    parsed, so that a name that seems undeclared may be declared there."""

    directory: str
    shown: str
    files: list[ast.File]
    diagnostics: list[Diagnostic] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    broken: bool = False
    variables: dict[str, Decl] = field(default_factory=dict)
    outputs: dict[str, Decl] = field(default_factory=dict)
    locals: dict[str, LocalDecl] = field(default_factory=dict)
    resources: dict[tuple[str, str, str], Decl] = field(default_factory=dict)
    modules: dict[str, Decl] = field(default_factory=dict)
    providers: dict[str, Decl] = field(default_factory=dict)
    others: list[Decl] = field(default_factory=list)
    required_providers: dict[str, str] = field(default_factory=dict)
    required_versions: list[Requirement] = field(default_factory=list)
    constrained: set[str] = field(default_factory=set)

    @property
    def header(self) -> Span:
        """A place for what concerns the whole module: the start of its first file."""
        source = self.files[0].source if self.files else SourceFile(self.shown, "")
        return Span(source, 0, 0)

    def local_calls(self) -> Iterator[tuple[Decl, str]]:
        """The module calls with a literal local path (`./x`, `../x`) and that path."""
        for decl in self.modules.values():
            text = literal_text(decl.body, "source")
            if text is not None and (text.startswith(("./", "../")) or text in (".", "..")):
                yield decl, text


def literal_text(body: BodyView, name: str) -> str | None:
    """The string that an argument gives literally, else None."""
    found = body.attributes.get(name)
    if found is not None and isinstance(found[0].expr, ast.Literal) and isinstance(found[0].expr.value, str):
        return found[0].expr.value
    return None


_LABELS: Mapping[str, int] = {
    "resource": 2,
    "data": 2,
    "ephemeral": 2,
    "module": 1,
    "variable": 1,
    "output": 1,
    "provider": 1,
    "check": 1,
    "locals": 0,
    "terraform": 0,
    "moved": 0,
    "import": 0,
    "removed": 0,
}


def build_source(
    directory: str, shown: str, primary: Iterable[ast.File], overrides: Iterable[ast.File]
) -> ModuleSource:
    """Declarations of all files; the override files are merged in their order."""
    primary, overrides = list(primary), list(overrides)
    module = ModuleSource(directory, shown, [*primary, *overrides])
    for file in module.files:
        module.diagnostics.extend(file.diagnostics)
        module.broken = module.broken or file.body.broken
    for file in primary:
        for block in file.body.blocks:
            _declare(module, block, file, override=False)
        _stray_attributes(module, file)
    for file in overrides:
        for block in file.body.blocks:
            _declare(module, block, file, override=True)
    return module


def _stray_attributes(module: ModuleSource, file: ast.File) -> None:
    for attribute in file.body.attributes:
        span = Span(file.source, attribute.start, attribute.name_end)
        detail = f'an argument named "{attribute.name}" is not expected at the top level of a .tf file'
        module.diagnostics.append(Diagnostic("HCL301", Level.ERROR, "Unsupported argument", detail, span))


def _declare(module: ModuleSource, block: ast.Block, file: ast.File, *, override: bool) -> None:
    expected = _LABELS.get(block.type)
    header = block.header(file.source)
    if expected is None:
        detail = f'blocks of type "{block.type}" are not expected here{suggestion(block.type, _LABELS)}'
        module.diagnostics.append(Diagnostic("HCL302", Level.ERROR, "Unsupported block type", detail, header))
        module.broken = True
        return
    if len(block.labels) != expected:
        if not block.body.broken:
            detail = f'a "{block.type}" block needs {expected} labels, this one has {len(block.labels)}'
            module.diagnostics.append(Diagnostic("HCL303", Level.ERROR, "Wrong number of labels", detail, header))
        module.broken = True
        return
    body = BodyView.of(block.body, file.source, json=file.json)
    if block.type == "locals":
        _declare_locals(module, block, file, override=override)
    elif block.type == "terraform":
        _read_terraform(module, body)
    else:
        _declare_one(module, block, file, body, override=override)


def _declare_locals(module: ModuleSource, block: ast.Block, file: ast.File, *, override: bool) -> None:
    for attribute in block.body.attributes:
        span = Span(file.source, attribute.start, attribute.end)
        known = module.locals.get(attribute.name)
        if known is not None and not override:
            _twice(
                module, f"local.{attribute.name}", Span(file.source, attribute.start, attribute.name_end), known.span
            )
            continue
        module.locals[attribute.name] = LocalDecl(attribute.name, attribute.expr, file.source, span, attribute.name_end)


def _declare_one(module: ModuleSource, block: ast.Block, file: ast.File, body: BodyView, *, override: bool) -> None:
    table, key, what = _slot(module, block, body)
    mode = {"resource": "managed", "data": "data"}.get(block.type, "")
    type_ = block.labels[0] if len(block.labels) == 2 else block.type
    decl = Decl(block.labels[-1] if block.labels else "", block, file.source, body, type_, mode)
    if table is None:
        module.others.append(decl)
        return
    known = table.get(key)
    if override:
        if known is None:
            detail = f"{what} is not declared in any file that this override could merge with"
            module.diagnostics.append(
                Diagnostic("HCL304", Level.ERROR, "Override without base", detail, block.header(file.source))
            )
            return
        known.body = known.body.overridden_by(body)
    elif known is not None:
        _twice(module, what, block.header(file.source), known.header)
    else:
        table[key] = decl


def _slot(module: ModuleSource, block: ast.Block, body: BodyView) -> tuple[dict[object, Decl] | None, object, str]:
    """The table that a block is declared in, its key there, and its name for messages."""
    tables: dict[str, dict[object, Decl]] = {
        "variable": module.variables,  # type: ignore[dict-item]
        "output": module.outputs,  # type: ignore[dict-item]
        "module": module.modules,  # type: ignore[dict-item]
        "provider": module.providers,  # type: ignore[dict-item]
        "resource": module.resources,  # type: ignore[dict-item]
        "data": module.resources,  # type: ignore[dict-item]
    }
    table = tables.get(block.type)
    if block.type in ("resource", "data"):
        mode = "managed" if block.type == "resource" else "data"
        prefix = "data." if mode == "data" else ""
        return table, (mode, block.labels[0], block.labels[1]), f"{prefix}{block.labels[0]}.{block.labels[1]}"
    if block.type == "provider":
        alias = literal_text(body, "alias")
        key = f"{block.labels[0]}.{alias}" if alias else block.labels[0]
        return table, key, f"provider.{key}"
    name = block.labels[0] if block.labels else ""
    prefix = {"variable": "var", "module": "module", "output": "output"}.get(block.type, block.type)
    return table, name, f"{prefix}.{name}"


def _twice(module: ModuleSource, what: str, here: Span, first: Span) -> None:
    message = f"{what} is declared twice in this module, first at {first}"
    related = (Related(first, "first here"),)
    help = "rename or remove one of the two declarations"
    told = f"{what} is declared twice in this module"
    module.faults.append(Fault("declared-twice", told, here, help, "declared again", related=related, detail=what))
    module.diagnostics.append(
        Diagnostic("HCL305", Level.ERROR, "Declared twice", message, here, related=related, fault="declared-twice")
    )


def _read_terraform(module: ModuleSource, body: BodyView) -> None:
    for block, file in body.blocks_of("required_providers"):
        for attribute in block.body.attributes:
            source = module.required_providers[attribute.name] = _provider_source(attribute)
            version = _provider_version(attribute)
            if version is not None:
                module.constrained.add(attribute.name)
                span = Span(file, version.start, version.end)
                module.required_versions.append(Requirement(source, str(version.value), span))


def _provider_source(attribute: ast.Attribute) -> str:
    """The provider's type name (`aws` of `hashicorp/aws`), which a local name may differ from."""
    if isinstance(attribute.expr, ast.ObjectExpr):
        for item in attribute.expr.items:
            if isinstance(item.key, ast.Literal) and item.key.value == "source" and isinstance(item.value, ast.Literal):
                return str(item.value.value).rsplit("/", 1)[-1]
    return attribute.name


def _provider_version(attribute: ast.Attribute) -> ast.Literal | None:
    """The version constraint of an entry of `required_providers`, which may also be all of it."""
    expr: ast.Expr = attribute.expr
    if isinstance(expr, ast.ObjectExpr):
        items = [i.value for i in expr.items if isinstance(i.key, ast.Literal) and i.key.value == "version"]
        if not items:
            return None
        expr = items[0]
    return expr if isinstance(expr, ast.Literal) and isinstance(expr.value, str) else None
