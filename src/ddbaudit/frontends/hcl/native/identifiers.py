"""Names beyond ASCII: `ID_Start` and `ID_Continue` of Unicode, plus `_` to begin with and `-` to go on with.

`str.isidentifier` will not do: it follows the XID variants and normalises. The properties follow from the general
category and the small lists of UAX 31. Terraform knows the letters of Unicode 9; later ones are taken for letters too.
"""

from __future__ import annotations

import unicodedata

_OTHER_START = frozenset("\u1885\u1886\u2118\u212e\u309b\u309c")
_OTHER_CONTINUE = frozenset("\u00b7\u0387\u19da") | {chr(code) for code in range(0x1369, 0x1372)}
_PATTERN_SYNTAX = frozenset("\u2e2f")  # a letter by category, but reserved for syntax
_START = frozenset(["Lu", "Ll", "Lt", "Lm", "Lo", "Nl"])
_CONTINUE = _START | {"Mn", "Mc", "Nd", "Pc"}


def _starts(char: str) -> bool:
    known = unicodedata.category(char) in _START or char in _OTHER_START or char == "_"
    return known and char not in _PATTERN_SYNTAX


def _continues(char: str) -> bool:
    known = unicodedata.category(char) in _CONTINUE or char in _OTHER_START or char in _OTHER_CONTINUE
    return (known or char == "-") and char not in _PATTERN_SYNTAX


def word_length(text: str) -> int:
    """How many of the first characters of `text` form a name; 0 when it does not begin with one."""
    if not _starts(text[0]):
        return 0
    for index, char in enumerate(text):
        if not _continues(char):
            return index
    return len(text)
