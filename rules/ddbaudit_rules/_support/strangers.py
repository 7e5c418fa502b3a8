"""Problems with trust policies that let strangers in."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.model.iam import Policy
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.trust import Opening, assumes, openings
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit_rules._support.access import unseen

_HELP: Final = {
    "everybody": "name the services or roles that assume it, or add a condition such as aws:PrincipalOrgID",
    "account": "name the roles that assume it, or add a condition such as sts:ExternalId",
    "provider": "add a condition on the subject of the token (the key that ends in :sub)",
}
_LABEL: Final = {"everybody": "everybody", "account": "a whole account", "provider": "any token"}


def strangers(policy: Policy, accounts: Collection[str]) -> Iterator[Problem]:
    """A problem for each opening of a trust policy that no condition narrows. `accounts` are the own ones."""
    denies = any(statement.effect.text == "Deny" for statement in policy.statements)
    for statement in policy.statements:
        weight = assumes(statement) if statement.effect.text != "Deny" else Verdict.FAIL
        if statement.effect.is_unknown:
            weight &= Verdict.UNKNOWN
        if weight is Verdict.FAIL:
            continue
        if statement.principals_unknown is not None:
            message = f"whether strangers may assume {_role(policy)} is not known"
            yield unknown(message, statement.span, because=statement.principals_unknown, detail=statement.label)
        for opening in openings(statement):
            verdict = weight & _is_stranger(opening, accounts) & ~opening.narrowed
            if verdict is not Verdict.FAIL:
                yield _problem(policy, opening, verdict & Verdict.UNKNOWN if denies else verdict, denies)
    yield from unseen(policy, "lets strangers assume the role")


def _role(policy: Policy) -> str:
    name = policy.name.public
    return f'role "{name}"' if name else f"role {policy.instance.address}"


def _is_stranger(opening: Opening, accounts: Collection[str]) -> Verdict:
    """Whether it is somebody else's account; only the own ones say, when they are known."""
    if opening.whom == "unknown":
        return Verdict.UNKNOWN
    if opening.whom != "account":
        return Verdict.PASS
    if opening.name in accounts:
        return Verdict.FAIL
    return Verdict.PASS if accounts else Verdict.UNKNOWN


def _problem(policy: Policy, opening: Opening, verdict: Verdict, denies: bool) -> Problem:
    who, detail = _who(opening), f"{opening.whom} {opening.name}"
    if verdict is Verdict.PASS:
        label, help_ = _LABEL[opening.whom], _HELP[opening.whom]
        return fail(
            f"{_role(policy)} may be assumed by {who}", opening.at, label=label, help=help_, detail=opening.whom
        )
    because = first_unknown(opening.at.unknown, opening.statement.conditions_unknown, opening.statement.effect.unknown)
    message = f"whether strangers may assume {_role(policy)}, which trusts {who}, is not known"
    if because is None:
        message += _reason(opening, denies)
    return unknown(message, opening.at, because=because, label="may be strangers", detail=detail)


def _reason(opening: Opening, denies: bool) -> str:
    if opening.whom == "account" and opening.narrowed is Verdict.FAIL and not denies:
        return f": {opening.name} may be an account of one's own (the rule's parameter lists these)"
    return ": it depends on what other statements deny" if denies else ": it depends on the conditions"


def _who(opening: Opening) -> str:
    match opening.whom:
        case "everybody":
            return "every AWS account"
        case "account":
            return f"all of account {opening.name}, without a condition on who that is"
        case "provider":
            return f"whoever has a token of {opening.name or opening.at.shown}"
    return opening.at.shown
