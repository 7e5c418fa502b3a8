"""How a bucket keeps its objects: versioning, encryption, tiers and copies, from the resources of their own and from
the older arguments of aws_s3_bucket.

Source: the schema of hashicorp/aws 5.100.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Literal

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.instance import BlockInstance, ResourceInstance
from ddbaudit.ir.types import STRING
from ddbaudit.ir.value import Cause, Known, Unknown
from ddbaudit.model.attached import Answer, any_answer, judged_value
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.keys import nested_attr
from ddbaudit.model.reading import attr, first_unknown, nested, text_attr
from ddbaudit.model.regions import is_configured, region_of
from ddbaudit.model.storage import Bucket, attached_to, bucket_at, buckets_of

VERSIONING = "aws_s3_bucket_versioning"
ENCRYPTION = "aws_s3_bucket_server_side_encryption_configuration"
LIFECYCLE = "aws_s3_bucket_lifecycle_configuration"
REPLICATION = "aws_s3_bucket_replication_configuration"

EncryptionLevel = Literal["any", "kms"]
_KMS = ("aws:kms", "aws:kms:dsse")
_BY_DEFAULT = "apply_server_side_encryption_by_default"


def is_one_of(found: Attr, wanted: Sequence[str]) -> Verdict:
    """Whether a string is one of several; what is not set is none."""
    if found.is_unknown:
        return Verdict.UNKNOWN
    return Verdict.PASS if found.text in wanted else Verdict.FAIL


# -- versioning and encryption -----------------------------------------------------------------------------------------


def versioning(bucket: Bucket, estate: Estate) -> Answer:
    """Whether versioning is on."""
    own = attached_to(bucket, estate, VERSIONING)
    answers = []
    for instance, certain in own.all:
        status = nested_attr(instance.body, "versioning_configuration", "status")
        answers.append(judged_value(status, is_one_of(status, ("Enabled",)), certain))
    older = nested(bucket.instance.body, "versioning")
    for block, certain in older.all:
        enabled = attr(block, "enabled")
        answers.append(judged_value(enabled, enabled.is_true(), certain))
    return any_answer(answers, first_unknown(own.unknown, older.unknown))


def encryption(bucket: Bucket, estate: Estate, level: EncryptionLevel) -> Answer:
    """Whether the configuration says how objects are encrypted by default (`any`), or that it is with a KMS key."""
    own = attached_to(bucket, estate, ENCRYPTION)
    older = nested(bucket.instance.body, "server_side_encryption_configuration")
    holders = (*((i.body, certain) for i, certain in own.all), *older.all)
    answers, unknown = [], first_unknown(own.unknown, older.unknown)
    for holder, certain in holders:
        rules = nested(holder, "rule")
        unknown = first_unknown(unknown, rules.unknown)
        for rule, is_there in rules.all:
            algorithm = nested_attr(rule, _BY_DEFAULT, "sse_algorithm")
            answers.append(judged_value(algorithm, _is_encrypted(algorithm, level), certain and is_there))
    return any_answer(answers, unknown)


def _is_encrypted(algorithm: Attr, level: EncryptionLevel) -> Verdict:
    if level == "any" and algorithm.text is not None:
        return Verdict.PASS
    return is_one_of(algorithm, _KMS)


# -- tiers -------------------------------------------------------------------------------------------------------------


def moves_to(bucket: Bucket, estate: Estate, classes: Sequence[str]) -> Answer:
    """Whether every object of the bucket, as it ages, moves to one of these storage classes."""
    own = attached_to(bucket, estate, LIFECYCLE)
    older = nested(bucket.instance.body, "lifecycle_rule")
    rules = [(block, certain) for block, certain in older.all]
    unknown = first_unknown(own.unknown, older.unknown)
    for instance, certain in own.all:
        found = nested(instance.body, "rule")
        unknown = first_unknown(unknown, found.unknown)
        rules.extend((rule, certain and is_there) for rule, is_there in found.all)
    return any_answer((answer for rule, certain in rules for answer in _moves(rule, certain, classes)), unknown)


def _moves(rule: BlockInstance, certain: bool, classes: Sequence[str]) -> Iterator[Answer]:
    """The answers of a rule's transitions to these classes; those to others say nothing."""
    on = _is_on(rule)
    holds = on & _is_about_everything(rule)
    note = "the rule is not enabled" if on is Verdict.FAIL else "the rule leaves objects out"
    found = nested(rule, "transition")
    for block, is_there in found.all:
        storage_class = text_attr(block, "storage_class")
        moves = is_one_of(storage_class, classes)
        if moves is Verdict.FAIL:
            continue
        verdict = moves & holds
        if verdict is Verdict.PASS and not (certain and is_there):
            verdict = Verdict.UNKNOWN
        because = first_unknown(storage_class.unknown, *_doubts(rule), found.unknown)
        yield Answer(verdict, storage_class, because, note)
    if found.unknown is not None and holds is not Verdict.FAIL:
        yield Answer(Verdict.UNKNOWN, None, found.unknown)


def _is_on(rule: BlockInstance) -> Verdict:
    """`status` of a rule, `enabled` of an older lifecycle_rule."""
    if "enabled" in rule.arguments:
        return attr(rule, "enabled").is_true()
    return is_one_of(attr(rule, "status"), ("Enabled",))


def _is_about_everything(rule: BlockInstance) -> Verdict:
    """Whether no filter leaves objects out; an empty prefix leaves out none."""
    verdicts = [_narrows(rule, ("prefix", "tags"))]
    for filter_, _ in nested(rule, "filter").all:
        verdicts.append(_narrows(filter_, ("prefix", "tags", "object_size_greater_than", "object_size_less_than")))
        for type_ in ("and", "tag"):
            inner = nested(filter_, type_)
            verdicts.extend(_narrows(b, ("prefix", "tags", "key")) for b, _ in inner.all)
            verdicts.extend([Verdict.UNKNOWN] if inner.unknown is not None else [])
    return ~reduce(or_, verdicts, Verdict.FAIL)


def _narrows(block: BlockInstance, arguments: Sequence[str]) -> Verdict:
    verdict = Verdict.FAIL
    for name in arguments:
        found = text_attr(block, name)
        is_empty = isinstance(found.value, Known) and found.value.data in ({}, ())
        if found.is_unknown:
            verdict |= Verdict.UNKNOWN
        elif found.is_set and not is_empty and found.number != 0:
            verdict = Verdict.PASS
    return verdict


def _doubts(rule: BlockInstance) -> Iterator[Unknown | None]:
    yield from (attr(rule, name).unknown for name in ("status", "enabled", "prefix"))
    for filter_, _ in nested(rule, "filter").all:
        yield text_attr(filter_, "prefix").unknown
        yield from (nested(filter_, type_).unknown for type_ in ("and", "tag"))


# -- copies ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Copying:
    """A rule of replication: where to, and whether it is on. `certain` is False where it may not be the bucket's."""

    destination: Attr
    enabled: Attr
    certain: bool


def copying(bucket: Bucket, estate: Estate) -> tuple[tuple[Copying, ...], Unknown | None]:
    """The rules of replication of a bucket, and why there may be more."""
    own = attached_to(bucket, estate, REPLICATION)
    older = nested(bucket.instance.body, "replication_configuration")
    holders = [(i.body, "rule", certain) for i, certain in own.all]
    holders.extend((block, "rules", certain) for block, certain in older.all)
    found: list[Copying] = []
    unknown = first_unknown(own.unknown, older.unknown)
    for holder, type_, certain in holders:
        rules = nested(holder, type_)
        unknown = first_unknown(unknown, rules.unknown)
        for rule, is_there in rules.all:
            destination = nested_attr(rule, "destination", "bucket")
            found.append(Copying(destination, attr(rule, "status"), certain and is_there))
    return tuple(found), unknown


def copied_elsewhere(bucket: Bucket, estate: Estate) -> Answer:
    """Whether new objects are copied to a bucket in another region."""
    rules, unknown = copying(bucket, estate)
    return any_answer((_copies(rule, bucket, estate) for rule in rules), unknown)


def _copies(rule: Copying, bucket: Bucket, estate: Estate) -> Answer:
    enabled = is_one_of(rule.enabled, ("Enabled",))
    if enabled is Verdict.FAIL:
        return Answer(enabled, rule.enabled)
    other = bucket_at(rule.destination.parts, estate)
    elsewhere = _other_region(bucket.instance, other.instance) if other is not None else Answer(Verdict.UNKNOWN)
    verdict = reduce(and_, (enabled, elsewhere.verdict, Verdict.PASS if rule.certain else Verdict.UNKNOWN))
    because = first_unknown(rule.enabled.unknown, elsewhere.because, rule.destination.unknown)
    if because is None and other is None:
        text = "the region of the bucket that it is copied to is not in this configuration"
        because = Unknown(STRING, Cause("data", text, rule.destination.span))
    return Answer(verdict, rule.destination, because, "is in the same region")


def _other_region(one: ResourceInstance, two: ResourceInstance) -> Answer:
    """Whether two buckets are in different regions."""
    here, there = region_of(one), region_of(two)
    if here.text is not None and there.text is not None:
        return Answer(Verdict.PASS if here.text != there.text else Verdict.FAIL)
    same_provider = one.provider.name == two.provider.name and one.module == two.module
    if same_provider and not is_configured(here):
        return Answer(Verdict.FAIL)
    return Answer(Verdict.UNKNOWN, None, first_unknown(here.unknown, there.unknown))


def copies_of_others(bucket: Bucket, estate: Estate) -> tuple[Verdict, Unknown | None]:
    """Whether another bucket of the configuration copies its objects to this one, and why that is not known."""
    copies, unsure = estate.once(_copies_by_address)
    if bucket.address in copies:
        return Verdict.PASS, None
    because = next((reason for source, reason in unsure.items() if source != bucket.address), None)
    return Verdict.FAIL if because is None else Verdict.UNKNOWN, because


def _copies_by_address(estate: Estate) -> tuple[frozenset[str], dict[str, Unknown]]:
    """The buckets that others copy to, and those that copy to a bucket that is not known, with the reason."""
    found: set[str] = set()
    unsure: dict[str, Unknown] = {}
    for bucket in estate.once(buckets_of):
        for rule in copying(bucket, estate)[0]:
            other = bucket_at(rule.destination.parts, estate)
            if other is not None and other.address != bucket.address:
                found.add(other.address)
            if other is None and rule.destination.unknown is not None:
                unsure.setdefault(bucket.address, rule.destination.unknown)
    return frozenset(found), unsure
