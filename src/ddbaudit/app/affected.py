"""Which root modules a set of changed files concerns: those that hold one, call a module that holds one, or read one.

In doubt a root is affected: a hook may do too much, never too little.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from ddbaudit.app.config import NAME, Config
from ddbaudit.foundation.errors import UsageError
from ddbaudit.frontends.hcl.loader import CONFIG_SUFFIXES, Loader, shown_path
from ddbaudit.frontends.hcl.parse import ParseOptions
from ddbaudit.frontends.hcl.roots import bases, find_roots
from ddbaudit.frontends.hcl.versions import closure

_VALUES = (".tfvars", ".tfvars.json")
_PROJECT = "pyproject.toml"
_READS = re.compile(r"\b(?:file\w*|templatefile)\s*\(")
"""A call of a function that reads files (https://developer.hashicorp.com/terraform/language/functions/file)."""
_NAMED = re.compile(r"""\s*"(?:\$\{path\.(?:module|root|cwd)\}|[^"$%\\])*"\s*[,)]""")
"""What follows when it names its file: a string of which only the directory is looked up."""
_QUOTED = re.compile(r"""["']([^"'\n]+)["']""")


@dataclass(frozen=True)
class _Root:
    """A root module with the directories of all modules that it calls, absolute."""

    directory: str
    modules: tuple[str, ...]
    text: str
    broken: bool

    @cached_property
    def reads_anything(self) -> bool:
        """Whether the name of a file that it reads is computed, so that it may be any."""
        return any(_NAMED.match(self.text, call.end()) is None for call in _READS.finditer(self.text))

    def is_affected(self, path: str) -> bool:
        directory, name = os.path.split(path)
        if self.broken:  # what it calls cannot be said
            return True
        if name.endswith(CONFIG_SUFFIXES):
            return directory in self.modules
        if name.endswith(_VALUES) and (_is_within(directory, self.directory) or _is_within(self.directory, directory)):
            return True
        return self.reads_anything or name in self.text


def affected_roots(changed: Sequence[str], within: Sequence[str], config: Config) -> list[str]:
    """The directories, as shown to the user, of the root modules below `within` that the changed files concern.

    `changed` are paths of files, also of files that are gone. UsageError when a path of `within` does not exist.
    """
    paths = [os.path.join(os.path.realpath(os.path.dirname(path) or "."), os.path.basename(path)) for path in changed]
    roots = list(_roots(within, config))
    if any(_is_everywhere(path, roots, config) for path in paths):
        return [shown_path(root.directory) for root in roots]
    return [shown_path(root.directory) for root in roots if any(map(root.is_affected, paths))]


def _roots(within: Sequence[str], config: Config) -> Iterator[_Root]:
    for path in within:
        if not os.path.isdir(path):
            raise UsageError(f"{path} is no directory", help="--within takes directories with Terraform below them")
    loader = Loader(ParseOptions(config.parser or "auto", False), bases(within))
    for directory in find_roots(within, loader).directories:
        modules = tuple(closure(directory, lambda d: _calls(d, loader)))
        sources = [loader.module(module) for module in modules]
        text = "\n".join(file.source.text for source in sources for file in source.files)
        yield _Root(directory, modules, text, any(source.broken for source in sources))


def _calls(directory: str, loader: Loader) -> list[str]:
    if not os.path.isdir(directory):
        return []
    paths = [path for _, path in loader.module(directory).local_calls()]
    return [os.path.realpath(os.path.join(directory, path)) for path in paths]


def _is_everywhere(path: str, roots: Sequence[_Root], config: Config) -> bool:
    """Whether a file concerns every root: the configuration, what it names, and values that no root is near to."""
    name = os.path.basename(path)
    if name in (NAME, _PROJECT) or (config.path is not None and _is_named(path, config)):
        return True
    near = [r for r in roots if _is_within(os.path.dirname(path), r.directory) or _is_within(r.directory, path)]
    return name.endswith(_VALUES) and not near


def _is_named(path: str, config: Config) -> bool:
    """Whether the configuration names the file, or a directory above it: rules in YAML and the like."""
    assert config.path is not None
    relative = os.path.relpath(path, os.path.realpath(config.path.parent))
    named = (os.path.normpath(text) for text in _QUOTED.findall(config.path.read_text("utf-8", "replace")))
    return any(_is_within(relative, name) for name in named)


def _is_within(directory: str, outer: str) -> bool:
    return directory == outer or directory.startswith(outer.rstrip(os.sep) + os.sep)
