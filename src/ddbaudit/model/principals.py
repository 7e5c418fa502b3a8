"""The IAM side as a graph: identities (roles, users, groups, permission sets), the policies that each of them has, and
what runs as a role.

Policies are joined to identities by symbol (`aws_iam_role.r.name`) or by equal names; where it is not known whether
two are the same, the policy is attached with a doubt. What AWS's own managed policies allow is known of some of them.
Not seen are what IAM holds beside the configuration: service control policies, session policies, and policies that
somebody else attaches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ddbaudit.foundation.source import Span
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.value import Unknown
from ddbaudit.model.arns import ArnTarget
from ddbaudit.model.attachments import (
    MEMBERSHIPS,
    Attachment,
    Claim,
    IdentityKind,
    Policies,
    claims_of,
    listed,
)
from ddbaudit.model.attr import Attr
from ddbaudit.model.coverage import allows
from ddbaudit.model.estate import Estate
from ddbaudit.model.iam import Policy
from ddbaudit.model.policies import policy_name
from ddbaudit.model.reading import first_unknown, text_attr
from ddbaudit.model.references import Directory, Entry, sources_of
from ddbaudit.model.subjects import judged

_KINDS: Final[Mapping[str, IdentityKind]] = {
    "aws_iam_role": "role",
    "aws_iam_user": "user",
    "aws_iam_group": "group",
    "aws_ssoadmin_permission_set": "permission set",
}
# What runs as a role: the argument that names the role, and what people call it.
_CONSUMERS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "aws_lambda_function": (("role", "Lambda function"),),
    "aws_ecs_task_definition": (("task_role_arn", "ECS task"), ("execution_role_arn", "ECS agent")),
    "aws_iam_instance_profile": (("role", "EC2 instance profile"),),
}


@dataclass(frozen=True, slots=True)
class Consumer:
    """What runs as a role; `noun` is `Lambda function`, `ECS task`, `ECS agent` (the execution role) or `EC2 instance
    profile`; `role` the argument that names the role."""

    instance: ResourceInstance
    noun: str
    role: Attr

    @property
    def address(self) -> str:
        return self.instance.address


@dataclass(frozen=True, slots=True, eq=False)
class Identity:
    """Who may have policies. What AWS calls an IAM identity: a role, a user or a group; and a permission set, of which
    IAM Identity Center makes roles.

    A user has the policies of its groups as well. `boundary` is the permissions boundary, which only takes away.
    `trust` is a role's trust policy.
    """

    instance: ResourceInstance
    kind: IdentityKind
    name: Attr
    attachments: tuple[Attachment, ...]
    boundary: Attachment | None
    trust: Policy | None
    consumers: tuple[Consumer, ...]

    @property
    def address(self) -> str:
        return self.instance.address

    @property
    def header(self) -> Span:
        return self.instance.body.header

    @property
    def label(self) -> str:
        """`role "orders-service"`, or by its address when the name is not known, or a secret."""
        name = self.name.public
        return f'{self.kind} "{name}"' if name else f"{self.kind} {self.instance.address}"

    @property
    def unseen(self) -> Unknown | None:
        """Why it may be allowed more than can be seen: a policy that is not known, or one that may be its own."""
        return first_unknown(*(first_unknown(a.policy.unknown, a.doubt) for a in self.attachments))

    @property
    def services(self) -> tuple[tuple[str, ...], Unknown | None]:
        """The services that its trust policy lets assume it (`lambda.amazonaws.com`), and why there may be more."""
        found: list[str] = []
        reason = self.trust.unknown if self.trust is not None else None
        for statement in self.trust.statements if self.trust is not None else ():
            if statement.effect.text == "Deny":
                continue
            reason = first_unknown(reason, statement.principals_unknown)
            for principal in statement.principals:
                if principal.kind == "Service":
                    found.extend(item.text for item in principal.identifiers.items if item.text is not None)
                    items = (item.unknown for item in principal.identifiers.items)
                    reason = first_unknown(reason, principal.identifiers.unknown, *items)
        return tuple(found), reason

    def may(self, estate: Estate, action: str, ask: Callable[[ArnTarget], Verdict]) -> Verdict:
        """Whether its policies allow an action on what is asked for (see `coverage.allows`).

        A policy that cannot be seen may allow more; it is not taken to deny anything.
        """
        certain = [s for a in self.attachments if a.doubt is None for s in a.policy.statements]
        verdict = allows(certain, estate, action, ask)
        doubtful = [s for a in self.attachments if a.doubt is not None for s in a.policy.statements]
        if doubtful and allows([*certain, *doubtful], estate, action, ask) is not verdict:
            verdict = Verdict.UNKNOWN
        if verdict is Verdict.FAIL and any(a.policy.unknown is not None for a in self.attachments):
            verdict = Verdict.UNKNOWN
        return verdict & self.bounds(estate, action, ask)

    def bounds(self, estate: Estate, action: str, ask: Callable[[ArnTarget], Verdict]) -> Verdict:
        """Whether its boundary leaves it an action, if its policies allow it."""
        if self.boundary is None:
            return Verdict.PASS
        verdict = allows(self.boundary.policy.statements, estate, action, ask)
        unseen = self.boundary.policy.unknown is not None or self.boundary.doubt is not None
        return verdict | Verdict.UNKNOWN if unseen else verdict


def identities_of(estate: Estate) -> tuple[Identity, ...]:
    """All identities in the order of the resources; made once (`estate.once(identities_of)`)."""
    return tuple(_Graph(estate).identities())


judged(Identity, "IAM identity", lambda estate: estate.once(identities_of))


def roles_by_reference(estate: Estate) -> Directory[Identity]:
    """The roles, for references by symbol, name or ARN; made once."""
    roles = (identity for identity in estate.once(identities_of) if identity.kind == "role")
    return Directory((Entry(role.address, role.name, role) for role in roles), sources_of(estate))


class _Graph:
    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._policies = Policies(estate)
        self._instances = {r.address: r for r in estate.resources if r.mode == "managed" and r.type in _KINDS}
        sources = sources_of(estate)
        self._directories: dict[IdentityKind, Directory[str]] = {
            kind: Directory(
                (Entry(a, policy_name(r.body), a) for a, r in self._instances.items() if r.type == type_), sources
            )
            for type_, kind in _KINDS.items()
        }
        self._attached: dict[str, list[Attachment]] = {address: [] for address in self._instances}

    def identities(self) -> Iterator[Identity]:
        for policy in self._estate.policies:
            if policy.kind == "identity" and policy.instance.address in self._instances:
                self._attached[policy.instance.address].append(Attachment(policy, policy.span))
        for address, instance in self._instances.items():
            for reference in listed(instance, "managed_policy_arns") if instance.type == "aws_iam_role" else ():
                self._attached[address].extend(self._policies.attachments(instance, reference))
        for claim in claims_of(self._estate):
            self._attach(claim)
        self._join_groups()
        trusts = {p.instance.address: p for p in self._estate.policies if p.kind == "trust"}
        consumers = self._consumers()
        for address, instance in self._instances.items():
            yield Identity(
                instance=instance,
                kind=_KINDS[instance.type],
                name=policy_name(instance.body),
                attachments=tuple(self._attached[address]),
                boundary=self._boundary(instance),
                trust=trusts.get(address),
                consumers=tuple(consumers.get(address, ())),
            )

    def _attach(self, claim: Claim) -> None:
        targets = self._directories[claim.kind].find(claim.who)
        for address, verdict in targets:
            doubt = claim.doubt if verdict is Verdict.PASS else first_unknown(claim.who.unknown, self._unnamed(address))
            if claim.policy is not None:
                found: Sequence[Attachment] = (Attachment(claim.policy, claim.policy.span),)
            else:
                found = self._policies.attachments(claim.instance, claim.reference)
            self._attached[address].extend(Attachment(a.policy, a.span, first_unknown(doubt, a.doubt)) for a in found)

    def _unnamed(self, address: str) -> Unknown | None:
        return policy_name(self._instances[address].body).unknown

    def _join_groups(self) -> None:
        """Gives users the policies of their groups."""
        own = {address: tuple(found) for address, found in self._attached.items()}
        for instance in self._estate.resources:
            tie = MEMBERSHIPS.get(instance.type) if instance.mode == "managed" else None
            for who in listed(instance, tie.who) if tie is not None else ():
                for what in listed(instance, tie.what) if tie is not None else ():
                    self._join(instance, who, what, own)

    def _join(self, instance: ResourceInstance, who: Attr, what: Attr, own: Mapping[str, Sequence[Attachment]]) -> None:
        for user, is_user in self._directories["user"].find(who):
            for group, is_group in self._directories["group"].find(what):
                doubt = instance.expansion
                if is_user & is_group is not Verdict.PASS:
                    doubt = first_unknown(who.unknown, what.unknown, self._unnamed(user), self._unnamed(group))
                self._attached[user].extend(
                    Attachment(a.policy, a.span, first_unknown(doubt, a.doubt)) for a in own[group]
                )

    def _boundary(self, instance: ResourceInstance) -> Attachment | None:
        found = text_attr(instance.body, "permissions_boundary")
        return self._policies.attachments(instance, found)[-1] if found.is_set else None

    def _consumers(self) -> dict[str, list[Consumer]]:
        consumers: dict[str, list[Consumer]] = {}
        for instance in self._estate.resources:
            for argument, noun in _CONSUMERS.get(instance.type, ()) if instance.mode == "managed" else ():
                consumer = Consumer(instance, noun, text_attr(instance.body, argument))
                for address, verdict in self._directories["role"].find(consumer.role):
                    if verdict is Verdict.PASS:
                        consumers.setdefault(address, []).append(consumer)
        return consumers
