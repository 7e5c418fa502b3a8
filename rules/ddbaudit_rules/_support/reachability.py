"""Which tables the policies of a configuration let anybody read or write."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Unknown
from ddbaudit.model.actions import ITEM_READ_ACTIONS, ITEM_WRITE_ACTIONS, granted
from ddbaudit.model.arns import ArnTarget, classify
from ddbaudit.model.attachments import attached_policies
from ddbaudit.model.estate import Estate
from ddbaudit.model.iam import Policy, Statement
from ddbaudit.model.reading import first_unknown, text_attr
from ddbaudit.model.table import Table
from ddbaudit_rules._support.access import Access, accesses, any_of

_ITEMS: Final = ITEM_READ_ACTIONS | ITEM_WRITE_ACTIONS
_RESOURCE_POLICY: Final = "aws_dynamodb_resource_policy"


def granting(estate: Estate) -> tuple[tuple[Access, ...], tuple[Policy, ...]]:
    """The statements that allow, or may allow, to use items of whatever table, and the policies that cannot be seen as
    a whole; made once."""
    found: list[Access] = []
    hidden: list[Policy] = []
    for policy in _policies(estate):
        found += [access for access in accesses(policy, estate) if _uses_items(access)]
        if policy.unknown is not None or policy.invalid is not None:
            hidden.append(policy)
    return tuple(found), tuple(hidden)


def _policies(estate: Estate) -> Iterator[Policy]:
    """Identity policies of the configuration, and what else is attached in it."""
    own = [policy for policy in estate.policies if policy.kind in ("identity", "document")]
    yield from own
    known = {id(policy) for policy in own}
    yield from (a.policy for a in attached_policies(estate) if id(a.policy) not in known)


def _uses_items(access: Access) -> bool:
    names = {*access.actions.certain, *access.actions.possible}
    return access.allows is not Verdict.FAIL and (access.actions.unknown is not None or bool(names & _ITEMS))


def reached(table: Table, estate: Estate) -> tuple[Verdict, Unknown | None]:
    """Whether anybody is allowed to use a table's items; where that is not known, why.

    A condition is taken to be met. Denials are not looked at: what they leave is for other rules.
    """
    found, hidden = estate.once(granting)
    verdict, reason = _by_resource_policy(table, estate)
    for access in found:
        if verdict is Verdict.PASS:
            return verdict, None
        if access.only is None or table.address in access.only:
            here = _allows(access, table)
            verdict |= here
            reason = first_unknown(reason, access.unknown if here is Verdict.UNKNOWN else None)
    if verdict is not Verdict.PASS and hidden:
        return Verdict.UNKNOWN, first_unknown(reason, *(policy.unknown for policy in hidden))
    return verdict, reason


def _allows(access: Access, table: Table) -> Verdict:
    actions = any_of(access.actions.has(action) for action in _ITEMS)
    return access.allows & actions & access.covers(partial(_items_of, table))


def _items_of(table: Table, target: ArnTarget) -> Verdict:
    return target.covers_table(table) | any_of(target.covers_index(table, index) for index in table.indexes)


def _by_resource_policy(table: Table, estate: Estate) -> tuple[Verdict, Unknown | None]:
    """Whether the table's own policy lets anybody in."""
    verdict, reason = Verdict.FAIL, None
    for policy in estate.policies:
        if policy.instance.type != _RESOURCE_POLICY:
            continue
        of_table = classify(text_attr(policy.instance.body, "resource_arn").parts, estate).covers_table(table)
        says = any_of(map(_admits, policy.statements))
        if policy.unknown is not None:
            says |= Verdict.UNKNOWN
        verdict |= of_table & says
        reason = first_unknown(reason, policy.unknown)
    return verdict, reason


def _admits(statement: Statement) -> Verdict:
    if statement.effect.text == "Deny":
        return Verdict.FAIL
    allows = Verdict.PASS if statement.effect.text == "Allow" else Verdict.UNKNOWN
    actions = granted(statement)
    return allows & any_of(actions.has(action) for action in _ITEMS)
