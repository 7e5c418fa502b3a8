"""docs/outputs.md shows what is really written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ddbaudit.cli import graph, merge, output

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "outputs.md").read_text("utf-8")
GOLDEN = Path(__file__).parent / "golden"
BLOCKS = re.findall(r"^<!-- from (\S+) -->\n```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("name", "block"), BLOCKS, ids=[name for name, _ in BLOCKS])
def test_what_the_page_shows_is_what_is_written(name: str, block: str) -> None:
    recorded = (GOLDEN / name).read_text("utf-8")
    at = 0
    for part in block.split("\n…\n"):
        at = recorded.index(part.rstrip("\n"), at)
    assert at >= 0


def test_the_page_has_a_section_for_every_format() -> None:
    headings = set(re.findall(r"^## (\w+)$", PAGE, re.MULTILINE))
    assert headings == set(output.FORMATS)
    for formats in (graph.FORMATS, merge.FORMATS):
        assert all(re.search(rf"\b{name}\b", PAGE) for name in formats)
    assert {name for name, _ in BLOCKS} >= {"report.sarif", "junit.xml", "github.txt", "gitlab.json", "comment.md"}


def test_the_picture_in_the_page_is_as_drawn() -> None:
    assert (ROOT / "docs" / "images" / "graph.svg").read_bytes() == (GOLDEN / "graph.svg").read_bytes()
