"""Every format of one representative report, byte by byte. `DDBAUDIT_RECORD=1` writes the files anew."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from ddbaudit.reporters import (
    concise,
    github,
    gitlab,
    graph_svg,
    graph_text,
    html,
    json_,
    junit,
    markdown,
    sarif,
    text,
)
from ddbaudit.reporters.style import coloured, plain
from tests.reporters.tour import report

GOLDEN = Path(__file__).parent / "golden"


def _colour(width: int) -> str:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, color_system="standard", soft_wrap=True, width=width)
    coloured(text.lines(report(), width), console)
    return stream.getvalue()


FORMATS: dict[str, Callable[[], str]] = {
    "text.txt": lambda: plain(text.lines(report())),
    "text-80.txt": lambda: plain(text.lines(report(), 80)),
    "text-100.ansi": lambda: _colour(100),
    "concise.txt": lambda: plain(concise.lines(report())),
    "report.json": lambda: json_.render(report()),
    "report.sarif": lambda: sarif.render(report()),
    "junit.xml": lambda: junit.render(report()),
    "github.txt": lambda: github.render(report()),
    "gitlab.json": lambda: gitlab.render(report()),
    "comment.md": lambda: markdown.render(report()),
    "page.html": lambda: html.render(report()),
    "graph.svg": lambda: graph_svg.svg(report().graphs),
    "graph.mmd": lambda: graph_text.mermaid(report().graphs),
    "graph.dot": lambda: graph_text.dot(report().graphs),
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_as_recorded(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("GITHUB_ACTIONS", "NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS"):
        monkeypatch.delenv(variable, raising=False)
    actual, path = FORMATS[name](), GOLDEN / name
    if os.environ.get("DDBAUDIT_RECORD") == "1":
        path.write_text(actual, "utf-8", newline="\n")
    assert actual == path.read_text("utf-8"), f"DDBAUDIT_RECORD=1 records {path.name} anew"


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_nothing_but_places_and_words_is_wider_than_the_terminal(width: int) -> None:
    for line in plain(text.lines(report(), width)).splitlines():
        if "-->" not in line and ":::" not in line:
            assert len(line) <= width or max(map(len, line.split())) > width // 3, line
