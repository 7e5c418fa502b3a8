"""Writes what a Terraform module needs, takes, gives and creates into its README, between two markers.

`python scripts/module_docs.py [MODULE…]` writes all modules below terraform/modules, or those named by directory;
`--check` writes nothing, says what is not as it would be written and ends with 1. Both end with 1 when a variable or an
output has no description, a file has a syntax error, or there is no README.

A README without markers gets them at its end. Everything outside of them is left alone.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from ddbaudit.foundation.source import SourceFile
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.loader import Loader
from ddbaudit.frontends.hcl.parse import ParseOptions
from ddbaudit.frontends.hcl.source import Decl, ModuleSource, literal_text

MODULES = Path(__file__).resolve().parent.parent / "terraform" / "modules"
BEGIN = "<!-- Begin: written by scripts/module_docs.py from the module's files -->"
END = "<!-- End: written by scripts/module_docs.py -->"
BETWEEN = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
LONGEST_DEFAULT = 60
BAR = "\\|"


def section(module: ModuleSource) -> str:
    """The markers and everything between them."""
    tables = [*requirements(module), *inputs(module), *outputs(module), *resources(module), *calls(module)]
    return "\n".join([BEGIN, "", *tables, END])


def requirements(module: ModuleSource) -> Iterator[str]:
    """Versions of Terraform and the providers, and the names under which a caller must pass providers."""
    yield from table("Requirements", ("Needs", "Version", "Passed as"), requirement_rows(module))


def requirement_rows(module: ModuleSource) -> Iterator[tuple[str, ...]]:
    for file in module.files:
        for block in file.body.blocks:
            if block.type != "terraform":
                continue
            for attribute in block.body.attributes:
                if attribute.name == "required_version":
                    yield "Terraform", code(plain(attribute.expr, file.source)), ""
            for inner in block.body.blocks:
                if inner.type == "required_providers":
                    yield from (provider_row(attribute, file.source) for attribute in inner.body.attributes)


def provider_row(attribute: ast.Attribute, source: SourceFile) -> tuple[str, ...]:
    items = attribute.expr.items if isinstance(attribute.expr, ast.ObjectExpr) else []
    given = {plain(item.key, source): item.value for item in items}
    name = plain(given["source"], source) if "source" in given else attribute.name
    version = code(plain(given["version"], source)) if "version" in given else ""
    aliases = given.get("configuration_aliases")
    passed = [one_line(item, source) for item in aliases.items] if isinstance(aliases, ast.TupleExpr) else []
    return name, version, ", ".join(code(alias) for alias in passed)


def inputs(module: ModuleSource) -> Iterator[str]:
    rows = (
        (code(name), code(type_of(decl)), default_of(decl), literal_text(decl.body, "description") or "")
        for name, decl in module.variables.items()
    )
    yield from table("Inputs", ("Input", "Type", "Default", "Meaning"), rows)


def outputs(module: ModuleSource) -> Iterator[str]:
    rows = (
        (code(name), f"{literal_text(decl.body, 'description') or ''}{' Sensitive.' if is_sensitive(decl) else ''}")
        for name, decl in module.outputs.items()
    )
    yield from table("Outputs", ("Output", "Meaning"), rows)


def is_sensitive(decl: Decl) -> bool:
    found = decl.body.attributes.get("sensitive")
    return found is not None and isinstance(found[0].expr, ast.Literal) and found[0].expr.value is True


def resources(module: ModuleSource) -> Iterator[str]:
    rows = (
        (code(f"{'data.' if mode == 'data' else ''}{type}.{name}"), repetition(decl))
        for (mode, type, name), decl in sorted(module.resources.items(), key=lambda item: item[0][1:])
    )
    yield from table("Resources and data sources", ("Address", "How many"), rows)


def calls(module: ModuleSource) -> Iterator[str]:
    rows = (
        (code(f"module.{name}"), code(literal_text(decl.body, "source") or ""), repetition(decl))
        for name, decl in sorted(module.modules.items())
    )
    yield from table("Modules called", ("Address", "Source", "How many"), rows)


def table(title: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """A headed table; nothing without rows, and no column that is empty in all of them."""
    lines = list(rows)
    if not lines:
        return
    used = [n for n in range(len(head)) if any(line[n] for line in lines)]
    yield from (f"## {title}", "")
    yield f"| {' | '.join(head[n] for n in used)} |"
    yield "|---" * len(used) + "|"
    for line in lines:
        yield f"| {' | '.join(line[n].replace('|', BAR) for n in used)} |"
    yield ""


def repetition(decl: Decl) -> str:
    for name, words in (("count", "count"), ("for_each", "one for each of")):
        if name in decl.body.attributes:
            attribute, source = decl.body.attributes[name]
            return f"{words} {code(one_line(attribute.expr, source))}"
    return "one"


def type_of(decl: Decl) -> str:
    if "type" not in decl.body.attributes:
        return "any"
    attribute, source = decl.body.attributes["type"]
    return type_text(attribute.expr, source)


def type_text(expr: ast.Expr, source: SourceFile) -> str:
    """A type constraint on one line, without the comments that may stand inside."""
    if isinstance(expr, ast.Call):
        return f"{expr.name}({', '.join(type_text(item, source) for item in expr.args)})"
    if isinstance(expr, ast.ObjectExpr):
        items = (f"{plain(item.key, source)} = {type_text(item.value, source)}" for item in expr.items)
        return f"{{ {', '.join(items)} }}"
    if isinstance(expr, ast.TupleExpr):
        return f"[{', '.join(type_text(item, source) for item in expr.items)}]"
    return one_line(expr, source)


def default_of(decl: Decl) -> str:
    if "default" not in decl.body.attributes:
        return "required"
    attribute, source = decl.body.attributes["default"]
    text = one_line(attribute.expr, source)
    place = decl.source.path.rsplit("/", 1)[-1]
    return code(text) if len(text) <= LONGEST_DEFAULT else f"see [{place}]({place})"


def plain(expr: ast.Expr, source: SourceFile) -> str:
    """The value of a literal, the source text of everything else."""
    if isinstance(expr, ast.Literal) and isinstance(expr.value, str):
        return expr.value
    return one_line(expr, source)


def one_line(expr: ast.Expr, source: SourceFile) -> str:
    text = re.sub(r"\s+", " ", source.text[expr.start : expr.end])
    return re.sub(r"(?<=[\[(]) |,? (?=[\])])", "", text)


def code(text: str) -> str:
    return f"`{text}`" if text else ""


def undescribed(module: ModuleSource) -> Iterator[str]:
    for kind, decls in (("variable", module.variables), ("output", module.outputs)):
        for name, decl in decls.items():
            if not literal_text(decl.body, "description"):
                yield f"{decl.header}: {kind} {name} has no description"


def update(directory: Path, *, check: bool) -> Iterator[str]:
    """Writes one README, or with `check` compares it; what is wrong with the module, line by line."""
    module = Loader(ParseOptions("native")).module(str(directory))
    yield from (f"{d.span or module.shown}: {d.detail}" for d in module.diagnostics)
    yield from undescribed(module)
    readme = directory / "README.md"
    if not readme.is_file():
        yield f"{readme}: there is no README: write what the module is for, then run python scripts/module_docs.py"
        return
    old = readme.read_text(encoding="utf-8")
    text = section(module)
    new = BETWEEN.sub(lambda _: text, old) if BETWEEN.search(old) else f"{old.rstrip()}\n\n{text}\n"
    if new != old and check:
        yield f"{readme} is stale: run python scripts/module_docs.py"
    elif new != old:
        readme.write_text(new, encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 when a README is stale")
    parser.add_argument("modules", nargs="*", type=Path, metavar="MODULE", help="directories of modules (default: all)")
    options = parser.parse_args(arguments)
    found = options.modules or sorted({path.parent for path in MODULES.glob("*/*.tf")})
    wrong = [line for directory in found for line in update(directory, check=options.check)]
    sys.stdout.writelines(f"{line}\n" for line in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
