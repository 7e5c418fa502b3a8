"""Pieces of examples about IAM: roles, what runs as them, and what is attached."""

from __future__ import annotations

from ddbaudit_rules._support.examples import block


def role(trust: str = '"lambda.amazonaws.com"', *, name: str = "orders", header: str = "", more: str = "") -> str:
    """An aws_iam_role that services may assume; `trust` lists them, `more` goes to its end."""
    return (
        block(
            f'data "aws_iam_policy_document" "{name}_trust"',
            block(
                "statement",
                'actions = ["sts:AssumeRole"]',
                block("principals", f'type        = "Service"\nidentifiers = [{trust}]'),
            ),
        )
        + "\n"
        + block(
            f'resource "aws_iam_role" "{name}"',
            f'name               = "{name}"\nassume_role_policy = data.aws_iam_policy_document.{name}_trust.json',
            more,
            header=header,
        )
        + "\n"
    )


def role_policy(document: str = "orders", role: str = "orders", name: str = "orders") -> str:
    """An inline policy of a role, made of a policy document."""
    arguments = f'name   = "{name}"\nrole   = aws_iam_role.{role}.id'
    arguments += f"\npolicy = data.aws_iam_policy_document.{document}.json"
    return block(f'resource "aws_iam_role_policy" "{name}"', arguments) + "\n"


def attached(policy_arn: str, role: str = "orders", name: str = "attached") -> str:
    """The attachment of a managed policy, an expression, to a role."""
    return (
        block(
            f'resource "aws_iam_role_policy_attachment" "{name}"',
            f"role       = aws_iam_role.{role}.name\npolicy_arn = {policy_arn}",
        )
        + "\n"
    )


def function(role: str = "aws_iam_role.orders.arn", *, name: str = "orders") -> str:
    """A Lambda function that runs as a role, an expression."""
    arguments = f'function_name = "{name}"\nrole          = {role}\nfilename      = "handler.zip"\n'
    arguments += 'runtime       = "python3.13"\nhandler       = "handler.main"'
    return block(f'resource "aws_lambda_function" "{name}"', arguments) + "\n"


def mapping(source: str, function: str = "aws_lambda_function.orders.arn") -> str:
    """An event source mapping; `source` is an expression, with a comment perhaps."""
    arguments = f'event_source_arn  = {source}\nfunction_name     = {function}\nstarting_position = "LATEST"'
    return block('resource "aws_lambda_event_source_mapping" "orders"', arguments) + "\n"


def managed(name: str = "orders", document: str = "orders", *, header: str = "") -> str:
    """An aws_iam_policy made of a policy document."""
    arguments = f'name   = "{name}"\npolicy = data.aws_iam_policy_document.{document}.json'
    return block(f'resource "aws_iam_policy" "{name}"', arguments, header=header)


def trust(
    who: str,
    *conditions: tuple[str, str, str],
    kind: str = "AWS",
    action: str = "sts:AssumeRole",
    comment: str = "",
    more: str = "",
) -> str:
    """A role "orders" that a principal, an expression, may assume under conditions (operator, key, value); `comment`
    stands behind the principal, `more` are further statements."""
    principals = block("principals", f'type        = "{kind}"\nidentifiers = [{who}]{" " + comment if comment else ""}')
    tests = (
        block("condition", f'test     = "{test}"\nvariable = "{key}"\nvalues   = ["{value}"]')
        for test, key, value in conditions
    )
    statement = block("statement", f'actions = ["{action}"]', principals, *tests)
    document = block('data "aws_iam_policy_document" "trust"', statement, more)
    arguments = 'name               = "orders"\nassume_role_policy = data.aws_iam_policy_document.trust.json'
    return document + "\n" + block('resource "aws_iam_role" "orders"', arguments)
