"""The result of an audit: findings, diagnostics, ledger, inventory and outcome. Reporters turn it into bytes."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ddbaudit.foundation.diagnostic import Diagnostic, Related
from ddbaudit.foundation.source import Span
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.sdk.graph import EstateGraph
from ddbaudit.sdk.problem import Link


@dataclass(frozen=True, slots=True)
class Suppression:
    """Why a finding does not count.

    `kind` is `comment` (written in the source) or `baseline` (an entry of a baseline file); `reason` may be empty,
    `until` is the last day on which it holds (ISO 8601, None: for good), `place` where it is written.
    """

    kind: Literal["comment", "baseline"]
    reason: str
    until: str | None = None
    place: Span | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem in one or several environments. `blocking` tells whether it decides the exit code.

    A problem that is suppressed in some of its environments only is two findings: one counts, one is `suppressed`.

    `origin` is the way the value came by in the gravest environment; `causes` are the ends of that way in all of them,
    where they differ. `fingerprint` is stable over edits elsewhere in the file: rule, address and `detail`, no line
    numbers.
    """

    rule: str
    name: str
    verdict: Verdict
    severity: Severity
    address: str
    environments: tuple[str, ...]
    message: str
    help: str
    primary: Span
    label: str
    related: tuple[Related, ...]
    origin: tuple[Link, ...]
    callers: tuple[Span, ...]
    fingerprint: str
    blocking: bool
    suppressed: Suppression | None = None
    detail: str = ""
    causes: tuple[tuple[Link, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """The one verdict of a rule on a subject in an environment (of a root). `reason` explains NOT_APPLICABLE and
    ERROR."""

    rule: str
    address: str
    environment: str
    root: str
    verdict: Verdict
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TableEntry:
    """A table of the inventory; `name` as far as known (`bbws-${…}`)."""

    name: str
    address: str
    environment: str
    root: str
    indexes: int
    place: Span


@dataclass(frozen=True, slots=True)
class PlanEntry:
    """A plan or state that was judged. `kind` is `plan` or `state`; `root` and `environment` name what it was judged
    as; `source` tells whether the configuration behind it was at hand."""

    path: str
    kind: str
    mode: str
    terraform_version: str
    timestamp: str
    root: str
    environment: str
    source: bool


@dataclass(frozen=True, slots=True)
class Inventory:
    """What was looked at. `roots` are (root directory, environment); `packs` the names of the packs in use."""

    roots: tuple[tuple[str, str], ...]
    tables: tuple[TableEntry, ...]
    policies: int
    modules: int
    resources: int
    files: int
    files_unparsed: tuple[str, ...]
    packs: tuple[str, ...] = ()
    plans: tuple[PlanEntry, ...] = ()


class ExitCode(enum.IntEnum):
    """See docs/exit-codes.md; precedence 2 > 4 > 3 > 1 > 0."""

    CLEAN = 0
    VIOLATIONS = 1
    USAGE = 2
    INCOMPLETE = 3
    INTERNAL = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """`reasons` explain codes 3 and 4 (and 1) in words, most important first; `loosened` names the flags that made the
    gate laxer than it is by default and is echoed in every report."""

    code: ExitCode
    complete: bool
    reasons: tuple[str, ...]
    counts: Mapping[str, int]
    loosened: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """What a rule that ran says of itself; `references` are URLs, or names of design documents."""

    id: str
    name: str
    severity: Severity
    summary: str
    rationale: str
    remedy: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a reporter may say. Findings and diagnostics are sorted; `rules` are the ids that ran, `catalogue`
    tells what they are; `graphs` are there when they were asked for. `show_suppressed` tells that the caller wants to
    see what does not count."""

    version: str
    outcome: Outcome
    findings: tuple[Finding, ...]
    diagnostics: tuple[Diagnostic, ...]
    ledger: tuple[LedgerEntry, ...]
    inventory: Inventory
    rules: tuple[str, ...]
    errors: tuple[str, ...] = field(default=())
    catalogue: tuple[RuleEntry, ...] = field(default=())
    graphs: tuple[EstateGraph, ...] = field(default=())
    show_suppressed: bool = False
