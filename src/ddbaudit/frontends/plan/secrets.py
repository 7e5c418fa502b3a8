"""Secrets that a plan repeats without saying that they are any.

Terraform takes the marks off a value before a provider sees it, so what the provider makes of it comes back without
them: `tags_all` repeats the tags, the JSON of a policy document its conditions, both in clear. Every string that holds
a marked one is therefore marked as well. Source: https://developer.hashicorp.com/terraform/language/manage-sensitive-data
(sensitive values "appear in plain text" in the output of `terraform show -json`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ddbaudit.ir.plan import Change, Plan
from ddbaudit.ir.schema import resource_schema
from ddbaudit.ir.value import Known, Value

SHORTEST = 8
"""Shorter ones (`dev`, `true`, a region's part) also occur where nobody copied them."""


def mark_repeated(plan: Plan) -> Plan:
    """The plan with marks on what repeats a sensitive variable, or an attribute that the configuration made sensitive.

    An attribute that is always sensitive, such as the value of an SSM parameter, may well hold something that is no
    secret elsewhere: the name of a table.
    """
    secrets = _Secrets(_secrets(plan))
    if not secrets:
        return plan
    return replace(
        plan,
        changes=tuple(map(secrets.change, plan.changes)),
        data=tuple(map(secrets.change, plan.data)),
        variables={name: secrets.value(value) for name, value in plan.variables.items()},
    )


def _secrets(plan: Plan) -> Iterator[str]:
    for value in plan.variables.values():
        yield from _strings(value, marked=value.sensitive)
    for change in (*plan.changes, *plan.data):
        schema = resource_schema(change.mode, change.type)
        if schema is None:
            continue
        always = {attribute.name for attribute in schema.attributes.values() if attribute.sensitive}
        for name, value in (*_members(change.before).items(), *_members(change.after).items()):
            if name not in always:
                yield from _strings(value, marked=True) if value.sensitive else _of_map(value)


def _of_map(value: Value) -> Iterator[str]:
    """The marked entries of a map such as `tags`."""
    for entry in _members(value).values():
        if entry.sensitive:
            yield from _strings(entry, marked=True)


def _members(value: Value) -> Mapping[str, Value]:
    return value.mapping if isinstance(value, Known) and isinstance(value.data, dict) else {}


def _strings(value: Value, *, marked: bool) -> Iterator[str]:
    """The known strings that are marked themselves or inside of something marked."""
    if not isinstance(value, Known):
        return
    if isinstance(value.data, str):
        if marked or value.sensitive:
            yield value.data
        return
    inner: Iterable[Value] = ()
    if isinstance(value.data, dict):
        inner = value.data.values()
    elif isinstance(value.data, tuple):
        inner = value.data
    for item in inner:
        yield from _strings(item, marked=marked or value.sensitive)


class _Secrets:
    """Finds strings in others: by their first characters, so that many of them take no longer than few."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._by_start: dict[str, set[str]] = {}
        for secret in secrets:
            for written in {secret, _in_json(secret)}:
                if len(written) >= SHORTEST:
                    self._by_start.setdefault(written[:SHORTEST], set()).add(written)
        self._held: dict[str, bool] = {}
        self._marked: dict[int, tuple[Value, Value]] = {}

    def __bool__(self) -> bool:
        return bool(self._by_start)

    def change(self, change: Change) -> Change:
        before, after = self.value(change.before), self.value(change.after)
        if before is change.before and after is change.after:
            return change
        return replace(change, before=before, after=after)

    def value(self, value: Value) -> Value:
        """The value with the marks; the same object where there is nothing to mark."""
        if not isinstance(value, Known) or value.sensitive:
            return value
        if isinstance(value.data, str):
            return value.with_sensitive() if self._holds(value.data) else value
        known = self._marked.get(id(value))
        if known is None:
            known = self._marked[id(value)] = (value, self._collection(value))
        return known[1]

    def _collection(self, value: Known) -> Value:
        if isinstance(value.data, dict):
            entries = {key: self.value(entry) for key, entry in value.data.items()}
            if all(entries[key] is entry for key, entry in value.data.items()):
                return value
            return Known(value.kind, entries, value.element, value.origin, False, value.structure)
        if isinstance(value.data, tuple):
            items = tuple(map(self.value, value.data))
            if all(new is old for new, old in zip(items, value.data, strict=True)):
                return value
            return Known(value.kind, items, value.element, value.origin, False, value.structure)
        return value

    def _holds(self, text: str) -> bool:
        if len(text) < SHORTEST:
            return False
        found = self._held.get(text)
        if found is None:
            found = self._held[text] = self._search(text)
        return found

    def _search(self, text: str) -> bool:
        for at in range(len(text) - SHORTEST + 1):
            candidates = self._by_start.get(text[at : at + SHORTEST])
            if candidates and any(text.startswith(secret, at) for secret in candidates):
                return True
        return False


def _in_json(text: str) -> str:
    """As `jsonencode` and providers write it inside of a JSON string."""
    written = json.dumps(text, ensure_ascii=False)[1:-1]
    return written.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
