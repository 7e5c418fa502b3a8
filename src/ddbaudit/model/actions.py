"""The IAM actions of DynamoDB, and which of them a statement speaks of.

The list is `data/dynamodb-actions.json`, which names its sources and date; `scripts/refresh_actions.py` writes it. An
action is written as AWS spells it, with its service: `dynamodb:Query`. IAM compares without regard to case.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final

import msgspec

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Absent, Part, Unknown
from ddbaudit.model.attr import Attr
from ddbaudit.model.globs import Atom, Atoms, Wild, gap_of, match, wild_match
from ddbaudit.model.iam import Statement, Terms

PREFIX: Final = "dynamodb:"


@dataclass(frozen=True, slots=True)
class Action:
    """`level` is Read, Write, List, Tagging or Permissions management; `resources` are the resource types that the
    action authorises on (none: only `*` grants it)."""

    name: str
    level: str
    resources: frozenset[str]


class _Entry(msgspec.Struct):
    level: str
    resources: list[str]


class _File(msgspec.Struct):
    actions: dict[str, _Entry]


def _load() -> dict[str, Action]:
    content = pkgutil.get_data("ddbaudit.model", "data/dynamodb-actions.json")
    if content is None:
        raise FileNotFoundError("dynamodb-actions.json")
    entries = msgspec.json.decode(content, type=_File).actions
    return {PREFIX + name: Action(PREFIX + name, e.level, frozenset(e.resources)) for name, e in entries.items()}


ACTIONS: Final[Mapping[str, Action]] = _load()
"""All actions by name, in alphabetical order."""

_BY_LOWER: Final = {name.lower(): name for name in ACTIONS}


def _on(resource: str) -> frozenset[str]:
    return frozenset(name for name, action in ACTIONS.items() if resource in action.resources)


def _named(*names: str) -> frozenset[str]:
    return frozenset(PREFIX + name for name in names)


INDEX_ACTIONS: Final = _on("index")
"""Actions that authorise on an index: on `<table>/index/<name>`, not on the table, when an index is addressed."""

TABLE_ACTIONS: Final = _on("table")
STREAM_ACTIONS: Final = _named("DescribeStream", "GetRecords", "GetShardIterator")
"""Actions that authorise on a stream and on nothing else."""

ITEM_WRITE_ACTIONS: Final = _named(
    "BatchWriteItem", "DeleteItem", "PartiQLDelete", "PartiQLInsert", "PartiQLUpdate", "PutItem", "UpdateItem"
)
ITEM_READ_ACTIONS: Final = _named(
    "BatchGetItem", "ConditionCheckItem", "GetItem", "PartiQLSelect", "Query", "Scan", "SearchVectors"
)
ADMIN_ACTIONS: Final = (
    frozenset(n for n, a in ACTIONS.items() if a.level in ("Write", "Tagging", "Permissions management"))
    - ITEM_WRITE_ACTIONS
)
"""Everything that changes a table rather than its items: its life, settings, backups, replicas, tags and policies."""


@cache
def expand_action(pattern: str) -> frozenset[str]:
    """The actions that a written pattern (`dynamodb:Query`, `dynamodb:*Item`, `*`) stands for; none of another service.

    IAM has no wildcards in the service, but for the `*` that means everything.
    """
    wanted = pattern.lower()
    if wanted.strip("*") == "" and wanted:
        return frozenset(ACTIONS)
    if not wanted.startswith(PREFIX):
        return frozenset()
    return frozenset(name for lower, name in _BY_LOWER.items() if wild_match(wanted, lower))


def is_known_action(name: str) -> bool:
    """Whether an action without wildcards is in the list; always true of other services' actions."""
    lower = name.lower()
    return not lower.startswith(PREFIX) or lower in _BY_LOWER


def _pattern(parts: Iterable[Part]) -> Atoms:
    atoms: list[Atom] = []
    for part in parts:
        if isinstance(part, str):
            atoms.extend({"*": Wild.ANY, "?": Wild.ONE}.get(c, c) for c in part.lower())
        else:
            atoms.append(gap_of(part))
    return tuple(atoms)


def expand_parts(parts: Iterable[Part]) -> tuple[frozenset[str], frozenset[str]]:
    """The actions that a partly known pattern certainly stands for, and those it may stand for (these included)."""
    known = tuple(parts)
    if all(isinstance(part, str) for part in known):
        certain = expand_action("".join(map(str, known)))
        return certain, certain
    pattern = _pattern(known)
    verdicts = {name: match(pattern, tuple(lower)) for lower, name in _BY_LOWER.items()}
    certain = frozenset(name for name, verdict in verdicts.items() if verdict is Verdict.PASS)
    return certain, frozenset(name for name, verdict in verdicts.items() if verdict is not Verdict.FAIL)


def names_action(statement: Statement, action: str) -> Verdict:
    """Whether a statement speaks of an action of any service (`kms:Decrypt`), which is written without wildcards."""
    if _lists_actions(statement):
        return _named_in(statement.actions, action.lower())
    return ~_named_in(statement.not_actions, action.lower()) if statement.not_actions.present else Verdict.FAIL


def _lists_actions(statement: Statement) -> bool:
    return statement.actions.present and bool(statement.actions.items or not statement.not_actions.items)


def _named_in(terms: Terms, action: str) -> Verdict:
    verdict = Verdict.UNKNOWN if terms.unknown is not None else Verdict.FAIL
    for item in terms.items:
        text = item.text
        if text is not None:
            verdict = verdict | (Verdict.PASS if wild_match(text.lower(), action) else Verdict.FAIL)
        else:
            verdict = verdict | match(_pattern(item.parts), tuple(action))
    return verdict


@dataclass(frozen=True, slots=True)
class Granted:
    """The DynamoDB actions that a statement speaks of, be it to allow or to deny them.

    `certain` and `possible` map an action to the element that names it (for NotAction, to the place of the list); what
    is certain is not repeated in `possible`. `unknown` tells why there may be others.
    """

    certain: Mapping[str, Attr] = field(default_factory=dict)
    possible: Mapping[str, Attr] = field(default_factory=dict)
    unknown: Unknown | None = None

    def has(self, action: str) -> Verdict:
        if action in self.certain:
            return Verdict.PASS
        return Verdict.UNKNOWN if action in self.possible or self.unknown is not None else Verdict.FAIL


def granted(statement: Statement) -> Granted:
    if _lists_actions(statement):
        return _granted(statement.actions)
    return _granted_but(statement.not_actions) if statement.not_actions.present else Granted()


def _granted(terms: Terms) -> Granted:
    certain: dict[str, Attr] = {}
    possible: dict[str, Attr] = {}
    for item in terms.items:
        named, may_be = expand_parts(item.parts)
        for action in sorted(may_be):
            (certain if action in named else possible).setdefault(action, item)
    return Granted(certain, {a: i for a, i in possible.items() if a not in certain}, terms.unknown)


def _granted_but(terms: Terms) -> Granted:
    """NotAction: everything that the list does not name."""
    named = _granted(terms)
    whole = Attr(Absent(origin=terms.origin), terms.span)
    left = [action for action in ACTIONS if action not in named.certain]
    if terms.unknown is not None:
        return Granted({}, dict.fromkeys(left, whole), terms.unknown)
    certain = {action: whole for action in left if action not in named.possible}
    return Granted(certain, {action: whole for action in left if action in named.possible}, None)
