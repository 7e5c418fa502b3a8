"""What the rules on tags share: which resources they are about, and whether a tag is there."""

from __future__ import annotations

from typing import Annotated

import msgspec

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Hole
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import TaggedResource
from ddbaudit.model.table import Tags
from ddbaudit.sdk.rule import Params


class TagParams(Params, frozen=True):
    """Parameters of the rules on tags."""

    types: Annotated[
        tuple[str, ...] | None,
        msgspec.Meta(description="the resource types that are judged; all that take tags when not set"),
    ] = None

    def applies_to(self, resource: TaggedResource) -> bool:
        return self.types is None or resource.instance.type in self.types


def presence(tags: Tags, key: str) -> Verdict:
    """Whether a resource has a tag of that key with a value."""
    tag = tags.entries.get(key)
    if tag is None:
        return Verdict.FAIL if tags.unknown is None else Verdict.UNKNOWN
    if tag.value.is_unknown:
        return Verdict.PASS if _never_empty(tag.value) else Verdict.UNKNOWN
    return Verdict.PASS if tag.value.is_set and tag.value.text != "" else Verdict.FAIL


def _never_empty(value: Attr) -> bool:
    """An unknown value of which something is known, be it that a resource gives it."""
    return any(not isinstance(part, Hole) and part != "" for part in value.parts)
