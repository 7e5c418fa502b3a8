"""Declarative rules from files and directories. A rule that cannot be loaded ends the run: it must not read as a
pass."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.source import Span
from ddbaudit.foundation.strict_yaml import MAX_BYTES, refuse
from ddbaudit.foundation.text import safe_text
from ddbaudit.foundation.yaml_fields import read_text
from ddbaudit.policy.reader import PolicyType, Written, read_rules

SUFFIXES: Final = (".yaml", ".yml")
MAX_FILES: Final = 1000


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A file, as it is shown, and its rules."""

    path: str
    rules: tuple[PolicyType, ...]


def load_rule_files(paths: Iterable[str], taken: Callable[[str], str | None]) -> tuple[RuleFile, ...]:
    """The rules of all files, and of all `*.yaml` and `*.yml` below directories.

    `taken` tells by whom an id or name is taken already. UsageError for a path that is not there, a directory or file
    without rules, a rule that is not in order, an id or name that is there already.
    """
    seen: dict[str, Span] = {}
    loaded: list[RuleFile] = []
    for path in _files(paths):
        written = read_rules(read_text(path, "the file of rules", MAX_BYTES), path)
        for one in written:
            _claim(one, seen, taken)
        loaded.append(RuleFile(path, tuple(one.rule for one in written)))
    return tuple(loaded)


def _claim(one: Written, seen: dict[str, Span], taken: Callable[[str], str | None]) -> None:
    for key, place in ((one.rule.meta.id, one.id), (one.rule.meta.name, one.name)):
        owner = taken(key)
        if owner is not None:
            refuse(place, f"{key} is already taken by {owner}", "ids and names of rules are unique")
        if key in seen:
            refuse(place, f"{key} is already taken at {safe_text(str(seen[key]))}", "ids and names of rules are unique")
        seen[key] = place


def _files(paths: Iterable[str]) -> Iterator[str]:
    """Every file once, whatever ways lead to it, in the order of the paths and of names."""
    seen: set[str] = set()
    for path in paths:
        for file in _below(path) if os.path.isdir(path) else [_given(path)]:
            real = os.path.realpath(file)
            if real not in seen:
                seen.add(real)
                yield file
            if len(seen) > MAX_FILES:
                raise UsageError(f"there are more than {MAX_FILES} files of rules below {safe_text(path)}")


def _given(path: str) -> str:
    if not os.path.lexists(path):
        raise UsageError(f"{safe_text(path)}: there is no such file or directory of rules", help="check the spelling")
    if not path.endswith(SUFFIXES):
        raise UsageError(f"{safe_text(path)}: a file of rules is called *.yaml or *.yml")
    return path


def _below(folder: str) -> list[str]:
    """The files of rules in a directory and those below, but for hidden ones; links to directories are not
    followed."""

    def failed(error: OSError) -> None:
        raise UsageError(f"{safe_text(error.filename or folder)}: the directory cannot be read: {error.strerror}")

    found: list[str] = []
    for directory, folders, names in os.walk(folder, onerror=failed):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [
            os.path.join(directory, name)
            for name in sorted(names)
            if name.endswith(SUFFIXES) and not name.startswith(".")
        ]
    if not found:
        raise UsageError(f"{safe_text(folder)}: there are no rules: no file *.yaml or *.yml is below this directory")
    return found
