"""The commands; the module of one is imported when it is asked for."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Sequence

import click

from ddbaudit import __version__
from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.text import suggestion

_SUMMARIES = {
    "init": "Write configuration, hook and pipeline for a repository, after looking at it.",
    "check": "Check the Terraform below PATH and report what breaks the packs' rules.",
    "hook": "Check the root modules that changed files concern: what pre-commit runs.",
    "baseline": "Keep a file of findings that are known, so that only new ones count.",
    "criteria": "Say of every success criterion of the documents whether it is met, and what shows it.",
    "config": "Show every setting, and where it comes from.",
    "diff": "Show how two environments differ in what they would create.",
    "dump": "Print every resource below PATH as Terraform would see it.",
    "show": "Show one resource as evaluated, and where each value comes from.",
    "graph": "Draw tables, indexes and who has access to them, coloured by verdict.",
    "merge": "Join the JSON reports of many repositories into one.",
    "explain": "Say what a rule or a diagnostic means, why it matters and what to do.",
    "rules": "List all rules with their severity and the packs that run them.",
    "new-rule": "Write the skeleton of a rule: YAML, or a package in Python.",
    "model": "Check data models, or write one from Terraform or from another tool's model.",
    "completion": "Print the script with which a shell completes commands, options and rules.",
    "test": "Run the examples of rules and compare what is reported with what they expect.",
}
_EPILOG = """\b
Examples:
  ddbaudit check terraform/
  ddbaudit check terraform/ --pack bbws-site-builder -o text -o json=report.json
  ddbaudit explain DDB101
"""


class _Commands(click.Group):
    """Knows the names and summaries of the commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_SUMMARIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _SUMMARIES:
            return None
        command = importlib.import_module(f"ddbaudit.cli.{cmd_name.replace('-', '_')}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_SUMMARIES.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _SUMMARIES and not args[0].startswith("-"):
            message = f'there is no command "{args[0]}"{suggestion(args[0], _SUMMARIES)}'
            raise UsageError(message, help=_see(ctx, args[0]))
        return super().resolve_command(ctx, args)


def run(arguments: Sequence[str]) -> int:
    """The exit code of a command line. Without arguments the help is shown, and nothing was judged: 2."""
    if not arguments:
        with contextlib.redirect_stdout(sys.stderr):
            run(["--help"])
        return UsageError.exit_code
    commands = group()
    try:
        # Not main(): it ends the process with 1 when the reader of the output leaves.
        with commands.make_context("ddbaudit", list(arguments)) as context:
            result = commands.invoke(context)
    except click.ClickException as error:
        raise UsageError(error.format_message(), help=_see(getattr(error, "ctx", None), arguments[0])) from None
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.Abort:
        raise KeyboardInterrupt from None
    return result if isinstance(result, int) else 0


def _see(context: click.Context | None, first: str) -> str:
    """Where the options stand; not every error of click knows its command."""
    path = context.command_path if context is not None else f"ddbaudit {first}" if first in _SUMMARIES else "ddbaudit"
    return f"{path} --help shows the {'options' if ' ' in path else 'commands'}"


def group() -> click.Group:
    """The command group."""
    return _Commands(
        "ddbaudit",
        help="The policy and design-conformance gate for DynamoDB on Terraform.",
        epilog=_EPILOG,
        params=[_version_option()],
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )


def _version_option() -> click.Option:
    def show(context: click.Context, parameter: click.Parameter, value: bool) -> None:
        if value and not context.resilient_parsing:
            print(f"ddbaudit {__version__}")
            context.exit(0)

    return click.Option(
        ["--version"], is_flag=True, expose_value=False, is_eager=True, callback=show, help="Show the version."
    )
