"""Valid HCL that python-hcl2 8.1 is known to reject or misread, so that a disagreement can be given its name."""

from __future__ import annotations

import re

from ddbaudit.foundation.diagnostic import Diagnostic

# Each gap by the text around the place at which the library gives up; the surest come first.
_GAPS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("escaped template sequences", r"\$\$\{|%%\{"),
        ("strip markers in interpolations", r"\$\{~|~\}"),
        ("comments in the middle of a line", r"/\*.*?\*/[ \t]*\S?"),
        ("names beyond ASCII", r"[^\x00-\x7f]"),
        ("function names in two parts", r"\w::\w+[ \t]*\("),
        ("a sign before a sign", r"[!-][ \t]*[!-]"),
        ('a line break before "=>"', r"\n\s*=>"),
        ('a line break before ".name" or "[key]"', r"\n\s*[.\[]"),
        ('a line break before "-"', r"\n\s*-"),
        ("a line break inside brackets or a template", r"\n"),
    )
)
_HEREDOC = re.compile(r"<<-?([A-Za-z_][\w.-]*)\r?\n")
_NEAR = 200


def known_gap(error: Diagnostic) -> str:
    """The name of the known gap that lies at the place of an error of python-hcl2; the empty string when none does."""
    if error.span is None:
        return ""
    text, at = error.span.source.text, error.span.start
    if _blank_behind_marker(text, at):
        return "blanks behind the end marker of a heredoc"
    begin = max(0, at - _NEAR)
    near, place = text[begin : at + _NEAR], at - begin
    for name, pattern in _GAPS:
        if any(match.start() - 1 <= place <= match.end() for match in pattern.finditer(near)):
            return name
    return ""


def _blank_behind_marker(text: str, at: int) -> bool:
    opening = _HEREDOC.match(text, at)
    if opening is None:
        return False
    marker = re.compile(rf"^[ \t]*{re.escape(opening[1])}([ \t]*)\r?$", re.MULTILINE).search(text, opening.end())
    return marker is not None and bool(marker[1])
