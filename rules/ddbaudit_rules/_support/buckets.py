"""What the rules on buckets share: which buckets they are about, and how an answer becomes a problem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Annotated

import msgspec

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Part, Unknown
from ddbaudit.model.attached import Answer
from ddbaudit.model.globs import Atoms, Wild, literal, match
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.storage import Bucket, bucket_name
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import NotApplicable, Params


class BucketParams(Params, frozen=True):
    """Parameters of the rules on chosen buckets: those that any of the three chooses."""

    names: Annotated[
        tuple[str, ...], msgspec.Meta(description="the buckets that are judged, by name; * and ? as in a shell")
    ] = ()
    addresses: Annotated[
        tuple[str, ...], msgspec.Meta(description="the same, by address in the configuration: module.audit.*")
    ] = ()
    tags: Annotated[
        Mapping[str, str], msgspec.Meta(description="the same, by tag: key and value, which may have * and ?")
    ] = msgspec.field(default_factory=dict)


def selected(bucket: Bucket, params: BucketParams) -> Verdict:
    """PASS, or UNKNOWN when it may be one of the chosen buckets; NotApplicable when it is none."""
    if not (params.names or params.addresses or params.tags):
        raise NotApplicable("no buckets are chosen")
    found = [_matches(pattern, bucket_name(bucket)) for pattern in params.names]
    found += [_matches(pattern, (bucket.address,)) for pattern in params.addresses]
    found += [_has_tag(bucket, key, pattern) for key, pattern in params.tags.items()]
    verdict = reduce(or_, found)
    if verdict is Verdict.FAIL:
        raise NotApplicable("it is none of the chosen buckets")
    return verdict


def _matches(pattern: str, parts: Sequence[Part]) -> Verdict:
    return match(_glob(pattern), literal(parts))


def _glob(pattern: str) -> Atoms:
    return tuple({"*": Wild.ANY, "?": Wild.ONE}.get(character, character) for character in pattern)


def _has_tag(bucket: Bucket, key: str, pattern: str) -> Verdict:
    tag = bucket.tags.entries.get(key)
    if tag is None:
        return Verdict.FAIL if bucket.tags.unknown is None else Verdict.UNKNOWN
    return _matches(pattern, tag.value.parts)


def weighed(answer: Answer, chosen: Verdict, bucket: Bucket) -> Answer:
    """The answer on a bucket that may not be a chosen one: what is wrong with it is then not certain."""
    if answer.verdict is not Verdict.FAIL or chosen is Verdict.PASS:
        return answer
    because = first_unknown(bucket.name.unknown, bucket.tags.unknown, *_tag_reasons(bucket))
    return Answer(Verdict.UNKNOWN, None, because)


def _tag_reasons(bucket: Bucket) -> Iterator[Unknown | None]:
    yield from (tag.value.unknown for tag in bucket.tags.entries.values())


def report(bucket: Bucket, answer: Answer, wrong: str, *, label: str, help: str, detail: str = "") -> Iterator[Problem]:
    """The problem that an answer is; `wrong` says what is the matter with the bucket (`bucket "x" …`), `label` what the
    header lacks."""
    here = answer.at if answer.at is not None and answer.verdict is Verdict.FAIL else bucket.header
    if answer.verdict is Verdict.FAIL:
        related = () if answer.at is None else (Related(bucket.header, "the bucket"),)
        at = label if answer.at is None else f"is {answer.at.shown}" if answer.at.is_set else "not set"
        yield fail(f"{bucket.label} {wrong}", here, label=answer.note or at, help=help, related=related, detail=detail)
    elif answer.verdict is Verdict.UNKNOWN:
        message = f"whether {bucket.label} {wrong} is not known"
        yield unknown(message, bucket.header, because=answer.because, label="may be so", detail=detail)
