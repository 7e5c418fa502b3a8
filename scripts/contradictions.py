"""Writes docs/contradictions.md: where the design documents contradict themselves, as the tool finds it in their data
models, with what decided it. With --check, says whether the page is as it would be written."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from ddbaudit.app.models import Models, installed
from ddbaudit.datamodel.findings import Fault, all_faults
from ddbaudit.datamodel.shape import DataModel
from ddbaudit.engine.registry import load_rules

REPOSITORY = Path(__file__).resolve().parent.parent
PAGE = REPOSITORY / "docs" / "contradictions.md"
FOLDER = "rules/ddbaudit_rules/documents"
HEAD = """\
<!-- Written by scripts/contradictions.py; change the data model instead. -->

# Where the documents contradict themselves

The data models of the design documents carry what was decided. Where a document has something else, that stands beside
it, under `written`, or among its claims. This is what rules MOD807 to MOD809 say of the documents as they are written:
`ddbaudit model check --as-written`. What was decided has none of it: `ddbaudit model check` ends with 0.
[Data models](data-models.md) says how these files are read.
"""


def page() -> str:
    registry = load_rules()
    models = Models(registry).find(installed(registry))
    return "\n".join((HEAD, *(line for model in models for line in section(model))))


def section(model: DataModel) -> Iterator[str]:
    rows = [row(model, rule, fault) for rule, fault in all_faults(model.as_written())]
    yield from (f"## {model.system}", "", f"{'; '.join(model.sources)}.", "")
    if not rows:
        yield from ("Nothing.", "")
        return
    yield from ("| Rule | Place | What contradicts what | Decision |", "|---|---|---|---|", *rows, "")


def row(model: DataModel, rule: str, fault: Fault) -> str:
    name = model.path.rpartition("/")[2]
    line = fault.span.begin.line
    place = f"[{name}:{line}](../{FOLDER}/{name})"
    return f"| {rule} | {place} | {escaped(fault.message)} | {decision(fault)} |"


def escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def decision(fault: Fault) -> str:
    found = sorted((REPOSITORY / "docs" / "decisions").glob(f"{fault.decision}-*.md")) if fault.decision else []
    return f"[{fault.decision}](decisions/{found[0].name})" if found else "none"


def main(arguments: list[str]) -> int:
    text = page()
    if PAGE.is_file() and PAGE.read_text("utf-8") == text:
        return 0
    if "--check" in arguments:
        print("docs/contradictions.md is not fresh; run scripts/contradictions.py", file=sys.stderr)
        return 1
    PAGE.write_text(text, "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
