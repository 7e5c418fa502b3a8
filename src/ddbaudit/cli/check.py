"""`ddbaudit check`: evaluate, judge, report, and say it with the exit code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import click

from ddbaudit.app.audit import Settings, audit
from ddbaudit.cli.options import evaluation_options, listed, progress, rules_option, settings_of
from ddbaudit.cli.output import FORMATS, emit, parse_output
from ddbaudit.engine.outcome import Leniency
from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.text import safe_text
from ddbaudit.sdk.report import ExitCode

_EPILOG = """\b
Examples:
  ddbaudit check terraform/
  ddbaudit check terraform/environments/prod --var-file prod.tfvars
  ddbaudit check terraform/ --pack bbws-site-builder -o text -o json=report.json
  ddbaudit check terraform/ --select DDB1,IAM --fail-on high
  ddbaudit check terraform/ --rules policy/
  ddbaudit check tfplan
  terraform show -json tfplan | ddbaudit check - --source .

\b
Exit codes:
  0  clean and complete          3  incomplete: something could not be judged
  1  violations                  4  internal error, or a report could not be written
  2  wrong usage or configuration
"""


@click.command("check", epilog=_EPILOG)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@evaluation_options
@click.option("--pack", "packs", multiple=True, metavar="NAME|FILE", help="Use this pack (else: config, baseline).")
@click.option("--model", "models", multiple=True, metavar="NAME|FILE", help="Hold it against this data model, too.")
@rules_option
@click.option("--select", multiple=True, metavar="RULES", help="Run only these rules: ids, names, prefixes (DDB2).")
@click.option("--ignore", multiple=True, metavar="RULES", help="Do not run these rules.")
@click.option(
    "--fail-on",
    type=click.Choice(["high", "medium", "low", "never"]),
    help="The lowest severity that blocks (else: config, medium).",
)
@click.option(
    "--unknown",
    type=click.Choice(["fail", "warn"]),
    help="Whether what cannot be judged makes the run incomplete (else: config, fail).",
)
@click.option("--exit-zero", is_flag=True, help="Exit 0 instead of 1 (for upload jobs); 2, 3 and 4 stay.")
@click.option("--baseline", metavar="FILE", help="Findings that are known and do not count (ddbaudit baseline).")
@click.option("--no-ignores", is_flag=True, help="Suppress nothing, neither by comments nor by a baseline.")
@click.option("--show-suppressed", is_flag=True, help="List what is suppressed, by what, and why.")
@click.option("--allow-empty", is_flag=True, help="Nothing to check is fine.")
@click.option("--allow-unparsed", multiple=True, metavar="GLOB", help="Files that need not be parsable.")
@click.option("--allow-missing-module", multiple=True, metavar="GLOB", help="Modules that need not be available.")
@click.option("--allow-partial-plan", is_flag=True, help="Plans may leave a part out (-target, deferred changes).")
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT[=FILE]",
    help=f"{', '.join(FORMATS)}; repeatable.",
)
@click.option("--color/--no-color", "colour", default=None, help="Colour or not (else: by the terminal).")
def command(paths: tuple[str, ...], **options: Any) -> int:
    """Check the Terraform below PATH and report what breaks the packs' rules.

    PATH is a directory, a plan (`terraform plan -out`, or its JSON), a state's JSON, or - for JSON on standard input.
    """
    outputs = [parse_output(value) for value in options["outputs"]] or [("text", None)]
    settings = replace(_settings(paths, options), graphs=any(name == "html" for name, _ in outputs))
    report = audit(settings, progress=progress())
    emit(replace(report, show_suppressed=options["show_suppressed"]), outputs, options["colour"])
    code = report.outcome.code
    return 0 if options["exit_zero"] and code is ExitCode.VIOLATIONS else int(code)


def _settings(paths: Sequence[str], options: dict[str, Any]) -> Settings:
    leniency = Leniency(
        options["allow_empty"],
        options["allow_unparsed"],
        options["allow_missing_module"],
        options["allow_partial_plan"],
    )
    return replace(
        settings_of(paths, options),
        packs=listed(options["packs"]),
        select=listed(options["select"]),
        ignore=listed(options["ignore"]),
        fail_on=options["fail_on"],
        unknown=options["unknown"],
        leniency=leniency,
        loosened=tuple(_loosened(options)),
        rules=tuple(options["rules"]),
        models=tuple(options["models"]),
        ignores=not options["no_ignores"],
        baseline=_baseline(options),
    )


def _loosened(options: dict[str, Any]) -> list[str]:
    """What makes the gate laxer than it is by default, as it was asked for."""
    flags: list[str] = []
    if options["fail_on"] in ("high", "never"):
        flags.append(f"--fail-on {options['fail_on']}")
    if options["unknown"] == "warn":
        flags.append("--unknown warn")
    for name in ("ignore", "select"):
        if chosen := listed(options[name]):
            flags.append(f"--{name} {safe_text(','.join(chosen))}")
    for name in ("exit_zero", "allow_empty", "allow_partial_plan"):
        if options[name]:
            flags.append(f"--{name.replace('_', '-')}")
    for name in ("allow_unparsed", "allow_missing_module"):
        flags.extend(f"--{name.replace('_', '-')} {safe_text(glob)}" for glob in options[name])
    return flags


def _baseline(options: dict[str, Any]) -> str | None:
    if options["no_ignores"] and options["baseline"] is not None:
        raise UsageError("--no-ignores and --baseline contradict each other")
    baseline: str | None = options["baseline"]
    return baseline
