"""`ddbaudit rules`: the catalogue."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from ddbaudit.app.rules import configuration, registry_of
from ddbaudit.cli.options import rules_option
from ddbaudit.cli.output import write
from ddbaudit.engine.packs import builtin_packs
from ddbaudit.engine.registry import Registry

_EPILOG = """\b
Examples:
  ddbaudit rules
  ddbaudit rules --rules policy/
  ddbaudit rules -o json
"""


@click.command("rules", epilog=_EPILOG)
@rules_option
@click.option("--config", metavar="FILE", help="Use this configuration (else ddbaudit.toml upwards).")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", help="The format.")
def command(rules: tuple[str, ...], config: str | None, output: str) -> int:
    """List all rules with their severity and the packs that run them."""
    registry = registry_of(rules, configuration(config, "."))
    rows = catalogue(registry)
    if output == "json":
        write(sys.stdout, json.dumps({"format": 1, "rules": rows}, ensure_ascii=True, indent=2) + "\n")
        return 0
    widest = max(len(row["name"]) for row in rows)
    for row in rows:
        packs = ", ".join([*row["packs"], *([f"from {row['file']}"] if row["file"] else [])])
        write(sys.stdout, f"{row['id']}  {row['name']:<{widest}}  {row['severity']:<6}  {packs}\n")
        write(sys.stdout, f"        {row['summary']}\n")
    return 0


def catalogue(registry: Registry) -> list[dict[str, Any]]:
    """Every rule as data: id, name, severity, since, summary, references, packs, and the file of one in YAML."""
    packs = builtin_packs(registry)
    files = {rule: package.name for package in registry.packages if package.given for rule in package.rules}
    return [
        {
            "id": rule.meta.id,
            "name": rule.meta.name,
            "severity": rule.meta.severity.label,
            "since": rule.meta.since,
            "summary": rule.meta.summary,
            "references": list(rule.meta.references),
            "packs": sorted(name for name, pack in packs.items() if rule.meta.id in pack.rules),
            "file": files.get(rule),
        }
        for rule in registry.rules
    ]
