"""Provider configurations and which of them a resource uses.

Source: https://developer.hashicorp.com/terraform/language/providers/configuration and
/language/modules/develop/providers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ddbaudit.foundation.source import SourceFile, Span
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.blocks import Decoder
from ddbaudit.frontends.hcl.json_blocks import nested_blocks
from ddbaudit.frontends.hcl.scope import Scope
from ddbaudit.frontends.hcl.source import Decl, ModuleSource
from ddbaudit.ir.instance import Provider
from ddbaudit.ir.types import STRING, map_of, set_of
from ddbaudit.ir.value import Absent, Cause, Unknown, Value


@dataclass(frozen=True, slots=True)
class ProviderMap:
    """The provider configurations that a module instance knows, by `aws` or `aws.alias`; each made when first asked
    for."""

    makers: Mapping[str, Callable[[], Provider]]

    def find(self, resource_type: str, expr: ast.Expr | None, source: ModuleSource) -> Provider:
        """The configuration for a resource: that of its `provider` argument, else the default of its type's
        provider."""
        name = provider_name(expr) if expr is not None else None
        name = name or resource_type.split("_", 1)[0]
        make = self.makers.get(name)
        return make() if make is not None else unconfigured(name, source)


def unconfigured(name: str, source: ModuleSource) -> Provider:
    """A provider without a block: its region comes from the process environment, which is not known here."""
    cause = Cause("no-value", f'no provider "{name}" block gives a region', source.header)
    return Provider(name, Unknown(STRING, cause), Absent(map_of(STRING)))


def provider_name(expr: ast.Expr) -> str | None:
    """`aws`, `aws.eu` from a reference (or, in JSON syntax, a string)."""
    if isinstance(expr, ast.Variable):
        return expr.name
    if isinstance(expr, ast.GetAttr) and isinstance(expr.source, ast.Variable):
        return f"{expr.source.name}.{expr.name}"
    if isinstance(expr, ast.Literal) and isinstance(expr.value, str):
        return expr.value
    return None


def configured(decl: Decl, key: str, scope: Callable[[], Scope], decoder: Decoder) -> Callable[[], Provider]:
    """Makes the configuration of a `provider` block when it is first needed, once."""
    made: list[Provider] = []

    def make() -> Provider:
        if not made:
            made.append(_evaluate(decl, key, scope(), decoder))
        return made[0]

    return make


def _evaluate(decl: Decl, key: str, scope: Scope, decoder: Decoder) -> Provider:
    region = decl.body.attributes.get("region")
    if region is None:
        cause = Cause("no-value", f'the provider "{key}" block gives no region', decl.header)
        region_value: Value = Unknown(STRING, cause)
    else:
        region_value = decoder.value(region[0].expr, Scope(scope.module, region[1]), STRING)
    accounts: Value = Absent()
    allowed = decl.body.attributes.get("allowed_account_ids")
    if allowed is not None:
        accounts = decoder.value(allowed[0].expr, Scope(scope.module, allowed[1]), set_of(STRING))
    return Provider(key, region_value, _default_tags(decl, scope, decoder), decl.header, accounts)


def _default_tags(decl: Decl, scope: Scope, decoder: Decoder) -> Value:
    type_ = map_of(STRING)
    for body, source in _tag_bodies(decl):
        for attribute in body:
            if attribute.name == "tags":
                return decoder.value(attribute.expr, Scope(scope.module, source), type_)
    for block, source in decl.body.blocks_of("dynamic"):
        if block.labels == ["default_tags"]:
            span = Span(source, block.start, block.header_end)
            return Unknown(type_, Cause("unsupported", "default_tags comes from a dynamic block", span))
    return Absent(type_)


def _tag_bodies(decl: Decl) -> list[tuple[list[ast.Attribute], SourceFile]]:
    """The bodies of `default_tags`, written as a block or, in JSON syntax, as an object."""
    bodies = [(block.body.attributes, source) for block, source in decl.body.blocks_of("default_tags")]
    found = decl.body.attributes.get("default_tags")
    if found is not None:
        blocks, _ = nested_blocks(*found)
        bodies.extend((block.body.attributes, found[1]) for block in blocks)
    return bodies


def passed_providers(decl: Decl) -> dict[str, str] | None:
    """The `providers` argument of a module call: the child's name to the parent's; None when it is not given."""
    found = decl.body.attributes.get("providers")
    if found is None or not isinstance(found[0].expr, ast.ObjectExpr):
        return None
    passed: dict[str, str] = {}
    for item in found[0].expr.items:
        child, parent = provider_name(item.key), provider_name(item.value)
        if child is not None and parent is not None:
            passed[child] = parent
    return passed
