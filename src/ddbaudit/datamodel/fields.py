"""Which fields the parts of a data model have, and how the simple ones are read. The JSON Schema lists the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from ddbaudit.foundation.source import Span
from ddbaudit.foundation.strict_yaml import Yaml, refuse
from ddbaudit.foundation.text import join_names, safe_text, suggestion
from ddbaudit.foundation.yaml_fields import text

FORMAT: Final = 1

MODEL_FIELDS: Final = ("format", "system", "source", "environments", "principals", "tables", "patterns", "claims")
TABLE_FIELDS: Final = (
    "name",
    "hash",
    "range",
    "attributes",
    "entities",
    "indexes",
    "ttl",
    "stream",
    "pitr",
    "replicas",
    "owner",
    "group",
    "environments",
    "decision",
    "written",
)
ATTRIBUTE_FIELDS: Final = ("type", "values", "growth", "decision", "written")
INDEX_FIELDS: Final = (
    "name",
    "kind",
    "hash",
    "range",
    "projection",
    "include",
    "purpose",
    "decision",
    "written",
)
PATTERN_FIELDS: Final = (
    "table",
    "index",
    "entity",
    "operation",
    "where",
    "filter",
    "sort",
    "descending",
    "reads",
    "principal",
    "decision",
    "written",
)
PRINCIPAL_FIELDS: Final = ("role", "user", "policy")
CLAIM_FIELDS: Final = ("about", "states", "group", "count", "at_least", "tables", "all", "decision")


def choice(node: Yaml, name: str, known: Sequence[str]) -> str:
    """One of the known words."""
    found = text(node, name)
    if found not in known:
        message = f'"{name}" is {join_names(known, "or")}, not "{safe_text(found)}"{suggestion(found, known)}'
        refuse(node.span, message)
    return found


def words(node: Yaml, name: str) -> tuple[tuple[str, Span], ...]:
    """One word or a list of distinct ones, each with its place."""
    items = node.data if isinstance(node.data, tuple) else (node,)
    found: dict[str, Span] = {}
    for item in items:
        word = text(item, name)
        if word in found:
            refuse(item.span, f'"{name}" lists "{safe_text(word)}" twice')
        found[word] = item.span
    return tuple(found.items())


def names(node: Yaml | None, name: str) -> tuple[str, ...]:
    return tuple(word for word, _ in words(node, name)) if node is not None else ()


def flag(node: Yaml, name: str) -> bool:
    if not isinstance(node.data, bool):
        refuse(node.span, f'"{name}" is true or false, not {node.kind}')
    return node.data


def whole(node: Yaml | None, name: str) -> int | None:
    if node is None:
        return None
    if not isinstance(node.data, int) or isinstance(node.data, bool) or node.data < 0:
        refuse(node.span, f'"{name}" is a number, not {node.kind}')
    return node.data


def entries(node: Yaml | None, name: str) -> Iterator[tuple[str, Yaml, Span]]:
    """The entries of a mapping: name, value, place of the name."""
    if node is None:
        return
    if not isinstance(node.data, Mapping):
        refuse(node.span, f'"{name}" is a mapping, not {node.kind}')
    for key, value in node.data.items():
        yield key, value, node.keys[key]


def known(word: str, among: Iterable[str], place: Span, what: str) -> str:
    """The word, if it names something; UsageError says of what there is none."""
    candidates = tuple(among)
    if word not in candidates:
        refuse(place, f'{what} "{safe_text(word)}"{suggestion(word, candidates)}')
    return word


def as_written(node: Yaml, what: str) -> Yaml | None:
    """The node with what stands under `written` in place of its own fields; null takes a field away."""
    data = node.data
    if not isinstance(data, Mapping) or "written" not in data:
        return None
    written = data["written"]
    if not isinstance(written.data, Mapping):
        refuse(written.span, f'"written" is a mapping, not {written.kind}')
    if "decision" not in data:
        refuse(node.keys["written"], f'{what} has "written" and so needs "decision"', "name what decided otherwise")
    merged = {key: value for key, value in data.items() if key != "written"}
    for key, value in written.data.items():
        if value.data is None:
            merged.pop(key, None)
        else:
            merged[key] = value
    return Yaml(merged, node.span, {**node.keys, **written.keys})
