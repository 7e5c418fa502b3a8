"""One configuration in other words: the same meaning, spelt in every way that people spell it.

Each way takes a source text and gives files that Terraform reads as the same resources; a rule must say of them what it
says of the source, and at the place that corresponds. Ways that find nothing to rewrite give None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ddbaudit.foundation.source import SourceFile
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.parse import ParseOptions, parse_file
from ddbaudit.frontends.hcl.relocate import walk
from tests.rules.json_spelling import json_text
from tests.rules.pieces import Edit, Piece, Rendered, Slice, Stand, edited, insert, render

MAIN = "main.tf"
_RESOURCES = ("resource", "data")
_META_BLOCKS = ("lifecycle", "provisioner", "connection")
_META = ("count", "for_each", "provider", "depends_on", "iterator")
_ROOT_ONLY = ("provider", "terraform", "import")
_LOCAL_NAMES = ("each", "count", "self")


@dataclass(frozen=True)
class Rewritten:
    """`address` tells the new address of what had the other one."""

    rendered: Rendered
    address: Callable[[str], str]


@dataclass(frozen=True)
class Source:
    """A text and its tree."""

    text: str
    body: ast.Body

    def resources(self, *types: str) -> Iterator[ast.Block]:
        return (block for block in self.body.blocks if block.type in (types or _RESOURCES))

    def attributes(self) -> Iterator[ast.Attribute]:
        """What resources and data sources set, but for what Terraform reads itself."""
        for block in self.resources():
            for attribute in _attributes(block.body):
                if attribute.name not in _META:
                    yield attribute

    def of(self, node: ast.Node) -> str:
        return self.text[node.start : node.end]

    def is_free(self, expr: ast.Expr) -> bool:
        """Whether it means the same outside of its block."""
        bound = {*_LOCAL_NAMES, *(b.labels[0] for b in _blocks(self.body) if b.type == "dynamic")}
        bound |= {str(a.expr.value) for a in _attributes(self.body) if isinstance(a.expr, ast.Literal)} & {"it"}
        return not {node.name for node in walk(expr) if isinstance(node, ast.Variable)} & {*bound, "it"}


def read(text: str) -> Source | None:
    """None for what cannot be parsed."""
    file = parse_file(text.encode(), MAIN, ParseOptions(parser="native"))
    return None if file.diagnostics else Source(SourceFile(MAIN, text).text, file.body)


def _blocks(body: ast.Body) -> Iterator[ast.Block]:
    for block in body.blocks:
        yield block
        yield from _blocks(block.body)


def _attributes(body: ast.Body) -> Iterator[ast.Attribute]:
    yield from body.attributes
    for block in body.blocks:
        if block.type not in _META_BLOCKS:
            yield from _attributes(block.body)


def _same(address: str) -> str:
    return address


# -- expressions -------------------------------------------------------------------------------------------------------

Spell = Callable[[Source, ast.Expr], "str | Sequence[Piece] | None"]


def _in_place(spell: Spell) -> Way:
    def way(source: Source) -> Rewritten | None:
        edits = []
        for attribute in source.attributes():
            expr = attribute.expr
            pieces = None if "<<" in source.of(expr) else spell(source, expr)
            if pieces is not None:
                edits.append(Edit(expr.start, expr.end, (Stand(expr.start, expr.end, tuple(pieces)),)))
        return _files(source, edits) if edits else None

    return way


def _files(source: Source, edits: Sequence[Edit], **more: Sequence[Piece]) -> Rewritten:
    files = {MAIN: edited(0, len(source.text), edits), **{k.replace("__", "."): v for k, v in more.items()}}
    return Rewritten(render(source.text, files), _same)


def _around(before: str, after: str, fits: Callable[[ast.Expr], bool] = lambda _: True) -> Way:
    def spell(_: Source, expr: ast.Expr) -> Sequence[Piece] | None:
        return [before, Slice(expr.start, expr.end), after] if fits(expr) else None

    return _in_place(spell)


def _is_text(expr: ast.Expr) -> bool:
    literal = isinstance(expr, ast.Literal) and isinstance(expr.value, str) and expr.value != ""
    return literal or isinstance(expr, ast.Template)


def _is_constant(expr: ast.Expr) -> bool:
    kinds = (ast.Literal, ast.TupleExpr, ast.ObjectExpr, ast.ObjectItem)
    return all(isinstance(node, kinds) for node in walk(expr))


def _functions(source: Source, expr: ast.Expr) -> Sequence[Piece] | None:
    here = Slice(expr.start, expr.end)
    if isinstance(expr, ast.TupleExpr):
        return ["concat([], ", here, ")"]
    if isinstance(expr, ast.ObjectExpr):
        return ["merge({}, ", here, ")"]
    return ["coalesce(null, ", here, ")"] if _is_text(expr) else None


def _heredoc(source: Source, expr: ast.Expr) -> Sequence[Piece] | None:
    text = source.of(expr)
    if not _is_text(expr) or "\\" in text or not text.startswith('"'):
        return None
    return ["chomp(<<-EOT\n", Slice(expr.start + 1, expr.end - 1), "\nEOT\n)"]


def _conditional(source: Source) -> Rewritten | None:
    found = _around("var.switch ? ", " : null")(source)
    if found is not None:
        found.rendered.files["switch.tf"] = 'variable "switch" {\n  type    = bool\n  default = true\n}\n'
    return found


def _hoisted(source: Source, fits: Callable[[ast.Expr], bool], root: str) -> tuple[list[Edit], list[ast.Expr]]:
    edits: list[Edit] = []
    moved: list[ast.Expr] = []
    for attribute in source.attributes():
        expr = attribute.expr
        if fits(expr) and source.is_free(expr):
            edits.append(Edit(expr.start, expr.end, (Stand(expr.start, expr.end, (f"{root}.m{len(moved)}",)),)))
            moved.append(expr)
    return edits, moved


def _local(source: Source) -> Rewritten | None:
    edits, moved = _hoisted(source, lambda _: True, "local")
    lines = [piece for n, e in enumerate(moved) for piece in (f"  m{n} = ", Slice(e.start, e.end), "\n")]
    return _files(source, edits, values__tf=["locals {\n", *lines, "}\n"]) if edits else None


def _default(source: Source) -> Rewritten | None:
    edits, moved = _hoisted(source, _is_constant, "var")
    head = 'variable "m{}" {{\n  description = "A value."\n  default     = '
    lines = [p for n, e in enumerate(moved) for p in (head.format(n), Slice(e.start, e.end), "\n}\n")]
    return _files(source, edits, variables__tf=lines) if edits else None


def _tfvars(source: Source) -> Rewritten | None:
    edits, moved = _hoisted(source, _is_constant, "var")
    names = "".join(
        f'variable "m{n}" {{\n  description = "A value."\n  type        = any\n}}\n' for n in range(len(moved))
    )
    lines = [piece for n, e in enumerate(moved) for piece in (f"m{n} = ", Slice(e.start, e.end), "\n")]
    return _files(source, edits, variables__tf=[names], terraform__tfvars=lines) if edits else None


def _argument(source: Source) -> Rewritten | None:
    """The values are arguments of a call of the module that all is in."""
    if any(block.type in _ROOT_ONLY for block in source.body.blocks):
        return None
    edits, moved = _hoisted(source, _is_constant, "var")
    names = "".join(f'variable "m{n}" {{\n  description = "A value."\n  type = any\n}}\n' for n in range(len(moved)))
    lines = [piece for n, e in enumerate(moved) for piece in (f"  m{n} = ", Slice(e.start, e.end), "\n")]
    return _called(source, edits, lines, names) if edits else None


# -- blocks ------------------------------------------------------------------------------------------------------------


def _called(source: Source, edits: Sequence[Edit], arguments: Sequence[Piece], more: str, key: str = "") -> Rewritten:
    """The source as a module that a root calls; its variables are those of the root."""
    variables = [block for block in source.body.blocks if block.type == "variable"]
    aliases = [a for a in map(_alias, source.body.blocks) if a]
    if aliases:
        more += _REQUIRED.format(", ".join(aliases))
        arguments = [*arguments, f"  providers = {{ {', '.join(f'{a} = {a}' for a in aliases)} }}\n"]
    own = [piece for block in variables for piece in (Slice(block.start, block.end), "\n")]
    stay = [block for block in source.body.blocks if block.type in _ROOT_ONLY]
    own += [piece for block in stay for piece in (Slice(block.start, block.end), "\n")]
    passed = "".join(f"  {block.labels[0]} = var.{block.labels[0]}\n" for block in variables)
    meta = {"": "", "[0]": "  count = 1\n"}.get(key, '  for_each = toset(["one"])\n')
    call = [f'module "m" {{\n  source = "./m"\n{meta}{passed}', *arguments, "}\n"]
    gone = [Edit(block.start, block.end, ()) for block in stay]
    inside = edited(0, len(source.text), [*edits, *gone])
    rendered = render(source.text, {MAIN: [*own, *call], "m/main.tf": inside, "m/more.tf": [more]})
    return Rewritten(rendered, lambda address: _inside(f"module.m{key}", address))


_REQUIRED = 'terraform {{\n  required_providers {{\n    aws = {{\n      source = "hashicorp/aws"\n      \
configuration_aliases = [{}]\n    }}\n  }}\n}}\n'


def _alias(block: ast.Block) -> str | None:
    """`aws.replica`, for a provider block with an alias, which a module has to be given."""
    if block.type != "provider":
        return None
    found = [a.expr.value for a in block.body.attributes if a.name == "alias" and isinstance(a.expr, ast.Literal)]
    return f"{block.labels[0]}.{found[0]}" if found else None


def _inside(module: str, address: str) -> str:
    """Providers stay with the root."""
    if address.startswith("provider."):
        return address
    return module if address in ("", "(root)") else f"{module}.{address}"


def _module(key: str) -> Way:
    def way(source: Source) -> Rewritten | None:
        if any(block.type == "import" for block in source.body.blocks):
            return None
        return _called(source, [], [], "", key)

    return way


def _repeated(meta: str, key: str) -> Way:
    """Each resource with one instance that has a key."""

    def way(source: Source) -> Rewritten | None:
        chosen = [b for b in source.resources() if not {a.name for a in b.body.attributes} & {"count", "for_each"}]
        names = {_name(block) for block in chosen}
        inserts = [insert(source.text.index("{", b.header_end) + 1, f"\n  {meta}\n") for b in chosen]
        for attribute in _attributes(source.body):
            inserts += [insert(at, key) for at in _references(attribute.expr, names, attribute.name)]
        if not chosen:
            return None
        rendered = render(source.text, {MAIN: edited(0, len(source.text), inserts)})
        return Rewritten(rendered, lambda a: _with_key(a, names, key))

    return way


def _name(block: ast.Block) -> str:
    return ".".join([*(["data"] if block.type == "data" else []), *block.labels])


def _with_key(address: str, names: set[str], key: str) -> str:
    for name in sorted(names, key=len, reverse=True):
        if re.match(re.escape(name) + r"(?![\w\-\[])", address):
            return name + key + address[len(name) :]
    return address


def _references(expr: ast.Expr, names: set[str], argument: str) -> set[int]:
    """Where references to these resources end; lists of dependencies name resources, not instances."""
    if argument == "depends_on":
        return set()
    return {node.end for node in walk(expr) if isinstance(node, ast.GetAttr) and _dotted(node) in names}


def _dotted(node: ast.Node) -> str:
    if isinstance(node, ast.GetAttr):
        return f"{_dotted(node.source)}.{node.name}"
    return node.name if isinstance(node, ast.Variable) else "?"


def _dynamic(source: Source) -> Rewritten | None:
    """Each nested block out of a dynamic one, of which there is one."""
    edits: list[Edit] = []
    for resource in source.resources():
        for block in _blocks(resource.body):
            if block.type in (*_META_BLOCKS, "dynamic", "content", "timeouts") or block.labels:
                continue
            opening = source.text.index("{", block.header_end)
            head = Stand(block.start, block.header_end, (f'dynamic "{block.type}"',))
            edits.append(Edit(block.start, block.header_end, (head,)))
            edits.append(Edit(opening, opening + 1, ("{\nfor_each = [true]\ncontent {\n",)))
            edits.append(insert(block.end - 1, "\n}\n"))
    return _files(source, _nested_last(edits)) if edits else None


def _nested_last(edits: Sequence[Edit]) -> list[Edit]:
    return sorted(edits, key=lambda e: (e.start, e.end))


def _override(source: Source) -> Rewritten | None:
    """What a resource sets stands in an override file; the file itself says something else."""
    edits: list[Edit] = []
    lines: list[Piece] = []
    for block in source.resources():
        chosen = [a for a in block.body.attributes if a.name not in _META]
        if not chosen:
            continue
        edits += [Edit(a.expr.start, a.expr.end, ("null",)) for a in chosen]
        moved = [piece for a in chosen for piece in ("  ", Slice(a.start, a.end), "\n")]
        lines += [f"{source.text[block.start : block.header_end]} {{\n", *moved, "}\n"]
    return _files(source, edits, main_override__tf=lines) if edits else None


def _json(source: Source) -> Rewritten | None:
    text = json_text(source.text, source.body)
    rendered = render(source.text, {})
    rendered.files["main.tf.json"] = text
    rendered.places.append((0, len(source.text), "main.tf.json", 0, len(text), False))
    return Rewritten(rendered, _same)


def _one_line(source: Source) -> Rewritten | None:
    """Carriage returns at line ends, and comments of the other kinds."""
    found = [Edit(m.start(), m.end(), ("\r\n",)) for m in re.finditer(r"\n", source.text)]
    heredocs = "<<" in source.text
    return None if heredocs else _files(source, [insert(0, "/* the same */ // in other words\r\n"), *found])


Way = Callable[[Source], Rewritten | None]

WAYS: dict[str, Way] = {
    "local": _local,
    "default": _default,
    "tfvars": _tfvars,
    "argument": _argument,
    "conditional": _conditional,
    "try": _around("try(", ", null)"),
    "functions": _in_place(_functions),
    "element": _around("[", "][0]"),
    "attribute": _around("{ v = ", " }.v"),
    "interpolation": _around('"${', '}"'),
    "format": _around('format("%s", ', ")", _is_text),
    "heredoc": _in_place(_heredoc),
    "decoded": _around("jsondecode(jsonencode(", "))", _is_constant),
    "module": _module(""),
    "module-count": _module("[0]"),
    "module-for-each": _module('["one"]'),
    "count": _repeated("count = 1", "[0]"),
    "for-each": _repeated('for_each = toset(["one"])', '["one"]'),
    "dynamic": _dynamic,
    "override": _override,
    "json": _json,
    "line-ends": _one_line,
}
