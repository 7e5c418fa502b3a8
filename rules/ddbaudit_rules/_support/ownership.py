"""Whose a table is, and which tables are those of others: by data models, else by a tag."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ddbaudit.ir.value import Known, Unknown
from ddbaudit.model.design import built_tables
from ddbaudit.model.design_access import principals_of
from ddbaudit.model.estate import Estate
from ddbaudit.model.principals import Identity
from ddbaudit.model.table import Table, Tags
from ddbaudit.model.tags import tags_of
from ddbaudit_rules._support.design_access import owners_of


@dataclass(frozen=True, slots=True)
class Foreign:
    """A table that belongs to others; `doubt` tells why it may be one's own."""

    table: Table
    owners: tuple[str, ...]
    doubt: Unknown | None = None


def foreign_tables(identity: Identity, estate: Estate, tag: str) -> list[Foreign] | None:
    """The tables that belong, or may belong, to others; None when it is not said of which service it is."""
    if principals_of(identity, estate):
        return list(_by_models(identity, estate))
    own = _tagged(tags_of(identity.instance), tag)
    return list(_by_tags(own, estate, tag)) if own is not None else None


def _by_tags(own: str | Unknown, estate: Estate, tag: str) -> Iterator[Foreign]:
    for table in estate.tables:
        other = _tagged(table.tags, tag)
        if isinstance(other, Unknown):
            yield Foreign(table, ("another service",), other)
        elif other is not None and other != own:
            yield Foreign(table, (other,), own if isinstance(own, Unknown) else None)


def _by_models(identity: Identity, estate: Estate) -> Iterator[Foreign]:
    """Those of its models that it neither owns nor has a pattern on."""
    for model, principal in principals_of(identity, estate):
        used = {pattern.table for pattern in model.patterns.values() if principal.name in pattern.principals}
        for built in estate.once(built_tables):
            owners = owners_of(built, model)
            keys = {design.key for owner, design, _ in built.designs if owner is model}
            if owners and principal.name not in owners and not keys & used:
                yield Foreign(built.table, owners)


def _tagged(tags: Tags, tag: str) -> str | Unknown | None:
    """The value of the tag; None when it is certainly not there, or no tag is named."""
    entry = tags.entries.get(tag) if tag else None
    if entry is None:
        return tags.unknown if tag else None
    value = entry.value.value
    if isinstance(value, Unknown):
        return value
    return value.data if isinstance(value, Known) and isinstance(value.data, str) else None
