"""`ddbaudit.toml`: found upwards from the checked path, read strictly, data only.

rules = ["policy/"]                               # files and directories of rules in YAML, relative to this file

[packs]                                           # by the root module's directory, relative to this file
"terraform/environments/site-builder/*" = ["bbws-site-builder"]

[models]                                          # data models, likewise; or a list, for all root modules
"terraform/environments/orders/*" = ["design/orders.yaml"]

[environments]                                    # what a root's environment is called, by directory
"terraform/environments/*/prod" = "prod"
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.text import safe_text, suggestion
from ddbaudit.frontends.hcl.loader import shown_path

NAME = "ddbaudit.toml"
MAX_BYTES = 1 << 20
_TABLES = ("packs", "environments")
_EVERYWHERE = "*"
_PARSERS = ("auto", "native", "python-hcl2")
_KEYS = (*_TABLES, "models", "parser", "cross_check", "rules")


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of a configuration file; `path` is None when there is none. Globs are in the file's order.

    `parser` and `cross_check` are None where the file does not say; the command line overrides them.
    """

    path: Path | None = None
    packs: tuple[tuple[str, tuple[str, ...]], ...] = ()
    environments: tuple[tuple[str, str], ...] = ()
    parser: Literal["auto", "native", "python-hcl2"] | None = None
    cross_check: bool | None = None
    rules: tuple[str, ...] = ()
    models: tuple[tuple[str, tuple[str, ...]], ...] = ()
    used: set[str] = field(default_factory=set, compare=False)

    def packs_for(self, root: str) -> tuple[str, ...]:
        """The packs of all globs that match a root directory, in order, without repeats."""
        found: dict[str, None] = {}
        for glob, names in self.packs:
            if self._matches(glob, root):
                found.update(dict.fromkeys(names))
        return tuple(found)

    def models_for(self, root: str) -> tuple[str, ...]:
        """The data models of all globs that match a root directory; paths are from the working directory."""
        found: dict[str, None] = {}
        for glob, names in self.models:
            if self._matches(glob, root):
                found.update(dict.fromkeys(map(self._model, names)))
        return tuple(found)

    def _model(self, name: str) -> str:
        """An installed model by its name, a file relative to the configuration."""
        if self.path is None or not name.endswith((".yaml", ".yml")):
            return name
        return shown_path(os.path.join(self.path.parent, name))

    def environment_for(self, root: str) -> str | None:
        """The environment of the first glob that matches a root directory."""
        return next((name for glob, name in self.environments if self._matches(glob, root)), None)

    def rule_files(self) -> tuple[str, ...]:
        """The files and directories of rules, as paths from the working directory."""
        if self.path is None:
            return ()
        return tuple(shown_path(os.path.join(self.path.parent, name)) for name in self.rules)

    def _matches(self, glob: str, root: str) -> bool:
        if self.path is not None and fnmatchcase(self._relative(root), glob.rstrip("/")):
            self.used.add(glob)
            return True
        return False

    def unused(self, checked: Iterable[str]) -> tuple[str, ...]:
        """The globs that matched no root, though what is checked (paths) holds places where one could match."""
        if self.path is None:
            return ()
        globs = dict.fromkeys((*dict(self.packs), *dict(self.environments), *dict(self.models)))
        places = [self._relative(path) for path in checked]
        return tuple(g for g in globs if g not in self.used and any(_may_be_below(g, place) for place in places))

    def _relative(self, path: str) -> str:
        """The path relative to the directory of the configuration file."""
        assert self.path is not None
        return os.path.relpath(os.path.realpath(path), os.path.realpath(self.path.parent)).replace(os.sep, "/")


def _may_be_below(glob: str, place: str) -> bool:
    """Whether a glob may match the place or something below it: as far as both are written out, they agree. What is
    above the configuration file (`..`) holds everything."""
    if all(step in (".", "..") for step in place.split("/")):
        return True
    start = re.split(r"[*?\[]", glob, maxsplit=1)[0]
    return f"{start}/".startswith(f"{place}/") or f"{place}/".startswith(start)


def find_config(start: str) -> Path | None:
    """The nearest configuration file in the directory of `start` or above, up to the repository's root."""
    real = Path(os.path.realpath(start))
    here = real if real.is_dir() else real.parent
    for directory in (here, *here.parents):
        candidate = directory / NAME
        if candidate.is_file():
            return Path(shown_path(str(candidate)))
        if (directory / ".git").exists():
            return None
    return None


def load_config(path: Path) -> Config:
    """Reads a configuration file; UsageError for anything that is not understood."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: the configuration cannot be read: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise UsageError(f"{path}: the configuration is larger than {MAX_BYTES} bytes")
    try:
        content = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{path}: not valid TOML: {safe_text(str(error))}") from None
    return _check(path, content)


def _check(path: Path, content: Mapping[str, Any]) -> Config:
    for key in content:
        if key not in _KEYS:
            raise UsageError(f'{path}: unknown key "{safe_text(key)}"{suggestion(key, _KEYS)}')
    for key in _TABLES:
        if not isinstance(content.get(key, {}), dict):
            raise UsageError(f"{path}: [{key}] must be a table")
    packs = tuple((glob, _names(path, "packs", glob, value)) for glob, value in _pairs(content, "packs"))
    environments = tuple((glob, _name(path, glob, value)) for glob, value in _pairs(content, "environments"))
    parser, cross_check = content.get("parser"), content.get("cross_check")
    if parser is not None and parser not in _PARSERS:
        raise UsageError(f"{path}: parser must be one of {', '.join(_PARSERS)}{suggestion(str(parser), _PARSERS)}")
    if cross_check is not None and not isinstance(cross_check, bool):
        raise UsageError(f"{path}: cross_check must be true or false")
    rules = content.get("rules", [])
    if not isinstance(rules, list) or not all(isinstance(name, str) and name for name in rules):
        raise UsageError(f"{path}: rules must be a list of files and directories")
    return Config(path, packs, environments, parser, cross_check, tuple(rules), _models(path, content))


def _models(path: Path, content: Mapping[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Data models for all root modules (a list), or by their directories (a table)."""
    found = content.get("models", [])
    by_directory = found if isinstance(found, dict) else {_EVERYWHERE: found} if found else {}
    return tuple((glob, _names(path, "models", glob, value)) for glob, value in by_directory.items())


def _pairs(content: Mapping[str, Any], key: str) -> Iterator[tuple[str, Any]]:
    yield from content.get(key, {}).items()


def _names(path: Path, key: str, glob: str, value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and value and all(isinstance(v, str) for v in value):
        return tuple(value)
    noun = {"packs": "a pack", "models": "a data model"}[key]
    raise UsageError(f'{path}: [{key}] "{safe_text(glob)}" must be the name of {noun} or a list of names')


def _name(path: Path, glob: str, value: object) -> str:
    if isinstance(value, str) and value:
        return value
    raise UsageError(f'{path}: [environments] "{safe_text(glob)}" must be the name of an environment')
