"""Functions on files and paths, which see the world through the `Context`.

Source: Terraform's lang/funcs/filesystem.go and Go's path/filepath. What depends on the machine (the home directory,
where the checkout lies) or lies outside of the checked tree is unknown.
"""

from __future__ import annotations

import base64
import posixpath
import re
from collections.abc import Mapping

from ddbaudit.frontends.hcl.convert import ConversionError, convert, make_set
from ddbaudit.frontends.hcl.functions.plain import NotEvaluatedError, looking, plain
from ddbaudit.frontends.hcl.functions.registry import Context, Function, FunctionError, Param
from ddbaudit.frontends.hcl.functions.support import argument_error, normalized, text, unknown_of
from ddbaudit.frontends.hcl.native.identifiers import word_length
from ddbaudit.ir.types import BOOL, DYNAMIC, STRING, set_of
from ddbaudit.ir.value import Absent, Known, Value

TEMPLATE_ARGUMENT = "<templatestring argument>"
"""Stands for the path of a template that is no file."""


# --- paths ---------------------------------------------------------------------------------------------------------


def clean(path: str) -> str:
    """Go's filepath.Clean: the shortest path that leads to the same place."""
    # Python keeps a double slash at the beginning, which POSIX allows.
    return posixpath.normpath(re.sub("^/+", "/", path))


def _basename(path: str) -> str:
    if not path:
        return "."
    stripped = path.rstrip("/")
    return stripped.rsplit("/", 1)[-1] if stripped else "/"


def _dirname(path: str) -> str:
    return clean(path[: path.rfind("/") + 1])


def _abspath(context: Context, path: str) -> str:
    absolute = context.absolute_path(path)
    if absolute is None:
        raise NotEvaluatedError("where the configuration lies depends on the machine", "impure")
    return absolute


def _expanded(path: str) -> str:
    """The path, unless it begins with a `~`."""
    if not path.startswith("~"):
        return path
    if len(path) > 1 and path[1] not in "/\\":
        raise FunctionError("cannot expand user-specific home dir", 0)
    raise NotEvaluatedError("the home directory depends on the machine", "impure")


# --- files ---------------------------------------------------------------------------------------------------------


def read(context: Context, path: str) -> bytes:
    """The bytes of a file; FunctionError when Terraform cannot read it either."""
    return context.read_file(_expanded(path))


def _file(context: Context, path: str) -> str:
    try:
        return read(context, path).decode()
    except UnicodeDecodeError:
        raise FunctionError(
            f"contents of {path} are not valid UTF-8; use filebase64 or another function that does not need text", 0
        ) from None


def _filebase64(context: Context, path: str) -> str:
    return base64.b64encode(read(context, path)).decode()


def _fileexists(context: Context, path: str) -> bool:
    return context.file_exists(_expanded(path))


def _fileset(context: Context, path: str, pattern: str) -> Value:
    found = context.list_files(path, pattern)
    if any(not name.isascii() and _is_broken(name) for name in found):
        raise NotEvaluatedError("a file name is not valid UTF-8", "unsupported")
    return make_set(STRING, [text(normalized(name)) for name in found])


def _is_broken(name: str) -> bool:
    """True for names that Python decoded with surrogates in place of bytes."""
    return any("\ud800" <= char <= "\udfff" for char in name)


# --- templates -----------------------------------------------------------------------------------------------------


def _templatefile(context: Context, args: list[Value]) -> Value:
    path, variables = args
    if not isinstance(path, Known) or not isinstance(variables, Known):
        return unknown_of(DYNAMIC, path, variables)
    try:
        return _rendered(context, path.text, _file(context, path.text), variables)
    except NotEvaluatedError as reason:
        return reason.unknown("templatefile", DYNAMIC)


def _templatestring(context: Context, args: list[Value]) -> Value:
    template, variables = args
    if not isinstance(template, Known) or not isinstance(variables, Known):
        return unknown_of(STRING, template, variables)
    result = _rendered(context, TEMPLATE_ARGUMENT, template.text, variables)
    try:
        return convert(result, STRING)
    except ConversionError:
        raise FunctionError("invalid template result: string required") from None


def _rendered(context: Context, path: str, template: str, variables: Known) -> Value:
    # HCL skips a byte order mark.
    source = normalized(template).removeprefix("\ufeff")
    result = context.render_template(path, source, _scope(variables))
    if isinstance(result, Absent):
        raise FunctionError("the result of the template is null, which is not a valid result")
    return result


def _scope(variables: Known) -> Mapping[str, Value]:
    if variables.kind not in ("map", "object"):
        raise argument_error("vars", 1, "invalid vars value: must be a map")
    for name in variables.mapping:
        if not name or word_length(name) < len(name):
            raise argument_error("vars", 1, f'invalid template variable name "{name}"')
    return variables.mapping


_VARS = Param("vars", unknown=True)

FUNCTIONS: tuple[Function, ...] = (
    looking("abspath", "path", _abspath),
    plain("basename", "path", _basename),
    plain("dirname", "path", _dirname),
    looking("file", "path", _file),
    looking("filebase64", "path", _filebase64),
    looking("fileexists", "path", _fileexists, BOOL),
    looking("fileset", "path pattern", _fileset, set_of(STRING)),
    plain("pathexpand", "path", _expanded),
    Function("templatefile", (Param("path", STRING, unknown=True), _VARS), _templatefile, DYNAMIC),
    Function("templatestring", (Param("template", STRING, unknown=True), _VARS), _templatestring, STRING),
)
