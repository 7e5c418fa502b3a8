"""Where a configuration is read from: the disk, or the snapshot that a binary plan carries.

Paths are absolute, or relative to the working directory. Nothing of a snapshot is read from the disk.
"""

from __future__ import annotations

import errno
import json
import os
import posixpath
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from ddbaudit.frontends.hcl.loader import Loader
    from ddbaudit.frontends.hcl.parse import ParseOptions
    from ddbaudit.ir.plan import Snapshot

LOCK = ".terraform.lock.hcl"


class FileSystem(Protocol):
    """What the loader needs of a place where files are."""

    bases: list[str]

    def real(self, path: str) -> str:
        """The one absolute path of a file or directory, whether it exists or not."""

    def names(self, directory: str) -> list[str]:
        """What is in a directory, sorted; OSError when it cannot be listed."""

    def is_directory(self, path: str) -> bool: ...

    def read(self, path: str) -> bytes:
        """The bytes of a regular file; OSError otherwise."""

    def installed(self, root: str) -> Mapping[str, str]:
        """The directories of modules that `terraform init` has put in place, by module key (`a.b` for
        `module.a.module.b`), relative to the root module's, and which may be read."""


class Disk:
    """Files of this machine. `bases` are the directories that symbolic links may lead into."""

    def __init__(self, bases: Iterable[Path | str] = ()) -> None:
        self.bases = [os.path.realpath(b) for b in bases]
        self._installed: dict[str, Mapping[str, str]] = {}

    def real(self, path: str) -> str:
        return os.path.realpath(path)

    def names(self, directory: str) -> list[str]:
        return sorted(os.listdir(directory))

    def is_directory(self, path: str) -> bool:
        return os.path.isdir(path)

    def read(self, path: str) -> bytes:
        """Never blocks on a FIFO, never leaves the bases by a link."""
        real = os.path.realpath(path)
        if os.path.islink(path) and not self._inside(real, os.path.dirname(path)):
            raise OSError(errno.EACCES, f"the symbolic link leads outside of the checked tree, to {shown_path(real)}")
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as stream:
            info = os.fstat(stream.fileno())
            if not stat.S_ISREG(info.st_mode):
                raise OSError(errno.EINVAL, "it is not a regular file")
            return stream.read()

    def installed(self, root: str) -> Mapping[str, str]:
        """What `.terraform/modules/modules.json` says, only inside the root module's directory. A file that is not what
        it should be says nothing."""
        found = self._installed.get(root)
        if found is None:
            inside = os.path.realpath(root) + os.sep
            manifest = self._manifest(os.path.join(root, ".terraform", "modules", "modules.json"))
            found = self._installed[root] = {
                key: directory
                for key, directory in manifest.items()
                if os.path.realpath(os.path.join(root, directory)).startswith(inside)
            }
        return found

    def _manifest(self, path: str) -> Mapping[str, str]:
        try:
            content: Any = json.loads(self.read(path))
            return {str(e["Key"]): str(e["Dir"]) for e in content["Modules"]}
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return {}

    def _inside(self, real: str, directory: str) -> bool:
        bases = [*self.bases, os.path.realpath(directory)]
        return any(real == base or real.startswith(base.rstrip(os.sep) + os.sep) for base in bases)


class SnapshotTree:
    """The files of a snapshot, as if its root module lay in `base`; of the disk only the place of `base` counts."""

    def __init__(self, snapshot: Snapshot, base: str) -> None:
        self._given = os.path.abspath(base)
        self._base = os.path.realpath(base)
        self._root = snapshot.directories.get("", ".")
        self._keys = {key: self._from_root(directory) for key, directory in snapshot.directories.items() if key}
        self._files: dict[str, dict[str, bytes]] = {self._place(d): {} for d in snapshot.directories.values()}
        for path, content in snapshot.files.items():
            directory, name = posixpath.split(path)
            self._files.setdefault(self._place(directory), {})[name] = content
        if snapshot.lock is not None:
            self._files.setdefault(self._base, {})[LOCK] = snapshot.lock
        self.bases: list[str] = []

    def real(self, path: str) -> str:
        absolute = os.path.abspath(path)
        if absolute == self._given or absolute.startswith(self._given.rstrip(os.sep) + os.sep):
            return os.path.normpath(self._base + os.sep + absolute[len(self._given) :])
        return absolute

    def names(self, directory: str) -> list[str]:
        found = self._files.get(self.real(directory))
        if found is None:
            raise FileNotFoundError(errno.ENOENT, "the plan does not carry this directory")
        return sorted(found)

    def is_directory(self, path: str) -> bool:
        return self.real(path) in self._files

    def read(self, path: str) -> bytes:
        directory, name = os.path.split(self.real(path))
        found = self._files.get(directory, {}).get(name)
        if found is None:
            raise FileNotFoundError(errno.ENOENT, "the plan does not carry this file")
        return found

    def installed(self, root: str) -> Mapping[str, str]:
        return self._keys

    def _from_root(self, directory: str) -> str:
        """A directory of the snapshot relative to the root module's, which once could be another than that of the
        plan."""
        relative = self._root != "." and not posixpath.isabs(self._root) and not posixpath.isabs(directory)
        return posixpath.relpath(directory or ".", self._root) if relative else posixpath.normpath(directory or ".")

    def _place(self, directory: str) -> str:
        return os.path.normpath(os.path.join(self._base, self._from_root(directory)))


def snapshot_loader(snapshot: Snapshot, base: str, options: ParseOptions) -> Loader:
    """A loader of the configuration that a plan carries. `base` stands for the root module's directory: where its files
    are shown, and what to evaluate."""
    from ddbaudit.frontends.hcl.loader import Loader

    return Loader(options, tree=SnapshotTree(snapshot, base))


def shown_path(path: str) -> str:
    """A path as people see it: relative to the working directory where that is not longer, with `/` separators."""
    try:
        relative = os.path.relpath(path)
    except ValueError:  # another drive on Windows
        relative = path
    best = relative if len(relative) <= len(path) or not os.path.isabs(path) else path
    return best.replace(os.sep, "/")
