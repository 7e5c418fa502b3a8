"""Functions on strings, without regular expressions and formatting.

Source: go-cty, function/stdlib/string.go, and Terraform's lang/funcs/string.go. Of strings that are partly known the
known parts are kept where that is certain; see sharper.py.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from ddbaudit.frontends.hcl.functions import casing, graphemes, partial
from ddbaudit.frontends.hcl.functions.plain import NotEvaluatedError, plain, whole
from ddbaudit.frontends.hcl.functions.registry import Context, Function, FunctionError, Param
from ddbaudit.frontends.hcl.functions.support import items_of, normalized, text, unknown_of
from ddbaudit.ir.types import BOOL, STRING, list_of
from ddbaudit.ir.value import (
    Absent,
    Known,
    Part,
    Unknown,
    Value,
    boolean,
    is_wholly_known,
    list_value,
    parts_of,
)

_LONGEST = 10_000_000
_STRINGS = list_of(STRING)


def _substr(source: str, offset: Decimal, length: Decimal) -> str:
    start, size = whole(offset), whole(length)
    characters = graphemes.clusters(source)
    if start < 0:
        # Counted from the end; here a length of zero takes all that is left, and too far is the beginning.
        start = max(0, start + len(characters))
        return "".join(characters[start : start + size if size > 0 else None])
    return "".join(characters[start : start + size if size >= 0 else None])


def _strrev(source: str) -> str:
    return "".join(reversed(graphemes.clusters(source)))


def _indent(spaces: Decimal, source: str) -> str:
    width = whole(spaces)
    if width < 0:
        raise FunctionError("the number of spaces must not be negative", 0)
    if width * source.count("\n") > _LONGEST:
        raise NotEvaluatedError("the text would be too long")
    return source.replace("\n", "\n" + " " * width)


def _split(separator: str, source: str) -> Value:
    pieces = source.split(separator) if separator else list(source)
    return list_value(STRING, tuple(text(normalized(piece)) for piece in pieces))


# --- strings of which parts may be known ---------------------------------------------------------------------------


def _of_two(
    name: str, second: str, known: Callable[[str, str], bool], guess: Callable[[Unknown, str], bool | None]
) -> Function:
    """A question about a string and another one inside it."""

    def impl(context: Context, args: list[Value]) -> Value:
        source, wanted = args
        answer: bool | None = None
        if isinstance(wanted, Known):
            answer = known(source.text, wanted.text) if isinstance(source, Known) else _guess(guess, source, wanted)
        return unknown_of(BOOL, *args) if answer is None else boolean(answer)

    params = (Param("str", STRING, unknown=True), Param(second, STRING, unknown=True))
    return Function(name, params, impl, BOOL)


def _guess(guess: Callable[[Unknown, str], bool | None], source: Value, wanted: Known) -> bool | None:
    assert isinstance(source, Unknown)
    return guess(source, wanted.text)


def _mapped(name: str, change: Callable[[str], str]) -> Function:
    def impl(context: Context, args: list[Value]) -> Value:
        return partial.map_texts(args[0], change)

    return Function(name, (Param("str", STRING, unknown=True),), impl, STRING)


def _stripping(name: str, left: Callable[[str], str] | None, right: Callable[[str], str] | None) -> Function:
    """A function that takes white space from the ends, which leaves JSON the JSON it was."""

    def impl(context: Context, args: list[Value]) -> Value:
        source = args[0]
        if isinstance(source, Known):
            stripped = left(source.text) if left else source.text
            stripped = right(stripped) if right else stripped
            return Known("string", normalized(stripped), structure=source.structure)
        assert isinstance(source, Unknown)
        parts = partial.trim_ends(source, left, right)
        return Unknown(STRING, source.cause, parts, not_null=True, structure=source.structure)

    return Function(name, (Param("str", STRING, unknown=True),), impl, STRING)


def _without(name: str, second: str, at_start: bool) -> Function:
    """`trimprefix` and `trimsuffix`."""

    def impl(context: Context, args: list[Value]) -> Value:
        source, affix = args
        if isinstance(source, Known) and isinstance(affix, Known):
            cut = source.text.removeprefix if at_start else source.text.removesuffix
            return text(normalized(cut(affix.text)))
        if not isinstance(source, Unknown) or not isinstance(affix, Known) or source.parts is None:
            return unknown_of(STRING, *args)
        found = (partial.starts_with if at_start else partial.ends_with)(source, affix.text)
        if found is None:
            return unknown_of(STRING, *args)
        return partial.from_parts(_cut(source.parts, affix.text, at_start) if found else source.parts, source)

    params = (Param("str", STRING, unknown=True), Param(second, STRING, unknown=True))
    return Function(name, params, impl, STRING)


def _cut(parts: tuple[Part, ...], affix: str, at_start: bool) -> list[Part]:
    place = 0 if at_start else -1
    result = list(parts)
    end = result[place]
    if isinstance(end, str):
        result[place] = end.removeprefix(affix) if at_start else end.removesuffix(affix)
    return result


def _join(context: Context, args: list[Value]) -> Value:
    separator, *lists = args
    if not lists:
        raise FunctionError("at least one list is required")
    if any(isinstance(value, Unknown) for value in args):
        return unknown_of(STRING, *args)
    items = [item for value in lists for item in items_of(value)]
    if any(isinstance(item, Absent) for item in items):
        if all(map(is_wholly_known, lists)):
            raise FunctionError("a null element cannot be joined")
        # Terraform notices the null only once nothing is unknown.
        return unknown_of(STRING, *lists)
    between = parts_of(separator)
    parts = [part for place, item in enumerate(items) for part in (*(between if place else ()), *parts_of(item))]
    return partial.from_parts(parts, *lists)


def _strip_left(source: str) -> str:
    return source.lstrip(casing.SPACES)


def _strip_right(source: str) -> str:
    return source.rstrip(casing.SPACES)


def _strip_newlines(source: str) -> str:
    return source.rstrip("\r\n")


def _trim(source: str, characters: str) -> str:
    return source.strip(characters)


FUNCTIONS: tuple[Function, ...] = (
    _stripping("chomp", None, _strip_newlines),
    _of_two("endswith", "suffix", str.endswith, partial.ends_with),
    plain("indent", "#spaces str", _indent),
    Function(
        "join", (Param("separator", STRING, unknown=True),), _join, STRING, Param("lists", _STRINGS, unknown=True)
    ),
    _mapped("lower", casing.lower),
    plain("split", "separator str", _split, _STRINGS),
    _of_two("startswith", "prefix", str.startswith, partial.starts_with),
    _of_two("strcontains", "substr", str.__contains__, partial.contains),
    plain("strrev", "str", _strrev),
    plain("substr", "str #offset #length", _substr),
    plain("title", "str", casing.title),
    plain("trim", "str cutset", _trim),
    _without("trimprefix", "prefix", at_start=True),
    _stripping("trimspace", _strip_left, _strip_right),
    _without("trimsuffix", "suffix", at_start=False),
    _mapped("upper", casing.upper),
)
