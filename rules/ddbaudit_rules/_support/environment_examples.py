"""Pieces of examples for the rule on environment variables."""

from __future__ import annotations

from textwrap import indent

from ddbaudit_rules._support.examples import block


def function(*variables: str) -> str:
    """An aws_lambda_function with these environment variables (`NAME = expression`)."""
    lines = (
        'function_name = "orders"\nrole          = "arn:aws:iam::123456789012:role/orders"\n'
        'runtime       = "nodejs20.x"\nhandler       = "index.handler"\nfilename      = "orders.zip"'
    )
    return block(
        'resource "aws_lambda_function" "orders"',
        lines,
        block("environment", block("variables =", "\n".join(variables))),
    )


def task(*lines: str, header: str = "") -> str:
    """An aws_ecs_task_definition of one container with these further arguments; `header` is a comment behind the first
    line of the container definitions."""
    container = indent("\n".join(('name  = "orders"', 'image = "orders:1"', *lines)), "    ")
    comment = f" {header}" if header else ""
    definitions = f"container_definitions = jsonencode([{comment}\n  {{\n{container}\n  }}\n])"
    return block('resource "aws_ecs_task_definition" "orders"', 'family = "orders"', definitions)
