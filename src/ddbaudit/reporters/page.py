"""A page of HTML that needs nothing but itself: no script, no other file, nothing that text of the input could start.

The policy in its head lets a browser use our style sheet, by its hash, and nothing else at all; see
https://developer.mozilla.org/docs/Web/HTTP/Guides/CSP.
"""

from __future__ import annotations

import base64
import hashlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from ddbaudit.reporters.colours import FILLS, MARKS, STROKES, WORDS
from ddbaudit.reporters.escapes import xml
from ddbaudit.reporters.graph_svg import styles
from ddbaudit.sdk.graph import State
from ddbaudit.sdk.report import ExitCode

_STATES: Final = "".join(
    f".b-{s.value}{{background:{FILLS[s]};border-color:{STROKES[s]}}}.s-{s.value}{{border-left-color:{STROKES[s]}}}"
    f".h-{s.value}{{border-color:{STROKES[s]}}}"
    for s in State
)


def _sheet() -> str:
    content = pkgutil.get_data("ddbaudit.reporters", "data/page.css")
    if content is None:
        raise FileNotFoundError("page.css")
    return f"\n{content.decode()}{_STATES}{styles()}\n"


STYLE: Final = _sheet()

_OF_CODE: Final[Mapping[ExitCode, State]] = {
    ExitCode.CLEAN: State.PASS,
    ExitCode.VIOLATIONS: State.FAIL,
    ExitCode.INCOMPLETE: State.UNKNOWN,
    ExitCode.INTERNAL: State.FAIL,
    ExitCode.USAGE: State.FAIL,
}


def page(title: str, parts: Iterable[str]) -> Iterator[str]:
    """The whole page in pieces, with a final newline; the parts are HTML."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="referrer" content="no-referrer">\n'
    yield f"<title>{xml(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
    for part in parts:
        yield f"{part}\n"
    yield "</body>\n</html>\n"


def heading(code: ExitCode, title: str, line: str, notes: Sequence[str]) -> Iterator[str]:
    """How it ended, in words, with the reasons."""
    state = _OF_CODE[code]
    yield f'<header class="head h-{state.value}"><h1>{MARKS[state]} {xml(title)}</h1><p>{xml(line)}</p>'
    if notes:
        yield f"<ul>{''.join(f'<li>{xml(note)}</li>' for note in notes)}</ul>"
    yield "</header>"


def tiles(numbers: Sequence[tuple[str, int]]) -> str:
    """Numbers to be seen at a glance."""
    return (
        f'<div class="tiles">{"".join(f"<div><b>{n}</b><span>{xml(name)}</span></div>" for name, n in numbers)}</div>'
    )


def badge(state: State, word: str = "") -> str:
    """A verdict by mark, word and colour."""
    return f'<span class="b b-{state.value}">{MARKS[state]} {xml(word or WORDS[state])}</span>'


def table(label: str, columns: Sequence[str], rows: Iterable[tuple[str, Sequence[int]]]) -> Iterator[str]:
    """A table of numbers: the first column is HTML, the first of `columns` its heading."""
    yield f'<div class="scroll" tabindex="0" role="region" aria-label="{xml(label)}"><table><thead><tr>'
    yield f"<th>{xml(columns[0])}</th>" + "".join(f'<th class="c">{xml(name)}</th>' for name in columns[1:])
    yield "</tr></thead><tbody>"
    for name, numbers in rows:
        cells = "".join(f'<td class="c{"" if number else " z"}">{number}</td>' for number in numbers)
        yield f"<tr><td>{name}</td>{cells}</tr>"
    yield "</tbody></table></div>"


def legend() -> str:
    """What the marks and lines of a picture mean."""
    shown = " ".join(badge(state) for state in State if MARKS[state])
    lines = '<p class="soft">A dashed line is access that is not certain. '
    return f'<p class="soft">{shown}</p>{lines}<span class="narrow">The pictures scroll sideways.</span></p>'
