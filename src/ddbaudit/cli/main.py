"""The entry point: commands found lazily, every ending mapped to its exit code in one place.

`ddbaudit --version` answers before click is loaded. Python's own exit code 1 for an unhandled error would read as
"violations": whatever is not expected ends in 4.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from ddbaudit import __version__

if TYPE_CHECKING:
    import click

INTERNAL = 4
INTERRUPTED = 130
TERMINATED = 143
BROKEN_PIPE = 141

_COMMANDS = ("check", "dump", "show", "explain", "rules")


class _Terminated(BaseException):
    """SIGTERM arrived."""


def entry() -> NoReturn:
    """Runs the command line and leaves with its exit code."""
    if sys.argv[1:] == ["--version"]:
        _leave(_guarded(_print_version))
    _leave(_guarded(_run))


def _print_version() -> int:
    print(f"ddbaudit {__version__}")
    return 0


def _run() -> int:
    import click

    signal.signal(signal.SIGTERM, _terminate)
    try:
        result = group().main(args=sys.argv[1:], prog_name="ddbaudit", standalone_mode=False)
    except click.ClickException as error:
        _complain(error.format_message(), getattr(error, "ctx", None))
        return 2
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.Abort:
        return INTERRUPTED
    return result if isinstance(result, int) else 0


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    raise _Terminated


def _complain(message: str, context: click.Context | None) -> None:
    print(f"error: {message}", file=sys.stderr)
    if context is not None:
        print(f"help: {context.command_path} --help shows the options", file=sys.stderr)


def _guarded(run: Callable[[], int]) -> int:
    """The exit code of a run, whatever happens in it."""
    from ddbaudit.foundation.errors import DdbauditError

    try:
        code = run()
        sys.stdout.flush()
        return code
    except DdbauditError as error:
        print(f"error: {error.message}", file=sys.stderr)
        if error.help:
            print(f"help: {error.help}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except _Terminated:
        return TERMINATED
    except BrokenPipeError:
        return BROKEN_PIPE
    except SystemExit as error:
        return error.code if isinstance(error.code, int) and error.code in range(5) and error.code != 1 else INTERNAL
    except BaseException as error:  # noqa: BLE001 - see the module docstring
        return _crashed(error)


def _crashed(error: BaseException) -> int:
    from ddbaudit.foundation.text import safe_text

    if isinstance(error, OSError):
        print(f"error: {safe_text(str(error))}", file=sys.stderr)
    else:
        print(f"error: internal error: {type(error).__name__}: {safe_text(str(error))}", file=sys.stderr)
        print("help: this is a fault of ddbaudit; DDBAUDIT_DEBUG=1 shows where, please report it", file=sys.stderr)
    if os.environ.get("DDBAUDIT_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
    return INTERNAL


def _leave(code: int) -> NoReturn:
    """Ends the process; output that can no longer be written must not turn the code into another."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            code = code or BROKEN_PIPE
            _silence(stream.fileno() if not stream.closed else None)
    sys.exit(code)


def _silence(descriptor: int | None) -> None:
    """Python flushes once more at exit; let it flush into nothing."""
    if descriptor is not None:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, descriptor)


def group() -> click.Group:
    """The command group; a command's module is imported when the command is asked for."""
    import importlib

    import click

    class Lazy(click.Group):
        def list_commands(self, ctx: click.Context) -> list[str]:
            return list(_COMMANDS)

        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
            if cmd_name not in _COMMANDS:
                return None
            command = importlib.import_module(f"ddbaudit.cli.{cmd_name}").command
            assert isinstance(command, click.Command)
            return command

        def resolve_command(
            self, ctx: click.Context, args: list[str]
        ) -> tuple[str | None, click.Command | None, list[str]]:
            from ddbaudit.foundation.text import safe_text, suggestion

            if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
                name = safe_text(args[0])
                raise click.UsageError(f'there is no command "{name}"{suggestion(args[0], _COMMANDS)}', ctx)
            return super().resolve_command(ctx, args)

    return Lazy(
        "ddbaudit",
        help="The policy and design-conformance gate for DynamoDB on Terraform.\n\n"
        "\b\nExamples:\n  ddbaudit check terraform/\n"
        "  ddbaudit check terraform/ --pack bbws-site-builder -o json=report.json\n  ddbaudit explain DDB101",
        params=[_version_option()],
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )


def _version_option() -> click.Option:
    import click

    def show(context: click.Context, parameter: click.Parameter, value: bool) -> None:
        if value and not context.resilient_parsing:
            print(f"ddbaudit {__version__}")
            context.exit(0)

    return click.Option(
        ["--version"], is_flag=True, expose_value=False, is_eager=True, callback=show, help="Show the version."
    )
