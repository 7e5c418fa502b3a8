"""`ddbaudit explain`: a rule or the code of a diagnostic, offline."""

from __future__ import annotations

import sys
import textwrap

import click

from ddbaudit.app.rules import configuration, registry_of
from ddbaudit.cli import completion
from ddbaudit.cli.codes import CODES
from ddbaudit.cli.codes import explanation as code_explanation
from ddbaudit.cli.options import rules_option
from ddbaudit.cli.output import write
from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.text import safe_text, suggestion
from ddbaudit.sdk.rule import Example, RuleMeta

WIDTH = 100


_EPILOG = """\b
Examples:
  ddbaudit explain DDB101
  ddbaudit explain pitr-disabled
  ddbaudit explain MOD001
  ddbaudit explain ORD101 --rules policy/
"""


@click.command("explain", epilog=_EPILOG)
@click.argument("rule", metavar="RULE|CODE", shell_complete=completion.rules)
@rules_option
@click.option("--config", metavar="FILE", help="Use this configuration (else ddbaudit.toml upwards).")
def command(rule: str, rules: tuple[str, ...], config: str | None) -> int:
    """Say what RULE finds, why it matters and what to do; or what the CODE of a diagnostic means.

    RULE is an id or a name.
    """
    if rule.upper() in CODES:
        write(sys.stdout, code_explanation(rule.upper()))
        return 0
    registry = registry_of(rules, configuration(config, "."))
    found = registry.find(rule)
    if found is None:
        known = [name for r in registry.rules for name in (r.meta.id, r.meta.name)]
        message = f'there is no rule and no code "{safe_text(rule)}"{suggestion(rule, [*known, *CODES])}'
        raise UsageError(message, help="`ddbaudit rules` lists all rules")
    write(sys.stdout, explanation(found.meta))
    return 0


def explanation(meta: RuleMeta) -> str:
    """The whole page as plain text."""
    parts = [
        f"{meta.id} {meta.name} ({meta.severity.label}{f', since {meta.since}' if meta.since else ''})",
        _paragraph(meta.summary),
        "Why\n" + _paragraph(meta.rationale),
        "What to do\n" + _paragraph(meta.remedy),
    ]
    if meta.errors:
        parts.append("What says so later\n" + "\n".join(_paragraph(error) for error in meta.errors))
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
