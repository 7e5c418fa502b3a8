"""Whether the policy of a resource admits everybody, as problems of the rules that ask.

What AWS holds to be public: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-bpa-rbp.html
"""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.foundation.source import Span
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Unknown
from ddbaudit.model.attr import Attr
from ddbaudit.model.globs import wild_match
from ddbaudit.model.iam import Policy, Statement
from ddbaudit.model.reading import first_unknown
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit_rules._support.access import unseen
from ddbaudit_rules._support.restriction import is_indifferent, is_somebody, restricted, restricts

_FIX = "name the principals, or add a condition on aws:PrincipalOrgID, aws:PrincipalAccount or aws:PrincipalArn"


def admissions(policy: Policy, what: str) -> Iterator[Problem]:
    """FAIL for each statement by which everybody has access; UNKNOWN where that cannot be said. `what` names the
    policy, such as `the key policy of aws_kms_key.k`."""
    for number, statement in enumerate(policy.statements, 1):
        if statement.effect.text != "Deny":
            yield from _judge(policy, statement, what, number)
    yield from unseen(policy, "admits everybody")


def _judge(policy: Policy, statement: Statement, what: str, number: int) -> Iterator[Problem]:
    secret = policy.value.sensitive
    label = f"statement {number}" if secret or not statement.sid else statement.label
    detail = f"{policy.address}:{number if secret else statement.sid or number}"
    everybody, at, because = _everybody(statement)
    allows = Verdict.UNKNOWN if statement.effect.is_unknown else Verdict.PASS
    verdict = everybody & allows & ~restricted(statement)
    denial = next((s for s in policy.statements if _may_close(s, statement)), None)
    if verdict is Verdict.FAIL:
        return
    if verdict is Verdict.PASS and denial is None:
        conditions = ", and its conditions do not say who" if statement.conditions else ""
        message = f"{label} of {what} admits every principal of every account{conditions}"
        yield fail(message, at, label="everybody", help=_FIX, detail=detail)
        return
    because = first_unknown(because, statement.effect.unknown, statement.conditions_unknown, _doubt(statement))
    message = f"whether {label} of {what} admits every principal of every account is not known"
    if because is None:
        message += f": {_unclear(statement, denial, secret)}"
    yield unknown(message, at, because=because, label="may be everybody", detail=detail)


def _everybody(statement: Statement) -> tuple[Verdict, Attr | Span, Unknown | None]:
    """Whether the principals are everybody, the place that says so, and why it is not known."""
    doubt: tuple[Attr | Span, Unknown | None] | None = None
    if statement.principals_unknown is not None:
        doubt = (statement.span, statement.principals_unknown)
    for principal in statement.principals:
        if principal.kind not in ("*", "AWS"):
            continue
        for item in principal.identifiers.items:
            if item.text == "*":
                return Verdict.PASS, item, None
            if item.is_unknown and not any(is_somebody(p) or (isinstance(p, str) and p.strip("*")) for p in item.parts):
                doubt = doubt or (item, item.unknown)
        if principal.identifiers.unknown is not None:
            doubt = doubt or (principal.identifiers.span, principal.identifiers.unknown)
    return (Verdict.UNKNOWN, *doubt) if doubt is not None else (Verdict.FAIL, statement.span, None)


def _doubt(statement: Statement) -> Unknown | None:
    """Why it is not known whether a condition restricts, when a value of it is not known."""
    unclear = (c for c in statement.conditions if restricts(c) is Verdict.UNKNOWN)
    return first_unknown(*(value.unknown for condition in unclear for value in condition.values))


def _unclear(statement: Statement, denial: Statement | None, secret: bool) -> str:
    if denial is not None:
        return "another statement may deny what it allows"
    condition = next(c for c in statement.conditions if restricts(c) is Verdict.UNKNOWN)
    shown = "a condition" if secret else f"its condition {condition.operator} on {condition.key}"
    return f"whom {shown} leaves out cannot be told"


def _may_close(denial: Statement, allowing: Statement) -> bool:
    """Whether a statement may deny everybody what another allows. One that only denies requests made in some way (such
    as without TLS), to some callers, or other actions does not."""
    if denial is allowing or denial.effect.text == "Allow":
        return False
    if _everybody(denial)[0] is Verdict.FAIL or restricted(denial) is Verdict.PASS:
        return False
    return not any(is_indifferent(c) for c in denial.conditions) and _may_cover(denial, allowing)


def _may_cover(denial: Statement, allowing: Statement) -> bool:
    """Whether every action that is allowed may be among those denied."""
    patterns = [item.text for item in denial.actions.items]
    if None in patterns or denial.actions.unknown is not None or denial.not_actions.present:
        return True
    allowed = [item.text for item in allowing.actions.items]
    return all(a is None or any(wild_match(str(p).lower(), a.lower()) for p in patterns) for a in allowed)
