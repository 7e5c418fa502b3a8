"""`regex`, `regexall` and `replace`.

Source: go-cty, function/stdlib/regexp.go, and Terraform's lang/funcs/string.go, on Go's package regexp. That is RE2, so
RE2 itself does the matching here: same syntax, same choice of match, and linear on hostile patterns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, TypeAlias

from ddbaudit.frontends.hcl.functions.plain import NotEvaluatedError, plain
from ddbaudit.frontends.hcl.functions.registry import Function, FunctionError
from ddbaudit.frontends.hcl.functions.support import normalized, text
from ddbaudit.ir.types import DYNAMIC, STRING, TupleType, Type, list_of, object_of
from ddbaudit.ir.value import Absent, Known, Value, list_value, object_value, tuple_value

Pattern: TypeAlias = Any
Match: TypeAlias = Any

_EXPANSION = re.compile(r"\$(?:(\$)|\{(\w+)\}|(\w+))")
_ONLY_RE2_REFUSES = {
    "pattern too large": "the pattern is too complex",
    "out of memory": "the pattern is too complex",
}
_QUOTED = re.compile(r"\\\\|\\Q.*?(?:\\E|\Z)", re.DOTALL)
_ANY_BYTE = re.compile(r"\\C")
_NAME = re.compile(r"\(\?P?<(\w+)>")
_NO_BOUNDARY = r"\B"
_LONGEST = 10_000_000


@lru_cache(maxsize=256)
def _compile(pattern: str) -> Pattern:
    """FunctionError when Go would not take the pattern."""
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(pattern, options)
    except re2.error as error:
        reason = _reason(error)
        for theirs, ours in _ONLY_RE2_REFUSES.items():
            if theirs in reason:
                raise NotEvaluatedError(ours, "unsupported") from None
        raise FunctionError(f"invalid regexp pattern: {reason}", 0) from None
    if any(not name.isascii() for name in compiled.groupindex) or _ANY_BYTE.search(_QUOTED.sub("", pattern)):
        raise FunctionError("invalid regexp pattern: Go knows no such construct", 0)
    return compiled


def _reason(error: Exception) -> str:
    raw = error.args[0] if error.args else ""
    return raw.decode(errors="replace") if isinstance(raw, bytes) else str(raw)


def _matches(pattern: Pattern, source: str) -> Iterator[Match]:
    """The matches that Go finds: an empty one right behind another does not count."""
    if not source.isascii() and _NO_BOUNDARY in pattern.pattern:
        # RE2 finds such places inside the bytes of one character, too.
        raise NotEvaluatedError("\\B in text beyond ASCII is not evaluated", "unsupported")
    end = -1
    for match in pattern.finditer(source):
        empty_behind = match.start() == match.end() == end
        end = match.end()
        if not empty_behind:
            yield match


# --- regex and regexall --------------------------------------------------------------------------------------------


def _group_type(pattern: str) -> Type:
    """What one match gives: a string, or a tuple or object of its groups."""
    compiled = _compile(pattern)
    names, groups = compiled.groupindex, compiled.groups
    if not groups:
        return STRING
    if not names:
        return TupleType((STRING,) * groups)
    if len(names) < groups:
        if len(set(written := _NAME.findall(pattern))) < len(written):
            raise NotEvaluatedError("two groups may have one name", "unsupported")
        raise FunctionError("invalid regexp pattern: cannot mix both named and unnamed capture groups", 0)
    return object_of(dict.fromkeys(names, STRING))


def _groups(match: Match) -> Value:
    names = match.re.groupindex
    if not match.re.groups:
        return text(normalized(match.group()))
    values = [Absent(STRING) if group is None else text(normalized(group)) for group in match.groups()]
    if not names:
        return tuple_value(tuple(values))
    return object_value({name: values[index - 1] for name, index in names.items()})


def _regex(pattern: str, source: str) -> Value:
    _group_type(pattern)
    match = next(_matches(_compile(pattern), source), None)
    if match is None:
        raise FunctionError("pattern did not match any part of the given string")
    return _groups(match)


def _regexall(pattern: str, source: str) -> Value:
    element = _group_type(pattern)
    return list_value(element, tuple(map(_groups, _matches(_compile(pattern), source))))


def _regex_type(args: list[Value]) -> Type:
    pattern = args[0]
    return _group_type(pattern.text) if isinstance(pattern, Known) else DYNAMIC


def _regexall_type(args: list[Value]) -> Type:
    return list_of(_regex_type(args))


# --- replace -------------------------------------------------------------------------------------------------------


def _replace(source: str, wanted: str, replacement: str) -> str:
    if len(wanted) > 1 and wanted[0] == wanted[-1] == "/":
        return _replace_matches(source, _compile(wanted[1:-1]), replacement)
    if source.count(wanted) * len(replacement) > _LONGEST:
        raise NotEvaluatedError("the text would be too long")
    return source.replace(wanted, replacement)


def _replace_matches(source: str, pattern: Pattern, replacement: str) -> str:
    expand = _expander(pattern, replacement)
    out: list[str] = []
    end = size = 0
    for match in _matches(pattern, source):
        piece = expand(match)
        size += len(piece)
        if size > _LONGEST:
            raise NotEvaluatedError("the text would be too long")
        out += (source[end : match.start()], piece)
        end = match.end()
    return "".join([*out, source[end:]])


def _expander(pattern: Pattern, template: str) -> Callable[[Match], str]:
    """Fills `$1`, `$name` and `${name}` in as Go does: the longest name counts, one that is no group is empty."""
    pieces: list[str | int] = []
    end = 0
    for found in _EXPANSION.finditer(template):
        pieces.append(template[end : found.start()])
        pieces.append("$" if found[1] else _group(pattern, found[2] or found[3]))
        end = found.end()
    pieces.append(template[end:])
    return lambda match: "".join(p if isinstance(p, str) else match.group(p) or "" for p in pieces)


def _group(pattern: Pattern, name: str) -> int | str:
    if name.isascii() and name.isdigit() and (name == "0" or name[0] != "0"):
        index = int(name) if len(name) < 9 else pattern.groups + 1
    else:
        index = pattern.groupindex.get(name, pattern.groups + 1)
    return index if index <= pattern.groups else ""


FUNCTIONS: tuple[Function, ...] = (
    plain("regex", "pattern string", _regex, _regex_type),
    plain("regexall", "pattern string", _regexall, _regexall_type),
    plain("replace", "str substr replace", _replace),
)
