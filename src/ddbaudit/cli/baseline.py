"""`ddbaudit baseline`: what is known and does not count, so that only new findings do."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import click

from ddbaudit.app.settings import Settings
from ddbaudit.cli.options import evaluation_options, listed, progress, rules_option, settings_of
from ddbaudit.cli.output import write, write_report
from ddbaudit.engine.baseline import NAME
from ddbaudit.foundation.text import plural
from ddbaudit.reporters.style import clean
from ddbaudit.sdk.report import ExitCode

F = TypeVar("F", bound=Callable[..., Any])

_EPILOG = """\b
Examples:
  ddbaudit baseline create terraform/ --reason "before the review of March"
  ddbaudit check terraform/ --baseline ddbaudit-baseline.json
  ddbaudit baseline update terraform/
  ddbaudit baseline prune terraform/

\b
Exit codes:
  0  the file is written (or is as it should be)
  2  wrong usage, or a file that is no baseline
  3  the file is written, but something could not be judged
  4  internal error: nothing is written
"""


@click.group("baseline", epilog=_EPILOG)
def command() -> None:
    """Keep a file of findings that are known, so that only new ones count.

    A baseline never hides what could not be judged. Use it with `ddbaudit check --baseline FILE`, or name it in
    ddbaudit.toml.
    """


def _options(function: F) -> F:
    for option in reversed(
        (
            click.argument("paths", nargs=-1, required=True, metavar="PATH..."),
            evaluation_options,
            click.option("--pack", "packs", multiple=True, metavar="NAME|FILE", help="Use this pack."),
            rules_option,
            click.option("--select", multiple=True, metavar="RULES", help="Of these rules only."),
            click.option("--ignore", multiple=True, metavar="RULES", help="Not of these rules."),
            click.option("--baseline", "path", metavar="FILE", help=f"The file (else: config, {NAME})."),
        )
    ):
        function = option(function)
    return function


_reason = click.option("--reason", default="", help="Why what is new may stay; written into its entries.")


@command.command("create")
@_options
@_reason
def create(paths: tuple[str, ...], path: str | None, reason: str, **options: Any) -> int:
    """Write a new baseline of everything that is found below PATH."""
    from ddbaudit.app import baselines

    settings = _settings(paths, options)
    path = baselines.path_of(settings, path)
    return _write(path, baselines.create(settings, path, reason, progress()), "written")


@command.command("update")
@_options
@_reason
def update(paths: tuple[str, ...], path: str | None, reason: str, **options: Any) -> int:
    """Add what is new below PATH to the baseline, and take out what is fixed."""
    from ddbaudit.app import baselines

    settings = _settings(paths, options)
    path = baselines.path_of(settings, path)
    return _write(path, baselines.update(settings, path, reason, progress()), "updated")


@command.command("prune")
@_options
def prune(paths: tuple[str, ...], path: str | None, **options: Any) -> int:
    """Take out of the baseline what is fixed below PATH; nothing is added."""
    from ddbaudit.app import baselines

    settings = _settings(paths, options)
    path = baselines.path_of(settings, path)
    return _write(path, baselines.prune(settings, path, progress()), "pruned")


def _settings(paths: Sequence[str], options: dict[str, Any]) -> Settings:
    return replace(
        settings_of(paths, options),
        packs=listed(options["packs"]),
        rules=tuple(options["rules"]),
        select=listed(options["select"]),
        ignore=listed(options["ignore"]),
    )


def _write(path: str, changed: Any, what: str) -> int:
    outcome = changed.outcome
    if outcome.code is ExitCode.INTERNAL:
        for reason in outcome.reasons:
            write(sys.stderr, f"error: {clean(reason)}\n")
        return int(ExitCode.INTERNAL)
    write_report(path, changed.text)
    for sign, entries in (("+", changed.added), ("-", changed.removed)):
        for entry in entries:
            place = f"{clean(entry.address)} [{clean(entry.environment)}] in {clean(entry.root)}"
            write(sys.stdout, f"{sign} {entry.rule} {place}\n")
    counts = (
        f"{len(changed.added)} added, {len(changed.removed)} removed, {plural(changed.kept, 'entry', 'entries')} kept"
    )
    write(sys.stdout, f"{clean(path)} {what}: {counts}\n")
    if outcome.complete:
        return int(ExitCode.CLEAN)
    for reason in outcome.reasons:
        write(sys.stderr, f"incomplete: {clean(reason)}\n")
    return int(ExitCode.INCOMPLETE)
