"""`ddbaudit explain`: a rule, offline."""

from __future__ import annotations

import sys
import textwrap

import click

from ddbaudit.cli.output import write
from ddbaudit.engine.registry import load_rules
from ddbaudit.sdk.rule import Example, RuleMeta

WIDTH = 100


@click.command("explain", epilog="\b\nExamples:\n  ddbaudit explain DDB101\n  ddbaudit explain pitr-disabled\n")
@click.argument("rule", metavar="RULE")
def command(rule: str) -> int:
    """Say what RULE finds, why it matters and what to do; RULE is an id or a name."""
    write(sys.stdout, explanation(load_rules().get(rule).meta))
    return 0


def explanation(meta: RuleMeta) -> str:
    """The whole page as plain text."""
    parts = [
        f"{meta.id} {meta.name} ({meta.severity.label}, since {meta.since})",
        _paragraph(meta.summary),
        "Why\n" + _paragraph(meta.rationale),
        "What to do\n" + _paragraph(meta.remedy),
    ]
    for title, examples in (("Reported", meta.bad), ("Fine", meta.good), ("Cannot be judged", meta.unknown)):
        parts.extend(_example(title, example) for example in examples)
    parts.append("References\n" + "\n".join(f"  {reference}" for reference in meta.references))
    return "\n\n".join(parts) + "\n"


def _paragraph(text: str) -> str:
    paragraphs = textwrap.dedent(text).strip().split("\n\n")
    return "\n\n".join(
        textwrap.fill(" ".join(p.split()), WIDTH, initial_indent="  ", subsequent_indent="  ") for p in paragraphs
    )


def _example(title: str, example: Example) -> str:
    code = textwrap.indent(textwrap.dedent(example.hcl).strip(), "    ")
    return f"{title}: {example.title}\n{code}"
