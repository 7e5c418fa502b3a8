"""S3 buckets and what protects them: the resources of their own that newer providers have, and the older arguments.

Source of names and shapes: the schema of hashicorp/aws 5.100. What a bucket has when nothing is written (since 2023:
encryption with keys of S3, and no public access) is not read here; rules say what absence means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ddbaudit.foundation.source import Span
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.types import STRING
from ddbaudit.ir.value import Cause, Hole, Part, Symbol, Unknown
from ddbaudit.model.attached import Attached, attach, named, of_type, refers, text_of
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.reading import text_attr
from ddbaudit.model.subjects import judged
from ddbaudit.model.table import Tags
from ddbaudit.model.tags import tags_of

BUCKET = "aws_s3_bucket"

_NAMES = frozenset({"bucket", "id"})
_MOST_STEPS = 8


@dataclass(frozen=True, slots=True)
class Bucket:
    """An aws_s3_bucket. `name` has the known beginning of a `bucket_prefix`; Absent when the provider makes it up."""

    instance: ResourceInstance
    name: Attr
    tags: Tags

    @property
    def address(self) -> str:
        return self.instance.address

    @property
    def header(self) -> Span:
        return self.instance.body.header

    @property
    def label(self) -> str:
        """`bucket "audit"` by its name, or by its address when the name is not known, or a secret."""
        name = self.name.public
        return f'bucket "{name}"' if name is not None else f"bucket {self.address}"


def buckets_of(estate: Estate) -> tuple[Bucket, ...]:
    return tuple(Bucket(i, _name(i), tags_of(i)) for i in of_type(estate, BUCKET))


def _name(instance: ResourceInstance) -> Attr:
    """`bucket`, or what `bucket_prefix` tells of it; Absent when the provider makes one up."""
    name, prefix = text_attr(instance.body, "bucket"), text_attr(instance.body, "bucket_prefix")
    if name.is_set or not prefix.is_set:
        return name
    cause = Cause("computed", "the provider appends a suffix to bucket_prefix", prefix.span)
    parts = (*prefix.parts, Hole(Unknown(STRING, cause, not_null=True)))
    return Attr(Unknown(STRING, cause, parts, prefix.value.origin, not_null=True), prefix.span)


judged(Bucket, "S3 bucket", lambda e: e.once(buckets_of))


def bucket_name(bucket: Bucket) -> tuple[Part, ...]:
    return named(bucket.name, bucket.address, "bucket")


def attached_to(bucket: Bucket, estate: Estate, type_: str) -> Attached:
    """The resources of a type whose `bucket` is this one."""
    found = ((instance, text_of(instance, "bucket")) for instance in of_type(estate, type_))
    return attach(estate, [(i, is_bucket(at.parts, bucket, estate), at) for i, at in found])


def is_bucket(parts: Sequence[Part], bucket: Bucket, estate: Estate) -> Verdict:
    """Whether a name, or a reference to one, is this bucket's."""
    return refers(_resolved(parts, estate), bucket_name(bucket), bucket.address, _NAMES)


def _resolved(parts: Sequence[Part], estate: Estate) -> Sequence[Part]:
    """The `id` of what belongs to a bucket is the bucket's name."""
    for _ in range(_MOST_STEPS):
        symbol = parts[0] if len(parts) == 1 else None
        if not isinstance(symbol, Symbol) or symbol.path != ("id",):
            break
        owner = next((r for r in estate.once(_parts_of_buckets) if r.address == symbol.address), None)
        if owner is None:
            break
        parts = text_of(owner, "bucket").parts
    return parts


def _parts_of_buckets(estate: Estate) -> tuple[ResourceInstance, ...]:
    return tuple(
        r for r in estate.resources if r.mode == "managed" and r.type.startswith(f"{BUCKET}_") and r.type != BUCKET
    )


def bucket_at(parts: Sequence[Part], estate: Estate) -> Bucket | None:
    """The bucket that an ARN or a name certainly stands for."""
    first = parts[0] if len(parts) == 1 else None
    for bucket in estate.once(buckets_of):
        if isinstance(first, Symbol) and first.path == ("arn",) and first.address == bucket.address:
            return bucket
        name = bucket.name.text
        if isinstance(first, str) and name is not None and first.rpartition(":::")[2] == name:
            return bucket
        if is_bucket(parts, bucket, estate) is Verdict.PASS:
            return bucket
    return None
