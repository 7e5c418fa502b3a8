"""Statements that grant on ARNs of indexes what these ARNs cannot grant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.text import join_names
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Part, Symbol, join_parts, parts_text
from ddbaudit.model.actions import INDEX_ACTIONS, TABLE_ACTIONS
from ddbaudit.model.arns import classify
from ddbaudit.model.attr import Attr
from ddbaudit.model.coverage import allows
from ddbaudit.model.estate import Estate
from ddbaudit.model.iam import Policy
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit_rules._support.access import Access, Target, accesses

_MARK = "/index/"


@dataclass(frozen=True, slots=True)
class IndexArn:
    """An element of `Resource` that is the ARN of indexes of one table: `name` is what stands behind `/index/`."""

    target: Target
    table: Table
    name: tuple[Part, ...]

    @property
    def item(self) -> Attr:
        return self.target.item

    @property
    def is_all(self) -> bool:
        return self.name == ("*",)


def index_arns(access: Access, estate: Estate) -> Iterator[IndexArn]:
    """The elements of a statement's resources that certainly name indexes of one table of the configuration."""
    for target in access.targets if not access.is_negated else ():
        split = _split(target.item.parts)
        if split is None:
            yield from _separate(target, estate)
            continue
        head, name = split
        arn = classify(head, estate)
        tables = [table for table in estate.tables if arn.covers_table(table) is Verdict.PASS]
        if len(tables) == 1 and not _is_wild(head):
            yield IndexArn(target, tables[0], name)


def _separate(target: Target, estate: Estate) -> Iterator[IndexArn]:
    """The ARN of an index that is a resource of its own."""
    first = target.item.parts[0] if len(target.item.parts) == 1 else None
    for table in estate.tables if isinstance(first, Symbol) else ():
        for index in table.indexes:
            if isinstance(first, Symbol) and index.address == first.address:
                yield IndexArn(target, table, index.name.parts)


def _split(parts: tuple[Part, ...]) -> tuple[tuple[Part, ...], tuple[Part, ...]] | None:
    for at, part in enumerate(parts):
        if isinstance(part, str) and _MARK in part:
            before, _, behind = part.partition(_MARK)
            return join_parts([*parts[:at], before]), join_parts([behind, *parts[at + 1 :]])
    return None


def _is_wild(head: tuple[Part, ...]) -> bool:
    """Whether the name of the table, the last segment, has wildcards."""
    last = head[-1]
    return isinstance(last, str) and any(character in last.rpartition(":")[2] for character in "*?")


def ineffective(policy: Policy, estate: Estate) -> Iterator[Problem]:
    """Everything that a policy grants on indexes without effect."""
    for access in accesses(policy, estate):
        found = list(index_arns(access, estate)) if access.allows is not Verdict.FAIL else []
        for arn in found:
            yield from _nowhere(policy, arn)
        if found and access.allows is Verdict.UNKNOWN:
            message = f"whether {policy.label} grants on indexes or denies is not known"
            yield unknown(message, access.statement.effect, label="may be Allow", detail=access.statement.label)
        elif found and access.statement.actions.present:
            yield from _without_index_actions(policy, access, found)
            yield from _without_table(policy, access, found, estate)


# -- indexes that are not there ------------------------------------------------------------------------------------


def _nowhere(policy: Policy, arn: IndexArn) -> Iterator[Problem]:
    """An ARN that no index of the table has. `/index/*` stands for those that may come."""
    table = arn.table
    if arn.is_all:
        return
    covered = [arn.target.arn.covers_index(table, index) for index in table.indexes]
    if Verdict.PASS in covered:
        return
    shown, detail = parts_text(arn.name), f"{table.address} {parts_text(arn.name)}"
    reason = first_unknown(table.indexes_unknown, arn.target.unknown, *(i.name.unknown for i in table.indexes))
    if Verdict.UNKNOWN not in covered and table.indexes_unknown is None:
        names = [f'"{index.name.shown}"' for index in table.indexes]
        yield fail(
            f'{policy.label} names index "{shown}", which {table.label} does not have',
            arn.item,
            label="no such index",
            help=f"it has {join_names(names)}" if names else "it has no indexes",
            related=(Related(table.header, "the table"),),
            detail=detail,
        )
    else:
        message = f'whether {table.label} has the index "{shown}" that {policy.label} names is not known'
        yield unknown(message, arn.item, because=reason, label="may be no index", detail=detail)


# -- actions that do not act on indexes ----------------------------------------------------------------------------


def _named(access: Access) -> list[str]:
    """The actions on tables that a statement names without wildcards, as AWS spells them."""
    found = {**access.actions.possible, **access.actions.certain}
    plain = [action for action, item in found.items() if item.text is not None and not set(item.text) & {"*", "?"}]
    return sorted(action for action in plain if action in TABLE_ACTIONS)


def _without_index_actions(policy: Policy, access: Access, found: Sequence[IndexArn]) -> Iterator[Problem]:
    """Index ARNs in a statement of which no action acts on indexes."""
    certain, possible = access.actions.certain.keys(), access.actions.possible.keys()
    if INDEX_ACTIONS & certain:
        return
    actions = _named(access)
    for arn in found:
        detail = " ".join([arn.table.address, "index", *actions])
        if INDEX_ACTIONS & possible or access.actions.unknown is not None:
            message = f"whether {policy.label} grants on the indexes of {arn.table.label} what acts on indexes"
            yield unknown(f"{message} is not known", arn.item, because=access.unknown, detail=detail)
        elif actions:
            yield fail(
                f"{policy.label} grants {join_names(actions)} on indexes of {arn.table.label}, "
                "but none of this acts on an index",
                arn.item,
                label="without effect",
                help="name the table itself for these actions, and indexes for Query and Scan only",
                detail=detail,
            )


def _without_table(policy: Policy, access: Access, found: Sequence[IndexArn], estate: Estate) -> Iterator[Problem]:
    """Actions on tables that are granted on the indexes of a table and, in this policy, nowhere on the table."""
    if not INDEX_ACTIONS & access.actions.certain.keys():
        return
    actions = [action for action in _named(access) if action not in INDEX_ACTIONS]
    for table in {arn.table.address: arn.table for arn in found}.values():
        reached = {action: _on_table(policy, estate, action, table) for action in actions}
        lost = [action for action, verdict in reached.items() if verdict is Verdict.FAIL]
        doubtful = [action for action, verdict in reached.items() if verdict is Verdict.UNKNOWN]
        place, detail = access.resources.span, f"{table.address} {' '.join(lost or doubtful)}"
        if lost and policy.unknown is None:
            yield fail(
                f"{policy.label} grants {join_names(lost)} on indexes of {table.label}, but not on the table, "
                "which is all that it acts on",
                place,
                label="table ARN missing",
                help="name the table itself as well",
                detail=detail,
            )
        elif doubtful:
            message = f"whether {policy.label} grants {join_names(doubtful)} on {table.label} itself is not known"
            yield unknown(message, place, because=access.unknown, label="may lack the table", detail=detail)


def _on_table(policy: Policy, estate: Estate, action: str, table: Table) -> Verdict:
    return allows(policy.statements, estate, action, lambda target: target.covers_table(table))
