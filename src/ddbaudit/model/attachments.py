"""Which policies are attached to whom: the resources that attach, and what they refer to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ddbaudit.foundation.source import Span
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.schema import resource_schema
from ddbaudit.ir.types import DYNAMIC
from ddbaudit.ir.value import Absent, Cause, Hole, Symbol, Unknown, Value, string
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.iam import Policy, Statement
from ddbaudit.model.managed_policies import managed_document, managed_name
from ddbaudit.model.reading import elements, first_unknown, nested, own_place, text_attr
from ddbaudit.model.references import Directory, Entry, source_name, sources_of
from ddbaudit.model.statements import document_of

IdentityKind = Literal["role", "user", "group", "permission set"]


@dataclass(frozen=True, slots=True)
class Tie:
    """What a resource of some type says of an identity: the argument that names it (one, or several), and the argument
    with policies or groups."""

    kind: IdentityKind
    who: str
    what: str


# Source: the schema of hashicorp/aws 5.100.
ATTACHMENTS: Final[Mapping[str, tuple[Tie, ...]]] = {
    "aws_iam_role_policy_attachment": (Tie("role", "role", "policy_arn"),),
    "aws_iam_user_policy_attachment": (Tie("user", "user", "policy_arn"),),
    "aws_iam_group_policy_attachment": (Tie("group", "group", "policy_arn"),),
    "aws_iam_policy_attachment": (
        Tie("role", "roles", "policy_arn"),
        Tie("user", "users", "policy_arn"),
        Tie("group", "groups", "policy_arn"),
    ),
    "aws_iam_role_policy_attachments_exclusive": (Tie("role", "role_name", "policy_arns"),),
    "aws_iam_user_policy_attachments_exclusive": (Tie("user", "user_name", "policy_arns"),),
    "aws_iam_group_policy_attachments_exclusive": (Tie("group", "group_name", "policy_arns"),),
    "aws_ssoadmin_managed_policy_attachment": (Tie("permission set", "permission_set_arn", "managed_policy_arn"),),
}
INLINE: Final[Mapping[str, Tie]] = {
    "aws_iam_role_policy": Tie("role", "role", "policy"),
    "aws_iam_user_policy": Tie("user", "user", "policy"),
    "aws_iam_group_policy": Tie("group", "group", "policy"),
    "aws_ssoadmin_permission_set_inline_policy": Tie("permission set", "permission_set_arn", "inline_policy"),
}
MEMBERSHIPS: Final[Mapping[str, Tie]] = {
    "aws_iam_group_membership": Tie("user", "users", "group"),
    "aws_iam_user_group_membership": Tie("user", "user", "groups"),
}
ROLE: Final = "aws_iam_role"
_BY_NAME = "aws_ssoadmin_customer_managed_policy_attachment"
_REFERENCE = "customer_managed_policy_reference"


@dataclass(frozen=True, slots=True, eq=False)
class Attachment:
    """A policy that an identity has. `span` is where it is attached (for an inline policy, the policy itself); `doubt`
    tells why it may not be that identity's."""

    policy: Policy
    span: Span
    doubt: Unknown | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """That somebody of a kind has a policy. `policy` None: `reference` says which."""

    instance: ResourceInstance
    kind: IdentityKind
    who: Attr
    reference: Attr
    policy: Policy | None = None

    @property
    def doubt(self) -> Unknown | None:
        """Why the resource that says so may not exist."""
        return self.instance.expansion


def claims_of(estate: Estate) -> Iterator[Claim]:
    """All that is said about who has which policy, apart from what roles say of themselves."""
    for policy in estate.policies:
        tie = INLINE.get(policy.instance.type) if policy.kind == "identity" else None
        if tie is not None:
            who = text_attr(policy.instance.body, tie.who)
            yield Claim(policy.instance, tie.kind, who, Attr(policy.value, policy.span), policy)
    for instance in estate.resources:
        if instance.mode != "managed":
            continue
        for tie in ATTACHMENTS.get(instance.type, ()):
            for who in listed(instance, tie.who):
                yield from (Claim(instance, tie.kind, who, what) for what in listed(instance, tie.what))
        if instance.type == _BY_NAME:
            who = text_attr(instance.body, "permission_set_arn")
            for block in nested(instance.body, _REFERENCE).items:
                yield Claim(instance, "permission set", who, text_attr(block, "name"))


def own_claims(estate: Estate) -> Iterator[Claim]:
    """The policies that roles list themselves."""
    for instance in estate.resources:
        if instance.mode == "managed" and instance.type == ROLE:
            who = text_attr(instance.body, "name")
            yield from (Claim(instance, "role", who, what) for what in listed(instance, "managed_policy_arns"))


def attached_policies(estate: Estate) -> Iterator[Attachment]:
    """Every managed policy that is attached to anybody, AWS's own and unseen ones included, once per attachment."""
    policies = Policies(estate)
    for claim in (*claims_of(estate), *own_claims(estate)):
        if claim.policy is None:
            yield from policies.attachments(claim.instance, claim.reference)


def listed(instance: ResourceInstance, argument: str) -> Iterator[Attr]:
    """An argument's strings, be it one or a list; what is not known of a list as one more that is not known."""
    found = text_attr(instance.body, argument)
    if not found.is_set:
        return
    schema = resource_schema(instance.mode, instance.type)
    if schema is not None and schema.attributes[argument].type == "string":
        yield found
        return
    items, unknown = elements(found.value)
    yield from (Attr(item, own_place(item, found.span)) for item in items if not isinstance(item, Absent))
    if unknown is not None:
        yield Attr(Unknown(DYNAMIC, unknown.cause, None, unknown.origin), found.span)


class Policies:
    """The policies that an ARN or name may stand for."""

    def __init__(self, estate: Estate) -> None:
        managed = [p for p in estate.policies if p.kind == "identity" and p.instance.type == "aws_iam_policy"]
        self._sources = sources_of(estate)
        self._directory = Directory((Entry(p.address, p.name, p) for p in managed), self._sources)

    def attachments(self, instance: ResourceInstance, reference: Attr) -> Sequence[Attachment]:
        """What a reference attaches: a policy of the configuration, one of AWS's own, or one that cannot be seen."""
        reference = self._resolved(reference)
        name = managed_name(reference.parts)
        if name is not None:
            return (Attachment(_of_aws(instance, reference, name), reference.span),)
        found = self._directory.find(reference)
        if any(verdict is Verdict.PASS for _, verdict in found):
            return tuple(Attachment(policy, reference.span) for policy, _ in found)
        doubt = first_unknown(reference.unknown, *(policy.name.unknown for policy, _ in found))
        possible = tuple(Attachment(policy, reference.span, doubt) for policy, _ in found)
        return (*possible, Attachment(_unseen(instance, reference), reference.span))

    def _resolved(self, reference: Attr) -> Attr:
        """A policy that a data source gives, by what that is asked for."""
        symbol = reference.unknown.symbol if reference.unknown is not None else None
        source = self._sources.get(symbol.address) if isinstance(symbol, Symbol) else None
        if source is None or source.type != "aws_iam_policy":
            return reference
        by_arn = text_attr(source.body, "arn")
        if by_arn.is_set:
            return Attr(by_arn.value, reference.span)
        name = source_name(source)
        text = name[0] if len(name) == 1 and isinstance(name[0], str) else None
        if text is not None and managed_document(text) is not None:
            return Attr(string(f"arn:aws:iam::aws:policy/{text}", reference.value.origin), reference.span)
        return reference


def _of_aws(instance: ResourceInstance, reference: Attr, name: str) -> Policy:
    value = managed_document(name)
    if value is None:
        return _unseen(instance, reference, name)
    statements = tuple(document_of(value, reference.span).statements)
    return _policy(instance, reference, string(name), statements, None)


def _unseen(instance: ResourceInstance, reference: Attr, name: str | None = None) -> Policy:
    """A policy of which nothing can be seen."""
    reason = reference.unknown
    if reason is None or any(not isinstance(part, Hole) for part in reference.parts):
        text = f"the policy {name or reference.shown} is not part of this configuration"
        reason = Unknown(DYNAMIC, Cause("data", text, reference.span), None, reference.value.origin)
    return _policy(instance, reference, reference.value if name is None else string(name), (), reason)


def _policy(
    instance: ResourceInstance,
    reference: Attr,
    name: Value,
    statements: tuple[Statement, ...],
    unknown: Unknown | None,
) -> Policy:
    return Policy(
        instance=instance,
        kind="identity",
        attribute="policy_arn",
        name=Attr(name, reference.span),
        statements=statements,
        unknown=unknown,
        span=reference.span,
        value=reference.value,
    )
