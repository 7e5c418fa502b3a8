"""One file of declarative rules, read strictly; docs/writing-rules.md describes the format.

rules:
  - id: ORD101
    name: deletion-protection-off
    severity: high
    summary: …
    rationale: …
    remedy: …
    references: [https://…]
    resource: aws_dynamodb_table
    require:
      deletion_protection_enabled: {equals: true}
    examples:
      good: [{title: …, hcl: …}]
      bad: [{title: …, hcl: …}]
      unknown: [{title: …, hcl: …}]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeAlias

import msgspec

from ddbaudit.foundation.source import Span
from ddbaudit.foundation.strict_yaml import Yaml, read_yaml, refuse
from ddbaudit.foundation.text import join_names, safe_text, suggestion
from ddbaudit.foundation.yaml_fields import fields, required, severity, strings, text
from ddbaudit.ir.schema import known_types, resource_schema
from ddbaudit.ir.types import DYNAMIC
from ddbaudit.policy.compile import Compiler, Parameters
from ddbaudit.policy.conditions import All, Condition, Not
from ddbaudit.policy.messages import check_message
from ddbaudit.policy.params import params_type, read_defaults
from ddbaudit.policy.paths import Shape
from ddbaudit.policy.rule import Conditions, Policy, PolicyRule, make
from ddbaudit.sdk.rule import Example, Params, RuleMeta

FILE_FIELDS: Final = ("rules",)
RULE_FIELDS: Final = (
    "id",
    "name",
    "severity",
    "since",
    "summary",
    "rationale",
    "remedy",
    "references",
    "resource",
    "schema",
    "environments",
    "params",
    "when",
    "require",
    "forbid",
    "message",
    "examples",
)
NEEDED: Final = ("id", "name", "severity", "summary", "rationale", "remedy", "references", "resource", "examples")
EXAMPLE_KINDS: Final = ("good", "bad", "unknown")
EXAMPLE_FIELDS: Final = ("title", "hcl", "environment", "params")

RULE_ID: Final = re.compile(r"[A-Z]{2,4}[0-9]{3}")
RULE_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
RESERVED: Final = (
    *("DDB", "IAM", "TF", "EST", "MOD", "ENV"),
    *("HCL", "EVAL", "VAR", "IO", "CFG", "PLAN", "POL"),
)
"""Letters of ids that are ours: of the rules that come with ddbaudit, and of diagnostics."""

PolicyType: TypeAlias = type[PolicyRule]


@dataclass(frozen=True, slots=True)
class Written:
    """A rule with the places of its id and name in the file."""

    rule: PolicyType
    id: Span
    name: Span


def read_rules(content: str, path: str) -> tuple[Written, ...]:
    """All rules of a file; UsageError with the place of whatever is not in order."""
    root = read_yaml(content, path)
    listed = required(fields(root, FILE_FIELDS, "a file of rules"), "rules", "a file of rules", root)
    if not isinstance(listed.data, tuple):
        refuse(listed.span, f'"rules" is a list, not {listed.kind}', "write each rule behind a dash")
    if not listed.data:
        refuse(listed.span, "there are no rules in this file")
    return tuple(_rule(node) for node in listed.data)


def _rule(node: Yaml) -> Written:
    found = fields(node, RULE_FIELDS, "a rule")
    for name in NEEDED:
        required(found, name, "a rule", node)
    if "require" not in found and "forbid" not in found:
        refuse(_start(node), 'a rule needs the field "require", or "forbid"')
    id, name = _id(found["id"]), _name(found["name"])
    parameters = Parameters(read_defaults(found.get("params")))
    conditions = {kind: _conditions(shape, found, parameters) for kind, shape in _resources(found).items()}
    unused = [name for name in parameters.defaults if name not in parameters.used]
    if unused:
        refuse(found["params"].keys[unused[0]], f'nothing in the rule asks for the parameter "{safe_text(unused[0])}"')
    params = params_type(id, parameters)
    meta = RuleMeta(
        id=id,
        name=name,
        severity=severity(found["severity"]),
        since=text(found["since"], "since") if "since" in found else "",
        summary=text(found["summary"], "summary"),
        rationale=text(found["rationale"], "rationale"),
        remedy=text(found["remedy"], "remedy"),
        references=_references(found["references"]),
        **_examples(found["examples"], params),
    )
    policy = Policy(conditions, strings(found.get("environments"), "environments"), _message(found.get("message")))
    members = {"meta": meta, "params": params, "policy": policy, "resource_types": frozenset(conditions)}
    return Written(make(name, members), found["id"].span, found["name"].span)


def _start(node: Yaml) -> Span:
    return node.span.source.span(node.span.start, node.span.start)


# --- metadata -------------------------------------------------------------------------------------------------------


def _id(node: Yaml) -> str:
    id = text(node, "id")
    if not RULE_ID.fullmatch(id):
        refuse(node.span, f'the id "{safe_text(id)}" is not of the form ORD101: two to four capitals, three digits')
    letters = id.rstrip("0123456789")
    if letters in RESERVED:
        help = f"choose letters of your own; those of ddbaudit are {join_names(RESERVED)}"
        refuse(node.span, f"ids that begin with {letters} belong to ddbaudit", help)
    return id


def _name(node: Yaml) -> str:
    name = text(node, "name")
    if not RULE_NAME.fullmatch(name):
        refuse(node.span, f'the name "{safe_text(name)}" is not made of lower-case words joined by "-"')
    return name


def _references(node: Yaml) -> tuple[str, ...]:
    found = strings(node, "references")
    if not found:
        refuse(node.span, '"references" is empty', "name the page or document that the rule comes from")
    return found


def _message(node: Yaml | None) -> str:
    if node is None:
        return ""
    message = text(node, "message")
    try:
        check_message(message)
    except ValueError as error:
        refuse(node.span, f"message: {error}")
    return message


# --- resources ------------------------------------------------------------------------------------------------------


def _resources(found: Mapping[str, Yaml]) -> dict[str, Shape]:
    """Where the paths of the rule begin, by resource type."""
    node = found["resource"]
    unchecked = "schema" in found
    if unchecked and found["schema"].data != "unchecked":
        refuse(found["schema"].span, '"schema" can only be `unchecked`', "leave it out to have attribute paths checked")
    types = strings(node, "resource", single=True)
    if not types:
        refuse(node.span, '"resource" names no resource type')
    shapes: dict[str, Shape] = {}
    for kind in types:
        place = node.span if isinstance(node.data, str) else _item(node, kind)
        shapes[kind] = _shape(kind, place, unchecked=unchecked)
    return shapes


def _item(node: Yaml, kind: str) -> Span:
    items: Iterable[Yaml] = node.data if isinstance(node.data, tuple) else ()
    return next((item.span for item in items if item.data == kind), node.span)


def _shape(kind: str, place: Span, *, unchecked: bool) -> Shape:
    is_data = kind.startswith("data.")
    type_ = kind.removeprefix("data.")
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)+|[a-z][a-z0-9]*", type_):
        refuse(place, f'"{safe_text(kind)}" is no resource type', "write aws_dynamodb_table, or data.aws_kms_key")
    schema = resource_schema("data" if is_data else "managed", type_)
    if schema is not None and unchecked:
        refuse(place, f"the schema of {kind} is known", "leave `schema: unchecked` out")
    if schema is None and not unchecked:
        _refuse_type(kind, place)
    return schema if schema is not None else DYNAMIC


def _refuse_type(kind: str, place: Span) -> NoReturn:
    names = [*known_types("managed"), *(f"data.{name}" for name in known_types("data"))]
    message = f'there is no resource type "{safe_text(kind)}" whose schema is known{suggestion(kind, names)}'
    refuse(place, message, "if it is right, add `schema: unchecked` to the rule; its attribute paths are not checked")


# --- conditions -----------------------------------------------------------------------------------------------------


def _conditions(start: Shape, found: Mapping[str, Yaml], parameters: Parameters) -> Conditions:
    requirements: list[Condition] = []
    if "require" in found:
        asked = Compiler(start, parameters).condition(found["require"])
        requirements += asked.parts if isinstance(asked, All) else (asked,)
    if "forbid" in found:
        negative = Compiler(start, parameters, positive=False, required=False)
        requirements.append(Not(negative.condition(found["forbid"])))
    when = None
    if "when" in found:
        when = Compiler(start, parameters, positive=False, required=False).condition(found["when"])
    nodes = [found[name] for name in ("when", "require", "forbid") if name in found]
    return Conditions(when, tuple(requirements), frozenset(_first_names(nodes)))


def _first_names(nodes: Iterable[Yaml]) -> Iterator[str]:
    """The arguments and blocks at which the paths begin."""
    for node in nodes:
        if isinstance(node.data, Mapping):
            for key, inner in node.data.items():
                if key in ("any", "all", "none") and isinstance(inner.data, tuple):
                    yield from _first_names(inner.data)
                else:
                    yield re.split(r"[.\[]", key, maxsplit=1)[0]


# --- examples -------------------------------------------------------------------------------------------------------


def _examples(node: Yaml, params: type[Params]) -> dict[str, Any]:
    found = fields(node, EXAMPLE_KINDS, "the field `examples`")
    made: dict[str, Any] = {}
    for kind in EXAMPLE_KINDS:
        listed = found.get(kind)
        if listed is None:
            if kind != "unknown":
                refuse(_start(node), f'"examples" needs at least one under "{kind}"')
            made[kind] = ()
            continue
        if not isinstance(listed.data, tuple) or not listed.data:
            given = listed.kind if listed.data != () else "nothing"
            refuse(listed.span, f'"{kind}" is a list of examples, not {given}')
        made[kind] = tuple(_example(item, params) for item in listed.data)
    return made


def _example(node: Yaml, params: type[Params]) -> Example:
    found = fields(node, EXAMPLE_FIELDS, "an example")
    hcl = required(found, "hcl", "an example", node)
    text(hcl, "hcl")
    given = found["params"].plain() if "params" in found else {}
    try:
        msgspec.convert(given, params)
    except msgspec.ValidationError as error:
        refuse(found["params"].span, f"params: {safe_text(str(error))}")
    return Example(
        title=text(required(found, "title", "an example", node), "title"),
        hcl=str(hcl.data),
        params=given if isinstance(given, dict) else {},
        environment=text(found["environment"], "environment") if "environment" in found else "dev",
    )
