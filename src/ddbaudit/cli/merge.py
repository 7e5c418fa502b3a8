"""`ddbaudit merge`: the JSON reports of many repositories as one."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import click

from ddbaudit import __version__
from ddbaudit.cli.output import parse_output, write, write_report
from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.text import safe_text
from ddbaudit.reporters.fleet.reading import Unreadable, records, unreadable
from ddbaudit.reporters.fleet.store import Store
from ddbaudit.sdk.report import ExitCode

FORMATS = ("markdown", "json", "sarif", "html")
_MODULES = {"json": "json_"}
_USUAL = ("ddbaudit", "report")
"""What people call every report: then the directory tells whose it is."""

_EPILOG = """\b
Examples:
  ddbaudit merge shop.json billing.json
  ddbaudit merge shop=artifacts/1/ddbaudit.json billing=artifacts/2/ddbaudit.json -o html=fleet.html
  ddbaudit merge artifacts/ --expect 120 -o json=fleet.json -o html=fleet.html
"""


@click.command("merge", epilog=_EPILOG)
@click.argument("reports", nargs=-1, required=True, metavar="[NAME=]REPORT...")
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT[=FILE]",
    help=f"{', '.join(FORMATS)}; repeatable.",
)
@click.option(
    "--expect",
    type=click.IntRange(min=0),
    default=0,
    metavar="NUMBER",
    help="So many repositories must have a report, or the whole is incomplete.",
)
@click.option("--exit-zero", is_flag=True, help="Exit 0 instead of 1 (for upload jobs); 2, 3 and 4 stay.")
def command(reports: tuple[str, ...], **options: Any) -> int:
    """Join the JSON reports of many repositories into one.

    REPORT is a report that `ddbaudit check -o json` wrote, what `merge -o json` wrote, or a directory: then every
    *.json below it. A repository is called by its NAME, else by the path of its report. The order does not matter.

    The exit code is that of the gravest report; a report that cannot be read makes the whole incomplete.
    """
    outputs = [parse_output(value, FORMATS) for value in options["outputs"]] or [("markdown", None)]
    with Store() as store:
        for name, path in _found(reports):
            try:
                store.add(records(path, name))
            except Unreadable as problem:
                print(f"{safe_text(str(path))}: {problem}", file=sys.stderr)
                store.add([unreadable(name, str(problem))])
        outcome = store.outcome(options["expect"])
        for format_, target in outputs:
            _write(format_, target, store, outcome)
    code = int(outcome["code"])
    return 0 if options["exit_zero"] and code == ExitCode.VIOLATIONS else code


def _write(format_: str, target: str | None, store: Store, outcome: dict[str, Any]) -> None:
    module = importlib.import_module(f"ddbaudit.reporters.fleet.{_MODULES.get(format_, format_)}")
    pieces = module.chunks(store, outcome, __version__)
    if target is not None:
        write_report(target, pieces)
        return
    for piece in pieces:
        write(sys.stdout, piece)


def _found(arguments: Sequence[str]) -> Iterator[tuple[str, Path]]:
    """Every file with the name of its repository; UsageError for a path that is not there."""
    for argument in arguments:
        name, separator, rest = argument.partition("=")
        if separator and name and not os.path.lexists(argument):
            path = Path(rest)
        else:
            name, path = "", Path(argument)
        if path.is_dir():
            for below in _reports_in(path):
                shown = _name_of(below.relative_to(path).as_posix())
                yield f"{name}/{shown}" if name else shown, below
        elif os.path.lexists(path):
            yield name or _name_of(path.as_posix()), path
        else:
            help = "give a report that `ddbaudit check -o json=FILE` wrote, or a directory with such reports"
            raise UsageError(f"there is no report {safe_text(str(path))}", help=help)


def _reports_in(directory: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(directory):
        folders.sort()
        yield from (Path(folder) / name for name in sorted(files) if name.endswith(".json"))


def _name_of(path: str) -> str:
    """`artifacts/shop/ddbaudit.json` is `artifacts/shop`'s."""
    pure = PurePosixPath(os.path.normpath(path))
    parts = [part for part in (*pure.parent.parts, pure.stem) if part not in ("..", ".", "/")]
    if len(parts) > 1 and parts[-1] in _USUAL:
        parts.pop()
    return "/".join(parts)
