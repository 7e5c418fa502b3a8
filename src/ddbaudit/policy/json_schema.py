"""The JSON Schema of files of rules, for editors: made of the same tables that the reader reads by.

It knows the fields and the operators. What depends on a resource type (attribute paths, operands) only the reader
checks.
"""

from __future__ import annotations

from typing import Any, Final

from ddbaudit.foundation.yaml_fields import SEVERITIES
from ddbaudit.policy.answers import MAX_PATTERN
from ddbaudit.policy.compile import QUANTIFIERS
from ddbaudit.policy.operands import PARAM
from ddbaudit.policy.operators import OPERATORS
from ddbaudit.policy.reader import EXAMPLE_FIELDS, EXAMPLE_KINDS, FILE_FIELDS, NEEDED, RULE_FIELDS, RULE_ID, RULE_NAME

Schema = dict[str, Any]

_TEXT: Final[Schema] = {"type": "string", "minLength": 1}
_SCALAR: Final[Schema] = {"type": ["string", "number", "boolean"]}
_WHOLE: Final[Schema] = {"type": "integer", "minimum": 0}
_PARAMETER: Final[Schema] = {"$ref": "#/$defs/parameter"}
_CONDITION: Final[Schema] = {"$ref": "#/$defs/condition"}

_OPERANDS: Final[dict[str, Schema]] = {
    "value": {"anyOf": [_SCALAR, _PARAMETER]},
    "values": {"anyOf": [{"type": "array", "items": _SCALAR, "minItems": 1}, _PARAMETER]},
    "text": {"anyOf": [_TEXT, _PARAMETER]},
    "pattern": {"anyOf": [{**_TEXT, "maxLength": MAX_PATTERN}, _PARAMETER]},
    "number": {"anyOf": [{"type": "number"}, _PARAMETER]},
    "flag": {"anyOf": [{"type": "boolean"}, _PARAMETER]},
    "known": {"const": True},
    "size": {
        "anyOf": [
            _WHOLE,
            {
                "type": "object",
                "properties": {"at-least": _WHOLE, "at-most": _WHOLE},
                "additionalProperties": False,
                "minProperties": 1,
            },
        ]
    },
}

_DESCRIPTIONS: Final[dict[str, str]] = {
    "id": "Two to four capitals of your own and three digits. Never reused.",
    "name": "Names the fault, so that it reads well after `ignore`.",
    "severity": "high and medium block unless the caller says otherwise.",
    "since": "The version in which the rule came.",
    "summary": "One sentence: what the rule finds.",
    "rationale": "Why it matters.",
    "remedy": "What to do.",
    "references": "URLs, or documents by name.",
    "resource": "A resource type, or several; `data.` in front of data sources.",
    "schema": "For types whose schema is not shipped: attribute paths are not checked.",
    "environments": "The rule judges in these environments only.",
    "params": "Parameters with their defaults; packs may give them other values.",
    "when": "The rule judges the resources of which this holds.",
    "require": "All of this must hold.",
    "forbid": "This must not hold.",
    "message": "What a finding says; {address}, {name}, {path}, {value} and {env} are filled in.",
    "examples": "Complete Terraform; lines that are reported carry `# expect: ID` or `# expect-unknown: ID`.",
}


def schema() -> Schema:
    """The whole document, without `$schema` and title."""
    return {
        "description": "Rules of ddbaudit in YAML; docs/writing-rules.md describes them.",
        **_object({FILE_FIELDS[0]: {"type": "array", "items": {"$ref": "#/$defs/rule"}, "minItems": 1}}, FILE_FIELDS),
        "$defs": {
            "rule": {**_rule(), "anyOf": [{"required": ["require"]}, {"required": ["forbid"]}]},
            "condition": _condition(),
            "test": _test(),
            "parameter": _object({PARAM: _TEXT}, (PARAM,)),
            "example": _object(_example(), ("title", "hcl")),
        },
    }


def _object(properties: Schema, required: tuple[str, ...]) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _rule() -> Schema:
    names: Schema = {"type": "array", "items": _TEXT, "minItems": 1, "uniqueItems": True}
    special: dict[str, Schema] = {
        "id": {"type": "string", "pattern": f"^{RULE_ID.pattern}$"},
        "name": {"type": "string", "pattern": f"^{RULE_NAME.pattern}$"},
        "severity": {"enum": list(SEVERITIES)},
        "references": names,
        "resource": {"anyOf": [_TEXT, names]},
        "schema": {"const": "unchecked"},
        "environments": names,
        "params": {
            "type": "object",
            "additionalProperties": {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR, "minItems": 1}]},
            "minProperties": 1,
        },
        "when": _CONDITION,
        "require": _CONDITION,
        "forbid": _CONDITION,
        "examples": _object(
            {kind: {"type": "array", "items": {"$ref": "#/$defs/example"}, "minItems": 1} for kind in EXAMPLE_KINDS},
            ("good", "bad"),
        ),
    }
    properties = {name: {**special.get(name, _TEXT), "description": _DESCRIPTIONS[name]} for name in RULE_FIELDS}
    return _object(properties, NEEDED)


def _condition() -> Schema:
    listed: Schema = {"type": "array", "items": _CONDITION, "minItems": 1}
    return {
        "description": "Attribute paths with what is asked there; any, all and none combine conditions.",
        "type": "object",
        "properties": dict.fromkeys(QUANTIFIERS, listed),
        "additionalProperties": {"$ref": "#/$defs/test"},
        "minProperties": 1,
    }


def _test() -> Schema:
    operators: Schema = {
        operator.name: {**_OPERANDS[operator.operand], "description": f"{operator.meaning}."}
        for operator in OPERATORS.values()
    }
    several: Schema = {"anyOf": [{"$ref": "#/$defs/test"}, _CONDITION]}
    return {
        "description": "Operators, all of which must hold; or one of any, all and none about the elements.",
        "anyOf": [
            {"type": "object", "properties": operators, "additionalProperties": False, "minProperties": 1},
            *(_object({quantifier: several}, (quantifier,)) for quantifier in QUANTIFIERS),
        ],
    }


def _example() -> Schema:
    shapes: dict[str, Schema] = {"params": {"type": "object"}}
    return {name: shapes.get(name, _TEXT) for name in EXAMPLE_FIELDS}
