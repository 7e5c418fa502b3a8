"""A module instance while it is evaluated: every name is evaluated once, when something asks for it.

A cycle is found where a name is asked for while it is being evaluated. Long chains of locals are evaluated in the
order of their dependencies, so that they need no stack.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ddbaudit.foundation.source import Span
from ddbaudit.frontends.hcl import ast, data, expand, lifecycle, surroundings
from ddbaudit.frontends.hcl.blocks import Decoder
from ddbaudit.frontends.hcl.calls import ModuleCall
from ddbaudit.frontends.hcl.expressions import evaluate
from ddbaudit.frontends.hcl.functions.registry import Context
from ddbaudit.frontends.hcl.objects import instance_object
from ddbaudit.frontends.hcl.ordering import cycle_through, in_order
from ddbaudit.frontends.hcl.providers import ProviderMap
from ddbaudit.frontends.hcl.references import local_names
from ddbaudit.frontends.hcl.reporting import diagnostic_of, fault_of, keeper
from ddbaudit.frontends.hcl.scope import EvalError, Scope
from ddbaudit.frontends.hcl.session import Session
from ddbaudit.frontends.hcl.source import Decl, ModuleSource
from ddbaudit.frontends.hcl.variables import Variable
from ddbaudit.ir.instance import Fault, Provider, ResourceInstance
from ddbaudit.ir.schema import resource_schema
from ddbaudit.ir.types import DYNAMIC
from ddbaudit.ir.value import Cause, Origin, Symbol, Unknown, Value, all_sensitive, object_value, tuple_value

Key = tuple[str, str, str]

_META = frozenset({"count", "for_each", "depends_on", "provider"})


@dataclass(slots=True)
class ModuleRuntime:
    """One instance of a module. `address` is empty for the root, else `module.a["x"].module.b`.

    `supplied` gives the values of its variables; `names` holds nothing in the root and is not visible inside a child.
    """

    session: Session
    source: ModuleSource
    address: str
    providers: ProviderMap
    path: str
    call_name: str = ""
    parent: ModuleRuntime | None = None
    callers: tuple[Span, ...] = ()
    header: Span | None = None
    expansion: Unknown | None = None
    supplied: dict[str, Callable[[Variable], Value]] = field(default_factory=dict)
    declared: dict[str, Variable] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    _values: dict[tuple[str, str], Value] = field(default_factory=dict)
    _expansions: dict[object, expand.Expansion] = field(default_factory=dict)
    _instances: dict[tuple[Key, str | int | None], ResourceInstance] = field(default_factory=dict)
    _calls: dict[str, ModuleCall] = field(default_factory=dict)
    _objects: dict[tuple[Key, str | int | None], Value] = field(default_factory=dict)
    _reported: set[tuple[Span, str, bool]] = field(default_factory=set)

    @property
    def functions(self) -> Context:
        return self.session.functions

    # --- errors ---

    def report(self, error: EvalError) -> None:
        """Keeps an error as a fault, a diagnostic or both; once per place."""
        self._report(error, certain=self.expansion is None)

    def report_possible(self, error: EvalError) -> None:
        """Keeps an error in something of which there may be none: the value is unknown, the configuration may be
        right."""
        self._report(error, certain=False)

    def _report(self, error: EvalError, *, certain: bool) -> None:
        if error.undeclared or (error.span, error.message, certain) in self._reported:
            return
        self._reported.add((error.span, error.message, certain))
        fault, diagnostic = fault_of(error, certain=certain), diagnostic_of(error, certain=certain)
        if fault is not None:
            self.faults.append(fault)
        if diagnostic is not None:
            self.session.add(diagnostic)

    def attempt(self, make: Callable[[], Value]) -> Value:
        """The value, or an unknown after an error, which is kept."""
        try:
            return make()
        except EvalError as error:
            self.report(error)
            return error.unknown()

    def _once(self, kind: str, name: str, span: Span, make: Callable[[], Value]) -> Value:
        key = (kind, name)
        found = self._values.get(key)
        if found is None:
            with self.session.working(f"{self._prefix()}{kind}.{name}", span):
                found = self._values[key] = self.attempt(make)
        return found

    def _prefix(self) -> str:
        return f"{self.address}." if self.address else ""

    def scope(self, decl: Decl, names: Mapping[str, Value] | None = None) -> Scope:
        return Scope(self, decl.source, names)

    # --- names ---

    def resolve(self, root: ast.Variable, steps: Sequence[ast.Expr], scope: Scope) -> tuple[Value, int]:
        handler = _ROOTS.get(root.name)
        if handler is not None:
            return handler(self, root, steps, scope)
        return self._resource("managed", root.name, steps, 0, root, scope)

    def _broken(self, what: str, span: Span) -> Unknown:
        text = f"{what} may be declared in a file that could not be parsed"
        return Unknown(DYNAMIC, Cause("broken", text, self.source.header), None, Origin(span))

    def _resolve_var(self, root: ast.Variable, steps: Sequence[ast.Expr], scope: Scope) -> tuple[Value, int]:
        step = surroundings.name_behind(steps, 0, root, scope)
        if step.name not in self.declared:
            span = scope.span(step)
            if self.source.broken:
                return self._broken(f"var.{step.name}", span), 1
            raise surroundings.undeclared(f"var.{step.name}", span, list(self.declared), step.name)
        return self.variable(step.name), 1

    def variable(self, name: str) -> Value:
        variable = self.declared[name]
        make = self.supplied[name]

        def value() -> Value:
            try:
                return make(variable)
            except EvalError as error:
                self.report(error)
                return error.unknown(variable.type)

        return self._once("var", name, variable.decl.header, value)

    def _resolve_local(self, root: ast.Variable, steps: Sequence[ast.Expr], scope: Scope) -> tuple[Value, int]:
        step = surroundings.name_behind(steps, 0, root, scope)
        if step.name not in self.source.locals:
            span = scope.span(step)
            if self.source.broken:
                return self._broken(f"local.{step.name}", span), 1
            raise surroundings.undeclared(f"local.{step.name}", span, list(self.source.locals), step.name)
        return self.local(step.name), 1

    def local(self, name: str) -> Value:
        """A local; the locals it is made of come first, deepest first."""
        found = self._values.get(("local", name))
        if found is not None:
            return found
        in_order(
            name, lambda n: ("local", n) in self._values, self._unmet_locals, self._evaluate_local, self._local_cycle
        )
        return self._values["local", name]

    def _unmet_locals(self, name: str) -> list[str]:
        names = self.session.names_in(self.source.locals[name].expr, local_names)
        return [n for n in names if n in self.source.locals and ("local", n) not in self._values]

    def _local_cycle(self, name: str) -> None:
        error = cycle_through(name, self._unmet_locals, self.source.locals, f"{self._prefix()}local.")
        self.report(error)
        self._values["local", name] = error.unknown()

    def _evaluate_local(self, name: str) -> Value:
        decl = self.source.locals[name]

        def make() -> Value:
            value = evaluate(decl.expr, Scope(self, decl.source))
            origin = value.origin
            return value.with_origin(origin.named(f"local.{name}")) if origin is not None else value

        return self._once("local", name, decl.span, make)

    def output(self, name: str) -> Value:
        decl = self.source.outputs[name]

        def make() -> Value:
            found = decl.body.attributes.get("value")
            if found is None:
                cause = Cause("error", f'output "{name}" has no value', decl.header)
                return Unknown(DYNAMIC, cause, None, Origin(decl.header))
            value = evaluate(found[0].expr, Scope(self, found[1]))
            origin = value.origin
            note = f"{self.address or 'root'} output {name}"
            value = value.with_origin(origin.named(note)) if origin is not None else value
            return all_sensitive(value) if self._flag(decl, "sensitive") else value

        return self._once("output", name, decl.header, make)

    def _flag(self, decl: Decl, name: str) -> bool:
        found = decl.body.attributes.get(name)
        return found is not None and isinstance(found[0].expr, ast.Literal) and found[0].expr.value is True

    # --- modules ---

    def _resolve_module(self, root: ast.Variable, steps: Sequence[ast.Expr], scope: Scope) -> tuple[Value, int]:
        step = surroundings.name_behind(steps, 0, root, scope)
        name, span = step.name, scope.span(step)
        if name not in self.source.modules:
            if self.source.broken:
                return self._broken(f"module.{name}", span), 1
            raise surroundings.undeclared(f"module.{name}", span, list(self.source.modules), name)
        call = self.call(name)
        if call.missing is not None:
            symbol = Symbol(f"{self._prefix()}module.{name}", ())
            return Unknown(DYNAMIC, call.missing, (symbol,), Origin(call.decl.header)), 1
        return self._module_value(call, steps, scope)

    def _module_value(self, call: ModuleCall, steps: Sequence[ast.Expr], scope: Scope) -> tuple[Value, int]:
        """Only the output that is asked for is evaluated where the traversal names one."""
        expansion = call.expansion
        if expansion.unknown is not None:
            if len(steps) > 1 and isinstance(steps[1], ast.Index):
                return self._outputs(call.instances()[0], steps, 2, scope)
            return Unknown(DYNAMIC, expansion.unknown.cause, None, Origin(call.decl.header)), 1
        if expansion.kind == "single":
            return self._outputs(call.instances()[0], steps, 1, scope)
        if len(steps) > 1 and isinstance(steps[1], ast.Index):
            key = expand.static_key(evaluate(steps[1].key, scope))
            instance = call.instance(key) if key is not None else None
            if instance is not None:
                return self._outputs(instance, steps, 2, scope)
        if expansion.decided is not None:
            return Unknown(DYNAMIC, expansion.decided.cause, None, Origin(call.decl.header)), 1
        values = [(i.key, object_value(_all_outputs(i.runtime))) for i in call.instances()]
        origin = Origin(call.decl.header)
        if expansion.kind == "count":
            return tuple_value(tuple(v for _, v in values), origin), 1
        return object_value({str(k): v for k, v in values}, origin), 1

    def _outputs(self, instance: expand.Child, steps: Sequence[ast.Expr], used: int, scope: Scope) -> tuple[Value, int]:
        runtime: ModuleRuntime = instance.runtime
        step = steps[used] if used < len(steps) else None
        if not isinstance(step, ast.GetAttr):
            return object_value(_all_outputs(runtime)), used
        if step.name not in runtime.source.outputs:
            span = scope.span(step)
            if runtime.source.broken:
                return runtime._broken(f"output {step.name}", span), used + 1
            raise surroundings.undeclared(
                f"output {step.name} of the module", span, list(runtime.source.outputs), step.name
            )
        return runtime.output(step.name), used + 1

    def call(self, name: str) -> ModuleCall:
        found = self._calls.get(name)
        if found is None:
            decl = self.source.modules[name]
            with self.session.working(f"{self._prefix()}module.{name}", decl.header):
                found = self._calls[name] = self.session.make_call(self, decl)
        return found

    # --- resources ---

    def _resolve_data(self, root: ast.Variable, steps: Sequence[ast.Expr], scope: Scope) -> tuple[Value, int]:
        step = surroundings.name_behind(steps, 0, root, scope)
        return self._resource("data", step.name, steps, 1, root, scope)

    def _resolve_explicit(self, root: ast.Variable, steps: Sequence[ast.Expr], scope: Scope) -> tuple[Value, int]:
        step = surroundings.name_behind(steps, 0, root, scope)
        return self._resource("managed", step.name, steps, 1, root, scope)

    def _resource(
        self, mode: str, type_: str, steps: Sequence[ast.Expr], at: int, root: ast.Variable, scope: Scope
    ) -> tuple[Value, int]:
        what = f"data.{type_}" if mode == "data" else type_
        step = steps[at] if at < len(steps) else None
        if not isinstance(step, ast.GetAttr):
            raise EvalError(f'there is no variable or resource named "{what}"', scope.span(root), undeclared=True)
        decl = self.source.resources.get((mode, type_, step.name))
        if decl is None:
            span = scope.span(step)
            if self.source.broken:
                return self._broken(f"{what}.{step.name}", span), at + 1
            names = [n for m, t, n in self.source.resources if m == mode and t == type_]
            raise surroundings.undeclared(f"{what}.{step.name}", span, names, step.name)
        return self._resource_value(decl, steps, at + 1, scope)

    def _resource_value(self, decl: Decl, steps: Sequence[ast.Expr], used: int, scope: Scope) -> tuple[Value, int]:
        expansion = self.expansion_of(decl)
        indexed = used < len(steps) and isinstance(steps[used], ast.Index)
        if expansion.unknown is not None:
            if indexed:
                return self.object_of(decl, expand.ANY), used + 1
            return Unknown(DYNAMIC, expansion.unknown.cause, None, Origin(decl.header)), used
        if expansion.kind == "single":
            return self.object_of(decl, None), used
        if indexed:
            step = steps[used]
            assert isinstance(step, ast.Index)
            key = expand.static_key(evaluate(step.key, scope))
            if key in expansion.keys:
                return self.object_of(decl, key), used + 1
        origin = Origin(decl.header)
        if expansion.decided is not None and (self.session.under is None or self.session.under.partial):
            return Unknown(DYNAMIC, expansion.decided.cause, None, origin), used
        if expansion.kind == "count":
            return tuple_value(tuple(self.object_of(decl, k) for k in expansion.keys), origin), used
        return object_value({str(k): self.object_of(decl, k) for k in expansion.keys}, origin), used

    def expansion_of(self, decl: Decl) -> expand.Expansion:
        """How many instances a resource, data source or module call has, and their keys."""
        found = self._expansions.get(id(decl))
        if found is None:
            with self.session.working(f"{self._prefix()}{label(decl)} (expansion)", decl.header):
                found = self._expansions[id(decl)] = self._expand(decl)
        return found

    def _expand(self, decl: Decl) -> expand.Expansion:
        found = expand.expansion(decl, self.scope(decl), self.report)
        under = self.session.under if self.expansion is None else None
        return found if under is None else under.expansion(found, self._prefix() + label(decl), decl)

    def object_of(self, decl: Decl, key: str | int | None) -> Value:
        """What a reference to an instance sees: its arguments, and symbols for what only the provider knows."""
        place = ((decl.mode, decl.type, decl.name), key)
        found = self._objects.get(place)
        if found is None:
            instance = self.instance(decl, key)
            found = self._objects[place] = instance_object(instance, self.session.doubt(instance.type))
        return found

    def instance(self, decl: Decl, key: str | int | None) -> ResourceInstance:
        place = ((decl.mode, decl.type, decl.name), key)
        found = self._instances.get(place)
        if found is None:
            with self.session.working(self._prefix() + label(decl) + expand.suffix(key), decl.header):
                found = self._instances[place] = self._evaluate_instance(decl, key)
        return found

    def _evaluate_instance(self, decl: Decl, key: str | int | None) -> ResourceInstance:
        expansion = self.expansion_of(decl)
        scope = self.scope(decl, expansion.names(key))
        schema = resource_schema("data" if decl.mode == "data" else "managed", decl.type)
        faults: list[Fault] = []
        sure = expansion.unknown is None and self.expansion is None
        otherwise = self.report if expansion.unknown is None else self.report_possible
        report = keeper(faults, self.session.add, otherwise, certain=sure)
        decoder = Decoder(report, _META, keeper(faults, self.session.add, self.report_possible, certain=False))
        body = decoder.body(decl.body, schema, scope, decl.header, decl.span, decl.type)
        instance = ResourceInstance(
            self._prefix() + label(decl) + expand.suffix(key),
            self.address,
            "data" if decl.mode == "data" else "managed",
            decl.type,
            decl.name,
            key,
            body,
            self.provider_of(decl, scope),
            self.callers,
            expansion.unknown if expansion.unknown is not None else self.expansion,
            lifecycle.ignored_changes(decl),
            lifecycle.prevent_destroy(decl, scope, self.report),
            tuple(faults),
        )
        if decl.mode == "data":
            instance = data.read(instance, report)
        return instance if self.session.under is None else self.session.under.take(instance)

    def provider_of(self, decl: Decl, scope: Scope) -> Provider:
        found = decl.body.attributes.get("provider")
        return self.providers.find(decl.type, found[0].expr if found is not None else None, self.source)


def label(decl: Decl) -> str:
    """`aws_dynamodb_table.t`, `data.x.y`, `module.m`."""
    if decl.mode == "data":
        return f"data.{decl.type}.{decl.name}"
    return f"{decl.type}.{decl.name}"


def _all_outputs(runtime: ModuleRuntime) -> dict[str, Value]:
    return {name: runtime.output(name) for name in runtime.source.outputs}


_ROOTS: Mapping[str, Callable[[ModuleRuntime, ast.Variable, Sequence[ast.Expr], Scope], tuple[Value, int]]] = {
    "var": ModuleRuntime._resolve_var,
    "local": ModuleRuntime._resolve_local,
    "path": surroundings.path,
    "terraform": surroundings.terraform,
    "each": surroundings.absent,
    "count": surroundings.absent,
    "self": surroundings.absent,
    "module": ModuleRuntime._resolve_module,
    "data": ModuleRuntime._resolve_data,
    "resource": ModuleRuntime._resolve_explicit,
}
