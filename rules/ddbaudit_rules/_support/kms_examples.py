"""Pieces of examples about encryption: server_side_encryption blocks, keys, and policies with principals."""

from __future__ import annotations

from ddbaudit_rules._support.examples import block, table

KEY = block('resource "aws_kms_key" "orders"', "enable_key_rotation = true") + "\n"


def encrypted(key: str | None = None, *, enabled: str = "true", header: str = "", **more: str) -> str:
    """A table whose `server_side_encryption` block names a key, an expression."""
    lines = f"enabled = {enabled}" if key is None else f"enabled     = {enabled}\nkms_key_arn = {key}"
    return table(block("server_side_encryption", lines, header=header), **more)


def key(*lines: str, header: str = "", kind: str = "aws_kms_key") -> str:
    """A resource "orders" of a type of key with these arguments."""
    return block(f'resource "{kind}" "orders"', "\n".join(lines), header=header) + "\n"


def admit(principal: str, action: str, *conditions: tuple[str, str, str], mark: str = "", effect: str = "Allow") -> str:
    """A statement for a principal (`AWS *`), with conditions of (operator, key, values); `mark` is a comment behind the
    principal."""
    type_, _, identifier = principal.partition(" ")
    return block(
        "statement",
        f'effect    = "{effect}"\nactions   = ["{action}"]\nresources = ["*"]',
        block("principals", f'type        = "{type_}"\nidentifiers = ["{identifier}"] {mark}'.rstrip()),
        *(
            block("condition", f'test     = "{test}"\nvariable = "{variable}"\nvalues   = {values}')
            for test, variable, values in conditions
        ),
    )


def document(*statements: str) -> str:
    """A data source "orders" of these statements."""
    return block('data "aws_iam_policy_document" "orders"', *statements) + "\n"
