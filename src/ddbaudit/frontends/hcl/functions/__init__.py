"""Terraform's built-in functions, by name.

The table knows each function's module and loads it when the function is first asked for: most configurations call a
handful of functions, and some modules need regular expressions, YAML or Unicode tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from ddbaudit.frontends.hcl.functions.registry import Function

SPECIAL_FORMS = frozenset({"can", "try"})
"""What looks like a function but sees expressions and their errors; the evaluator handles these itself."""

_NAMES: Mapping[str, str] = {
    "collections": (
        "alltrue anytrue chunklist coalesce coalescelist compact concat contains distinct element flatten index keys "
        "length list lookup map matchkeys merge one range reverse setintersection setproduct setsubtract setunion "
        "slice sort sum transpose values zipmap"
    ),
    "conversion": "ephemeralasnull issensitive nonsensitive sensitive tobool tolist tomap tonumber toset tostring",
    "crypto": (
        "base64sha256 base64sha512 bcrypt filebase64sha256 filebase64sha512 filemd5 filesha1 filesha256 filesha512 "
        "md5 rsadecrypt sha1 sha256 sha512 uuid uuidv5"
    ),
    "datetime_": "formatdate plantimestamp timeadd timecmp timestamp",
    "encoding": (
        "base64decode base64encode base64gzip csvdecode jsondecode jsonencode textdecodebase64 textencodebase64 "
        "urlencode yamldecode yamlencode"
    ),
    "filesystem": (
        "abspath basename dirname file filebase64 fileexists fileset pathexpand templatefile templatestring"
    ),
    "formatting": "format formatlist",
    "ipnet": "cidrhost cidrnetmask cidrsubnet cidrsubnets",
    "numeric": "abs ceil floor log max min parseint pow signum",
    "regexes": "regex regexall replace",
    "strings": (
        "chomp endswith indent join lower split startswith strcontains strrev substr title trim trimprefix trimspace "
        "trimsuffix upper"
    ),
}
_HOME: Mapping[str, str] = {name: module for module, names in _NAMES.items() for name in names.split()}


class _Builtins(Mapping[str, Function]):
    """The functions by name, loaded when asked for."""

    def __init__(self) -> None:
        self._loaded: dict[str, Function] = {}

    def __getitem__(self, name: str) -> Function:
        function = self._loaded.get(name)
        if function is not None:
            return function
        module = import_module(f"{__name__}.{_HOME[name]}")
        self._loaded.update({f.name: f for f in module.FUNCTIONS})
        return self._loaded[name]

    def __contains__(self, name: object) -> bool:
        return name in _HOME

    def __iter__(self) -> Iterator[str]:
        return iter(_HOME)

    def __len__(self) -> int:
        return len(_HOME)


BUILTINS: Mapping[str, Function] = _Builtins()


def lookup_function(name: str) -> Function | None:
    """The function of that name, which may have the namespace `core::` before it; None when there is none."""
    return BUILTINS.get(name.removeprefix("core::"))
