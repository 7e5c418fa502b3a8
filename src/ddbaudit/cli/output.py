"""Where reports go: standard output or files, written whole or not at all."""

from __future__ import annotations

import importlib
import os
import stat
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TextIO

from ddbaudit.foundation.errors import InternalError, UsageError
from ddbaudit.foundation.text import suggestion
from ddbaudit.reporters.style import Line, wants_colour
from ddbaudit.sdk.report import Report

FORMATS = ("text", "concise", "json", "sarif", "junit", "github", "gitlab", "markdown", "html")
_MODULES = {"json": "json_"}
"""The reporters whose module is not called as the format is."""


def parse_output(value: str, formats: Sequence[str] = FORMATS) -> tuple[str, str | None]:
    """`json=report.json` to its format and file; UsageError for an unknown format."""
    name, separator, path = value.partition("=")
    if name not in formats:
        raise UsageError(f'unknown output format "{name}"{suggestion(name, formats)}', help=f"use {', '.join(formats)}")
    if separator and not path:
        raise UsageError(f'no file behind "{value}"', help=f"write -o {name}=FILE")
    return name, path or None


def emit(report: Report, outputs: Sequence[tuple[str, str | None]], colour: bool | None) -> None:
    """Writes every requested output; InternalError when one cannot be written.

    With `github`, the job summary of the step is written too, where there is one.
    """
    for name, path in outputs:
        if path is None:
            _to_stdout(report, name, colour)
        else:
            write_report(path, _render(report, name))
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary and any(name == "github" for name, _ in outputs):
        from ddbaudit.reporters.github import job_summary

        _append(summary, job_summary(report))


def _append(path: str, text: str) -> None:
    try:
        with open(path, "a", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError as error:
        raise InternalError(f"the job summary {path} cannot be written: {error.strerror}") from None


def _lines(report: Report, name: str, width: int | None) -> Callable[[], Sequence[Line]]:
    def make() -> Sequence[Line]:
        if name == "text":
            from ddbaudit.reporters import text

            return list(text.lines(report, width))
        from ddbaudit.reporters import concise

        return list(concise.lines(report, width))

    return make


def _render(report: Report, name: str) -> str:
    if name in ("text", "concise"):
        from ddbaudit.reporters.style import plain

        return plain(_lines(report, name, None)())
    module = importlib.import_module(f"ddbaudit.reporters.{_MODULES.get(name, name)}")
    rendered: str = module.render(report)
    return rendered


def _to_stdout(report: Report, name: str, colour: bool | None) -> None:
    if name not in ("text", "concise"):
        write(sys.stdout, _render(report, name))
        return
    print_lines(_lines(report, name, _width() if sys.stdout.isatty() else None), colour)


def print_lines(make: Callable[[], Sequence[Line]], colour: bool | None) -> None:
    """Prints styled lines to standard output, in colour where it is wanted."""
    stream = sys.stdout
    width = _width() if stream.isatty() else None
    lines = make()
    if not wants_colour(stream, os.environ, colour):
        from ddbaudit.reporters.style import plain

        write(stream, plain(lines))
        return
    from rich.console import Console

    from ddbaudit.reporters.style import coloured

    coloured(lines, Console(file=stream, force_terminal=True, color_system="standard", soft_wrap=True, width=width))


def _width() -> int:
    import shutil

    return shutil.get_terminal_size().columns


def write(stream: TextIO, text: str) -> None:
    """Writes text whatever the stream's encoding; what it cannot hold is escaped."""
    encoding = stream.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.encode(encoding, "backslashreplace").decode(encoding)
    stream.write(text)


def write_report(path: str, text: str | Iterable[str]) -> None:
    """Replaces the file at once, so that no half-written report is ever seen; a device or pipe is written to.

    `text` may come in pieces. InternalError when that fails.
    """
    pieces = (text,) if isinstance(text, str) else text
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            _write_through(Path(path), pieces)
        else:
            _replace(Path(os.path.realpath(path)), pieces)
    except OSError as error:
        raise InternalError(f"the report {path} cannot be written: {error.strerror}") from None


def _write_through(target: Path, pieces: Iterable[str]) -> None:
    with target.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
        stream.writelines(pieces)


def _replace(target: Path, pieces: Iterable[str]) -> None:
    import tempfile

    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(prefix=".ddbaudit-", dir=target.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
            stream.writelines(pieces)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, mode)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
