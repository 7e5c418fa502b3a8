"""What AWS and the provider refuse anywhere: regions that there are not, tags that are reserved."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.text import did_you_mean
from ddbaudit.ir.value import Cause
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.regions import known_regions, region_of
from ddbaudit.model.table import Table, Tags
from ddbaudit.sdk.problem import Problem
from ddbaudit_rules._support.limits import refusal


def provider_regions(estate: Estate) -> Iterator[Problem]:
    """Regions of the providers in use that the provider does not know; one that is not known is not judged."""
    seen: set[str] = set()
    doubts = {d.address: d.doubt for d in estate.declarations}
    for instance in estate.resources:
        name = instance.provider.name
        if name.split(".")[0] == "aws" and name not in seen and instance.provider.span is not None:
            seen.add(name)
            yield from _region(region_of(instance), f"provider {name}", doubts.get(instance.declaration))


def replica_regions(table: Table, doubt: Cause | None) -> Iterator[Problem]:
    for replica in table.replicas:
        yield from _region(replica.region, f"a replica of {table.label}", doubt)


def _region(region: Attr, owner: str, doubt: Cause | None) -> Iterator[Problem]:
    name = region.text
    if name is None or name in known_regions():
        return
    best = did_you_mean(name, known_regions())
    help = f'did you mean "{best}"?' if best is not None else "name a region of AWS"
    message = f'AWS has no region "{region.shown}", which {owner} is to be in'
    yield from refusal(message, region, "no such region", help, f"{owner}:region", doubt)


def reserved_tags(tags: Tags, address: str) -> Iterator[Problem]:
    """Source: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html"""
    for key, tag in tags.entries.items():
        if key.lower().startswith("aws:"):
            message = f'the tag "{key}" of {address} begins with "aws:", which is reserved for AWS'
            help = "choose another key"
            yield from refusal(message, tag.value, "a reserved key", help, f"tags:{key}", None)
