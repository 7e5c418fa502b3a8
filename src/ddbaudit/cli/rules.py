"""`ddbaudit rules`: the catalogue."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from ddbaudit.cli.output import write
from ddbaudit.engine.packs import builtin_packs
from ddbaudit.engine.registry import Registry, load_rules


@click.command("rules", epilog="\b\nExamples:\n  ddbaudit rules\n  ddbaudit rules -o json\n")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", help="The format.")
def command(output: str) -> int:
    """List all rules with their severity and the packs that run them."""
    registry = load_rules()
    rows = catalogue(registry)
    if output == "json":
        write(sys.stdout, json.dumps({"format": 1, "rules": rows}, ensure_ascii=True, indent=2) + "\n")
        return 0
    widest = max(len(row["name"]) for row in rows)
    for row in rows:
        packs = ", ".join(row["packs"])
        write(sys.stdout, f"{row['id']}  {row['name']:<{widest}}  {row['severity']:<6}  {packs}\n")
        write(sys.stdout, f"        {row['summary']}\n")
    return 0


def catalogue(registry: Registry) -> list[dict[str, Any]]:
    """Every rule as data: id, name, severity, since, summary, references, packs."""
    packs = builtin_packs(registry)
    return [
        {
            "id": rule.meta.id,
            "name": rule.meta.name,
            "severity": rule.meta.severity.label,
            "since": rule.meta.since,
            "summary": rule.meta.summary,
            "references": list(rule.meta.references),
            "packs": sorted(name for name, pack in packs.items() if rule.meta.id in pack.rules),
        }
        for rule in registry.rules
    ]
