"""One evaluation of a root module: what its module instances share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ddbaudit.foundation.diagnostic import Diagnostic
from ddbaudit.foundation.source import Span
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.files import ModuleFiles
from ddbaudit.frontends.hcl.inputs import Inputs
from ddbaudit.frontends.hcl.loader import Loader
from ddbaudit.frontends.hcl.scope import EvalError
from ddbaudit.frontends.hcl.source import Decl, ModuleSource
from ddbaudit.frontends.hcl.versions import Doubt, closure, doubt, read_lock
from ddbaudit.ir.value import Cause

if TYPE_CHECKING:
    from ddbaudit.frontends.hcl.calls import ModuleCall
    from ddbaudit.frontends.hcl.module import ModuleRuntime
    from ddbaudit.frontends.hcl.under_plan import UnderPlan

MAX_WORK = 400
"""How many names may wait for each other. Real configurations stay far below; Python's stack ends far above."""


class Session:
    """Diagnostics, the stack of names under evaluation (for cycles) and the loader."""

    def __init__(
        self,
        loader: Loader,
        root: ModuleSource,
        inputs: Inputs,
        make_call: Callable[[ModuleRuntime, Decl], ModuleCall],
        functions: ModuleFiles,
    ) -> None:
        self.loader = loader
        self.root = root
        self.inputs = inputs
        self.diagnostics: list[Diagnostic] = []
        self.missing: list[Cause] = []
        self.make_call = make_call
        self.functions = functions
        self.under: UnderPlan | None = None
        self._working: dict[str, Span] = {}
        self._names: dict[int, Sequence[str]] = {}
        self._doubt: list[Doubt | None] = []

    def add(self, diagnostic: Diagnostic) -> None:
        if diagnostic not in self.diagnostics:
            self.diagnostics.append(diagnostic)

    def aside(self) -> Session:
        """A session for questions beside the evaluation: what it says is not kept."""
        return Session(self.loader, self.root, self.inputs, self.make_call, self.functions)

    @contextmanager
    def working(self, name: str, span: Span) -> Iterator[None]:
        """Marks a name as under evaluation; EvalError when it already is, or when too many are."""
        if name in self._working:
            names = list(self._working)
            cycle = [*names[names.index(name) :], name]
            raise EvalError(f"cycle: {' → '.join(cycle)}", span, help="break the cycle", cycle=True)
        if len(self._working) >= MAX_WORK:
            raise EvalError(f"more than {MAX_WORK} names depend on each other in one chain", span)
        self._working[name] = span
        try:
            yield
        finally:
            del self._working[name]

    def names_in(self, expr: ast.Expr, read: Callable[[ast.Expr], Sequence[str]]) -> Sequence[str]:
        """Names read off an expression's syntax, once per expression."""
        found = self._names.get(id(expr))
        if found is None:
            found = self._names[id(expr)] = read(expr)
        return found

    def doubt(self, resource_type: str) -> Doubt | None:
        """Why the schema of a resource type may not be that of the provider asked for; None when it is."""
        if not resource_type.startswith("aws_"):
            return None
        if not self._doubt:
            directory = self.root.directory
            sources = [self.loader.module(found) for found in closure(directory, self.called)]
            asked = [requirement for source in sources for requirement in source.required_versions]
            self._doubt.append(doubt(asked, read_lock(directory, self.loader.read)))
        return self._doubt[0]

    def called(self, directory: str) -> list[str]:
        """The directories that a module calls by local paths, and for the root those that are installed."""
        calls = self.loader.module(directory).local_calls()
        paths = [path for _, path in calls]
        if directory == self.root.directory:
            paths.extend(self.loader.tree.installed(directory).values())
        found = [os.path.normpath(os.path.join(directory, path)) for path in paths]
        return [path for path in found if self.loader.tree.is_directory(path)]
