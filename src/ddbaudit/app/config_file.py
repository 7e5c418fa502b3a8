"""Finding and reading the configuration: `ddbaudit.toml`, or `[tool.ddbaudit]` in `pyproject.toml`; data only."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from ddbaudit.app.config_fields import SETTINGS, Place
from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.text import safe_text
from ddbaudit.frontends.hcl.loader import shown_path

NAME: Final = "ddbaudit.toml"
PROJECT: Final = "pyproject.toml"
MAX_BYTES: Final = 1 << 20
_SECTION: Final = ("tool", "ddbaudit")


def find_file(start: str) -> Path | None:
    """The nearest configuration in the directory of `start` or above, up to the repository's root. UsageError when one
    directory has two."""
    real = Path(os.path.realpath(start))
    here = real if real.is_dir() else real.parent
    for directory in (here, *here.parents):
        own, project = directory / NAME, directory / PROJECT
        within = project.is_file() and _has_section(project)
        if own.is_file() and within:
            message = f"{shown_path(str(directory))} has a {NAME} and a [tool.ddbaudit] in {PROJECT}"
            raise UsageError(message, help="keep one of the two, or name one with --config")
        if own.is_file() or within:
            return Path(shown_path(str(own if own.is_file() else project)))
        if (directory / ".git").exists():
            return None
    return None


def _has_section(path: Path) -> bool:
    """Whether a project file configures ddbaudit; one that does not speak of it is not read any further."""
    try:
        data = path.read_bytes()
    except OSError:
        return False  # nobody has asked for this file
    return b"ddbaudit" in data and _section(_parsed(path, data)) is not None


def read_file(path: Path) -> tuple[dict[str, Any], dict[str, int]]:
    """The settings of a file, and the lines on which they stand; UsageError for anything that is not understood."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: the configuration cannot be read: {error.strerror}") from None
    content = _parsed(path, data)
    if path.name == PROJECT:
        section = _section(content)
        if section is None:
            raise UsageError(f"{path}: there is no [tool.ddbaudit]")
        content = section
    found = SETTINGS.read(content, Place(str(path)))
    return found, dict(_lines(data.decode("utf-8"), project=path.name == PROJECT))


def _parsed(path: Path, data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise UsageError(f"{path}: the configuration is larger than {MAX_BYTES} bytes")
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{path}: not valid TOML: {safe_text(str(error))}") from None


def _section(content: Mapping[str, Any]) -> dict[str, Any] | None:
    found: Any = content
    for step in _SECTION:
        if not isinstance(found, dict) or step not in found:
            return None
        found = found[step]
    if not isinstance(found, dict):
        raise UsageError(f"{PROJECT}: [tool.ddbaudit] must be a table")
    return found


_HEADER = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*("[^"]*"|'[^']*'|[A-Za-z0-9_-]+)\s*[.=]""")


def _lines(text: str, *, project: bool) -> Iterator[tuple[str, int]]:
    """Top-level settings and environments, each with the first line that sets something of it."""
    seen: set[str] = set()
    table: tuple[str, ...] | None = None if project else ()
    for number, line in enumerate(text.splitlines(), 1):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header is not None:
            table = _below(tuple(part.strip(" \"'") for part in header[1].split(".")), project=project)
            path = table
        elif key is not None and table is not None:
            path = (*table, key[1].strip("\"'"))
        else:
            continue
        for length in (1, 2, 3):
            name = ".".join((path or ())[:length])
            if path and len(path) >= length and name not in seen:
                seen.add(name)
                yield name, number


def _below(path: tuple[str, ...], *, project: bool) -> tuple[str, ...] | None:
    """The path within the configuration, None for tables of others."""
    if not project:
        return path
    return path[2:] if path[:2] == _SECTION else None
