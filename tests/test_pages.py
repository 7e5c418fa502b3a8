"""The pages: every link leads somewhere, every page is reachable, and the README's commands are what is run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "terraform/README.md", "terraform/modules/*/README.md")
    for path in REPOSITORY.glob(pattern)
)
LINK = re.compile(r"\]\(([^()\s]+)\)")
CODE = re.compile(r"^```.*?^```$|^    [^\n]*$|`[^`\n]*`", re.DOTALL | re.MULTILINE)
TESTS = "python3 -m venv .venv && .venv/bin/pip install -q -e '.[dev]' && .venv/bin/python -m pytest -q -n auto"


def links(page: Path) -> list[str]:
    prose = CODE.sub("", page.read_text(encoding="utf-8"))
    return [link for link in LINK.findall(prose) if not re.match(r"[a-z]+:", link)]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link} leads nowhere"
        if anchor:
            assert anchor in anchors(target), f"{link}: there is no such heading"


def test_every_page_is_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [REPOSITORY / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        waiting += [(page.parent / link.partition("#")[0]).resolve() for link in links(page) if link[0] != "#"]
    assert [page.relative_to(REPOSITORY).as_posix() for page in PAGES if page not in reached] == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_the_line_that_ci_runs_stands_in_the_page(page: str) -> None:
    """.ci/run takes this line from the README, so that what is written is what is run."""
    found = re.findall(r"^    (python3 -m venv .* pytest.*)$", (REPOSITORY / page).read_text(), re.MULTILINE)
    assert found == [TESTS]


def test_a_later_step_can_gate_on_the_report(tmp_path: Path) -> None:
    """The step that docs/ci.md shows ends with the code of the run that wrote the report."""
    page = (REPOSITORY / "docs" / "ci.md").read_text(encoding="utf-8")
    (step,) = re.findall(r"python3 -c '(.*outcome.*)'", page)
    for code in (0, 1, 3):
        (tmp_path / "ddbaudit.json").write_text(json.dumps({"outcome": {"code": code}}))
        assert subprocess.run([sys.executable, "-c", step], cwd=tmp_path, check=False).returncode == code
