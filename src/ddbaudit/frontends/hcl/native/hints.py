"""Words for messages: what was found, and what people usually meant by it."""

from __future__ import annotations

from ddbaudit.foundation.text import safe_text

_MEANT = {
    "'": 'Strings are written in double quotes: "…".',
    "`": "Text over several lines is written as a heredoc: <<EOT … EOT.",
    ";": "Attributes and blocks are separated by line breaks, list items by commas.",
    "&": "The operator for “and” is &&; there are no bitwise operators.",
    "|": "The operator for “or” is ||; there are no bitwise operators.",
    "^": "There is no such operator; powers are written pow(x, y).",
    "~": "~ has a meaning only next to the braces of ${…} and %{…}.",
    "$": '${…} has a meaning only inside strings: "${…}".',
    "<": "A heredoc begins with << or <<-, directly followed by its marker and the line break.",
    "\r": "Line endings are LF or CR LF; a CR alone is neither.",
    "\\": "A backslash has a meaning only inside quoted strings.",
    "@": 'Text is written in double quotes: "…".',
    "\ufeff": "A byte order mark may stand only at the very beginning of a file.",
}
_CURLY = "‘’‚‛“”„‟«»"
_INVISIBLE = "\u00a0\u2007\u202f\u200b\u200c\u200d\u2060\u3000\u000b\u000c"
_LONGEST = 40


def show(text: str) -> str:
    """A piece of the input in quotes, shortened and safe to print."""
    text = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return f'"{safe_text(text)}"'


def character_text(char: str) -> str:
    """`the character "é" (U+00E9)`; of an invisible one the code alone."""
    code = f"U+{ord(char):04X}"
    return f"the character {show(char)} ({code})" if char.isprintable() else f"the character {code}"


def character_help(char: str) -> str:
    """What was probably meant by a character that HCL does not know; the empty string when there is no guess."""
    if char in _CURLY:
        return 'Typographic quotes often come from word processors; write straight ones: "…".'
    if char in _INVISIBLE:
        return "This blank is none to HCL; replace it by a normal space."
    return _MEANT.get(char, "")
