"""Which roles run applications, and which policies let them administer tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.model.actions import ACTIONS, ADMIN_ACTIONS
from ddbaudit.model.arns import ArnTarget
from ddbaudit.model.attachments import Attachment
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.globs import Wild, literal, match
from ddbaudit.model.principals import Identity
from ddbaudit.model.reading import first_unknown, unknown_attr
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit_rules._support.access import Access, accesses, any_of, is_dynamodb

ADMINISTRATION: Final = frozenset(a for a in ADMIN_ACTIONS if ACTIONS[a].level != "Tagging")
"""What changes a table itself, its copies or who may use it. Tags are left out: applications may tag."""

_SERVICES: Final = {
    "lambda.amazonaws.com": "Lambda functions run",
    "edgelambda.amazonaws.com": "Lambda functions run",
    "ecs-tasks.amazonaws.com": "ECS tasks run",
    "ec2.amazonaws.com": "EC2 instances run",
}


def runs_as(role: Identity) -> str | None:
    """What runs as a role, in words: `Lambda function aws_lambda_function.f runs`, `ECS tasks run`; None when nothing
    of the kind is known of it."""
    for consumer in role.consumers:
        return f"{consumer.noun} {consumer.address} runs"
    return next((_SERVICES[service] for service in role.services[0] if service in _SERVICES), None)


def is_named(pattern: str, name: Attr) -> Verdict:
    """Whether a name matches a pattern with `*` and `?`, also by its known parts."""
    atoms = tuple({"*": Wild.ANY, "?": Wild.ONE}.get(character, character) for character in pattern)
    return match(atoms, literal(name.parts)) if name.parts else Verdict.FAIL


@dataclass(frozen=True, slots=True)
class Grant:
    """One element of `Action` (or the list of NotAction) that grants administration: certainly, or perhaps."""

    verdict: Verdict
    attachment: Attachment
    access: Access
    item: Attr
    actions: tuple[str, ...]


def grants(role: Identity, estate: Estate) -> Iterator[Grant]:
    """Every element that lets a role administer tables, or may."""
    everything = [(a, access) for a in role.attachments for access in accesses(a.policy, estate)]
    for attachment, access in everything:
        weight = access.allows & access.covers(is_dynamodb)
        if attachment.doubt is not None:
            weight &= Verdict.UNKNOWN
        for item, actions in _by_item(access).items() if weight is not Verdict.FAIL else ():
            left = {a: access.actions.has(a) & _remains(role, estate, everything, access, a) for a in actions}
            verdict = weight & any_of(left.values())
            if verdict is not Verdict.FAIL:
                kept = tuple(action for action, found in left.items() if found is not Verdict.FAIL)
                yield Grant(verdict, attachment, access, item, kept)
        unseen = access.statement.actions.unknown
        if unseen is not None and weight is not Verdict.FAIL:
            item = unknown_attr(unseen, access.statement.actions.span)
            yield Grant(Verdict.UNKNOWN, attachment, access, item, ())


def _by_item(access: Access) -> dict[Attr, list[str]]:
    """The administrative actions by the element that names them; a wildcard names several."""
    found: dict[Attr, list[str]] = {}
    for action, item in sorted({**access.actions.possible, **access.actions.certain}.items()):
        if action in ADMINISTRATION:
            found.setdefault(item, []).append(action)
    return found


_Everything: TypeAlias = Sequence[tuple[Attachment, Access]]


def _remains(role: Identity, estate: Estate, everything: _Everything, access: Access, action: str) -> Verdict:
    """Whether an action that a statement grants is neither denied nor beyond the role's boundary."""
    touched = (table for table in estate.tables if access.covers(partial(_on, table)) is not Verdict.FAIL)
    verdicts = [role.may(estate, action, partial(_on, table)) for table in touched]
    if verdicts:
        return any_of(verdicts)
    denied = any_of(
        other.denies & other.actions.has(action) & other.covers(_on_everything)
        for attachment, other in everything
        if attachment.doubt is None and not other.is_conditional
    )
    return ~denied & (Verdict.PASS if role.boundary is None else Verdict.UNKNOWN)


def _on(table: Table, target: ArnTarget) -> Verdict:
    return target.covers_table(table) | target.covers_backups(table)


def _on_everything(target: ArnTarget) -> Verdict:
    return Verdict.PASS if target.is_everything else Verdict.FAIL


# -- problems ------------------------------------------------------------------------------------------------------


def administered(role: Identity, runs: str, estate: Estate) -> Iterator[Problem]:
    """A problem for each element that lets a role administer tables, and for each policy that may."""
    for grant in grants(role, estate):
        yield _problem(role, runs, grant)
    for attachment in role.attachments:
        if attachment.policy.unknown is not None or attachment.policy.invalid is not None:
            because = attachment.policy.unknown
            message = f"whether {role.label}, as which {runs}, may administer tables is not known"
            message += f": {attachment.policy.invalid}" if because is None else ""
            detail = attachment.policy.address
            yield unknown(message, attachment.span, because=because, label="may let it", detail=detail)


def _problem(role: Identity, runs: str, grant: Grant) -> Problem:
    policy, item = grant.attachment.policy, grant.item
    what = item.shown if item.is_set else "everything but what NotAction names"
    detail = f"{policy.address} {item.text or what}"
    if grant.verdict is Verdict.UNKNOWN:
        because = first_unknown(grant.attachment.doubt, item.unknown, grant.access.unknown, role.unseen)
        message = f"whether {policy.label} lets {role.label}, as which {runs}, administer tables is not known"
        return unknown(message, item, because=because, label="may reach administration", detail=detail)
    return fail(
        f"{policy.label} grants {what} to {role.label}, as which {runs}",
        item,
        label=_reached(grant.actions, what),
        help="leave it to the role that deploys; an application reads and writes items",
        related=(Related(role.header, f"{role.label}, as which {runs}"),),
        detail=detail,
    )


def _reached(actions: Sequence[str], what: str) -> str:
    example = "dynamodb:DeleteTable" if "dynamodb:DeleteTable" in actions else actions[0]
    return "administers tables" if what.lower() == example.lower() else f"administers tables, as by {example}"


def perhaps_meant(role: Identity, problems: Iterable[Problem]) -> Iterator[Problem]:
    """What a role may do, where its name is not known and may be that of one that may do it."""
    for problem in problems:
        message = f"whether {role.label} is one of those that may administer tables is not known"
        yield unknown(message, problem.primary, because=role.name.unknown, label=problem.label, detail=problem.detail)
