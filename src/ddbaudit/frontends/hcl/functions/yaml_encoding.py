"""`yamlencode`: the emitter of go-cty-yaml (libyaml's, in block style), byte for byte.

Strings are double-quoted, or literal blocks when they have line breaks; lists directly below a key are not indented.
"""

from __future__ import annotations

from itertools import pairwise

from ddbaudit.frontends.hcl.functions.registry import Context, Function, FunctionError, Param
from ddbaudit.frontends.hcl.functions.support import unknown_of
from ddbaudit.frontends.hcl.numbers import format_number
from ddbaudit.ir.types import STRING
from ddbaudit.ir.value import Absent, Known, Value, is_wholly_known, string

_WIDTH = 80
_INDENT = 2
_LONGEST_KEY = 128
_BREAKS = "\r\n\x85\u2028\u2029"
_SHORT = {
    "\0": "0", "\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r", "\x1b": "e", '"': '"',
    "\\": "\\", "\x85": "N", "\xa0": "_", "\u2028": "L", "\u2029": "P",
}  # fmt: skip
_DEEPEST = 300


def _printable(char: str) -> bool:
    code = ord(char)
    return (
        code == 0x0A or 0x20 <= code <= 0x7E or 0xA0 <= code <= 0xD7FF or (0xE000 <= code <= 0xFFFD and code != 0xFEFF)
    )


def _literal_allowed(text: str) -> bool:
    """A literal block cannot hold unprintable characters, spaces before a break or at the end."""
    if text.endswith(" ") or not all(map(_printable, text)):
        return False
    return not any(a == " " and b in _BREAKS for a, b in pairwise(text))


class _Emitter:
    """Writes nodes; the fields are those of libyaml's emitter."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.column = 0
        self.indent = -1
        self.whitespace = True
        self.indention = True

    def put(self, char: str) -> None:
        self.out.append(char)
        self.column += 1

    def put_break(self, char: str = "\n") -> None:
        self.out.append(char)
        self.column = 0

    def write_indent(self) -> None:
        indent = max(self.indent, 0)
        if not self.indention or self.column > indent or (self.column == indent and not self.whitespace):
            self.put_break()
        while self.column < indent:
            self.put(" ")
        self.whitespace = self.indention = True

    def indicator(self, text: str, need_space: bool, is_space: bool = False, is_indention: bool = False) -> None:
        if need_space and not self.whitespace:
            self.put(" ")
        for char in text:
            self.put(char)
        self.whitespace = is_space
        self.indention = self.indention and is_indention

    def increase(self, flow: bool, indentless: bool) -> int:
        before = self.indent
        if self.indent < 0:
            self.indent = _INDENT if flow else 0
        elif not indentless:
            self.indent += _INDENT
        return before

    def node(self, value: Value, mapping: bool = False, key: bool = False, depth: int = 0) -> None:
        if depth > _DEEPEST:
            raise FunctionError("the value is nested too deeply to evaluate")
        if isinstance(value, Known) and isinstance(value.data, tuple):
            self.sequence(value, mapping, depth)
        elif isinstance(value, Known) and isinstance(value.data, dict):
            self.mapping(value, depth)
        else:
            before = self.increase(True, False)
            self.scalar(value, key)
            self.indent = before

    def sequence(self, value: Known, mapping: bool, depth: int) -> None:
        if not value.items:
            self.indicator("[", True, True)
            self.indicator("]", False)
            return
        before = self.increase(False, mapping and not self.indention)
        for item in value.items:
            self.write_indent()
            self.indicator("-", True, False, True)
            self.node(item, depth=depth + 1)
        self.indent = before

    def mapping(self, value: Known, depth: int) -> None:
        if not value.mapping:
            self.indicator("{", True, True)
            self.indicator("}", False)
            return
        before = self.increase(False, False)
        for name, item in sorted(value.mapping.items()):
            self.write_indent()
            simple = len(name.encode()) <= _LONGEST_KEY and not any(c in _BREAKS for c in name)
            if simple:
                self.node(string(name), mapping=True, key=True)
                self.indicator(":", False)
            else:
                self.indicator("?", True, False, True)
                self.node(string(name), mapping=True)
                self.write_indent()
                self.indicator(":", True, False, True)
            self.node(item, mapping=True, depth=depth + 1)
        self.indent = before

    def scalar(self, value: Value, key: bool) -> None:
        if isinstance(value, Known) and value.kind == "string":
            if "\n" in value.text and not key and _literal_allowed(value.text):
                self.literal(value.text)
            else:
                self.quoted(value.text, not key)
            return
        if isinstance(value, Absent):
            text = "null"
        elif isinstance(value, Known) and value.kind == "bool":
            text = "true" if value.data else "false"
        else:
            assert isinstance(value, Known)
            text = format_number(value.number)
        self.indicator(text, True)

    def quoted(self, text: str, may_break: bool) -> None:
        self.indicator('"', True)
        spaces = False
        for i, char in enumerate(text):
            if not _printable(char) or char in _BREAKS or char in '"\\':
                self.escape(char)
                spaces = False
            elif char == " ":
                if may_break and not spaces and self.column > _WIDTH and 0 < i < len(text) - 1:
                    self.write_indent()
                    if text[i + 1] == " ":
                        self.put("\\")
                else:
                    self.put(char)
                spaces = True
            else:
                self.put(char)
                spaces = False
        self.indicator('"', False)
        self.whitespace = self.indention = False

    def escape(self, char: str) -> None:
        code = ord(char)
        short = _SHORT.get(char)
        if short is None:
            short = f"x{code:02X}" if code <= 0xFF else f"u{code:04X}" if code <= 0xFFFF else f"U{code:08X}"
        for c in "\\" + short:
            self.put(c)

    def literal(self, text: str) -> None:
        self.indicator("|", True)
        if text[0] == " " or text[0] in _BREAKS:
            self.indicator(str(_INDENT), False)
        if text[-1] not in _BREAKS:
            self.indicator("-", False)
        elif len(text) == 1 or text[-2] in _BREAKS:
            self.indicator("+", False)
        self.put_break()
        self.indention = self.whitespace = True
        breaks = True
        for char in text:
            if char in _BREAKS:
                self.put_break(char)
                self.indention = breaks = True
            else:
                if breaks:
                    self.write_indent()
                self.put(char)
                self.indention = breaks = False


def encode(value: Value) -> str:
    """The YAML document of a wholly known value."""
    emitter = _Emitter()
    emitter.node(value)
    if not isinstance(value, Known) or value.kind in ("number", "bool"):
        # A plain scalar could go on, so that the document must be ended.
        emitter.out.append("\n...")
    emitter.write_indent()
    return "".join(emitter.out)


def _yamlencode(context: Context, args: list[Value]) -> Value:
    value = args[0]
    if not is_wholly_known(value):
        return unknown_of(STRING, value)
    return Known("string", encode(value))


FUNCTIONS: tuple[Function, ...] = (Function("yamlencode", (Param("value", null=True),), _yamlencode, STRING),)
