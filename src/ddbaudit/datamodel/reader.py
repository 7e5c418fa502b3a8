"""The text of a data model to `DataModel`: strict, every mistake a UsageError with its place.

Fields that are not known, names that name nothing, attributes without a type: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from ddbaudit.datamodel.fields import (
    ATTRIBUTE_FIELDS,
    CLAIM_FIELDS,
    FORMAT,
    INDEX_FIELDS,
    MODEL_FIELDS,
    PRINCIPAL_FIELDS,
    TABLE_FIELDS,
    as_written,
    choice,
    entries,
    flag,
    known,
    names,
    whole,
    words,
)
from ddbaudit.datamodel.patterns import patterns_of
from ddbaudit.datamodel.shape import (
    ATTRIBUTE_TYPES,
    GROWTHS,
    PROJECTIONS,
    STREAM_VIEWS,
    TOPICS,
    Attribute,
    Claim,
    DataModel,
    Entity,
    Index,
    Keys,
    Principal,
    Table,
)
from ddbaudit.foundation.source import Span
from ddbaudit.foundation.strict_yaml import Yaml, read_yaml, refuse
from ddbaudit.foundation.text import safe_text
from ddbaudit.foundation.yaml_fields import fields, required, text

_SYSTEM: Final = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")


def read_model(content: str, path: str) -> DataModel:
    """The model of a YAML text; `path` is where it stands, for messages."""
    root = read_yaml(content, path)
    found = fields(root, MODEL_FIELDS, "a data model")
    _check_format(required(found, "format", "a data model", root))
    system = text(required(found, "system", "a data model", root), "system")
    if not _SYSTEM.fullmatch(system):
        refuse(found["system"].span, f'the system "{safe_text(system)}" is not made of lower-case words joined by "-"')
    environments = names(found.get("environments"), "environments")
    principals = {
        key: _principal(key, node, place) for key, node, place in entries(found.get("principals"), "principals")
    }
    listed = required(found, "tables", "a data model", root)
    reader = _Tables(environments, tuple(principals))
    tables = {key: reader.table(key, node, place) for key, node, place in entries(listed, "tables")}
    if not tables:
        refuse(listed.span, '"tables" lists no table')
    return DataModel(
        system=system,
        sources=names(required(found, "source", "a data model", root), "source"),
        span=found["system"].span,
        tables=tables,
        patterns=patterns_of(found.get("patterns"), tables, tuple(principals)),
        principals=principals,
        claims=_claims(found.get("claims"), tables),
        environments=environments,
    )


def _check_format(node: Yaml) -> None:
    if node.data != FORMAT or isinstance(node.data, bool):
        refuse(node.span, f"the format of a data model is {FORMAT}", "a later version of ddbaudit may read others")


def _principal(name: str, node: Yaml, place: Span) -> Principal:
    found = fields(node, PRINCIPAL_FIELDS, "a principal")
    if len(found) != 1:
        refuse(place, "a principal is one role, user or policy", 'write {role: "orders-{env}"}')
    kind, pattern = next(iter(found.items()))
    return Principal(name, kind, text(pattern, kind), place)


class _Tables:
    """Reads tables with what belongs to them."""

    def __init__(self, environments: tuple[str, ...], principals: tuple[str, ...]) -> None:
        self._environments = environments
        self._principals = principals

    def table(self, key: str, node: Yaml, place: Span) -> Table:
        other = as_written(node, "a table")
        return self._table(key, node, place, self._table(key, other, place) if other is not None else None)

    def _table(self, key: str, node: Yaml, place: Span, written: Table | None = None) -> Table:
        found = fields(node, TABLE_FIELDS, "a table")
        attributes = _attributes(required(found, "attributes", "a table", node))
        required(found, "hash", "a table", node)
        stream, pitr = found.get("stream"), found.get("pitr")
        return Table(
            key=key,
            names=self._names(required(found, "name", "a table", node)),
            keys=_keys(node, found, attributes, place),
            attributes=attributes,
            span=place,
            entities=_entities(found.get("entities"), attributes),
            indexes=_indexes(found.get("indexes"), attributes),
            ttl=_ttl(found.get("ttl"), attributes),
            stream=choice(stream, "stream", STREAM_VIEWS) if stream is not None else "",
            pitr=flag(pitr, "pitr") if pitr is not None else None,
            replicas=self._replicas(found.get("replicas")),
            owners=self._owners(found.get("owner")),
            group=text(found["group"], "group") if "group" in found else "",
            environments=self._some(found.get("environments")),
            places=node.keys,
            decision=_decision(found),
            written=written,
        )

    def _environment(self, name: str, place: Span) -> str:
        return known(name, self._environments, place, "the model has no environment") if self._environments else name

    def _names(self, node: Yaml) -> dict[str, str]:
        if not isinstance(node.data, Mapping):
            return {"": text(node, "name")}
        return {self._environment(key, place): text(value, "name") for key, value, place in entries(node, "name")}

    def _some(self, node: Yaml | None) -> tuple[str, ...]:
        listed = words(node, "environments") if node is not None else ()
        return tuple(self._environment(word, place) for word, place in listed)

    def _replicas(self, node: Yaml | None) -> dict[str, tuple[str, ...]]:
        return {
            self._environment(key, place): names(value, "replicas") for key, value, place in entries(node, "replicas")
        }

    def _owners(self, node: Yaml | None) -> tuple[str, ...]:
        listed = words(node, "owner") if node is not None else ()
        missing = "the model has no principal"
        return tuple(known(word, self._principals, place, missing) for word, place in listed)


def _decision(found: Mapping[str, Yaml]) -> str:
    return text(found["decision"], "decision") if "decision" in found else ""


def _keys(node: Yaml, found: Mapping[str, Yaml], attributes: Mapping[str, Attribute], place: Span) -> Keys:
    parts: dict[str, tuple[str, ...]] = {}
    for field in ("hash", "range"):
        listed = words(found[field], field) if field in found else ()
        missing = "the table has no attribute"
        parts[field] = tuple(known(word, attributes, at, missing) for word, at in listed)
    return Keys(parts["hash"], parts["range"], node.keys.get("hash", place), node.keys.get("range", place))


def _attributes(node: Yaml) -> dict[str, Attribute]:
    return {key: _attribute(key, value, place) for key, value, place in entries(node, "attributes")}


def _attribute(name: str, node: Yaml, place: Span) -> Attribute:
    if isinstance(node.data, str | tuple):
        return Attribute(name, _types(node), place)
    other = as_written(node, "an attribute")
    found = fields(node, ATTRIBUTE_FIELDS, "an attribute")
    return Attribute(
        name=name,
        types=_types(required(found, "type", "an attribute", node)),
        span=place,
        values=names(found.get("values"), "values"),
        growth=choice(found["growth"], "growth", GROWTHS) if "growth" in found else "",
        decision=_decision(found),
        written=_attribute(name, other, place) if other is not None else None,
    )


def _types(node: Yaml) -> tuple[str, ...]:
    items = node.data if isinstance(node.data, tuple) else (node,)
    if not items:
        refuse(node.span, '"type" lists no type')
    return tuple(choice(item, "type", ATTRIBUTE_TYPES) for item in items)


def _entities(node: Yaml | None, attributes: Mapping[str, Attribute]) -> dict[str, Entity]:
    found: dict[str, Entity] = {}
    for name, keys, place in entries(node, "entities"):
        templates = {
            known(key, attributes, at, "the table has no attribute"): text(value, key)
            for key, value, at in entries(keys, name)
        }
        found[name] = Entity(name, templates, place)
    return found


def _indexes(node: Yaml | None, attributes: Mapping[str, Attribute]) -> dict[str, Index]:
    return {key: _index(key, value, place, attributes) for key, value, place in entries(node, "indexes")}


def _index(key: str, node: Yaml, place: Span, attributes: Mapping[str, Attribute]) -> Index:
    other = as_written(node, "an index")
    found = fields(node, INDEX_FIELDS, "an index")
    kind = choice(found["kind"], "kind", ("global", "local")) if "kind" in found else "global"
    if kind == "global":
        required(found, "hash", "a global index", node)
    elif "hash" in found:
        refuse(found["hash"].span, "a local index has the hash key of its table")
    projection = choice(found["projection"], "projection", PROJECTIONS) if "projection" in found else "ALL"
    include = found.get("include")
    if (projection == "INCLUDE") != (include is not None):
        refuse(place, '"include" belongs to the projection INCLUDE, and it needs it')
    return Index(
        key=key,
        name=text(found["name"], "name") if "name" in found else key,
        kind=kind,
        keys=_keys(node, found, attributes, place),
        projection=projection,
        include=names(include, "include"),
        span=place,
        purpose=text(found["purpose"], "purpose") if "purpose" in found else "",
        decision=_decision(found),
        written=_index(key, other, place, attributes) if other is not None else None,
    )


def _ttl(node: Yaml | None, attributes: Mapping[str, Attribute]) -> str:
    if node is None:
        return ""
    return known(text(node, "ttl"), attributes, node.span, "the table has no attribute")


def _claims(node: Yaml | None, tables: Mapping[str, Table]) -> tuple[Claim, ...]:
    if node is None:
        return ()
    if not isinstance(node.data, tuple):
        refuse(node.span, f'"claims" is a list, not {node.kind}')
    return tuple(_claim(item, tables) for item in node.data)


def _claim(node: Yaml, tables: Mapping[str, Table]) -> Claim:
    found = fields(node, CLAIM_FIELDS, "a claim")
    about = required(found, "about", "a claim", node)
    listed = words(found["tables"], "tables") if "tables" in found else None
    if not any(name in found for name in ("count", "at_least", "tables", "all")):
        refuse(about.span, 'a claim has "count", "at_least", "tables" or "all"')
    group = text(found["group"], "group") if "group" in found else ""
    if group:
        known(group, {table.group for table in tables.values()}, found["group"].span, "no table has the group")
    place = about.span.source.span(node.keys["about"].start, about.span.end)
    missing = "the model has no table"
    return Claim(
        about=choice(about, "about", TOPICS),
        span=place,
        states=text(required(found, "states", "a claim", node), "states"),
        group=group,
        count=whole(found.get("count"), "count"),
        at_least=whole(found.get("at_least"), "at_least"),
        tables=tuple(known(word, tables, at, missing) for word, at in listed) if listed is not None else None,
        every=flag(found["all"], "all") if "all" in found else False,
        decision=_decision(found),
    )
