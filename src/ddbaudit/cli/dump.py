"""`ddbaudit dump`: the evaluated resources as JSON."""

from __future__ import annotations

import sys
from typing import Any

import click

from ddbaudit.cli.options import evaluation_options, settings_of
from ddbaudit.cli.output import write
from ddbaudit.foundation.diagnostic import Level
from ddbaudit.reporters.json_ import as_text

_EPILOG = """\b
Examples:
  ddbaudit dump terraform/environments/prod
  ddbaudit dump terraform/ --env prod --var-file prod.tfvars | jq '.environments[].resources[].address'
"""


@click.command("dump", epilog=_EPILOG)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@evaluation_options
def command(paths: tuple[str, ...], **options: Any) -> int:
    """Print every resource below PATH as Terraform would see it, in the shapes of plan JSON.

    The exit code is 0, or 3 when something could not be read or evaluated.
    """
    from ddbaudit.app.audit import evaluate
    from ddbaudit.app.dump import dump

    evaluations = evaluate(settings_of(paths, options))
    write(sys.stdout, as_text(dump(evaluations)))
    broken = any(d.level is Level.ERROR for e in evaluations for d in e.diagnostics)
    return 3 if broken or not evaluations else 0
