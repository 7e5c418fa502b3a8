"""The regions that tables are in: their own `region` argument (6.x), else that of their provider.

Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/enhanced-region-support
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ddbaudit.foundation.source import Span
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.limits import regions
from ddbaudit.ir.types import STRING
from ddbaudit.ir.value import Cause, Known, Unknown
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.reading import own_place, text_attr
from ddbaudit.model.subjects import judged
from ddbaudit.model.table import Table


@dataclass(frozen=True, slots=True)
class TableRegion:
    """A region that one expression gives to some tables: `region` of a provider or, in 6.x, of one table. `address` is
    that of the table, or `provider.aws`."""

    address: str
    region: Attr
    tables: tuple[Table, ...]

    @property
    def instance(self) -> ResourceInstance:
        """The first table's, which tells the module calls that lead here."""
        return self.tables[0].instance


def known_regions() -> frozenset[str]:
    """The names of all regions that the provider knows."""
    return regions()


def region_of(instance: ResourceInstance) -> Attr:
    """The region of a resource, at the expression that gives it, else at the provider block, else at the resource."""
    own = text_attr(instance.body, "region")
    if own.is_set:
        return own
    provider = instance.provider
    place = provider.span or instance.body.header
    origin = provider.region.origin
    span = origin.span if origin is not None else None
    inside = span is not None and span.source is place.source
    return Attr(provider.region, span if inside and span is not None else own_place(provider.region, place))


def is_configured(region: Attr) -> bool:
    """Whether the configuration gives the region. Otherwise the process environment does (AWS_REGION), of which
    nothing is known."""
    return isinstance(region.value, Known) or region.value.origin is not None


def unread_region(instance: ResourceInstance, estate: Estate) -> Unknown | None:
    """Why the region of a resource is not known although its provider's is: a `region` is written, which the schema of
    5.100 does not have."""
    for address, header in estate.once(_unread):
        if address == instance.declaration:
            return Unknown(STRING, Cause("unsupported", "region is an argument of provider 6.x", header))
    return None


def _unread(estate: Estate) -> tuple[tuple[str, Span], ...]:
    """The declarations with such an argument, and its place."""
    return tuple(
        (declaration.address, fault.span)
        for declaration in estate.declarations
        for fault in declaration.faults
        if fault.kind == "unsupported-argument" and fault.span.text == "region"
    )


def table_regions(estate: Estate) -> tuple[TableRegion, ...]:
    """Every expression that gives tables their region, in the order of the tables."""
    return tuple(_table_regions(estate))


def _table_regions(estate: Estate) -> Iterator[TableRegion]:
    shared: dict[tuple[str, object], list[Table]] = {}
    for table in estate.tables:
        provider = table.instance.provider
        own = text_attr(table.instance.body, "region").is_set
        key = (table.address, None) if own else (f"provider.{provider.name}", provider.span)
        shared.setdefault(key, []).append(table)
    for (address, _), tables in shared.items():
        yield TableRegion(address, region_of(tables[0].instance), tuple(tables))


judged(TableRegion, "region that tables are in", lambda e: e.once(table_regions))
