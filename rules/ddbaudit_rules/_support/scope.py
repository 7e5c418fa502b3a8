"""How far the resources of a statement reach: to every table, to another region, to another account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Absent, Known, Symbol, Unknown, Value
from ddbaudit.model.actions import ACTIONS
from ddbaudit.model.arns import ArnTarget, table_of_symbol
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.globs import Atoms, Gap, match
from ddbaudit_rules._support.access import Access, any_of

_SEGMENT = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
# No table has such a name: what matches it matches any. A name that is not known cannot be it either.
_ANY_NAME = "#" * 255
_ANY_TABLE: Atoms = (
    *"arn:",
    Gap("partition", _SEGMENT, free=True),
    *":dynamodb:",
    Gap("region", _SEGMENT, free=True),
    ":",
    Gap("account", _SEGMENT, free=True),
    *":table/",
    *_ANY_NAME,
)
_ANY_INDEX: Atoms = (*_ANY_TABLE, *"/index/", *_ANY_NAME)
_NARROWING = ("aws:resource", "dynamodb:")


def scoped_actions(access: Access) -> Verdict:
    """Whether the statement names an action that is authorised on resources at all."""
    verdict = Verdict.FAIL if access.actions.unknown is None else Verdict.UNKNOWN
    if any(ACTIONS[action].resources for action in access.actions.possible):
        verdict |= Verdict.UNKNOWN
    return verdict | any_of(Verdict.PASS for action in access.actions.certain if ACTIONS[action].resources)


def is_narrowed(access: Access) -> bool:
    """Whether a condition may limit the resources."""
    statement = access.statement
    keys = (condition.key.lower() for condition in statement.conditions)
    return statement.conditions_unknown is not None or any(key.startswith(_NARROWING) for key in keys)


@dataclass(frozen=True, slots=True)
class Reach:
    """An element that goes too far: certainly (PASS) or perhaps (UNKNOWN). `broad`: it is about every table."""

    verdict: Verdict
    at: Attr
    what: str
    label: str
    broad: bool
    because: Unknown | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """`region` is the provider's; `accounts` those that ARNs may name (any, when empty)."""

    region: Value
    estate: Estate
    accounts: Sequence[str]

    def overreach(self, access: Access) -> Iterator[Reach]:
        """The elements of a statement's resources that go, or may go, too far."""
        terms = access.resources
        whole = Attr(Absent(origin=terms.origin), terms.span)
        if access.is_negated:
            if any(self._is_any(target.arn) is Verdict.PASS for target in access.targets):
                return
            yield Reach(Verdict.PASS, whole, "every table that NotResource does not name", "all other tables", True)
            return
        for target in access.targets:
            yield from self._of_item(target.item, target.arn)
        if terms.unknown is not None:
            yield Reach(Verdict.UNKNOWN, whole, "every table", "may be every table", True, terms.unknown)

    def _of_item(self, item: Attr, target: ArnTarget) -> Iterator[Reach]:
        if self._is_own(target):
            return
        verdict = Verdict.PASS if target.is_everything else self._is_any(target)
        if verdict is not Verdict.FAIL:
            yield Reach(verdict, item, "every table", "every table", True, item.unknown)
        elif target.service == "dynamodb":
            yield from self._elsewhere(item, target)

    def _is_own(self, target: ArnTarget) -> bool:
        """Whether it is made of a table of this configuration."""
        symbols = (part for part in target.parts if isinstance(part, Symbol))
        return target.anchor is not None or any(table_of_symbol(symbol, self.estate) for symbol in symbols)

    def _is_any(self, target: ArnTarget) -> Verdict:
        if target.service == "other":
            return Verdict.FAIL
        return match(target.atoms, _ANY_TABLE) | match(target.atoms, _ANY_INDEX)

    def _elsewhere(self, item: Attr, target: ArnTarget) -> Iterator[Reach]:
        region, account = target.region, target.account
        if region and "*" not in region and "?" not in region:
            verdict, because = self._is_foreign(region)
            if verdict is not Verdict.FAIL:
                yield Reach(verdict, item, f"a table of the region {region}", "another region", False, because)
        if account and self.accounts and account not in self.accounts:
            yield Reach(Verdict.PASS, item, f"a table of the account {account}", "another account", False)

    def _is_foreign(self, region: str) -> tuple[Verdict, Unknown | None]:
        """Whether a region is none of the configuration's. Where the provider's region comes from outside, nothing can
        be held against an ARN."""
        tables = self.estate.tables
        own = [self.region, *(table.instance.provider.region for table in tables)]
        own += [replica.region.value for table in tables for replica in table.replicas]
        if not _is_configured(self.region) or any(isinstance(v, Known) and v.data == region for v in own):
            return Verdict.FAIL, None
        reasons = [value for value in own if isinstance(value, Unknown)]
        reasons += [table.replicas_unknown for table in tables if table.replicas_unknown is not None]
        return (Verdict.UNKNOWN, reasons[0]) if reasons else (Verdict.PASS, None)


def _is_configured(region: Value) -> bool:
    """Whether an expression gives it; otherwise it has no origin."""
    return isinstance(region, Known) or region.origin is not None
