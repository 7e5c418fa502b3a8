"""`ddbaudit criteria`: the success criteria of the design documents as a checklist that can be signed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import click

from ddbaudit.app.criteria import GivenPlan, checklists
from ddbaudit.cli.options import evaluation_options, listed, settings_of
from ddbaudit.cli.output import parse_output, print_lines, write, write_report
from ddbaudit.reporters import checklist as reporter
from ddbaudit.sdk.checklist import Checklist, exit_code

FORMATS = ("text", "markdown", "json", "html")
_RENDERED = {"markdown": reporter.markdown, "json": reporter.to_json, "html": reporter.html}
_EPILOG = """\b
Examples:
  ddbaudit criteria terraform/
  ddbaudit criteria terraform/ --plan terraform/environments/orders/prod/tfplan -o markdown
  ddbaudit criteria terraform/ --plan environments/orders/prod=prod.tfplan -o text -o html=criteria.html

\b
Marks and exit codes:
  ✓ met    ✗ not met (exit 1)    ? cannot be told (exit 3)    ☐ by hand: not in Terraform
"""


@click.command("criteria", epilog=_EPILOG)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@evaluation_options
@click.option("--pack", "packs", multiple=True, metavar="NAME|FILE", help="Use this pack (else: config, baseline).")
@click.option(
    "--criteria", "names", multiple=True, metavar="NAME|FILE", help="These criteria (else: those of the packs)."
)
@click.option(
    "--plan", "plans", multiple=True, metavar="[ROOT=]FILE", help="A plan as evidence, and the root it was made in."
)
@click.option(
    "-o", "--output", "outputs", multiple=True, metavar="FORMAT[=FILE]", help=f"{', '.join(FORMATS)}; repeatable."
)
@click.option("--color/--no-color", "colour", default=None, help="Colour or not (else: by the terminal).")
def command(paths: tuple[str, ...], **options: Any) -> int:
    """Say of every success criterion of the design documents whether it is met, and what shows it.

    The criteria are those of the documents whose packs judge the root modules below PATH.
    """
    outputs = [parse_output(value, FORMATS) for value in options["outputs"]] or [("text", None)]
    settings = replace(settings_of(paths, options), packs=listed(options["packs"]))
    found = checklists(settings, listed(options["names"]), [_plan(given) for given in options["plans"]])
    for name, path in outputs:
        _emit(found, name, path, options["colour"])
    return exit_code(found)


def _plan(given: str) -> GivenPlan:
    root, separator, path = given.partition("=")
    return GivenPlan(path, root) if separator else GivenPlan(given)


def _emit(found: Sequence[Checklist], name: str, path: str | None, colour: bool | None) -> None:
    if path is None and name == "text":
        print_lines(lambda: list(reporter.lines(found)), colour)
        return
    text = reporter.text(found) if name == "text" else _RENDERED[name](found)
    if path is None:
        write(sys.stdout, text)
    else:
        write_report(path, text)
