"""In which environments a root module is evaluated, and with which values in each.

In this order: the environments of the configuration that list the root, its name by the configuration's globs or the
layout (`environments/prod`), the environments of the configuration that give values and list no root, variable files
that are called like environments (`dev.tfvars`, `env/dev.tfvars`), and the values that the root's own environment
variable allows. Otherwise it is evaluated once, as it stands.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from ddbaudit.app.config import Config, Environment
from ddbaudit.app.environments import HOLDERS, USUAL, VARIABLES, from_layout
from ddbaudit.app.settings import Settings
from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.text import safe_text
from ddbaudit.frontends.hcl.allowed import allowed_values
from ddbaudit.frontends.hcl.inputs import Inputs, collect
from ddbaudit.frontends.hcl.loader import Loader, has_config, shown_path

_SUFFIXES = (".tfvars", ".tfvars.json")
_VALUES = frozenset({"tfvars", "vars", "var-files", "config"})
"""Further directories that hold variable files, beside those that hold environments."""

Listed = Callable[[str], Collection[str]]
"""Root directory, as shown -> the environments that its packs know."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A root module in an environment; `name` is None where only its values can tell."""

    name: str | None
    inputs: Inputs
    protected: bool | None = None


@dataclass(slots=True)
class Variants:
    """Finds the variants of root modules; remembers which variables of the configuration were set anywhere."""

    settings: Settings
    config: Config
    loader: Loader
    listed: Listed
    _set: dict[tuple[str, str], bool] = field(default_factory=dict)

    def of(self, directory: str) -> list[Variant]:
        """The variants of the root module in an absolute directory, never none."""
        shown = shown_path(directory)
        found = self.config.environments_for(shown)
        if found:
            return [self._configured(environment, directory) for environment in found]
        known = {*self.listed(shown), *(environment.name for environment in self.config.environments)}
        name = self.config.environment_for(shown) or from_layout(shown, known)
        if name is not None:
            environment = self.config.environment(name)
            return [self._configured(environment, directory) if environment is not None else self._plain(name)]
        general = [e for e in self.config.environments if e.gives_values and not e.roots]
        if general:
            return [self._configured(environment, directory) for environment in general]
        return self._discovered(directory, known) or [self._plain(None)]

    def _plain(self, name: str | None, arguments: Sequence[tuple[str, str]] = ()) -> Variant:
        settings = self.settings
        inputs = Inputs((*arguments, *settings.arguments), settings.process_environment, settings.workspace)
        environment = self.config.environment(name) if name is not None else None
        return Variant(name, inputs, environment.protected if environment is not None else None)

    def _configured(self, environment: Environment, directory: str) -> Variant:
        settings = self.settings
        arguments = [*self._files(environment, directory), *self._values(environment, directory)]
        inputs = Inputs(
            (*arguments, *settings.arguments),
            settings.process_environment,
            settings.workspace or environment.workspace,
        )
        return Variant(environment.name, inputs, environment.protected)

    def _files(self, environment: Environment, directory: str) -> Iterator[tuple[str, str]]:
        for name in environment.var_files:
            path = name.replace("{root}", directory)
            path = path if os.path.isabs(path) else self.config.relative_file(path)
            if not os.path.isfile(path):
                where = f"{self.config.path}: [environments.{safe_text(environment.name)}] var_files"
                raise UsageError(f"{where}: {safe_text(shown_path(path))} does not exist")
            yield "file", path

    def _values(self, environment: Environment, directory: str) -> Iterator[tuple[str, str]]:
        declared = self.loader.module(directory).variables
        for name, value in environment.vars.items():
            key = (environment.name, name)
            self._set[key] = self._set.get(key, False) or name in declared
            if name in declared:
                yield f"{name} of [environments.{environment.name}] in {self.config.path}", f"{name}={value}"

    def check(self) -> None:
        """UsageError for a variable of the configuration that no root module of its environment declares."""
        for (environment, name), is_set in self._set.items():
            if not is_set:
                where = f"{self.config.path}: [environments.{safe_text(environment)}] vars"
                raise UsageError(f'{where} sets "{safe_text(name)}", which no root module declares as a variable')

    def _discovered(self, directory: str, known: Collection[str]) -> list[Variant]:
        """By variable files, else by the values that the environment variable allows; never against the caller's."""
        if self.settings.arguments:
            return []
        files = self._variable_files(directory, {*known, *USUAL})
        if files:
            return [self._plain(name, [("file", path) for path in paths]) for name, paths in files.items()]
        source = self.loader.module(directory)
        given = collect(source.directory, self._plain(None).inputs, self.loader).values
        for variable in VARIABLES:
            names = allowed_values(source, variable) if variable not in given else ()
            if names:
                note = f"the environment, which the validation of var.{variable} lists"
                return [self._plain(name, [(note, f"{variable}={name}")]) for name in names]
        return []

    def _variable_files(self, directory: str, names: Collection[str]) -> dict[str, list[str]]:
        """Environment -> its variable files in and below a root module's directory, in a fixed order."""
        found: dict[str, list[str]] = {}
        for path in self._candidates(directory, names):
            folder, name = os.path.split(path)
            stem = name.partition(".")[0]
            environment = stem if stem in names else os.path.basename(folder)
            if environment in names:
                found.setdefault(environment, []).append(path)
        return dict(sorted(found.items()))

    def _candidates(self, directory: str, names: Collection[str]) -> Iterator[str]:
        yield from self._tfvars(directory, names)
        for holder in self._directories(directory):
            if os.path.basename(holder) in HOLDERS | _VALUES:
                yield from self._tfvars(holder, names)
                for inner in self._directories(holder):
                    if os.path.basename(inner) in names and not has_config(self._names(inner)):
                        yield from self._tfvars(inner, {*names, "terraform"})

    def _tfvars(self, directory: str, stems: Collection[str]) -> Iterator[str]:
        for name in self._names(directory):
            stem, _, suffix = name.partition(".")
            if stem in stems and f".{suffix}" in _SUFFIXES:
                yield os.path.join(directory, name)

    def _directories(self, directory: str) -> Iterator[str]:
        for name in self._names(directory):
            path = os.path.join(directory, name)
            if not name.startswith(".") and os.path.isdir(path) and not os.path.islink(path):
                yield path

    def _names(self, directory: str) -> Sequence[str]:
        try:
            return sorted(os.listdir(directory))
        except OSError:
            return ()  # a root that cannot be listed has a diagnostic
