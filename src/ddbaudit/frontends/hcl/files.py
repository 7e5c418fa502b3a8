"""What file functions may see: regular files inside the module tree, by paths relative to the root module's directory.

Source: https://developer.hashicorp.com/terraform/language/functions/file . What lies outside the checked tree is not
looked at, whatever a path or a symbolic link says. Terraform would look, so what it would find is unknown
(NotEvaluatedError), whereas a file that is not there is an error (FunctionError).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ddbaudit.frontends.hcl.filesystem import FileSystem, SnapshotTree
from ddbaudit.frontends.hcl.functions.filesystem import TEMPLATE_ARGUMENT, clean
from ddbaudit.frontends.hcl.functions.globbing import MAGIC, BadPatternError, Matcher, split
from ddbaudit.frontends.hcl.functions.plain import NotEvaluatedError
from ddbaudit.frontends.hcl.functions.registry import Context, FunctionError
from ddbaudit.ir.value import Value

MAX_BYTES = 10 * 1024 * 1024
"""Larger files are not read: no policy or template comes near."""
_MOST_ENTRIES = 100_000
_MOST_WILDCARDS = 50
_DEEPEST = 100

Render = Callable[[str, str, Mapping[str, Value], Context], Value]


class ModuleFiles:
    """The `Context` of function calls. `allowed` are the directories that may be read; `render` evaluates templates.

    `read` names, in order, the files that were read, `seen` the paths whose mere presence or contents of names counted.
    `plan_timestamp` is when a plan was made, where there is one.
    """

    def __init__(self, root: str, allowed: Sequence[str | Path], render: Render | None = None) -> None:
        self.root = os.path.realpath(root)
        self.allowed = [os.path.realpath(a) for a in allowed]
        self.render = render
        self.read: dict[str, None] = {}
        self.seen: dict[str, None] = {}
        self.plan_timestamp = ""

    def allow(self, directory: str) -> None:
        """Lets files of one more module directory be read."""
        real = os.path.realpath(directory)
        if real not in self.allowed:
            self.allowed.append(real)

    def real(self, path: str) -> str:
        """Where a path really leads; NotEvaluatedError when that is outside of the tree."""
        if "\0" in path:
            raise FunctionError("the path holds a NUL character", 0)
        # Terraform takes `..` off the text of the path, before any symbolic link is followed.
        real = os.path.realpath(os.path.join(self.root, clean(path)))
        if not any(real == a or real.startswith(a.rstrip(os.sep) + os.sep) for a in self.allowed):
            raise NotEvaluatedError(f'"{path}" lies outside of the checked tree and is not read', "unsupported")
        return real

    def read_file(self, path: str) -> bytes:
        real = self.real(path)
        _check_regular(path, real)
        try:
            # Should the file have become a pipe meanwhile, opening it must not wait for the other end.
            handle = os.open(real, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        except OSError as error:
            raise NotEvaluatedError(f'"{path}" cannot be read: {error.strerror}', "unsupported") from None
        with os.fdopen(handle, "rb") as stream:
            info = os.fstat(stream.fileno())
            if not stat.S_ISREG(info.st_mode):
                raise NotEvaluatedError(f'"{path}" is not a regular file', "unsupported")
            data = stream.read(MAX_BYTES + 1) if info.st_size <= MAX_BYTES else b""
        if info.st_size > MAX_BYTES or len(data) > MAX_BYTES:
            raise NotEvaluatedError(f'"{path}" has more than {MAX_BYTES} bytes')
        self.read[real] = None
        return data

    def file_exists(self, path: str) -> bool:
        real = self.real(path)
        self.seen[real] = None
        mode = _mode(path, real)
        if mode is not None and not stat.S_ISREG(mode):
            raise FunctionError(f'"{path}" is {_kind(mode)}, not a regular file', 0)
        return mode is not None

    def list_files(self, path: str, pattern: str) -> list[str]:
        base = clean(path)
        found = _Glob(self).find(_join(base, pattern))
        regular: list[str] = []
        for match in sorted(set(found)):
            mode = _mode(match, self.real(match))
            if mode is None:
                raise FunctionError(f'failed to stat "{match}": it leads nowhere', 1)
            if stat.S_ISREG(mode):
                regular.append(_relative(match, base))
        return sorted(regular)

    def absolute_path(self, path: str) -> str | None:
        return clean(path) if path.startswith("/") else None

    def render_template(self, path: str, text: str, variables: Mapping[str, Value]) -> Value:
        if self.render is None:
            raise NotEvaluatedError("templates are not rendered here", "unsupported")
        return self.render(path, text, variables, _InTemplate(self, path != TEMPLATE_ARGUMENT))


class CarriedFiles(ModuleFiles):
    """The same of a snapshot: it holds the configuration and none of the files that functions read, which may have been
    there when the plan was made. The disk is not looked at."""

    def __init__(self, tree: SnapshotTree, root: str, render: Render | None = None) -> None:
        super().__init__(root, [], render)
        self._tree = tree

    def allow(self, directory: str) -> None:
        """Nothing is read, so nothing needs to be allowed."""

    def read_file(self, path: str) -> bytes:
        if "\0" in path:
            raise FunctionError("the path holds a NUL character", 0)
        try:
            return self._tree.read(os.path.join(self.root, clean(path)))
        except OSError:
            raise _not_carried(clean(path)) from None

    def file_exists(self, path: str) -> bool:
        self.read_file(path)
        return True

    def list_files(self, path: str, pattern: str) -> list[str]:
        raise _not_carried(_join(clean(path), pattern))


def _not_carried(path: str) -> NotEvaluatedError:
    return NotEvaluatedError(f"the plan does not carry {path}; give --source DIR", "unsupported")


def functions_of(tree: FileSystem, root: str, render: Render) -> ModuleFiles:
    """What the functions of a root module may see."""
    if isinstance(tree, SnapshotTree):
        return CarriedFiles(tree, root, render)
    return ModuleFiles(root, [root, *tree.bases], render)


class _InTemplate:
    """What functions in a template may see: no further templates, and files only if the template is one itself."""

    def __init__(self, files: ModuleFiles, may_look: bool) -> None:
        self._outside = files
        self.plan_timestamp = files.plan_timestamp
        self._may_look = may_look

    @property
    def _files(self) -> ModuleFiles:
        if not self._may_look:
            raise FunctionError("cannot use filesystem access functions in templatestring templates")
        return self._outside

    def read_file(self, path: str) -> bytes:
        return self._files.read_file(path)

    def file_exists(self, path: str) -> bool:
        return self._files.file_exists(path)

    def list_files(self, path: str, pattern: str) -> list[str]:
        return self._files.list_files(path, pattern)

    def absolute_path(self, path: str) -> str | None:
        return self._outside.absolute_path(path)

    def render_template(self, path: str, text: str, variables: Mapping[str, Value]) -> Value:
        raise FunctionError("cannot render a template inside another template")


def _join(base: str, pattern: str) -> str:
    """Go's filepath.Join, which brings the whole into its shortest form."""
    return clean(f"{base}/{pattern}")


def _relative(path: str, base: str) -> str:
    """Go's filepath.Rel of two cleaned paths, by their text alone; `path` has all the `..` that `base` begins with."""
    ours = [] if base == "." else base.split("/")
    theirs = path.split("/")
    same = 0
    while same < min(len(ours), len(theirs)) and ours[same] == theirs[same]:
        same += 1
    return "/".join([".."] * (len(ours) - same) + theirs[same:])


def _mode(path: str, real: str) -> int | None:
    """The mode of a file; None when there is none."""
    try:
        return os.stat(real).st_mode
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        raise FunctionError(f'failed to stat "{path}": not a directory', 0) from None
    except OSError as error:
        raise NotEvaluatedError(f'"{path}" cannot be looked at: {error.strerror}', "unsupported") from None


def _check_regular(path: str, real: str) -> None:
    mode = _mode(path, real)
    if mode is None:
        raise FunctionError(
            f'no file exists at "{path}"; this function works only with files that belong to the configuration', 0
        )
    if stat.S_ISDIR(mode):
        raise FunctionError(f'"{path}" is a directory, not a file', 0)
    if not stat.S_ISREG(mode):
        raise NotEvaluatedError(f'"{path}" is {_kind(mode)}, not a regular file', "unsupported")


def _kind(mode: int) -> str:
    kinds = {stat.S_IFDIR: "a directory", stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket"}
    return kinds.get(stat.S_IFMT(mode), "a device")


class _Glob:
    """Finds what matches a cleaned pattern. Names without wildcards are taken as they are, links are followed."""

    def __init__(self, files: ModuleFiles) -> None:
        self.files = files
        self.matcher = Matcher()
        self.entries = 0

    def find(self, pattern: str) -> list[str]:
        absolute = pattern.startswith("/")
        components = split(pattern.strip("/"), "/")
        if sum(char in MAGIC for char in pattern) > _MOST_WILDCARDS:
            raise NotEvaluatedError("the pattern is too complex")
        return self._below("/" if absolute else ".", components, ())

    def _below(self, base: str, components: Sequence[str], above: tuple[str, ...]) -> list[str]:
        """The matches below `base`; `above` are the directories that the search came through."""
        plain = next((i for i, c in enumerate(components) if MAGIC.intersection(c)), len(components))
        base = _join(base, "/".join(components[:plain])) if plain else base
        real = self.files.real(base)
        if plain == len(components):
            return [base] if os.path.lexists(os.path.join(self.files.root, base)) else []
        if not os.path.isdir(real):
            return []
        if real in above or len(above) > _DEEPEST:
            raise NotEvaluatedError(f'"{base}" is nested too deeply, or leads back to a directory above it')
        names = self._names(base, real)
        component, behind = components[plain], components[plain + 1 :]
        found: list[str] = []
        if component == "**":
            found += self._deeper(base, names, components[plain:], (*above, real))
            if not behind:
                return found
            component, behind = behind[0], behind[1:]
        for name in names:
            if self.matcher.matches(component, name):
                path = _join(base, name)
                found += self._nested(path, behind, ()) if behind else [path]
        return found

    def _deeper(self, base: str, names: list[str], components: Sequence[str], above: tuple[str, ...]) -> list[str]:
        """What `**` finds in the directories below, and all files when it stands last."""
        found: list[str] = []
        for name in names:
            path = _join(base, name)
            real = self.files.real(path)
            if os.path.isdir(real):
                found += self._nested(path, components, above)
            elif len(components) == 1 and os.path.exists(real):
                found.append(path)
        return found

    def _nested(self, path: str, components: Sequence[str], above: tuple[str, ...]) -> list[str]:
        try:
            return self._below(path, components, above)
        except BadPatternError:
            # Whether Terraform notices depends on the order in which it reads directories.
            raise NotEvaluatedError("the pattern is malformed", "unsupported") from None

    def _names(self, base: str, real: str) -> list[str]:
        self.files.seen[real] = None
        try:
            names = sorted(os.listdir(real))
        except OSError as error:
            raise NotEvaluatedError(f'"{base}" cannot be listed: {error.strerror}', "unsupported") from None
        self.entries += len(names)
        if self.entries > _MOST_ENTRIES:
            raise NotEvaluatedError(f"more than {_MOST_ENTRIES} files would have to be looked at")
        return names
