"""The JSON Schema of data models, from the same lists that the reader uses."""

from __future__ import annotations

from typing import Any, Final

from ddbaudit.datamodel.fields import (
    ATTRIBUTE_FIELDS,
    CLAIM_FIELDS,
    FORMAT,
    INDEX_FIELDS,
    MODEL_FIELDS,
    PATTERN_FIELDS,
    PRINCIPAL_FIELDS,
    TABLE_FIELDS,
)
from ddbaudit.datamodel.shape import (
    ATTRIBUTE_TYPES,
    GROWTHS,
    OPERATIONS,
    OPERATORS,
    PROJECTIONS,
    STREAM_VIEWS,
    TOPICS,
)

Schema = dict[str, Any]

_TEXT: Final[Schema] = {"type": "string", "minLength": 1}
_FLAG: Final[Schema] = {"type": "boolean"}
_WHOLE: Final[Schema] = {"type": "integer", "minimum": 0}
_LIST: Final[Schema] = {"type": "array", "items": _TEXT, "uniqueItems": True}
_WORDS: Final[Schema] = {"anyOf": [_TEXT, {**_LIST, "minItems": 1}]}
_TYPE: Final[Schema] = {"enum": list(ATTRIBUTE_TYPES)}
_TYPES: Final[Schema] = {"anyOf": [_TYPE, {"type": "array", "items": _TYPE, "minItems": 1}]}

_SHAPES: Final[dict[str, Schema]] = {
    "format": {"const": FORMAT},
    "environments": _WORDS,
    "source": _WORDS,
    "pitr": _FLAG,
    "descending": _FLAG,
    "all": _FLAG,
    "count": _WHOLE,
    "at_least": _WHOLE,
    "owner": _WORDS,
    "principal": _WORDS,
    "hash": _WORDS,
    "range": _WORDS,
    "values": _WORDS,
    "include": _WORDS,
    "filter": {"anyOf": [_TEXT, _LIST]},
    "reads": {"anyOf": [_TEXT, _LIST]},
    "type": _TYPES,
    "growth": {"enum": list(GROWTHS)},
    "kind": {"enum": ["global", "local"]},
    "projection": {"enum": list(PROJECTIONS)},
    "stream": {"enum": list(STREAM_VIEWS)},
    "operation": {"enum": list(OPERATIONS)},
    "about": {"enum": list(TOPICS)},
    "where": {"type": "object", "additionalProperties": {"enum": list(OPERATORS)}},
    "replicas": {"type": "object", "additionalProperties": _LIST},
    "written": {"type": "object", "minProperties": 1},
}

_DESCRIPTIONS: Final[dict[str, str]] = {
    "format": "The version of this format.",
    "system": "What the model is called in packs and findings.",
    "source": "The documents that it comes from.",
    "environments": "The environments that there are; of a table: those in which it exists.",
    "principals": "Who uses the tables: a role, a user or a policy by its name in each environment.",
    "patterns": "The access patterns by what they are called.",
    "claims": "What the document states of several tables: totals, lists, generalities.",
    "attributes": "Every attribute with its type as DynamoDB names it.",
    "entities": "The kinds of items, each with the patterns of its key attributes.",
    "indexes": "The secondary indexes.",
    "name": "A name, in which {env} is the environment and, in an index, {table} the table; * is any text.",
    "owner": "The principals that the table belongs to.",
    "group": "A part of the system, for claims about it.",
    "values": "All values that there are.",
    "growth": "`document`: a whole text; `appended`: it only grows.",
    "purpose": "What it is for.",
    "where": "How each attribute or part of a key pattern is asked for; `each`: one query per value.",
    "filter": "Attributes by which what was read is filtered.",
    "reads": "The attributes that are read; without it the whole item.",
    "decision": "The number of the decision that this rests on.",
    "written": "The fields as the document has them, where the decision is another; null for one that it lacks.",
    "states": "The words of the document.",
}


def schema() -> Schema:
    """The whole document, without `$schema` and title."""
    return {
        "description": "Data models of ddbaudit; docs/data-models.md describes them.",
        **_object(MODEL_FIELDS, ("format", "system", "source", "tables"), _parts()),
        "$defs": {
            "table": _object(TABLE_FIELDS, ("name", "hash", "attributes"), _table_parts()),
            "attribute": {"anyOf": [_TYPES, _object(ATTRIBUTE_FIELDS, ("type",), {})]},
            "index": _object(INDEX_FIELDS, (), {}),
            "pattern": _object(PATTERN_FIELDS, ("table", "operation"), {}),
            "principal": {**_object(PRINCIPAL_FIELDS, (), {}), "minProperties": 1, "maxProperties": 1},
            "claim": _object(CLAIM_FIELDS, ("about", "states"), {"tables": _WORDS}),
        },
    }


def _parts() -> dict[str, Schema]:
    return {
        "principals": _named("principal"),
        "tables": {**_named("table"), "minProperties": 1},
        "patterns": _named("pattern"),
        "claims": {"type": "array", "items": {"$ref": "#/$defs/claim"}},
    }


def _table_parts() -> dict[str, Schema]:
    templates: Schema = {"type": "object", "additionalProperties": _TEXT}
    return {
        "name": {"anyOf": [_TEXT, {"type": "object", "additionalProperties": _TEXT, "minProperties": 1}]},
        "attributes": _named("attribute"),
        "entities": {"type": "object", "additionalProperties": templates},
        "indexes": _named("index"),
    }


def _named(definition: str) -> Schema:
    return {"type": "object", "additionalProperties": {"$ref": f"#/$defs/{definition}"}}


def _object(names: tuple[str, ...], required: tuple[str, ...], parts: dict[str, Schema]) -> Schema:
    properties = {}
    for name in names:
        shape = parts.get(name, _SHAPES.get(name, _TEXT))
        properties[name] = {**shape, "description": _DESCRIPTIONS[name]} if name in _DESCRIPTIONS else shape
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}
