"""Identities that reach tables but not the keys that these are encrypted with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.text import join_names
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.model.actions import ITEM_READ_ACTIONS, ITEM_WRITE_ACTIONS
from ddbaudit.model.arns import ArnTarget
from ddbaudit.model.attr import Attr
from ddbaudit.model.decryption import may_decrypt
from ddbaudit.model.encryption import Encryption, encryption_of, setting_of
from ddbaudit.model.estate import Estate
from ddbaudit.model.iam import Policy
from ddbaudit.model.kms import KmsKey, named_key
from ddbaudit.model.principals import Identity
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit_rules._support.access import Access, accesses, any_of

_ITEMS: Final = ITEM_READ_ACTIONS | ITEM_WRITE_ACTIONS


@dataclass(frozen=True, slots=True)
class Locked:
    """The tables that one customer managed key encrypts, or may encrypt. `key` is None for a key that the configuration
    does not make."""

    arn: Attr
    key: KmsKey | None
    tables: tuple[tuple[Table, Encryption], ...]

    @property
    def shown(self) -> str:
        return self.key.address if self.key is not None else self.arn.shown

    def certain(self, table: Table) -> Verdict:
        """Whether the key certainly encrypts the table."""
        levels = next(found.levels for other, found in self.tables if other is table)
        return Verdict.PASS if levels == ("customer-managed",) else Verdict.UNKNOWN


def locked_tables(estate: Estate) -> Mapping[object, Locked]:
    """The keys of all tables that are, or may be, encrypted with a customer managed one; made once."""
    found: dict[object, Locked] = {}
    for table in estate.tables:
        encryption = encryption_of(table, estate)
        if "customer-managed" not in encryption.levels:
            continue
        arn = setting_of(table).arn
        key = named_key(arn, estate).key
        by = key.address if key is not None else arn.parts
        known = found.get(by)
        tables = known.tables if known is not None else ()
        found[by] = Locked(arn, key, (*tables, (table, encryption)))
    return found


@dataclass(frozen=True, slots=True)
class _Reached:
    """Tables under one key that an identity may read or write, and a statement that lets it."""

    tables: tuple[Table, ...]
    policy: Policy
    access: Access
    verdict: Verdict
    verb: str


def locked_out(identity: Identity, estate: Estate) -> Iterator[Problem]:
    """A problem for each key that an identity lacks although it may use tables that the key encrypts."""
    for locked in estate.once(locked_tables).values():
        decrypts = may_decrypt(identity, locked.arn, estate)
        reached = _reached(identity, locked, estate) if decrypts is not Verdict.PASS else None
        if reached is not None:
            yield _problem(identity, locked, reached, decrypts)
        elif decrypts is not Verdict.PASS:
            yield from _unseen(identity, locked)


def _unseen(identity: Identity, locked: Locked) -> Iterator[Problem]:
    """A policy that is not known may let an identity use what it cannot decrypt."""
    hidden = next((a for a in identity.attachments if a.policy.unknown is not None), None)
    if hidden is not None:
        message = f"whether {identity.label} may use tables that {locked.shown} encrypts, without the key, is not known"
        yield unknown(message, hidden.span, because=hidden.policy.unknown, detail=hidden.policy.address)


def _reached(identity: Identity, locked: Locked, estate: Estate) -> _Reached | None:
    first: tuple[Policy, Access] | None = None
    tables: dict[str, tuple[Table, Verdict]] = {}
    done: set[str] = set()
    for attachment in identity.attachments:
        for access in accesses(attachment.policy, estate):
            for table, _ in locked.tables:
                verdict, actions = _use(identity, access, table, estate)
                if verdict is Verdict.FAIL:
                    continue
                first = first or (attachment.policy, access)
                before = tables.get(table.address, (table, Verdict.FAIL))[1]
                tables[table.address] = (table, before | verdict)
                done |= actions
    if first is None:
        return None
    certain = [table for table, verdict in tables.values() if verdict & locked.certain(table) is Verdict.PASS]
    chosen = certain or [table for table, _ in tables.values()]
    reads, writes = bool(done & ITEM_READ_ACTIONS), bool(done & ITEM_WRITE_ACTIONS)
    verb = "read and write" if reads and writes else "write to" if writes else "read"
    return _Reached(tuple(chosen), *first, Verdict.PASS if certain else Verdict.UNKNOWN, verb)


def _use(identity: Identity, access: Access, table: Table, estate: Estate) -> tuple[Verdict, frozenset[str]]:
    """Whether a statement lets an identity use the items of a table, and by which actions."""
    named = {**access.actions.possible, **access.actions.certain}.keys()
    actions = frozenset(_ITEMS & named) if access.actions.unknown is None else _ITEMS
    elsewhere = access.only is not None and table.address not in access.only
    if elsewhere or not actions or access.allows is Verdict.FAIL:
        return Verdict.FAIL, frozenset()
    covers = access.covers(partial(_items_of, table))
    if covers is Verdict.FAIL:
        return Verdict.FAIL, frozenset()
    may = {action: identity.may(estate, action, partial(_items_of, table)) for action in actions}
    allowed = frozenset(action for action, verdict in may.items() if verdict is not Verdict.FAIL)
    return covers & any_of(may.values()), allowed


def _items_of(table: Table, target: ArnTarget) -> Verdict:
    """Whether an ARN is that of the table or of an index, through which items are reached."""
    return target.covers_table(table) | any_of(target.covers_index(table, index) for index in table.indexes)


def _problem(identity: Identity, locked: Locked, reached: _Reached, decrypts: Verdict) -> Problem:
    shown = _shown(reached.tables)
    place = reached.access.resources.span
    detail = locked.key.address if locked.key is not None else locked.tables[0][0].address
    if decrypts is Verdict.FAIL and reached.verdict is Verdict.PASS:
        return fail(
            f"{identity.label} may {reached.verb} {shown}, but not decrypt with {locked.shown}, the key of "
            f"{'it' if len(reached.tables) == 1 else 'them'}",
            place,
            label="kms:Decrypt missing",
            help="allow kms:Decrypt on the key as well, by way of DynamoDB (kms:ViaService), or in the key's policy",
            related=_related(identity, locked),
            detail=detail,
        )
    encryptions = (found.unknown for _, found in locked.tables)
    because = first_unknown(identity.unseen, reached.access.unknown, *encryptions, locked.arn.unknown)
    message = f"whether {identity.label} may decrypt with {locked.shown}, the key of {shown}, is not known"
    return unknown(message, place, because=because, label="may lack kms:Decrypt", detail=detail)


def _shown(tables: tuple[Table, ...]) -> str:
    """`table "a"`, `tables "a" and "b"`, or `tables "a", "b" and 3 more`."""
    names = [f'"{table.name.public}"' if table.name.public else table.address for table in tables]
    short = names if len(names) <= 3 else [*names[:2], f"{len(names) - 2} more"]
    return tables[0].label if len(names) == 1 else f"tables {join_names(short)}"


def _related(identity: Identity, locked: Locked) -> tuple[Related, ...]:
    key = (Related(locked.key.header, "the key"),) if locked.key is not None else ()
    return (Related(identity.header, f"the {identity.kind}"), *key)
