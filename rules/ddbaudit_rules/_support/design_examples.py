"""Data models for examples: a system "orders" with one table, as far as an example is not about something else."""

from __future__ import annotations

from textwrap import dedent, indent

_HEAD = """\
format: 1
system: orders
source: "Orders, section 2"
environments: [dev, prod]
"""


def model(*tables: str, rest: str = "") -> str:
    """A model of these tables (texts of mappings); `rest` is what stands behind them."""
    body = "\n".join(indent(dedent(table).strip("\n"), "  ") for table in tables or (designed(),))
    return f"{_HEAD}\ntables:\n{body}\n" + (f"\n{dedent(rest).strip(chr(10))}\n" if rest else "")


def designed(
    *lines: str, key: str = "orders", attributes: str = "{id: S, email: S}", hash: str = "id", comment: str = ""
) -> str:
    """The table `orders` of a model, named `orders-{env}`; `lines` go to its end, `comment` behind its key."""
    head = f'{key}:{comment}\n  name: "{key}-{{env}}"\n  hash: {hash}\n  attributes: {attributes}'
    return "\n".join((head, *(indent(dedent(line).strip("\n"), "  ") for line in lines)))


NAMED = '"orders-dev"'
"""The name of the table of `designed()` in dev."""

INDEXED = """
indexes:
  email-index: {hash: email}
"""
