"""Upper, lower and title case as Go's `unicode` package has them: one character for one, without regard to context.

Python follows the full mappings instead (`ß` becomes `SS`, a final `Σ` becomes `ς`), so each character goes by itself
and stays when its full mapping is longer. Go 1.23 knows Unicode 15.0; letters of later versions stay as they are.
"""

from __future__ import annotations

import unicodedata

SPACES = "\t\n\v\f\r \u0085\u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
"""Go's `unicode.IsSpace`; Python's `str.isspace` takes in four control characters more."""

_LATER = (
    range(0x1C89, 0x1C8B),
    range(0xA7CB, 0xA7D0),
    range(0xA7D2, 0xA7D3),
    range(0xA7D4, 0xA7D5),
    range(0xA7DA, 0xA7DD),
    range(0x10D50, 0x10D86),
    range(0x16EA0, 0x16ED4),
)
"""Letters that got case after Unicode 15.0."""


def upper(text: str) -> str:
    return text.upper() if text.isascii() else "".join(map(_upper, text))


def lower(text: str) -> str:
    return text.lower() if text.isascii() else "".join(map(_lower, text))


def title(text: str) -> str:
    """The first letter of every word in title case; what separates words is neither letter, digit nor underscore."""
    before = " "
    out: list[str] = []
    for char in text:
        out.append(_title(char) if _separates(before) else char)
        before = char
    return "".join(out)


def _upper(char: str) -> str:
    mapped = char.upper()
    # The one-letter form of what `upper` spells out, as for `ᾳ`, is also its title form.
    return _single(char, mapped) if len(mapped) == 1 else _title(char)


def _lower(char: str) -> str:
    return "i" if char == "\u0130" else _single(char, char.lower())


def _title(char: str) -> str:
    return _single(char, char.title())


def _single(char: str, mapped: str) -> str:
    later = any(ord(char) in part or ord(mapped) in part for part in _LATER) if len(mapped) == 1 else True
    return char if later else mapped


def _separates(char: str) -> bool:
    if char.isascii():
        return not (char.isalnum() or char == "_")
    category = unicodedata.category(char)
    return category[0] != "L" and category != "Nd" and char in SPACES
