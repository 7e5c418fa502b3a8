"""What file functions may see: regular files inside the module tree, by paths relative to the root module's directory.

Source: https://developer.hashicorp.com/terraform/language/functions/file . What lies outside the checked tree is
refused, whatever a path or a symbolic link says.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ddbaudit.frontends.hcl.functions.registry import FunctionError
from ddbaudit.ir.value import Value

MAX_BYTES = 10 * 1024 * 1024
"""Larger files are refused: no policy or template comes near."""

Render = Callable[[str, str, Mapping[str, Value]], Value]


class ModuleFiles:
    """The `Context` of function calls. `allowed` are the directories that may be read; `render` evaluates templates."""

    def __init__(self, root: str, allowed: Sequence[str | Path], render: Render | None = None) -> None:
        self.root = os.path.realpath(root)
        self.allowed = [os.path.realpath(a) for a in allowed]
        self.render = render
        self.read: dict[str, None] = {}

    def allow(self, directory: str) -> None:
        """Lets files of one more module directory be read."""
        real = os.path.realpath(directory)
        if real not in self.allowed:
            self.allowed.append(real)

    def _real(self, path: str) -> str:
        if "\0" in path:
            raise FunctionError("the path holds a NUL character", 0)
        real = os.path.realpath(os.path.join(self.root, path))
        if not any(real == a or real.startswith(a.rstrip(os.sep) + os.sep) for a in self.allowed):
            raise FunctionError(f'"{path}" lies outside of the checked tree and is not read', 0)
        return real

    def read_file(self, path: str) -> bytes:
        real = self._real(path)
        try:
            handle = os.open(real, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        except OSError as error:
            raise FunctionError(f'"{path}" cannot be read: {error.strerror}', 0) from None
        with os.fdopen(handle, "rb") as stream:
            info = os.fstat(stream.fileno())
            if not stat.S_ISREG(info.st_mode):
                raise FunctionError(f'"{path}" is not a regular file', 0)
            if info.st_size > MAX_BYTES:
                raise FunctionError(f'"{path}" has more than {MAX_BYTES} bytes', 0)
            self.read[real] = None
            return stream.read(MAX_BYTES + 1)

    def file_exists(self, path: str) -> bool:
        real = self._real(path)
        try:
            mode = os.stat(real).st_mode
        except OSError:
            return False
        if stat.S_ISREG(mode):
            return True
        raise FunctionError(f'"{path}" is there, and is not a regular file', 0)

    def list_files(self, path: str, pattern: str) -> list[str]:
        real = self._real(path)
        matches = re.compile(glob_pattern(pattern)).fullmatch
        found: list[str] = []
        for directory, below, names in os.walk(real, followlinks=False):
            below.sort()
            for name in names:
                full = os.path.join(directory, name)
                relative = os.path.relpath(full, real).replace(os.sep, "/")
                if matches(relative) and os.path.isfile(full):
                    found.append(relative)
        return sorted(found)

    def absolute_path(self, path: str) -> str | None:
        return path if os.path.isabs(path) and os.path.normpath(path) == path else None

    def render_template(self, path: str, text: str, variables: Mapping[str, Value]) -> Value:
        if self.render is None:
            raise FunctionError("templates cannot be rendered here")
        return self.render(path, text, variables)


def glob_pattern(pattern: str) -> str:
    """A `fileset` pattern as a regular expression: `*`, `?`, `**`, `{a,b}`, `[a-z]` (bmatcuk/doublestar)."""
    result: list[str] = []
    depth = at = 0
    while at < len(pattern):
        char = pattern[at]
        if pattern.startswith("**/", at):
            result.append("(?:[^/]+/)*")
            at += 3
            continue
        if pattern.startswith("**", at):
            result.append(".*")
            at += 2
            continue
        if char == "*":
            result.append("[^/]*")
        elif char == "?":
            result.append("[^/]")
        elif char == "{":
            depth += 1
            result.append("(?:")
        elif char == "}" and depth:
            depth -= 1
            result.append(")")
        elif char == "," and depth:
            result.append("|")
        elif char == "[" and "]" in pattern[at + 1 :]:
            end = pattern.index("]", at + 1)
            inner = pattern[at + 1 : end].replace("\\", "\\\\")
            result.append("[" + ("^" + inner[1:] if inner[:1] in ("!", "^") else inner) + "]")
            at = end
        else:
            result.append(re.escape(char))
        at += 1
    return "".join(result) + (")" * depth)
