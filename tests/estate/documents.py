"""What the design documents ask of DynamoDB, transcribed by hand: nothing here is read from the Terraform.

Where the estate departs from a document on purpose, the departure stands in a comment with the page that decides it.
`{env}` is the environment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PROTECTED = {"dev": False, "sit": True, "staging": True, "prod": True}


@dataclass(frozen=True)
class Index:
    """A global secondary index; its keys are strings and it projects ALL unless said otherwise."""

    name: str
    keys: tuple[str, ...]
    projection: str = "ALL"


@dataclass(frozen=True)
class Table:
    name: str
    keys: tuple[str, ...]
    indexes: tuple[Index, ...] = ()
    ttl: str | None = None
    stream: str | None = None
    pitr: bool = True
    types: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class System:
    """A document. Every table is on demand, and its keys are strings unless `types` says otherwise."""

    title: str
    environments: tuple[str, ...]
    regions: Mapping[str, str]
    tables: tuple[Table, ...]
    tags: Mapping[str, str]
    encryption: str = "AWS_MANAGED"
    replicas: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def region(self, environment: str) -> str:
        return self.regions.get(environment, self.regions[""])


def index(name: str, *keys: str) -> Index:
    return Index(name, keys)


SITE_BUILDER = System(
    title="Worker Instructions: DynamoDB Terraform Module (site builder)",
    environments=("dev", "sit", "prod"),
    regions={"": "af-south-1"},
    tables=(
        Table("bbws-tenants-{env}", ("PK", "SK"), (index("email-index", "email", "PK"),)),
        Table(
            "bbws-users-{env}",
            ("PK", "SK"),
            (index("tenant-index", "tenantId", "SK"), index("email-index", "email", "PK")),
        ),
        Table("bbws-sites-{env}", ("PK", "SK"), (index("tenant-index", "tenantId", "SK"),)),
        Table(
            "bbws-generations-{env}",
            ("PK", "SK"),
            (index("tenant-index", "tenantId", "createdAt"), index("site-index", "siteId", "createdAt")),
        ),
        Table("bbws-templates-{env}", ("PK", "SK"), (index("tenant-index", "tenantId", "SK"),)),
        Table("bbws-partners-{env}", ("PK", "SK"), (index("domain-index", "customDomain"),)),
    ),
    # The document has the tag Name and "proper tagging on all resources".
    tags={"Name": "{table}", "Environment": "{env}", "ManagedBy": "Terraform"},
)

_ACCESS_TABLE = "bbws-access-{env}-ddb-access-management"
ACCESS_MANAGEMENT = System(
    title="DynamoDB Tables Module (access management)",
    environments=("dev", "sit", "prod"),
    regions={"": "eu-west-1", "prod": "af-south-1"},
    tables=(
        Table(
            _ACCESS_TABLE,
            ("PK", "SK"),
            tuple(index(f"{_ACCESS_TABLE}-gsi{n}", f"GSI{n}PK", f"GSI{n}SK") for n in range(1, 6)),
            ttl="ttl",
            stream="NEW_AND_OLD_IMAGES",
        ),
    ),
    tags={
        "Project": "BBWS",
        "Component": "AccessManagement",
        "CostCenter": "BBWS-ACCESS",
        "Environment": "{env}",
        "ManagedBy": "Terraform",
        "Module": "dynamodb-access-management",
    },
    replicas={"prod": ("eu-west-1",)},
)

JOBWORK_PLANNER = System(
    title="Task 1 - DynamoDB Multi-Tenant Tables (JobWork Planner)",
    environments=("dev", "sit", "prod"),
    regions={"": "eu-west-1"},
    # docs/decisions/0300: the document has the bare names `tenant` and `users`.
    tables=(
        Table("jobwork-planner-tenant-{env}", ("tenant_id",)),
        Table("jobwork-planner-users-{env}", ("tenant_id", "user_id")),
    ),
    # The document has no tags; these are the ones that its module's README decides on.
    tags={"Project": "JobWorkPlanner", "Environment": "{env}", "ManagedBy": "Terraform", "Name": "{table}"},
)


def _mind_links(service: str, name: str, *keys: str, indexes: tuple[Index, ...] = (), **more: Any) -> Table:
    return Table("{env}-" + name, keys, indexes, tags={"Service": f"{service}-service"}, **more)


# Departures: `expiresAt` of auth-sessions is no key attribute (docs/decisions/0200); client-invitations has TTL, as its
# own section says and the summary does not (0204); every table has point-in-time recovery, not only those whose example
# has the block (0205).
MIND_LINKS = System(
    title="Mind-Links Database Schemas & Infrastructure Integration",
    environments=("dev", "staging", "prod"),
    regions={"": "us-east-1"},
    encryption="CUSTOMER_MANAGED",
    tables=(
        _mind_links("auth", "auth-users", "id", indexes=(index("email-index", "email"),)),
        _mind_links("auth", "auth-sessions", "id", ttl="expiresAt"),
        _mind_links("user", "user-profiles", "userId"),
        _mind_links("user", "user-preferences", "userId"),
        _mind_links("client", "client-companies", "id", indexes=(index("userId-index", "userId"),)),
        _mind_links(
            "client",
            "client-invitations",
            "id",
            indexes=(index("token-index", "token"), index("clientId-index", "clientId")),
            ttl="expiresAt",
        ),
        _mind_links("contractor", "contractor-profiles", "id", indexes=(index("userId-index", "userId"),)),
        _mind_links(
            "contractor", "contractor-bank-details", "id", indexes=(index("contractorId-index", "contractorId"),)
        ),
        _mind_links(
            "kyc",
            "kyc-sessions",
            "id",
            indexes=(index("contractorId-index", "contractorId"), index("status-index", "status")),
        ),
        _mind_links("kyc", "kyc-documents", "id", indexes=(index("contractorId-index", "contractorId"),)),
        _mind_links(
            "contract",
            "contract-contracts",
            "id",
            indexes=(
                index("clientId-index", "clientId"),
                index("contractorId-index", "contractorId"),
                index("status-index", "status"),
            ),
            stream="NEW_AND_OLD_IMAGES",
        ),
        _mind_links("contract", "contract-templates", "id", indexes=(index("type-index", "type"),)),
        _mind_links(
            "payment",
            "payment-transactions",
            "id",
            indexes=(
                index("contractId-index", "contractId"),
                index("contractorId-index", "contractorId"),
                index("status-index", "status"),
            ),
        ),
        _mind_links("payment", "payment-escrow", "contractId"),
        # 0201: the document keys read-index by `read`, a boolean, which no key can be, and `userId`.
        _mind_links(
            "notification",
            "notification-notifications",
            "id",
            indexes=(index("userId-index", "userId"), index("read-index", "userId", "read")),
            types={"read": "N"},
        ),
        _mind_links("notification", "notification-templates", "id", indexes=(index("type-index", "type"),)),
        # 0202, 0203: the website's part names most of its indexes without keys and projection.
        _mind_links(
            "content",
            "website-blog-posts",
            "id",
            indexes=(
                index("slug-index", "slug"),
                index("status-index", "status"),
                index("category-index", "category"),
            ),
        ),
        _mind_links(
            "content",
            "website-pages",
            "id",
            indexes=(index("slug-index", "slug"), index("status-index", "status")),
        ),
        _mind_links(
            "content",
            "website-media",
            "id",
            indexes=(index("type-index", "type"), index("uploadedAt-index", "type", "uploadedAt")),
        ),
        _mind_links(
            "lead",
            "website-contacts",
            "id",
            indexes=(
                index("email-index", "email"),
                index("status-index", "status"),
                index("createdAt-index", "status", "createdAt"),
            ),
        ),
        _mind_links(
            "lead",
            "website-demo-requests",
            "id",
            indexes=(
                index("email-index", "email"),
                index("status-index", "status"),
                index("preferredDate-index", "status", "preferredDate"),
            ),
        ),
        _mind_links(
            "lead",
            "website-newsletter-subscriptions",
            "id",
            indexes=(index("email-index", "email"), index("status-index", "status")),
        ),
        _mind_links(
            "analytics",
            "website-events",
            "id",
            indexes=(
                index("sessionId-index", "sessionId"),
                index("type-index", "type"),
                index("timestamp-index", "type", "timestamp"),
            ),
            ttl="expiresAt",
        ),
        _mind_links(
            "analytics",
            "website-sessions",
            "id",
            indexes=(index("userId-index", "userId"), index("startTime-index", "device", "startTime")),
            ttl="expiresAt",
        ),
        _mind_links(
            "analytics",
            "website-metrics",
            "id",
            indexes=(index("date-index", "date"), index("metric-index", "metric", "date")),
        ),
    ),
    tags={"Environment": "{env}", "ManagedBy": "Terraform"},
)

SYSTEMS: Mapping[str, System] = {
    "site-builder": SITE_BUILDER,
    "access-management": ACCESS_MANAGEMENT,
    "jobwork-planner": JOBWORK_PLANNER,
    "mind-links": MIND_LINKS,
}
