"""From directories to module sources: which files belong to a module, reading them safely, parsing each once.

Every file that is there and cannot be used leaves a diagnostic; nothing is passed over in silence.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.source import SourceFile
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.filesystem import Disk, FileSystem
from ddbaudit.frontends.hcl.filesystem import shown_path as shown_path  # noqa: PLC0414 - part of this interface
from ddbaudit.frontends.hcl.parse import ParseOptions, parse_file
from ddbaudit.frontends.hcl.source import ModuleSource, build_source
from ddbaudit.ir.value import Cause

CONFIG_SUFFIXES = (".tf", ".tf.json")
UNSUPPORTED_SUFFIXES = (".tofu", ".tofu.json")


class Loader:
    """Reads and parses; every file and directory is read once per run.

    `bases` are the directories that symbolic links may lead into (the paths that were asked for and the repositories
    around them); a link that leads elsewhere is refused. With `tree` it is read from there instead of the disk.
    `generating` tells of modules by their directory why files may be missing that only another program writes.
    """

    def __init__(self, options: ParseOptions, bases: Iterable[Path] = (), tree: FileSystem | None = None) -> None:
        self.options = options
        self.tree = tree if tree is not None else Disk(bases)
        self.generating: dict[str, Cause] = {}
        self._modules: dict[str, ModuleSource] = {}
        self._files: dict[str, ast.File] = {}

    def module(self, directory: str) -> ModuleSource:
        """The module in a directory (absolute or relative to the working directory)."""
        real = self.tree.real(directory)
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
            names = self.tree.names(real)
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
            elif name.endswith(CONFIG_SUFFIXES) and not self.tree.is_directory(path):
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
        """The bytes of a regular file; OSError otherwise."""
        return self.tree.read(path)


def is_ignored(name: str) -> bool:
    """Editor and hidden files, as Terraform ignores them (configs.IsIgnoredFile)."""
    return name.startswith(".") or name.endswith("~") or (name.startswith("#") and name.endswith("#"))


def is_override(name: str) -> bool:
    stem = name.removesuffix(".json").removesuffix(".tf")
    return stem == "override" or stem.endswith("_override")


def has_config(names: Iterable[str]) -> bool:
    """Whether a directory with these entries is a module."""
    return any(n.endswith((*CONFIG_SUFFIXES, *UNSUPPORTED_SUFFIXES)) and not is_ignored(n) for n in names)


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
