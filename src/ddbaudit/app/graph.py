"""The picture of an estate, drawn from its model and coloured by what the audit found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce

from ddbaudit.foundation.source import Span
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.model.actions import ADMIN_ACTIONS, ITEM_READ_ACTIONS, ITEM_WRITE_ACTIONS, PREFIX, TABLE_ACTIONS, granted
from ddbaudit.model.arns import ArnTarget
from ddbaudit.model.coverage import allows, scope_of
from ddbaudit.model.estate import Estate
from ddbaudit.model.iam import Policy, Statement
from ddbaudit.model.principals import Identity, identities_of
from ddbaudit.model.table import Index, Table
from ddbaudit.sdk.graph import EstateGraph, Grant, IndexNode, PrincipalNode, State, TableNode
from ddbaudit.sdk.report import Finding, LedgerEntry

_ORDER = tuple(State)
_READS = tuple(sorted(ITEM_READ_ACTIONS))
_WRITES = tuple(sorted(ITEM_WRITE_ACTIONS))
_ADMIN = tuple(sorted(ADMIN_ACTIONS & TABLE_ACTIONS))
_INDEX_READS = (f"{PREFIX}Query", f"{PREFIX}Scan")

_May = Callable[[str, Callable[[ArnTarget], Verdict]], Verdict]


def graphs_of(
    estates: Sequence[Estate], findings: Sequence[Finding], ledger: Iterable[LedgerEntry]
) -> tuple[EstateGraph, ...]:
    """One graph per root module and environment, in the order of the estates."""
    judged: dict[tuple[str, str], dict[tuple[str, str], Verdict]] = {}
    for entry in ledger:
        if entry.verdict is not Verdict.NOT_APPLICABLE:
            judged.setdefault((entry.root, entry.environment), {})[entry.rule, entry.address] = entry.verdict
    return tuple(
        _Graph(estate, findings, judged.get((estate.root, estate.environment), {})).drawn() for estate in estates
    )


class _Graph:
    """The graph of one estate. `judged` are its verdicts by rule and address."""

    def __init__(self, estate: Estate, findings: Sequence[Finding], judged: dict[tuple[str, str], Verdict]) -> None:
        self._estate = estate
        self._findings: dict[str, list[Finding]] = {}
        for finding in findings:
            verdict = judged.get((finding.rule, finding.address))
            if estate.environment in finding.environments and verdict not in (None, Verdict.PASS):
                self._findings.setdefault(finding.address, []).append(finding)
        self._crashed = {address for (_, address), verdict in judged.items() if verdict is Verdict.ERROR}
        self._judged = {address for _, address in judged}

    def drawn(self) -> EstateGraph:
        estate = self._estate
        principals: list[PrincipalNode] = []
        grants: list[Grant] = []
        for node, may, policies in self._principals():
            own = [self._grant(node, may, table) for table in self._concerned(policies)]
            found = [grant for grant in own if grant is not None]
            if found:
                principals.append(node)
                grants.extend(found)
        tables = tuple(self._table(table) for table in estate.tables)
        return EstateGraph(estate.root, estate.environment, tables, tuple(principals), tuple(grants))

    # -- who ----------------------------------------------------------------------------------------------------------

    def _principals(self) -> Iterator[tuple[PrincipalNode, _May, Sequence[Policy]]]:
        """Everybody with what he may do, and the policies that say so. Policies that nobody has, and those of
        tables, stand for themselves."""
        attached: set[str] = set()
        for identity in self._estate.once(identities_of):
            policies = [attachment.policy for attachment in identity.attachments]
            attached.update(policy.address for policy in policies)
            yield self._identity(identity, policies), self._asking(identity), policies
        for policy in self._estate.policies:
            loose = policy.kind == "identity" and policy.address not in attached
            if loose or (policy.kind == "resource" and policy.instance.type == "aws_dynamodb_resource_policy"):
                yield self._policy(policy), self._stating(policy), (policy,)

    def _identity(self, identity: Identity, policies: Sequence[Policy]) -> PrincipalNode:
        state = self._state(identity.address, *(policy.address for policy in policies))
        runs = tuple(consumer.address for consumer in identity.consumers)
        return PrincipalNode(identity.name.public or identity.address, identity.address, identity.kind, state, runs)

    def _policy(self, policy: Policy) -> PrincipalNode:
        kind = "policy" if policy.kind == "identity" else "resource policy"
        return PrincipalNode(policy.name.public or policy.address, policy.address, kind, self._state(policy.address))

    def _asking(self, identity: Identity) -> _May:
        return lambda action, ask: identity.may(self._estate, action, ask)

    def _stating(self, policy: Policy) -> _May:
        unseen = Verdict.UNKNOWN if policy.unknown is not None else Verdict.FAIL
        return lambda action, ask: allows(policy.statements, self._estate, action, ask) | unseen

    # -- what ---------------------------------------------------------------------------------------------------------

    def _concerned(self, policies: Sequence[Policy]) -> list[Table]:
        """The tables that policies may speak of: most have nothing to do with most tables. What cannot be seen may
        speak of any."""
        if any(policy.unknown is not None for policy in policies):
            return list(self._estate.tables)
        statements = [s for policy in policies for s in policy.statements if _speaks_of_dynamodb(s)]
        scopes = [scope_of(statement, self._estate) for statement in statements]
        named = {_named(target) for scope in scopes for _, target in scope.targets}
        if None not in named and not any(scope.negated or scope.unknown is not None for scope in scopes):
            return [table for table in self._estate.tables if table.address in named]
        return [t for t in self._estate.tables if any(scope.touches(t) is not Verdict.FAIL for scope in scopes)]

    def _grant(self, node: PrincipalNode, may: _May, table: Table) -> Grant | None:
        def any_of(actions: Sequence[str], ask: Callable[[ArnTarget], Verdict]) -> Verdict:
            return reduce(lambda found, action: found | may(action, ask), actions, Verdict.FAIL)

        def on_index(index: Index) -> Callable[[ArnTarget], Verdict]:
            return lambda target: target.covers_index(table, index)

        on_table = _covers(table)
        indexes = [(index, any_of(_INDEX_READS, on_index(index))) for index in table.indexes]
        read = reduce(lambda found, item: found | item[1], indexes, any_of(_READS, on_table))
        write, admin = any_of(_WRITES, on_table), any_of(_ADMIN, on_table)
        if read is write is admin is Verdict.FAIL:
            return None
        certain = tuple(index.name.shown for index, verdict in indexes if verdict is Verdict.PASS)
        return Grant(node.address, table.address, read, write, admin, certain)

    def _table(self, table: Table) -> TableNode:
        name = table.name.public or (table.name.shown if table.name.is_set else table.address)
        indexes = tuple(
            IndexNode(
                index.name.shown,
                "GSI" if index.kind == "global" else "LSI",
                self._worst((f for f in self._findings.get(table.address, ()) if _within(f.primary, index.span)), True),
                index.certain,
            )
            for index in table.indexes
        )
        return TableNode(name, table.address, self._state(table.address), indexes)

    # -- what is said of it -------------------------------------------------------------------------------------------

    def _state(self, *addresses: str) -> State:
        if self._crashed.intersection(addresses):
            return State.UNKNOWN
        found = (finding for address in addresses for finding in self._findings.get(address, ()))
        return self._worst(found, bool(self._judged.intersection(addresses)))

    @staticmethod
    def _worst(findings: Iterable[Finding], judged: bool) -> State:
        states = [_state_of(finding) for finding in findings]
        return min(states, key=_ORDER.index, default=State.PASS if judged else State.NONE)


def _named(target: ArnTarget) -> str | None:
    """The address of the one table that an element speaks of: it is that table's ARN, ended or followed by `/`."""
    rest = target.parts[1:]
    ends = not rest or (isinstance(rest[0], str) and rest[0].startswith("/"))
    return target.anchor.address if target.anchor is not None and ends else None


def _covers(table: Table) -> Callable[[ArnTarget], Verdict]:
    return lambda target: target.covers_table(table)


def _speaks_of_dynamodb(statement: Statement) -> bool:
    found = granted(statement)
    return bool(found.certain or found.possible) or found.unknown is not None


def _state_of(finding: Finding) -> State:
    if finding.suppressed is not None:
        return State.SUPPRESSED
    if finding.verdict is Verdict.UNKNOWN:
        return State.UNKNOWN
    return State.FAIL if finding.blocking else State.WARNING


def _within(inner: Span, outer: Span) -> bool:
    return inner.source is outer.source and outer.start <= inner.start and inner.end <= outer.end
