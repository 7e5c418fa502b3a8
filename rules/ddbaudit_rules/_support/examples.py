"""Pieces of examples: complete resources around the lines that an example is about."""

from __future__ import annotations

from functools import cache
from textwrap import dedent

_ARGUMENTS = {"name": '"orders"', "billing_mode": '"PAY_PER_REQUEST"', "hash_key": '"id"'}


def table(body: str = "", *, header: str = "", attributes: str = "id", **arguments: str | None) -> str:
    """An aws_dynamodb_table "orders" with a hash key `id`.

    `body` goes to its end, `header` is a comment behind its first line. `attributes` lists the attributes to declare
    (`id total:N`). Further arguments, as expressions, replace those that are there; None removes one.
    """
    chosen = {key: value for key, value in {**_ARGUMENTS, **arguments}.items() if value is not None}
    width = max(map(len, chosen), default=0)
    lines = [f"{key:<{width}} = {value}" for key, value in chosen.items()]
    blocks = [attribute(*item.split(":")) for item in attributes.split()]
    return block('resource "aws_dynamodb_table" "orders"', "\n".join(lines), *blocks, body, header=header)


def attribute(name: str, type_: str = "S", header: str = "") -> str:
    return block("attribute", f'name = "{name}"\ntype = "{type_}"', header=header)


@cache  # examples are made whenever rules are loaded, and most of their blocks are alike
def block(head: str, *bodies: str, header: str = "") -> str:
    """A block of these paragraphs; `header` is a comment behind its first line."""
    inner = "\n\n".join(_indented(body) for body in bodies if body.strip())
    return f"{head} {{{' ' + header if header else ''}\n{inner}\n}}\n"


def _indented(body: str) -> str:
    lines = (dedent(body) if body.lstrip("\n").startswith(" ") else body).split("\n")
    return "\n".join(f"  {line}" if line and not line.isspace() else "" for line in lines).strip("\n")


def dynamic_attributes(keys: str = "var.keys") -> str:
    """A dynamic block that declares these attributes, a set of names, as strings."""
    return "\n" + block(
        'dynamic "attribute"',
        f"for_each = {keys}",
        block("content", 'name = attribute.value\ntype = "S"'),
    )


def gsi(name: str, hash_key: str, range_key: str | None = None) -> str:
    """A global_secondary_index block; name and keys are expressions, with comments perhaps."""
    keys = f"hash_key        = {hash_key}" + (f"\nrange_key       = {range_key}" if range_key else "")
    return block("global_secondary_index", f'name            = {name}\n{keys}\nprojection_type = "ALL"')


def lsi(name: str, range_key: str) -> str:
    """A local_secondary_index block."""
    lines = f'name            = {name}\nrange_key       = {range_key}\nprojection_type = "ALL"'
    return block("local_secondary_index", lines)


def separate_index(*keys: str) -> str:
    """An aws_dynamodb_global_secondary_index of the table of `table()` with these `key_schema` blocks."""
    arguments = 'table_name = aws_dynamodb_table.orders.name\nindex_name = "by-key"'
    projection = block("projection", 'projection_type = "ALL"')
    schemas = (block("key_schema", f'{key}\nkey_type       = "HASH"') for key in keys)
    return "\n" + block('resource "aws_dynamodb_global_secondary_index" "by_key"', arguments, projection, *schemas)


def variable(name: str, type_: str = "string", default: str | None = None) -> str:
    """A variable; without a default it has no value in an example."""
    line = f"type = {type_}" if default is None else f"type    = {type_}\ndefault = {default}"
    return block(f'variable "{name}"', line) + "\n"


def default_tags(*tags: str) -> str:
    """A provider block with these default tags."""
    return block('provider "aws"', 'region = "eu-west-1"', block("default_tags", block("tags =", *tags))) + "\n"


def allow(actions: str, resources: str, *more: str) -> str:
    """A statement that allows these actions of DynamoDB (`GetItem Query`) on resources, an expression."""
    listed = ", ".join(f'"dynamodb:{action}"' for action in actions.split())
    return "\n\n".join((f"actions   = [{listed}]\nresources = {resources}", *more))


def policy(*statements: str, name: str = "orders") -> str:
    """A data source aws_iam_policy_document of these statements."""
    return block(f'data "aws_iam_policy_document" "{name}"', *(block("statement", s) for s in statements))
