"""Who may reach a bucket, and how: blocks of public access, and policies that refuse requests without TLS.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html (S3 applies the
stricter setting of bucket and account) and
https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html (aws:SecureTransport).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

from ddbaudit.foundation.source import Span
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.value import Symbol, Unknown
from ddbaudit.model.attached import Answer, any_answer, attach, of_type
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.globs import Atom, Atoms, Gap, Wild, gap_of, literal, match
from ddbaudit.model.iam import Policy, Statement, Terms
from ddbaudit.model.reading import attr, first_unknown, text_attr
from ddbaudit.model.storage import BUCKET, Bucket, attached_to, bucket_name

PUBLIC_ACCESS_BLOCK = "aws_s3_bucket_public_access_block"
ACCOUNT_PUBLIC_ACCESS_BLOCK = "aws_s3_account_public_access_block"
POLICY = "aws_s3_bucket_policy"
PUBLIC_ACCESS_SETTINGS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")

_SEGMENT = frozenset("abcdefghijklmnopqrstuvwxyz-")
_PARTITION = Gap("partition", _SEGMENT, free=True)
_OBJECTS = Gap("every object", every=True)
_TLS = "aws:securetransport"


@dataclass(frozen=True, slots=True)
class PublicAccess:
    """The four settings by name; those that are not written are off. `block` is the header of the bucket's own block,
    None when it certainly has none."""

    settings: Mapping[str, Answer]
    block: Span | None


def public_access(bucket: Bucket, estate: Estate) -> PublicAccess:
    """What blocks of the bucket and of its account set."""
    own = attached_to(bucket, estate, PUBLIC_ACCESS_BLOCK)
    blocks = of_type(estate, ACCOUNT_PUBLIC_ACCESS_BLOCK)
    account = attach(estate, [(i, _is_account_of(i, bucket), attr(i.body, "account_id")) for i in blocks])
    found = [*own.all, *account.all]
    unknown = first_unknown(own.unknown, account.unknown)
    settings = {
        name: any_answer([_setting(i, name, certain) for i, certain in found], unknown)
        for name in PUBLIC_ACCESS_SETTINGS
    }
    return PublicAccess(settings, next((i.body.header for i, _ in own.all), None))


def _setting(block: ResourceInstance, name: str, certain: bool) -> Answer:
    found = attr(block.body, name)
    verdict = found.is_true(if_absent=False)
    return Answer(Verdict.UNKNOWN if verdict is Verdict.PASS and not certain else verdict, found, found.unknown)


def _is_account_of(block: ResourceInstance, bucket: Bucket) -> Verdict:
    """Whether a block is on the bucket's account: of the same provider, it is unless it names an account."""
    same_provider = block.provider.name == bucket.instance.provider.name
    names_account = text_attr(block.body, "account_id").is_set
    return Verdict.PASS if same_provider and not names_account else Verdict.UNKNOWN


# -- TLS ---------------------------------------------------------------------------------------------------------------


def tls_only(bucket: Bucket, estate: Estate) -> Answer:
    """Whether a policy of the bucket denies everybody every action on it and its objects without TLS."""
    own = attached_to(bucket, estate, POLICY)
    certain = {instance.address: True for instance in own.certain} | {bucket.address: True}
    possible = {instance.address: False for instance in own.possible}
    holders = possible | certain
    policies = [p for p in estate.policies if p.address in holders and p.instance.type in (POLICY, BUCKET)]
    return any_answer([_of_policy(p, bucket, holders[p.address]) for p in policies], own.unknown)


def _of_policy(policy: Policy, bucket: Bucket, certain: bool) -> Answer:
    found = [_refuses_plain_http(statement, bucket) for statement in policy.statements]
    verdict = reduce(or_, found, Verdict.FAIL if policy.unknown is None else Verdict.UNKNOWN)
    if verdict is Verdict.PASS and not certain:
        verdict = Verdict.UNKNOWN
    reasons = (unknown for statement in policy.statements for unknown in _reasons(statement))
    because = first_unknown(policy.unknown, *reasons)
    return Answer(verdict, Attr(policy.value, policy.span), because, "does not refuse all of them")


def _reasons(statement: Statement) -> Iterator[Unknown | None]:
    yield from (statement.effect.unknown, statement.conditions_unknown, statement.principals_unknown)
    for terms in (statement.actions, statement.resources):
        yield terms.unknown
        yield from (item.unknown for item in terms.items)


def _refuses_plain_http(statement: Statement, bucket: Bucket) -> Verdict:
    name = bucket_name(bucket)
    arn = ("arn:", ":s3:::")
    whole: Atoms = (*arn[0], _PARTITION, *arn[1], *literal(name))
    return reduce(
        and_,
        (
            _is(statement.effect, "Deny"),
            _of_plain_http(statement),
            _everybody(statement),
            _covers(statement.actions, tuple("s3:*"), bucket),
            _covers(statement.resources, whole, bucket),
            _covers(statement.resources, (*whole, "/", _OBJECTS), bucket),
        ),
    )


def _is(found: Attr, wanted: str) -> Verdict:
    if found.is_unknown:
        return Verdict.UNKNOWN
    return Verdict.PASS if found.text is not None and found.text.lower() == wanted.lower() else Verdict.FAIL


def _of_plain_http(statement: Statement) -> Verdict:
    """The one condition is that aws:SecureTransport is false; any further one would narrow the statement."""
    if statement.conditions_unknown is not None:
        return Verdict.UNKNOWN
    if len(statement.conditions) != 1:
        return Verdict.FAIL
    (condition,) = statement.conditions
    if condition.key.lower() != _TLS or condition.operator not in ("Bool", "BoolIfExists"):
        return Verdict.FAIL
    return reduce(or_, (_is(value, "false") for value in condition.values), Verdict.FAIL)


def _everybody(statement: Statement) -> Verdict:
    found = reduce(
        or_,
        (
            Verdict.PASS if principal.kind == "*" else _covers(principal.identifiers, ("*",), None)
            for principal in statement.principals
            if principal.kind in ("*", "AWS")
        ),
        Verdict.FAIL,
    )
    return found if statement.principals_unknown is None else found | Verdict.UNKNOWN


def _covers(terms: Terms, wanted: Atoms, bucket: Bucket | None) -> Verdict:
    """Whether an item of the list covers that; the wanted text is matched as it is, with the wildcards in it."""
    found = (match(_pattern(item, bucket), wanted) for item in terms.items)
    verdict = reduce(or_, found, Verdict.FAIL)
    return verdict if terms.unknown is None else verdict | Verdict.UNKNOWN


def _pattern(item: Attr, bucket: Bucket | None) -> Atoms:
    atoms: list[Atom] = []
    for part in item.parts:
        if isinstance(part, str):
            atoms.extend({"*": Wild.ANY, "?": Wild.ONE}.get(character, character) for character in part)
        elif isinstance(part, Symbol) and bucket is not None and part.address == bucket.address:
            prefix = (*"arn:", _PARTITION, *":s3:::") if part.path == ("arn",) else ()
            atoms.extend((*prefix, *literal(bucket_name(bucket))))
        elif isinstance(part, Symbol) and "data.aws_partition." in part.address:
            atoms.append(_PARTITION)
        else:
            atoms.append(gap_of(part))
    return tuple(atoms)
