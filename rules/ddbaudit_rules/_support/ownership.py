"""Whose a table is, and which tables are those of others: by data models, else by a tag."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.ir.value import Known
from ddbaudit.model.design import built_tables
from ddbaudit.model.design_access import principals_of
from ddbaudit.model.estate import Estate
from ddbaudit.model.principals import Identity
from ddbaudit.model.table import Table, Tags
from ddbaudit.model.tags import tags_of
from ddbaudit_rules._support.design_access import owners_of


def foreign_tables(identity: Identity, estate: Estate, tag: str) -> list[tuple[Table, tuple[str, ...]]] | None:
    """The tables that belong to others, with their owners; None when it is not said of which service it is."""
    if principals_of(identity, estate):
        return list(_by_models(identity, estate))
    own = _tagged(tags_of(identity.instance), tag)
    if own is None:
        return None
    others = ((table, _tagged(table.tags, tag)) for table in estate.tables)
    return [(table, (other,)) for table, other in others if other is not None and other != own]


def _by_models(identity: Identity, estate: Estate) -> Iterator[tuple[Table, tuple[str, ...]]]:
    """Those of its models that it neither owns nor has a pattern on."""
    for model, principal in principals_of(identity, estate):
        used = {pattern.table for pattern in model.patterns.values() if principal.name in pattern.principals}
        for built in estate.once(built_tables):
            owners = owners_of(built, model)
            keys = {design.key for owner, design, _ in built.designs if owner is model}
            if owners and principal.name not in owners and not keys & used:
                yield built.table, owners


def _tagged(tags: Tags, tag: str) -> str | None:
    entry = tags.entries.get(tag) if tag else None
    value = entry.value.value if entry is not None else None
    return value.data if isinstance(value, Known) and isinstance(value.data, str) else None
