"""Untrusted text made safe for the place where it is written: JSON messages, URIs, XML, HTML, Markdown.

Every function begins with `style.clean`, so that control characters, bidirectional controls and lone surrogates are
visible escapes, and no line is a command to a runner of GitHub Actions.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from ddbaudit.reporters.style import clean

_BROKEN = "\u200b"  # a zero-width space: what stands around it is no longer one word
_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})
_NO_CHARACTERS = re.compile("[\ufffe\uffff]")  # not characters of XML 1.0: https://www.w3.org/TR/xml/#charsets
_MARKDOWN = re.compile(r"[\\`*_\[\]<>#|~&$^]|^[-+=]|(?<=^\d)[.)]|(?<=^\d\d)[.)]")
# What GitHub and GitLab make links of, also where Markdown's own marks are escaped: @user, #1, !1, ~label, %milestone,
# $snippet, &epic, GH-1, addresses without brackets.
_REFERENCE = re.compile(r"[@#!~%$&](?=[\w\"'])")
_ADDRESS = re.compile(r"(?i)\b(https?|ftp)(?=://)|\bwww(?=\.)|\b(mailto|xmpp|gh)(?=[:-])")
_TICKS = re.compile(r"`+")


def lines_of(text: str) -> list[str]:
    """Text of several lines, each of them safe."""
    return [clean(line) for line in text.split("\n")]


def message(text: str) -> str:
    """Text of one or several lines for a message in SARIF, where `[text](target)` is a link (SARIF 2.1.0, 3.11.6)."""
    return "\n".join(lines_of(text)).replace("](", "]\\(")


def uri(path: str) -> str:
    """A path as a relative URI, or as a `file` URI when it is absolute."""
    found = quote(path.encode("utf-8", "surrogateescape"), safe="/")
    return f"file://{found}" if found.startswith("/") else found


def xml(text: str) -> str:
    """For text and attributes of XML and HTML."""
    safe = "\n".join(lines_of(text)).translate(_XML)
    return _NO_CHARACTERS.sub(lambda found: f"\\u{ord(found[0]):04x}", safe)


def inline(text: str) -> str:
    """Text that stands in Markdown as it is: no mark, link, mention, reference or tag is made of it."""
    text = _ADDRESS.sub(lambda found: found[0] + _BROKEN, clean(text))
    text = _REFERENCE.sub(lambda found: found[0] + _BROKEN, text)
    return _MARKDOWN.sub(lambda found: "\\" + found[0], text)


def code(text: str) -> str:
    """A code span in Markdown, which may also stand in a table."""
    text = clean(text)
    ticks = _ticks(text, 1)
    pad = " " if text.startswith("`") or text.endswith("`") or not text.strip() else ""
    return f"{ticks}{pad}{text}{pad}{ticks}".replace("|", "\\|")


def fenced(lines: list[str], language: str = "text") -> str:
    """A code block in Markdown; the fence is longer than any run of backticks in it."""
    fence = _ticks("\n".join(lines), 3)
    return "\n".join((fence + language, *lines, fence))


def _ticks(text: str, least: int) -> str:
    return "`" * max(least, *(len(run) + 1 for run in _TICKS.findall(text)), 0)
