"""Which tables, indexes and streams a statement covers: the answers of its resources put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Unknown
from ddbaudit.model.actions import names_action
from ddbaudit.model.arns import ArnTarget, classify
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.iam import Statement
from ddbaudit.model.table import Index, Table

_KEPT = 4


class Scope:
    """The resources of one statement, whatever it allows or denies on them.

    Every answer is PASS (certainly covered), FAIL (certainly not) or UNKNOWN. `targets` are the elements of Resource,
    or of NotResource when `negated`; `unknown` tells why there may be more of them.
    """

    __slots__ = ("negated", "statement", "targets", "unknown")

    def __init__(self, statement: Statement, estate: Estate) -> None:
        self.statement = statement
        self.negated = not statement.resources.items and bool(statement.not_resources.items)
        terms = statement.not_resources if self.negated else statement.resources
        self.targets: tuple[tuple[Attr, ArnTarget], ...] = tuple((i, classify(i.parts, estate)) for i in terms.items)
        self.unknown: Unknown | None = terms.unknown

    def covers(self, ask: Callable[[ArnTarget], Verdict]) -> Verdict:
        """Whether any of the resources does what is asked (none of them, with NotResource)."""
        verdict = Verdict.UNKNOWN if self.unknown is not None else Verdict.FAIL
        for _, target in self.targets:
            verdict = verdict | ask(target)
        return ~verdict if self.negated else verdict

    def covers_table(self, table: Table) -> Verdict:
        return self.covers(lambda target: target.covers_table(table))

    def covers_index(self, table: Table, index: Index) -> Verdict:
        return self.covers(lambda target: target.covers_index(table, index))

    def covers_all_indexes(self, table: Table) -> Verdict:
        """Whether `/index/*` of the table is covered: every index it has or may get."""
        return self.covers(lambda target: target.covers_all_indexes(table))

    def covers_stream(self, table: Table) -> Verdict:
        return self.covers(lambda target: target.covers_stream(table))

    def touches(self, table: Table) -> Verdict:
        """Whether the statement speaks of the table, one of its indexes or its stream at all."""
        if self.negated:
            return self.covers_table(table)
        return self.covers(lambda target: target.touches(table))

    def items_covering(self, ask: Callable[[ArnTarget], Verdict]) -> tuple[Attr, ...]:
        """The elements that certainly do what is asked: where to point."""
        return tuple(item for item, target in self.targets if ask(target) is Verdict.PASS)


def allows(
    statements: Iterable[Statement], estate: Estate, action: str, ask: Callable[[ArnTarget], Verdict]
) -> Verdict:
    """Whether the statements together allow an action on what is asked for, such as
    `lambda target: target.covers_index(table, index)`.

    A condition on an Allow is taken to be met; one on a Deny may or may not be.
    """
    allowed = denied = Verdict.FAIL
    for statement in statements:
        said = names_action(statement, action)
        if said is not Verdict.FAIL:
            said = said & scope_of(statement, estate).covers(ask)
        effect = statement.effect.text
        if effect != "Deny":
            allowed = allowed | (said if effect == "Allow" else said & Verdict.UNKNOWN)
        if effect != "Allow":
            always = effect == "Deny" and not statement.conditions and statement.conditions_unknown is None
            denied = denied | (said if always else said & Verdict.UNKNOWN)
    return allowed & ~denied


_recent: dict[int, tuple[Estate, dict[int, Scope]]] = {}


def scope_of(statement: Statement, estate: Estate) -> Scope:
    """The statement's scope in its estate. Scopes are kept for the last few estates: every rule asks for the same."""
    kept = _recent.get(id(estate))
    if kept is None or kept[0] is not estate:
        while len(_recent) >= _KEPT:
            del _recent[next(iter(_recent))]
        kept = _recent[id(estate)] = (estate, {})
    scope = kept[1].get(id(statement))
    if scope is None or scope.statement is not statement:
        scope = kept[1][id(statement)] = Scope(statement, estate)
    return scope
