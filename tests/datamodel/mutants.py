"""Deviations of the reference estate from its data models: what is changed, which rule must see it, and where.

`old` occurs in the file behind `inside`. `at` is in a line that a reader is sent to: that of the primary place, or one
of the way there; of a table that is missing, it is in the model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
TERRAFORM = REPOSITORY / "terraform"

SB = "modules/dynamodb-site-builder"
AM = "modules/dynamodb-access-management"
JP = "modules/dynamodb-jobwork-planner"
ML = "modules/mind-links"
TABLE = "modules/dynamodb-table"


@dataclass(frozen=True)
class Mutant:
    name: str
    system: str
    file: str
    inside: str
    old: str
    new: str
    rule: str
    at: str
    environment: str = "dev"
    told: str = ""
    """A part of the message."""


_ENTITIES = {
    "tenants": ("email-index",),
    "users": ("tenant-index", "email-index"),
    "sites": ("tenant-index",),
    "generations": ("tenant-index", "site-index"),
    "templates": ("tenant-index",),
    "partners": ("domain-index",),
}


def _index_block(entity: str, index: str) -> str:
    """The text of an index of the site builder's tables.tf."""
    text = (TERRAFORM / SB / "tables.tf").read_text()
    begin = text.index(f"    {entity} = {{")
    found = re.compile(rf"        {index} = \{{\n.*?\n        \}}\n", re.DOTALL).search(text, begin)
    assert found is not None
    return found[0]


def _site_builder() -> Iterator[Mutant]:
    file, system = f"{SB}/tables.tf", "site-builder"
    for entity, indexes in _ENTITIES.items():
        inside = f"    {entity} = {{"
        told = f'table "bbws-{entity}-dev"'
        yield Mutant(f"{entity}-key-type", system, file, inside, '= "S"', '= "N"', "MOD803", '= "N"', told=told)
        yield Mutant(
            f"{entity}-range-key",
            system,
            file,
            inside,
            'range_key = "SK"',
            "range_key = null",
            "MOD803",
            "range_key = null",
            told=told,
        )
        for index in indexes:
            block = _index_block(entity, index)
            for what, old, new in (
                ("projection", '"ALL"', '"KEYS_ONLY"'),
                ("hash", re.findall(r"hash_key .*", block)[0], 'hash_key = "PK"'),
            ):
                changed = block.replace(old, new)
                yield Mutant(
                    f"{entity}-{index}-{what}", system, file, inside, block, changed, "MOD804", new, told=index
                )
            yield Mutant(
                f"{entity}-{index}-gone",
                system,
                file,
                inside,
                block,
                "",
                "MOD804",
                'resource "aws_dynamodb_table" "this"',
                told=f'no index "{index}"',
            )
            yield Mutant(
                f"{entity}-{index}-renamed",
                system,
                file,
                inside,
                block,
                block.replace(index, f"{index}-2"),
                "MOD804",
                "global_secondary_index",
                told=f'no GSI "{index}-2"',
            )
    yield Mutant(
        "missing-in-prod",
        system,
        f"{SB}/main.tf",
        "",
        "for_each = local.tables",
        'for_each = { for k, v in local.tables : k => v if var.environment != "prod" || k != "partners" }',
        "MOD801",
        "  partners:",
        "prod",
        'table "partners" of the data model "bbws-site-builder"',
    )
    yield Mutant(
        "another-table",
        system,
        f"{SB}/tables.tf",
        "",
        "  tables = {\n",
        '  tables = {\n    drafts = {\n      hash_key = "PK"\n      range_key = null\n      key_types = { PK = "S" }\n'
        "      global_secondary_indexes = {}\n    }\n",
        "MOD802",
        "local.table_names[each.key]",
        told="bbws-drafts-dev",
    )
    yield Mutant(
        "another-name",
        system,
        f"{SB}/main.tf",
        "",
        '"${var.name_prefix}-${entity}-${var.environment}"',
        '"${var.name_prefix}-${entity}s-${var.environment}"',
        "MOD801",
        "  tenants:",
        told='table "tenants"',
    )
    yield Mutant(
        "index-key-type",
        system,
        f"{SB}/tables.tf",
        "    generations = {",
        'createdAt = "S"',
        'createdAt = "N"',
        "MOD804",
        'createdAt = "N"',
        told='"createdAt", a key of GSI "tenant-index"',
    )


def _access_management() -> Iterator[Mutant]:
    file, system = f"{AM}/main.tf", "access-management"
    text = (TERRAFORM / file).read_text()
    header = 'resource "aws_dynamodb_table" "access_management"'
    for number in range(1, 6):
        block = re.search(
            rf"  global_secondary_index {{\n    name            = local.gsi_names.gsi{number}\n.*?\n  }}\n",
            text,
            re.DOTALL,
        )
        assert block is not None
        found = block[0]
        for what, old, new in (
            ("projection", '"ALL"', '"KEYS_ONLY"'),
            ("range", f'range_key       = "GSI{number}SK"', 'range_key = "SK"'),
            ("hash", f'hash_key        = "GSI{number}PK"', 'hash_key = "PK"'),
        ):
            changed = found.replace(old, new)
            yield Mutant(f"gsi{number}-{what}", system, file, "", found, changed, "MOD804", new, told=f"gsi{number}")
        yield Mutant(f"gsi{number}-gone", system, file, "", found, "", "MOD804", header, told=f'no index "gsi{number}"')
    for attribute in ("PK", "SK"):
        old = f'name = "{attribute}"\n    type = "S"'
        new = f'name = "{attribute}"\n    type = "B"'
        yield Mutant(f"{attribute}-type", system, file, "", old, new, "MOD803", 'type = "B"', told=f'"{attribute}"')
    old = 'name = "GSI4SK"\n    type = "S"'
    yield Mutant("gsi4-type", system, file, "", old, old.replace('"S"', '"N"'), "MOD804", 'type = "N"', told="gsi4")
    yield from _settings(system, file, header)
    yield Mutant(
        "no-table",
        system,
        file,
        "",
        "  name                        = local.table_name\n",
        '  name                        = "bbws-access-management"\n',
        "MOD801",
        "  access-management:",
        told='"access-management" of the data model',
    )


def _settings(system: str, file: str, header: str) -> Iterator[Mutant]:
    ttl = "    attribute_name = local.ttl_attribute_name\n    enabled        = true\n"
    off = ttl.replace("true", "false")
    yield Mutant("ttl-off", system, file, "", ttl, off, "MOD805", "enabled        = false", told="has no TTL")
    yield Mutant("ttl-gone", system, file, "", f"  ttl {{\n{ttl}  }}\n", "", "MOD805", header, told="has no TTL")
    new = 'ttl_attribute_name = "expiresAt"'
    yield Mutant(
        "ttl-attribute",
        system,
        f"{AM}/locals.tf",
        "",
        'ttl_attribute_name = "ttl"',
        new,
        "MOD805",
        new,
        told='"expiresAt"',
    )
    old = "  stream_enabled              = var.stream_enabled\n"
    new = "  stream_enabled              = false\n"
    yield Mutant("stream-off", system, file, "", old, new, "MOD806", "= false", told="has no stream")
    old = "  stream_view_type            = var.stream_enabled ? var.stream_view_type : null\n"
    new = '  stream_view_type            = "KEYS_ONLY"\n'
    yield Mutant("stream-view", system, file, "", old, new, "MOD806", '"KEYS_ONLY"', told="holds KEYS_ONLY")
    for environment in ("dev", "sit", "prod"):
        old = "  enable_pitr                   = var.pitr_enabled\n"
        new = f'{old}  stream_view_type              = "NEW_IMAGE"\n'
        main = f"environments/access-management/{environment}/main.tf"
        yield Mutant(
            f"stream-view-{environment}", system, main, "", old, new, "MOD806", '"NEW_IMAGE"', environment, "NEW_IMAGE"
        )


def _jobwork_planner() -> Iterator[Mutant]:
    file, system = f"{JP}/tables.tf", "jobwork-planner"
    users = "    users = {"
    old, new = 'range_key = "user_id"   # UUID', 'range_key = "tenant_id"'
    yield Mutant("users-range", system, file, users, old, new, "MOD803", new, told="range key")
    old, new = 'range_key = "user_id"   # UUID', "range_key = null"
    yield Mutant("users-no-range", system, file, users, old, new, "MOD803", new, "sit", "range key")
    yield Mutant(
        "users-type", system, file, users, 'user_id   = "S"', 'user_id = "N"', "MOD803", '"N"', told='"user_id"'
    )
    old, new = "range_key = null", 'range_key = "code"'
    yield Mutant("tenant-range", system, file, "    tenant = {", old, new, "MOD803", new, told="range key")
    for environment in ("dev", "sit", "prod"):
        main = f"environments/jobwork-planner/{environment}/main.tf"
        old, new = (
            "  environment     = var.environment\n",
            '  environment     = var.environment\n  name_prefix = "jobwork"\n',
        )
        told = f"jobwork-tenant-{environment}"
        yield Mutant(f"prefix-{environment}", system, main, "", old, new, "MOD802", "jobwork", environment, told)


def _mind_links() -> Iterator[Mutant]:
    file, system = f"{ML}/catalogue.tf", "mind-links"
    for table in ("auth-sessions", "client-invitations", "website-events", "website-sessions"):
        text = (TERRAFORM / file).read_text()
        found = re.compile(r" +ttl_attribute_name = .*\n").search(text, text.index(f"    {table} = {{"))
        assert found is not None
        yield Mutant(
            f"{table}-ttl",
            system,
            file,
            f"    {table} = {{",
            found[0],
            "",
            "MOD805",
            "ttl_attribute_name",
            told="no TTL",
        )
    old = "      stream   = true\n"
    yield Mutant("contracts-stream", system, file, "", old, "", "MOD806", "stream", told="has no stream")
    old, new = 'hash_key = "userId", range_key = "read"', 'hash_key = "read", range_key = "userId"'
    yield Mutant("read-index", system, file, "", old, new, "MOD804", "read-index", told="hash key")
    old, new = 'hash_key = "type", range_key = "timestamp"', 'hash_key = "timestamp"'
    yield Mutant("timestamp-index", system, file, "", old, new, "MOD804", "timestamp-index", told="hash key")
    old, new = 'read = "N" # 0 or 1', 'read = "S" # 0 or 1'
    yield Mutant("read-type", system, file, "", old, new, "MOD804", 'read = "S"', told='"read"')
    old = '    user-profiles = {\n      service  = "user-service"\n      hash_key = "userId"\n    }\n'
    yield Mutant(
        "profiles-gone", system, file, "", old, "", "MOD801", "  user-profiles:", "prod", 'table "user-profiles"'
    )
    new = '    user-avatars = {\n      service  = "user-service"\n      hash_key = "id"\n    }\n\n    auth-users = {'
    yield Mutant("avatars", system, file, "", "    auth-users = {", new, "MOD802", "each.key", told="dev-user-avatars")


def _access() -> Iterator[Mutant]:
    """What roles and policies may do, against the patterns and the owners of the models."""
    iam = "modules/access-management-iam/services.tf"
    header = 'resource "aws_iam_role" "service"'
    for service, old, new, told in (
        ("permission", '["gsi1", "gsi2"]', '["gsi1"]', '"List active permission sets across all orgs"'),
        ("invitation", '["gsi1", "gsi2"]', '["gsi2"]', '"List pending invitations by org sorted by expiry"'),
        ("team", '["gsi1", "gsi2", "gsi3"]', '["gsi1", "gsi2"]', '"Get all team memberships for a user"'),
        ("role", '["gsi1"]', '["gsi2"]', '"List users assigned to a specific role"'),
        ("authorizer", '["gsi3"]', '["gsi4"]', '"Get user\'s teams filtered by org"'),
        ("audit", '["gsi4", "gsi5"]', '["gsi4"]', '"Query audit events by event type for an org"'),
    ):
        inside = f"    {service} = {{"
        yield Mutant(f"am-{service}-index", "access-management", iam, inside, old, new, "IAM510", header, told=told)
    old, new = '["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"]', '["dynamodb:BatchGetItem"]'
    yield Mutant("am-no-get", "access-management", iam, "", old, new, "IAM510", header, told='"Get a permission"')
    policy = 'resource "aws_iam_policy" "lambda_access"'
    file = f"{SB}/iam.tf"
    for action in ("GetItem", "PutItem", "UpdateItem", "DeleteItem"):
        old = f'      "dynamodb:{action}",\n'
        yield Mutant(f"sb-no-{action}", "site-builder", file, "", old, "", "IAM510", policy, told=f"may not {action}")
    old = "    resources = local.all_index_arns\n"
    new = "    resources = local.table_arns\n"
    yield Mutant("sb-no-index", "site-builder", file, "", old, new, "IAM510", policy, told='"Get a partner by domain"')
    old, new = '"dynamodb:DeleteItem",\n', '"dynamodb:DeleteItem",\n      "dynamodb:Scan",\n'
    yield Mutant("sb-scan", "site-builder", file, "", old, new, "IAM511", "table_arns", told="may Scan")
    file, policy = f"{JP}/iam.tf", 'resource "aws_iam_policy" "application_access"'
    old, users = '      "dynamodb:Query",\n', 'sid    = "UserItems"'
    yield Mutant("jp-no-query", "jobwork-planner", file, users, old, "", "IAM510", policy, told="may not Query")
    new = f'{old}      "dynamodb:DeleteItem",\n'
    yield Mutant("jp-delete", "jobwork-planner", file, users, old, new, "IAM511", "users", told="may DeleteItem")
    file, old = f"{ML}/main.tf", "      if table.service == service\n"
    for name, owner in (("auth-users", "auth"), ("payment-escrow", "payment"), ("website-contacts", "lead")):
        new = old.replace("\n", f' || key == "{name}"\n')
        told = f'on table "dev-{name}" of {owner}-service'
        yield Mutant(f"ml-foreign-{name}", "mind-links", file, "", old, new, "IAM505", "arn", told=told)


def _all() -> Iterator[Mutant]:
    for system, found in (
        ("sb", _site_builder()),
        ("am", _access_management()),
        ("jp", _jobwork_planner()),
        ("ml", _mind_links()),
        ("access", _access()),
    ):
        for mutant in found:
            yield replace(mutant, name=f"{system}-{mutant.name}")


MUTANTS = {mutant.name: mutant for mutant in _all()}
