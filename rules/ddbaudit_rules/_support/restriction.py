"""Whether the conditions of a statement restrict who may use it, with three answers.

Sources: the condition keys that AWS trusts to restrict access,
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-bpa-rbp.html; for keys of KMS also
https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html; how operators compare,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import re
from typing import Final

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Part, Symbol
from ddbaudit.model.attr import Attr
from ddbaudit.model.iam import Condition, Statement

# A fixed value of one of these leaves certain principals, accounts, networks or resources, and no others.
_RESTRICTING: Final = re.compile(
    r"aws:(ec2instancesourcevpc|principal(account|arn|orgid|orgpaths|servicename|servicenameslist)"
    r"|source(account|arn|orgid|orgpaths|vpc|vpce)|userid)|kms:calleraccount"
)
# These say how, when, through what or on what a request is made: everybody can make it so.
_INDIFFERENT: Final = re.compile(
    r"aws:(securetransport|currenttime|epochtime|requestedregion|multifactorauth(present|age)|principaltype"
    r"|principaltag/.*|useragent|referer|tokenissuetime|calledvia(first|last)?|viaawsservice|requesttag/.*|tagkeys)"
    r"|kms:(viaservice|grantisforawsresource|encryptioncontext(:.*|keys)|encryptionalgorithm|grantoperations"
    r"|grantconstrainttype|keyspec|keyusage|keyorigin|requestalias)"
    r"|dynamodb:(leadingkeys|attributes|select|returnvalues|returnconsumedcapacity|enclosingoperation|fulltablescan)"
)
_EQUAL: Final = frozenset({"stringequals", "stringequalsignorecase"})
_LIKE: Final = frozenset({"stringlike", "arnlike", "arnequals"})
_NEGATED: Final = re.compile(r"(string|arn)not.*")
# What the provider makes up: the identity of one principal, account, network or resource.
_IDENTITY: Final = re.compile(r"(.*_)?(arn|id)")
_SOMEBODY: Final = "0"


def restricted(statement: Statement) -> Verdict:
    """Whether any condition leaves only certain callers. All conditions must be met, so one is enough; but which of
    them may hold more values than are known cannot be told."""
    if statement.conditions_unknown is not None:
        return Verdict.UNKNOWN
    verdict = Verdict.FAIL
    for condition in statement.conditions:
        verdict |= restricts(condition)
    return verdict


def restricts(condition: Condition) -> Verdict:
    key, operator = condition.key.lower(), condition.operator.lower().removeprefix("foranyvalue:")
    if _INDIFFERENT.fullmatch(key):
        return Verdict.FAIL
    if not _RESTRICTING.fullmatch(key):
        return Verdict.UNKNOWN
    if operator == "null" or (_NEGATED.fullmatch(operator) and not operator.endswith("ifexists")):
        return Verdict.FAIL
    if operator not in _EQUAL | _LIKE:
        return Verdict.UNKNOWN
    verdict = Verdict.PASS
    for value in condition.values:
        verdict &= _is_pinned(key, value) if operator in _LIKE else _is_fixed(value)
    return verdict


def is_indifferent(condition: Condition) -> bool:
    """Whether it certainly says nothing of who calls."""
    return _INDIFFERENT.fullmatch(condition.key.lower()) is not None


def is_somebody(part: Part) -> bool:
    """Whether a part is the identity of something, which is no wildcard and no variable."""
    return isinstance(part, Symbol) and _IDENTITY.fullmatch(part.attribute) is not None


def _is_fixed(value: Attr) -> Verdict:
    """A variable of IAM (`${aws:PrincipalAccount}`) may stand for whoever calls."""
    text = _written(value)
    return Verdict.UNKNOWN if text is None or "${" in text else Verdict.PASS


def _written(value: Attr) -> str | None:
    """The text, with the same character for whatever identity; None when something else in it is not known."""
    if not all(isinstance(part, str) or is_somebody(part) for part in value.parts):
        return None
    return "".join(part if isinstance(part, str) else _SOMEBODY for part in value.parts)


def _is_pinned(key: str, value: Attr) -> Verdict:
    """Whether a value that may hold wildcards leaves only certain callers."""
    text, first = _written(value), next(iter(value.parts), "")
    if text is None or "${" in text:
        return Verdict.UNKNOWN
    if not re.search(r"[*?]", text) or (isinstance(first, Symbol) and first.attribute.endswith("arn")):
        return Verdict.PASS
    if not text.strip("*?"):
        return Verdict.FAIL
    start = re.split(r"[*?]", text, maxsplit=1)[0]
    if key.endswith("arn"):
        return _is_pinned_arn(text)
    pinned = (key.endswith("orgpaths") and "/" in start) or (key.endswith("userid") and ":" in start)
    return Verdict.PASS if pinned else Verdict.UNKNOWN


def _is_pinned_arn(text: str) -> Verdict:
    """By its account; that of a bucket has none, and the bucket's name belongs to one account."""
    segments = text.split(":", 5)
    if len(segments) < 6:
        return Verdict.UNKNOWN
    account, resource = segments[4], segments[5]
    if account and not account.strip("*?"):
        return Verdict.FAIL
    whole = account or resource.partition("/")[0]
    return Verdict.UNKNOWN if re.search(r"[*?]", whole) or not whole else Verdict.PASS
