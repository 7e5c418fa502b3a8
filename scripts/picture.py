"""Shows in README.md what `ddbaudit check terraform/` prints: on the reference estate, and with one of its lines wrong.

The text goes into README.md, and the second report, in the colours of a terminal, into docs/images/check.svg.
`python scripts/picture.py` writes both, `--check` says what is not as it would be written and ends with 1.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme

from ddbaudit.app.audit import Settings, audit
from ddbaudit.reporters import text
from ddbaudit.reporters.style import coloured, plain
from ddbaudit.sdk.report import Report

REPOSITORY = Path(__file__).resolve().parent.parent
README = REPOSITORY / "README.md"
PICTURE = REPOSITORY / "docs" / "images" / "check.svg"
COMMAND = "ddbaudit check terraform/"
WRONG = Path("terraform/environments/access-management/sit/terraform.tfvars")
COLUMNS = 118

THEME = TerminalTheme(
    (22, 27, 34),
    (214, 220, 228),
    [
        (72, 79, 88),
        (255, 123, 114),
        (86, 211, 100),
        (227, 179, 65),
        (121, 170, 255),
        (219, 155, 255),
        (86, 212, 221),
        (214, 220, 228),
    ],
)
SHAPE = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace }}
.{unique_id}-matrix {{ font-size: {char_height}px }}
.{unique_id}-title {{ font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 16px }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


@contextlib.contextmanager
def estate(*, broken: bool) -> Iterator[None]:
    """The working directory is a copy of the reference estate; broken: one environment without recovery."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        shutil.copytree(REPOSITORY / "terraform", "terraform", ignore=shutil.ignore_patterns(".terraform*"))
        shutil.copy(REPOSITORY / "ddbaudit.toml", ".")
        if broken:
            before = WRONG.read_text(encoding="utf-8")
            after = re.sub(r"^(pitr_enabled *= )true$", r"\1false", before, flags=re.MULTILINE)
            if after == before:
                raise SystemExit(f"{WRONG} has no line to break")
            WRONG.write_text(after, encoding="utf-8")
        yield


def report(*, broken: bool) -> Report:
    """What the check of the estate says."""
    with estate(broken=broken):
        return audit(Settings(paths=("terraform",)))


def picture() -> str:
    """The report on the broken estate as SVG."""
    console = Console(
        file=io.StringIO(),
        record=True,
        force_terminal=True,
        color_system="standard",
        width=COLUMNS,
        height=100,
        legacy_windows=False,
        no_color=False,
    )
    coloured(text.lines(report(broken=True), COLUMNS), console)
    svg = console.export_svg(title=COMMAND, theme=THEME, code_format=SHAPE, unique_id="check")
    return "".join(line.strip() + "\n" for line in svg.splitlines() if line.strip())


def words(svg: str) -> list[str]:
    """What a picture says; how rich draws it may differ from version to version."""
    return re.findall(r">([^<>]+)</text>", svg)


def readme(page: str) -> str:
    """The page with both reports as they are now, each behind its marker."""
    for name, broken in (("clean", False), ("broken", True)):
        printed = plain(text.lines(report(broken=broken)))
        if broken:  # the inventory is the same, and a second rule says the same of the table of environments
            finding, *_, ending = printed.split("\n\n")
            printed = f"{finding}\n[...]\n{ending}"
        shown = f"```text\n$ {COMMAND}\n{printed}```\n"
        marked = re.compile(rf"(?<=<!-- output: {name} -->\n)```text\n.*?^```\n", re.DOTALL | re.MULTILINE)
        parts = marked.split(page)
        if len(parts) != 2:
            raise SystemExit(f"README.md has no output marked {name}")
        page = shown.join(parts)
    return page


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="say what is stale; write nothing")
    check = parser.parse_args(arguments).check
    drawn, page = picture(), README.read_text(encoding="utf-8")
    stale = []
    if not PICTURE.exists() or words(PICTURE.read_text(encoding="utf-8")) != words(drawn):
        stale.append((PICTURE, drawn))
    if page != (fresh := readme(page)):
        stale.append((README, fresh))
    for path, content in stale:
        if check:
            sys.stdout.write(f"{path.relative_to(REPOSITORY)} is stale: run python scripts/picture.py\n")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8", newline="\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
