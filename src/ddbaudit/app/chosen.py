"""Which rules run on a root module, how grave they are there and with which parameters."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ddbaudit.app.adjusting import adjusted
from ddbaudit.app.config import Config
from ddbaudit.app.settings import Settings
from ddbaudit.engine.judge import ActiveRule
from ddbaudit.engine.packs import Pack, find_pack, load_pack_file, merge_packs
from ddbaudit.engine.registry import Registry, RuleType


class ChosenRules:
    """Which rules run: those of the pack, and those that the caller gives and the pack does not switch off; narrowed
    by `--select` and `--ignore`."""

    def __init__(self, registry: Registry, settings: Settings, config: Config) -> None:
        self.registry = registry
        self.config = config
        self.given_packs = settings.packs
        self.selected = _chosen(registry, settings.select)
        self.ignored = _chosen(registry, (*settings.ignore, *config.value("ignore"))) or frozenset()
        self._packs: dict[tuple[str, ...], Pack] = {}

    def environments_of(self, directory: str) -> tuple[str, ...]:
        """The environments that the packs of a root directory know."""
        return self.pack_of(directory, "").environments

    def pack_of(self, directory: str, environment: str) -> Pack:
        """The pack of a root directory in an environment, with what the configuration says of it."""
        configured = self.config.packs_for(directory, environment)  # also with --pack: its globs are in use
        pack = self.pack_for(self.given_packs or configured)
        said = self.config.environment(environment)
        return adjusted(pack, said, self.registry, str(self.config.path)) if said is not None else pack

    def pack_for(self, names: tuple[str, ...]) -> Pack:
        names = names or ("baseline",)
        found = self._packs.get(names)
        if found is None:
            found = self._packs[names] = merge_packs(self._load(name) for name in names)
        return found

    def _load(self, name: str) -> Pack:
        if name.endswith((".yaml", ".yml")):
            return load_pack_file(Path(name), self.registry)
        return find_pack(name, self.registry)

    def active(self, pack: Pack, environment: str) -> list[ActiveRule]:
        return [
            ActiveRule(
                rule,
                pack.severity(rule, environment),
                pack.params(rule, environment),
                pack.suppressible(rule, environment),
            )
            for rule in self.registry.rules
            if self._runs(rule, pack)
        ]

    def _runs(self, rule: RuleType, pack: Pack) -> bool:
        if rule in self.ignored:
            return False
        if self.selected is not None:
            return rule in self.selected
        return rule.meta.id in pack.rules or (rule in self.registry.given and rule.meta.id not in pack.off)

    def given(self) -> list[RuleType]:
        return [rule for rule in self.registry.rules if rule in self.registry.given]


def _chosen(registry: Registry, selectors: Sequence[str]) -> frozenset[RuleType] | None:
    if not selectors:
        return None
    return frozenset(rule for selector in selectors for rule in registry.select(selector))
