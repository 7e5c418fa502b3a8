"""`ddbaudit new-rule`: a skeleton that passes its own tests, to be changed into the rule that is meant."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

import click

from ddbaudit.app.rules import configuration, registry_of
from ddbaudit.cli.files import write_new
from ddbaudit.cli.output import write
from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.text import safe_text
from ddbaudit.policy.skeleton import check_names, python_skeleton, yaml_skeleton

_EPILOG = """\b
Examples:
  ddbaudit new-rule ORD101 deletion-protection-off
  ddbaudit new-rule ORD101 deletion-protection-off --dir rules/
  ddbaudit new-rule ORD101 deletion-protection-off --python
"""


@click.command("new-rule", epilog=_EPILOG)
@click.argument("id", metavar="ID")
@click.argument("name", metavar="NAME")
@click.option("--yaml/--python", "is_yaml", default=True, help="A file of rules, or a package (default: --yaml).")
@click.option(
    "--dir", "folder", metavar="DIR", help="Where to write it (default: policy/, or a folder for the package)."
)
@click.option("--config", metavar="FILE", help="Use this configuration (else ddbaudit.toml upwards).")
def command(id: str, name: str, is_yaml: bool, folder: str | None, config: str | None) -> int:
    """Write the skeleton of a rule: ID such as ORD101, NAME such as deletion-protection-off.

    It is complete and passes its own examples. Nothing that is there already is written over.
    """
    check_names(id, name)
    registry = registry_of((), configuration(config, "."))
    for key in (id, name):
        if registry.find(key) is not None:
            raise UsageError(f"there is a rule {key} already", help="`ddbaudit rules` lists all rules")
    if is_yaml:
        folder = folder if folder is not None else "policy"
        skeleton = yaml_skeleton(id, name, folder)
    else:
        folder = folder if folder is not None else f"ddbaudit-rules-{id.rstrip('0123456789').lower()}"
        skeleton = python_skeleton(id, name)
    for path in _write(folder, skeleton.files):
        write(sys.stdout, f"written: {safe_text(path)}\n")
    write(sys.stdout, _next_steps(folder, skeleton.files, is_yaml=is_yaml))
    return 0


def _write(folder: str, files: Mapping[str, str]) -> list[str]:
    """The paths of the files, all of them new; UsageError, and nothing written, when one is there."""
    targets = {os.path.join(folder, *name.split("/")): text for name, text in files.items()}
    write_new(targets, help="choose another NAME or --dir")
    return list(targets)


def _next_steps(folder: str, files: Mapping[str, str], *, is_yaml: bool) -> str:
    first = safe_text(os.path.join(folder, *next(iter(files)).split("/")))
    shown = safe_text(folder)
    if is_yaml:
        return f"""
Next:
  1. Change the examples in {first} to what must be reported and what not.
  2. Change `require` (or `forbid`) until `ddbaudit test {first}` says so.
  3. ddbaudit check terraform/ --rules {shown}
  4. To have it run always, put into ddbaudit.toml, above any [table]: rules = ["{shown}"]
"""
    return f"""
Next:
  1. python -m pip install -e {shown}
  2. Change the examples in {first} to what must be reported and what not.
  3. Change `check` until `ddbaudit test --installed` says so, or pytest in {shown}.
  4. Name the rule in a pack, or run it with --select.
"""
