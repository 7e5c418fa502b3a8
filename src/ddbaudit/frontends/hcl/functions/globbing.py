"""The patterns of `fileset`, one component of a path at a time.

Source: bmatcuk/doublestar v1, the version that Terraform uses. It differs from its successors in the corners: `!` does
not negate, alternatives hold no slash, a star ignores errors behind it.
"""

from __future__ import annotations

from ddbaudit.frontends.hcl.functions.plain import NotEvaluatedError
from ddbaudit.frontends.hcl.functions.registry import FunctionError

MAGIC = frozenset("*?[{\\")
_MOST_STEPS = 200_000


class BadPatternError(FunctionError):
    """The pattern is malformed, which shows only where a name leads to the malformed place."""

    def __init__(self) -> None:
        super().__init__("failed to glob pattern: syntax error in pattern", 1)


class Matcher:
    """Matches names; its steps are counted, because several stars in one pattern can take very many."""

    def __init__(self) -> None:
        self._steps = 0

    def matches(self, pattern: str, name: str) -> bool:
        """Whether a file name matches a component of a pattern; BadPatternError when that shows it to be malformed."""
        if not pattern or not name:
            return pattern == name or (not name and pattern == "*")
        at = 0
        while pattern and at < len(name):
            self._count()
            char, rest = pattern[0], pattern[1:]
            if char == "*":
                return not rest or any(self._matches_quietly(rest, name[start:]) for start in range(at, len(name)))
            if char == "{":
                options, rest = _up_to(rest, "}")
                return any(self.matches(option + rest, name[at:]) for option in split(options, ","))
            if char == "[":
                inside, rest = _up_to(rest, "]")
                if not _in_class(inside, name[at]):
                    return False
            elif char == "\\":
                if not rest:
                    raise BadPatternError
                if rest[0] != name[at]:
                    return False
                rest = rest[1:]
            elif char not in ("?", name[at]):
                return False
            pattern = rest
            at += 1
        # Stars behind the whole name match nothing more; other patterns would need more of it.
        return at == len(name) and pattern in ("", "*", "**")

    def _matches_quietly(self, pattern: str, name: str) -> bool:
        try:
            return self.matches(pattern, name)
        except BadPatternError:
            return False

    def _count(self) -> None:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise NotEvaluatedError("matching the pattern takes too many steps")


def _find(text: str, wanted: str) -> int:
    """Where `wanted` stands without a backslash before it, or -1."""
    at = text.find(wanted)
    while at > 0 and text[at - 1] == "\\":
        at = text.find(wanted, at + 1)
    return at


def _up_to(text: str, end: str) -> tuple[str, str]:
    at = _find(text, end)
    if at < 0:
        raise BadPatternError
    return text[:at], text[at + 1 :]


def split(text: str, separator: str) -> list[str]:
    """The pieces between separators that have no backslash before them."""
    pieces: list[str] = []
    while (at := _find(text, separator)) >= 0:
        pieces.append(text[:at])
        text = text[at + 1 :]
    return [*pieces, text]


def _in_class(inside: str, char: str) -> bool:
    """Whether a character is in a class such as `^a-z`."""
    if not inside:
        raise BadPatternError
    negated = inside[0] == "^"
    rest = inside[1:] if negated else inside
    found = False
    while rest:
        low, rest = _class_end(rest)
        high = low
        if rest.startswith("-"):
            high, rest = _class_end(rest[1:])
        found = found or low <= char <= high
    return found != negated


def _class_end(rest: str) -> tuple[str, str]:
    """One end of a range, and what stands behind it."""
    if not rest or rest[0] == "-":
        raise BadPatternError
    if rest[0] != "\\":
        return rest[0], rest[1:]
    # A class never ends with a backslash, which would have hidden the bracket.
    return rest[1], rest[2:]
