"""The entry points of installed packages, read off their `entry_points.txt`.

importlib.metadata gives the same, and takes longer to load than a small module takes to be checked (it brings email,
zipfile and csv along). It is asked where the import path holds more than directories.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

_KINDS = (".dist-info", ".egg-info")


class Point(Protocol):
    """What is needed of an entry point."""

    @property
    def name(self) -> str: ...

    @property
    def value(self) -> str: ...

    def load(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class FoundPoint:
    """An entry point `name = module:attribute`."""

    name: str
    value: str

    def load(self) -> Any:
        module, _, attributes = self.value.partition("[")[0].partition(":")
        found: Any = importlib.import_module(module.strip())
        for attribute in filter(None, attributes.strip().split(".")):
            found = getattr(found, attribute)
        return found


def entry_points(group: str) -> Iterable[Point]:
    """All entry points of a group; of a package that is installed twice, those that are found first count."""
    directories = [entry or "." for entry in sys.path]
    if any(os.path.isfile(entry) for entry in directories):
        import importlib.metadata

        return importlib.metadata.entry_points(group=group)
    return list(_found(directories, group))


def _found(directories: Iterable[str], group: str) -> Iterator[FoundPoint]:
    seen: set[str] = set()
    for directory in dict.fromkeys(directories):
        try:
            names = sorted(name for name in os.listdir(directory) if name.endswith(_KINDS))
        except OSError:
            continue  # as for Python itself, an entry that is no directory is none
        for name in names:
            package = re.sub(r"[-_.]+", "_", name.rsplit(".", 1)[0].partition("-")[0]).lower()
            if package not in seen:
                seen.add(package)
                yield from _of_package(Path(directory, name, "entry_points.txt"), group)


def _of_package(path: Path, group: str) -> Iterator[FoundPoint]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError:
        return  # most packages have no entry points
    current = ""
    for line in map(str.strip, lines):
        if line.startswith("["):
            current = line[1:].partition("]")[0].strip()
        elif current == group and "=" in line and not line.startswith(("#", ";")):
            name, _, value = line.partition("=")
            yield FoundPoint(name.strip(), value.strip())
