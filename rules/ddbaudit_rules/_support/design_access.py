"""What principals of a data model need of its tables, and what they have."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from ddbaudit.foundation.text import join_names
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.model.actions import ITEM_READ_ACTIONS, ITEM_WRITE_ACTIONS
from ddbaudit.model.arns import ArnTarget
from ddbaudit.model.coverage import scope_of
from ddbaudit.model.design import BuiltTable, built_tables, matches, name_atoms
from ddbaudit.model.design_access import Ask, DesignedPrincipal, Holder
from ddbaudit.model.estate import Estate
from ddbaudit.model.table import Index, Table
from ddbaudit.sdk.rule import NotApplicable

if TYPE_CHECKING:
    from ddbaudit.datamodel.shape import DataModel, Pattern
    from ddbaudit.datamodel.shape import Index as IndexDesign
    from ddbaudit.datamodel.shape import Table as Design

ITEM_ACTIONS = tuple(sorted(ITEM_READ_ACTIONS | ITEM_WRITE_ACTIONS))

_SERVES = {
    "GetItem": ("GetItem", "BatchGetItem"),
    "BatchGetItem": ("BatchGetItem", "GetItem"),
    "PutItem": ("PutItem", "BatchWriteItem", "ConditionCheckItem"),
    "DeleteItem": ("DeleteItem", "BatchWriteItem", "ConditionCheckItem"),
    "UpdateItem": ("UpdateItem", "ConditionCheckItem"),
}
"""What else an operation is a reason for: batches of it, and the condition checks of transactions with it."""


def holders_of(subject: DesignedPrincipal) -> tuple[Holder, ...]:
    if not subject.holders:
        kind, name = subject.principal.kind, subject.principal.pattern
        raise NotApplicable(f'the root module has no {kind} that certainly has the name "{name}"')
    return subject.holders


def tables_of(subject: DesignedPrincipal, estate: Estate) -> Iterator[tuple[Table, Design]]:
    """The tables of the principal's model that the root creates."""
    for built in estate.once(built_tables):
        for model, design, verdict in built.designs:
            if model is subject.model and verdict is Verdict.PASS:
                yield built.table, design


def owners_of(built: BuiltTable, model: DataModel) -> tuple[str, ...]:
    """Whom a table belongs to, by a model."""
    found = (design.owners for owner, design, v in built.designs if owner is model and v is Verdict.PASS)
    return next(found, ())


def needs(subject: DesignedPrincipal, design: Design) -> Iterator[Pattern]:
    """The principal's patterns on a table."""
    for pattern in subject.model.patterns.values():
        if pattern.table == design.key and subject.principal.name in pattern.principals:
            yield pattern


def permitted(
    pattern: Pattern, holder: Holder, table: Table, design: Design, model: DataModel, estate: Estate
) -> Verdict:
    """Whether one of the keys and indexes that serve a pattern may be used for it. PASS for what nothing serves, of
    which MOD807 and MOD804 speak."""
    from ddbaudit.datamodel.serving import serving

    verdicts = [_may(pattern, holder, table, index, model, estate) for index in serving(pattern, design)]
    return reduce(or_, verdicts, Verdict.FAIL) if verdicts else Verdict.PASS


def _may(
    pattern: Pattern, holder: Holder, table: Table, index: IndexDesign | None, model: DataModel, estate: Estate
) -> Verdict:
    action = f"dynamodb:{pattern.operation}"
    if index is None:
        return holder.may(estate, action, lambda target: target.covers_table(table))
    atoms = name_atoms(index.name, estate.environment, model, table.name.text or "*")
    certain = next((own for own in table.indexes if matches(atoms, own.name) is Verdict.PASS), None)
    if certain is not None:
        return holder.may(estate, action, _on_index(table, certain))
    possible = any(matches(atoms, own.name) is Verdict.UNKNOWN for own in table.indexes)
    return Verdict.UNKNOWN if possible or table.indexes_unknown is not None else Verdict.PASS


def _on_index(table: Table, index: Index) -> Ask:
    return lambda target: target.covers_index(table, index)


def reach(table: Table) -> Ask:
    """The table or one of its indexes."""

    def ask(target: ArnTarget) -> Verdict:
        verdict = target.covers_table(table)
        for index in table.indexes:
            verdict |= target.covers_index(table, index)
        return verdict

    return ask


def allowed(holder: Holder, table: Table, estate: Estate) -> dict[str, Verdict]:
    """The actions on items of a table or its indexes that a holder has (PASS) or may have (UNKNOWN)."""
    if all(scope_of(s, estate).touches(table) is Verdict.FAIL for s in holder.statements) and not _unseen(holder):
        return {}
    found = {action: holder.may(estate, action, reach(table)) for action in ITEM_ACTIONS}
    return {action: verdict for action, verdict in found.items() if verdict is not Verdict.FAIL}


def _unseen(holder: Holder) -> bool:
    if holder.identity is not None:
        return holder.identity.unseen is not None
    return holder.policy is not None and holder.policy.unknown is not None


def reasons_for(operation: str) -> tuple[str, ...]:
    return tuple(f"dynamodb:{name}" for name in _SERVES.get(operation, (operation,)))


def shown(actions: list[str]) -> str:
    """`GetItem, Query and 3 more`."""
    names = [action.partition(":")[2] for action in actions]
    return join_names(names) if len(names) <= 4 else f"{', '.join(names[:3])} and {len(names) - 3} more"
