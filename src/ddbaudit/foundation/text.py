"""Text helpers: what comes from input is made safe before it is shown, and typing errors get a suggestion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029\ufeff")


def _escape(char: str) -> str:
    named = _NAMED.get(char)
    if named is not None:
        return named
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _is_unsafe(char: str) -> bool:
    code = ord(char)
    return code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000 or char in _BIDI


def safe_text(text: str, *, keep_tabs: bool = False) -> str:
    """Make untrusted text printable on one line.

    Control characters (also CR, DEL, C1), bidirectional controls, line separators and lone surrogates become visible
    escapes, so that no terminal, log or CI command processor acts on them (kubectl CVE-2021-25743).
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if not _is_unsafe(c) or (keep_tabs and c == "\t") else _escape(c) for c in text)


def did_you_mean(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `word` most likely was meant to be, or None; of equally close ones that with the same
    beginning, then the one with more characters in their places, then the first."""
    from difflib import SequenceMatcher, get_close_matches

    folded: dict[str, str] = {}
    for name in sorted(set(candidates)):
        folded.setdefault(name.casefold(), name)
    low = word.casefold()
    close = get_close_matches(low, list(folded), n=max(len(folded), 1), cutoff=0.6)
    if not close:
        return None
    best = max(sorted(close), key=lambda c: (SequenceMatcher(None, c, low).ratio(), _shared(c, low), _alike(c, low)))
    return folded[best]


def _shared(one: str, two: str) -> int:
    """How many characters both begin with."""
    return next(
        (at for at, pair in enumerate(zip(one, two, strict=False)) if pair[0] != pair[1]), min(len(one), len(two))
    )


def _alike(one: str, two: str) -> int:
    """How many characters are the same in the same place."""
    return sum(left == right for left, right in zip(one, two, strict=False))


def suggestion(word: str, candidates: Iterable[str]) -> str:
    """` (did you mean "x"?)` or the empty string, ready to append to a message."""
    best = did_you_mean(word, candidates)
    return f' (did you mean "{best}"?)' if best is not None else ""


def join_names(names: Sequence[str], conjunction: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(names) <= 1:
        return "".join(names)
    return f"{', '.join(names[:-1])} {conjunction} {names[-1]}"


def plural(count: int, noun: str, many: str | None = None) -> str:
    """`1 table`, `2 tables`, `3 policies`."""
    return f"{count} {noun if count == 1 else (many or noun + 's')}"
