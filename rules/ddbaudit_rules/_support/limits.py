"""Values held against what the provider says of them, with three answers.

An ARN of which parts are unknown is judged by what is known of it; what other resources give (a symbol) counts as an
ARN where the attribute is one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from ddbaudit.foundation.text import did_you_mean, join_names
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Cause, Hole, Symbol
from ddbaudit.model.attr import Attr
from ddbaudit.model.validity import Conflict, Limit, Limited
from ddbaudit.sdk.problem import Problem, fail, unknown

_ARN: Final = re.compile(
    r"arn:aws(?:-[a-z]+)*:[^:]*:(?:[a-z]{2}(?:-[a-z]+)+-[0-9]{1,2})?:"
    r"(?:aws|aws-managed|third-party|aws-marketplace|[0-9]{12}|cw.{10})?:.+",
    re.DOTALL,
)
"""As the provider checks it: partition, region and account, where they are given. Measured: `terraform validate`."""
_PARSED: Final = re.compile(r"arn:(?:[^:]*:){4}.*", re.DOTALL)
_NO_ARN: Final = frozenset({("aws_kms_key", "id"), ("aws_kms_key", "key_id"), ("aws_kms_alias", "id")})
_ID_IS_ARN: Final = frozenset({"aws_iam_policy", "aws_sns_topic", "aws_kinesis_stream"})
_TYPE: Final = re.compile(r"([a-z][a-z0-9_]*)\.[A-Za-z0-9_-]+(?:\[[^\]]*\])?$")


def limit_problems(item: Limited, address: str, doubt: Cause | None) -> Iterator[Problem]:
    """What is wrong with a value, or cannot be said."""
    verdict = _verdict(item.limit, item.value)
    expected, help = _expected(item.limit, item.value)
    if verdict is Verdict.FAIL:
        shown = item.value.shown if item.value.text is None else f'"{item.value.shown}"'
        given = "" if item.limit.json else f", not {shown}"
        told = f"{item.name} of {address} must be {expected}{given}"
        yield from refusal(told, item.value, "refused", help, item.name, doubt, item.possible is not None)
    elif verdict is Verdict.UNKNOWN and not is_settled(item.value):
        message = f"whether {item.name} of {address} is {expected} is not known"
        yield unknown(message, item.value, detail=item.name)


def is_settled(value: Attr) -> bool:
    """Whether the value is not what there is to say: it is known only after apply, which every plan accepts, or its
    expression is invalid, which is told as the fault that it is."""
    return value.unknown is not None and value.unknown.cause.kind in {"computed", "error"}


def refusal(
    message: str, at: Attr, label: str, help: str, detail: str, doubt: Cause | None, possible: bool = False
) -> Iterator[Problem]:
    """A FAIL; UNKNOWN where another version of the provider may decide, or the block may not exist."""
    if doubt is not None or possible:
        why = doubt.text if doubt is not None else "whether there is such a block is not known"
        told = f"whether Terraform accepts this is not known: {message}, but {why}"
        yield unknown(told, at.span, label=label, help=help, detail=detail)
    else:
        yield fail(message, at, label=label, help=help, detail=detail)


def _verdict(limit: Limit, value: Attr) -> Verdict:
    if limit.arn:
        return _is_arn(limit, value)
    if limit.json:
        return _is_json(limit, value)
    if value.is_unknown:
        return Verdict.UNKNOWN
    if limit.one_of:
        number = value.number
        given = value.text if number is None else (int(number) if number == int(number) else None)
        return Verdict.PASS if given in limit.one_of else Verdict.FAIL
    return _is_in_range(limit, value)


def _is_in_range(limit: Limit, value: Attr) -> Verdict:
    number = value.number
    if number is None or number != int(number):
        return Verdict.FAIL
    low, high = limit.low, limit.high
    inside = (low is None or number >= low) and (high is None or number <= high)
    return Verdict.PASS if inside else Verdict.FAIL


def _is_arn(limit: Limit, value: Attr) -> Verdict:
    if not value.is_unknown:
        if value.text == "" and limit.arn == "checked":  # as if it were not set
            return Verdict.PASS
        pattern = _ARN if limit.arn == "checked" else _PARSED
        return Verdict.PASS if pattern.fullmatch(value.text or "") else Verdict.FAIL
    first, *rest = value.parts or ("",)
    if isinstance(first, Symbol):
        found = _symbol_is_arn(first)
        return found if not rest or found is Verdict.PASS else Verdict.UNKNOWN
    if isinstance(first, str) and not ("arn:".startswith(first) or first.startswith("arn:")):
        return Verdict.FAIL
    if isinstance(first, str) and not any(isinstance(part, Hole) for part in rest):
        filled = "".join(part if isinstance(part, str) else "\x00" for part in value.parts)
        return Verdict.PASS if _PARSED.fullmatch(filled) else Verdict.FAIL
    return Verdict.UNKNOWN


def _symbol_is_arn(symbol: Symbol) -> Verdict:
    attribute = symbol.attribute
    place = _TYPE.search(symbol.address)
    type_ = place[1] if place is not None else ""
    if attribute.endswith("arn") or (attribute == "id" and type_ in _ID_IS_ARN):
        return Verdict.PASS
    return Verdict.FAIL if (type_, attribute) in _NO_ARN else Verdict.UNKNOWN


def _is_json(limit: Limit, value: Attr) -> Verdict:
    if value.is_unknown:
        told = value.unknown is not None and value.unknown.structure is not None
        return Verdict.PASS if told or any(isinstance(p, Symbol) for p in value.parts) else Verdict.UNKNOWN
    try:
        found = json.loads(value.text or "")
    except (ValueError, RecursionError):
        return Verdict.PASS if value.text == "" and limit.json == "any" else Verdict.FAIL
    return Verdict.PASS if limit.json == "any" or isinstance(found, dict) else Verdict.FAIL


def _expected(limit: Limit, value: Attr) -> tuple[str, str]:
    """What a value should be, and what to do."""
    if limit.one_of:
        words = [str(word) for word in limit.one_of if word != ""]
        best = did_you_mean(value.public or "", words)
        listed = (
            join_names(words, "or") if len(words) <= 8 else f"one of the {len(words)} values that the provider knows"
        )
        return listed, f'did you mean "{best}"?' if best is not None else "use one of the provider's values"
    if limit.arn:
        return "an ARN", "give the whole ARN, with account and resource, or refer to the resource's arn"
    if limit.json:
        return "JSON", "write it with jsonencode, or as a data source aws_iam_policy_document"
    bounds = [
        text
        for text, end in ((f"at least {limit.low}", limit.low), (f"at most {limit.high}", limit.high))
        if end is not None
    ]
    return f"a whole number of {join_names(bounds)}", "give a number within these bounds"


def conflict_problems(conflict: Conflict, address: str, doubt: Cause | None) -> Iterator[Problem]:
    one, two = conflict.names
    detail = f"{one}:{two}"
    if conflict.unknown is not None:
        if conflict.unknown.cause.kind != "computed":  # what is known only after apply is accepted by every plan
            message = f"whether both {one} and {two} of {address} are set is not known"
            yield unknown(message, conflict.second, because=conflict.unknown, detail=detail)
        return
    message = f"{one} and {two} of {address} exclude each other"
    yield from refusal(message, conflict.second, f"{one} is set too", "set one of the two", detail, doubt)
