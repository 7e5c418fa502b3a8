"""Characters as people see them: grapheme clusters as Terraform counts them.

Terraform splits as go-textseg v15 does, by the rules of Unicode 15.0 with small differences (grapheme_clusters.rl).
Libraries follow the rules of later versions, so the grammar is spelled out here.
"""

from __future__ import annotations

import re
from functools import cache

from ddbaudit.frontends.hcl.functions import grapheme_tables as tables

_HANGUL = "(?:{L}+(?:(?:{LV}?{V}+|{LVT}){T}*|{LV})?|{LV}{V}*{T}*|{V}+{T}*|{LVT}{T}*|{T}+){tail}"
_SEQUENCE = "(?:" + _HANGUL + "|{P}{tail}|{RI}{RI}?{tail}|[^{control}{prepended}][{extending}\u200d]*)"
_CLUSTER = "\r\n|[{prepended}]+" + _SEQUENCE + "?|" + _SEQUENCE + "|[{control}]"
_TAIL = "(?:[{extending}]|\u200d{P}?)*"


def clusters(text: str) -> list[str]:
    """The grapheme clusters of `text`, in order."""
    return list(text) if text.isascii() and "\r" not in text else _pattern().findall(text)


def count(text: str) -> int:
    """The number of grapheme clusters."""
    return len(text) if text.isascii() and "\r" not in text else len(_pattern().findall(text))


@cache
def _pattern() -> re.Pattern[str]:
    plain = "".join(chr(code) for code in range(0xAC00, 0xD7A4, 28))
    classes = {
        "extending": _inside(tables.EXTENDING),
        "control": _inside(tables.CONTROL),
        "prepended": _inside(tables.PREPENDED),
        "P": f"[{_inside(tables.PICTOGRAPHIC)}]",
        "RI": "[\U0001f1e6-\U0001f1ff]",
        "L": "[\u1100-\u115f\ua960-\ua97c]",
        "V": "[\u1160-\u11a7\ud7b0-\ud7c6]",
        "T": "[\u11a8-\u11ff\ud7cb-\ud7fb]",
        "LV": f"[{plain}]",
        "LVT": f"(?![{plain}])[\uac00-\ud7a3]",
    }
    return re.compile(_CLUSTER.format(**classes, tail=_TAIL.format(**classes)))


def _inside(ranges: str) -> str:
    """The inside of a character class."""
    ends = (item.partition("-") for item in ranges.split())
    return "".join(f"\\U{first:0>8}-\\U{last or first:0>8}" for first, _, last in ends)
