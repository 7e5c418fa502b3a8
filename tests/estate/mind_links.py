"""The design document of Mind-Links as data, and its environments evaluated.

`SCHEMAS` is the document's "Database Schemas", transcribed by hand and with its mistakes; `DEPARTURES` is what was
decided otherwise. Nothing here is read from the Terraform, so that neither can follow the other unnoticed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from ddbaudit.app.audit import Settings, evaluate
from ddbaudit.model.build import build_estate
from ddbaudit.model.estate import Estate

REPOSITORY = Path(__file__).parents[2]
ENVIRONMENTS = ("dev", "staging", "prod")
Keys = tuple[str, ...]


@dataclass(frozen=True)
class Schema:
    """A table as the document describes it: `service` owns it, `indexes` are its GSIs with the key attributes that the
    document gives them (None where it gives a name only). Projections are ALL wherever there is one."""

    service: str
    key: str = "id"
    indexes: dict[str, Keys | None] = field(default_factory=dict)
    ttl: str | None = None


SCHEMAS = {
    "auth-users": Schema("auth", indexes={"email-index": ("email",)}),
    "auth-sessions": Schema("auth", ttl="expiresAt"),
    "user-profiles": Schema("user", key="userId"),
    "user-preferences": Schema("user", key="userId"),
    "client-companies": Schema("client", indexes={"userId-index": ("userId",)}),
    "client-invitations": Schema(
        "client", indexes={"token-index": ("token",), "clientId-index": ("clientId",)}, ttl="expiresAt"
    ),
    "contractor-profiles": Schema("contractor", indexes={"userId-index": ("userId",)}),
    "contractor-bank-details": Schema("contractor", indexes={"contractorId-index": ("contractorId",)}),
    "kyc-sessions": Schema("kyc", indexes={"contractorId-index": ("contractorId",), "status-index": ("status",)}),
    "kyc-documents": Schema("kyc", indexes={"contractorId-index": ("contractorId",)}),
    "contract-contracts": Schema(
        "contract",
        indexes={
            "clientId-index": ("clientId",),
            "contractorId-index": ("contractorId",),
            "status-index": ("status",),
        },
    ),
    "contract-templates": Schema("contract", indexes={"type-index": ("type",)}),
    "payment-transactions": Schema(
        "payment",
        indexes={
            "contractId-index": ("contractId",),
            "contractorId-index": ("contractorId",),
            "status-index": ("status",),
        },
    ),
    "payment-escrow": Schema("payment", key="contractId"),
    "notification-notifications": Schema(
        "notification", indexes={"userId-index": ("userId",), "read-index": ("read", "userId")}
    ),
    "notification-templates": Schema("notification", indexes={"type-index": ("type",)}),
    "website-blog-posts": Schema(
        "content", indexes={"slug-index": ("slug",), "status-index": ("status",), "category-index": ("category",)}
    ),
    "website-pages": Schema("content", indexes={"slug-index": None, "status-index": None}),
    "website-media": Schema("content", indexes={"type-index": None, "uploadedAt-index": None}),
    "website-contacts": Schema("lead", indexes={"email-index": None, "status-index": None, "createdAt-index": None}),
    "website-demo-requests": Schema(
        "lead", indexes={"email-index": None, "status-index": None, "preferredDate-index": None}
    ),
    "website-newsletter-subscriptions": Schema("lead", indexes={"email-index": None, "status-index": None}),
    "website-events": Schema(
        "analytics", indexes={"sessionId-index": None, "type-index": None, "timestamp-index": None}, ttl="expiresAt"
    ),
    "website-sessions": Schema("analytics", indexes={"userId-index": None, "startTime-index": None}, ttl="expiresAt"),
    "website-metrics": Schema("analytics", indexes={"date-index": None, "metric-index": ("metric", "date")}),
}

# (table, index) to its keys, and the page that says why.
DEPARTURES: dict[tuple[str, str], tuple[Keys, str]] = {
    ("notification-notifications", "read-index"): (("userId", "read"), "0201"),
    ("website-media", "uploadedAt-index"): (("type", "uploadedAt"), "0202"),
    ("website-contacts", "createdAt-index"): (("status", "createdAt"), "0202"),
    ("website-demo-requests", "preferredDate-index"): (("status", "preferredDate"), "0202"),
    ("website-events", "timestamp-index"): (("type", "timestamp"), "0202"),
    ("website-sessions", "startTime-index"): (("device", "startTime"), "0202"),
}
NUMBERS = {("notification-notifications", "read")}  # docs/decisions/0201; all other key attributes are strings


@cache
def estate(environment: str) -> Estate:
    (evaluation,) = evaluate(Settings(paths=(str(REPOSITORY / "terraform/environments/mind-links" / environment),)))
    assert evaluation.diagnostics == ()
    assert evaluation.environment == environment
    return build_estate(evaluation)
