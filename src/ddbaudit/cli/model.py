"""`ddbaudit model`: data models by themselves, and models made of what exists."""

from __future__ import annotations

import sys
from typing import Any

import click

from ddbaudit.app.rules import configuration, registry_of
from ddbaudit.cli.options import evaluation_options, settings_of
from ddbaudit.cli.output import FORMATS, emit, parse_output, write
from ddbaudit.foundation.text import safe_text

_MAX_BYTES = 16 << 20
_CHECK_EPILOG = """\b
Examples:
  ddbaudit model check design/orders.yaml
  ddbaudit model check bbws-site-builder -o json
  ddbaudit model check mind-links --as-written
"""
_IMPORT_EPILOG = """\b
Examples:
  ddbaudit model import workbench.json --system orders --name "orders-{table}-{env}" > design/orders.yaml
"""
_EXPORT_EPILOG = """\b
Examples:
  ddbaudit model export terraform/environments/prod --system orders > design/orders.yaml
"""


@click.group("model", no_args_is_help=False)
def command() -> None:
    """Check data models, or write one from Terraform or from another tool's model."""


@command.command("check", epilog=_CHECK_EPILOG)
@click.argument("names", nargs=-1, metavar="[NAME|FILE]...")
@click.option("--as-written", is_flag=True, help="Judge what the documents say, as if nothing had been decided.")
@click.option("--config", metavar="FILE", help="Use this configuration (else ddbaudit.toml upwards).")
@click.option(
    "-o", "--output", "outputs", multiple=True, metavar="FORMAT[=FILE]", help=f"{', '.join(FORMATS)}; repeatable."
)
@click.option("--color/--no-color", "colour", default=None, help="Colour or not (else: by the terminal).")
def check(names: tuple[str, ...], as_written: bool, config: str | None, **options: Any) -> int:
    """Load data models and say what contradicts itself in them (MOD807 to MOD810).

    Without a NAME, those of the configuration, else all that are installed.
    """
    from ddbaudit.app.model_check import check_models, named_models

    outputs = [parse_output(value) for value in options["outputs"]] or [("text", None)]
    settings = configuration(config, ".")
    registry = registry_of((), settings)
    models = named_models(names, settings, registry)
    report = check_models([model.as_written() for model in models] if as_written else models, registry)
    emit(report, outputs, options["colour"])
    return int(report.outcome.code)


@command.command("export", epilog=_EXPORT_EPILOG)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--system", required=True, metavar="NAME", help="What the model is called.")
@evaluation_options
def export(paths: tuple[str, ...], system: str, **options: Any) -> int:
    """Write a data model from the tables below PATH, to standard output.

    The exit code is 3 when something could not be read or evaluated, or is not known.
    """
    from ddbaudit.app.model_export import export_model

    exported = export_model(settings_of(paths, options), system)
    write(sys.stdout, exported.text)
    return 0 if exported.complete else 3


@command.command("import", epilog=_IMPORT_EPILOG)
@click.argument("file", metavar="FILE")
@click.option("--system", required=True, metavar="NAME", help="What the model is called.")
@click.option("--name", default="{table}", show_default=True, metavar="PATTERN", help="How tables are named.")
def import_(file: str, system: str, name: str) -> int:
    """Write a data model from one of NoSQL Workbench, or from a dynamodb_data_model.json, to standard output.

    What cannot be taken over is told on standard error, and the exit code is 3.
    """
    from ddbaudit.datamodel.foreign import import_model
    from ddbaudit.foundation.yaml_fields import read_text

    imported = import_model(read_text(file, "the data model", _MAX_BYTES), file, system, name)
    write(sys.stdout, imported.text)
    for reason in imported.left_out:
        write(sys.stderr, f"left out: {safe_text(reason)}\n")
    return 3 if imported.left_out else 0
