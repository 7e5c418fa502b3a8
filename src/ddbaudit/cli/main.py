"""The entry point: every ending is mapped to its exit code in one place.

`ddbaudit --version` answers before click is loaded. Python's own exit code 1 for an unhandled error would read as
"violations": whatever is not expected ends in 4.
"""

from __future__ import annotations

import io
import os
import sys

from ddbaudit import __version__

TYPE_CHECKING = False  # typing alone takes as long to load as everything else that --version needs
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import NoReturn

INTERNAL = 4
INTERRUPTED = 130
TERMINATED = 143
BROKEN_PIPE = 141


class _Terminated(BaseException):
    """SIGTERM arrived."""


def entry() -> NoReturn:
    """Runs the command line and leaves with its exit code."""
    _leave(_guarded(_version if sys.argv[1:] == ["--version"] else _run))


def _version() -> int:
    print(f"ddbaudit {__version__}")
    return 0


def _run() -> int:
    import gc
    import signal

    gc.set_threshold(50_000, 20, 50)  # syntax trees and values live until the end: there is little to be collected
    from ddbaudit.cli.group import run

    signal.signal(signal.SIGTERM, _terminate)
    return run(sys.argv[1:])


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    raise _Terminated


def _guarded(run: Callable[[], int]) -> int:
    """The exit code of a run, whatever happens in it."""
    from ddbaudit.foundation.errors import DdbauditError

    try:
        _prepare_streams()
        code = run()
        _flush()
        return code
    except DdbauditError as error:
        _complain(error.message, error.help)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except _Terminated:
        return TERMINATED
    except BrokenPipeError:
        return BROKEN_PIPE
    except BaseException as error:  # noqa: BLE001 - see the module docstring
        return _crashed(error)


def _prepare_streams() -> None:
    """No file that is opened later may become a standard stream; what is not a terminal gets UTF-8 in any locale."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number is this one
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - until the process ends
    if sys.stdout is None:
        from ddbaudit.foundation.errors import InternalError

        raise InternalError("standard output is closed")
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    if isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr.reconfigure(errors="backslashreplace")


def _flush() -> None:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        from ddbaudit.foundation.errors import InternalError

        raise InternalError(f"standard output cannot be written: {error.strerror}") from None


def _complain(message: str, help: str = "") -> None:
    from ddbaudit.reporters.style import clean

    print(f"error: {clean(message)}", file=sys.stderr)
    if help:
        print(f"help: {clean(help)}", file=sys.stderr)


def _crashed(error: BaseException) -> int:
    from ddbaudit.foundation.errors import describe

    if isinstance(error, OSError):
        _complain(str(error))
    else:
        help = "this is a fault of ddbaudit; DDBAUDIT_DEBUG=1 shows where, please report it"
        _complain(f"internal error: {describe(error)}", help)
    if os.environ.get("DDBAUDIT_DEBUG") == "1":
        import traceback

        traceback.print_tb(error.__traceback__)  # not its message: see describe
    return INTERNAL


def _leave(code: int) -> NoReturn:
    """Ends the process; output that can no longer be written must not turn the code into another."""
    for stream in (sys.stdout, sys.stderr):
        if stream is None:
            continue
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
