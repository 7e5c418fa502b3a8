"""What the configuration says: packs, data models and environments of root modules, and how strict the gate is.

rules = ["policy/"]                               # files and directories of rules in YAML, relative to this file

[packs]                                           # by the root module's directory, relative to this file
"terraform/environments/site-builder/*" = ["bbws-site-builder"]

[models]                                          # data models, likewise; or a list, for all root modules
"terraform/environments/orders/*" = ["design/orders.yaml"]

[environments]                                    # what a root's environment is called, by directory
"terraform/environments/*/prod" = "prod"

[environments.prod]                               # what is different in an environment
protected = true
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

from ddbaudit.app.config_fields import SETTINGS
from ddbaudit.app.config_file import NAME as NAME  # noqa: PLC0414 - part of this interface
from ddbaudit.app.config_file import find_file, read_file
from ddbaudit.foundation.verdict import Severity
from ddbaudit.frontends.hcl.loader import shown_path

_EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Environment:
    """What the configuration says of an environment. `roots` are globs; `var_files` are relative to the configuration
    and may hold `{root}`; `severities` and `params` have ids or names of rules as keys."""

    name: str
    roots: tuple[str, ...] = ()
    var_files: tuple[str, ...] = ()
    vars: Mapping[str, str] = field(default_factory=dict)
    workspace: str | None = None
    protected: bool | None = None
    packs: tuple[str, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    params: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def gives_values(self) -> bool:
        """Whether a root module is evaluated otherwise in it."""
        return bool(self.var_files or self.vars or self.workspace is not None)


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of a configuration file; `path` is None when there is none. Globs are in the file's order.

    `parser` and `cross_check` are None where the file does not say; the command line overrides them. `named` are globs
    of root modules with the names of their environments. `given` holds what the file says, `lines` where.
    """

    path: Path | None = None
    packs: tuple[tuple[str, tuple[str, ...]], ...] = ()
    named: tuple[tuple[str, str], ...] = ()
    environments: tuple[Environment, ...] = ()
    parser: Literal["auto", "native", "python-hcl2"] | None = None
    cross_check: bool | None = None
    rules: tuple[str, ...] = ()
    models: tuple[tuple[str, tuple[str, ...]], ...] = ()
    given: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    used: set[str] = field(default_factory=set, compare=False)

    def value(self, *names: str) -> Any:
        """What the file says of a setting (of a table), else the default."""
        given: Any = self.given
        table = SETTINGS
        for name in names[:-1]:
            given = given.get(name, {})
            kind = table.settings[name].kind
            assert isinstance(kind, type(SETTINGS))
            table = kind
        return given.get(names[-1], table.settings[names[-1]].default)

    def says(self, name: str) -> bool:
        """Whether the file sets it."""
        return name in self.given

    def packs_for(self, root: str, environment: str = "") -> tuple[str, ...]:
        """The packs of the environment, else of all globs that match a root directory, in order, without repeats."""
        found: dict[str, None] = {}
        for glob, names in self.packs:  # also where the environment has packs of its own: the globs are in use
            if self._matches(glob, root):
                found.update(dict.fromkeys(map(self._file, names)))
        spec = self.environment(environment)
        return tuple(map(self._file, spec.packs)) if spec is not None and spec.packs else tuple(found)

    def models_for(self, root: str) -> tuple[str, ...]:
        """The data models of all globs that match a root directory; paths are from the working directory."""
        found: dict[str, None] = {}
        for glob, names in self.models:
            if self._matches(glob, root):
                found.update(dict.fromkeys(map(self._file, names)))
        return tuple(found)

    def _file(self, name: str) -> str:
        """What is installed by its name, a file relative to the configuration."""
        if self.path is None or not name.endswith((".yaml", ".yml")):
            return name
        return self.relative_file(name)

    def relative_file(self, name: str) -> str:
        """A path of the file, from the working directory."""
        assert self.path is not None
        return shown_path(os.path.join(self.path.parent, name))

    def environment(self, name: str) -> Environment | None:
        """What is said of an environment."""
        return next((found for found in self.environments if found.name == name), None)

    def environment_for(self, root: str) -> str | None:
        """The environment of the first glob that matches a root directory."""
        return next((name for glob, name in self.named if self._matches(glob, root)), None)

    def environments_for(self, root: str) -> tuple[Environment, ...]:
        """The environments that list a root directory."""
        return tuple(e for e in self.environments if any(tuple(self._matches(glob, root) for glob in e.roots)))

    def rule_files(self) -> tuple[str, ...]:
        """The files and directories of rules, as paths from the working directory."""
        return tuple(map(self.relative_file, self.rules))

    @property
    def baseline(self) -> str | None:
        """The baseline, as a path from the working directory."""
        found = self.value("baseline")
        return self.relative_file(found) if found is not None else None

    def _matches(self, glob: str, root: str) -> bool:
        if self.path is not None and (glob == _EVERYWHERE or fnmatchcase(self._relative(root), glob.rstrip("/"))):
            self.used.add(glob)
            return True
        return False

    def unused(self, checked: Iterable[str]) -> tuple[str, ...]:
        """The globs that matched no root, though what is checked (paths) holds places where one could match."""
        if self.path is None:
            return ()
        listed = (glob for environment in self.environments for glob in environment.roots)
        globs = dict.fromkeys((*dict(self.packs), *dict(self.named), *listed, *dict(self.models)))
        places = [self._relative(path) for path in checked]
        return tuple(g for g in globs if g not in self.used and any(_may_be_below(g, place) for place in places))

    def _relative(self, path: str) -> str:
        """The path relative to the directory of the configuration file."""
        assert self.path is not None
        return os.path.relpath(os.path.realpath(path), os.path.realpath(self.path.parent)).replace(os.sep, "/")

    def loosened(self) -> Iterator[tuple[str, str]]:
        """The settings by which the file makes the gate laxer than it is by default, each with what it says."""
        shown = str(self.path)
        if self.value("fail_on") in ("high", "never"):
            yield "fail_on", f'fail_on = "{self.value("fail_on")}" in {shown}'
        if self.value("unknown") == "warn":
            yield "unknown", f'unknown = "warn" in {shown}'
        if self.value("ignore"):
            yield "ignore", f"ignore = {', '.join(self.value('ignore'))} in {shown}"
        if self.value("suppressions", "reason") == "optional":
            yield "suppressions", f'suppressions.reason = "optional" in {shown}'


def _may_be_below(glob: str, place: str) -> bool:
    """Whether a glob may match the place or something below it: as far as both are written out, they agree. What is
    above the configuration file (`..`) holds everything."""
    if all(step in (".", "..") for step in place.split("/")):
        return True
    start = re.split(r"[*?\[]", glob, maxsplit=1)[0]
    return f"{start}/".startswith(f"{place}/") or f"{place}/".startswith(start)


def find_config(start: str) -> Path | None:
    """The nearest configuration file in the directory of `start` or above, up to the repository's root."""
    return find_file(start)


def load_config(path: Path) -> Config:
    """Reads a configuration file; UsageError for anything that is not understood."""
    given, lines = read_file(path)
    models = given.get("models", ())
    environments = given.get("environments", {})
    return Config(
        path,
        tuple(given.get("packs", {}).items()),
        tuple((glob, name) for glob, name in environments.items() if isinstance(name, str)),
        tuple(_environment(name, found) for name, found in environments.items() if not isinstance(found, str)),
        given.get("parser"),
        given.get("cross_check"),
        given.get("rules", ()),
        tuple(models.items()) if isinstance(models, dict) else ((_EVERYWHERE, models),) if models else (),
        given,
        lines,
    )


def _environment(name: str, found: Mapping[str, Any]) -> Environment:
    severities = {rule: Severity.parse(label) for rule, label in found.get("severities", {}).items()}
    return Environment(name, **{**found, "severities": severities})
