"""Who a data model's principals are in the configuration, and what they may do to its tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ddbaudit.foundation.source import Span
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.model.arns import ArnTarget
from ddbaudit.model.attr import Attr
from ddbaudit.model.coverage import allows, scope_of
from ddbaudit.model.design import matches, name_atoms
from ddbaudit.model.estate import Estate
from ddbaudit.model.iam import Policy, Statement
from ddbaudit.model.principals import Identity, identities_of
from ddbaudit.model.subjects import judged

if TYPE_CHECKING:
    from ddbaudit.datamodel.shape import DataModel, Principal

Ask = Callable[[ArnTarget], Verdict]


@dataclass(frozen=True, slots=True)
class Holder:
    """What a principal is in the configuration: a role or user with its policies, or a managed policy."""

    identity: Identity | None
    policy: Policy | None

    @property
    def label(self) -> str:
        return self.identity.label if self.identity is not None else self._policy.label

    @property
    def place(self) -> Span:
        return self.identity.header if self.identity is not None else self._policy.instance.body.header

    @property
    def _policy(self) -> Policy:
        assert self.policy is not None
        return self.policy

    @property
    def statements(self) -> tuple[Statement, ...]:
        if self.identity is None:
            return self._policy.statements
        return tuple(s for a in self.identity.attachments for s in a.policy.statements)

    def may(self, estate: Estate, action: str, ask: Ask) -> Verdict:
        """Whether it allows an action on what is asked for."""
        if self.identity is not None:
            return self.identity.may(estate, action, ask)
        verdict = allows(self._policy.statements, estate, action, ask)
        return Verdict.UNKNOWN if verdict is Verdict.FAIL and self._policy.unknown is not None else verdict

    def granting(self, estate: Estate, ask: Ask) -> Attr | Span:
        """The element of `Resource` that certainly covers what is asked for, else its header."""
        for statement in self.statements:
            items = scope_of(statement, estate).items_covering(ask) if statement.effect.text == "Allow" else ()
            if items:
                return items[0]
        return self.place


@dataclass(frozen=True, slots=True)
class DesignedPrincipal:
    """A principal of a data model, and what has its name (PASS) or may have it (UNKNOWN)."""

    model: DataModel
    principal: Principal
    found: tuple[tuple[Holder, Verdict], ...]

    @property
    def address(self) -> str:
        return f"model.{self.model.system}.principals[{self.principal.name!r}]"

    @property
    def holders(self) -> tuple[Holder, ...]:
        return tuple(holder for holder, verdict in self.found if verdict is Verdict.PASS)


def designed_principals(estate: Estate) -> tuple[DesignedPrincipal, ...]:
    return tuple(
        DesignedPrincipal(model, principal, tuple(_found(model, principal, estate)))
        for model in estate.models
        for principal in model.principals.values()
    )


def _found(model: DataModel, principal: Principal, estate: Estate) -> Iterator[tuple[Holder, Verdict]]:
    pattern = name_atoms(principal.pattern, estate.environment, model)
    if principal.kind == "policy":
        for policy in estate.policies:
            if policy.kind == "identity" and policy.instance.type == "aws_iam_policy":
                verdict = matches(pattern, policy.name)
                if verdict is not Verdict.FAIL:
                    yield Holder(None, policy), verdict
        return
    for identity in estate.once(identities_of):
        verdict = matches(pattern, identity.name) if identity.kind == principal.kind else Verdict.FAIL
        if verdict is not Verdict.FAIL:
            yield Holder(identity, None), verdict


def principals_of(identity: Identity, estate: Estate) -> tuple[tuple[DataModel, Principal], ...]:
    """The principals of data models that an identity certainly is."""
    return tuple(
        (found.model, found.principal)
        for found in estate.once(designed_principals)
        if any(holder.identity is identity for holder in found.holders)
    )


judged(DesignedPrincipal, "principal of a data model", lambda estate: estate.once(designed_principals))
