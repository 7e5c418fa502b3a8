"""`ddbaudit graph`: tables, indexes, principals and grants as a picture."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import click

from ddbaudit.app.audit import audit
from ddbaudit.cli.options import evaluation_options, listed, rules_option, settings_of
from ddbaudit.cli.output import parse_output, write, write_report
from ddbaudit.reporters.style import clean
from ddbaudit.sdk.graph import EstateGraph
from ddbaudit.sdk.report import ExitCode

FORMATS = ("svg", "mermaid", "dot")

_EPILOG = """\b
Examples:
  ddbaudit graph terraform/environments/prod -o svg=estate.svg
  ddbaudit graph terraform/ -o mermaid
  ddbaudit graph tfplan -o dot | dot -Tpng > estate.png
"""


@click.command("graph", epilog=_EPILOG)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@evaluation_options
@click.option(
    "--pack", "packs", multiple=True, metavar="NAME|FILE", help="Colour by this pack (else: config, baseline)."
)
@rules_option
@click.option(
    "-o", "--output", "outputs", multiple=True, metavar="FORMAT[=FILE]", help=f"{', '.join(FORMATS)}; repeatable."
)
def command(paths: tuple[str, ...], **options: Any) -> int:
    """Draw the tables below PATH with their indexes, who may read and write them, coloured by what a check finds.

    The exit code is 0, or 3 or 4 when a check would end so: then the picture may lack something.
    """
    outputs = [parse_output(value, FORMATS) for value in options["outputs"]] or [("mermaid", None)]
    settings = replace(
        settings_of(paths, options), packs=listed(options["packs"]), rules=tuple(options["rules"]), graphs=True
    )
    report = audit(settings)
    for name, target in outputs:
        text = _render(name, report.graphs)
        if target is None:
            write(sys.stdout, text)
        else:
            write_report(target, text)
    for reason in report.outcome.reasons if not report.outcome.complete else ():
        print(f"incomplete: {clean(reason)}", file=sys.stderr)
    return 0 if report.outcome.code is ExitCode.VIOLATIONS else int(report.outcome.code)


def _render(name: str, graphs: tuple[EstateGraph, ...]) -> str:
    if name == "svg":
        from ddbaudit.reporters.graph_svg import svg

        return svg(graphs)
    from ddbaudit.reporters import graph_text

    return graph_text.mermaid(graphs) if name == "mermaid" else graph_text.dot(graphs)
