"""Whether policies and roles reach the streams that they speak of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.text import join_names
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Unknown
from ddbaudit.model.actions import STREAM_ACTIONS
from ddbaudit.model.arns import ArnTarget, classify
from ddbaudit.model.coverage import allows
from ddbaudit.model.estate import Estate
from ddbaudit.model.iam import Policy
from ddbaudit.model.mappings import StreamMapping
from ddbaudit.model.principals import Identity
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.streams import functions_of, role_of
from ddbaudit.model.table import Table
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import NotApplicable
from ddbaudit_rules._support.access import Access, accesses, unseen


def has_stream(table: Table) -> Verdict:
    """Whether a table has a stream; without `stream_enabled` it has none."""
    return table.stream_enabled.is_true(if_absent=False)


# -- policies ------------------------------------------------------------------------------------------------------


def misdirected(policy: Policy, estate: Estate) -> Iterator[Problem]:
    """Statements that grant stream actions by name on a table, while nothing in the policy grants them on its stream.

    Wildcards of actions are left out: who grants everything on a table need not mean its stream.
    """
    statements = accesses(policy, estate)
    streaming = [table for table in estate.tables if has_stream(table) is not Verdict.FAIL]
    for access in statements:
        actions = _named(access) if access.allows is not Verdict.FAIL else ()
        for table in streaming if actions else ():
            yield from _on_table(policy, access, table, actions, estate)
        if streaming and not actions and access.statement.actions.unknown is not None:
            yield from _of_unseen_actions(policy, access, streaming)
    if streaming:
        yield from unseen(policy, "grants stream actions on tables instead of their streams")


def _of_unseen_actions(policy: Policy, access: Access, tables: Sequence[Table]) -> Iterator[Problem]:
    """A statement on tables, whose actions are not known: they may be those of streams."""
    for table in tables:
        reach = access.allows & access.covers(partial(_is_table, table))
        if reach is not Verdict.FAIL:
            message = (
                f"whether {policy.label} grants stream actions on {table.label} instead of its stream is not known"
            )
            because = access.statement.actions.unknown
            yield unknown(message, access.statement.actions.span, because=because, detail=table.address)
            return


def _is_table(table: Table, target: ArnTarget) -> Verdict:
    return target.covers_table(table)


def _named(access: Access) -> tuple[str, ...]:
    """The stream actions that a statement names without wildcards."""
    named = {(item.text or "").lower() for item in access.statement.actions.items}
    return tuple(sorted(action for action in STREAM_ACTIONS if action.lower() in named))


def _on_table(
    policy: Policy, access: Access, table: Table, actions: tuple[str, ...], estate: Estate
) -> Iterator[Problem]:
    reach = access.allows & access.covers(lambda target: target.covers_table(table))
    if reach is Verdict.FAIL:
        return
    reached = {a: allows(policy.statements, estate, a, lambda target: target.covers_stream(table)) for a in actions}
    missing = [action for action, verdict in reached.items() if verdict is Verdict.FAIL]
    certain = reach & has_stream(table)
    if missing and certain is Verdict.PASS:
        yield fail(
            f"{policy.label} grants {join_names(missing)} on {table.label} instead of its stream",
            access.resources.span,
            label="stream ARN missing",
            help=f'add "{_stream_arn(table)}" to the resources',
            related=(Related(table.stream_enabled.span, f"{table.label} has a stream"),),
            detail=f"{table.address} {' '.join(missing)}",
        )
        return
    doubtful = [action for action, verdict in reached.items() if verdict is not Verdict.PASS]
    if doubtful:
        yield unknown(
            f"whether {policy.label} grants {join_names(doubtful)} on the stream of {table.label} is not known",
            access.resources.span,
            because=first_unknown(access.unknown, table.stream_enabled.unknown),
            label="may not cover the stream",
            detail=f"{table.address} {' '.join(doubtful)}",
        )


def _stream_arn(table: Table) -> str:
    return f"${{{table.address}.arn}}/stream/*" if not table.instance.module else "<table ARN>/stream/*"


# -- event source mappings -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Reading:
    """A mapping, and the table whose stream it reads."""

    mapping: StreamMapping
    table: Table
    estate: Estate


def unread(mapping: StreamMapping, estate: Estate) -> Iterator[Problem]:
    """Why the function of a mapping cannot read the stream, or may not be able to."""
    target = classify(mapping.source.parts, estate)
    table = next((t for t in estate.tables if target.covers_stream(t) is Verdict.PASS), None)
    if table is None:
        yield from _no_stream(mapping, target, estate)
        return
    reading = _Reading(mapping, table, estate)
    functions = functions_of(mapping, estate)
    if not functions:
        raise NotApplicable("its function is not part of this configuration")
    for function, certain in functions:
        if certain is not Verdict.PASS:
            yield _doubt(reading, "its function is not known", mapping.function.unknown)
            return
        argument, roles = role_of(function, estate)
        if not roles:
            raise NotApplicable("the role of its function is not part of this configuration")
        for role, is_role in roles:
            if is_role is not Verdict.PASS:
                yield _doubt(reading, "the role of its function is not known", argument.unknown)
                return
            yield from _lacking(reading, role)


def _no_stream(mapping: StreamMapping, target: ArnTarget, estate: Estate) -> Iterator[Problem]:
    for table in estate.tables:
        if target.covers_table(table) is Verdict.PASS:
            yield fail(
                f"{mapping.address} names the ARN of {table.label} as its source, not that of its stream",
                mapping.source,
                label="a table is no event source",
                help="name the stream: its stream_arn",
                detail=table.address,
            )
            return
    may_be = target.service in ("dynamodb", None) and mapping.of_table is not Verdict.FAIL
    if may_be and mapping.source.is_unknown and estate.tables:
        yield unknown(
            f"whether {mapping.address} reads the stream of a table is not known",
            mapping.source,
            label="may be a stream of a table",
        )
        return
    raise NotApplicable("its source is not the stream of a table of this configuration")


def _lacking(reading: _Reading, role: Identity) -> Iterator[Problem]:
    table = reading.table
    may = {a: role.may(reading.estate, a, lambda t: t.covers_stream(table)) for a in sorted(STREAM_ACTIONS)}
    lacking = [action for action, verdict in may.items() if verdict is Verdict.FAIL]
    if lacking:
        yield fail(
            f"{role.label}, as which {reading.mapping.address} reads the stream of {table.label}, "
            f"is not allowed {join_names(lacking)} on it",
            reading.mapping.source,
            label="a stream that the function may not read",
            help=f"grant the role {join_names(lacking)} on the stream's ARN",
            related=(Related(role.header, "the role of the function"),),
            detail=f"{table.address} {' '.join(lacking)}",
        )
    elif Verdict.UNKNOWN in may.values():
        yield _doubt(reading, f"it depends on the policies of {role.label}", role.unseen)


def _doubt(reading: _Reading, why: str, because: Unknown | None) -> Problem:
    mapping, table = reading.mapping, reading.table
    message = f"whether the function of {mapping.address} may read the stream of {table.label} is not known"
    header = mapping.instance.body.header
    return unknown(message, header, because=because, label=why, detail=table.address)
