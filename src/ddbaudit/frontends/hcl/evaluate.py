"""A root module, evaluated in one environment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.text import suggestion
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.calls import ModuleCall, declare_variables, make_call, own_providers
from ddbaudit.frontends.hcl.comments import comments_of
from ddbaudit.frontends.hcl.files import functions_of
from ddbaudit.frontends.hcl.inputs import Given, GivenSet, Inputs, collect
from ddbaudit.frontends.hcl.loader import Loader
from ddbaudit.frontends.hcl.module import ModuleRuntime, label
from ddbaudit.frontends.hcl.providers import ProviderMap
from ddbaudit.frontends.hcl.schema_check import WARNINGS, check_call, check_resource
from ddbaudit.frontends.hcl.scope import EvalError, Scope
from ddbaudit.frontends.hcl.session import Session
from ddbaudit.frontends.hcl.source import Decl, ModuleSource
from ddbaudit.frontends.hcl.template_files import render_template
from ddbaudit.frontends.hcl.validate import undeclared
from ddbaudit.frontends.hcl.variables import Variable, default_value, given_value, validate
from ddbaudit.frontends.hcl.versions import closure
from ddbaudit.frontends.hcl.written import written_modules
from ddbaudit.ir.instance import Declaration, Evaluation, Fault, ModuleInstance, ResourceInstance, Setting
from ddbaudit.ir.schema import resource_schema
from ddbaudit.ir.value import Cause, Origin, Unknown, Value

if TYPE_CHECKING:
    from ddbaudit.frontends.hcl.under_plan import UnderPlan
    from ddbaudit.ir.plan import Difference, Plan


def evaluate_root(
    directory: str, loader: Loader, inputs: Inputs, environment: str, plan: Plan | None = None
) -> Evaluation:
    """Evaluates everything in the root module in `directory`, its child modules and their resources.

    With a `plan` that was made of it, what the source alone cannot tell is taken from there (see under_plan.py), and
    the evaluation names what certainly is not as it was when the plan was made. Nothing is raised for bad input: it
    becomes diagnostics, faults and unknown values. UsageError only for var files that do not exist.
    """
    if plan is None:
        return RootEvaluation(directory, loader, inputs, environment).run()
    from ddbaudit.frontends.hcl.under_plan import UnderPlan, places_only

    if plan.workspace is not None:
        inputs = replace(inputs, workspace=plan.workspace)
    root = RootEvaluation(directory, loader, inputs, environment, UnderPlan(plan))
    found = replace(root.run(), plan=plan, differences=root.differences(plan))
    return found if plan.mode == "normal" else places_only(found, plan)


class RootEvaluation:
    """Keeps the runtimes of one evaluation; `run` gives the result."""

    def __init__(
        self, directory: str, loader: Loader, inputs: Inputs, environment: str, under: UnderPlan | None = None
    ) -> None:
        self.source = loader.module(directory)
        self.environment = environment
        self.loader = loader
        self.given = collect(self.source.directory, inputs, loader)
        functions = functions_of(loader.tree, self.source.directory, render_template)
        self.session = Session(loader, self.source, inputs, make_call, functions)
        self.session.under = under
        if under is not None:
            functions.plan_timestamp = under.plan.timestamp
        self.root = ModuleRuntime(self.session, self.source, "", ProviderMap({}), ".")
        self.root.providers = ProviderMap(own_providers(self.root))
        declare_variables(self.root)
        for variable in self.root.declared.values():
            self.root.supplied[variable.name] = self._supplier()
        self.warnings: list[Fault] = []
        self._checked: dict[int, tuple[Fault, ...]] = {}

    def _supplier(self) -> Callable[[Variable], Value]:
        given, under = self.given, self.session.under

        def supply(variable: Variable) -> Value:
            constant = Scope(self.root, variable.decl.source)
            if under is None:
                return usual(variable, constant)
            return under.variable(variable, lambda: usual(variable, constant), constant)

        def usual(variable: Variable, constant: Scope) -> Value:
            found = given.values.get(variable.name)
            if given.broken is not None and (found is None or not found.strict):
                text = f'variable "{variable.name}" may be set in {given.broken.path}, which could not be parsed'
                return Unknown(variable.type, Cause("broken", text, given.broken), None, Origin(variable.decl.header))
            if found is None:
                return default_value(variable, constant)
            return given_value(variable, found, constant)

        return supply

    def run(self) -> Evaluation:
        for diagnostic in (*self.given.diagnostics, *self._undeclared_inputs()):
            self.session.add(diagnostic)
        resources: list[ResourceInstance] = []
        declarations: list[Declaration] = []
        modules: list[tuple[ModuleRuntime, ModuleInstance]] = []
        sources: dict[str, ModuleSource] = {}
        for runtime in self._runtimes():
            sources.setdefault(runtime.source.directory, runtime.source)
            self._validations(runtime)
            for name in runtime.source.locals:
                runtime.local(name)
            made, declared = self._resources(runtime)
            resources.extend(made)
            declarations.extend(declared)
            modules.append((runtime, self._module(runtime)))
            for source in self._never_made(runtime):
                sources.setdefault(source.directory, source)
        for source in sources.values():
            for diagnostic in source.diagnostics:
                self.session.add(diagnostic)
        files = _files(list(sources.values()), self.given)
        diagnostics = tuple(sorted(self.session.diagnostics, key=Diagnostic.sort_key))
        return Evaluation(
            self.environment,
            self.source.shown,
            tuple(resources),
            tuple(declarations),
            tuple(replace(module, faults=self._faults(runtime)) for runtime, module in modules),
            diagnostics,
            tuple(file.source for file in files),
            tuple(self.session.missing),
            written=lambda: written_modules(sources.values(), self.session),
            comments=tuple(comment for file in files for comment in comments_of(file)),
        )

    def differences(self, plan: Plan) -> tuple[Difference, ...]:
        """What of the source is certainly not what the plan was made from."""
        found = list(self.session.under.differences) if self.session.under is not None else []
        if plan.configuration is not None:
            from ddbaudit.frontends.hcl import configured

            found.extend(configured.differences(plan.configuration, self.root))
        return tuple(found)

    def _runtimes(self) -> Iterator[ModuleRuntime]:
        """All module instances, parents before children, in source order."""
        pending = [self.root]
        while pending:
            runtime = pending.pop(0)
            yield runtime
            for name in runtime.source.modules:
                call = self._call(runtime, name)
                if call is not None:
                    pending.extend(child.runtime for child in call.instances())

    def _never_made(self, runtime: ModuleRuntime) -> Iterator[ModuleSource]:
        """The modules that are called and have no instance (`count = 0`): Terraform reads them all the same."""
        for name in runtime.source.modules:
            call = self._call(runtime, name)
            if call is not None and call.source is not None and not call.instances():
                for directory in closure(call.source.directory, self.session.called):
                    yield self.loader.module(directory)

    def _call(self, runtime: ModuleRuntime, name: str) -> ModuleCall | None:
        try:
            return runtime.call(name)
        except EvalError as error:
            runtime.report(error)
            return None

    def _undeclared_inputs(self) -> Iterator[Diagnostic]:
        if self.source.broken:
            return
        for given in self.given.values.values():
            if given.name not in self.source.variables and given.expr is not None:
                diagnostic = _undeclared_input(given, self.source)
                self.warnings.append(_as_fault(diagnostic, given))
                yield diagnostic

    def _validations(self, runtime: ModuleRuntime) -> None:
        for name, variable in runtime.declared.items():
            try:
                value = runtime.variable(name)
            except EvalError as error:
                runtime.report(error)
                continue
            place = value.origin.span if value.origin is not None else None
            for refusal in validate(variable, Scope(runtime, variable.decl.source), place):
                runtime.report(refusal)

    def _resources(self, runtime: ModuleRuntime) -> tuple[list[ResourceInstance], list[Declaration]]:
        made: list[ResourceInstance] = []
        declared: list[Declaration] = []
        for decl in runtime.source.resources.values():
            try:
                expansion = runtime.expansion_of(decl)
                instances = [runtime.instance(decl, key) for key in expansion.keys]
            except EvalError as error:
                runtime.report(error)
                declared.append(self._declaration(runtime, decl, None))
                continue
            made.extend(instances)
            count = None if expansion.unknown is not None or runtime.expansion is not None else len(instances)
            declared.append(self._declaration(runtime, decl, count))
        for name, decl in runtime.source.modules.items():
            call = self._call(runtime, name)
            count = len(call.instances()) if call is not None and call.expansion.unknown is None else None
            declared.append(self._declaration(runtime, decl, count, call))
        return made, declared

    def _declaration(
        self, runtime: ModuleRuntime, decl: Decl, count: int | None, call: ModuleCall | None = None
    ) -> Declaration:
        faults = self._checked.get(id(decl))
        if faults is None:
            is_call = decl.type == "module"
            if is_call:
                faults = check_call(decl, call.source if call is not None else None)
            else:
                faults = check_resource(decl, self.session.doubt(decl.type))
            self._checked[id(decl)] = faults
        known = decl.type == "module" or resource_schema("data" if decl.mode == "data" else "managed", decl.type)
        return Declaration(
            runtime._prefix() + label(decl),
            "data" if decl.mode == "data" else "managed",
            decl.type,
            decl.name,
            decl.header,
            decl.span,
            bool(known) and not (call is not None and call.missing is not None),
            count,
            tuple(fault for fault in faults if fault.kind not in WARNINGS),
            decl.body.broken,
            doubt.cause if (doubt := self.session.doubt(decl.type)) is not None and not doubt.also else None,
            tuple(fault for fault in faults if fault.kind in WARNINGS),
        )

    def _module(self, runtime: ModuleRuntime) -> ModuleInstance:
        source = runtime.source
        variables = {
            name: Setting(name, runtime.variable(name), variable.decl.header)
            for name, variable in runtime.declared.items()
        }
        outputs = {name: Setting(name, self._output(runtime, name), d.header) for name, d in source.outputs.items()}
        warnings = tuple(self.warnings) if runtime is self.root else ()
        return ModuleInstance(
            runtime.address, source.shown, runtime.header, variables, outputs, (), runtime.callers, warnings
        )

    def _faults(self, runtime: ModuleRuntime) -> tuple[Fault, ...]:
        """Asked for at the end: what a module gives to another is evaluated there."""
        source = runtime.source
        static = self._checked.get(id(source))
        if static is None:
            static = self._checked[id(source)] = undeclared(source, self.loader, self.session.doubt)
        return (*source.faults, *static, *runtime.faults)

    def _output(self, runtime: ModuleRuntime, name: str) -> Value:
        try:
            return runtime.output(name)
        except EvalError as error:
            runtime.report(error)
            return error.unknown()


def _undeclared_input(given: Given, source: ModuleSource) -> Diagnostic:
    detail = f'{given.note} sets "{given.name}", which no variable declares{suggestion(given.name, source.variables)}'
    return Diagnostic(
        "VAR002",
        Level.WARNING,
        "Value for an undeclared variable",
        detail,
        given.span,
        None,
        "declare it or remove the line",
        fault="undeclared-input",
    )


def _as_fault(diagnostic: Diagnostic, given: Given) -> Fault:
    assert diagnostic.span is not None
    return Fault(
        diagnostic.fault,
        diagnostic.detail,
        diagnostic.span,
        diagnostic.help,
        "no variable of that name",
        detail=given.name,
    )


def _files(sources: list[ModuleSource], given: GivenSet) -> tuple[ast.File, ...]:
    found: dict[str, ast.File] = {}
    for file in [f for s in sources for f in s.files] + given.files:
        found.setdefault(file.source.path, file)
    return tuple(found.values())
