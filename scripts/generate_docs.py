"""Writes the pages of rules and packs from their metadata: docs/rules/*.md and docs/packs.md.

`python scripts/generate_docs.py` writes them, `--check` says what is not as it would be written and ends with 1.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from ddbaudit.engine.packs import Pack, RuleSetting, builtin_packs
from ddbaudit.engine.registry import Registry, RuleType, load_rules
from ddbaudit.foundation.text import join_names, plural
from ddbaudit.model import subjects
from ddbaudit.sdk.rule import Example

DOCS = Path(__file__).resolve().parent.parent / "docs"
NOTE = "<!-- Written by scripts/generate_docs.py; change the rule or the pack instead. -->"

GROUPS = {
    "DDB1": "Operation and durability",
    "DDB2": "Keys and indexes",
    "DDB3": "Encryption and exposure",
    "DDB4": "Names and tags",
    "IAM5": "Access",
    "TF6": "Modules as Terraform wants them",
    "EST7": "The rest of the estate",
    "MOD8": "The data model",
    "ENV9": "Environments against each other",
}

KINDS = (
    ("good", "Passes"),
    ("bad", "Fails"),
    ("unknown", "Cannot be said"),
)


def pages(registry: Registry) -> dict[str, str]:
    """Path below docs/ -> text of every generated page."""
    packs = builtin_packs(registry)
    found = {f"rules/{page_name(rule)}": rule_page(rule, packs.values()) for rule in registry.rules}
    found["rules/index.md"] = index_page(registry)
    found["packs.md"] = packs_page(registry, packs.values())
    return found


def page_name(rule: RuleType) -> str:
    return f"{rule.meta.id}-{rule.meta.name}.md"


def rule_page(rule: RuleType, packs: Iterable[Pack]) -> str:
    meta = rule.meta
    within = [f"[{pack.name}](../packs.md#{pack.name})" for pack in packs if meta.id in pack.rules]
    lines = [
        NOTE,
        "",
        f"# {meta.id}: {meta.name}",
        "",
        meta.summary,
        "",
        "| | |",
        "|---|---|",
        f"| Severity | {meta.severity.label} |",
        f"| Judges | each {subject_name(rule)} |",
        f"| Packs | {', '.join(within) or 'none'} |",
        f"| Since | {meta.since} |",
        "",
        "## Why",
        "",
        meta.rationale,
        "",
        "## What to do",
        "",
        meta.remedy,
        "",
        *later(meta.errors),
        *parameters(rule),
        "## Examples",
        "",
        *(line for kind, title in KINDS for line in examples(title, getattr(meta, kind))),
        "## References",
        "",
        *(f"- <{reference}>" for reference in meta.references),
    ]
    return "\n".join(lines) + "\n"


def later(errors: Sequence[str]) -> Iterator[str]:
    """What refuses the same after ddbaudit, in its own words."""
    if errors:
        yield from ("## What says so later", "", *(f"- {who}: `{said}`" for who, said in map(_said, errors)), "")


def _said(error: str) -> tuple[str, str]:
    who, _, said = error.partition(": ")
    return who, said


def subject_name(rule: RuleType) -> str:
    return subjects.KINDS[rule.subject].noun


def parameters(rule: RuleType) -> Iterator[str]:
    """The parameters with their defaults, as a table."""
    fields = msgspec.structs.fields(rule.params)
    if not fields:
        return
    yield from ("## Parameters", "", "| name | default | |", "|---|---|---|")
    for item in fields:
        yield f"| `{item.name}` | {default_of(item)} | {description_of(item)} |"
    yield ""


def default_of(item: msgspec.structs.FieldInfo) -> str:
    value = item.default if item.default is not msgspec.NODEFAULT else None
    if value is None or value in ("", ()):
        return "none"
    return f"`{msgspec.json.encode(value).decode()}`"


def description_of(item: msgspec.structs.FieldInfo) -> str:
    """The description in the field's annotation."""
    info = msgspec.inspect.type_info(item.type)
    meta = info.extra_json_schema if isinstance(info, msgspec.inspect.Metadata) else None
    return str((meta or {}).get("description", "")).replace("|", "\\|")


def examples(title: str, items: Iterable[Example]) -> Iterator[str]:
    for item in items:
        yield from (f"### {title}: {item.title}", "")
        notes = [f"environment `{item.environment}`"] if item.environment != "dev" else []
        if item.params:
            notes.append(f"parameters `{msgspec.json.encode(dict(item.params)).decode()}`")
        if notes:
            yield from (f"With {join_names(notes)}:", "")
        if item.model:
            yield from ("The data model:", "", "```yaml", item.model.strip("\n"), "```", "")
        if item.before is not None:
            yield from ("What exists:", "", "```hcl", item.before.strip("\n"), "```", "", "What is planned:", "")
        yield from ("```hcl", item.hcl.strip("\n"), "```", "")
        for name, text in item.others.items():
            yield from (f"Beside it, environment `{name}`:", "", "```hcl", text.strip("\n"), "```", "")


def index_page(registry: Registry) -> str:
    lines = [
        NOTE,
        "",
        "# Rules",
        "",
        f"There are {plural(len(registry.rules), 'rule')}. Packs say which of them run and how grave they are:",
        "[packs](../packs.md).",
        "",
    ]
    for prefix, title in GROUPS.items():
        rules = [rule for rule in registry.rules if rule.meta.id.startswith(prefix)]
        if rules:
            lines += [f"## {title}", "", "| rule | severity | finds |", "|---|---|---|"]
            lines += [row(rule) for rule in rules]
            lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def row(rule: RuleType) -> str:
    meta = rule.meta
    return f"| [{meta.id} {meta.name}]({page_name(rule)}) | {meta.severity.label} | {meta.summary} |"


def packs_page(registry: Registry, packs: Iterable[Pack]) -> str:
    lines = [NOTE, "", "# Packs", "", "A pack chooses rules and sets their severity and parameters.", ""]
    for pack in packs:
        lines += [f"## {pack.name}", "", pack.description, ""]
        if pack.source:
            lines += [f"Source: {pack.source}.", ""]
        if pack.environments:
            lines += [f"Environments: {join_names(pack.environments)}.", ""]
        if pack.models:
            lines += [f"[Data models](data-models.md): {join_names(pack.models)}.", ""]
        lines += ["| rule | severity | parameters |", "|---|---|---|"]
        lines += [setting_row(registry.get(id), pack, setting) for id, setting in pack.rules.items()]
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def setting_row(rule: RuleType, pack: Pack, setting: RuleSetting) -> str:
    severities = [pack.severity(rule, "").label]
    severities += [f"{pack.severity(rule, name).label} in {name}" for name in setting.environments]
    shown = [f"`{key}: {msgspec.json.encode(value).decode()}`" for key, value in setting.params.items()]
    parameters = "<br>".join(text.replace("|", "\\|") for text in shown)
    return f"| [{rule.meta.id} {rule.meta.name}](rules/{page_name(rule)}) | {', '.join(severities)} | {parameters} |"


def stale(found: dict[str, str], docs: Path) -> list[str]:
    """The pages that are missing, differ, or belong to no rule."""
    wrong = [path for path, text in found.items() if not (docs / path).is_file() or (docs / path).read_text() != text]
    left = [f"rules/{path.name}" for path in sorted((docs / "rules").glob("*.md"))]
    return wrong + [path for path in left if path not in found]


def write(found: dict[str, str], docs: Path) -> None:
    for path in stale(found, docs):
        target = docs / path
        if path not in found:
            target.unlink()
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(found[path], encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 when a page is stale")
    options = parser.parse_args(arguments)
    found = pages(load_rules())
    wrong = stale(found, DOCS)
    if options.check:
        for path in wrong:
            sys.stdout.write(f"docs/{path} is stale: run python scripts/generate_docs.py\n")
        return 1 if wrong else 0
    write(found, DOCS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
