"""The configuration that plan JSON carries: what was written, as far as Terraform tells it.

Source: https://developer.hashicorp.com/terraform/internals/json-format (configuration representation).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ddbaudit.frontends.plan.elements import (
    KIND,
    MOST_VALUES_OF_OTHERS,
    Fields,
    is_other,
    kind,
    malformed,
    read_element,
    strings,
    text,
)
from ddbaudit.frontends.plan.msgpack_values import MARKED, NO_MARKS, Marks
from ddbaudit.frontends.plan.plan_values import JsonValueReader
from ddbaudit.frontends.plan.scanner import Scanner
from ddbaudit.ir.plan import (
    Configuration,
    ConfiguredBody,
    ConfiguredCall,
    ConfiguredExpression,
    ConfiguredResource,
    keeps_all,
)
from ddbaudit.ir.schema import AttributeSchema, BlockSchema, provider_schema, resource_schema
from ddbaudit.ir.value import Value

PROVIDER_ARGUMENTS = frozenset({"region", "default_tags", "ignore_tags", "allowed_account_ids"})
"""What is kept of a provider: credentials are not."""

_REPETITION = frozenset({"count_expression", "for_each_expression"})
_RESOURCE = frozenset({"mode", "type", "name", "provider_config_key"}) | _REPETITION
_CALL = frozenset({"source", "expressions"}) | _REPETITION


@dataclass(slots=True)
class ConfigurationReader:
    """Reads a configuration. `sensitive` are the root module's variables that are declared so; `complete` tells whether
    there is a root module at all; `others` how many constants of resources of other providers may still be kept.
    """

    values: JsonValueReader
    sensitive: set[str] = field(default_factory=set)
    complete: bool = False
    others: int = MOST_VALUES_OF_OTHERS
    _bare: bool = False
    _resources: list[ConfiguredResource] = field(default_factory=list)
    _calls: list[ConfiguredCall] = field(default_factory=list)
    _providers: dict[str, ConfiguredBody] = field(default_factory=dict)
    _outputs: dict[tuple[str, str], ConfiguredExpression] = field(default_factory=dict)

    def read(self, scanner: Scanner) -> Configuration:
        for key in scanner.object():
            if key == "provider_config":
                for name in scanner.object():
                    self._providers[name] = self._provider(scanner)
            elif key == "root_module":
                self.complete = scanner.is_object()
                self._module(scanner, "")
        calls = sorted(self._calls, key=lambda call: call.path)
        resources = sorted(self._resources, key=lambda resource: resource.module)
        return Configuration(tuple(resources), tuple(calls), self._providers, self._outputs)

    def _provider(self, scanner: Scanner) -> ConfiguredBody:
        def read(inner: Scanner, fields: Fields) -> Any:
            if not inner.is_object():
                return inner.value()
            return {key: inner.value() for key in inner.object() if key in PROVIDER_ARGUMENTS}

        fields = read_element(scanner, {"name"}, {"expressions": read}, ())
        if fields.get("name") != "aws":
            return ConfiguredBody()
        return self._body(scanner, fields.get("expressions"), provider_schema())

    def _module(self, scanner: Scanner, path: str) -> None:
        for key in scanner.object():
            if key == "resources":
                for _ in scanner.array():
                    self._resource(scanner, path)
            elif key == "module_calls":
                for name in scanner.object():
                    self._call(scanner, path, name)
            elif key == "outputs":
                for name in scanner.object():
                    self._outputs[path, name] = self._output(scanner)
            elif key == "variables" and not path:
                for name in scanner.object():
                    if read_element(scanner, {"sensitive"}, {}, ()).get("sensitive") is True:
                        self.sensitive.add(name)

    def _resource(self, scanner: Scanner, path: str) -> None:
        def read(inner: Scanner, fields: Fields) -> ConfiguredBody:
            mode, type_ = kind(inner, fields)
            if mode is None or not keeps_all(type_, mode):
                return ConfiguredBody()
            before = self.values.budget[0]
            self._bare = is_other(mode, type_) and self.others <= 0
            body = self._body(inner, inner.value(), resource_schema(mode, type_))
            self._bare = False
            self.others -= before - self.values.budget[0] if is_other(mode, type_) else 0
            return body

        fields = read_element(scanner, _RESOURCE, {"expressions": read}, KIND)
        mode, type_ = kind(scanner, fields)
        if mode is None:
            return
        self._resources.append(
            ConfiguredResource(
                path,
                mode,
                type_,
                text(scanner, fields, "name"),
                text(scanner, fields, "provider_config_key", ""),
                fields.get("expressions") or ConfiguredBody(),
                *self._repetition(scanner, fields),
            )
        )

    def _call(self, scanner: Scanner, path: str, name: str) -> None:
        inside = f"{path}.module.{name}" if path else f"module.{name}"
        fields = read_element(scanner, _CALL, {"module": lambda inner, _: self._module(inner, inside)}, ())
        raw = fields.get("expressions") or {}
        if not isinstance(raw, dict):
            raise malformed(scanner, "expressions are no object")
        arguments = {argument: self._expression(scanner, found, None) for argument, found in raw.items()}
        source = text(scanner, fields, "source", "")
        self._calls.append(ConfiguredCall(path, name, source, arguments, *self._repetition(scanner, fields)))

    def _output(self, scanner: Scanner) -> ConfiguredExpression:
        fields = read_element(scanner, {"expression", "sensitive"}, {}, ())
        marks = MARKED if fields.get("sensitive") is True else NO_MARKS
        return self._expression(scanner, fields.get("expression") or {}, None, marks)

    def _repetition(
        self, scanner: Scanner, fields: Fields
    ) -> tuple[ConfiguredExpression | None, ConfiguredExpression | None]:
        """`count` and `for_each`."""
        found = [fields.get(name) for name in ("count_expression", "for_each_expression")]
        count, for_each = (None if raw is None else self._expression(scanner, raw, None) for raw in found)
        return count, for_each

    def _body(self, scanner: Scanner, raw: Any, schema: BlockSchema | None) -> ConfiguredBody:
        """The content of a block. Without a schema, what looks like an expression is an argument."""
        if raw is None:
            return ConfiguredBody()
        if not isinstance(raw, dict):
            raise malformed(scanner, "expressions are no object")
        arguments: dict[str, ConfiguredExpression] = {}
        blocks: dict[str, tuple[ConfiguredBody, ...]] = {}
        for name, found in raw.items():
            nested = schema.blocks.get(name) if schema is not None else None
            attribute = schema.attributes.get(name) if schema is not None else None
            if attribute is not None or (nested is None and _is_expression(found)):
                arguments[name] = self._expression(scanner, found, attribute)
            else:
                inner = nested.block if nested is not None else None
                parts = _blocks(found, labelled=nested is not None and nested.nesting == "map")
                blocks[name] = tuple(self._body(scanner, part, inner) for part in parts)
        return ConfiguredBody(arguments, blocks)

    def _expression(
        self, scanner: Scanner, raw: Any, attribute: AttributeSchema | None, marks: Marks = NO_MARKS
    ) -> ConfiguredExpression:
        if not _is_expression(raw):
            return ConfiguredExpression(None, tuple(_references(raw)))
        constant: Value | None = None
        if "constant_value" in raw and not self._bare:
            constant = self.values.argument(raw["constant_value"], attribute, marks)
        return ConfiguredExpression(constant, strings(scanner, raw.get("references"), "references"))


def _is_expression(raw: Any) -> bool:
    return isinstance(raw, dict) and raw.keys() <= {"constant_value", "references"}


def _blocks(raw: Any, *, labelled: bool) -> list[Any]:
    """The blocks of one name: a list, an object by label, or the only one."""
    if isinstance(raw, list):
        return raw
    return list(raw.values()) if labelled and isinstance(raw, dict) else [raw]


def _references(raw: Any) -> list[str]:
    """All references anywhere in an argument that is told in parts."""
    found: list[str] = []
    stack = [raw]
    while stack:
        here = stack.pop()
        if _is_expression(here):
            names = here.get("references")
            found.extend(name for name in (names if isinstance(names, list) else ()) if isinstance(name, str))
        elif isinstance(here, dict):
            stack.extend(reversed(here.values()))
        elif isinstance(here, list):
            stack.extend(reversed(here))
    return found
