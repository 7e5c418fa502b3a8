"""Expressions through the whole evaluator, in a module that holds the prelude of tests/eval/oracle.py."""

from __future__ import annotations

import shutil
from pathlib import Path

from ddbaudit.foundation.source import SourceFile
from ddbaudit.frontends.hcl.evaluate import RootEvaluation
from ddbaudit.frontends.hcl.expressions import evaluate
from ddbaudit.frontends.hcl.inputs import Inputs
from ddbaudit.frontends.hcl.loader import Loader
from ddbaudit.frontends.hcl.module import ModuleRuntime
from ddbaudit.frontends.hcl.parse import ParseOptions
from ddbaudit.frontends.hcl.parser import parse_expression
from ddbaudit.frontends.hcl.scope import EvalError, Scope
from ddbaudit.ir.value import Value
from tests.eval.oracle import FILES, PRELUDE


class InvalidError(Exception):
    """The expression cannot be parsed or evaluated."""


def module(directory: Path) -> ModuleRuntime:
    """A module whose variables have no value, with the files that recorded expressions read.

    The resource has an input here: a plan, other than the console, knows the output of one without.
    """
    text = PRELUDE.replace('"u" {}', '"u" {\n  input = var.ud\n}')
    (directory / "main.tf").write_text(text, encoding="utf-8")
    shutil.copytree(FILES, directory / FILES.name)
    return RootEvaluation(str(directory), Loader(ParseOptions(), [directory]), Inputs(workspace="default"), "").root


def value_of(text: str, runtime: ModuleRuntime) -> Value:
    """The value of an expression in the module; InvalidError as `terraform console` would refuse it."""
    source = SourceFile("console.tf", text)
    expr, problems = parse_expression(text, source)
    if problems:
        raise InvalidError(problems[0].detail)
    try:
        return evaluate(expr, Scope(runtime, source))
    except EvalError as error:
        raise InvalidError(error.message) from None
