"""Baselines: a file of findings that are known and do not count, so that only new ones do.

    {"format": 1, "entries": [
      {"rule": "DDB101", "root": "environments/prod", "environment": "prod", "address": "…", "detail": "", …}
    ]}

An entry is one line, sorted, so that branches merge. It knows its finding by rule, root module, environment, address
and detail: no line numbers, no values. A baseline never hides an UNKNOWN or the crash of a rule, nor more findings of
one kind than it has seen (`count`), nor what a pack does not allow to be suppressed.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import msgspec

from ddbaudit.engine.findings import fingerprint
from ddbaudit.engine.judge import ActiveRule, RawFinding
from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.source import SourceFile, Span
from ddbaudit.foundation.text import join_names, plural, safe_text
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.foundation.yaml_fields import read_text
from ddbaudit.sdk.report import Suppression

FORMAT: Final = 1
NAME: Final = "ddbaudit-baseline.json"
MAX_BYTES: Final = 64 << 20
_MOST_NAMED = 5


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, order=True):
    """A known finding; `root` is relative to the baseline file, `count` how many there are of one fingerprint."""

    rule: str
    root: str
    environment: str
    address: str
    detail: str
    fingerprint: str
    count: int = 1
    reason: str = ""

    @property
    def key(self) -> Key:
        return (self.root, self.environment, self.fingerprint)


Key = tuple[str, str, str]


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: int
    entries: tuple[Entry, ...]


@dataclass(slots=True)
class Baseline:
    """The entries of a file and how many findings each has hidden; `judged` are those whose rule ran on their root
    module and environment, so that what they did not hide is fixed."""

    path: str
    entries: Mapping[Key, Entry] = field(default_factory=dict)
    places: Mapping[Key, Span] = field(default_factory=dict)
    hidden: Counter[Key] = field(default_factory=Counter)
    judged: set[Key] = field(default_factory=set)

    def apply(
        self, root: str, environment: str, rules: Sequence[ActiveRule], found: Iterable[RawFinding]
    ) -> list[RawFinding]:
        """The findings of one root module, those that are known with the suppression."""
        where = relative(root, self.path)
        running = {active.rule.meta.id: active for active in rules}
        self.judged.update(
            key
            for key, entry in self.entries.items()
            if entry.root == where and entry.environment == environment and entry.rule in running
        )
        return [self._known(raw, where, running[raw.rule.meta.id]) for raw in found]

    def _known(self, raw: RawFinding, where: str, active: ActiveRule) -> RawFinding:
        key = (where, raw.environment, _fingerprint(raw))
        entry = self.entries.get(key)
        if entry is None or raw.suppressed is not None:
            return raw
        if raw.problem.verdict is not Verdict.FAIL:
            self.judged.discard(key)  # it may still be there
            return raw
        if not active.suppressible or self.hidden[key] >= entry.count:
            return raw
        self.hidden[key] += 1
        return replace(raw, suppressed=Suppression("baseline", entry.reason, None, self.places.get(key)))

    def fixed(self) -> list[Entry]:
        """The entries that were looked for and hide fewer findings than they have seen."""
        return sorted(self.entries[key] for key in self.judged if self.hidden[key] < self.entries[key].count)

    def diagnostics(self) -> Iterator[Diagnostic]:
        """What is fixed, so that it can be taken out before it hides something new."""
        fixed = self.fixed()
        if not fixed:
            return
        named = [f"{e.rule} at {safe_text(e.address)} [{safe_text(e.environment)}]" for e in fixed[:_MOST_NAMED]]
        more = [f"{len(fixed) - _MOST_NAMED} more"] if len(fixed) > _MOST_NAMED else []
        detail = f"{plural(len(fixed), 'entry is', 'entries are')} found no more: {join_names([*named, *more])}"
        help = "take what is fixed out with ddbaudit baseline prune"
        yield Diagnostic("SUP005", Level.WARNING, "Fixed entries in the baseline", detail, None, self.path, help)


def relative(root: str, path: str) -> str:
    """A root module's directory, or a plan's path, as it is written in the baseline `path`."""
    if root.startswith("<"):  # standard input
        return root
    return os.path.relpath(os.path.realpath(root), os.path.realpath(os.path.dirname(path) or ".")).replace(os.sep, "/")


def _fingerprint(raw: RawFinding) -> str:
    return fingerprint(raw.rule.meta.id, raw.address, raw.problem.detail)


def read_baseline(path: str) -> Baseline:
    """The baseline in a file; UsageError when there is none, or it is not understood."""
    text = read_text(path, "the baseline", MAX_BYTES)
    shown = safe_text(path)
    try:
        data = json.loads(text, object_pairs_hook=_once)
        file = msgspec.convert(data, _File)
    except msgspec.ValidationError as error:
        raise UsageError(f"{shown}: this is no baseline: {safe_text(str(error))}") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{shown}: this is no baseline: not valid JSON: {safe_text(str(error))}") from None
    if file.format != FORMAT:
        raise UsageError(f"{shown}: the baseline has the format {file.format}, and only {FORMAT} is known")
    entries: dict[Key, Entry] = {}
    for entry in file.entries:
        if entry.fingerprint != fingerprint(entry.rule, entry.address, entry.detail) or entry.count < 1:
            raise UsageError(f"{shown}: the entry of {entry.rule} at {safe_text(entry.address)} was changed by hand")
        known = entries.setdefault(entry.key, entry)
        if known != entry:
            raise UsageError(f"{shown}: {entry.rule} at {safe_text(entry.address)} is there twice")
    return Baseline(path, entries, _places(SourceFile(shown, text)))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _places(source: SourceFile) -> dict[Key, Span]:
    """Where the entries stand; the file is known to be in order."""
    found: dict[Key, Span] = {}
    decoder = json.JSONDecoder()
    start = re.search(r'"entries"\s*:\s*\[', source.text)
    at = start.end() if start is not None else len(source.text)
    while (brace := re.compile(r"[\s,]*(\{)").match(source.text, at)) is not None:
        data, at = decoder.raw_decode(source.text, brace.start(1))
        entry = msgspec.convert(data, Entry)
        found[entry.key] = Span(source, brace.start(1), at)
    return found


def entries_of(found: Iterable[RawFinding], path: str, reason: str = "") -> dict[Key, Entry]:
    """The entries for all failures among the findings that nothing else suppresses."""
    counts: Counter[Key] = Counter()
    made: dict[Key, Entry] = {}
    for raw in found:
        if raw.problem.verdict is not Verdict.FAIL or raw.suppressed is not None:
            continue
        entry = Entry(
            rule=raw.rule.meta.id,
            root=relative(raw.root, path),
            environment=raw.environment,
            address=raw.address,
            detail=raw.problem.detail,
            fingerprint=_fingerprint(raw),
            reason=reason,
        )
        counts[entry.key] += 1
        made[entry.key] = entry
    return {key: msgspec.structs.replace(entry, count=counts[key]) for key, entry in made.items()}


def render(entries: Iterable[Entry]) -> str:
    """The text of a baseline file: an entry is a line, in a fixed order."""
    lines = [json.dumps(_plain(entry), ensure_ascii=True) for entry in sorted(entries)]
    body = "".join(f"\n    {line}{',' if at < len(lines) else ''}" for at, line in enumerate(lines, 1))
    return f'{{\n  "format": {FORMAT},\n  "entries": [{body}{chr(10) + "  " if lines else ""}]\n}}\n'


def _plain(entry: Entry) -> dict[str, Any]:
    data = msgspec.structs.asdict(entry)
    if entry.count == 1:
        del data["count"]
    if not entry.reason:
        del data["reason"]
    return data
