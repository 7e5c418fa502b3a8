"""What an `aws dynamodb` command asks for, by its key conditions.

Source: https://docs.aws.amazon.com/cli/latest/reference/dynamodb/query.html and
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_NAME: Final = r"(#?[\w.-]+)"
_VALUE: Final = r":[\w-]+"
_CONDITIONS: Final = (
    (re.compile(rf"begins_with\s*\(\s*{_NAME}\s*,\s*{_VALUE}\s*\)", re.IGNORECASE), "begins_with"),
    (re.compile(rf"{_NAME}\s+BETWEEN\s+{_VALUE}\s+AND\s+{_VALUE}", re.IGNORECASE), "between"),
    (re.compile(rf"{_NAME}\s*<=\s*{_VALUE}"), "less_or_equal"),
    (re.compile(rf"{_NAME}\s*>=\s*{_VALUE}"), "greater_or_equal"),
    (re.compile(rf"{_NAME}\s*<\s*{_VALUE}"), "less"),
    (re.compile(rf"{_NAME}\s*>\s*{_VALUE}"), "greater"),
    (re.compile(rf"{_NAME}\s*=\s*{_VALUE}"), "equals"),
)
_WITHOUT_KEY: Final = ("PutItem", "BatchWriteItem", "Scan")


@dataclass(frozen=True, slots=True)
class Asked:
    """How each attribute is asked for, and whether the order is turned round."""

    where: Mapping[str, str]
    descending: bool = False


def asked_of(command: str, operation: str) -> Asked | None:
    """What the command asks for; None when that cannot be told."""
    try:
        options = _options(shlex.split(command))
        if operation in _WITHOUT_KEY:
            return Asked({})
        if operation == "Query":
            names = json.loads(options.get("--expression-attribute-names", "{}"))
            where = _conditions(options.get("--key-condition-expression", ""), names)
            return Asked(where, "--no-scan-index-forward" in options) if where else None
        key = json.loads(options.get("--key", "{}"))
    except (ValueError, RecursionError):
        return None
    return Asked(dict.fromkeys(key, "equals")) if isinstance(key, dict) and key else None


def _options(words: list[str]) -> dict[str, str]:
    """The options of a command line, each with the word behind it."""
    return {word: words[at + 1] if at + 1 < len(words) else "" for at, word in enumerate(words) if word[:2] == "--"}


def _conditions(expression: str, names: Mapping[str, str]) -> dict[str, str]:
    """The conditions of a key condition expression; none when a part of it is not understood."""
    found: dict[str, str] = {}
    rest = expression
    for pattern, operator in _CONDITIONS:
        for match in pattern.finditer(rest):
            found[names.get(match[1], match[1])] = operator
        rest = pattern.sub(" ", rest)
    left = re.sub(r"\bAND\b|[()\s]", "", rest, flags=re.IGNORECASE)
    return {} if left or any(name.startswith("#") for name in found) else found
