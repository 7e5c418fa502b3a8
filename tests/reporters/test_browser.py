"""The page in a real browser: its style is accepted, nothing is wider than the screen, and nothing of it runs."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ddbaudit.reporters import html
from tests.reporters.formats import every_kind, of_text
from tests.reporters.test_fleet import merge, write
from tests.reporters.test_formats import HOSTILE
from tests.reporters.tour import report

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="Chromium is not there: the HTML page was NOT tried in a browser"
)

MEASURE = """
const wide = [...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll, pre')
  && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.tagName);
const boxes = [...document.querySelectorAll('svg.graph rect')].map(e => getComputedStyle(e).fill);
parent.postMessage(JSON.stringify({
  width: innerWidth, scroll: document.documentElement.scrollWidth, wide,
  body: getComputedStyle(document.body).maxWidth, boxes: boxes.length, fills: new Set(boxes).size,
  heading: document.querySelector('h1').textContent, scripts: document.scripts.length, ran: window.ran === true,
  links: document.links.length, images: document.images.length,
}), '*');
"""
OUTER = """<!DOCTYPE html>
<iframe src="page.html" width="{width}" height="900" style="border:0"></iframe>
<script>addEventListener('message', e => document.documentElement.dataset.found = e.data)</script>
"""
# A window is never narrower than 500 pixels; a frame may be.


def seen(directory: Path, text: str, width: int) -> Any:
    """What a browser of that width makes of a page; the page's own policy stays, but for the script that measures."""
    digest = base64.b64encode(hashlib.sha256(MEASURE.encode()).digest()).decode()
    text = text.replace("default-src 'none';", f"default-src 'none'; script-src 'sha256-{digest}';", 1)
    page = directory / "page.html"
    page.write_text(text.replace("</body>", f"<script>{MEASURE}</script></body>"), "utf-8")
    outer = directory / "outer.html"
    outer.write_text(OUTER.format(width=width), "utf-8")
    assert CHROMIUM is not None
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={directory / 'profile'}"]
    flags += ["--hide-scrollbars", "--virtual-time-budget=5000", "--window-size=1600,1000", "--dump-dom"]
    command = [CHROMIUM, *flags, outer.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    found = re.search(r'data-found="([^"]*)"', done.stdout)
    assert found is not None, done.stderr[-2000:]
    return json.loads(found[1].replace("&quot;", '"').replace("&amp;", "&"))


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_fits_the_screen_and_has_its_style(tmp_path: Path, width: int) -> None:
    found = seen(tmp_path, html.render(report()), width)
    assert found["width"] == width
    assert (found["scroll"], found["wide"]) == (width, [])
    assert found["body"] == "1184px", "the style sheet is in use"
    principals = sum(len(graph.principals) for graph in report().graphs)
    assert found["boxes"] == principals + sum(len(graph.tables) for graph in report().graphs)
    assert found["fills"] == 2, "violations and unknown"
    assert found["heading"] == "? ddbaudit: incomplete (exit 3)"


@pytest.mark.parametrize("kind", ["tag", "closing tag", "link", "image", "CDATA"])
def test_nothing_of_the_tree_runs_or_is_loaded(tmp_path: Path, kind: str) -> None:
    (tmp_path / "tree").mkdir()
    text = HOSTILE[kind].replace("alert(1)", "window.ran=true")
    found = seen(tmp_path, html.render(of_text(tmp_path / "tree", text)), 390)
    assert (found["ran"], found["scripts"], found["links"], found["images"]) == (False, 1, 0, 0)
    assert found["wide"] == []


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_of_a_fleet_fits_the_screen(tmp_path: Path, width: int) -> None:
    name = "a-repository-with-a-very-long-name-" * 4
    write(tmp_path, {"shop": report(), name: every_kind()})
    assert merge(tmp_path, "shop.json", f"{name}.json", "-o", "html=fleet.html").returncode == 4
    found = seen(tmp_path, (tmp_path / "fleet.html").read_text("utf-8"), width)
    assert (found["scroll"], found["wide"]) == (width, [])
    assert found["heading"] == "✗ ddbaudit: internal (exit 4)"
