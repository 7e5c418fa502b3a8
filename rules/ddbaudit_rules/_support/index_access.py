"""Where a policy grants an action on a table, but not, or perhaps not, on the table's indexes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ddbaudit.foundation.text import join_names
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Unknown
from ddbaudit.model.actions import INDEX_ACTIONS
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.table import Index, Table
from ddbaudit.sdk.problem import Link, links_of
from ddbaudit_rules._support.access import Access, Cover

_QUERY = "dynamodb:Query"
_TRAVERSAL = re.compile(r'[a-z_][\w.\[\]"*-]*', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Shortfall:
    """`access` grants the actions on the table, and no statement grants them on these indexes (FAIL), or perhaps none
    does (UNKNOWN; then `indexes` may be empty: there may be others than the known ones). Without a reason in `because`
    it depends on the conditions of statements."""

    verdict: Verdict
    access: Access
    table: Table
    actions: tuple[str, ...]
    indexes: tuple[Index, ...]
    because: Unknown | None

    @property
    def shown_actions(self) -> str:
        """The actions as the statement names them."""
        granted = {**self.access.actions.possible, **self.access.actions.certain}
        named = [(granted[action].text if action in granted else None) or action for action in self.actions]
        return join_names(list(dict.fromkeys(named)))

    @property
    def shown_indexes(self) -> str:
        """`index "a"` or `indexes "a" and "b"`."""
        names = join_names([f'"{index.name.shown}"' for index in self.indexes])
        return f"{'index' if len(self.indexes) == 1 else 'indexes'} {names}"

    @property
    def why(self) -> str:
        """The reason in words where `because` has none."""
        return "" if self.because is not None else ": it depends on the conditions of statements"

    @property
    def origin(self) -> tuple[Link, ...]:
        """The way to the ARN of the table in the statement's list, without the table's own declaration at its end."""
        for target in self.access.targets:
            value = target.item.value
            if value.origin is None or target.arn.covers_table(self.table) is not Verdict.PASS:
                continue
            return links_of(value.origin, self.access.resources.span, until=self.table.header)
        return ()

    @property
    def shown_arn(self) -> str:
        """The ARN of all indexes, written as the statement writes that of the table."""
        for target in self.access.targets:
            text = target.item.span.text
            if target.arn.covers_table(self.table) is Verdict.PASS and _TRAVERSAL.fullmatch(text):
                return f'"${{{text}}}/index/*"'
        local = not self.table.instance.module
        return f'"${{{self.table.address}.arn}}/index/*"' if local else '"<table ARN>/index/*"'


def has_indexes(table: Table) -> bool:
    """Whether a table has, or may have, an index."""
    return bool(table.indexes) or table.indexes_unknown is not None


def shortfalls(accesses: Sequence[Access], tables: Iterable[Table]) -> Iterator[Shortfall]:
    """All shortfalls of the statements of one policy."""
    only = [access.only for access in accesses]
    about = None if None in only else frozenset[str]().union(*(addresses for addresses in only if addresses))
    for table in tables:
        if has_indexes(table) and (about is None or table.address in about):
            yield from _TableAccess(table, accesses).shortfalls()


@dataclass(slots=True)
class _TableAccess:
    table: Table
    accesses: Sequence[Access]
    _covered: dict[tuple[int, int | None], Verdict] = field(default_factory=dict)

    def shortfalls(self) -> Iterator[Shortfall]:
        """One for each granting statement and set of indexes, with all actions that lack them."""
        granting = [a for a in self.accesses if a.allows is not Verdict.FAIL and self._on_table(a) is not Verdict.FAIL]
        found: dict[tuple[int, Verdict, tuple[int, ...]], list[tuple[str, Shortfall]]] = {}
        for action in sorted(INDEX_ACTIONS) if granting else ():
            worst = self._worst(action, granting)
            if worst is not None:
                key = (id(worst.access), worst.verdict, tuple(map(id, worst.indexes)))
                found.setdefault(key, []).append((action, worst))
        for same in found.values():
            first = same[0][1]
            actions = tuple(action for action, _ in same)
            yield Shortfall(first.verdict, first.access, self.table, actions, first.indexes, first.because)

    def _worst(self, action: str, granting: Sequence[Access]) -> Shortfall | None:
        """A certain shortfall of an action, else a possible one; of several that of the statement with the fewest
        actions: the one that is most about queries is the one to mend."""
        found = [s for s in (self._judge(action, access) for access in granting) if s is not None]
        certain = [s for s in found if s.verdict is Verdict.FAIL]
        return min(
            certain or found, key=lambda s: len({*s.access.actions.possible, *s.access.actions.certain}), default=None
        )

    def _judge(self, action: str, access: Access) -> Shortfall | None:
        grant = access.allows & access.actions.has(action) & self._on_table(access) & ~self._denied(action, None)
        if grant is Verdict.FAIL:
            return None
        if self._allowed(action, access, None, self._on_all) is Verdict.PASS:
            return None
        verdicts = {id(i): self._given(action, access, i) for i in self.table.indexes}
        certain = grant is Verdict.PASS and not access.is_conditional
        missing = tuple(i for i in self.table.indexes if verdicts[id(i)] is Verdict.FAIL and i.certain)
        if certain and missing:
            return Shortfall(Verdict.FAIL, access, self.table, (action,), missing, None)
        doubtful = tuple(i for i in self.table.indexes if verdicts[id(i)] is not Verdict.PASS)
        if doubtful or self.table.indexes_unknown is not None:
            return Shortfall(Verdict.UNKNOWN, access, self.table, (action,), doubtful, self._reason(access, doubtful))
        return None

    def _given(self, action: str, access: Access, index: Index) -> Verdict:
        """Whether the action is allowed on an index, or left out on purpose: who may query it is let in by design, and
        need not scan it."""
        found = self._allowed(action, access, index, self._on_index)
        if found is not Verdict.FAIL or action == _QUERY:
            return found
        queried = self._allowed(_QUERY, access, index, self._on_index)
        return Verdict.PASS if queried is Verdict.PASS else Verdict.FAIL

    def _allowed(self, action: str, access: Access, index: Index | None, on: _On) -> Verdict:
        """Whether whom `access` lets in may do the action on an index; one that is denied is left out on purpose."""
        verdict = self._denied(action, index) if index is not None else Verdict.FAIL
        for other in self.accesses:
            if verdict is Verdict.PASS:
                break
            allows = other.allows & other.actions.has(action)
            if allows is not Verdict.FAIL:
                verdict |= allows & _shared(access, other) & on(other, index)
        return verdict

    def _denied(self, action: str, index: Index | None) -> Verdict:
        """Whether the action is denied on the table (None) or an index, whatever the request."""
        verdict = Verdict.FAIL
        for other in self.accesses:
            denies = other.denies & other.actions.has(action) & _always(other)
            if denies is not Verdict.FAIL:
                verdict |= denies & (self._on_table(other) if index is None else self._on_index(other, index))
        return verdict

    def _on_table(self, access: Access) -> Verdict:
        return self._cover(access, None, lambda target: target.covers_table(self.table))

    def _on_all(self, access: Access, _: Index | None) -> Verdict:
        return self._cover(access, 0, lambda target: target.covers_all_indexes(self.table))

    def _on_index(self, access: Access, index: Index | None) -> Verdict:
        assert index is not None
        return self._cover(access, id(index), lambda target: target.covers_index(self.table, index))

    def _cover(self, access: Access, key: int | None, cover: Cover) -> Verdict:
        found = self._covered.get((id(access), key))
        if found is None:
            found = self._covered[id(access), key] = access.covers(cover)
        return found

    def _reason(self, access: Access, doubtful: Sequence[Index]) -> Unknown | None:
        names = (index.name.unknown for index in doubtful)
        others = (other.unknown for other in self.accesses)
        return first_unknown(access.unknown, self.table.indexes_unknown, *names, *others)


_On = Callable[[Access, Index | None], Verdict]


def _always(access: Access) -> Verdict:
    """Whether a statement has no conditions. What is denied under one is allowed otherwise."""
    if access.statement.conditions:
        return Verdict.FAIL
    return Verdict.PASS if access.statement.conditions_unknown is None else Verdict.UNKNOWN


def _shared(access: Access, other: Access) -> Verdict:
    """Whether `other` lets in whom `access` lets in, as far as conditions go."""
    if other is access or not other.is_conditional:
        return Verdict.PASS
    conditions = _conditions(access)
    same = conditions is not None and conditions == _conditions(other)
    return Verdict.PASS if same else Verdict.UNKNOWN


def _conditions(access: Access) -> tuple[object, ...] | None:
    """The conditions in comparable form; None when they are not all known."""
    if access.statement.conditions_unknown is not None:
        return None
    found = [(c.operator, c.key, tuple(v.text for v in c.values)) for c in access.statement.conditions]
    return None if any(None in texts for _, _, texts in found) else tuple(sorted(found, key=str))
