"""A strict JSON reader that knows where everything stands.

The standard library's reader gives neither positions nor duplicate keys, accepts `NaN`, and recurses. This one is
linear in the length of the text, needs no recursion, and answers every fault with a diagnostic: it raises for no input.

Numbers are exact decimals. A lone surrogate escape reads as U+FFFD, as in Go's encoding/json, which Terraform uses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from ddbaudit.foundation.diagnostic import Diagnostic, Level, Related
from ddbaudit.foundation.source import SourceFile, Span
from ddbaudit.foundation.text import safe_text

MAX_DEPTH = 200
MAX_DIGITS = 4_000


class JsonNode:
    """A JSON value; `start` to `end` covers its text, quotes and brackets included."""

    __slots__ = ("end", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end


class JsonString(JsonNode):
    """A string; `escaped` tells that `value` and the text between the quotes differ."""

    __slots__ = ("escaped", "value")

    def __init__(self, start: int, end: int, value: str, escaped: bool) -> None:
        super().__init__(start, end)
        self.value = value
        self.escaped = escaped


class JsonScalar(JsonNode):
    """A number, `true`, `false` or `null`."""

    __slots__ = ("value",)

    def __init__(self, start: int, end: int, value: Decimal | bool | None) -> None:
        super().__init__(start, end)
        self.value = value


class JsonArray(JsonNode):
    __slots__ = ("items",)

    def __init__(self, start: int, end: int) -> None:
        super().__init__(start, end)
        self.items: list[JsonNode] = []


@dataclass(frozen=True, slots=True)
class JsonMember:
    key: JsonString
    value: JsonNode


class JsonObject(JsonNode):
    """An object with all its members in source order, duplicates included."""

    __slots__ = ("members",)

    def __init__(self, start: int, end: int) -> None:
        super().__init__(start, end)
        self.members: list[JsonMember] = []


@dataclass(frozen=True, slots=True)
class JsonDocument:
    """What was read; `root` is None when the text is not JSON, and then a diagnostic says why."""

    root: JsonNode | None
    diagnostics: list[Diagnostic]


_STRING_BODY = r'(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+'
_TOKEN = re.compile(
    r"[ \t\r\n]*+(?:"
    r"(?P<punct>[{}\[\],:])"
    rf'|"(?P<string>{_STRING_BODY})"'
    r"|(?P<number>-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?+[0-9]++)?+)(?![0-9A-Za-z_.+-])"
    r"|(?P<keyword>true|false|null)(?![0-9A-Za-z_])"
    r")"
)
_BLANK = re.compile(r"[ \t\r\n]*+")
_WORD = re.compile(r"[0-9A-Za-z_.+-]++")
_STRING_HEAD = re.compile(rf'"{_STRING_BODY}')
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)")
_SIMPLE = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "/": "/"}
_KEYWORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


def _unescape_one(match: re.Match[str]) -> str:
    escape = match.group()
    if escape[1] != "u":
        return _SIMPLE[escape[1]]
    code = int(escape[2:6], 16)
    if len(escape) == 12:
        return chr(0x10000 + ((code - 0xD800) << 10) + (int(escape[8:12], 16) - 0xDC00))
    return "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)


def unescape(body: str) -> str:
    """The meaning of the text between the quotes of a valid JSON string."""
    return _ESCAPE.sub(_unescape_one, body) if "\\" in body else body


def source_offsets(body: str, base: int) -> list[int]:
    """For each index into `unescape(body)`, its end included, the offset in the source; `body` starts at `base`."""
    offsets: list[int] = []
    done = 0
    for match in _ESCAPE.finditer(body):
        offsets.extend(range(base + done, base + match.start() + 1))
        done = match.end()
    offsets.extend(range(base + done, base + len(body) + 1))
    return offsets


class _SyntaxError(Exception):
    """Carries the one diagnostic that ends the reading; never leaves this module."""

    def __init__(self, start: int, end: int, detail: str, help: str = "", code: str = "HCL201") -> None:
        super().__init__(detail)
        self.start = start
        self.end = end
        self.detail = detail
        self.help = help
        self.code = code


_START = "a value (an object, an array, a string, a number, true, false or null)"


def _shown(text: str) -> str:
    """A piece of input, short and printable."""
    return safe_text(text if len(text) <= 20 else f"{text[:20]}…")


def _number(text: str, start: int, end: int, most: int) -> JsonScalar:
    exponent = re.split("[eE]", text, maxsplit=1)[1:]
    # The length goes first: int() itself refuses very long runs of digits.
    if len(text) > most or (exponent and abs(int(exponent[0])) > most):
        detail = f"The number {_shown(text)} has more than {most} digits or decimal places."
        raise _SyntaxError(start, end, detail, code="HCL003")
    return JsonScalar(start, end, Decimal(text))


class _Reader:
    def __init__(self, source: SourceFile, max_depth: int, max_digits: int, allow_duplicates: bool) -> None:
        self.source = source
        self.text = source.text
        self.max_depth = max_depth
        self.max_digits = max_digits
        self.allow_duplicates = allow_duplicates
        self.diagnostics: list[Diagnostic] = []
        self.stack: list[JsonArray | JsonObject] = []
        self.keys: list[JsonString | None] = []
        self.seen: list[dict[str, JsonString]] = []
        self.root: JsonNode | None = None

    def read(self) -> JsonDocument:
        try:
            self._run()
        except _SyntaxError as error:
            self.root = None
            summary = "Input exceeds a limit of the parser" if error.code == "HCL003" else "Invalid JSON"
            span = Span(self.source, error.start, error.end)
            self.diagnostics.append(Diagnostic(error.code, Level.ERROR, summary, error.detail, span, help=error.help))
        return JsonDocument(self.root, self.diagnostics)

    def _run(self) -> None:
        """One token a turn; `expect` names what may stand here: a value, a key, `:` or what follows a value."""
        expect = "value"
        at = 0
        match = _TOKEN.match
        while self.root is None or self.stack:
            token = match(self.text, at)
            if token is None:
                raise self._bad_token(at, expect)
            at = token.end()
            expect = self._step(token, expect)
        rest = _BLANK.match(self.text, at)
        end = rest.end() if rest is not None else at
        if end < len(self.text):
            raise _SyntaxError(end, end + 1, "There is more text behind the end of the JSON value.")

    def _step(self, token: re.Match[str], expect: str) -> str:
        kind = token.lastgroup or ""
        text, start, end = token.group(kind), token.start(kind), token.end(kind)
        if kind == "punct":
            return self._punct(text, start, end, expect)
        if kind == "string":
            string = JsonString(start - 1, end + 1, unescape(text), "\\" in text)
            if expect in {"key", "key or }"}:
                self._key(string)
                return ":"
            return self._value(string, expect)
        if kind == "number":
            return self._value(_number(text, start, end, self.max_digits), expect)
        return self._value(JsonScalar(start, end, _KEYWORDS[text]), expect)

    def _punct(self, char: str, start: int, end: int, expect: str) -> str:
        if char in "{[":
            return self._open(char, start, end, expect)
        if char in "}]":
            return self._close(char, start, end, expect)
        if char == ":" and expect == ":":
            return "value"
        if char == "," and expect == "next":
            return "key" if isinstance(self.stack[-1], JsonObject) else "value"
        raise self._unexpected(char, start, end, expect)

    def _open(self, char: str, start: int, end: int, expect: str) -> str:
        node: JsonObject | JsonArray = JsonObject(start, end) if char == "{" else JsonArray(start, end)
        self._value(node, expect)
        if len(self.stack) >= self.max_depth:
            detail = f"There are more than {self.max_depth} levels of nesting here."
            raise _SyntaxError(start, end, detail, code="HCL003")
        self.stack.append(node)
        self.keys.append(None)
        self.seen.append({})
        return "key or }" if char == "{" else "value or ]"

    def _close(self, char: str, start: int, end: int, expect: str) -> str:
        wanted = "}" if self.stack and isinstance(self.stack[-1], JsonObject) else "]"
        if char != wanted or expect not in {"next", "key or }", "value or ]"}:
            raise self._unexpected(char, start, end, expect)
        self.stack.pop().end = end
        self.keys.pop()
        self.seen.pop()
        return "next"

    def _key(self, key: JsonString) -> None:
        self.keys[-1] = key
        first = self.seen[-1].setdefault(key.value, key)
        if first is not key and not self.allow_duplicates:
            self.diagnostics.append(duplicate_key(self.source, key, first))

    def _value(self, node: JsonNode, expect: str) -> str:
        if expect not in {"value", "value or ]"}:
            raise self._unexpected(_shown(self.text[node.start : node.end]), node.start, node.end, expect)
        if not self.stack:
            self.root = node
            return "next"
        parent = self.stack[-1]
        if isinstance(parent, JsonArray):
            parent.items.append(node)
        else:
            key = self.keys[-1]
            assert key is not None
            parent.members.append(JsonMember(key, node))
        return "next"

    def _unexpected(self, what: str, start: int, end: int, expect: str) -> _SyntaxError:
        help = ""
        if what in {"}", "]"} and expect in {"key", "value"} and self.stack:
            help = "JSON permits no comma behind the last element."
        elif expect == ":" and what in {"}", ","}:
            help = 'Each property of a JSON object is written as "name": value.'
        return _SyntaxError(start, end, f"Expected {self._wanted(expect)}, found {what}.", help)

    def _wanted(self, expect: str) -> str:
        if expect == "next":
            return f"a comma or {'}' if isinstance(self.stack[-1], JsonObject) else ']'}"
        return {
            "value": _START,
            "value or ]": f"{_START} or ]",
            "key": "a property name in double quotes",
            "key or }": "a property name in double quotes or }",
            ":": "a colon behind the property name",
        }[expect]

    def _bad_token(self, at: int, expect: str) -> _SyntaxError:
        blank = _BLANK.match(self.text, at)
        start = blank.end() if blank is not None else at
        if start >= len(self.text):
            return self._premature(start, expect)
        if self.text[start] == '"':
            return self._bad_string(start)
        word = _WORD.match(self.text, start)
        if word is None:
            return self._stray(start, expect)
        name = word.group()
        shown = _shown(name)
        if expect not in {"value", "value or ]"}:
            return self._unexpected(shown, start, word.end(), expect)
        if name[0] in "-+.0123456789" and name not in {"-Infinity", "+Infinity", "-NaN"}:
            return _SyntaxError(start, word.end(), f"{shown} is not a JSON number.")
        return _SyntaxError(start, word.end(), f"{shown} is no JSON value; JSON knows true, false and null.")

    def _premature(self, start: int, expect: str) -> _SyntaxError:
        if not self.stack:
            return _SyntaxError(start, start, "The file holds no JSON value.")
        opened = self.stack[-1]
        line = self.source.position(opened.start).line
        what = "object" if isinstance(opened, JsonObject) else "array"
        detail = f"The text ends inside the {what} opened in line {line}: expected {self._wanted(expect)}."
        return _SyntaxError(opened.start, opened.start + 1, detail)

    def _stray(self, start: int, expect: str) -> _SyntaxError:
        char = self.text[start]
        help = ""
        if char in "/#":
            help = 'JSON has no comments; Terraform takes a property named "//" for one.'
        elif char == "=":
            help = "JSON separates name and value by a colon."
        elif char == "'":
            help = "JSON strings stand in double quotes."
        return _SyntaxError(start, start + 1, f"Expected {self._wanted(expect)}, found {safe_text(char)}.", help)

    def _bad_string(self, start: int) -> _SyntaxError:
        head = _STRING_HEAD.match(self.text, start)
        at = head.end() if head is not None else start + 1
        if at >= len(self.text):
            return _SyntaxError(start, start + 1, "The string has no closing quote.")
        if self.text[at] == "\\":
            end = min(at + 2, len(self.text))
            detail = f"{safe_text(self.text[at:end])} is no escape that JSON knows."
            if self.text[at:end] == "\\u":
                detail = "\\u must be followed by four hexadecimal digits."
            return _SyntaxError(at, end, detail)
        if self.text[at] in "\r\n":
            return _SyntaxError(start, at, "The string is not closed on its line.", "Write a line break as \\n.")
        shown = safe_text(self.text[at])
        return _SyntaxError(at, at + 1, f"The control character {shown} must be escaped in a JSON string.")


def duplicate_key(source: SourceFile, key: JsonString, first: JsonString) -> Diagnostic:
    """The diagnostic for a property that an earlier one of the same object has already set."""
    line = source.position(first.start).line
    return Diagnostic(
        "HCL202",
        Level.ERROR,
        "JSON property set twice",
        f'"{safe_text(key.value)}" was already set in line {line}.',
        Span(source, key.start, key.end),
        help="Remove one of the two; which of them counts differs from reader to reader.",
        related=(Related(Span(source, first.start, first.end), "First set here."),),
    )


def read_json(
    source: SourceFile,
    *,
    max_depth: int = MAX_DEPTH,
    max_digits: int = MAX_DIGITS,
    allow_duplicates: bool = False,
) -> JsonDocument:
    """Read one JSON value; what is wrong with the text is in the diagnostics, nothing is raised.

    With `allow_duplicates` the caller judges repeated properties: in Terraform's JSON they are legal for blocks.
    """
    return _Reader(source, max_depth, max_digits, allow_duplicates).read()
