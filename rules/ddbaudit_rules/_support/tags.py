"""What the rules on tags share: which resources they are about, and whether a tag is there."""

from __future__ import annotations

from typing import Annotated

import msgspec

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.model.estate import TaggedResource
from ddbaudit.model.table import Tags
from ddbaudit.sdk.rule import Params
from ddbaudit_rules._support.compare import may_be_unset


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
        return Verdict.UNKNOWN if may_be_unset(tag.value) else Verdict.PASS
    return Verdict.PASS if tag.value.is_set and tag.value.text != "" else Verdict.FAIL
