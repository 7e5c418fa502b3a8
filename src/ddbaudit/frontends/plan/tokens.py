"""The tokens of JSON as bytes, and patterns over as many of them at once as can be told without a stack.

Possessive quantifiers keep the time linear: a pattern that has taken something never gives it back.
"""

from __future__ import annotations

import re

from ddbaudit.foundation.source import Position

QUOTE, COMMA, OBJECT, ARRAY = b'",{['
CLOSING = {OBJECT: b"}"[0], ARRAY: b"]"[0]}
SPACES = b" \t\r\n"
_CONTINUATION = bytes(range(0x80, 0xC0))

SPACE = re.compile(rb"[ \t\r\n]*+")
TEXT = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
KEY = re.compile(rb'("[^"\\]*+(?:\\.[^"\\]*+)*+")[ \t\r\n]*+:', re.DOTALL)
LITERAL = re.compile(rb"[-+.0-9a-zA-Z]*+")
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_PLAIN = rb"[ \t\r\n,:0-9+\-.eEtrufalsn]*+"
_FLAT = _PLAIN + rb"(?:" + _STRING + _PLAIN + rb")*+"
TO_BRACKET = re.compile(
    _PLAIN + rb"(?:(?:" + _STRING + rb"|\{" + _FLAT + rb"\}|\[" + _FLAT + rb"\])" + _PLAIN + rb")*+", re.DOTALL
)
"""Everything up to the next bracket that does not open and close an object or array of scalars, or to an open end."""

_END = rb"(?=[ \t\r\n,}\]])"
_NAME = rb'"([^"\\\x00-\x1f\x80-\xff]{0,4096}+)"'
_WORD = rb"true|false|null|-?(?:0|[1-9][0-9]{0,17})"
NEXT_KEY = re.compile(rb"[ \t\r\n]*+,[ \t\r\n]*+" + _NAME + rb"[ \t\r\n]*+:")
SHORT_VALUE = re.compile(rb"[ \t\r\n]*+(?:" + _NAME + rb"|(" + _WORD + rb"))" + _END)
PASSED_VALUE = re.compile(
    rb"[ \t\r\n]*+(?:" + _STRING + rb"|" + _WORD + rb"|\{" + _FLAT + rb"\}|\[" + _FLAT + rb"\])" + _END, re.DOTALL
)
"""What is usual, in one match where it is complete in the buffer. All else goes the long way, which is the same."""


def moved(start: Position, passed: bytes) -> Position:
    """The position behind some text. Columns count characters, which begin with a byte that continues none."""
    lines = passed.count(b"\n")
    if lines:
        start, passed = Position(start.line + lines, 1), passed[passed.rindex(b"\n") + 1 :]
    size = len(passed) if passed.isascii() else len(passed.translate(None, _CONTINUATION))
    return Position(start.line, start.column + size)
