"""What a `data.aws_iam_policy_document` makes of its blocks: the object that its `json` encodes.

An evaluator that renders documents itself keeps that object as the structure of `json`; this is for those that do not,
such as a plan, in which the statements are known and the text is not. Source: the provider's documentation of the data
source, https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ddbaudit.ir.instance import BlockInstance
from ddbaudit.ir.types import DYNAMIC
from ddbaudit.ir.value import Absent, Known, Origin, Unknown, Value, object_value, string, tuple_value
from ddbaudit.model.policy_text import PolicyTextError, value_of_text
from ddbaudit.model.reading import attr, elements, first_unknown, members, nested

DOCUMENT = "aws_iam_policy_document"
JSON_ATTRIBUTES = ("json", "minified_json")

_BEFORE = ("source_json", "source_policy_documents")
_AFTER = ("override_policy_documents", "override_json")
_TERMS = (
    ("actions", "Action"),
    ("not_actions", "NotAction"),
    ("resources", "Resource"),
    ("not_resources", "NotResource"),
)
_PRINCIPALS = (("principals", "Principal"), ("not_principals", "NotPrincipal"))


def document_value(body: BlockInstance) -> Value:
    """The document of a data block, statements of its source and override documents included."""
    argument = body.arguments.get("json")
    if argument is not None and isinstance(argument.value, Known | Unknown) and argument.value.structure is not None:
        return argument.value.structure
    blocks = nested(body, "statement")
    unknown = blocks.unknown
    statements: list[Value] = []
    for name in _BEFORE:
        unknown = first_unknown(unknown, _merge(statements, body, name))
    _override(statements, [_statement(block) for block in blocks.items])
    for name in _AFTER:
        unknown = first_unknown(unknown, _merge(statements, body, name))
    return _partly(object_value({"Statement": tuple_value(tuple(statements))}, Origin(body.header)), unknown)


def _partly(seen: Known, unknown: Unknown | None) -> Value:
    if unknown is None:
        return seen
    return Unknown(DYNAMIC, unknown.cause, None, seen.origin, not_null=True, structure=seen)


def _merge(statements: list[Value], body: BlockInstance, name: str) -> Unknown | None:
    """Adds the statements of the documents in an argument; why there may be more."""
    value = attr(body, name).value
    texts, unknown = ((value,), None) if name.endswith("_json") else elements(value)
    for text in texts:
        found, more = _statements_of(text)
        _override(statements, found)
        unknown = first_unknown(unknown, more)
    return unknown


def _statements_of(text: Value) -> tuple[tuple[Value, ...], Unknown | None]:
    if isinstance(text, Absent):
        return (), None
    assert isinstance(text, Known | Unknown)
    try:
        value = text.structure if text.structure is not None else value_of_text(text)
    except PolicyTextError:
        return (), None
    entries, unknown = members(value)
    found = entries.get("Statement", Absent())
    items, more = elements(found)
    return items or ((found,) if isinstance(found, Known) and isinstance(found.data, dict) else ()), first_unknown(
        unknown, more
    )


def _override(statements: list[Value], found: Iterable[Value]) -> None:
    """A later statement takes the place of an earlier one with the same Sid."""
    for statement in found:
        sid = _sid(statement)
        place = next((i for i, other in enumerate(statements) if sid and _sid(other) == sid), None)
        if place is None:
            statements.append(statement)
        else:
            statements[place] = statement


def _sid(statement: Value) -> str | None:
    sid = members(statement)[0].get("Sid")
    return sid.data if isinstance(sid, Known) and isinstance(sid.data, str) else None


def _statement(block: BlockInstance) -> Value:
    origin = Origin(block.header)
    entries: dict[str, Value] = {"Effect": attr(block, "effect").value, "Sid": attr(block, "sid").value}
    if isinstance(entries["Effect"], Absent):
        entries["Effect"] = string("Allow", origin)
    for name, element in _TERMS:
        entries[element] = attr(block, name).value
        argument = block.arguments.get(name)
        if argument is not None and argument.value.origin is None:
            entries[element] = argument.value.with_origin(Origin(argument.span))
    for name, element in _PRINCIPALS:
        entries[element] = _principals(block, name)
    entries["Condition"] = _conditions(block)
    return object_value({k: v for k, v in entries.items() if not isinstance(v, Absent)}, origin)


def _principals(block: BlockInstance, name: str) -> Value:
    found = nested(block, name)
    entries: dict[str, Value] = {}
    unknown = found.unknown
    for item in found.items:
        kind, identifiers = attr(item, "type").value, attr(item, "identifiers").value
        if isinstance(kind, Unknown):
            unknown = first_unknown(unknown, kind)
        elif isinstance(kind, Known) and kind.data == "*":
            return string("*", Origin(item.header))
        elif isinstance(kind, Known):
            entries[kind.text] = _joined(entries.get(kind.text), identifiers)
    return _object_or_absent(entries, unknown, block)


def _conditions(block: BlockInstance) -> Value:
    found = nested(block, "condition")
    tests: dict[str, dict[str, Value]] = {}
    unknown = found.unknown
    for test, variable, values in _condition_rows(found.items):
        if isinstance(test, Known) and isinstance(variable, Known):
            keys = tests.setdefault(test.text, {})
            keys[variable.text] = _joined(keys.get(variable.text), values)
        else:
            unknown = first_unknown(unknown, *(v for v in (test, variable) if isinstance(v, Unknown)))
    return _object_or_absent({test: object_value(keys) for test, keys in tests.items()}, unknown, block)


def _condition_rows(items: Iterable[BlockInstance]) -> Iterator[tuple[Value, Value, Value]]:
    for item in items:
        yield attr(item, "test").value, attr(item, "variable").value, attr(item, "values").value


def _object_or_absent(entries: dict[str, Value], unknown: Unknown | None, block: BlockInstance) -> Value:
    if not entries and unknown is None:
        return Absent()
    return _partly(object_value(entries, Origin(block.header)), unknown)


def _joined(before: Value | None, value: Value) -> Value:
    """Two lists of strings as one: blocks of one kind add up."""
    if before is None:
        return value
    (left, left_unknown), (right, right_unknown) = elements(before), elements(value)
    return _partly(tuple_value((*left, *right), value.origin), first_unknown(left_unknown, right_unknown))
