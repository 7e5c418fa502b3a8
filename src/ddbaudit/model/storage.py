"""S3 buckets and what protects them: the resources of their own that newer providers have, and the older arguments.

Source of names and shapes: the schema of hashicorp/aws 5.100. What a bucket has when nothing is written (since 2023:
encryption with keys of S3, and no public access) is not read here; rules say what absence means.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ddbaudit.foundation.source import Span
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.value import Part, Symbol
from ddbaudit.model.attached import Attached, attach, named, named_by, of_type, refers, text_of
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.subjects import judged
from ddbaudit.model.table import Tags
from ddbaudit.model.tags import tags_of

BUCKET = "aws_s3_bucket"

_NAMES = frozenset({"bucket", "id"})
_REFERENCES = (("bucket",), ("id",))
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
    return tuple(Bucket(i, named_by(i, "bucket", "bucket_prefix"), tags_of(i)) for i in of_type(estate, BUCKET))


judged(Bucket, "S3 bucket", lambda e: e.once(buckets_of))


def bucket_name(bucket: Bucket) -> tuple[Part, ...]:
    return named(bucket.name, bucket.address, "bucket")


def attached_to(bucket: Bucket, estate: Estate, type_: str) -> Attached:
    """The resources of a type whose `bucket` is this one."""
    found = estate.once(_parts_of_buckets).near(bucket, type_)
    return attach(estate, [(i, is_bucket(at.parts, bucket, estate), at) for i, at in found])


def is_bucket(parts: Sequence[Part], bucket: Bucket, estate: Estate) -> Verdict:
    """Whether a name, or a reference to one, is this bucket's."""
    found = estate.once(_parts_of_buckets).resolved(parts)
    return refers(found, bucket_name(bucket), bucket.address, _NAMES)


class _PartsOfBuckets:
    """The resources that belong to buckets, found by what they say of which."""

    def __init__(self, instances: Iterable[ResourceInstance]) -> None:
        self._by_address = {instance.address: instance for instance in instances}
        self._by_key: dict[tuple[str, str], list[tuple[ResourceInstance, Attr]]] = {}
        for instance in self._by_address.values():
            at = text_of(instance, "bucket")
            self._by_key.setdefault((instance.type, self._key(at.parts)), []).append((instance, at))

    def _key(self, parts: Sequence[Part]) -> str:
        """The address of the bucket that is referred to, or its name; empty when neither is known as a whole."""
        found = self.resolved(parts)
        first = found[0] if len(found) == 1 else None
        if isinstance(first, Symbol) and first.path in _REFERENCES and f"{BUCKET}." in first.address:
            return first.address
        return first if isinstance(first, str) else ""

    def resolved(self, parts: Sequence[Part]) -> Sequence[Part]:
        """The `id` of what belongs to a bucket is the bucket's name."""
        for _ in range(_MOST_STEPS):
            symbol = parts[0] if len(parts) == 1 else None
            owner = self._by_address.get(symbol.address) if isinstance(symbol, Symbol) else None
            if owner is None or not isinstance(symbol, Symbol) or symbol.path != ("id",):
                break
            parts = text_of(owner, "bucket").parts
        return parts

    def near(self, bucket: Bucket, type_: str) -> Iterable[tuple[ResourceInstance, Attr]]:
        """Those that may belong to a bucket: all, unless its name and what they say are known."""
        name = bucket.name.text
        if name is None or "[?]" in bucket.address:
            keys = [key for key in self._by_key if key[0] == type_]
        else:
            keys = [(type_, key) for key in dict.fromkeys((bucket.address, name, ""))]
            keys.extend(key for key in self._by_key if key[0] == type_ and "[?]" in key[1])
        return (found for key in keys for found in self._by_key.get(key, ()))


def _parts_of_buckets(estate: Estate) -> _PartsOfBuckets:
    return _PartsOfBuckets(r for r in estate.resources if r.mode == "managed" and r.type.startswith(f"{BUCKET}_"))


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
