"""Whom a role's trust policy lets assume the role, and what narrows that.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html and, for shared identity providers,
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Final, Literal

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Known, Symbol
from ddbaudit.model.actions import names_action
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.iam import Condition, Principal, Statement

ASSUME: Final = ("sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML")
SHARED_PROVIDERS: Final = (
    "token.actions.githubusercontent.com",
    "gitlab.com",
    "app.terraform.io",
    "agent.buildkite.com",
)
"""Identity providers that serve everybody: their tokens are told apart by the subject only."""

_WHEREABOUTS = "data.aws_caller_identity."
_OIDC_TYPE = "aws_iam_openid_connect_provider."
_ACCOUNT = re.compile(r"(?:arn:[\w-]*:iam::)?(\d{12})(?::root)?")
_PROVIDER = re.compile(r"(?:arn:[\w-]*:iam::\d*:oidc-provider/)(.+)")
_WEB = frozenset({"accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com"})
_ANYTHING = re.compile(r"(?:(?:repo|project_path|organization):)?[*?/:]*")

# Condition keys that say who asks, and those that say how: the latter keep nobody out.
_WHO = ("aws:principal", "aws:source", "aws:userid", "aws:username", "aws:federatedprovider", "sts:externalid")
_HOW = (
    "aws:currenttime",
    "aws:epochtime",
    "aws:multifactorauth",
    "aws:principaltype",
    "aws:requestedregion",
    "aws:requesttag/",
    "aws:securetransport",
    "aws:sourceidentity",
    "aws:tagkeys",
    "aws:tokenissuetime",
    "aws:useragent",
    "sts:durationseconds",
    "sts:rolesessionname",
    "sts:sourceidentity",
    "sts:transitivetagkeys",
)
_TOKEN = (":sub", ":aud", ":amr", ":azp", ":oaud", ":id", ":job_workflow_ref", ":repository", ":repository_owner")

Whom = Literal["everybody", "account", "provider", "unknown"]


@dataclass(frozen=True, slots=True)
class Opening:
    """Somebody whom a statement lets in by more than one name: everybody, an account as a whole, or whoever has a token
    of an identity provider (`name` says which). `narrowed` tells whether a condition keeps strangers out."""

    whom: Whom
    name: str
    at: Attr
    statement: Statement
    narrowed: Verdict


def assumes(statement: Statement) -> Verdict:
    """Whether a statement speaks of assuming the role."""
    return _any(names_action(statement, action) for action in ASSUME)


def openings(statement: Statement) -> Iterator[Opening]:
    """The openings of a statement; single roles, users and services are none."""
    for principal in statement.principals:
        for item in _identifiers(principal):
            found = _opening(principal.kind, item)
            if found is not None:
                whom, name = found
                narrowed = _narrowed(statement, name if principal.kind == "Federated" else None)
                yield Opening(whom, name, item, statement, narrowed)


def _identifiers(principal: Principal) -> Iterator[Attr]:
    yield from principal.identifiers.items
    if principal.identifiers.unknown is not None:
        yield Attr(principal.identifiers.unknown, principal.identifiers.span)


def _opening(kind: str, item: Attr) -> tuple[Whom, str] | None:
    if kind == "Federated":
        return _federated(item)
    if kind not in ("AWS", "*"):
        return None
    if item.text is not None:
        account = _ACCOUNT.fullmatch(item.text)
        return ("everybody", "*") if item.text == "*" else ("account", account[1]) if account is not None else None
    parts = item.parts
    if any(isinstance(part, Symbol) and part.address.partition("[")[0].find(_WHEREABOUTS) >= 0 for part in parts):
        return None
    last, first = (parts[-1], parts[0]) if parts else ("", "")
    if isinstance(last, str):
        return ("unknown", item.shown) if last.endswith(":root") else None
    # The ARN of a role or user that this configuration makes, or that is looked up, is one principal.
    if isinstance(first, Symbol) and first.attribute in ("arn", "id", "unique_id"):
        return None
    return ("unknown", item.shown) if len(parts) == 1 or not _names_one(parts) else None


def _names_one(parts: tuple[object, ...]) -> bool:
    """Whether the written parts say that it is a role or a user."""
    return any(isinstance(part, str) and re.search(r":(?:role|user|assumed-role)/", part) for part in parts)


def _federated(item: Attr) -> tuple[Whom, str] | None:
    if item.text is not None:
        provider = _PROVIDER.fullmatch(item.text)
        if provider is not None:
            return "provider", provider[1]
        return ("provider", item.text) if item.text in _WEB else None
    first = item.parts[0] if item.parts else None
    if isinstance(first, Symbol):
        return ("provider", "") if _OIDC_TYPE in first.address else None
    last = item.parts[-1] if item.parts else None
    if isinstance(last, str) and ":oidc-provider/" in last:
        return "provider", last.rpartition(":oidc-provider/")[2]
    return "unknown", item.shown


# -- conditions ----------------------------------------------------------------------------------------------------


def _narrowed(statement: Statement, provider: str | None = None) -> Verdict:
    """Whether conditions keep strangers out. Tokens of a provider that serves everybody need one on the subject."""
    verdict = Verdict.FAIL if statement.conditions_unknown is None else Verdict.UNKNOWN
    for condition in statement.conditions:
        verdict |= _says_who(condition, provider)
    return verdict


def _says_who(condition: Condition, provider: str | None) -> Verdict:
    key = condition.key.lower()
    named = _key_says_who(key, provider)
    return named if named is Verdict.FAIL else named & _picks(condition)


def _key_says_who(key: str, provider: str | None) -> Verdict:
    if key.startswith(_HOW):
        return Verdict.FAIL
    if provider is not None:
        shared = provider if provider in SHARED_PROVIDERS else key.rpartition(":")[0]
        if shared in SHARED_PROVIDERS and key.rpartition(":")[2] in ("aud", "amr", "azp"):
            return Verdict.FAIL
        return Verdict.PASS if key.endswith(_TOKEN) or key.startswith(_WHO) else Verdict.UNKNOWN
    return Verdict.PASS if key.startswith(_WHO) else Verdict.UNKNOWN


def _picks(condition: Condition) -> Verdict:
    """Whether a condition lets some values in and keeps the others out."""
    operator = condition.operator.lower()
    if "not" in operator or operator == "null":
        return Verdict.FAIL
    if operator.startswith("forallvalues:") or operator.endswith("ifexists"):
        return Verdict.UNKNOWN
    like = operator.rpartition(":")[2] in ("stringlike", "arnlike", "arnequals")
    return reduce(and_, (_is_narrow(value, like) for value in condition.values), Verdict.PASS)


def _is_narrow(value: Attr, like: bool) -> Verdict:
    text = value.text
    if text is None:
        plain = any(isinstance(part, str) and part.strip("*?:/") for part in value.parts)
        return Verdict.PASS if plain or not like else Verdict.UNKNOWN
    if not like:
        return Verdict.PASS
    segments = text.split(":")
    any_account = text.startswith("arn:") and len(segments) > 4 and segments[4] in ("*", "")
    return Verdict.FAIL if any_account or _ANYTHING.fullmatch(text) else Verdict.PASS


def own_accounts(estate: Estate) -> frozenset[str]:
    """The accounts that a plan was made with."""
    plan = estate.evaluation.plan
    found: set[str] = set()
    for change in (*plan.changes, *plan.data) if plan is not None else ():
        if change.type == "aws_caller_identity" and isinstance(change.after, Known):
            account = change.after.mapping.get("account_id")
            if isinstance(account, Known) and isinstance(account.data, str):
                found.add(account.data)
    return frozenset(found)


def _any(verdicts: Iterator[Verdict]) -> Verdict:
    return reduce(or_, verdicts, Verdict.FAIL)
