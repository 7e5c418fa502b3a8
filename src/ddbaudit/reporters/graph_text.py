"""The graph of an estate as text for other programs: Mermaid (https://mermaid.js.org/syntax/flowchart.html) and DOT
(https://graphviz.org/doc/info/lang.html)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.reporters.colours import EDGE, FILLS, MARKS, STROKES
from ddbaudit.reporters.style import clean
from ddbaudit.sdk.graph import EstateGraph, Grant, State

_PLAIN = re.compile(r"[^\w .,/:+-]")


def access(grant: Grant) -> str:
    """`read, write`; what is not certain with a question mark."""
    words = (("read", grant.read), ("write", grant.write), ("admin", grant.admin))
    return ", ".join(word + ("?" if verdict is Verdict.UNKNOWN else "") for word, verdict in words if _may(verdict))


def is_certain(grant: Grant) -> bool:
    """Whether something of it is certain."""
    return Verdict.PASS in (grant.read, grant.write, grant.admin)


def _may(verdict: Verdict) -> bool:
    return verdict is not Verdict.FAIL


def title_of(graph: EstateGraph) -> str:
    """`live/dev [dev]`."""
    return f"{graph.root} [{graph.environment}]"


def _mark(state: State) -> str:
    return f"{MARKS[state]} " if MARKS[state] else ""


# -- Mermaid ---------------------------------------------------------------------------------------------------------


def mermaid(graphs: Sequence[EstateGraph]) -> str:
    """One flowchart, a subgraph per root module."""
    lines = ["flowchart LR"]
    for number, graph in enumerate(graphs):
        lines += [f"  {line}" for line in _mermaid(graph, f"g{number}")]
    lines += [f"  classDef {s.value} fill:{FILLS[s]},stroke:{STROKES[s]},color:#111,stroke-width:2px" for s in State]
    return "\n".join(lines) + "\n"


def _mermaid(graph: EstateGraph, prefix: str) -> Iterator[str]:
    names: dict[str, str] = {}
    yield f'subgraph {prefix}["{_entity(title_of(graph))}"]'
    for number, principal in enumerate(graph.principals):
        names[principal.address] = f"{prefix}p{number}"
        label = f"{_entity(_mark(principal.state) + principal.kind)}<br/>{_entity(principal.name)}"
        yield f'  {prefix}p{number}(["{label}"]):::{principal.state.value}'
    for number, table in enumerate(graph.tables):
        names[table.address] = f"{prefix}t{number}"
        rows = [_mark(i.state) + f"{i.kind} {i.name}" + ("" if i.certain else "?") for i in table.indexes]
        label = "<br/>".join(_entity(row) for row in (_mark(table.state) + table.name, *rows))
        yield f'  {prefix}t{number}[("{label}")]:::{table.state.value}'
    for grant in graph.grants:
        arrow = "-->" if is_certain(grant) else "-.->"
        yield f'  {names[grant.principal]} {arrow}|"{_entity(access(grant))}"| {names[grant.table]}'
    yield "end"


def _entity(text: str) -> str:
    """Everything that Mermaid or HTML might act on as `#35;`, its own way to write a character."""
    return _PLAIN.sub(lambda found: f"#{ord(found[0])};", clean(text))


# -- DOT -------------------------------------------------------------------------------------------------------------


def dot(graphs: Sequence[EstateGraph]) -> str:
    """One directed graph, a cluster per root module."""
    lines = ["digraph estate {", "  rankdir=LR;", '  node [fontname="monospace", fontsize=10, style=filled];']
    lines.append(f'  edge [fontname="monospace", fontsize=9, color="{EDGE}"];')
    for number, graph in enumerate(graphs):
        lines += [f"  {line}" for line in _dot(graph, f"g{number}")]
    return "\n".join((*lines, "}")) + "\n"


def _dot(graph: EstateGraph, prefix: str) -> Iterator[str]:
    names: dict[str, str] = {}
    yield f"subgraph cluster_{prefix} {{"
    yield f"  label={_quoted(title_of(graph))};"
    for number, principal in enumerate(graph.principals):
        names[principal.address] = f"{prefix}p{number}"
        lines = (_mark(principal.state) + principal.kind, principal.name)
        yield f"  {prefix}p{number} [shape=box, {_look(principal.state, lines)}];"
    for number, table in enumerate(graph.tables):
        names[table.address] = f"{prefix}t{number}"
        rows = [_mark(i.state) + f"{i.kind} {i.name}" + ("" if i.certain else "?") for i in table.indexes]
        yield f"  {prefix}t{number} [shape=cylinder, {_look(table.state, (_mark(table.state) + table.name, *rows))}];"
    for grant in graph.grants:
        style = "solid" if is_certain(grant) else "dashed"
        ends = f"{names[grant.principal]} -> {names[grant.table]}"
        yield f"  {ends} [label={_quoted(access(grant))}, style={style}];"
    yield "}"


def _look(state: State, lines: Sequence[str]) -> str:
    label = "\\n".join(_escaped(line) for line in lines)
    return f'label="{label}", fillcolor="{FILLS[state]}", color="{STROKES[state]}", fontcolor="#111111"'


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    """Backslashes doubled: in a label `\\N` and `\\G` stand for names."""
    return clean(text).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
