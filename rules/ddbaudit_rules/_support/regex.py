"""The simple regular expressions that packs may use: RE2's core, without anything that needs backtracking.

Characters, `.`, classes (`[a-z0-9]`, `[^x]`, `\\d`, `\\w`), groups, `|`, `*`, `+`, `?`, `{2}`, `{2,}`, `{2,4}`. An
expression always describes the whole text, so there are no anchors.
"""

from __future__ import annotations

import re
from typing import Final

from ddbaudit_rules._support.automaton import ANY, Chars, Choice, Node, Repeat, Sequence

MAX_PATTERN: Final = 256
MAX_REPEAT: Final = 255

_DIGIT = ("0", "9")
_CLASSES: Final = {"d": (_DIGIT,), "w": (("a", "z"), ("A", "Z"), _DIGIT, ("_", "_"))}
_COUNT = re.compile(r"\{([0-9]{1,3})(?:(,)([0-9]{0,3}))?\}", re.ASCII)
_RESERVED: Final = frozenset("*+?{}|()[]^$")


def parse_regex(text: str) -> Node:
    """The node of an expression; ValueError says what is wrong with it."""
    if len(text) > MAX_PATTERN:
        raise ValueError(f"the expression is longer than {MAX_PATTERN} characters")
    parser = _Parser(text)
    node = parser.choice()
    if parser.at < len(text):
        raise parser.error(f"unexpected {text[parser.at]!r}")
    return node


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def error(self, reason: str) -> ValueError:
        return ValueError(f'{reason} at character {self.at + 1} of the expression "{self.text}"')

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self) -> str:
        char = self.peek()
        if not char:
            raise self.error("unexpected end")
        self.at += 1
        return char

    def choice(self) -> Node:
        items = [self.sequence()]
        while self.peek() == "|":
            self.at += 1
            items.append(self.sequence())
        return items[0] if len(items) == 1 else Choice(tuple(items))

    def sequence(self) -> Node:
        items: list[Node] = []
        while self.peek() not in ("", "|", ")"):
            items.append(self.repeated(self.atom()))
        return Sequence(tuple(items))

    def repeated(self, item: Node) -> Node:
        limits = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        char = self.peek()
        if char in limits:
            self.at += 1
            return self.once(Repeat(item, *limits[char]))
        count = _COUNT.match(self.text, self.at)
        if count is None:
            return item
        least = int(count[1])
        most = None if count[2] and not count[3] else int(count[3] or count[1])
        if max(least, most or 0) > MAX_REPEAT or (most is not None and most < least):
            raise self.error(f"a repetition is at most {MAX_REPEAT} and in order")
        self.at = count.end()
        return self.once(Repeat(item, least, most))

    def once(self, node: Node) -> Node:
        if self.peek() in ("*", "+", "?") or _COUNT.match(self.text, self.at):
            raise self.error("a repetition of a repetition")
        return node

    def atom(self) -> Node:
        char = self.take()
        if char == "(":
            return self.group()
        if char == "[":
            return self.char_class()
        if char == ".":
            return ANY
        if char == "\\":
            return Chars(self.escape())
        if char in _RESERVED:
            self.at -= 1
            anchors = "; the whole text is matched, leave out ^ and $" if char in "^$" else ""
            raise self.error(f"unexpected {char!r}{anchors}")
        return Chars(((char, char),))

    def group(self) -> Node:
        if self.text.startswith("?:", self.at):
            self.at += 2
        elif self.peek() == "?":
            raise self.error("only groups of the form (…) and (?:…) are supported")
        node = self.choice()
        if self.peek() != ")":
            raise self.error("a group that is not closed")
        self.at += 1
        return node

    def escape(self) -> tuple[tuple[str, str], ...]:
        char = self.take()
        if char in _CLASSES:
            return _CLASSES[char]
        if char.isalnum():
            raise self.error(f"the escape \\{char} is not supported")
        return ((char, char),)

    def char_class(self) -> Node:
        negated = self.peek() == "^"
        self.at += negated
        ranges: list[tuple[str, str]] = []
        while self.peek() != "]" or not ranges:
            ranges.extend(self.range())
        self.at += 1
        return Chars(tuple(ranges), negated)

    def range(self) -> tuple[tuple[str, str], ...]:
        low = self.ends()
        if self.peek() != "-" or self.text[self.at + 1 : self.at + 2] in ("]", ""):
            return low
        self.at += 1
        high = self.ends()
        if len(low) != 1 or len(high) != 1 or low[0][0] > high[0][1]:
            raise self.error("a range that is not in order")
        return ((low[0][0], high[0][1]),)

    def ends(self) -> tuple[tuple[str, str], ...]:
        char = self.take()
        return self.escape() if char == "\\" else ((char, char),)
