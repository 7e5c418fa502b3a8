"""Who may decrypt with a key: the policies of an identity, the key's own policy, and grants.

Sources: https://docs.aws.amazon.com/kms/latest/developerguide/iam-policies.html (policies of IAM count only as far as
the key's policy lets the account decide; the default key policy does),
https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service, and
https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html (the ARN of an alias in `Resource` is not
that of its key).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial, reduce
from operator import or_
from typing import Final

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.types import STRING
from ddbaudit.ir.value import Cause, Symbol, Unknown
from ddbaudit.model.actions import names_action
from ddbaudit.model.arns import ArnTarget
from ddbaudit.model.attr import Attr
from ddbaudit.model.coverage import scope_of
from ddbaudit.model.estate import Estate
from ddbaudit.model.globs import Atoms, Gap, literal, match, wild_match
from ddbaudit.model.iam import Condition, Policy, Principal, Statement
from ddbaudit.model.kms import KmsKey, key_policies, named_key
from ddbaudit.model.principals import Identity, roles_by_reference
from ddbaudit.model.reading import attr, elements, text_attr

DECRYPT: Final = "kms:Decrypt"
_GRANT: Final = "aws_kms_grant"

_SEGMENT = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_FRONT: Final[Atoms] = (
    *"arn:",
    Gap("partition", _SEGMENT, free=True),
    *":kms:",
    Gap("region", _SEGMENT, free=True),
    ":",
    Gap("account", _SEGMENT, free=True),
    *":key/",
)
_VIA_DYNAMODB: Final = "dynamodb.*.amazonaws.com"
# Conditions that the account's own identities meet.
_OF_ACCOUNT: Final = frozenset({"kms:calleraccount", "aws:principalaccount", "aws:principalorgid"})
_ACCOUNT = re.compile(r"(?:arn:[\w-]*:iam::)?\d{12}(?::root)?")


def may_decrypt(identity: Identity, arn: Attr, estate: Estate) -> Verdict:
    """Whether an identity may decrypt with the key that a table names, by way of DynamoDB.

    A key that the configuration does not make is taken to let its account decide; what else its policy grants is not
    known. Conditions that only the request can meet make it UNKNOWN.
    """
    key = named_key(arn, estate).key
    covers = partial(_covers, arn=arn, key=key, estate=estate)
    by_iam = _by_identity(identity, estate, covers)
    if key is None:
        return by_iam | Verdict.UNKNOWN
    policies = list(key_policies(key, estate))
    delegates, direct = Verdict.FAIL if policies else Verdict.PASS, _granted(identity, key, estate)
    for policy, doubt in policies:
        hidden = Verdict.FAIL if policy.unknown is None and policy.invalid is None else Verdict.UNKNOWN
        weight = Verdict.PASS if doubt is None else Verdict.UNKNOWN
        delegates |= weight & (_by_key_policy(policy, _is_account) | hidden)
        direct |= weight & (_by_key_policy(policy, partial(_is_identity, identity=identity, estate=estate)) | hidden)
    return (by_iam & delegates) | direct


# -- the identity's own policies -----------------------------------------------------------------------------------

_Covers = Callable[[ArnTarget], Verdict]


def _by_identity(identity: Identity, estate: Estate, covers: _Covers) -> Verdict:
    allowed = denied = hidden = Verdict.FAIL
    for attachment in identity.attachments:
        weight = Verdict.PASS if attachment.doubt is None else Verdict.UNKNOWN
        if attachment.policy.unknown is not None:
            hidden = Verdict.UNKNOWN
        for statement in attachment.policy.statements:
            said = weight & names_action(statement, DECRYPT)
            if said is Verdict.FAIL:
                continue
            said &= scope_of(statement, estate).covers(covers) & _met(statement)
            allowed |= said & _effect(statement, "Allow")
            denied |= said & _effect(statement, "Deny")
    return (allowed | hidden) & ~denied & identity.bounds(estate, DECRYPT, covers)


def _effect(statement: Statement, word: str) -> Verdict:
    text = statement.effect.text
    return Verdict.UNKNOWN if text is None else Verdict.PASS if text == word else Verdict.FAIL


def _covers(target: ArnTarget, arn: Attr, key: KmsKey | None, estate: Estate) -> Verdict:
    """Whether an element of `Resource` is the key that a table names."""
    if target.is_everything:
        return Verdict.PASS
    if _is_alias(target):
        return Verdict.FAIL
    named = _named(target, arn, estate)
    if key is not None and named is not None:
        return Verdict.PASS if named.address == key.address else Verdict.FAIL
    same = match(target.atoms, literal(arn.parts))
    if same is Verdict.PASS or arn.text is not None:
        return same
    return match(target.atoms, (*_FRONT, Gap(("key", id(arn.value)), _SEGMENT)))


def _named(target: ArnTarget, arn: Attr, estate: Estate) -> KmsKey | None:
    """The key of the configuration that an element is made of."""
    if not any(isinstance(part, Symbol) and "aws_kms_" in part.address for part in target.parts):
        return None
    value = Unknown(STRING, Cause("computed", "known after apply"), target.parts)
    return named_key(Attr(value, arn.span), estate).key


def _is_alias(target: ArnTarget) -> bool:
    """Whether it is the ARN of an alias, which is not that of the key."""
    first = target.parts[0] if target.parts else None
    if isinstance(first, Symbol):
        return "aws_kms_alias." in first.address and first.path == ("arn",)
    return any(isinstance(part, str) and ":alias/" in part for part in target.parts)


# -- conditions ----------------------------------------------------------------------------------------------------


def _met(statement: Statement) -> Verdict:
    """Whether what an application does by way of DynamoDB meets the conditions."""
    verdict = Verdict.PASS if statement.conditions_unknown is None else Verdict.UNKNOWN
    for condition in statement.conditions:
        verdict &= _condition(condition)
    return verdict


def _condition(condition: Condition) -> Verdict:
    operator = condition.operator.lower().removesuffix("ifexists").rpartition(":")[2]
    key = condition.key.lower()
    if operator not in ("stringequals", "stringlike", "stringnotequals", "stringnotlike"):
        return Verdict.UNKNOWN
    negated = "not" in operator
    if key in _OF_ACCOUNT:
        return Verdict.FAIL if negated else Verdict.PASS
    if key != "kms:viaservice":
        return Verdict.UNKNOWN
    found = _any(_is_dynamodb(value) for value in condition.values)
    return ~found if negated else found


def _is_dynamodb(value: Attr) -> Verdict:
    """Whether a value of kms:ViaService is DynamoDB, of whatever region."""
    text = value.text
    if text is not None:
        plain = text.startswith("dynamodb.") or wild_match(text, _VIA_DYNAMODB.replace("*", "eu-west-1"))
        return Verdict.PASS if plain else Verdict.FAIL
    first = value.parts[0] if value.parts else None
    if isinstance(first, str) and first.partition(".")[1]:
        return Verdict.PASS if first.startswith("dynamodb.") else Verdict.FAIL
    return Verdict.UNKNOWN


# -- the key's policy and grants -----------------------------------------------------------------------------------


def _by_key_policy(policy: Policy, admits: Callable[[Principal], Verdict]) -> Verdict:
    """Whether a key policy lets somebody decrypt. `Resource` is the key itself there."""
    allowed = denied = Verdict.FAIL
    for statement in policy.statements:
        said = names_action(statement, DECRYPT)
        if said is Verdict.FAIL:
            continue
        who = _any(admits(principal) for principal in statement.principals)
        who |= Verdict.FAIL if statement.principals_unknown is None else Verdict.UNKNOWN
        said &= who & _met(statement)
        allowed |= said & _effect(statement, "Allow")
        denied |= said & _effect(statement, "Deny")
    return allowed & ~denied


def _is_account(principal: Principal) -> Verdict:
    """Whether it is an account, which then decides by its own policies. Which account is not looked at."""
    if principal.kind != "AWS":
        return Verdict.FAIL
    return _any(_of_account(item) for item in _identifiers(principal))


def _of_account(item: Attr) -> Verdict:
    if item.text is not None:
        return Verdict.PASS if _ACCOUNT.fullmatch(item.text) else Verdict.FAIL
    last = item.parts[-1] if item.parts else None
    if isinstance(last, str):
        return Verdict.PASS if last.endswith(":root") else Verdict.FAIL
    is_id = isinstance(last, Symbol) and last.attribute == "account_id"
    return Verdict.PASS if is_id else Verdict.UNKNOWN


def _is_identity(principal: Principal, identity: Identity, estate: Estate) -> Verdict:
    """Whether it is the identity, or everybody."""
    if principal.kind not in ("AWS", "*"):
        return Verdict.FAIL
    return _any(_means(item, identity, estate) for item in _identifiers(principal))


def _means(reference: Attr, identity: Identity, estate: Estate) -> Verdict:
    if reference.text == "*":
        return Verdict.PASS
    if _of_account(reference) is Verdict.PASS:
        return Verdict.FAIL
    first = reference.parts[0] if reference.parts else None
    if isinstance(first, Symbol) and first.address == identity.address:
        return Verdict.PASS
    found = estate.once(roles_by_reference).find(reference)
    return _any(verdict for role, verdict in found if role is identity)


def _identifiers(principal: Principal) -> Iterator[Attr]:
    yield from principal.identifiers.items
    if principal.identifiers.unknown is not None:
        yield Attr(principal.identifiers.unknown, principal.identifiers.span)


def _granted(identity: Identity, key: KmsKey, estate: Estate) -> Verdict:
    """Whether a grant of the configuration lets the identity decrypt."""
    grants = (r for r in estate.resources if r.mode == "managed" and r.type == _GRANT)
    return _any(_by_grant(grant, identity, key, estate) for grant in grants)


def _by_grant(grant: ResourceInstance, identity: Identity, key: KmsKey, estate: Estate) -> Verdict:
    target = named_key(text_attr(grant.body, "key_id"), estate)
    of_key = Verdict.FAIL if target.key is not None or target.unknown is None else Verdict.UNKNOWN
    if target.key is not None and target.key.address == key.address:
        of_key = Verdict.PASS
    items, unknown = elements(attr(grant.body, "operations").value)
    decrypts = _any(Attr(item, grant.body.header).test(_says_decrypt, if_absent=False) for item in items)
    decrypts |= Verdict.FAIL if unknown is None else Verdict.UNKNOWN
    return of_key & decrypts & _means(text_attr(grant.body, "grantee_principal"), identity, estate)


def _says_decrypt(value: object) -> bool:
    return getattr(value, "data", None) == "Decrypt"


def _any(verdicts: Iterable[Verdict]) -> Verdict:
    return reduce(or_, verdicts, Verdict.FAIL)
