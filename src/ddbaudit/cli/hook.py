"""`ddbaudit hook`: what pre-commit runs: the root modules that the changed files concern, judged as `check` does."""

from __future__ import annotations

import os
from typing import Any

import click

from ddbaudit.app.affected import affected_roots
from ddbaudit.app.rules import configuration
from ddbaudit.app.staged import deleted_files
from ddbaudit.cli import check
from ddbaudit.foundation.text import safe_text

_EPILOG = """\b
Examples:
  ddbaudit hook terraform/modules/orders/main.tf
  ddbaudit hook --within terraform/ $(git diff --name-only main)

\b
All further options are those of `ddbaudit check`.
"""
_HELP = """Check the root modules that the changed FILEs concern.

A root is checked when a FILE, or one that git says is deleted, is its own, is part of a module that it calls, sets its
variables, is read by it or is the configuration. Without FILE everything is checked.
"""


def _judge(files: tuple[str, ...], within: tuple[str, ...], **options: Any) -> int:
    paths = list(within) or ["."]
    changed = [*files, *deleted_files(os.environ)]
    if changed:
        concerned = affected_roots(changed, paths, configuration(options["config"], paths[0]))
        if not concerned:
            number = f"{len(changed)} changed file{'s' * (len(changed) != 1)}"
            click.echo(safe_text(f"{number}: no root module below {', '.join(paths)} is concerned"))
            return 0
        paths = concerned
    return int(click.get_current_context().invoke(check.command, paths=tuple(paths), **options))


_FILES = click.Argument(["files"], nargs=-1, metavar="[FILE]...")
_WITHIN = click.Option(["--within"], multiple=True, metavar="DIR", help="Where the roots are; repeatable. [default: .]")
_SHARED = [parameter for parameter in check.command.params if isinstance(parameter, click.Option)]
command = click.Command("hook", callback=_judge, params=[_FILES, _WITHIN, *_SHARED], help=_HELP, epilog=_EPILOG)
