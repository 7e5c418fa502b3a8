"""Writes into README.md which tables the reference estate has, and in which environments.

`python scripts/generate_estate_table.py` evaluates terraform/ and writes the table between its markers; `--check`
writes nothing, says whether it is not as it would be written, and ends with 1 then.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ddbaudit.app.audit import Settings, evaluate
from ddbaudit.app.dump import dump

REPOSITORY = Path(__file__).resolve().parent.parent
README = REPOSITORY / "README.md"
ENVIRONMENTS = REPOSITORY / "terraform" / "environments"
BEGIN = "<!-- Begin: written by scripts/generate_estate_table.py -->"
END = "<!-- End: written by scripts/generate_estate_table.py -->"
BETWEEN = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
ORDER = ("dev", "sit", "staging", "prod")
Row = tuple[str, str, str, str]
"""System, table name with `{env}`, keys, indexes."""


def rows() -> dict[Row, list[str]]:
    """Every table of every root, with the environments in which it is exactly so."""
    found: dict[Row, list[str]] = defaultdict(list)
    roots = [path.parent for path in sorted(ENVIRONMENTS.glob("*/*/main.tf"))]
    for root in sorted(roots, key=lambda path: (path.parent.name, ORDER.index(path.name))):
        (evaluated,) = dump(evaluate(Settings(paths=(str(root),))))["environments"]
        for resource in evaluated["resources"]:
            if resource["type"] == "aws_dynamodb_table":
                found[row(root.parent.name, root.name, resource["values"])].append(root.name)
    return found


def row(system: str, environment: str, table: Mapping[str, Any]) -> Row:
    def named(text: str) -> str:
        return re.sub(rf"(?<![a-z0-9]){environment}(?![a-z0-9])", "{env}", text)

    indexes = table.get("global_secondary_index", ())
    shown = ", ".join(f"{short(named(i['name']), named(table['name']))} ({keys(i)})" for i in indexes)
    return system, f"`{named(table['name'])}`", keys(table), shown


def short(index: str, table: str) -> str:
    """An index name without the name of its table."""
    return f"`{index.removeprefix(f'{table}-')}`"


def keys(item: Mapping[str, Any]) -> str:
    return ", ".join(key for key in (item["hash_key"], item.get("range_key")) if key)


def section(found: Mapping[Row, list[str]]) -> str:
    return "\n".join([BEGIN, "", *table(found), "", END])


def table(found: Mapping[Row, list[str]]) -> Iterator[str]:
    yield "| System | Table | Keys | Indexes | Environments |"
    yield "|---|---|---|---|---|"
    for (system, name, its_keys, indexes), environments in found.items():
        yield f"| {system} | {name} | {its_keys} | {indexes} | {', '.join(environments)} |"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 when the table is stale")
    options = parser.parse_args(arguments)
    page = README.read_text(encoding="utf-8")
    if not BETWEEN.search(page):
        raise SystemExit(f"README.md has no line {BEGIN}")
    fresh = BETWEEN.sub(lambda _: section(rows()), page)
    if options.check:
        if fresh != page:
            sys.stdout.write("README.md is stale: run python scripts/generate_estate_table.py\n")
        return int(fresh != page)
    README.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
