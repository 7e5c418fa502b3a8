"""`ddbaudit test`: the examples in rules as tests of these rules."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Sequence

import click

from ddbaudit.app.rules import configuration, with_files
from ddbaudit.cli.output import write
from ddbaudit.engine.registry import Registry, RuleType, load_rules
from ddbaudit.foundation.text import plural
from ddbaudit.reporters.style import clean
from ddbaudit.sdk.report import ExitCode
from ddbaudit.testing.cases import Result, cases, run_case

_EPILOG = """\b
Examples:
  ddbaudit test policy/
  ddbaudit test policy/orders.yaml --verbose
  ddbaudit test --installed

\b
Exit codes:
  0  every example says what the rules report
  1  one does not
  2  a rule cannot be loaded
  3  there is nothing to test
"""


@click.command("test", epilog=_EPILOG)
@click.argument("paths", nargs=-1, metavar="[FILE|DIR]...")
@click.option("--rules", "more", multiple=True, metavar="FILE|DIR", help="The same as an argument; repeatable.")
@click.option("--installed", is_flag=True, help="Test all installed rules too.")
@click.option("--config", metavar="FILE", help="Use this configuration (else ddbaudit.toml upwards).")
@click.option("-v", "--verbose", is_flag=True, help="Show what is reported on each example.")
def command(paths: tuple[str, ...], more: tuple[str, ...], installed: bool, config: str | None, verbose: bool) -> int:
    """Run the examples of the rules in FILE or below DIR, and compare both ways: what an example expects must be
    reported, and nothing else.

    Without FILE, DIR and --installed the rules that ddbaudit.toml names are tested.
    """
    registry = load_rules()
    files = (*paths, *more)
    if not files and not installed:
        files = configuration(config, ".").rule_files()
    if files:
        registry = with_files(registry, files)
    rules = _chosen(registry, installed=installed)
    if not rules:
        sys.stderr.write("nothing to test: name a file or directory of rules, or give --installed\n")
        return int(ExitCode.INCOMPLETE)
    return _run(rules, verbose=verbose)


def _chosen(registry: Registry, *, installed: bool) -> Sequence[RuleType]:
    return [rule for rule in registry.rules if installed or rule in registry.given]


def _run(rules: Sequence[RuleType], *, verbose: bool) -> int:
    count = failed = 0
    for case in cases(rules):
        result = run_case(case)
        count += 1
        failed += bool(result.differences)
        for line in _lines(result, verbose=verbose):
            write(sys.stdout, f"{line}\n")
    passed = f"{count - failed} as expected, {failed} not"
    write(sys.stdout, f"{plural(count, 'example')} of {plural(len(rules), 'rule')}: {passed}\n")
    return int(ExitCode.VIOLATIONS if failed else ExitCode.CLEAN)


def _lines(result: Result, *, verbose: bool) -> Iterator[str]:
    case = result.case
    yield f"{'FAIL' if result.differences else 'ok  '}  {case.id}: {clean(case.example.title)}"
    for difference in result.differences:
        yield f"      {clean(difference)}"
    if verbose or result.differences:
        for problem in result.problems:
            place = f"line {problem.primary.begin.line}"
            said = f"{place}: {problem.verdict.value}: {clean(problem.message)}"
            yield from textwrap.wrap(said, 110, initial_indent="      | ", subsequent_indent="      |   ")
