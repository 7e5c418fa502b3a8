"""Who may do what: as the documents have it, transcribed by hand, and as the rendered policies have it.

A grant is `<service>:<action> <resource>`, the resource without partition, Region and account, followed by the keys of
the conditions that it stands under: `dynamodb:Query table/t if dynamodb:LeadingKeys`. An account is {account}.
"""

from __future__ import annotations

import fnmatch
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.estate.documents import MIND_LINKS, SITE_BUILDER

Grants = dict[str, set[str]]
"""By the name of a role, or of a managed policy that no role has yet."""

READ = ("GetItem", "BatchGetItem", "Query")
WRITE = ("PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem")
KEY_USE = ("Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo")
ACCOUNT = re.compile(r"\b[0-9]{12}\b")
ARN = re.compile(r"^arn:aws:[^:]+:[^:]*:[^:]*:(.*)$")


def to(service: str, actions: Iterable[str], *resources: str, under: str = "") -> set[str]:
    condition = f" if {under}" if under else ""
    return {f"{service}:{action} {resource}{condition}" for action in actions for resource in resources}


def needed(system: str, environment: str) -> Grants:
    """What the document of `system` has its functions and services do, and nothing else."""
    found: Grants = {
        "site-builder": site_builder,
        "access-management": access_management,
        "jobwork-planner": jobwork_planner,
        "mind-links": mind_links,
    }[system](environment)
    return found


def site_builder(environment: str) -> Grants:
    """Section iam.tf; without Scan and with the items of tables only (decisions of the module)."""
    tables = [f"table/{table.name.replace('{env}', environment)}" for table in SITE_BUILDER.tables]
    items = to("dynamodb", ("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query"), *tables)
    indexes = to("dynamodb", ("Query",), *(f"{table}/index/*" for table in tables))
    return {f"bbws-site-builder-lambda-dynamodb-policy-{environment}": items | indexes}


def jobwork_planner(environment: str) -> Grants:
    """No section; docs/decisions/0302 says what follows from the description of the tables."""
    tenant = to("dynamodb", ("GetItem", "PutItem"), f"table/jobwork-planner-tenant-{environment}")
    users = to("dynamodb", ("GetItem", "PutItem", "UpdateItem", "Query"), f"table/jobwork-planner-users-{environment}")
    return {f"jobwork-planner-application-dynamodb-policy-{environment}": tenant | users}


ACCESS_SERVICES = {
    "permission": (READ + WRITE, (1, 2)),
    "invitation": (READ + WRITE, (1, 2)),
    "team": (READ + WRITE, (1, 2, 3)),
    "role": (READ + WRITE, (1,)),
    "authorizer": (READ, (3,)),
    "audit": ((*READ, "PutItem"), (4, 5)),
}
"""By service: what it does to its own entities, and the indexes that serve its lookups (gsi.tf of the document)."""


def access_management(environment: str) -> Grants:
    """The shared policy (section 7, without Scan and without the two actions that IAM does not have), and the roles of
    the six services, each on its own entities. All but audit record events, which is a PutItem under the same key."""
    prefix = f"bbws-access-{environment}"
    name = f"{prefix}-ddb-access-management"
    table = f"table/{name}"
    shared = to("dynamodb", (*READ, *WRITE, "BatchWriteItem"), table) | to("dynamodb", ("Query",), f"{table}/index/*")
    found: Grants = {f"{prefix}-lambda-dynamodb-policy": shared}
    for service, (actions, indexes) in ACCESS_SERVICES.items():
        found[f"{prefix}-iam-{service}"] = (
            to("dynamodb", {*actions, "PutItem"}, table, under="dynamodb:LeadingKeys")
            | to("dynamodb", ("Query",), *(f"{table}/index/{name}-gsi{n}" for n in indexes))
            | to("logs", ("CreateLogStream", "PutLogEvents"), f"log-group:/aws/lambda/{prefix}-lambda-{service}:*")
        )
    found[f"{prefix}-iam-audit"] |= (
        to("dynamodb", ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"), f"{table}/stream/*")
        | to("s3", ("PutObject",), f"{prefix}-s3-audit-{{account}}/*")
        | to("kms", ("Decrypt", "GenerateDataKey"), "key/module-s3_audit-module-bucket-aws_kms_key-this", under=VIA)
    )
    return found


VIA = "kms:ViaService"
BUCKETS = {"contract": "contract-pdfs", "kyc": "kyc-documents", "user": "user-avatars", "content": "website-media"}
"""The services that keep files, by the `s3Url` and `pdfUrl` attributes of their tables."""


def mind_links(environment: str) -> Grants:
    """Section "IAM Roles & Permissions": one role per service, on its own tables, bucket and parameters only; without
    Scan, PutObjectAcl and transaction actions that IAM does not have (decisions of the module)."""
    found: Grants = defaultdict(set)
    for table in MIND_LINKS.tables:
        service = table.tags["Service"]
        role = found[f"mindlinks-{service}-role-{environment}"]
        name = table.name.replace("{env}", environment)
        role |= to("dynamodb", (*READ, *WRITE, "BatchWriteItem"), f"table/{name}")
        role |= to("dynamodb", ("Query",), *(f"table/{name}/index/{index.name}" for index in table.indexes))
        role |= to("kms", KEY_USE, "key/module-mind_links-module-tables-aws_kms_key-dynamodb", under=VIA)
        role |= parameters(environment, table.name.replace("{env}-", "dynamodb/"))
    for service, bucket in BUCKETS.items():
        role = found[f"mindlinks-{service}-service-role-{environment}"]
        role |= to("s3", ("GetObject", "PutObject", "DeleteObject"), f"mindlinks-{bucket}-{environment}-{{account}}/*")
        role |= to("s3", ("ListBucket",), f"mindlinks-{bucket}-{environment}-{{account}}")
        role |= parameters(environment, f"s3/{bucket}")
    for service in {table.tags["Service"] for table in MIND_LINKS.tables}:
        found[f"mindlinks-{service}-role-{environment}"] |= parameters(environment, "redis/host")
    return dict(found)


def parameters(environment: str, *names: str) -> set[str]:
    return to("ssm", ("GetParameter", "GetParameters"), *(f"parameter/mindlinks/{environment}/{n}" for n in names))


# --- what the policies grant --------------------------------------------------


def granted(resources: Iterable[Mapping[str, Any]]) -> Grants:
    """What roles and unattached policies may do; a grant that the same identity is denied without condition is none."""
    found: Grants = {}
    for identity, statements in identities(resources).items():
        denied = {line for statement in statements if statement["Effect"] == "Deny" for line in lines(statement)}
        allowed = {line for statement in statements if statement["Effect"] == "Allow" for line in lines(statement)}
        found[identity] = {line for line in allowed if not any(fnmatch.fnmatchcase(line, d) for d in denied)}
    return found


def identities(resources: Iterable[Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The statements of every role's inline policies and of every managed policy, by name."""
    found: dict[str, list[dict[str, Any]]] = {}
    for resource in resources:
        values = resource["values"]
        if resource["type"] == "aws_iam_role_policy":
            found.setdefault(values["role"], []).extend(json.loads(values["policy"])["Statement"])
        elif resource["type"] == "aws_iam_policy":
            found.setdefault(values["name"], []).extend(json.loads(values["policy"])["Statement"])
    return found


def lines(statement: Mapping[str, Any]) -> Iterator[str]:
    keys = sorted({key for tests in statement.get("Condition", {}).values() for key in tests})
    condition = f" if {', '.join(keys)}" if keys else ""
    for action in listed(statement["Action"]):
        for resource in listed(statement["Resource"]):
            match = ARN.match(resource)
            shown = ACCOUNT.sub("{account}", match[1] if match else resource)
            yield f"{action} {shown}{condition}"


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
