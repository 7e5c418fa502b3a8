"""The graph of an estate as SVG: principals on the left, each with a row per kind of access, tables with their indexes
on the right, lines between. The layout is ours and depends on nothing but the graph.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ddbaudit.foundation.text import plural
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.reporters.colours import EDGE, FILLS, MARKS, STROKES, WORDS
from ddbaudit.reporters.escapes import xml
from ddbaudit.reporters.graph_text import access, is_certain, title_of
from ddbaudit.sdk.graph import EstateGraph, Grant, PrincipalNode, State, TableNode

WIDTH: Final = 800
_LEFT, _RIGHT, _BOX = 4, 466, 330
_LINE, _HEAD, _GAP, _PAD = 18, 24, 14, 6
_CHARACTERS = 40
_TITLE = 30
_MANY = 4
"""From so many tables with the same access on, a principal has one row for all of them."""

_DARK: Final[dict[State, str]] = {
    State.FAIL: "#4a2610",
    State.UNKNOWN: "#3d2339",
    State.WARNING: "#463709",
    State.SUPPRESSED: "#333333",
    State.PASS: "#0d3b2e",
    State.NONE: "#2a2a2a",
}


def styles() -> str:
    """The style sheet of the pictures, for light and dark."""
    light = "".join(f".gs-{s.value}{{fill:{FILLS[s]};stroke:{STROKES[s]}}}" for s in State)
    marks = "".join(f".gm-{s.value}{{fill:{STROKES[s]};stroke:none}}" for s in State)
    dark = "".join(f".gs-{s.value}{{fill:{_DARK[s]}}}" for s in State)
    return (
        ".graph text{font:12px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#1b1f24}"
        ".graph .gk{fill:#57606a;font-size:11px}.graph .gb{font-weight:bold}"
        f".graph .ge{{fill:none;stroke:{EDGE};stroke-width:1.4;opacity:.75}}.graph .gu{{stroke-dasharray:4 3}}"
        ".graph .gi{stroke-width:1}.graph rect{stroke-width:1.6}"
        f"{light}{marks}"
        "@media (prefers-color-scheme:dark){.graph text{fill:#e6edf3}.graph .gk{fill:#9da7b1}"
        f".graph .ge{{stroke:#9fb0c0}}{dark}}}"
    )


def svg(graphs: Sequence[EstateGraph]) -> str:
    """A file of its own with all graphs below each other."""
    parts, top = [], 0
    for graph in graphs:
        picture = Picture(graph, titled=True)
        parts.append(f'<g transform="translate(0 {top})">{"".join(picture.elements())}</g>')
        top += picture.height + _GAP
    height = max(top, 40)
    background = f'<rect width="{WIDTH}" height="{height}" class="gbg"/>'
    own = ".gbg{fill:#fff;stroke:none}@media (prefers-color-scheme:dark){.gbg{fill:#0d1117}}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" class="graph" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}"'
    head += f' height="{height}"'
    title = "<title>Tables, indexes and who has access to them</title>"
    return f'{head} role="img"><style>{styles()}{own}</style>{title}{background}{"".join(parts)}</svg>\n'


@dataclass(frozen=True, slots=True)
class _Row:
    """What a principal may do with one table, or with several alike."""

    text: str
    tables: tuple[str, ...]
    certain: bool


class Picture:
    """One graph; `height` is in the units of `WIDTH`. `titled` pictures say which root module they show."""

    def __init__(self, graph: EstateGraph, *, titled: bool = False) -> None:
        self.graph = graph
        self._titled = titled
        self._top = _TITLE if titled else 4
        names = {table.address: table.name for table in graph.tables}
        grants: dict[str, list[Grant]] = {principal.address: [] for principal in graph.principals}
        for grant in graph.grants:
            grants[grant.principal].append(grant)
        self._rows = {address: list(_rows(found, names, len(graph.tables))) for address, found in grants.items()}
        self._ports: dict[str, int] = {}
        top = self._top
        for table in graph.tables:
            self._ports[table.address] = top + _HEAD // 2
            top += _height(len(table.indexes)) + _GAP
        self._principals = sorted(graph.principals, key=self._middle)
        left = self._top + sum(_height(len(rows)) + _GAP for rows in self._rows.values())
        self.height = max(top, left, self._top + 30)

    def _middle(self, principal: PrincipalNode) -> tuple[float, str]:
        """How far down the tables of a principal are, so that few lines cross."""
        ports = [self._ports[table] for row in self._rows[principal.address] for table in row.tables]
        return sum(ports) / max(len(ports), 1), principal.address

    def embedded(self) -> str:
        """The picture without a style sheet, to stand in a page that has `styles`."""
        label = xml(f"Tables, indexes and who has access to them: {title_of(self.graph)}")
        head = f'<svg class="graph" viewBox="0 0 {WIDTH} {self.height}"'
        return f'{head} role="img" aria-label="{label}">{"".join(self.elements())}</svg>'

    def elements(self) -> Iterator[str]:
        """The elements from the background up: lines, then boxes."""
        if self._titled:
            yield _text(_LEFT, 20, title_of(self.graph), "gb", 90)
        boxes: list[str] = []
        top = self._top
        for principal in self._principals:
            rows = self._rows[principal.address]
            boxes += _principal(principal, rows, top)
            for number, row in enumerate(rows):
                start = top + _HEAD + number * _LINE + _LINE // 2
                yield from (_edge(start, self._ports[table], row.certain) for table in row.tables)
            top += _height(len(rows)) + _GAP
        if not self._principals:
            boxes.append(_text(_LEFT, self._top + 16, "nobody here has access", "gk"))
        yield from boxes
        top = self._top
        for table in self.graph.tables:
            yield from _table(table, top)
            top += _height(len(table.indexes)) + _GAP
        if not self.graph.tables:
            yield _text(_RIGHT, self._top + 16, "no tables", "gk")


def _height(rows: int) -> int:
    return _HEAD + rows * _LINE + (_PAD if rows else 0)


def _rows(grants: Sequence[Grant], names: dict[str, str], tables: int) -> Iterator[_Row]:
    alike: dict[tuple[Verdict, Verdict, Verdict], list[Grant]] = {}
    for grant in grants:
        alike.setdefault((grant.read, grant.write, grant.admin), []).append(grant)
    for found in alike.values():
        if len(found) >= _MANY:
            what = f"all {tables} tables" if len(found) == tables else plural(len(found), "table")
            yield _row(found, what)
        else:
            yield from (_row([grant], names[grant.table]) for grant in found)


def _row(grants: Sequence[Grant], what: str) -> _Row:
    return _Row(f"{access(grants[0])}: {what}", tuple(grant.table for grant in grants), is_certain(grants[0]))


def _principal(node: PrincipalNode, rows: Sequence[_Row], top: int) -> Iterator[str]:
    runs = f", runs {', '.join(node.runs)}" if node.runs else ""
    title = f"{node.kind} {node.name} ({node.address}): {WORDS[node.state]}{runs}"
    yield from _box(_LEFT, top, _height(len(rows)), node.state, f"{node.kind} {node.name}", title)
    for number, row in enumerate(rows):
        yield _text(_LEFT + 12, top + _HEAD + number * _LINE + 13, row.text, "gk", _CHARACTERS + 6)


def _table(node: TableNode, top: int) -> Iterator[str]:
    title = f"table {node.name} ({node.address}): {WORDS[node.state]}"
    yield from _box(_RIGHT, top, _height(len(node.indexes)), node.state, node.name, title)
    for number, index in enumerate(node.indexes):
        y = top + _HEAD + number * _LINE
        name = f"{index.kind} {index.name}{'' if index.certain else ' (perhaps)'}"
        yield f'<circle cx="{_RIGHT + 18}" cy="{y + 9}" r="4" class="gi gs-{index.state.value}"/>'
        mark = f"{MARKS[index.state]} " if index.state is not State.PASS and MARKS[index.state] else ""
        yield _text(_RIGHT + 30, y + 13, mark + name, "gk", _CHARACTERS + 3)


def _box(x: int, top: int, height: int, state: State, name: str, title: str) -> Iterator[str]:
    yield f"<g><title>{xml(title)}</title>"
    yield f'<rect x="{x}" y="{top}" width="{_BOX}" height="{height}" rx="5" class="gs-{state.value}"/>'
    if MARKS[state]:
        yield f'<text x="{x + 10}" y="{top + 16}" class="gb gm-{state.value}">{MARKS[state]}</text>'
    yield f"{_text(x + 26, top + 16, name, 'gb', _CHARACTERS)}</g>"


def _text(x: int, y: int, text: str, style: str, room: int = _CHARACTERS) -> str:
    if len(text) <= room:
        return f'<text x="{x}" y="{y}" class="{style}">{xml(text)}</text>'
    head, tail = (room - 1) // 2, room // 2
    short = f"{text[:head]}…{text[-tail:]}"
    return f'<text x="{x}" y="{y}" class="{style}"><title>{xml(text)}</title>{xml(short)}</text>'


def _edge(start: int, end: int, certain: bool) -> str:
    x1, x2 = _LEFT + _BOX, _RIGHT
    middle = (x1 + x2) // 2
    style = "ge" if certain else "ge gu"
    return f'<path class="{style}" d="M{x1} {start}C{middle} {start} {middle} {end} {x2} {end}"/>'
