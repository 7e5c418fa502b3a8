"""Which directories are root modules: those with Terraform files that no other scanned module calls.

Where modules call each other (or themselves) in a circle that nothing else leads into, the first of them is a root too,
so that none is left out.

`.terraform` and hidden directories hold no roots. A file stands for its directory. A directory whose files are all
linked to from other modules (symbolic links) holds what these share, and is no module of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ddbaudit.foundation.errors import UsageError
from ddbaudit.frontends.hcl.loader import Loader, has_config
from ddbaudit.frontends.hcl.terragrunt import FILE, run_by
from ddbaudit.frontends.hcl.versions import closure

_SKIPPED = frozenset({"node_modules", "__pycache__"})


@dataclass(slots=True)
class Roots:
    """`directories` are the roots, absolute and sorted; `called` the directories that are modules of others."""

    directories: list[str] = field(default_factory=list)
    called: list[str] = field(default_factory=list)


def find_roots(paths: Sequence[str], loader: Loader) -> Roots:
    """The root modules below the paths; UsageError for a path that does not exist."""
    candidates: dict[str, None] = {}
    named: set[str] = set()
    linked: set[str] = set()
    for path in paths:
        for directory, names in _directories(path):
            if FILE in names:
                loader.generating.update(run_by(directory, loader))
            if has_config(names):
                candidates[directory] = None
                linked.update(_links(directory, names))
        if os.path.isfile(path):
            named.add(os.path.realpath(os.path.dirname(os.path.abspath(path))))
    candidates = {d: None for d in candidates if not linked or d in named or not _shared(d, linked)}
    calls = {directory: _calls(directory, loader) for directory in candidates}
    called = {child for directory, children in calls.items() for child in children if child != directory}
    roots = {d for d in candidates if d not in called or d in named}
    seen = {found for root in roots for found in closure(root, lambda d: calls.get(d, ()))}
    for directory in sorted(candidates):
        if directory not in seen:
            roots.add(directory)
            seen.update(closure(directory, lambda d: calls.get(d, ())))
    return Roots(sorted(roots), sorted(d for d in candidates if d in called))


def _calls(directory: str, loader: Loader) -> list[str]:
    paths = [path for _, path in loader.module(directory).local_calls()]
    return [os.path.realpath(os.path.join(directory, path)) for path in paths]


def _links(directory: str, names: Sequence[str]) -> Iterator[str]:
    """The files that the Terraform files of a directory are links to."""
    for name in names:
        path = os.path.join(directory, name)
        if has_config([name]) and os.path.islink(path):
            yield os.path.realpath(path)


def _shared(directory: str, linked: set[str]) -> bool:
    files = [os.path.join(directory, name) for name in os.listdir(directory) if has_config([name])]
    return all(file in linked for file in files)


def _directories(path: str) -> Iterator[tuple[str, Sequence[str]]]:
    """The directories below a path that are looked at, absolute, and the names in them."""
    if not os.path.lexists(path):
        raise UsageError(f"the path {path} does not exist", help="check the spelling; paths are files or directories")
    if not os.path.isdir(path):
        if not has_config([os.path.basename(path)]):
            raise UsageError(f"{path} is no Terraform file", help="give a directory, or a .tf or .tf.json file")
        yield os.path.realpath(os.path.dirname(os.path.abspath(path))), [os.path.basename(path)]
        return
    seen: set[str] = set()
    for directory, below, names in os.walk(path, followlinks=False):
        below[:] = sorted(d for d in below if not d.startswith(".") and d not in _SKIPPED)
        real = os.path.realpath(directory)
        if real not in seen:
            seen.add(real)
            yield real, names


def bases(paths: Sequence[str]) -> list[Path]:
    """The directories that symbolic links may lead into: the paths, and the repositories that hold them."""
    found: dict[Path, None] = {}
    for path in paths:
        real = Path(os.path.realpath(path))
        here = real if real.is_dir() else real.parent
        found[here] = None
        for parent in (here, *here.parents):
            if (parent / ".git").exists():
                found[parent] = None
                break
    return list(found)
