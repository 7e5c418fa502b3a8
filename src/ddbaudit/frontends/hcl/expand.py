"""`count` and `for_each`: how many instances a block has, and which names each of them sees.

Source: https://developer.hashicorp.com/terraform/language/meta-arguments/count and /for_each
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ddbaudit.foundation.source import Span
from ddbaudit.frontends.hcl.convert import ConversionError, convert
from ddbaudit.frontends.hcl.expressions import evaluate
from ddbaudit.frontends.hcl.scope import EvalError, Scope
from ddbaudit.frontends.hcl.source import Decl
from ddbaudit.ir.types import DYNAMIC, NUMBER, STRING, CollectionType
from ddbaudit.ir.value import Absent, Known, Origin, Unknown, Value, number, object_value, string

ANY = "?"
"""The key of the one instance that stands for all when the keys are not known; addresses show it as `[?]`."""

MAX_COUNT = 100_000
"""More instances than this are not evaluated one by one (Terraform itself would not get through)."""

Key = str | int | None


@dataclass(frozen=True, slots=True)
class Expansion:
    """`kind` is single, count or each. `values` gives each.value by key. With `unknown`, `keys` is just ANY. With
    `decided`, which is what the source alone could not tell, the keys are those of a plan."""

    kind: str
    keys: tuple[Key, ...]
    values: Mapping[str, Value] = field(default_factory=dict)
    unknown: Unknown | None = None
    origin: Origin | None = None
    decided: Unknown | None = None

    def names(self, key: Key) -> dict[str, Value]:
        """The names that the instance of that key sees: `count` or `each`."""
        if self.kind == "single":
            return {}
        if self.unknown is not None:
            return self._unknown_names(self.unknown)
        if self.kind == "count":
            assert isinstance(key, int)
            return {"count": object_value({"index": number(key, self.origin)})}
        assert isinstance(key, str)
        return {"each": object_value({"key": string(key, self.values[key].origin), "value": self.values[key]})}

    def _unknown_names(self, unknown: Unknown) -> dict[str, Value]:
        if self.kind == "count":
            return {"count": object_value({"index": Unknown(NUMBER, unknown.cause, None, unknown.origin)})}
        key = Unknown(STRING, unknown.cause, None, unknown.origin, not_null=True)
        return {"each": object_value({"key": key, "value": Unknown(DYNAMIC, unknown.cause, None, unknown.origin)})}

    def decide(self, keys: Sequence[Key]) -> Expansion:
        """The same with the keys that a plan has; `each.value` stays unknown but for sets, where it is the key."""
        unknown = self.unknown
        if unknown is None or any(isinstance(key, int) != (self.kind == "count") for key in keys):
            return self
        is_set = isinstance(unknown.type, CollectionType) and unknown.type.kind == "set"
        values: dict[str, Value] = {}
        for key in keys:
            if isinstance(key, str):
                stranger = Unknown(DYNAMIC, unknown.cause, None, unknown.origin)
                values[key] = string(key, unknown.origin) if is_set else stranger
        return Expansion(self.kind, tuple(keys), values, None, self.origin, unknown)


SINGLE = Expansion("single", (None,))


@dataclass(frozen=True, slots=True)
class Child:
    """One instance of a module call; `runtime` is its ModuleRuntime."""

    key: Key
    runtime: Any


def expansion(decl: Decl, scope: Scope, report: Callable[[EvalError], None]) -> Expansion:
    """Evaluates `count` or `for_each`; an error is reported and leaves the expansion unknown."""
    if {"count", "for_each"} <= decl.body.attributes.keys():
        attribute, source = decl.body.attributes["for_each"]
        report(EvalError("count and for_each exclude each other", Span(source, attribute.start, attribute.name_end)))
    for name, expand in (("count", _count), ("for_each", _for_each)):
        found = decl.body.attributes.get(name)
        if found is None:
            continue
        attribute, source = found
        inner = Scope(scope.module, source, scope.names)
        kind = "count" if name == "count" else "each"
        try:
            return expand(evaluate(attribute.expr, inner), inner.span(attribute.expr))
        except EvalError as error:
            report(error)
            return Expansion(kind, (ANY,), {}, error.unknown())
    return SINGLE


def _count(value: Value, span: Span) -> Expansion:
    if isinstance(value, Absent):
        raise EvalError("count is null; it must be a whole number", span)
    try:
        count = convert(value, NUMBER)
    except ConversionError as error:
        raise EvalError(f"count must be a whole number: {error.message}", span) from None
    if isinstance(count, Unknown):
        return Expansion("count", (ANY,), {}, count, value.origin)
    assert isinstance(count, Known)
    if count.number != count.number.to_integral_value() or count.number < 0:
        raise EvalError(f"count must be a whole number that is not negative, it is {count.number}", span)
    if count.number > MAX_COUNT:
        raise EvalError(f"count is {count.number}; at most {MAX_COUNT} instances are evaluated", span)
    return Expansion("count", tuple(range(int(count.number))), {}, None, value.origin)


def _for_each(value: Value, span: Span) -> Expansion:
    if isinstance(value, Absent):
        raise EvalError("for_each is null; it must be a map or a set of strings", span)
    if value.sensitive:
        raise EvalError("for_each must not be sensitive: its keys become part of addresses", span)
    if isinstance(value, Unknown):
        return Expansion("each", (ANY,), {}, value, value.origin)
    assert isinstance(value, Known)
    if value.kind in ("map", "object"):
        return Expansion("each", tuple(value.mapping), value.mapping, None, value.origin)
    if value.kind == "set":
        return _for_each_set(value, span)
    raise EvalError(
        f"for_each must be a map or a set of strings, it is a {value.kind}", span, help="convert a list with toset()"
    )


def _for_each_set(value: Known, span: Span) -> Expansion:
    values: dict[str, Value] = {}
    for element in value.items:
        if isinstance(element, Unknown):
            unknown = element.with_origin(value.origin).with_type(value.type)
            return Expansion("each", (ANY,), {}, unknown, value.origin)
        if isinstance(element, Absent) or not isinstance(element, Known) or element.kind != "string":
            raise EvalError("for_each over a set needs a set of strings without null", span)
        values[element.text] = element
    return Expansion("each", tuple(values), values, None, value.origin)


def static_key(value: Value) -> Key:
    """The instance key that an index value names; None when it names none or is not known."""
    if isinstance(value, Known):
        if value.kind == "string":
            return value.text
        if value.kind == "number" and value.number == value.number.to_integral_value():
            return int(value.number)
    return None


def suffix(key: Key) -> str:
    """The key as it ends an address: `[0]`, `["a"]`, `[?]`."""
    if key is None:
        return ""
    if key == ANY:
        return "[?]"
    return f"[{key}]" if isinstance(key, int) else f"[{quote(key)}]"


def quote(text: str) -> str:
    """A key as Terraform writes it in addresses (HCL quoting)."""
    quoted = json.dumps(text, ensure_ascii=False)
    return quoted.replace("${", "$${").replace("%{", "%%{")
