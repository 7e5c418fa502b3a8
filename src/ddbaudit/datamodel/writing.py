"""Data models as text, for those that are made of something else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

_PLAIN = re.compile(r"[A-Za-z][\w./-]*")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def quoted(text: str, *, always: bool = False) -> str:
    """Text as YAML: plain where no reader could take it for something else."""
    plain = _PLAIN.fullmatch(text) is not None and text.lower() not in _WORDS
    return text if plain and not always else json.dumps(text)


def listed(names: Iterable[str]) -> str:
    """`[a, b]`."""
    return f"[{', '.join(map(quoted, names))}]"


def one_or_list(names: Iterable[str]) -> str:
    """`a`, or `[a, b]`."""
    found = list(names)
    return quoted(found[0]) if len(found) == 1 else listed(found)
