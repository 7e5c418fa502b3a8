"""Pieces of examples for the rules on buckets."""

from __future__ import annotations

from ddbaudit_rules._support.examples import block

_SETTINGS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")


def bucket(body: str = "", *, name: str = '"orders-audit"', header: str = "", label: str = "audit") -> str:
    """An aws_s3_bucket; `name` is an expression, `header` a comment behind the first line."""
    return block(f'resource "aws_s3_bucket" "{label}"', f"bucket = {name}", body, header=header)


def of_bucket(type_: str, body: str, *, header: str = "", name: str = "aws_s3_bucket.audit.id", more: str = "") -> str:
    """A resource that belongs to the bucket of `bucket()`; `type_` is what follows `aws_s3_bucket_`."""
    head = f'resource "aws_s3_bucket_{type_}" "audit"'
    return "\n" + block(head, f"{more}\nbucket = {name}" if more else f"bucket = {name}", body, header=header)


def public_access_block(header: str = "", name: str = "aws_s3_bucket.audit.id", **settings: str | None) -> str:
    """A block with all four settings true, but for those given; None leaves one out."""
    chosen = {**dict.fromkeys(_SETTINGS, "true"), **settings}
    lines = (f"{key:<23} = {value}" for key, value in chosen.items() if value is not None)
    return of_bucket("public_access_block", "\n".join(lines), header=header, name=name)


def versioned(status: str = '"Enabled"') -> str:
    return of_bucket("versioning", block("versioning_configuration", f"status = {status}"))


def encrypted(algorithm: str = '"aws:kms"') -> str:
    rule = block("rule", block("apply_server_side_encryption_by_default", f"sse_algorithm = {algorithm}"))
    return of_bucket("server_side_encryption_configuration", rule)


def tls_only(actions: str = '["s3:*"]', value: str = "false", header: str = "") -> str:
    """A policy that denies requests without TLS."""
    arn = "aws_s3_bucket.audit.arn"
    principals = block("principals", 'type        = "*"\nidentifiers = ["*"]')
    condition = block("condition", f'test     = "Bool"\nvariable = "aws:SecureTransport"\nvalues   = ["{value}"]')
    resources = f'["${{{arn}}}", "${{{arn}}}/*"]'
    lines = f'effect    = "Deny"\nactions   = {actions}\nresources = {resources}'
    document = block('data "aws_iam_policy_document" "audit"', block("statement", lines, principals, condition))
    policy = f"policy = data.aws_iam_policy_document.audit.json{' ' + header if header else ''}"
    return "\n" + document + of_bucket("policy", policy)


def tiers(*classes: str, status: str = '"Enabled"', filter_: str = "filter {}", header: str = "") -> str:
    """A lifecycle rule that moves objects to these storage classes, 90 days apart; they are expressions."""
    moves = (
        block("transition", f"days          = {90 * number}\nstorage_class = {name}")
        for number, name in enumerate(classes, 1)
    )
    rule = block("rule", f'id     = "tiers"\nstatus = {status}', filter_, *moves)
    return of_bucket("lifecycle_configuration", rule, header=header)


def two_regions(other: str = '"eu-central-1"') -> str:
    """A provider of eu-west-1, and `aws.copy` of another region (an expression)."""
    first = block('provider "aws"', 'region = "eu-west-1"')
    return first + "\n" + block('provider "aws"', f'alias  = "copy"\nregion = {other}') + "\n"


def copied(status: str = '"Enabled"', destination: str = "aws_s3_bucket.copy.arn", provider: str = "aws.copy") -> str:
    """A second bucket and the replication to it; `status` and `destination` are expressions."""
    copy = block('resource "aws_s3_bucket" "copy"', f'provider = {provider}\nbucket   = "orders-copy"')
    rule = block("rule", f"status = {status}", block("destination", f"bucket = {destination}"))
    role = 'role   = "arn:aws:iam::123456789012:role/replication"'
    return "\n" + copy + of_bucket("replication_configuration", rule, more=role)
