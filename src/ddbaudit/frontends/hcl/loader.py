"""From directories to module sources: which files belong to a module, reading them safely, parsing each once.

Every file that is there and cannot be used leaves a diagnostic; nothing is passed over in silence.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.source import SourceFile
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.parse import ParseOptions, parse_file
from ddbaudit.frontends.hcl.source import ModuleSource, build_source

CONFIG_SUFFIXES = (".tf", ".tf.json")
UNSUPPORTED_SUFFIXES = (".tofu", ".tofu.json")


class Loader:
    """Reads and parses; every file and directory is read once per run.

    `bases` are the directories that symbolic links may lead into (the paths that were asked for and the repositories
    around them); a link that leads elsewhere is refused.
    """

    def __init__(self, options: ParseOptions, bases: Iterable[Path] = ()) -> None:
        self.options = options
        self.bases = [os.path.realpath(b) for b in bases]
        self._modules: dict[str, ModuleSource] = {}
        self._files: dict[str, ast.File] = {}
        self.read_paths: list[str] = []

    def module(self, directory: str) -> ModuleSource:
        """The module in a directory (absolute or relative to the working directory)."""
        real = os.path.realpath(directory)
        found = self._modules.get(real)
        if found is None:
            found = self._modules[real] = self._load_module(real)
        return found

    def _load_module(self, real: str) -> ModuleSource:
        shown = shown_path(real)
        problems: list[Diagnostic] = []
        primary: list[ast.File] = []
        overrides: list[ast.File] = []
        try:
            names = sorted(os.listdir(real))
        except OSError as error:
            source = build_source(real, shown, [], [])
            source.diagnostics.append(_unreadable(shown, error))
            source.broken = True
            return source
        for name in names:
            if is_ignored(name):
                continue
            path = os.path.join(real, name)
            if name.endswith(UNSUPPORTED_SUFFIXES):
                problems.append(_unsupported(shown_path(path)))
            elif name.endswith(CONFIG_SUFFIXES) and not os.path.isdir(path):
                file = self.file(path)
                (overrides if is_override(name) else primary).append(file)
        source = build_source(real, shown, primary, overrides)
        source.diagnostics.extend(problems)
        source.broken = source.broken or bool(problems)
        return source

    def file(self, path: str) -> ast.File:
        """One parsed file; when it cannot be read, an empty broken one with the diagnostic."""
        found = self._files.get(path)
        if found is None:
            found = self._files[path] = self._load_file(path)
        return found

    def _load_file(self, path: str) -> ast.File:
        shown = shown_path(path)
        try:
            data = self.read(path)
        except OSError as error:
            return _broken_file(shown, _unreadable(shown, error))
        return parse_file(data, shown, self.options)

    def read(self, path: str) -> bytes:
        """The bytes of a regular file; OSError otherwise. Never blocks on a FIFO, never leaves the bases by a link."""
        real = os.path.realpath(path)
        if os.path.islink(path) and not self._inside(real, os.path.dirname(path)):
            raise OSError(errno.EACCES, f"the symbolic link leads outside of the checked tree, to {shown_path(real)}")
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as stream:
            info = os.fstat(stream.fileno())
            if not stat.S_ISREG(info.st_mode):
                raise OSError(errno.EINVAL, "it is not a regular file")
            self.read_paths.append(path)
            return stream.read()

    def _inside(self, real: str, directory: str) -> bool:
        bases = [*self.bases, os.path.realpath(directory)]
        return any(real == base or real.startswith(base.rstrip(os.sep) + os.sep) for base in bases)


def is_ignored(name: str) -> bool:
    """Editor and hidden files, as Terraform ignores them (configs.IsIgnoredFile)."""
    return name.startswith(".") or name.endswith("~") or (name.startswith("#") and name.endswith("#"))


def is_override(name: str) -> bool:
    stem = name.removesuffix(".json").removesuffix(".tf")
    return stem == "override" or stem.endswith("_override")


def has_config(names: Iterable[str]) -> bool:
    """Whether a directory with these entries is a module."""
    return any(n.endswith((*CONFIG_SUFFIXES, *UNSUPPORTED_SUFFIXES)) and not is_ignored(n) for n in names)


def shown_path(path: str) -> str:
    """A path as people see it: relative to the working directory where that is not longer, with `/` separators."""
    try:
        relative = os.path.relpath(path)
    except ValueError:  # another drive on Windows
        relative = path
    best = relative if len(relative) <= len(path) or not os.path.isabs(path) else path
    return best.replace(os.sep, "/")


def _unreadable(shown: str, error: OSError) -> Diagnostic:
    reason = error.strerror or str(error)
    return Diagnostic(
        "IO001",
        Level.ERROR,
        "File could not be read",
        f"{shown}: {reason}",
        None,
        shown,
        "make the file readable, or remove it; nothing that depends on it can be judged",
    )


def _unsupported(shown: str) -> Diagnostic:
    return Diagnostic(
        "IO002",
        Level.ERROR,
        "Unsupported file kind",
        f"{shown} is an OpenTofu file; its content is not evaluated",
        None,
        shown,
        "check a plan made by tofu instead, or use the .tf extension",
    )


def _broken_file(shown: str, diagnostic: Diagnostic) -> ast.File:
    return ast.File(SourceFile(shown, ""), ast.Body(0, 0, [], [], broken=True), [], [diagnostic])
