"""Making, updating and pruning baselines: what is found now becomes what is known."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from msgspec import structs

from ddbaudit.app.audit import config_of, judged, report_of
from ddbaudit.app.evaluating import Progress
from ddbaudit.app.settings import Settings
from ddbaudit.engine.baseline import NAME, Baseline, Entry, Key, entries_of, read_baseline, render
from ddbaudit.foundation.errors import UsageError
from ddbaudit.sdk.report import Outcome


@dataclass(frozen=True, slots=True)
class Changed:
    """The text of a baseline file and what has changed in it; `outcome` is that of the run."""

    text: str
    kept: int
    added: tuple[Entry, ...]
    removed: tuple[Entry, ...]
    outcome: Outcome


def path_of(settings: Settings, given: str | None) -> str:
    """The file that is given, else that of the configuration, else the usual one in the working directory."""
    return given or config_of(settings).baseline or NAME


def create(settings: Settings, path: str, reason: str, progress: Progress | None = None) -> Changed:
    """A baseline of everything that is found; UsageError when there is one already."""
    if os.path.lexists(path):
        raise UsageError(
            f"{path}: there is a baseline already", help="bring it up to date with ddbaudit baseline update"
        )
    return _changed(settings, Baseline(path), reason, progress, add=True)


def update(settings: Settings, path: str, reason: str, progress: Progress | None = None) -> Changed:
    """The baseline with what is new, and without what is fixed; reasons stay."""
    return _changed(settings, read_baseline(path), reason, progress, add=True)


def prune(settings: Settings, path: str, progress: Progress | None = None) -> Changed:
    """The baseline without what is fixed."""
    return _changed(settings, read_baseline(path), "", progress, add=False)


def _changed(settings: Settings, known: Baseline, reason: str, progress: Progress | None, *, add: bool) -> Changed:
    """Entries of root modules and rules that this run does not judge stay as they are."""
    done = judged(replace(settings, baseline=None), progress=progress, baseline=known)
    entries: dict[Key, Entry] = dict(known.entries)
    removed = known.fixed()
    for entry in removed:
        left = known.hidden[entry.key]
        if left:
            entries[entry.key] = structs.replace(entry, count=left)
        else:
            del entries[entry.key]
    added: list[Entry] = []
    for key, entry in (entries_of(done.run.findings, known.path, reason) if add else {}).items():
        added.append(entry)
        before = entries.get(key)
        entries[key] = entry if before is None else structs.replace(before, count=before.count + entry.count)
    outcome = report_of(done, settings).outcome
    kept = len(entries) - len([e for e in added if e.key not in known.entries])
    return Changed(render(entries.values()), kept, tuple(sorted(added)), tuple(removed), outcome)
