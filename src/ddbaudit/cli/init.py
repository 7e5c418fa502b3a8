"""`ddbaudit init`: configuration, hook and pipeline for a repository that begins to use ddbaudit."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence

import click

from ddbaudit.app.start import PIPELINES, StartFile, Survey, start_files, survey
from ddbaudit.cli.files import write_new
from ddbaudit.cli.output import write
from ddbaudit.foundation.text import safe_text

_EPILOG = """\b
Examples:
  ddbaudit init
  ddbaudit init --ci gitlab --dry-run
"""


@click.command("init", epilog=_EPILOG)
@click.argument("directory", default=".", metavar="[DIR]")
@click.option(
    "--ci", "pipeline", type=click.Choice(PIPELINES), default=None, help="Which pipeline (else: by the repository)."
)
@click.option("--dry-run", is_flag=True, help="Print the files, write nothing.")
def command(directory: str, pipeline: str | None, dry_run: bool) -> int:
    """Write ddbaudit.toml, a pre-commit hook and a pipeline for the repository in DIR, after looking at it.

    A file that is there already stays as it is; what to add to it by hand is printed.
    """
    found = survey(directory)
    files = start_files(found, pipeline)
    new = [file for file in files if not file.exists]
    if not dry_run:
        targets = {os.path.join(directory, *file.path.split("/")): file.text for file in new}
        write_new(targets, help="run it again: what is there stays as it is")
    for line in _said(found, files, dry_run=dry_run):
        write(sys.stdout, line + "\n")
    return 0


def _said(found: Survey, files: Sequence[StartFile], *, dry_run: bool) -> Iterator[str]:
    number = len(found.roots)
    yield safe_text(f"{number} root module{'s' * (number != 1)} below {found.where}: {', '.join(found.roots[:12])}")
    for file in files:
        if file.exists:
            yield f"there already: {file.path}" + (", to which you add:" if file.snippet else "")
            yield from _indented(file.snippet)
        elif dry_run:
            yield f"would be written: {file.path}"
            yield from _indented(file.text)
        else:
            yield f"written: {file.path}"
    yield ""
    yield "Next:"
    yield safe_text(f"  1. ddbaudit check {found.where}")
    yield "  2. pre-commit install"
    yield "  3. Commit the files; the first pull request runs the gate."


def _indented(text: str) -> Iterator[str]:
    yield from (f"  {safe_text(line)}".rstrip() for line in text.splitlines())
