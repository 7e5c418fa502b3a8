"""What stands behind an operator: constants of the right kind, or a parameter of the rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ddbaudit.foundation.text import join_names, safe_text, suggestion
from ddbaudit.policy.answers import Scalar, Size, pattern
from ddbaudit.policy.conditions import ENVIRONMENT
from ddbaudit.policy.operators import Operator, quoted

PARAM: Final = "param"
MAX_TEXT: Final = 4096
MAX_ITEMS: Final = 1000
_LIMITS: Final = ("at-least", "at-most")

_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "string": ("text", "write it in quotes"),
    "number": ("a number", "write it without quotes"),
    "bool": ("true or false", "write it without quotes"),
}


class OperandError(ValueError):
    """The operand is not one that the operator takes there; the message says why."""


def constant(operator: Operator, kind: str, plain: object) -> Any:
    """The operand as the operator takes it; OperandError says what is wrong. `kind` is that of the values that are
    asked: string, number, bool, or `dynamic` where that is not known."""
    match operator.operand:
        case "value":
            return _scalar(plain, kind)
        case "values":
            return _scalars(plain, kind)
        case "text":
            return _text(plain)
        case "pattern":
            expression = _text(plain)
            pattern(expression.replace(ENVIRONMENT, "env"))
            return expression
        case "number":
            return _number(plain)
        case "flag":
            return _flag(plain)
        case "known":
            if plain is not True:
                raise OperandError("only `known: true` can be required")
            return True
        case _:
            return _size(plain)


def _scalar(plain: object, kind: str) -> Scalar:
    if isinstance(plain, str | int | float | bool):
        found = "bool" if isinstance(plain, bool) else "string" if isinstance(plain, str) else "number"
        if kind in ("dynamic", found):
            return _text(plain) if isinstance(plain, str) and plain else plain
        wanted, hint = _KINDS[kind]
        raise OperandError(f"the value there is {wanted}, and {quoted(plain)} is not: {hint}")
    raise OperandError(f"one value must stand here, not {_named(plain)}")


def _scalars(plain: object, kind: str) -> tuple[Scalar, ...]:
    if not isinstance(plain, list | tuple) or not plain:
        raise OperandError(f"a list of values must stand here, not {_named(plain)}")
    if len(plain) > MAX_ITEMS:
        raise OperandError(f"the list is longer than {MAX_ITEMS} values")
    return tuple(_scalar(item, kind) for item in plain)


def _text(plain: object) -> str:
    if not isinstance(plain, str) or not plain:
        raise OperandError(f"text must stand here, not {_named(plain)}")
    if len(plain) > MAX_TEXT:
        raise OperandError(f"the text is longer than {MAX_TEXT} characters")
    return plain


def _number(plain: object) -> int | float:
    if isinstance(plain, bool) or not isinstance(plain, int | float):
        raise OperandError(f"a number must stand here, not {_named(plain)}")
    return plain


def _flag(plain: object) -> bool:
    if not isinstance(plain, bool):
        raise OperandError(f"true or false must stand here, not {_named(plain)}")
    return plain


def _whole(plain: object) -> int:
    number = _number(plain)
    if number < 0 or number != int(number):
        raise OperandError(f"a length is a whole number, and {number} is not")
    return int(number)


def _size(plain: object) -> Size:
    if not isinstance(plain, Mapping):
        exact = _whole(plain)
        return Size(exact, exact)
    for key in plain:
        if key not in _LIMITS:
            raise OperandError(f'a length has no "{safe_text(str(key))}"{suggestion(str(key), _LIMITS)}')
    if not plain:
        raise OperandError(f"a length has {join_names(_LIMITS, 'or')}")
    least = _whole(plain["at-least"]) if "at-least" in plain else 0
    most = _whole(plain["at-most"]) if "at-most" in plain else None
    if most is not None and most < least:
        raise OperandError(f"no length is at least {least} and at most {most}")
    return Size(least, most)


def _named(plain: object) -> str:
    if plain is None or plain == "":
        return "nothing"
    if isinstance(plain, list | tuple):
        return "a list" if plain else "an empty list"
    return "a mapping" if isinstance(plain, Mapping) else quoted(plain)
