"""Module calls: where the called module is, its instances, and what they are given.

Source: https://developer.hashicorp.com/terraform/language/modules/sources . Nothing is fetched: local paths
are read, any other source only where `terraform init` has already put it (`.terraform/modules/modules.json`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.source import Span
from ddbaudit.frontends.hcl import expand
from ddbaudit.frontends.hcl.blocks import Decoder
from ddbaudit.frontends.hcl.expressions import evaluate
from ddbaudit.frontends.hcl.loader import shown_path
from ddbaudit.frontends.hcl.providers import ProviderMap, configured, passed_providers
from ddbaudit.frontends.hcl.scope import EvalError, Scope
from ddbaudit.frontends.hcl.source import Decl, ModuleSource, literal_text
from ddbaudit.frontends.hcl.variables import Variable, argument_value, declare, default_value
from ddbaudit.ir.value import Cause, Unknown, Value

if TYPE_CHECKING:
    from ddbaudit.frontends.hcl.module import ModuleRuntime

META = frozenset({"source", "version", "count", "for_each", "providers", "depends_on"})
MAX_DEPTH = 32
"""How deep modules may call modules."""


@dataclass(slots=True)
class ModuleCall:
    """A `module` block of one module instance. `missing` tells why the module cannot be seen."""

    decl: Decl
    missing: Cause | None
    expansion: expand.Expansion
    source: ModuleSource | None = None
    make: Callable[[expand.Key], ModuleRuntime] | None = None
    children: dict[expand.Key, expand.Child] = field(default_factory=dict)

    def instances(self) -> list[expand.Child]:
        if self.missing is not None:
            return []
        found = [self.instance(key) for key in self.expansion.keys]
        return [child for child in found if child is not None]

    def instance(self, key: expand.Key) -> expand.Child | None:
        if self.make is None or key not in self.expansion.keys:
            return None
        child = self.children.get(key)
        if child is None:
            child = self.children[key] = expand.Child(key, self.make(key))
        return child


def make_call(parent: ModuleRuntime, decl: Decl) -> ModuleCall:
    """Finds the called module and prepares its instances; none is evaluated yet."""
    expansion = parent.expansion_of(decl)
    found = _find(parent, decl)
    if isinstance(found, Cause):
        parent.session.missing.append(found)
        return ModuleCall(decl, found, expansion)
    source, path = found
    call = ModuleCall(decl, None, expansion, source)
    call.make = lambda key: _instance(parent, call, source, path, key)
    return call


def _find(parent: ModuleRuntime, decl: Decl) -> tuple[ModuleSource, str] | Cause:
    """The called module's source and its `path.module`, or why it is not there."""
    loader, name = parent.session.loader, f"{parent._prefix()}module.{decl.name}"
    if len(parent.callers) >= MAX_DEPTH:
        return _missing(parent, decl, f"{name} is nested more than {MAX_DEPTH} modules deep", "")
    text = literal_text(decl.body, "source")
    if text is None:
        return _missing(parent, decl, f"{name} has no literal source", "give source as a plain string")
    if text.startswith(("./", "../")) or text in (".", ".."):
        directory = os.path.normpath(os.path.join(parent.source.directory, text))
        path = os.path.normpath(os.path.join(parent.path, text)).replace(os.sep, "/")
    else:
        installed = _installed(parent, decl)
        if installed is None:
            return _missing(
                parent,
                decl,
                f'{name} (source "{text}") is not available',
                "run `terraform init` so that the module is downloaded, or check a plan",
            )
        directory, path = installed
    if not loader.tree.is_directory(directory):
        return _missing(parent, decl, f"{name}: there is no directory {shown_path(directory)}", "correct the source")
    if loader.tree.real(directory) in _directories(parent):
        return _missing(parent, decl, f"{name}: the module calls itself", "a module cannot be part of itself")
    parent.session.functions.allow(directory)
    return loader.module(directory), path


def _directories(runtime: ModuleRuntime) -> Iterator[str]:
    """Those of a module instance and of all that it is part of."""
    here: ModuleRuntime | None = runtime
    while here is not None:
        yield here.source.directory
        here = here.parent


def _missing(parent: ModuleRuntime, decl: Decl, detail: str, help: str) -> Cause:
    found = decl.body.attributes.get("source")
    span = Span(found[1], found[0].expr.start, found[0].expr.end) if found is not None else decl.header
    parent.session.add(Diagnostic("MOD001", Level.ERROR, "Module not available", detail, span, None, help))
    return Cause("missing-module", detail, span)


def _installed(parent: ModuleRuntime, decl: Decl) -> tuple[str, str] | None:
    """Where `terraform init` put the module, as the manifest says."""
    root, tree = parent.session.root.directory, parent.session.loader.tree
    directory = tree.installed(root).get(".".join([*_static_path(parent), decl.name]))
    if directory is None:
        return None
    return tree.real(os.path.join(root, directory)), os.path.normpath(directory).replace(os.sep, "/")


def _static_path(runtime: ModuleRuntime) -> list[str]:
    names: list[str] = []
    here: ModuleRuntime | None = runtime
    while here is not None and here.parent is not None:
        names.append(here.call_name)
        here = here.parent
    return list(reversed(names))


def _instance(
    parent: ModuleRuntime, call: ModuleCall, source: ModuleSource, path: str, key: expand.Key
) -> ModuleRuntime:
    from ddbaudit.frontends.hcl.module import ModuleRuntime

    decl = call.decl
    address = f"{parent._prefix()}module.{decl.name}{expand.suffix(key)}"
    runtime = ModuleRuntime(
        parent.session,
        source,
        address,
        ProviderMap({}),
        path,
        decl.name,
        parent,
        (decl.header, *parent.callers),
        decl.header,
        call.expansion.unknown if call.expansion.unknown is not None else parent.expansion,
    )
    runtime.providers = child_providers(parent, runtime, decl)
    names = call.expansion.names(key)
    declare_variables(runtime)
    for variable in runtime.declared.values():
        runtime.supplied[variable.name] = _supplier(parent, runtime, decl, names)
    return runtime


def declare_variables(runtime: ModuleRuntime) -> None:
    """Reads the module's `variable` blocks; one that is invalid is kept with any type, its error reported."""
    constant = Scope(runtime, runtime.source.header.source)
    for name, decl in runtime.source.variables.items():
        try:
            runtime.declared[name] = declare(decl, constant)
        except EvalError as error:
            runtime.report(error)
            runtime.declared[name] = invalid_variable(decl)


def invalid_variable(decl: Decl) -> Variable:
    from ddbaudit.frontends.hcl.constraints import Defaults
    from ddbaudit.ir.types import DYNAMIC

    default = decl.body.attributes.get("default")
    return Variable(decl.name, DYNAMIC, Defaults(), default[0].expr if default else None, True, False, decl, False)


def _supplier(
    parent: ModuleRuntime, runtime: ModuleRuntime, decl: Decl, names: Mapping[str, Value]
) -> Callable[[Variable], Value]:
    def supply(variable: Variable) -> Value:
        constant = Scope(runtime, variable.decl.source)
        found = decl.body.attributes.get(variable.name)
        if found is None:
            if decl.body.broken and variable.default is None:
                cause = Cause("broken", f"module.{decl.name} could not be parsed completely", decl.header)
                return Unknown(variable.type, cause)
            return default_value(variable, constant)
        attribute, source = found
        scope = Scope(parent, source, names)
        span = scope.span(attribute.expr)
        value = parent.attempt(lambda: evaluate(attribute.expr, scope))
        return argument_value(variable, value, span, f"module.{decl.name}", constant)

    return supply


def child_providers(parent: ModuleRuntime, child: ModuleRuntime, decl: Decl) -> ProviderMap:
    """What the child knows: the parent's default configurations or what `providers` passes, and its own blocks."""
    passed = passed_providers(decl)
    if passed is None:
        makers = {k: m for k, m in parent.providers.makers.items() if "." not in k}
    else:
        makers = {c: parent.providers.makers[p] for c, p in passed.items() if p in parent.providers.makers}
        makers.update({k: m for k, m in parent.providers.makers.items() if "." not in k and k not in passed})
    return ProviderMap({**makers, **own_providers(child)})


def own_providers(runtime: ModuleRuntime) -> dict[str, Callable[[], Any]]:
    decoder = Decoder(runtime.report, frozenset())
    return {
        key: configured(decl, key, lambda d=decl: Scope(runtime, d.source), decoder)  # type: ignore[misc]
        for key, decl in runtime.source.providers.items()
    }
