"""`ddbaudit diff`: how two environments differ in what they would create."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from ddbaudit.cli.options import evaluation_options, progress, settings_of
from ddbaudit.cli.output import write
from ddbaudit.foundation.diagnostic import Level
from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.text import plural
from ddbaudit.reporters.json_ import as_text
from ddbaudit.reporters.style import clean

if TYPE_CHECKING:
    from ddbaudit.app.differences import Change, Pair

_LONGEST = 100
_EPILOG = """\b
Examples:
  ddbaudit diff dev prod terraform/
  ddbaudit diff sit prod terraform/ --type aws_dynamodb_table

\b
Exit codes:
  0  they are alike          2  wrong usage
  1  they differ             3  something could not be read, or is not known
"""


@click.command("diff", epilog=_EPILOG)
@click.argument("before", metavar="ENVIRONMENT")
@click.argument("after", metavar="ENVIRONMENT")
@click.argument("paths", nargs=-1, metavar="[PATH...]")
@evaluation_options
@click.option("--type", "types", multiple=True, metavar="TYPE", help="Resources of this type only; repeatable.")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", help="The format.")
def command(before: str, after: str, paths: tuple[str, ...], **options: Any) -> int:
    """Show how two environments below PATH (default: here) differ in the resources that they would create.

    What differs by the environment's name only is alike, and so is what is known only after apply.
    """
    if options["environment"] is not None:
        raise UsageError("--env does not go with diff", help="name the two environments")
    from ddbaudit.app.audit import evaluate
    from ddbaudit.app.differences import pairs

    evaluations = evaluate(settings_of(paths or (".",), options), progress())
    found = pairs(evaluations, before, after, options["types"])
    chosen = [evaluation for evaluation in evaluations if evaluation.environment in (before, after)]
    errors = [d for e in chosen for d in e.diagnostics if d.level is Level.ERROR]
    doubts = [change for pair in found for changes in pair.changes.values() for change in changes if not change.certain]
    if options["output"] == "json":
        write(sys.stdout, as_text({"format": 1, "pairs": [_json(pair) for pair in found], "complete": not errors}))
    else:
        for line in _lines(found, before, after):
            write(sys.stdout, f"{line}\n")
    for text in dict.fromkeys(f"{d.where}: {d.summary}: {d.detail}" for d in errors):
        write(sys.stderr, f"error: {clean(text)}\n")
    if errors or doubts:
        return 3
    return int(any(pair.only_before or pair.only_after or pair.changes for pair in found))


def _lines(found: Sequence[Pair], before: str, after: str) -> Iterator[str]:
    alike = different = lonely = 0
    for pair in found:
        alike, different = alike + pair.alike, different + len(pair.changes)
        lonely += len(pair.only_before) + len(pair.only_after)
        if not (pair.only_before or pair.only_after or pair.changes):
            continue
        yield f"{clean(pair.root)}: {clean(before)} -> {clean(after)}"
        yield from (f"  - {clean(address)}" for address in pair.only_before)
        yield from (f"  + {clean(address)}" for address in pair.only_after)
        for changes, addresses in _together(pair).items():
            yield from (f"  ~ {clean(address)}" for address in addresses)
            yield from (f"      {_change(change)}" for change in changes)
        yield ""
    differ = "resource differs" if different == 1 else "resources differ"
    yield f"{different} {differ}, {lonely} in one of them only, {alike} alike ({plural(len(found), 'root module')})"


def _together(pair: Pair) -> dict[tuple[Change, ...], list[str]]:
    """Resources that differ in the same way, told once."""
    found: dict[tuple[Change, ...], list[str]] = {}
    for address, changes in pair.changes.items():
        found.setdefault(changes, []).append(address)
    return found


def _change(change: Change) -> str:
    one, two = _apart(change.before, change.after)
    return f"{'' if change.certain else '? '}{clean(change.path)}: {clean(one)} -> {clean(two)}"


def _apart(one: str, two: str) -> tuple[str, str]:
    """Two texts, of long ones the part in which they differ."""
    if max(len(one), len(two)) <= _LONGEST:
        return one, two
    same = next((at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    start = max(same - 20, 0)
    return _cut(one, start), _cut(two, start)


def _cut(text: str, start: int) -> str:
    part = text[start : start + _LONGEST]
    return f"{'…' if start else ''}{part}{'…' if start + _LONGEST < len(text) else ''}"


def _json(pair: Pair) -> dict[str, Any]:
    return {
        "root": pair.root,
        "only_before": list(pair.only_before),
        "only_after": list(pair.only_after),
        "alike": pair.alike,
        "changes": [
            {"address": address, "path": c.path, "before": c.before, "after": c.after, "certain": c.certain}
            for address, changes in pair.changes.items()
            for c in changes
        ],
    }
