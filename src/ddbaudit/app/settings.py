"""What a caller decides about a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from ddbaudit.engine.outcome import Leniency

FailOn = Literal["high", "medium", "low", "never"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What a caller decides. `paths` are directories, Terraform files, plans and states (`-`: standard input);
    `sources` the directories in which the plans were made, one for all or one each. `select` and `ignore` hold rule
    ids, names or id prefixes; `packs` names or paths of packs, `models` of data models beside those of the packs and of
    the configuration; `rules` files and directories of rules in YAML. Without `ignores` no comment suppresses anything;
    `baseline` is a file of findings that are known; `today` (else that of UTC) decides which suppressions have expired.
    With `graphs` the report has a graph of every root module.
    """

    paths: tuple[str, ...]
    sources: tuple[str, ...] = ()
    arguments: tuple[tuple[str, str], ...] = ()
    process_environment: Mapping[str, str] = field(default_factory=dict)
    workspace: str | None = None
    environment: str | None = None
    packs: tuple[str, ...] = ()
    config: str | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: FailOn | None = None
    unknown: Literal["fail", "warn"] | None = None
    leniency: Leniency = field(default_factory=Leniency)
    parser: Literal["auto", "native", "python-hcl2"] | None = None
    cross_check: bool | None = None
    loosened: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    ignores: bool = True
    baseline: str | None = None
    today: date | None = None
    graphs: bool = False
