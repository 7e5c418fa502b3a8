"""`ddbaudit config`: every setting, what it is now, and where that comes from."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import click

from ddbaudit.app.config import Config
from ddbaudit.app.config_fields import SETTINGS, Setting, Table
from ddbaudit.app.rules import configuration
from ddbaudit.cli.output import write
from ddbaudit.reporters.style import clean

_EPILOG = """\b
Examples:
  ddbaudit config
  ddbaudit config terraform/environments/prod
  ddbaudit config -o json
"""
DEFAULT = "default"


@click.command("config", epilog=_EPILOG)
@click.argument("path", default=".", metavar="[PATH]")
@click.option("--config", "given", metavar="FILE", help="Use this configuration (else ddbaudit.toml upwards of PATH).")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", help="The format.")
def command(path: str, given: str | None, output: str) -> int:
    """Show every setting that holds for PATH, and where it comes from.

    The configuration is the nearest ddbaudit.toml, or pyproject.toml with a [tool.ddbaudit], upwards of PATH. Options
    on the command line override it.
    """
    config = configuration(given, path)
    rows = list(_rows(config))
    if output == "json":
        data = {
            "format": 1,
            "file": str(config.path) if config.path is not None else None,
            "settings": [{"name": name, "value": value, "from": source} for name, value, source in rows],
            "loosened": [text for _, text in config.loosened()],
        }
        write(sys.stdout, json.dumps(data, ensure_ascii=True, indent=2) + "\n")
        return 0
    write(sys.stdout, f"# {clean(str(config.path)) if config.path is not None else 'no configuration file'}\n")
    for name, value, source in rows:
        shown = json.dumps(value, ensure_ascii=False) if value is not None else "not set"
        write(sys.stdout, f"{clean(name)} = {clean(shown)}  # {clean(source)}\n")
    for _, text in config.loosened():
        write(sys.stdout, f"# loosened: {clean(text)}\n")
    return 0


def _rows(config: Config) -> Iterator[tuple[str, Any, str]]:
    """Name, value and source of every setting; tables row by row."""
    for name, setting in SETTINGS.settings.items():
        yield from _of(config, name, setting, config.given.get(name))


def _of(config: Config, name: str, setting: Setting, given: Any) -> Iterator[tuple[str, Any, str]]:
    if isinstance(setting.kind, Table):
        for key, inner in setting.kind.settings.items():
            yield from _of(config, f"{name}.{key}", inner, (given or {}).get(key))
    elif isinstance(given, Mapping) and given:
        for key, value in given.items():
            yield from _entry(config, name, key, value)
    elif given is None:
        yield name, setting.default, DEFAULT
    else:
        yield name, given, _source(config, name)


def _entry(config: Config, name: str, key: str, value: Any) -> Iterator[tuple[str, Any, str]]:
    """A row of a table; an environment has a row for each of its settings."""
    shown = key if key.replace("-", "").replace("_", "").isalnum() else json.dumps(key, ensure_ascii=False)
    if not isinstance(value, Mapping):
        yield f"{name}.{shown}", value, _source(config, f"{name}.{key}")
        return
    for inner, item in value.items():
        yield f"{name}.{shown}.{inner}", item, _source(config, f"{name}.{key}.{inner}", f"{name}.{key}")


def _source(config: Config, *names: str) -> str:
    """`ddbaudit.toml:3`."""
    line = next((config.lines[name] for name in (*names, names[0].split(".")[0]) if name in config.lines), None)
    return f"{config.path}:{line}" if line is not None else str(config.path)
