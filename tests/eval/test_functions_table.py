"""The table of functions against Terraform's own list (`terraform metadata functions -json`), and how it loads."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ddbaudit.frontends.hcl.functions import BUILTINS, SPECIAL_FORMS, lookup_function
from ddbaudit.frontends.hcl.functions.registry import Function, FunctionError, Param, call
from ddbaudit.ir.types import from_schema
from ddbaudit.ir.value import Absent, Cause, Unknown, string
from tests.eval.mini import CONTEXT
from tests.eval.oracle import has_terraform

LIST = Path(__file__).parent / "terraform_functions.json"
RECORDED: dict[str, Any] = json.loads(LIST.read_text(encoding="utf-8"))
REMOVED = {"list", "map"}
"""Not in Terraform's list any more, yet there to say what to write instead."""


def signature(function: Function) -> list[tuple[str, bool]]:
    return [(str(param.type), param.null) for param in function.params]


def recorded_param(raw: list[Any]) -> tuple[str, bool]:
    return str(from_schema(raw[1])), raw[2]


def test_every_function_of_terraform_is_there() -> None:
    assert len(RECORDED) == 118
    assert set(BUILTINS) | SPECIAL_FORMS == set(RECORDED) | REMOVED
    assert not set(BUILTINS) & SPECIAL_FORMS


@pytest.mark.terraform
@pytest.mark.skipif(not has_terraform(), reason="there is no terraform here")
def test_terraform_still_has_these(tmp_path: Path) -> None:
    done = subprocess.run(
        ["terraform", "metadata", "functions", "-json"], capture_output=True, cwd=tmp_path, check=True, text=True
    )
    names = {name.removeprefix("core::") for name in json.loads(done.stdout)["function_signatures"]}
    assert names == set(RECORDED)


@pytest.mark.parametrize("name", sorted(set(RECORDED) - SPECIAL_FORMS))
def test_parameters(name: str) -> None:
    function, recorded = BUILTINS[name], RECORDED[name]
    assert function.name == name
    assert signature(function) == [recorded_param(p) for p in recorded["parameters"]]
    assert [p.name for p in function.params] == [p[0] for p in recorded["parameters"]]
    assert (function.variadic is None) == (recorded["variadic"] is None)
    if isinstance(function.variadic, Param):
        assert (str(function.variadic.type), function.variadic.null) == recorded_param(recorded["variadic"])


def test_lookup() -> None:
    assert lookup_function("upper") is BUILTINS["upper"]
    assert lookup_function("core::upper") is BUILTINS["upper"]
    for name in ("nope", "core::nope", "try", "provider::aws::arn_parse", "core::core::upper", "UPPER", ""):
        assert lookup_function(name) is None
    assert "upper" in BUILTINS
    assert "nope" not in BUILTINS


def test_loading_is_cheap() -> None:
    """Neither the table nor looking at names loads what is costly; a function loads no more than it needs."""
    code = (
        "import sys; from ddbaudit.frontends.hcl.functions import BUILTINS, lookup_function; "
        "assert 'regex' in BUILTINS and len(list(BUILTINS)) > 100; lookup_function('join'); "
        "print(sorted({'re2', 'regex', 'yaml', 'hcl2', 'ipaddress', 'uuid'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["upper", "format", "regex", "cidrhost", "timeadd", "md5", "basename", "pow"])
def test_wrong_number_of_arguments(name: str) -> None:
    function = BUILTINS[name]
    with pytest.raises(FunctionError, match="not enough arguments"):
        call(function, [], CONTEXT)
    if function.variadic is None:
        with pytest.raises(FunctionError, match="too many arguments"):
            call(function, [string("1")] * (len(function.params) + 1), CONTEXT)


NEVER_NULL = (
    "abs basename ceil chomp cidrhost cidrnetmask cidrsubnet dirname endswith file filemd5 fileset format formatdate "
    "formatlist indent join lower md5 regex regexall replace sha256 split startswith strcontains strrev substr title "
    "timeadd timecmp trim trimprefix trimspace trimsuffix upper uuidv5"
)


@pytest.mark.parametrize("name", NEVER_NULL.split())
def test_unknown_results_are_not_null(name: str) -> None:
    function = BUILTINS[name]
    later = Unknown(function.params[0].type, Cause("computed", "later"))
    params = function.params if function.variadic is None else (*function.params, function.variadic)
    args = [Unknown(p.type, later.cause) for p in params]
    result = call(function, args, CONTEXT)
    assert isinstance(result, Unknown)
    assert result.not_null
    assert result.cause is later.cause


@pytest.mark.parametrize("name", ["timestamp", "plantimestamp", "uuid"])
def test_impure_functions(name: str) -> None:
    result = call(BUILTINS[name], [], CONTEXT)
    assert isinstance(result, Unknown)
    assert result.cause.kind == "impure"
    assert name in result.cause.text


def test_a_function_that_is_not_evaluated() -> None:
    name = "bcrypt"
    result = call(BUILTINS[name], [string("x")] * len(BUILTINS[name].params), CONTEXT)
    assert isinstance(result, Unknown)
    assert result.cause.kind == "impure"
    with pytest.raises(FunctionError):
        call(BUILTINS[name], [Absent()] * len(BUILTINS[name].params), CONTEXT)
