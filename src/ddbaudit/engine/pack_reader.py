"""The text of one pack, before anything it extends: its fields, checked, with their places for messages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

import msgspec

from ddbaudit.engine.registry import Registry, RuleType
from ddbaudit.foundation.source import Span
from ddbaudit.foundation.strict_yaml import Yaml, read_yaml, refuse
from ddbaudit.foundation.text import join_names, safe_text, suggestion
from ddbaudit.foundation.verdict import Severity
from ddbaudit.foundation.yaml_fields import fields, flag, required, severity, strings, text

_PACK_FIELDS: Final = ("name", "description", "source", "extends", "environments", "models", "rules")
_RULE_FIELDS: Final = ("severity", "params", "suppressible", "environments")
_OVERRIDE_FIELDS: Final = ("severity", "params", "suppressible")
_OFF: Final = "off"
_PACK_NAME: Final = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a pack says of a rule, in general or (`environments`) in one environment; `node` is None where it says
    nothing."""

    node: Yaml | None
    key: Span
    off: bool = False
    severity: Severity | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    params_node: Yaml | None = None
    environments: Mapping[str, Entry] = field(default_factory=dict)
    suppressible: bool | None = None

    def within(self, environment: str | None) -> Entry:
        """What is said for an environment, else this."""
        return self.environments.get(environment, self) if environment is not None else self


@dataclass(frozen=True, slots=True)
class PackText:
    """One pack as it is written. `rules` has ids as keys."""

    name: str
    description: str
    source: str
    extends: tuple[str, ...]
    environments: tuple[str, ...]
    rules: Mapping[str, Entry]
    span: Span
    models: tuple[str, ...] = ()

    def place(self, id: str, environment: str | None = None) -> Span:
        """The key of a rule, or of an environment under it; the pack when the pack does not name the rule."""
        entry = self.rules.get(id)
        if entry is None:
            return self.span.source.span(0, 0)
        return entry.within(environment).key

    def refuse_environment(self, id: str, name: str, known: tuple[str, ...]) -> NoReturn:
        listed = f"the pack's environments are {join_names(known)}" if known else "list it under `environments`"
        message = f'{id} is set for an environment "{safe_text(name)}" that the pack does not list'
        refuse(self.place(id, name), message + suggestion(name, known), listed)


def read_pack(content: str, path: str, registry: Registry) -> PackText:
    """The fields of a pack; UsageError for an unknown one, a wrong type, an unknown rule or severity."""
    root = read_yaml(content, path)
    found = fields(root, _PACK_FIELDS, "a pack")
    name = text(required(found, "name", "a pack", root), "name")
    if not _PACK_NAME.fullmatch(name):
        refuse(found["name"].span, f'the name "{safe_text(name)}" is not made of lower-case words joined by "-"')
    return PackText(
        name,
        text(required(found, "description", "a pack", root), "description"),
        text(found["source"], "source") if "source" in found else "",
        strings(found.get("extends"), "extends", single=True),
        strings(found.get("environments"), "environments"),
        _rules(found.get("rules"), registry),
        root.span,
        strings(found.get("models"), "models", single=True),
    )


def refuse_params(
    error: msgspec.ValidationError, rule: RuleType, written: PackText, environment: str | None
) -> NoReturn:
    """The UsageError for parameters that do not suit the rule, at the place of the one at fault."""
    text = str(error)
    reason, _, path = text.partition(" - at `")
    entry = written.rules.get(rule.meta.id)
    node = _walk(entry.within(environment).params_node, path) if entry is not None else None
    place = node.span if node is not None else written.place(rule.meta.id, environment)
    hint = ""
    unknown = re.search(r"unknown field `(.*)`", reason)
    if unknown is not None:
        hint = suggestion(unknown[1], rule.params.__struct_fields__) if not path else ""
        place = _key(node, unknown[1]) or place
    shown = safe_text(reason[:1].lower() + reason[1:])
    refuse(place, f"{rule.meta.id} params: {shown}{hint}")


def _walk(node: Yaml | None, path: str) -> Yaml | None:
    """The node at a path such as `$.values[...].one_of[0]`, as far as it can be followed."""
    for step in re.finditer(r"\.(\w+)|\[(\d+)\]", path):
        data = node.data if node is not None else None
        if step[1] is not None and isinstance(data, Mapping) and step[1] in data:
            node = data[step[1]]
        elif step[2] is not None and isinstance(data, tuple) and int(step[2]) < len(data):
            node = data[int(step[2])]
        else:
            break
    return node


def _key(node: Yaml | None, name: str) -> Span | None:
    """The place of a key, also one level further down (a mapping of mappings)."""
    if node is None or not isinstance(node.data, Mapping):
        return None
    if name in node.keys:
        return node.keys[name]
    inner = (child.keys.get(name) for child in node.data.values() if isinstance(child.data, Mapping))
    return next(filter(None, inner), None)


def _rules(node: Yaml | None, registry: Registry) -> dict[str, Entry]:
    if node is None:
        return {}
    if not isinstance(node.data, Mapping):
        refuse(node.span, f'"rules" is a mapping of rules to settings, not {node.kind}')
    entries: dict[str, Entry] = {}
    for key, value in node.data.items():
        place = node.keys[key]
        rule = registry.find(key)
        if rule is None:
            refuse(place, registry.complaint(key), "`ddbaudit rules` lists all rules")
        if rule.meta.id in entries:
            refuse(place, f"{rule.meta.id} is set twice, by its id and by its name")
        entries[rule.meta.id] = _entry(value, place)
    return entries


def _entry(node: Yaml, key: Span) -> Entry:
    if node.data == _OFF:
        return Entry(node, key, off=True)
    return _settings(node, key, _RULE_FIELDS, "a rule's setting")


def _settings(node: Yaml, key: Span, known: tuple[str, ...], what: str) -> Entry:
    if node.data is None:
        return Entry(node, key)
    if isinstance(node.data, str):
        return Entry(node, key, severity=severity(node))
    found = fields(node, known, what)
    params, environments = found.get("params"), found.get("environments")
    if params is not None and not isinstance(params.data, Mapping):
        refuse(params.span, f'"params" is a mapping, not {params.kind}')
    return Entry(
        node,
        key,
        False,
        severity(found["severity"]) if "severity" in found else None,
        _plain(params),
        params,
        _environments(environments) if environments is not None else {},
        flag(found["suppressible"], "suppressible") if "suppressible" in found else None,
    )


def _plain(node: Yaml | None) -> dict[str, Any]:
    data = node.plain() if node is not None else {}
    return data if isinstance(data, dict) else {}


def _environments(node: Yaml) -> dict[str, Entry]:
    if not isinstance(node.data, Mapping):
        refuse(node.span, f'"environments" is a mapping of environments to settings, not {node.kind}')
    what = "a rule's setting for an environment"
    return {name: _settings(value, node.keys[name], _OVERRIDE_FIELDS, what) for name, value in node.data.items()}
